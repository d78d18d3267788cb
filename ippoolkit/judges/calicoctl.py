"""calicoctl at work on a datastore: create, apply, replace, patch and delete, with every reason for a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Severity
from ..findings.codes.rule import CALICOCTL
from ..kinds import IP_POOL, IPAM_CONFIGURATION, KINDS, V3, Kind
from ..read.document import Document
from .decode import decode
from .judgement import Judgement, Options, Outcome
from .metadata import check_metadata
from .patching import as_json, merged
from .reading import read_resources
from .resource import Notes, Resource
from .schema import check_fields, check_pool
from .store import Datastore, Stored, filled, network_of
from .text import Manifests


class Calicoctl:
    """Judges as calicoctl does, and keeps what it accepts in `store`."""

    name = CALICOCTL

    def __init__(self, store: Datastore | None = None) -> None:
        self.store = store if store is not None else Datastore()

    def judge(self, action: str, manifests: Manifests, options: Options = Options()) -> Outcome:  # noqa: B008 (frozen)
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
        Outcome
            A judgement for each object. Where the file cannot be decoded nothing is kept, but all are judged.
        """
        resources, notes = read_resources(manifests)
        if options.skip_empty:
            notes = [note for note in notes if note.code != "no-resources"]
        everything = [*notes, *(note for resource in resources for note in resource.notes)]
        errors = [note for note in everything if note.severity == Severity.ERROR]
        readable = not errors
        # Each object is tried even so, on a copy, for the reader wants to know of everything at once.
        store, self.store = self.store, self.store if readable else self.store.copy()
        told = {note.place for note in errors}
        judgements = []
        for resource in resources:
            found = [note for note in self._do(action, resource, options) if note.place not in told]
            remarks = _remarks(resource) if action in ("create", "apply", "replace") else ()
            judgements.append(Judgement(resource, readable and not found, (*resource.notes, *remarks, *found)))
        self.store = store
        return Outcome(readable and all(each.accepted for each in judgements), tuple(notes), tuple(judgements))

    def have(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        self.store.put_raw(value)

    def patch(self, kind: Kind, name: str, body: str, options: Options = Options()) -> Outcome:  # noqa: B008 (frozen)
        """Merge a JSON object into the stored object of that name."""
        document = Document("the patch", None, lambda _: None)
        resource = Resource(kind, document, (), {"name": name}, {})
        try:
            changes = as_json(body)
        except ValueError as error:
            notes = Notes(resource, CALICOCTL)
            notes.say("patch-body", reason=str(error))
            return _outcome(resource, notes.found)
        return _outcome(resource, self._patch(resource, changes, options))

    def delete(self, kind: Kind, *names: str, options: Options = Options()) -> Outcome:  # noqa: B008 (frozen)
        """Delete objects by name; each one is tried."""
        judgements = []
        for name in names:
            resource = Resource(kind, Document(name, None, lambda _: None), (), {"name": name}, {})
            found = self._delete(resource, options)
            judgements.append(Judgement(resource, not found, tuple(found)))
        return Outcome(all(each.accepted for each in judgements), (), tuple(judgements))

    def _do(self, action: str, resource: Resource, options: Options) -> list[Finding]:
        if action == "patch":
            return self._patch(resource, _changes(resource), options)
        if action == "delete":
            return self._delete(resource, options)
        return self._write(action, resource, options)

    def _write(self, action: str, resource: Resource, options: Options) -> list[Finding]:
        kind, notes = resource.kind, _notes(resource, options)
        spec, old = filled(kind, resource.spec), self.store.get(kind, resource.name)
        _check(resource, spec, notes)
        if action != "replace":
            self._check_new(resource, spec, notes)
        if action == "create":
            if version := resource.metadata.get("resourceVersion"):
                notes.say("resource-version", "metadata", "resourceVersion", value=version)
            if old is not None and options.skip_exists and not notes.found:
                return []
            if old is not None:
                notes.say("exists-already", "metadata", "name", kind=kind.name, name=resource.name)
        elif old is not None:
            _check_change(resource, spec, old, notes)
        elif action == "replace":
            notes.say("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
        return self._keep(resource, spec, notes)

    def _patch(self, resource: Resource, changes: Mapping[str, Any], options: Options) -> list[Finding]:
        kind, notes = resource.kind, _notes(resource, options)
        old = self.store.get(kind, resource.name)
        if old is None:
            notes.say("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
            return notes.found
        shown = Stored(kind, old.name, filled(kind, old.spec), old.metadata, old.status).as_data()
        before = {"apiVersion": V3, "kind": kind.name, "metadata": {**old.metadata, "name": old.name}, **shown}
        value = merged(before, changes)
        named = KINDS.get(str(value.get("kind"))) if value.get("apiVersion") == V3 else None
        if named is None:
            notes.say("kind-unknown", "kind", kind=str(value.get("kind")), version=str(value.get("apiVersion")))
            return notes.found
        kind = named
        fields, written = decode(
            kind.shape,
            value,
            (),
            lambda code, path, **numbers: notes.say(code, *path, **numbers),
            lambda path: resource.document.written((*resource.path, *path)),
        )
        if notes.found:
            return notes.found
        metadata = fields.get("metadata", {})
        if (old := self.store.get(kind, metadata.get("name", ""))) is None:
            notes.say("exists-not", "metadata", "name", kind=kind.name, name=metadata.get("name", ""))
            return notes.found
        patched = Resource(
            kind, resource.document, resource.path, metadata, fields.get("spec", {}), fields.get("status"),
            {name: (*resource.path, *path) for name, path in written.items()},
        )  # fmt: skip
        notes.resource = patched
        spec = filled(kind, patched.spec)
        _check(patched, spec, notes)
        _check_change(patched, spec, old, notes)
        return self._keep(patched, spec, notes)

    def _delete(self, resource: Resource, options: Options) -> list[Finding]:
        kind, notes = resource.kind, _notes(resource, options)
        old = self.store.get(kind, resource.name)
        if old is None:
            if not options.skip_not_exists:
                notes.say("exists-not", "metadata", "name", kind=kind.name, name=resource.name)
            return notes.found
        if kind is IP_POOL and not old.spec.get("disabled"):
            # An enabled pool is disabled first, and that is a change like any other.
            metadata = {**old.metadata, "name": old.name}
            disabled = Resource(kind, resource.document, resource.path, metadata, {**old.spec, "disabled": True})
            notes.resource = disabled
            spec = filled(kind, disabled.spec)
            _check(disabled, spec, notes)
            self._keep(disabled, spec, notes)
        if not notes.found:
            self.store.drop(kind, resource.name)
            if kind is IP_POOL and (cidr := network_of(old.spec)) is not None:
                self._release_blocks(cidr)
        return notes.found

    def _release_blocks(self, cidr: Cidr) -> None:
        """Drop the empty blocks of a deleted pool; the others lose their affinity."""
        for inside in [each for each in self.store.blocks if each in cidr]:
            block = self.store.blocks[inside]
            if block.allocations:
                self.store.blocks[inside] = replace(block, affinity="")
            else:
                del self.store.blocks[inside]

    def _check_new(self, resource: Resource, spec: Mapping[str, Any], notes: Notes) -> None:
        """Check a pool against the other pools and the blocks, as create and apply do."""
        cidr = network_of(spec)
        if resource.kind is not IP_POOL or cidr is None:
            return
        for other in self.store.overlapping(cidr, but=resource.name):
            notes.say("pools-overlap", "spec", "cidr", cidr=str(cidr), other=other.name, other_cidr=str(other.network))
        size = spec.get("blockSize")
        others = sorted(each for each in self.store.blocks if each.prefix != size and each.overlaps(cidr))
        if others:
            numbers = {"count": len(others), "cidr": str(cidr), "size": size, "first": str(others[0])}
            notes.say("blocks-of-other-size", "spec", "blockSize", **numbers)

    def _keep(self, resource: Resource, spec: Mapping[str, Any], notes: Notes) -> list[Finding]:
        if not notes.found:
            kept = {key: resource.metadata[key] for key in ("labels", "annotations") if resource.metadata.get(key)}
            self.store.put(Stored(resource.kind, resource.name, spec, kept, resource.status))
        return notes.found


def _notes(resource: Resource, options: Options) -> Notes:
    notes = Notes(resource, CALICOCTL)
    if options.namespace or resource.metadata.get("namespace"):
        notes.say("namespace-given", "metadata", "namespace", kind=resource.kind.name)
    return notes


def _check(resource: Resource, spec: Mapping[str, Any], notes: Notes) -> None:
    """Check what calicoctl asks of an object by itself, on its spec with the defaults in it."""
    kind = resource.kind
    check_metadata(resource.metadata, notes)
    if kind is IPAM_CONFIGURATION and resource.name != "default":
        notes.say("config-name", "metadata", "name", name=resource.name)
    if kind is IP_POOL:
        if not spec.get("cidr"):
            notes.say("field-missing", "spec", "cidr", field="cidr")
        check_pool(spec, notes)
    check_fields(kind, spec, notes)


def _check_change(resource: Resource, spec: Mapping[str, Any], old: Stored, notes: Notes) -> None:
    """Check an object against the one that it takes the place of."""
    version = resource.metadata.get("resourceVersion")
    if version and version != old.metadata.get("resourceVersion"):
        notes.say("resource-version", "metadata", "resourceVersion", value=version)
    if resource.kind is not IP_POOL:
        return
    before = filled(IP_POOL, old.spec)
    if network_of(spec) is not None and network_of(spec) != network_of(before):
        notes.say("cidr-changed", "spec", "cidr", before=before["cidr"], after=spec["cidr"])
    if spec.get("blockSize") != before.get("blockSize") and network_of(spec) is not None:
        numbers = {"before": before.get("blockSize", 0), "after": spec["blockSize"]}
        notes.say("block-size-changed", "spec", "blockSize", **numbers)
    if "LoadBalancer" in before["allowedUses"] and not {"Workload", "Tunnel"}.isdisjoint(spec["allowedUses"]):
        notes.say("loadbalancer-left", "spec", "allowedUses", uses=", ".join(spec["allowedUses"]))


def _remarks(resource: Resource) -> list[Finding]:
    """Warn of what calicoctl takes, and nobody can have meant."""
    notes = Notes(resource, CALICOCTL)
    if resource.kind is IPAM_CONFIGURATION and "autoAllocateBlocks" not in resource.spec:
        notes.say("auto-allocate-absent", "spec", "autoAllocateBlocks")
    return notes.found


def _changes(resource: Resource) -> Mapping[str, Any]:
    """Return what an object of a file says, as changes to the stored one."""
    value: Any = resource.document.value
    for key in resource.path:
        value = value[key]
    return {key: part for key, part in value.items() if key.lower() not in ("apiversion", "kind")}


def _outcome(resource: Resource, found: list[Finding]) -> Outcome:
    accepted = not found
    return Outcome(accepted, (), (Judgement(resource, accepted, tuple(found)),))
