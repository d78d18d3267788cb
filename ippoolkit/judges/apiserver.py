"""The API server at work: what `kubectl` gets past the CRD's schema and rules, which is more than calicoctl takes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..cidr import Cidr
from ..findings.codes.rule import CRD, KUBERNETES
from ..kinds import IP_POOL, KINDS, METADATA, V1, V1_KINDS, V3, Field, Kind, Type
from ..pool_rules import Pool
from ..read.checking import short
from ..read.document import Document, Path
from .judgement import Judgement, Options, Outcome
from .metadata import check_metadata
from .patching import merged
from .resource import Notes, Resource, finding
from .schema import check_fields, check_pool, check_types, fits, sloppy_cidr
from .store import Datastore, Stored
from .text import Manifests

_TOP = ("apiVersion", "kind", "metadata", "spec", "status")


class ApiServer:
    """Judges as the API server does on the CRDs alone, and keeps what it accepts in `store`."""

    name = CRD

    def __init__(self, store: Datastore | None = None) -> None:
        self.store = store if store is not None else Datastore()

    def judge(self, action: str, manifests: Manifests, options: Options = Options()) -> Outcome:  # noqa: B008 (frozen)
        """Carry out what `kubectl` does with each object of a file; see `Calicoctl.judge`.

        The spec of each judgement's resource is the one after pruning and defaulting.
        """
        del options  # kubectl has none of calicoctl's
        notes = list(manifests.problems)
        judgements: list[Judgement] = []
        for document in manifests.documents:
            for path, value in objects_in(document):
                kind = _kind(value)
                if kind is not None:
                    judgements.append(self._do(action, kind, document, path, value))
                elif not _is_object(value):
                    notes.append(finding("no-object", document.place(path), KUBERNETES, value=short(value)))
        accepted = not notes and all(each.accepted for each in judgements)
        return Outcome(accepted, tuple(notes), tuple(judgements))

    def have(self, value: Mapping[str, Any]) -> None:
        """Take an object for given, whatever there would be to say against it."""
        kind, metadata = _kind(value), value.get("metadata")
        if kind is not None and isinstance(metadata, Mapping):
            unheard = Notes(Resource(kind, Document("", None, lambda _: None), (), {}, {}), CRD)
            self.store.put(Stored(kind, str(metadata.get("name")), _check(kind, value, unheard) or {}, metadata))

    def _do(self, action: str, kind: Kind, document: Document, path: Path, value: Mapping[str, Any]) -> Judgement:
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else ""
        old = self.store.get(kind, name) if isinstance(name, str) else None
        if action == "patch" and old is not None:
            value = {**value, "spec": merged(old.spec, value.get("spec"))}
        resource = Resource(kind, document, path, metadata if isinstance(metadata, Mapping) else {}, {})
        notes, kube = Notes(resource, CRD), Notes(resource, KUBERNETES)
        if action in ("replace", "patch", "delete") and old is None:
            kube.say("exists-not", "metadata", "name", kind=kind.name, name=str(name))
        if action == "delete":
            if old is not None:
                self.store.drop(kind, old.name)
            return Judgement(resource, not kube.found, tuple(kube.found))
        if action == "create" and old is not None:
            kube.say("exists-already", "metadata", "name", kind=kind.name, name=old.name)
        spec = _check(kind, value, notes)
        if isinstance(metadata, Mapping):
            check_types(METADATA, metadata, kube, "metadata")
            if not kube.found:
                check_metadata(metadata, kube)
            version = metadata.get("resourceVersion")
            if version and version != (old.metadata.get("resourceVersion") if old else None):
                kube.say("resource-version", "metadata", "resourceVersion", value=short(version))
        if action != "create" and old is not None and spec is not None:
            _check_change(kind, spec, old, notes)
        resource = replace(resource, spec=spec or {})
        found = (*notes.found, *kube.found)
        accepted = not any(note.judges for note in found)
        if accepted:
            self.store.put(Stored(kind, resource.name, resource.spec, resource.metadata))
        return Judgement(resource, accepted, found)


def objects_in(document: Document) -> Iterator[tuple[Path, Any]]:
    """Yield the objects of a document with their paths, those of a list one by one."""
    yield from _objects(document, (), document.value)


def _objects(document: Document, path: Path, value: object) -> Iterator[tuple[Path, Any]]:
    if value is None:
        return
    items = value.get("items") if isinstance(value, Mapping) and str(value.get("kind")).endswith("List") else None
    if isinstance(items, list):
        for index, item in enumerate(items):
            yield from _objects(document, (*path, "items", index), item)
    else:
        yield path, value


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(value.get(key), str) and value[key] for key in ("apiVersion", "kind")
    )


def _kind(value: object) -> Kind | None:
    if not isinstance(value, Mapping) or not _is_object(value):
        return None
    return {V3: KINDS, V1: V1_KINDS}.get(value["apiVersion"], {}).get(value["kind"])


def _check(kind: Kind, value: Mapping[str, Any], notes: Notes) -> dict[str, Any] | None:
    """Check an object by itself; return its spec after pruning and defaulting, None where it has none."""
    is_v1 = value["apiVersion"] == V1
    for key in value:
        if key not in _TOP:
            notes.say("field-dropped", key, field=key)
    for part in ("metadata", "spec"):
        if value.get(part) is None:
            if not is_v1:
                notes.say("field-missing", part, field=part)
        elif not isinstance(value[part], Mapping):
            notes.say("type-mapping", part, value=short(value[part]))
    if isinstance(value.get("metadata"), Mapping):
        for key in value["metadata"]:
            if key not in METADATA:
                notes.say("field-dropped", "metadata", key, field=key)
    if not isinstance(value.get("spec"), Mapping):
        return None
    spec = {
        name: _pruned(kind.fields[name], each, notes, "spec", name)
        for name, each in value["spec"].items()
        if name in kind.fields and each is not None
    }
    for key in value["spec"]:
        if key not in kind.fields:
            notes.say("field-dropped", "spec", key, field=key)
    if kind.v1_filled or not is_v1:
        spec |= {name: of.filled for name, of in kind.fields.items() if of.filled is not None and name not in spec}
    for name in kind.v1_required if is_v1 else kind.required:
        if name not in spec:
            notes.say("field-missing", "spec", name, field=name)
    check_types({name: of.shape for name, of in kind.fields.items()}, spec, notes, "spec")
    check_fields(kind, spec, notes)
    if kind is IP_POOL:
        check_pool(spec, notes)
        if isinstance(text := spec.get("cidr"), str) and (network := _odd(text)) is not None:
            notes.say("cidr-spelling", "spec", "cidr", cidr=text, network=str(network))
    return spec


def _pruned(of: Field, value: Any, notes: Notes, *path: str) -> Any:
    """Return a value as the API server stores it: no keys where no keys belong, whole numbers as such."""
    if isinstance(value, Mapping):
        for key in value:
            notes.say("field-dropped", *path, key, field=key)
        return {}
    if of.shape in (Type.INT32, Type.INT64) and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _odd(text: str) -> Cidr | None:
    """Return the network behind a spelling that the schema takes and the rules' own reader refuses; else None."""
    network = sloppy_cidr(text)
    address, _, mask = text.partition("/")
    try:
        read = ipaddress.ip_address(address)
        plain = mask == str(int(mask)) and getattr(read, "ipv4_mapped", None) is None
    except ValueError:
        plain = False
    return None if plain else network


def _check_change(kind: Kind, spec: Mapping[str, Any], old: Stored, notes: Notes) -> None:
    """Check a pool against the one of its name: the cidr's text, and blockSize where both have one."""
    if kind is not IP_POOL:
        return
    for field, code in (("cidr", "cidr-changed"), ("blockSize", "block-size-changed")):
        before, after = old.spec.get(field), spec.get(field)
        of = kind.fields[field].shape
        if before is not None and after is not None and before != after and fits(of, before) and fits(of, after):
            notes.say(code, "spec", field, before=before, after=after)
    before, after = Pool.of(old.spec).block_size, Pool.of(spec).block_size
    if before and after and before != after and not any(note.code == "block-size-changed" for note in notes.found):
        notes.say("block-size-slips", "spec", "blockSize", before=before, after=after)
