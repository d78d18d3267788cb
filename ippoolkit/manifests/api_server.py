"""The API server at work: what `kubectl` gets past the CRD's schema and rules, which is more than calicoctl takes."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import (
    IP_POOL,
    KINDS,
    METADATA_FIELDS,
    V1,
    V1_KINDS,
    V3,
    FieldSpec,
    ResourceKind,
    ScalarType,
    apiv1_fields,
    v1_bounds,
)
from ..calico.pool_rules import PoolSpec
from ..calico.releases import Release
from ..cidr import Cidr
from ..findings import Place
from ..findings.codes.rule import CRD, KUBERNETES
from ..read.document import Document, FieldPath
from ..read.plain_values import get_mapping
from ..read.validation import short_value
from .crd_schema import (
    check_fields,
    check_pool_rules,
    check_types,
    has_type,
    parse_lenient_cidr,
    warn_of_open_pool,
)
from .datastore import Datastore, StoredObject
from .manifest_file import ManifestFile
from .merge_patch import apply_merge_patch
from .metadata import check_metadata
from .resource import Resource, ResourceFindings, make_finding
from .results import CommandResult, ObjectResult

_TOP_LEVEL_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")


class ApiServer:
    """Judges as the API server does on the CRDs alone, and keeps what it accepts in `store`."""

    def __init__(self, store: Datastore | None = None) -> None:
        self.store = Datastore() if store is None else store

    def run(self, action: str, manifests: ManifestFile) -> CommandResult:
        """Carry out what `kubectl` does with each object of a file; see `Calicoctl.run`.

        The spec of each result's resource is the one after pruning and defaulting.
        """
        notes = list(manifests.problems)
        results: list[ObjectResult] = []
        for document, path, value in iter_objects(manifests.documents):
            kind = kind_of_object(value)
            if kind is not None and not (value["apiVersion"] == V1 or self.store.release.has("crd-native")):
                continue  # there is no CRD of it: calico-apiserver serves it
            if kind is not None:
                results.append(self._run_on_object(action, kind, document, path, value))
            elif not _is_object(value):
                notes.append(make_finding("no-object", document.place(path), KUBERNETES, value=short_value(value)))
        return CommandResult(tuple(notes), tuple(results))

    def add_existing(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        kind, metadata = kind_of_object(value), value.get("metadata")
        if kind is not None and isinstance(metadata, Mapping):
            ignored = ResourceFindings(Resource(kind, Document.at_place(Place("")), (), {}, {}), CRD)
            spec = _check_object(kind, value, ignored, self.store.release) or {}
            self.store.put(StoredObject(kind, str(metadata.get("name")), spec, metadata))

    def _run_on_object(
        self, action: str, kind: ResourceKind, document: Document, path: FieldPath, value: Mapping[str, Any]
    ) -> ObjectResult:
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else ""
        old = self.store.get(kind, name) if isinstance(name, str) else None
        if action == "patch" and old is not None:
            value = {**value, "spec": apply_merge_patch(old.spec, value.get("spec"))}
        resource = Resource(kind, document, path, get_mapping(value, "metadata"), {})
        schema_findings, metadata_findings = ResourceFindings(resource, CRD), ResourceFindings(resource, KUBERNETES)
        if action in ("replace", "patch", "delete") and old is None:
            metadata_findings.add("exists-not", "metadata", "name", kind=kind.name, name=str(name))
        if action == "delete":
            if old is not None:
                self.store.delete(kind, old.name)
            return ObjectResult(resource, not metadata_findings, tuple(metadata_findings))
        if action == "create" and old is not None:
            metadata_findings.add("exists-already", "metadata", "name", kind=kind.name, name=old.name)
        spec = _check_object(kind, value, schema_findings, self.store.release)
        if isinstance(metadata, Mapping):
            check_types(METADATA_FIELDS, metadata, metadata_findings, "metadata")
            if not metadata_findings:
                check_metadata(metadata, metadata_findings)
            version = metadata.get("resourceVersion")
            if version and version != (old.metadata.get("resourceVersion") if old else None):
                code = "resource-version" if old else "resource-version-new"
                metadata_findings.add(code, "metadata", "resourceVersion", value=short_value(version))
        if action != "create" and old is not None and spec is not None and self.store.release.has("crd-rules-first"):
            _check_update(kind, spec, old, schema_findings)
        resource = replace(resource, spec=spec or {})
        findings = (*schema_findings, *metadata_findings)
        accepted = not any(note.refused_by for note in findings)
        if accepted:
            self.store.put(StoredObject(kind, resource.name, resource.spec, resource.metadata))
        return ObjectResult(resource, accepted, findings)


def iter_objects(documents: Iterable[Document]) -> Iterator[tuple[Document, FieldPath, Any]]:
    """Yield the objects of documents with their paths, those of a List one by one."""
    for document in documents:
        for path, value in _iter_items((), document.value):
            yield document, path, value


def _iter_items(path: FieldPath, value: object) -> Iterator[tuple[FieldPath, object]]:
    if value is None:
        return
    items = value.get("items") if isinstance(value, Mapping) and str(value.get("kind")).endswith("List") else None
    if isinstance(items, list):
        for index, item in enumerate(items):
            yield from _iter_items((*path, "items", index), item)
    else:
        yield path, value


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(value.get(key), str) and value[key] for key in ("apiVersion", "kind")
    )


def kind_of_object(value: object) -> ResourceKind | None:
    """Return the kind of an object, of either group; None where it is not one that is judged."""
    if not isinstance(value, Mapping) or not _is_object(value):
        return None
    return {V3: KINDS, V1: V1_KINDS}.get(value["apiVersion"], {}).get(value["kind"])


def _check_object(
    kind: ResourceKind, value: Mapping[str, Any], findings: ResourceFindings, release: Release
) -> dict[str, Any] | None:
    """Check an object by itself; return its spec after pruning and defaulting, None where it has none."""
    kind = kind.for_release(release)
    kind = replace(kind, fields={**kind.fields, **apiv1_fields(kind, release)})
    is_v1_object = value["apiVersion"] == V1
    # The CRD of group v1 has no status before v3.33.
    known_keys = _TOP_LEVEL_FIELDS if release.has("crd-rules-all") or not is_v1_object else _TOP_LEVEL_FIELDS[:-1]
    _note_dropped(value, known_keys, findings)
    for section in ("metadata", "spec"):
        if value.get(section) is None:
            if not is_v1_object:
                findings.add("field-missing", section, field=section)
        elif not isinstance(value[section], Mapping):
            findings.add("type-mapping", section, value=short_value(value[section]))
    _note_dropped(get_mapping(value, "metadata"), METADATA_FIELDS, findings, "metadata")
    if not isinstance(value.get("spec"), Mapping):
        return None
    spec = {
        name: _prune_value(kind.fields[name], field_value, findings, "spec", name)
        for name, field_value in value["spec"].items()
        if name in kind.fields and field_value is not None
    }
    _note_dropped(value["spec"], kind.fields, findings, "spec")
    warn_of_open_pool(kind, value["spec"], findings, release)
    if kind.v1_has_defaults or not is_v1_object:
        spec |= {
            name: field.crd_default
            for name, field in kind.fields.items()
            if field.crd_default is not None and name not in spec
        }
    for name in kind.v1_required if is_v1_object else kind.required:
        if name not in spec:
            findings.add("field-missing", "spec", name, field=name)
    check_types({name: field.value_type for name, field in kind.fields.items()}, spec, findings, "spec")
    if is_v1_object:
        kind = v1_bounds(kind)
    check_fields(kind, spec, findings, release)
    if kind.name == IP_POOL.name:
        check_pool_rules(spec, findings, release)
        if not release.has("crd-rules-all"):
            return spec
        if isinstance(text := spec.get("cidr"), str) and (network := _misspelled_cidr(text)) is not None:
            findings.add("cidr-spelling", "spec", "cidr", cidr=text, network=str(network))
    return spec


def _note_dropped(
    value: Mapping[str, Any], known_keys: Collection[str], findings: ResourceFindings, *path: str
) -> None:
    for key in value:
        if key not in known_keys:
            findings.add("field-dropped", *path, key, field=key)


def _prune_value(field: FieldSpec, value: Any, findings: ResourceFindings, *path: str) -> Any:
    """Return a value as the API server stores it: no keys where no keys belong, whole numbers as such."""
    if isinstance(value, Mapping):
        known_keys = field.value_type if isinstance(field.value_type, Mapping) else {}
        _note_dropped(value, known_keys, findings, *path)
        return {key: item for key, item in value.items() if key in known_keys}
    if field.value_type in (ScalarType.INT32, ScalarType.INT64) and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _misspelled_cidr(text: str) -> Cidr | None:
    """Return the network behind a spelling that the schema takes and the rules' own reader refuses; else None."""
    network = parse_lenient_cidr(text)
    address, _, mask = text.partition("/")
    try:
        parsed = ipaddress.ip_address(address)
        is_canonical = mask == str(int(mask)) and getattr(parsed, "ipv4_mapped", None) is None
    except ValueError:
        is_canonical = False
    return None if is_canonical else network


def _check_update(kind: ResourceKind, spec: Mapping[str, Any], old: StoredObject, findings: ResourceFindings) -> None:
    """Check a pool against the one of its name: the cidr's text, and blockSize where both have one."""
    if kind.name != IP_POOL.name:
        return
    for field, code in (("cidr", "cidr-changed"), ("blockSize", "block-size-changed")):
        before, after = old.spec.get(field), spec.get(field)
        shape = kind.fields[field].value_type
        if (
            before is not None
            and after is not None
            and before != after
            and has_type(shape, before)
            and has_type(shape, after)
        ):
            findings.add(code, "spec", field, before=before, after=after)
    before, after = PoolSpec.from_spec(old.spec).block_size, PoolSpec.from_spec(spec).block_size
    if before and after and before != after and not any(note.code == "block-size-changed" for note in findings):
        findings.add("block-size-slips", "spec", "blockSize", before=before, after=after)
