"""What exists while manifests are judged: the objects of a datastore, the blocks, the options of IPAM."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from ..cidr import Cidr, CidrError
from ..kinds import KINDS, V1_KINDS, Kind, empty
from ..limits import DEFAULT_BLOCK_SIZE
from ..model import Block
from ..read.document import Path
from .decode import decode


@dataclass(frozen=True)
class Stored:
    """One object as the datastore has it."""

    kind: Kind
    name: str
    spec: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: Any = None

    @cached_property
    def network(self) -> Cidr | None:
        """The range of a pool; None where it has no valid one."""
        return network_of(self.spec)

    def as_data(self) -> dict[str, Any]:
        """Return spec, labels, annotations and status, as far as there are any."""
        parts = {"spec": dict(self.spec), **_texts(self.metadata)}
        return parts | ({"status": self.status} if self.status else {})


@dataclass(slots=True)
class Datastore:
    """The objects by kind and name, the blocks by their range, and the options of `calicoctl ipam configure`.

    `options` are by the datastore's own keys, and None where nothing was ever configured.
    """

    objects: dict[str, dict[str, Stored]] = field(default_factory=lambda: {name: {} for name in KINDS})
    blocks: dict[Cidr, Block] = field(default_factory=dict)
    options: Mapping[str, Any] | None = None

    def copy(self) -> Self:
        """Return a datastore of its own with the same contents."""
        objects = {kind: dict(by_name) for kind, by_name in self.objects.items()}
        return type(self)(objects, dict(self.blocks), copy.copy(self.options))

    def get(self, kind: Kind, name: str) -> Stored | None:
        """Return an object, or None."""
        return self.objects[kind.name].get(name)

    def put(self, stored: Stored) -> None:
        """Keep an object in the place of one of its name."""
        self.objects[stored.kind.name][stored.name] = stored

    def drop(self, kind: Kind, name: str) -> None:
        """Forget an object."""
        del self.objects[kind.name][name]

    def overlapping(self, cidr: Cidr, but: str) -> list[Stored]:
        """Return the pools that share addresses with a range, by name; all but one."""
        pools = self.objects["IPPool"].values()
        others = [each for each in pools if each.network is not None and each.network.overlaps(cidr)]
        return sorted((each for each in others if each.name != but), key=lambda each: each.name)

    def put_raw(self, value: Mapping[str, Any]) -> None:
        """Keep an object as somebody wrote it into the datastore past all judges; of a kind not judged, do nothing."""
        name = str(value.get("kind"))
        kind = KINDS.get(name) or V1_KINDS.get(name)
        if kind is not None:
            fields, _ = decode(kind.shape, value, (), _unheard)
            metadata = fields.get("metadata", {})
            self.put(Stored(kind, metadata.get("name", ""), fields.get("spec", {}), metadata, fields.get("status")))

    def data(self, kind: Kind) -> dict[str, Any]:
        """Return every object of a kind as `calicoctl get` shows it: defaults filled in, by name."""
        return {
            name: Stored(kind, name, filled(kind, of.spec), of.metadata, of.status).as_data()
            for name, of in sorted(self.objects[kind.name].items())
        }


def filled(kind: Kind, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec as calicoctl stores and shows it: normalised, defaults written, empty values left out."""
    made: dict[str, Any] = {}
    for name, of in kind.fields.items():
        value = spec.get(name)
        if value is None or (not of.pointer and empty(value)):
            value = list(of.default) if isinstance(of.default, tuple) else of.default
            if value is None and of.kept:
                value = "" if of.is_cidr else False
        if value is not None:
            made[name] = value
    if kind.name == "IPPool" and (cidr := network_of(spec)) is not None:
        made["cidr"] = str(cidr) if _masked(spec["cidr"]) else spec["cidr"]
        made.setdefault("blockSize", DEFAULT_BLOCK_SIZE[cidr.version])
    return made


def network_of(spec: Mapping[str, Any]) -> Cidr | None:
    """Return the range of a pool's spec, without host bits; None where its cidr is none."""
    return Cidr.maybe(spec.get("cidr"))


def _masked(text: str) -> bool:
    try:
        Cidr.parse(text)
    except CidrError:
        return False
    return True


def _texts(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(metadata[key]) for key in ("labels", "annotations") if metadata.get(key)}


def _unheard(code: str, path: Path, **numbers: object) -> None:
    """Pass over what is wrong with an object that stands in the datastore already."""
