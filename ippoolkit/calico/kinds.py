"""The kinds of object that are judged, as data: each field with its type, its limits and its defaults.

What calicoctl decodes, what the CRD's schema checks, and what either fills in all come from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache

from .limits import (
    HIGHEST_MAX_BLOCKS_PER_HOST,
    MAX_ALLOWED_USES,
    MAX_CIDR_LENGTH,
    MAX_COOLDOWN_SECONDS,
    MAX_SELECTOR_LENGTH,
)
from .releases import NEWEST, Release

V3 = "projectcalico.org/v3"
V1 = "crd.projectcalico.org/v1"


class ScalarType(Enum):
    """The type of a value, as Calico's Go structs have it."""

    STRING = auto()
    BOOL = auto()
    INT32 = auto()
    INT64 = auto()
    TIME = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: ValueType


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with any keys."""

    item: ValueType


ValueType = ScalarType | ListOf | MapOf | Mapping[str, "ValueType"]  # a mapping from names to shapes is a struct


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a spec.

    `calicoctl_default` is what calicoctl stores for an empty value; without one an empty value is left out, unless
    `stored_when_empty`. A field that `is_pointer` tells an empty value from an absent one. `crd_default` is what the
    CRD fills in where the field is absent.
    """

    value_type: ValueType
    calicoctl_default: object = None
    stored_when_empty: bool = False
    is_pointer: bool = False
    crd_default: object = None
    allowed_values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None  # characters of a text, items of a list
    is_cidr: bool = False  # the CRD checks that the text, or each item, reads as a CIDR
    introduced_by: str = ""  # the difference between releases that brought the field
    crd_default_introduced_by: str = ""  # the difference that lets the CRD fill it in


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind: its fields, what its CRD requires, the page that documents it."""

    name: str
    v1_name: str
    aliases: tuple[str, ...]  # beside its own name, what calicoctl takes on the command line
    source_key: str
    fields: Mapping[str, FieldSpec]
    required: tuple[str, ...] = ()
    v1_required: tuple[str, ...] = ()
    v1_has_defaults: bool = True
    has_status: bool = False

    def for_release(self, release: Release) -> ResourceKind:
        """Return the kind as a release knows it: without the fields, the choices and the defaults that came later."""
        return self if release == NEWEST else _kind_for_release(self.name, release)

    @property
    def value_type(self) -> Mapping[str, ValueType]:
        """The whole object, as calicoctl decodes it."""
        spec = {name: field.value_type for name, field in self.fields.items()}
        status = {"status": _STATUS_FIELDS} if self.has_status else {}
        return {
            "apiVersion": ScalarType.STRING,
            "kind": ScalarType.STRING,
            "metadata": METADATA_FIELDS,
            "spec": spec,
            **status,
        }


METADATA_FIELDS: Mapping[str, ValueType] = {
    "name": ScalarType.STRING,
    "generateName": ScalarType.STRING,
    "namespace": ScalarType.STRING,
    "selfLink": ScalarType.STRING,
    "uid": ScalarType.STRING,
    "resourceVersion": ScalarType.STRING,
    "generation": ScalarType.INT64,
    "creationTimestamp": ScalarType.TIME,
    "deletionTimestamp": ScalarType.TIME,
    "deletionGracePeriodSeconds": ScalarType.INT64,
    "labels": MapOf(ScalarType.STRING),
    "annotations": MapOf(ScalarType.STRING),
    "finalizers": ListOf(ScalarType.STRING),
    "ownerReferences": ListOf(
        {
            "apiVersion": ScalarType.STRING,
            "kind": ScalarType.STRING,
            "name": ScalarType.STRING,
            "uid": ScalarType.STRING,
            "controller": ScalarType.BOOL,
            "blockOwnerDeletion": ScalarType.BOOL,
        }
    ),
    "managedFields": ListOf(
        {
            "manager": ScalarType.STRING,
            "operation": ScalarType.STRING,
            "apiVersion": ScalarType.STRING,
            "time": ScalarType.TIME,
            "fieldsType": ScalarType.STRING,
            "fieldsV1": ScalarType.ANY,
            "subresource": ScalarType.STRING,
        }
    ),
}
_STATUS_FIELDS: Mapping[str, ValueType] = {
    "conditions": ListOf(
        {
            "type": ScalarType.STRING,
            "status": ScalarType.STRING,
            "observedGeneration": ScalarType.INT64,
            "lastTransitionTime": ScalarType.TIME,
            "reason": ScalarType.STRING,
            "message": ScalarType.STRING,
        }
    )
}

_ENCAPSULATION_MODES = ("Never", "Always", "CrossSubnet")

IP_POOL = ResourceKind(
    "IPPool",
    "IPPool",
    ("ippools", "ipp", "ipps", "pool", "pools"),
    "ippool",
    {
        "cidr": FieldSpec(ScalarType.STRING, stored_when_empty=True, max_length=MAX_CIDR_LENGTH, is_cidr=True),
        "vxlanMode": FieldSpec(ScalarType.STRING, calicoctl_default="Never", allowed_values=_ENCAPSULATION_MODES),
        "ipipMode": FieldSpec(ScalarType.STRING, calicoctl_default="Never", allowed_values=_ENCAPSULATION_MODES),
        "natOutgoing": FieldSpec(ScalarType.BOOL),
        "disabled": FieldSpec(ScalarType.BOOL),
        "disableBGPExport": FieldSpec(ScalarType.BOOL),
        "blockSize": FieldSpec(ScalarType.INT64, minimum=0, maximum=128),
        "nodeSelector": FieldSpec(
            ScalarType.STRING,
            calicoctl_default="all()",
            crd_default="all()",
            max_length=MAX_SELECTOR_LENGTH,
            crd_default_introduced_by="crd-selector-default",
        ),
        "namespaceSelector": FieldSpec(
            ScalarType.STRING, max_length=MAX_SELECTOR_LENGTH, introduced_by="namespace-selector"
        ),
        "allowedUses": FieldSpec(
            ListOf(ScalarType.STRING),
            calicoctl_default=("Workload", "Tunnel"),
            allowed_values=("Workload", "Tunnel", "LoadBalancer"),
            max_length=MAX_ALLOWED_USES,
        ),
        "assignmentMode": FieldSpec(
            ScalarType.STRING,
            calicoctl_default="Automatic",
            is_pointer=True,
            crd_default="Automatic",
            allowed_values=("Automatic", "Manual"),
            introduced_by="assignment-mode",
            crd_default_introduced_by="crd-assignment-default",
        ),
    },
    required=("cidr",),
    v1_required=("cidr",),
    has_status=True,
)
IPAM_CONFIGURATION = ResourceKind(
    "IPAMConfiguration",
    "IPAMConfig",
    ("ipamconfigurations", "ipamconfig", "ipamconfigs"),
    "ipamconfig",
    {
        "strictAffinity": FieldSpec(ScalarType.BOOL, stored_when_empty=True, crd_default=False),
        "maxBlocksPerHost": FieldSpec(ScalarType.INT32, crd_default=0, minimum=0, maximum=HIGHEST_MAX_BLOCKS_PER_HOST),
        "autoAllocateBlocks": FieldSpec(ScalarType.BOOL, stored_when_empty=True, crd_default=True),
        "ipCooldownSeconds": FieldSpec(
            ScalarType.INT32, minimum=0, maximum=MAX_COOLDOWN_SECONDS, introduced_by="ip-cooldown"
        ),
        "kubeVirtVMAddressPersistence": FieldSpec(
            ScalarType.STRING,
            is_pointer=True,
            allowed_values=("Enabled", "Disabled"),
            introduced_by="kubevirt-persistence",
        ),
    },
    v1_required=("strictAffinity", "autoAllocateBlocks"),
    v1_has_defaults=False,
)
IP_RESERVATION = ResourceKind(
    "IPReservation",
    "IPReservation",
    ("ipreservations", "reservation", "reservations"),
    "ipreservation",
    {"reservedCIDRs": FieldSpec(ListOf(ScalarType.STRING), is_cidr=True)},
)

KINDS: dict[str, ResourceKind] = {kind.name: kind for kind in (IP_POOL, IPAM_CONFIGURATION, IP_RESERVATION)}
V1_KINDS: dict[str, ResourceKind] = {kind.v1_name: kind for kind in KINDS.values()}
# Other kinds that calicoctl knows; what they say is not the kit's to judge.
OTHER_KIND_NAMES = frozenset(
    {
        "BGPConfiguration",
        "BGPFilter",
        "BGPPeer",
        "BlockAffinity",
        "CalicoNodeStatus",
        "ClusterInformation",
        "FelixConfiguration",
        "GlobalNetworkPolicy",
        "GlobalNetworkSet",
        "HostEndpoint",
        "KubeControllersConfiguration",
        "NetworkPolicy",
        "NetworkSet",
        "Node",
        "Profile",
        "StagedGlobalNetworkPolicy",
        "StagedKubernetesNetworkPolicy",
        "StagedNetworkPolicy",
        "Tier",
        "WorkloadEndpoint",
    }
)


# Fields of APIv1 that older releases still decode, and let nobody fill in.
_APIV1_FIELDS = {
    "ipip": FieldSpec({"enabled": ScalarType.BOOL, "mode": ScalarType.STRING}),
    "nat-outgoing": FieldSpec(ScalarType.BOOL),
}
_LOAD_BALANCER_USE = "LoadBalancer"
_INT32_MAX = (1 << 31) - 1


@cache
def _kind_for_release(name: str, release: Release) -> ResourceKind:
    kind = KINDS[name]
    fields = {
        field_name: _field_for_release(field, release)
        for field_name, field in kind.fields.items()
        if not field.introduced_by or release.has(field.introduced_by)
    }
    has_status = kind.has_status and release.has("manifest-status")
    return replace(kind, fields=fields, has_status=has_status)


def _field_for_release(field: FieldSpec, release: Release) -> FieldSpec:
    if field.crd_default_introduced_by and not release.has(field.crd_default_introduced_by):
        field = replace(field, crd_default=None)
    if _LOAD_BALANCER_USE in field.allowed_values and not release.has("loadbalancer"):
        field = replace(field, allowed_values=tuple(use for use in field.allowed_values if use != _LOAD_BALANCER_USE))
    return field


def v1_bounds(kind: ResourceKind) -> ResourceKind:
    """Return a kind with the bounds of its CRD in crd.projectcalico.org/v1, which takes any int32 for blocks."""
    if kind.name != IPAM_CONFIGURATION.name:
        return kind
    fields = {**kind.fields, "maxBlocksPerHost": replace(kind.fields["maxBlocksPerHost"], maximum=_INT32_MAX)}
    return replace(kind, fields=fields)


def apiv1_fields(kind: ResourceKind, release: Release) -> Mapping[str, FieldSpec]:
    """Return the fields of APIv1 that calicoctl of a release still decodes in a kind, and refuses unless empty."""
    return _APIV1_FIELDS if kind.name == IP_POOL.name and release.has("apiv1-leftovers") else {}


def find_kind(name: str) -> ResourceKind | None:
    """Return the kind that calicoctl's command line means by a name, in any case."""
    lower = name.lower()
    return next((kind for kind in KINDS.values() if lower in (kind.name.lower(), *kind.aliases)), None)
