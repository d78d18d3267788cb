"""calico-apiserver: what `kubectl` meets at projectcalico.org/v3 where that is served by Calico's own API server.

It decodes as Kubernetes does, dropping fields that it does not know, and then creates and updates as calicoctl's client
does, with the same rules (apiserver/pkg/storage/calico at each tag).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import IPAM_CONFIGURATION, METADATA_FIELDS, V3, ResourceKind
from ..findings.codes.rule import APISERVER
from ..read.document import Document, FieldPath
from ..read.plain_values import get_mapping
from ..read.validation import short_value
from .api_server import iter_objects, kind_of_object
from .calicoctl import Calicoctl
from .crd_schema import check_types, warn_of_open_pool
from .datastore import Datastore
from .manifest_file import ManifestFile
from .resource import Resource, ResourceFindings, make_finding
from .results import CommandResult, ObjectResult

# The fields of an IPAMConfiguration that pass through the aggregated API from its beginning.
_FIRST_CONFIGURATION_FIELDS = ("strictAffinity", "maxBlocksPerHost")


class AggregatedServer:
    """Judges as calico-apiserver does, and keeps what it accepts in `store`."""

    def __init__(self, store: Datastore | None = None) -> None:
        self.client = Calicoctl(store)

    @property
    def store(self) -> Datastore:
        """The datastore behind the server."""
        return self.client.store

    def add_existing(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        self.store.put_unchecked(value)

    def run(self, action: str, manifests: ManifestFile) -> CommandResult:
        """Carry out what `kubectl` does with each object of a file; see `Calicoctl.run`."""
        results = []
        notes = list(manifests.problems)
        for document, path, value in iter_objects(manifests.documents):
            kind = kind_of_object(value)
            if kind is not None and value["apiVersion"] == V3:
                results.append(self._run_on_object(action, kind, document, path, value))
            elif not isinstance(value, Mapping):
                notes.append(make_finding("no-object", document.place(path), APISERVER, value=short_value(value)))
        return CommandResult(tuple(notes), tuple(results))

    def _run_on_object(
        self, action: str, kind: ResourceKind, document: Document, path: FieldPath, value: Mapping[str, Any]
    ) -> ObjectResult:
        metadata, spec = get_mapping(value, "metadata"), get_mapping(value, "spec")
        known_kind = kind.for_release(self.store.release)
        resource = Resource(kind, document, path, metadata, {})
        findings = ResourceFindings(resource, APISERVER)
        is_configuration = kind.name == IPAM_CONFIGURATION.name
        if is_configuration and not self.store.release.has("ipamconfiguration-api"):
            findings.add("kind-not-served", "kind", kind=kind.name, release=str(self.store.release))
            return ObjectResult(resource, accepted=False, findings=tuple(findings))
        check_types({name: field.value_type for name, field in known_kind.fields.items()}, spec, findings, "spec")
        check_types(METADATA_FIELDS, metadata, findings, "metadata")
        if findings:
            return ObjectResult(resource, accepted=False, findings=tuple(findings))
        stored_fields = {name: item for name, item in spec.items() if name in known_kind.fields and item is not None}
        if is_configuration and not self.store.release.has("auto-allocate-api"):
            stored_fields = {name: item for name, item in stored_fields.items() if name in _FIRST_CONFIGURATION_FIELDS}
        for name, item in spec.items():
            if item is not None and name not in stored_fields:
                findings.add("field-dropped", "spec", name, field=name)
        warn_of_open_pool(kind, spec, findings, self.store.release)
        if is_configuration:
            stored_fields["autoAllocateBlocks"] = True  # whatever is written, in every release
            if spec.get("autoAllocateBlocks") is False:
                findings.add("auto-allocate-forced", "spec", "autoAllocateBlocks")
        resource = replace(resource, spec=stored_fields)
        refusals = [
            replace(note, refused_by=(APISERVER,)) if note.refused_by else note
            for note in self.client.run_on_resource(action, resource)
        ]
        accepted = not any(note.refused_by for note in refusals)
        return ObjectResult(resource, accepted, (*findings, *refusals))
