"""calicoctl at work on a datastore: create, apply, replace, patch and delete, with every reason for a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import IP_POOL, IPAM_CONFIGURATION, KINDS, V3, ResourceKind
from ..calico.pool_rules import PoolSpec, check_mapped_cidr
from ..cidr import Cidr
from ..findings import Place, Severity
from ..findings.codes.rule import CALICOCTL
from ..read.document import Document
from .calicoctl_decoder import decode_object
from .calicoctl_reader import read_resources
from .crd_schema import check_fields, check_pool_rules
from .datastore import Datastore, StoredObject, apply_defaults, pool_cidr
from .manifest_file import ManifestFile
from .merge_patch import apply_merge_patch, parse_patch
from .metadata import check_metadata
from .resource import Resource, ResourceFindings
from .results import CalicoctlOptions, CommandResult, ObjectResult


class Calicoctl:
    """Judges as calicoctl does, and keeps what it accepts in `store`."""

    def __init__(self, store: Datastore | None = None, options: CalicoctlOptions | None = None) -> None:
        self.store = Datastore() if store is None else store
        self.options = options or CalicoctlOptions()

    def run(self, action: str, manifests: ManifestFile) -> CommandResult:
        """Carry out an action on each object of a file.

        Parameters
        ----------
        action
            ``create``, ``apply``, ``replace``, ``patch`` or ``delete``. A patch takes each object for the changes to
            the stored one of its name.
        manifests
            The file.

        Returns
        -------
        CommandResult
            A judgement for each object. Where the file cannot be decoded nothing is kept, but all are judged.
        """
        resources, notes = read_resources(manifests, self.store.release)
        if self.options.skip_empty:
            notes = [note for note in notes if note.code != "no-resources"]
        all_notes = [*notes, *(note for resource in resources for note in resource.decoding_findings)]
        errors = [note for note in all_notes if note.severity == Severity.ERROR]
        is_decodable = not errors
        # Each object is tried even so, on a copy, for the reader wants to know of everything at once.
        original_store, self.store = self.store, self.store if is_decodable else self.store.copy()
        reported_places = {note.place for note in errors}
        results = []
        for resource in resources:
            new_findings = [
                note for note in self.run_on_resource(action, resource) if note.place not in reported_places
            ]
            warnings = _warnings(resource) if action in ("create", "apply", "replace") else ()
            results.append(
                ObjectResult(
                    resource, is_decodable and not new_findings, (*resource.decoding_findings, *warnings, *new_findings)
                )
            )
        self.store = original_store
        return CommandResult(tuple(notes), tuple(results))

    def add_existing(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        self.store.put_unchecked(value)

    def patch(self, kind: ResourceKind, name: str, body: str) -> CommandResult:
        """Merge a JSON object into the stored object of that name."""
        resource = Resource(kind, Document.at_place(Place("the patch")), (), {"name": name}, {})
        findings = self._unknown_kind_findings(resource)
        if not findings:
            try:
                changes = parse_patch(body)
            except ValueError as error:
                findings.add("patch-body", reason=str(error))
            else:
                findings = self._patch(resource, changes)
        return CommandResult(results=(ObjectResult(resource, not findings, tuple(findings)),))

    def delete(self, kind: ResourceKind, *names: str) -> CommandResult:
        """Delete objects by name; each one is tried."""
        results = []
        for name in names:
            resource = Resource(kind, Document.at_place(Place(name)), (), {"name": name}, {})
            findings = self._unknown_kind_findings(resource) or self._delete(resource)
            results.append(ObjectResult(resource, not findings, tuple(findings)))
        return CommandResult(results=tuple(results))

    def run_on_resource(self, action: str, resource: Resource) -> ResourceFindings:
        """Carry out an action on one decoded object; return why it is refused, or nothing."""
        if action == "patch":
            return self._patch(resource, _patch_body(resource))
        if action == "delete":
            return self._delete(resource)
        return self._write(action, resource)

    def _write(self, action: str, resource: Resource) -> ResourceFindings:
        kind, findings = resource.kind, self._new_findings(resource)
        spec, stored = self._check_object(findings), self.store.get(kind, resource.name)
        if action != "replace":
            self._check_conflicts(spec, findings)
        if action == "create":
            if version := resource.metadata.get("resourceVersion"):
                findings.add("resource-version-new", "metadata", "resourceVersion", value=version)
            if stored is not None and self.options.skip_existing and not findings:
                return findings
            if stored is not None:
                findings.add("exists-already", "metadata", "name", kind=kind.name, name=resource.name)
        elif stored is not None:
            self._check_update(spec, stored, findings)
        elif action == "replace":
            _add_missing(findings, kind, resource.name)
        self._store_if_valid(spec, findings)
        return findings

    def _patch(self, resource: Resource, changes: Mapping[str, Any]) -> ResourceFindings:
        kind, findings = resource.kind, self._new_findings(resource)
        stored = self.store.get(kind, resource.name)
        if stored is None:
            _add_missing(findings, kind, resource.name)
            return findings
        patched_object = apply_merge_patch(self._as_shown(stored), changes)
        patched_kind = KINDS.get(str(patched_object.get("kind"))) if patched_object.get("apiVersion") == V3 else None
        if patched_kind is None:
            kind_name, version = (str(patched_object.get(key)) for key in ("kind", "apiVersion"))
            findings.add("kind-unknown", "kind", kind=kind_name, version=version)
            return findings
        fields, key_paths = decode_object(
            patched_kind.for_release(self.store.release).value_type,
            patched_object,
            (),
            lambda code, path, **numbers: findings.add(code, *path, **numbers),
            lambda path: resource.document.source_text((*resource.path, *path)),
        )
        if findings:
            return findings
        metadata = fields.get("metadata", {})
        if (stored := self.store.get(patched_kind, metadata.get("name", ""))) is None:
            _add_missing(findings, patched_kind, metadata.get("name", ""))
            return findings
        findings.resource = Resource(
            patched_kind,
            resource.document,
            resource.path,
            metadata,
            fields.get("spec", {}),
            fields.get("status"),
            {name: (*resource.path, *path) for name, path in key_paths.items()},
        )
        spec = self._check_object(findings)
        self._check_update(spec, stored, findings)
        self._store_if_valid(spec, findings)
        return findings

    def _as_shown(self, stored: StoredObject) -> dict[str, Any]:
        """Return a stored object as `calicoctl get` shows it: the one that a patch changes."""
        return {
            "apiVersion": V3,
            "kind": stored.kind.name,
            "metadata": {**stored.metadata, "name": stored.name},
            "spec": apply_defaults(stored.kind.for_release(self.store.release), stored.spec),
            **({"status": stored.status} if stored.status else {}),
        }

    def _delete(self, resource: Resource) -> ResourceFindings:
        kind, findings = resource.kind, self._new_findings(resource)
        stored = self.store.get(kind, resource.name)
        if stored is None:
            if not self.options.skip_not_exists:
                _add_missing(findings, kind, resource.name)
            return findings
        if kind.name == IP_POOL.name and not stored.spec.get("disabled"):
            # An enabled pool is disabled first, and that is a change like any other.
            metadata = {**stored.metadata, "name": stored.name}
            disabled_spec = {**stored.spec, "disabled": True}
            findings.resource = Resource(kind, resource.document, resource.path, metadata, disabled_spec)
            self._store_if_valid(self._check_object(findings), findings)
        if not findings:
            self.store.delete(kind, resource.name)
            if kind.name == IP_POOL.name and (cidr := pool_cidr(stored.spec)) is not None:
                self._release_blocks(cidr)
        return findings

    def _release_blocks(self, cidr: Cidr) -> None:
        """Drop the empty blocks of a deleted pool; the others lose their affinity."""
        for block_cidr in [block_cidr for block_cidr in self.store.blocks if block_cidr in cidr]:
            block = self.store.blocks[block_cidr]
            if block.allocations:
                self.store.blocks[block_cidr] = replace(block, affinity="")
            else:
                del self.store.blocks[block_cidr]

    def _new_findings(self, resource: Resource) -> ResourceFindings:
        findings = ResourceFindings(resource, CALICOCTL)
        if self.options.namespace or resource.metadata.get("namespace"):
            findings.add("namespace-given", "metadata", "namespace", kind=resource.kind.name)
        return findings

    def _unknown_kind_findings(self, resource: Resource) -> ResourceFindings:
        """Say that calicoctl of this release does not know a kind that a command names."""
        findings = ResourceFindings(resource, CALICOCTL)
        kind = resource.kind
        if kind.name == IPAM_CONFIGURATION.name and not self.store.release.has("calicoctl-ipamconfiguration"):
            findings.add("kind-unknown", "kind", kind=kind.name, version=V3)
        return findings

    def _check_object(self, findings: ResourceFindings) -> dict[str, Any]:
        """Check what calicoctl asks of an object by itself; return its spec with the defaults in it."""
        resource, release = findings.resource, self.store.release
        kind = resource.kind.for_release(release)
        spec = apply_defaults(kind, resource.spec)
        check_metadata(resource.metadata, findings)
        if kind.name == IPAM_CONFIGURATION.name and resource.name != "default":
            findings.add("config-name", "metadata", "name", name=resource.name)
        if kind.name == IP_POOL.name:
            if not spec.get("cidr"):
                findings.add("field-missing", "spec", "cidr", field="cidr")
            check_pool_rules(spec, findings, release)
            if not release.has("mapped-ipv6-accepted"):
                as_written = PoolSpec.from_spec({**spec, "cidr": resource.spec.get("cidr")})
                for code, field, params in check_mapped_cidr(as_written):
                    findings.add(code, "spec", field, **params)
        check_fields(kind, spec, findings, release)
        return spec

    def _check_conflicts(self, spec: Mapping[str, Any], findings: ResourceFindings) -> None:
        """Check a pool against the other pools and the blocks, as create and apply do."""
        cidr = pool_cidr(spec)
        if findings.resource.kind.name != IP_POOL.name or cidr is None:
            return
        for pool in self.store.overlapping_pools(cidr, excluded_name=findings.resource.name):
            findings.add("pools-overlap", "spec", "cidr", cidr=str(cidr), other=pool.name, other_cidr=str(pool.cidr))
        block_size = spec.get("blockSize")
        conflicting = sorted(
            block_cidr
            for block_cidr in self.store.blocks
            if block_cidr.prefix != block_size and block_cidr.overlaps(cidr)
        )
        if conflicting:
            params = {"count": len(conflicting), "cidr": str(cidr), "size": block_size, "first": str(conflicting[0])}
            findings.add("blocks-of-other-size", "spec", "blockSize", **params)

    def _check_update(self, spec: Mapping[str, Any], stored: StoredObject, findings: ResourceFindings) -> None:
        """Check an object against the one that it takes the place of."""
        resource, release = findings.resource, self.store.release
        version = resource.metadata.get("resourceVersion")
        if version and version != stored.metadata.get("resourceVersion"):
            findings.add("resource-version", "metadata", "resourceVersion", value=version)
        if resource.kind.name != IP_POOL.name:
            return
        stored_spec = apply_defaults(IP_POOL.for_release(release), stored.spec)
        is_same_text = release.has("cidr-respelling") or stored.spec.get("cidr") == spec.get("cidr")
        if pool_cidr(spec) is not None and not (is_same_text and pool_cidr(spec) == pool_cidr(stored_spec)):
            findings.add("cidr-changed", "spec", "cidr", before=stored_spec["cidr"], after=spec["cidr"])
        if spec.get("blockSize") != stored_spec.get("blockSize") and pool_cidr(spec) is not None:
            params = {"before": stored_spec.get("blockSize", 0), "after": spec["blockSize"]}
            findings.add("block-size-changed", "spec", "blockSize", **params)
        if "LoadBalancer" in stored_spec["allowedUses"] and not {"Workload", "Tunnel"}.isdisjoint(spec["allowedUses"]):
            findings.add("loadbalancer-left", "spec", "allowedUses", uses=", ".join(spec["allowedUses"]))

    def _store_if_valid(self, spec: Mapping[str, Any], findings: ResourceFindings) -> None:
        if findings:
            return
        resource = findings.resource
        metadata = {key: resource.metadata[key] for key in ("labels", "annotations") if resource.metadata.get(key)}
        status = _without_empty_values(resource.status)
        self.store.put(StoredObject(resource.kind, resource.name, spec, metadata, status))


def _add_missing(findings: ResourceFindings, kind: ResourceKind, name: str) -> None:
    findings.add("exists-not", "metadata", "name", kind=kind.name, name=name)


def _without_empty_values(status: Any) -> Any:
    return {key: value for key, value in status.items() if value} if isinstance(status, Mapping) else None


def _warnings(resource: Resource) -> ResourceFindings:
    """Warn of what calicoctl takes, and nobody can have meant."""
    findings = ResourceFindings(resource, CALICOCTL)
    if resource.kind.name == IPAM_CONFIGURATION.name and "autoAllocateBlocks" not in resource.spec:
        findings.add("auto-allocate-absent", "spec", "autoAllocateBlocks")
    return findings


def _patch_body(resource: Resource) -> Mapping[str, Any]:
    """Return what an object of a file says, as changes to the stored one."""
    value: Any = resource.document.value
    for key in resource.path:
        value = value[key]
    return {key: item for key, item in value.items() if key.lower() not in ("apiversion", "kind")}
