"""What is asked of a design that nobody has made yet: node groups, racks, limits, and where the pools may lie."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from ..calico.limits import HIGHEST_MAX_BLOCKS_PER_HOST, KUBELET_MAX_PODS
from .field_types import CidrField, IntField, Labels, Name, count_field, model_class

MAX_NODES = 1_000_000
MAX_PODS_PER_NODE = 1_000_000  # on one node

MonthlyRate = Annotated[
    float,
    Field(strict=True, ge=0, le=MAX_NODES, allow_inf_nan=False),
    PlainSerializer(lambda rate: int(rate) if rate.is_integer() else rate),
]
Family = Literal[4, 6, "dual"]
Encapsulation = Literal["vxlan", "ipip", "none"]
MOST_RACKS = 100_000
MOST_HEADROOM = 10_000
MOST_ROUTES = 10**12


def count_after(count: int, per_month: float, months: Fraction | int) -> int:
    """Return a count after so many months of growth; what is begun of one counts as one."""
    return count + ceil(Fraction(str(per_month)) * months)


@model_class
class GroupRequirement:
    """Nodes that are wanted alike."""

    name: Name = Field(default="nodes", description="Name of the group.")
    nodes: IntField = Field(ge=1, le=MAX_NODES, description="How many nodes.")
    pods_per_node: IntField = count_field(
        MAX_PODS_PER_NODE, default=KUBELET_MAX_PODS, description="Pods with an address of their own on each of them."
    )
    nodes_per_month: MonthlyRate = Field(default=0, description="Nodes added a month, until `by`.")
    pods_per_node_per_month: MonthlyRate = Field(default=0, description="Pods added on each node a month, until `by`.")
    os: Literal["linux", "windows"] = Field(
        default="linux", description="Windows keeps 4 addresses of a block back and has no IPv6."
    )
    max_blocks: IntField = count_field(
        MAX_PODS_PER_NODE,
        description="Blocks a node of the group may hold; 0: the requirements' maxBlocksPerHost, 1 on Windows.",
    )
    labels: Labels = Field(default_factory=dict, description="Labels of its nodes.")
    pools: str = Field(
        default="", description="Groups that write the same here share pools; empty: with all that write nothing."
    )

    def nodes_after(self, months: int) -> int:
        """How many nodes there are after so many months."""
        return count_after(self.nodes, self.nodes_per_month, months)

    def pods_after(self, months: int) -> int:
        """How many pods a node has after so many months."""
        return count_after(self.pods_per_node, self.pods_per_node_per_month, months)


@model_class
class Requirements:
    """What the pools of a design have to do."""

    groups: Annotated[tuple[GroupRequirement, ...], Field(min_length=1, description="The nodes.")]
    family: Family = Field(default=4, description="Addresses of the pods: 4, 6 or dual.")
    encapsulation: Encapsulation = Field(
        default="vxlan", description="vxlan, ipip (IPv4 only; IPv6 pools then use VXLAN) or none."
    )
    racks: IntField = Field(
        default=1,
        ge=1,
        le=MOST_RACKS,
        description="Racks that the nodes are spread over evenly; each has its own pool.",
    )
    rack_label: Name = Field(default="rack", description="Label of a node that says which rack it stands in.")
    headroom: IntField = count_field(MOST_HEADROOM, description="Nodes that must fit beyond those wanted, in percent.")
    max_routes: IntField | None = Field(
        default=None, ge=0, le=MOST_ROUTES, description="Routes that a node or router takes; absent: any number."
    )
    max_blocks_per_host: IntField = count_field(
        HIGHEST_MAX_BLOCKS_PER_HOST, description="Blocks a node may hold; 0: Calico's default, 20."
    )
    within: tuple[CidrField, ...] = Field(
        default=(), description="Where the pools may lie; empty: the cluster CIDR, else private ranges."
    )
    by: Annotated[str, Field(pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$")] = Field(
        default="", description="Month until which the groups grow, such as 2027-06; empty: they do not."
    )

    def months(self, today: date) -> int:
        """How many months there are until `by`; 0 where it is empty or over."""
        if not self.by:
            return 0
        year, month = map(int, self.by.split("-"))
        return max((year - today.year) * 12 + month - today.month, 0)
