"""Calico's own objects: IPPool, IPAMConfiguration, IPReservation, IPAMBlock.

Fields, defaults and limits are Calico's; what its API server refuses in a pool's cidr and blockSize is refused here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ..calico.encapsulation import EncapsulationMode, encapsulation_name
from ..calico.limits import (
    DEFAULT_BLOCK_SIZE,
    HIGHEST_MAX_BLOCKS_PER_HOST,
    LOAD_BALANCER_AFFINITY,
    MAX_COOLDOWN_SECONDS,
    WINDOWS_HANDLE,
)
from ..calico.pool_rules import POOL_CHECKS, PoolSpec
from ..calico.pool_selection import TunnelType, Use, selects_node, serves_unnamed
from ..cidr import Cidr, IPVersion
from ..findings import Finding
from .field_types import (
    AddressField,
    BoolField,
    CidrField,
    IntField,
    Labels,
    Name,
    ReservedCidrField,
    SelectorText,
    count_field,
    model_class,
)


@model_class
class IPPool:
    """A range of addresses that Calico hands out, block by block."""

    name: Name = Field(
        description="Name of the IPPool; pools are tried in the order of their names. Its CIDR where the name is "
        "unknown."
    )
    cidr: CidrField = Field(description="The pool's range. No host bits.")
    disabled: BoolField = Field(default=False, description="True: no new address comes from this pool.")
    block_size: IntField = Field(
        default=0,
        validate_default=True,
        description="Prefix length of a block: 20..32 (IPv4, default 26) or 116..128 (IPv6, default 122); 0 stands "
        "for the default. Cannot be changed once the pool exists.",
    )
    ipip_mode: EncapsulationMode = Field(default="Never", description="When IPIP encapsulates; IPv4 only.")
    vxlan_mode: EncapsulationMode = Field(default="Never", description="When VXLAN encapsulates.")
    nat_outgoing: BoolField = Field(default=False, description="Whether traffic that leaves the pools is masqueraded.")
    node_selector: SelectorText = Field(default="all()", description="Which nodes may claim blocks of this pool.")
    namespace_selector: SelectorText = Field(
        default="", description="Which namespaces may draw from it; empty: every one."
    )
    allowed_uses: tuple[Use, ...] = Field(
        default=("Workload", "Tunnel"), description="What may draw from it; LoadBalancer stands alone."
    )
    assignment_mode: Literal["Automatic", "Manual"] = Field(
        default="Automatic", description="Manual: serves only pods and namespaces that name it."
    )
    disable_bgp_export: Annotated[BoolField, Field(alias="disableBGPExport")] = Field(
        default=False, description="Whether its routes are kept from BGP peers."
    )
    labels: Labels = Field(default_factory=dict, description="Its labels.")
    annotations: Labels = Field(default_factory=dict, description="Its annotations.")

    @field_validator("block_size")
    @classmethod
    def _check_block_size(cls, block_size: int, info: ValidationInfo) -> int:
        cidr = info.data.get("cidr")
        if not isinstance(cidr, Cidr):
            return block_size  # the cidr's own problem is reported; without a family the size cannot be judged
        block_size = block_size or DEFAULT_BLOCK_SIZE[cidr.version]
        pool_spec = PoolSpec(str(cidr), cidr, block_size, disabled=bool(info.data.get("disabled")))
        for code in ("block-size-range", "block-size-prefix"):
            for _, params in POOL_CHECKS[code](pool_spec):
                raise PydanticCustomError(code, Finding(code, params=params).message(), params)
        return block_size

    @field_validator("node_selector")
    @classmethod
    def _empty_selects_all(cls, selector: str) -> str:
        return selector or "all()"

    @property
    def version(self) -> IPVersion:
        """IP version: 4 or 6."""
        return self.cidr.version

    @property
    def is_unnamed(self) -> bool:
        """Whether nothing tells its name: it is called by its range."""
        return self.name == str(self.cidr)

    @property
    def object_name(self) -> str:
        """Its name as Kubernetes takes it: where that is unknown its range, in the characters that names may have."""
        return _range_as_name(self.cidr) if self.is_unnamed else self.name

    @property
    def names(self) -> tuple[str, str, str]:
        """What it may be called: its name, its range, and its range as Kubernetes takes it as a name."""
        return self.name, str(self.cidr), _range_as_name(self.cidr)

    @property
    def block_count(self) -> int:
        """Number of blocks, 2^(blockSize - prefix)."""
        return self.cidr.subnet_count(self.block_size)

    @property
    def addresses_per_block(self) -> int:
        """Addresses in one block; every one is usable."""
        return 1 << (self.cidr.bits - self.block_size)

    @property
    def encapsulation(self) -> str:
        """`IPIP` or `VXLAN` with its mode, or `None`."""
        return encapsulation_name(self.ipip_mode, self.vxlan_mode)

    def serves(self, use: Use) -> bool:
        """Whether the pool hands out addresses for this use to whoever does not name a pool."""
        return serves_unnamed(self, use)

    def selects_node(self, labels: Mapping[str, str]) -> bool:
        """Whether its nodeSelector matches; a selector that does not parse matches nothing."""
        return selects_node(self, labels)


def _range_as_name(cidr: Cidr) -> str:
    return str(cidr).replace("/", "-").replace(":", "-")


@model_class
class IPAMConfig:
    """The cluster-wide settings of Calico's IPAM (IPAMConfiguration `default`)."""

    strict_affinity: BoolField = Field(default=False, description="True: no node borrows from another node's block.")
    auto_allocate_blocks: BoolField = Field(default=True, description="False: nodes claim no new blocks.")
    max_blocks_per_host: IntField = count_field(
        HIGHEST_MAX_BLOCKS_PER_HOST, description="Blocks a node may hold, per family; 0: 20."
    )
    ip_cooldown_seconds: IntField = count_field(
        MAX_COOLDOWN_SECONDS, description="How long a released address rests before it is handed out again."
    )
    kube_virt_vm_address_persistence: Annotated[
        Literal["Enabled", "Disabled"], Field(alias="kubeVirtVMAddressPersistence")
    ] = Field(default="Enabled", description="Whether KubeVirt machines keep their address.")


@model_class
class IPReservation:
    """Addresses that Calico never hands out."""

    name: Name = Field(description="Name of the IPReservation.")
    reserved_cidrs: Annotated[tuple[ReservedCidrField, ...], Field(alias="reservedCIDRs")] = Field(
        default=(), description="The ranges; host bits are allowed and ignored."
    )


@model_class
class Allocation:
    """One address of a block in use."""

    ordinal: IntField = Field(description="Offset of the address from the block's first.")
    handle: str = Field(default="", description="Who holds it.")
    node: str = Field(default="", description="Node that it was given to.")
    namespace: str = Field(default="", description="Namespace of the pod.")
    pod: str = Field(default="", description="Name of the pod.")
    type: str = Field(default="", description="Kind of tunnel, such as vxlanTunnelAddress; empty for pods.")
    timestamp: str = Field(default="", description="When it was given out.")
    released_at: str = Field(default="", description="When it was released, for an address that still cools down.")


@model_class
class Block:
    """An IPAMBlock: one blockSize-long slice of a pool, claimed by a node."""

    cidr: CidrField = Field(description="The block's range.")
    affinity: str = Field(default="", description="`host:<node>` or `virtual:load-balancer`; empty: nobody's.")
    allocations: tuple[Allocation, ...] = Field(default=(), description="Addresses in use, by ordinal.")
    unallocated: tuple[IntField, ...] = Field(default=(), description="Free ordinals in the order they go out.")

    @model_validator(mode="after")
    def _check_ordinals(self) -> Self:
        for ordinal in (*(allocation.ordinal for allocation in self.allocations), *self.unallocated):
            if not 0 <= ordinal < self.cidr.size:
                params = {"ordinal": ordinal, "cidr": str(self.cidr), "most": self.cidr.size - 1}
                raise PydanticCustomError("block-ordinal", "an ordinal outside its block", params)
        return self

    @property
    def pod_allocations(self) -> tuple[Allocation, ...]:
        """Allocations of pods: not of tunnels or services, nor what cools down or what Windows reserves."""
        if self.affinity == LOAD_BALANCER_AFFINITY:
            return ()
        return tuple(
            allocation
            for allocation in self.allocations
            if not allocation.type and not allocation.released_at and allocation.handle != WINDOWS_HANDLE
        )

    @property
    def host(self) -> str:
        """Node that the block belongs to; empty for nobody's and for LoadBalancer blocks."""
        return self.affinity.removeprefix("host:") if self.affinity.startswith("host:") else ""


_MOST_IN_BLOCK = 1 << 12  # addresses of the largest blocks, /20 and /116


@model_class
class BlockUsage:
    """A block of which a text shows no more than how many of its addresses are in use."""

    cidr: CidrField = Field(description="The block's range.")
    used: IntField = count_field(_MOST_IN_BLOCK, description="Addresses in use.")


@model_class
class Tunnel:
    """A tunnel address that calico-node drew for its node."""

    type: TunnelType = Field(description="What the tunnel speaks.")
    address: AddressField = Field(description="Its address.")
