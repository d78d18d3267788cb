"""What exists: nodes, namespaces, pods, and the cluster that holds them with Calico's objects."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ..answer import counted
from ..calico.limits import KUBELET_MAX_PODS
from ..calico.pool_selection import OS_LABEL
from ..cidr import IPVersion
from .affinities import BlockAffinity, IPAMHandle
from .bgp import MAX_AS_NUMBER, BGPConfiguration, BGPPeer
from .calico_objects import Block, BlockUsage, IPAMConfig, IPPool, IPReservation, Tunnel
from .field_types import (
    AddressField,
    BoolField,
    CidrField,
    IntField,
    Labels,
    Name,
    ReservedCidrField,
    count_field,
    model_class,
)

# The kinds of object that tell what a cluster is, by the field that holds them.
KindName = Literal[
    "IPPool",
    "IPAMConfiguration",
    "IPReservation",
    "IPAMBlock",
    "BlockAffinity",
    "IPAMHandle",
    "Node",
    "Namespace",
    "Pod",
    "Service",
]
ALL_KINDS: tuple[KindName, ...] = get_args(KindName)


@model_class
class Node:
    """A node of the cluster."""

    name: Name = Field(description="Name of the node; decides where in a pool it starts looking for blocks.")
    labels: Labels = Field(default_factory=dict, description="Its labels.")
    max_pods: IntField = count_field(1_000_000, default=KUBELET_MAX_PODS, description="Pods that kubelet runs on it.")
    tunnels: tuple[Tunnel, ...] = Field(default=(), description="Tunnel addresses it has.")
    pod_cidrs: Annotated[tuple[CidrField, ...], Field(alias="podCIDRs")] = Field(
        default=(), description="Kubernetes' own ranges for its pods, which Calico's IPAM does not use."
    )
    addresses: tuple[AddressField, ...] = Field(default=(), description="Its own addresses, by which it is reached.")
    networks: tuple[ReservedCidrField, ...] = Field(default=(), description="The networks that these are in, if known.")
    as_number: IntField = count_field(
        MAX_AS_NUMBER, description="Its own AS number in BGP; 0: that of the BGP configuration."
    )
    route_reflector_cluster_id: Annotated[str, Field(alias="routeReflectorClusterID")] = Field(
        default="", description="Cluster of route reflectors that it belongs to; empty: it is none."
    )

    @property
    def windows(self) -> bool:
        """Whether it is a Windows node."""
        return self.labels.get(OS_LABEL) == "windows"


@model_class
class Namespace:
    """A namespace, with the pools that its annotations name."""

    name: Name = Field(description="Name of the namespace.")
    labels: Labels = Field(default_factory=dict, description="Its labels.")
    ipv4_pools: tuple[str, ...] = Field(default=(), alias="ipv4Pools", description="IPv4 pools it asks for.")
    ipv6_pools: tuple[str, ...] = Field(default=(), alias="ipv6Pools", description="IPv6 pools it asks for.")


@model_class
class Pod:
    """A pod, as far as IPAM is concerned."""

    name: Name = Field(description="Name of the pod.")
    namespace: Name = Field(default="default", description="Its namespace.")
    node: str = Field(default="", description="Node that it runs on; empty while it waits for one.")
    addresses: tuple[AddressField, ...] = Field(default=(), description="Addresses it holds.")
    host_network: BoolField = Field(default=False, description="True: it uses the node's address and takes none.")
    phase: str = Field(default="Running", description="Pending, Running, Succeeded, Failed or Unknown.")
    owner: str = Field(default="", description="Kind of its controller, such as DaemonSet; empty: none, or unknown.")
    ipv4_pools: tuple[str, ...] = Field(default=(), alias="ipv4Pools", description="IPv4 pools it asks for.")
    ipv6_pools: tuple[str, ...] = Field(default=(), alias="ipv6Pools", description="IPv6 pools it asks for.")

    @property
    def finished(self) -> bool:
        """Whether it has ended and needs no address."""
        return self.phase in ("Succeeded", "Failed")


@model_class
class Service:
    """A service of type LoadBalancer."""

    name: Name = Field(description="Name of the service.")
    namespace: Name = Field(default="default", description="Its namespace.")
    addresses: tuple[AddressField, ...] = Field(default=(), description="Addresses of its load balancer.")


# What the kit works out in seconds. Kubernetes itself is tested with 5,000 nodes
# (https://kubernetes.io/docs/setup/best-practices/cluster-large/).
MAX_POOLS = 1_000
MAX_NODES = 100_000
MAX_SELECTOR_WORK = 50_000_000  # characters of all pools' nodeSelectors, times the nodes that they are compared with


@model_class
class CNIConfiguration:
    """The pools that the nodes' CNI configuration names, by name or CIDR: asked after the pod and its namespace."""

    ipv4_pools: tuple[str, ...] = Field(default=(), alias="ipv4Pools", description="IPv4 pools.")
    ipv6_pools: tuple[str, ...] = Field(default=(), alias="ipv6Pools", description="IPv6 pools.")


@model_class
class Cluster:
    """What exists: Calico's objects, and the nodes, namespaces and pods that use them."""

    pools: tuple[IPPool, ...] = Field(default=(), max_length=MAX_POOLS, description="IP pools.")
    ipam: IPAMConfig = Field(default_factory=IPAMConfig, description="IPAM configuration.")
    reservations: tuple[IPReservation, ...] = Field(default=(), description="IP reservations.")
    wireguard_enabled: BoolField = Field(default=False, description="FelixConfiguration: WireGuard over IPv4.")
    wireguard_enabled_v6: BoolField = Field(
        default=False, alias="wireguardEnabledV6", description="FelixConfiguration: WireGuard over IPv6."
    )
    bgp: BGPConfiguration | None = Field(default=None, description="BGP configuration; absent: not read.")
    bgp_peers: tuple[BGPPeer, ...] = Field(default=(), description="BGP peers.")
    nodes: tuple[Node, ...] = Field(default=(), max_length=MAX_NODES, description="Nodes that exist.")
    namespaces: tuple[Namespace, ...] = Field(default=(), description="Namespaces that exist.")
    pods: tuple[Pod, ...] = Field(default=(), description="Pods that exist.")
    services: tuple[Service, ...] = Field(default=(), description="Services of type LoadBalancer that exist.")
    blocks: tuple[Block, ...] = Field(default=(), description="Blocks that exist.")
    block_usage: tuple[BlockUsage, ...] = Field(
        default=(), description="Addresses in use of blocks whose owner a text does not show."
    )
    affinities: tuple[BlockAffinity, ...] = Field(default=(), description="Claims on blocks that exist.")
    handles: tuple[IPAMHandle, ...] = Field(default=(), description="Handles that exist.")
    ipam_stored: BoolField | None = Field(
        default=False, description="Whether an IPAM configuration exists, else defaults hold; null: unknown."
    )
    cni: CNIConfiguration | None = Field(
        default=None, description="The nodes' CNI configuration; absent: it was not read, and may name pools."
    )
    unknown: tuple[KindName, ...] = Field(
        default=(), description="Kinds that could not be read: of these, nothing listed does not mean none."
    )

    @model_validator(mode="after")
    def _check_selector_work(self) -> Self:
        characters = sum(len(pool.node_selector) for pool in self.pools)
        if characters * len(self.nodes) > MAX_SELECTOR_WORK:
            params = {"nodes": len(self.nodes), "characters": characters, "most": MAX_SELECTOR_WORK // len(self.nodes)}
            raise PydanticCustomError("cluster-selectors", "too many nodes and selectors", params)
        return self

    def cni_pools(self, version: IPVersion) -> tuple[str, ...]:
        """Return the pools of a family that the CNI configuration names, by name or CIDR; none if it was not read."""
        if self.cni is None:
            return ()
        return self.cni.ipv4_pools if version == 4 else self.cni.ipv6_pools

    def __repr__(self) -> str:
        return f"<Cluster: {self.summary()}>"

    def summary(self) -> str:
        """Say in English how many objects there are of the kinds that decide about capacity."""
        objects = {"pool": self.pools, "node": self.nodes, "block": self.blocks, "pod": self.pods}
        return ", ".join(counted(len(items), noun) for noun, items in objects.items())

    @property
    def pods_without_blocks(self) -> int:
        """Pods with addresses of pools where not one block is listed: then blocks exist that were not read; else 0."""
        if self.blocks:
            return 0
        ranges = [pool.cidr for pool in self.pools]
        return sum(
            any(address in cidr for address in pod.addresses for cidr in ranges)
            for pod in self.pods
            if pod.node and not pod.host_network
        )

    def has_read(self, *kinds: KindName) -> bool:
        """Whether all of these kinds could be read."""
        return not any(kind in self.unknown for kind in kinds)

    @property
    def lacks_pods(self) -> bool:
        """Whether nodes exist, and nothing tells of the pods on them."""
        return bool(self.nodes) and not self.pods and not self.has_read("Pod")

    @property
    def lacks_addresses(self) -> bool:
        """Whether nodes exist, and neither pods nor blocks tell which addresses are in use."""
        return self.lacks_pods and not self.blocks

    def pool(self, name: str) -> IPPool:
        """Return the pool of that name, or of that range.

        Raises
        ------
        KeyError
            When there is none.
        """
        candidates = [pool for pool in self.pools if name in pool.names]
        if not candidates:
            raise KeyError(name)
        return next((pool for pool in candidates if pool.name == name), candidates[0])
