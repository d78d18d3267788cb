"""calicoctl at work on a datastore: create, apply, replace, patch and delete, with every reason for a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import IP_POOL, IPAM_CONFIGURATION, KINDS, V3, ResourceKind
from ..calico.pool_rules import PoolSpec, check_mapped_cidr
from ..calico.releases import Release
from ..cidr import Cidr
from ..findings import Finding, Severity
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
from .results import NO_OPTIONS, CalicoctlOptions, CommandResult, ObjectResult


class Calicoctl:
    """Judges as calicoctl does, and keeps what it accepts in `store`."""

    name = CALICOCTL

    def __init__(self, store: Datastore | None = None) -> None:
        self.store = store if store is not None else Datastore()

    @property
    def release(self) -> Release:
        """The release of calicoctl, which is that of its datastore."""
        return self.store.release

    def run(self, action: str, manifests: ManifestFile, options: CalicoctlOptions = NO_OPTIONS) -> CommandResult:
        """Carry out an action on each object of a file.

        Parameters
        ----------
        action
            ``create``, ``apply``, ``replace``, ``patch`` or ``delete``. A patch takes each object for the changes to
            the stored one of its name.
        manifests
            The file.
        options
            What the command line says beside.

        Returns
        -------
        CommandResult
            A judgement for each object. Where the file cannot be decoded nothing is kept, but all are judged.
        """
        resources, notes = read_resources(manifests, self.release)
        if options.skip_empty:
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
                note for note in self.run_on_resource(action, resource, options) if note.place not in reported_places
            ]
            warnings = _warnings(resource) if action in ("create", "apply", "replace") else ()
            results.append(
                ObjectResult(
                    resource, is_decodable and not new_findings, (*resource.decoding_findings, *warnings, *new_findings)
                )
            )
        self.store = original_store
        return CommandResult(is_decodable and all(result.accepted for result in results), tuple(notes), tuple(results))

    def add_existing(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        self.store.put_unchecked(value)

    def patch(self, kind: ResourceKind, name: str, body: str, options: CalicoctlOptions = NO_OPTIONS) -> CommandResult:
        """Merge a JSON object into the stored object of that name."""
        document = Document("the patch", None, lambda _: None)
        resource = Resource(kind, document, (), {"name": name}, {})
        if unknown_kind := self._unknown_kind_findings(resource):
            return _command_result(resource, unknown_kind)
        try:
            changes = parse_patch(body)
        except ValueError as error:
            findings = ResourceFindings(resource, CALICOCTL)
            findings.add("patch-body", reason=str(error))
            return _command_result(resource, findings.findings)
        return _command_result(resource, self._patch(resource, changes, options))

    def delete(self, kind: ResourceKind, *names: str, options: CalicoctlOptions = NO_OPTIONS) -> CommandResult:
        """Delete objects by name; each one is tried."""
        results = []
        for name in names:
            resource = Resource(kind, Document(name, None, lambda _: None), (), {"name": name}, {})
            findings = self._unknown_kind_findings(resource) or self._delete(resource, options)
            results.append(ObjectResult(resource, not findings, tuple(findings)))
        return CommandResult(all(result.accepted for result in results), (), tuple(results))

    def _unknown_kind_findings(self, resource: Resource) -> list[Finding]:
        """Say that calicoctl of this release does not know a kind that a command names."""
        findings = ResourceFindings(resource, CALICOCTL)
        kind = resource.kind
        if kind.name == IPAM_CONFIGURATION.name and not self.release.has("calicoctl-ipamconfiguration"):
            findings.add("kind-unknown", "kind", kind=kind.name, version=V3)
        return findings.findings

    def run_on_resource(self, action: str, resource: Resource, options: CalicoctlOptions) -> list[Finding]:
        """Carry out an action on one decoded object; return why it is refused, or nothing."""
        if action == "patch":
            return self._patch(resource, _patch_body(resource), options)
        if action == "delete":
            return self._delete(resource, options)
        return self._write(action, resource, options)

    def _write(self, action: str, resource: Resource, options: CalicoctlOptions) -> list[Finding]:
        kind, findings = resource.kind, _new_findings(resource, options)
        spec, stored = apply_defaults(kind.at(self.release), resource.spec), self.store.get(kind, resource.name)
        _check_object(resource, spec, findings, self.release)
        if action != "replace":
            self._check_conflicts(resource, spec, findings)
        if action == "create":
            if version := resource.metadata.get("resourceVersion"):
                findings.add("resource-version-new", "metadata", "resourceVersion", value=version)
            if stored is not None and options.skip_existing and not findings.findings:
                return []
            if stored is not None:
                findings.add("exists-already", "metadata", "name", kind=kind.name, name=resource.name)
        elif stored is not None:
            _check_update(resource, spec, stored, findings, self.release)
        elif action == "replace":
            findings.add("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
        return self._store_if_valid(resource, spec, findings)

    def _patch(self, resource: Resource, changes: Mapping[str, Any], options: CalicoctlOptions) -> list[Finding]:
        kind, findings = resource.kind, _new_findings(resource, options)
        stored = self.store.get(kind, resource.name)
        if stored is None:
            findings.add("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
            return findings.findings
        stored_fields = StoredObject(
            kind, stored.name, apply_defaults(kind.at(self.release), stored.spec), stored.metadata, stored.status
        ).to_dict()
        stored_object = {
            "apiVersion": V3,
            "kind": kind.name,
            "metadata": {**stored.metadata, "name": stored.name},
            **stored_fields,
        }
        patched_object = apply_merge_patch(stored_object, changes)
        patched_kind = KINDS.get(str(patched_object.get("kind"))) if patched_object.get("apiVersion") == V3 else None
        if patched_kind is None:
            findings.add(
                "kind-unknown",
                "kind",
                kind=str(patched_object.get("kind")),
                version=str(patched_object.get("apiVersion")),
            )
            return findings.findings
        kind = patched_kind
        fields, key_paths = decode_object(
            kind.at(self.release).value_type,
            patched_object,
            (),
            lambda code, path, **numbers: findings.add(code, *path, **numbers),
            lambda path: resource.document.source_text((*resource.path, *path)),
        )
        if findings.findings:
            return findings.findings
        metadata = fields.get("metadata", {})
        if (stored := self.store.get(kind, metadata.get("name", ""))) is None:
            findings.add("exists-not", "metadata", "name", kind=kind.name, name=metadata.get("name", ""))
            return findings.findings
        patched = Resource(
            kind,
            resource.document,
            resource.path,
            metadata,
            fields.get("spec", {}),
            fields.get("status"),
            {name: (*resource.path, *path) for name, path in key_paths.items()},
        )
        findings.resource = patched
        spec = apply_defaults(kind.at(self.release), patched.spec)
        _check_object(patched, spec, findings, self.release)
        _check_update(patched, spec, stored, findings, self.release)
        return self._store_if_valid(patched, spec, findings)

    def _delete(self, resource: Resource, options: CalicoctlOptions) -> list[Finding]:
        kind, findings = resource.kind, _new_findings(resource, options)
        stored = self.store.get(kind, resource.name)
        if stored is None:
            if not options.skip_not_exists:
                findings.add("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
            return findings.findings
        if kind.name == IP_POOL.name and not stored.spec.get("disabled"):
            # An enabled pool is disabled first, and that is a change like any other.
            metadata = {**stored.metadata, "name": stored.name}
            disabled = Resource(kind, resource.document, resource.path, metadata, {**stored.spec, "disabled": True})
            findings.resource = disabled
            spec = apply_defaults(kind.at(self.release), disabled.spec)
            _check_object(disabled, spec, findings, self.release)
            self._store_if_valid(disabled, spec, findings)
        if not findings.findings:
            self.store.delete(kind, resource.name)
            if kind.name == IP_POOL.name and (cidr := pool_cidr(stored.spec)) is not None:
                self._release_blocks(cidr)
        return findings.findings

    def _release_blocks(self, cidr: Cidr) -> None:
        """Drop the empty blocks of a deleted pool; the others lose their affinity."""
        for block_cidr in [block_cidr for block_cidr in self.store.blocks if block_cidr in cidr]:
            block = self.store.blocks[block_cidr]
            if block.allocations:
                self.store.blocks[block_cidr] = replace(block, affinity="")
            else:
                del self.store.blocks[block_cidr]

    def _check_conflicts(self, resource: Resource, spec: Mapping[str, Any], findings: ResourceFindings) -> None:
        """Check a pool against the other pools and the blocks, as create and apply do."""
        cidr = pool_cidr(spec)
        if resource.kind.name != IP_POOL.name or cidr is None:
            return
        for other in self.store.overlapping_pools(cidr, but=resource.name):
            findings.add("pools-overlap", "spec", "cidr", cidr=str(cidr), other=other.name, other_cidr=str(other.cidr))
        block_size = spec.get("blockSize")
        conflicting = sorted(
            block_cidr
            for block_cidr in self.store.blocks
            if block_cidr.prefix != block_size and block_cidr.overlaps(cidr)
        )
        if conflicting:
            params = {"count": len(conflicting), "cidr": str(cidr), "size": block_size, "first": str(conflicting[0])}
            findings.add("blocks-of-other-size", "spec", "blockSize", **params)

    def _store_if_valid(self, resource: Resource, spec: Mapping[str, Any], findings: ResourceFindings) -> list[Finding]:
        if not findings.findings:
            kept_metadata = {
                key: resource.metadata[key] for key in ("labels", "annotations") if resource.metadata.get(key)
            }
            status = _without_empty_values(resource.status)
            self.store.put(StoredObject(resource.kind, resource.name, spec, kept_metadata, status))
        return findings.findings


def _new_findings(resource: Resource, options: CalicoctlOptions) -> ResourceFindings:
    findings = ResourceFindings(resource, CALICOCTL)
    if options.namespace or resource.metadata.get("namespace"):
        findings.add("namespace-given", "metadata", "namespace", kind=resource.kind.name)
    return findings


def _check_object(resource: Resource, spec: Mapping[str, Any], findings: ResourceFindings, release: Release) -> None:
    """Check what calicoctl asks of an object by itself, on its spec with the defaults in it."""
    kind = resource.kind
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
    check_fields(kind.at(release), spec, findings, release)


def _check_update(
    resource: Resource, spec: Mapping[str, Any], stored: StoredObject, findings: ResourceFindings, release: Release
) -> None:
    """Check an object against the one that it takes the place of."""
    version = resource.metadata.get("resourceVersion")
    if version and version != stored.metadata.get("resourceVersion"):
        findings.add("resource-version", "metadata", "resourceVersion", value=version)
    if resource.kind.name != IP_POOL.name:
        return
    stored_spec = apply_defaults(IP_POOL.at(release), stored.spec)
    is_same_text = release.has("cidr-respelling") or stored.spec.get("cidr") == spec.get("cidr")
    if pool_cidr(spec) is not None and not (is_same_text and pool_cidr(spec) == pool_cidr(stored_spec)):
        findings.add("cidr-changed", "spec", "cidr", before=stored_spec["cidr"], after=spec["cidr"])
    if spec.get("blockSize") != stored_spec.get("blockSize") and pool_cidr(spec) is not None:
        params = {"before": stored_spec.get("blockSize", 0), "after": spec["blockSize"]}
        findings.add("block-size-changed", "spec", "blockSize", **params)
    if "LoadBalancer" in stored_spec["allowedUses"] and not {"Workload", "Tunnel"}.isdisjoint(spec["allowedUses"]):
        findings.add("loadbalancer-left", "spec", "allowedUses", uses=", ".join(spec["allowedUses"]))


def _without_empty_values(status: Any) -> Any:
    return {key: value for key, value in status.items() if value} if isinstance(status, Mapping) else None


def _warnings(resource: Resource) -> list[Finding]:
    """Warn of what calicoctl takes, and nobody can have meant."""
    findings = ResourceFindings(resource, CALICOCTL)
    if resource.kind.name == IPAM_CONFIGURATION.name and "autoAllocateBlocks" not in resource.spec:
        findings.add("auto-allocate-absent", "spec", "autoAllocateBlocks")
    return findings.findings


def _patch_body(resource: Resource) -> Mapping[str, Any]:
    """Return what an object of a file says, as changes to the stored one."""
    value: Any = resource.document.value
    for key in resource.path:
        value = value[key]
    return {key: item for key, item in value.items() if key.lower() not in ("apiversion", "kind")}


def _command_result(resource: Resource, findings: list[Finding]) -> CommandResult:
    is_accepted = not findings
    return CommandResult(is_accepted, (), (ObjectResult(resource, is_accepted, tuple(findings)),))
