"""The kinds of object that are judged, as data: each field with its type, its limits and its defaults.

What calicoctl decodes, what the CRD's schema checks, and what either fills in all come from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from .limits import MAX_BLOCKS_PER_HOST, MAX_CIDR, MAX_COOLDOWN_SECONDS, MAX_SELECTOR, MAX_USES

V3 = "projectcalico.org/v3"
V1 = "crd.projectcalico.org/v1"


class Type(Enum):
    """The type of a value, as Calico's Go structs have it."""

    TEXT = auto()
    FLAG = auto()
    INT32 = auto()
    INT64 = auto()
    TIME = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with any keys."""

    item: Shape


Shape = Type | ListOf | MapOf | Mapping[str, "Shape"]  # a mapping from names to shapes is a struct


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a spec.

    `default` is what calicoctl stores for an empty value; without one an empty value is left out, unless `kept`.
    A `pointer` tells an empty value from an absent one. `filled` is what the CRD fills in where the field is absent.
    """

    shape: Shape
    default: object = None
    kept: bool = False
    pointer: bool = False
    filled: object = None
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    most: int | None = None  # characters of a text, items of a list
    is_cidr: bool = False  # the CRD checks that the text, or each item, reads as a CIDR


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its fields, what its CRD requires, the page that documents it."""

    name: str
    v1_name: str
    aliases: tuple[str, ...]  # beside its own name, what calicoctl takes on the command line
    source: str
    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    v1_required: tuple[str, ...] = ()
    v1_filled: bool = True
    has_status: bool = False

    @property
    def shape(self) -> Mapping[str, Shape]:
        """The whole object, as calicoctl decodes it."""
        spec = {name: field.shape for name, field in self.fields.items()}
        status = {"status": _STATUS} if self.has_status else {}
        return {"apiVersion": Type.TEXT, "kind": Type.TEXT, "metadata": METADATA, "spec": spec, **status}


METADATA: Mapping[str, Shape] = {
    "name": Type.TEXT,
    "generateName": Type.TEXT,
    "namespace": Type.TEXT,
    "selfLink": Type.TEXT,
    "uid": Type.TEXT,
    "resourceVersion": Type.TEXT,
    "generation": Type.INT64,
    "creationTimestamp": Type.TIME,
    "deletionTimestamp": Type.TIME,
    "deletionGracePeriodSeconds": Type.INT64,
    "labels": MapOf(Type.TEXT),
    "annotations": MapOf(Type.TEXT),
    "finalizers": ListOf(Type.TEXT),
    "ownerReferences": ListOf(
        {
            "apiVersion": Type.TEXT,
            "kind": Type.TEXT,
            "name": Type.TEXT,
            "uid": Type.TEXT,
            "controller": Type.FLAG,
            "blockOwnerDeletion": Type.FLAG,
        }
    ),
    "managedFields": ListOf(
        {
            "manager": Type.TEXT,
            "operation": Type.TEXT,
            "apiVersion": Type.TEXT,
            "time": Type.TIME,
            "fieldsType": Type.TEXT,
            "fieldsV1": Type.ANY,
            "subresource": Type.TEXT,
        }
    ),
}
_STATUS: Mapping[str, Shape] = {
    "conditions": ListOf(
        {
            "type": Type.TEXT,
            "status": Type.TEXT,
            "observedGeneration": Type.INT64,
            "lastTransitionTime": Type.TIME,
            "reason": Type.TEXT,
            "message": Type.TEXT,
        }
    )
}

_MODES = ("Never", "Always", "CrossSubnet")

IP_POOL = Kind(
    "IPPool",
    "IPPool",
    ("ippools", "ipp", "ipps", "pool", "pools"),
    "ippool",
    {
        "cidr": Field(Type.TEXT, kept=True, most=MAX_CIDR, is_cidr=True),
        "vxlanMode": Field(Type.TEXT, default="Never", choices=_MODES),
        "ipipMode": Field(Type.TEXT, default="Never", choices=_MODES),
        "natOutgoing": Field(Type.FLAG),
        "disabled": Field(Type.FLAG),
        "disableBGPExport": Field(Type.FLAG),
        "blockSize": Field(Type.INT64, low=0, high=128),
        "nodeSelector": Field(Type.TEXT, default="all()", filled="all()", most=MAX_SELECTOR),
        "namespaceSelector": Field(Type.TEXT, most=MAX_SELECTOR),
        "allowedUses": Field(
            ListOf(Type.TEXT),
            default=("Workload", "Tunnel"),
            choices=("Workload", "Tunnel", "LoadBalancer"),
            most=MAX_USES,
        ),
        "assignmentMode": Field(
            Type.TEXT, default="Automatic", pointer=True, filled="Automatic", choices=("Automatic", "Manual")
        ),
    },
    required=("cidr",),
    v1_required=("cidr",),
    has_status=True,
)
IPAM_CONFIGURATION = Kind(
    "IPAMConfiguration",
    "IPAMConfig",
    ("ipamconfigurations", "ipamconfig", "ipamconfigs"),
    "ipamconfig",
    {
        "strictAffinity": Field(Type.FLAG, kept=True, filled=False),
        "maxBlocksPerHost": Field(Type.INT32, filled=0, low=0, high=MAX_BLOCKS_PER_HOST),
        "autoAllocateBlocks": Field(Type.FLAG, kept=True, filled=True),
        "ipCooldownSeconds": Field(Type.INT32, low=0, high=MAX_COOLDOWN_SECONDS),
        "kubeVirtVMAddressPersistence": Field(Type.TEXT, pointer=True, choices=("Enabled", "Disabled")),
    },
    v1_required=("strictAffinity", "autoAllocateBlocks"),
    v1_filled=False,
)
IP_RESERVATION = Kind(
    "IPReservation",
    "IPReservation",
    ("ipreservations", "reservation", "reservations"),
    "ipreservation",
    {"reservedCIDRs": Field(ListOf(Type.TEXT), is_cidr=True)},
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in (IP_POOL, IPAM_CONFIGURATION, IP_RESERVATION)}
V1_KINDS: dict[str, Kind] = {kind.v1_name: kind for kind in KINDS.values()}
# Other kinds that calicoctl knows; what they say is not the kit's to judge.
OTHERS = frozenset(
    {
        "BGPConfiguration", "BGPFilter", "BGPPeer", "BlockAffinity", "CalicoNodeStatus", "ClusterInformation",
        "FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet", "HostEndpoint", "KubeControllersConfiguration",
        "NetworkPolicy", "NetworkSet", "Node", "Profile", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy",
        "StagedNetworkPolicy", "Tier", "WorkloadEndpoint",
    }
)  # fmt: skip


def kind_named(name: str) -> Kind | None:
    """Return the kind that calicoctl's command line means by a name, in any case."""
    lower = name.lower()
    return next((kind for kind in KINDS.values() if lower in (kind.name.lower(), *kind.aliases)), None)


def empty(value: Any) -> bool:
    """Whether a value is what Go's `omitempty` leaves out."""
    return value in (None, 0, "", [])  # False is 0
