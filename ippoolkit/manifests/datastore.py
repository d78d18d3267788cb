"""What exists while manifests are judged: the objects of a datastore, the blocks, the options of IPAM."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from ..calico.kinds import IP_POOL, KINDS, V1_KINDS, ResourceKind
from ..calico.limits import DEFAULT_BLOCK_SIZE
from ..calico.releases import NEWEST, Release
from ..cidr import Cidr, CidrError
from ..model import Block
from ..read.document import FieldPath
from .calicoctl_decoder import decode_object


@dataclass(frozen=True)
class StoredObject:
    """One object as the datastore has it."""

    kind: ResourceKind
    name: str
    spec: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: Any = None

    @cached_property
    def cidr(self) -> Cidr | None:
        """The range of a pool; None where it has no valid one."""
        return pool_cidr(self.spec)


@dataclass(slots=True)
class Datastore:
    """The objects by kind and name, the blocks by their range, and the options of `calicoctl ipam configure`.

    `ipam_options` are by the datastore's own keys, and None where nothing was ever configured. `release` is that of the
    Calico that reads and writes here.
    """

    objects: dict[str, dict[str, StoredObject]] = field(default_factory=lambda: {name: {} for name in KINDS})
    blocks: dict[Cidr, Block] = field(default_factory=dict)
    ipam_options: Mapping[str, Any] | None = None
    release: Release = NEWEST

    def copy(self) -> Self:
        """Return a datastore of its own with the same contents."""
        objects = {kind: dict(by_name) for kind, by_name in self.objects.items()}
        return type(self)(objects, dict(self.blocks), copy.copy(self.ipam_options), self.release)

    def get(self, kind: ResourceKind, name: str) -> StoredObject | None:
        """Return an object, or None."""
        return self.objects[kind.name].get(name)

    def put(self, stored: StoredObject) -> None:
        """Keep an object in the place of one of its name."""
        self.objects[stored.kind.name][stored.name] = stored

    def delete(self, kind: ResourceKind, name: str) -> None:
        """Forget an object."""
        del self.objects[kind.name][name]

    def overlapping_pools(self, cidr: Cidr, excluded_name: str) -> list[StoredObject]:
        """Return the pools that share addresses with a range, by name; all but one."""
        pools = self.objects[IP_POOL.name].values()
        overlapping = [pool for pool in pools if pool.cidr is not None and pool.cidr.overlaps(cidr)]
        return sorted((pool for pool in overlapping if pool.name != excluded_name), key=lambda pool: pool.name)

    def put_unchecked(self, value: Mapping[str, Any]) -> None:
        """Keep an object as somebody wrote it into the datastore past all judges; of a kind not judged, do nothing."""
        name = str(value.get("kind"))
        kind = KINDS.get(name) or V1_KINDS.get(name)
        if kind is not None:
            fields, _ = decode_object(kind.value_type, value, (), _ignore_problem)
            metadata = fields.get("metadata", {})
            self.put(
                StoredObject(kind, metadata.get("name", ""), fields.get("spec", {}), metadata, fields.get("status"))
            )


def apply_defaults(kind: ResourceKind, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec as calicoctl stores and shows it: normalised, defaults written, empty values left out."""
    stored_spec: dict[str, Any] = {}
    for name, field_spec in kind.fields.items():
        value = spec.get(name)
        is_go_empty = value in (0, "", [])  # what `omitempty` leaves out; False is 0
        if value is None or (is_go_empty and not field_spec.is_pointer):
            default = field_spec.calicoctl_default
            value = list(default) if isinstance(default, tuple) else default
            if value is None and field_spec.stored_when_empty:
                value = "" if field_spec.is_cidr else False
        if value is not None:
            stored_spec[name] = value
    if kind.name == IP_POOL.name and (cidr := pool_cidr(spec)) is not None:
        stored_spec["cidr"] = str(cidr) if _is_valid_cidr(spec["cidr"]) else spec["cidr"]
        stored_spec.setdefault("blockSize", DEFAULT_BLOCK_SIZE[cidr.version])
    return stored_spec


def pool_cidr(spec: Mapping[str, Any]) -> Cidr | None:
    """Return the range of a pool's spec, without host bits; None where its cidr is none."""
    return Cidr.parse_or_none(spec.get("cidr"))


def _is_valid_cidr(text: str) -> bool:
    try:
        Cidr.parse(text)
    except CidrError:
        return False
    return True


def _ignore_problem(code: str, path: FieldPath, **params: object) -> None:
    """Pass over what is wrong with an object that stands in the datastore already."""
