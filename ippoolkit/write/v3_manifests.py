"""The model to `projectcalico.org/v3` manifests, spelled as calicoctl prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from ..calico.kinds import V3
from ..calico.releases import NEWEST, Release
from ..model import IPAMConfig, IPPool, IPReservation
from .yaml_dump import dump_yaml

_OMITTED_WHEN_EMPTY = ("disabled", "natOutgoing", "disableBGPExport", "namespaceSelector")

# Fields that came with a release, and their default: written out, one would refuse the file in those before it.
_DEFAULTS_BY_DIFFERENCE = {
    "assignment-mode": ("assignmentMode", "Automatic"),
    "ip-cooldown": ("ipCooldownSeconds", 0),
    "kubevirt-persistence": ("kubeVirtVMAddressPersistence", "Enabled"),
}

_POOL = TypeAdapter(IPPool)
_CONFIG = TypeAdapter(IPAMConfig)
_RESERVATION = TypeAdapter(IPReservation)


def to_manifest(item: IPPool | IPAMConfig | IPReservation, release: Release = NEWEST) -> dict[str, Any]:
    """Return the v3 object: all defaults that the release knows written out, false flags left out, keys sorted."""
    manifest = _to_newest_manifest(item)
    for difference, (name, default) in _DEFAULTS_BY_DIFFERENCE.items():
        if manifest["spec"].get(name) == default and not release.has(difference):
            del manifest["spec"][name]
    return manifest


def _to_newest_manifest(item: IPPool | IPAMConfig | IPReservation) -> dict[str, Any]:
    match item:
        case IPPool():
            fields = _POOL.dump_python(item, by_alias=True, mode="json")
            metadata = {key: fields.pop(key) for key in ("annotations", "labels", "name")} | {"name": item.object_name}
            spec = {k: v for k, v in sorted(fields.items()) if v or k not in _OMITTED_WHEN_EMPTY}
            return _v3_object("IPPool", {k: v for k, v in metadata.items() if v}, spec)
        case IPAMConfig():
            fields = _CONFIG.dump_python(item, by_alias=True, mode="json")
            return _v3_object("IPAMConfiguration", {"name": "default"}, dict(sorted(fields.items())))
        case IPReservation():
            fields = _RESERVATION.dump_python(item, by_alias=True, mode="json")
            return _v3_object("IPReservation", {"name": fields.pop("name")}, fields)


def to_manifests_yaml(items: Iterable[IPPool | IPAMConfig | IPReservation], release: Release = NEWEST) -> str:
    """Return the v3 objects as YAML documents.

    Parameters
    ----------
    items
        Pools, IPAM configurations and reservations, in the order of the documents.
    release
        The release of Calico that is to take them: defaults of fields that it does not know are left out.

    Returns
    -------
    str
        YAML, ``---`` between the documents.
    """
    return "---\n".join(dump_yaml(to_manifest(item, release)) for item in items)


def _v3_object(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": V3, "kind": kind, "metadata": metadata, "spec": spec}
