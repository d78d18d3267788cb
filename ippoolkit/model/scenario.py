"""The Scenario: what exists, what is planned, and the networks around it, in one frozen object."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from ..answer import answer_html
from ..calico.limits import KUBELET_MAX_PODS
from ..calico.pool_selection import OS_LABEL
from ..calico.releases import NEWEST, Release, UnknownReleaseError
from ..findings import Finding
from .cluster import Cluster
from .field_types import CidrField, IntField, Labels, Name, count_field, model_class
from .requirements import MAX_NODES, MAX_PODS_PER_NODE, MonthlyRate, Requirements, count_after


@model_class
class NodeGroup:
    """Nodes that are planned alike, in addition to those that exist."""

    name: Name = Field(default="nodes", description="Name of the group.")
    nodes: IntField = count_field(MAX_NODES, description="How many nodes at the start.")
    pods_per_node: IntField = count_field(
        MAX_PODS_PER_NODE, description="Pods with an address of their own on a typical node: the mean."
    )
    pods_on_busiest_node: IntField = count_field(
        MAX_PODS_PER_NODE,
        description="Pods on the node that has most; 0: as many as on a typical one. Part of the mean, not on top.",
    )
    nodes_per_month: MonthlyRate = Field(default=0, description="Nodes added a month; 0.5 adds one every other month.")
    pods_per_node_per_month: MonthlyRate = Field(default=0, description="Pods added on each node a month.")
    os: Literal["linux", "windows"] = Field(default="linux", description="Windows keeps 4 addresses of a block back.")
    max_blocks: IntField = count_field(
        MAX_PODS_PER_NODE, description="Blocks a node of the group may hold; 0: the IPAM configuration's, 1 on Windows."
    )
    max_pods: IntField = count_field(
        MAX_PODS_PER_NODE, default=KUBELET_MAX_PODS, description="Pods that kubelet runs on one of them."
    )
    labels: Labels = Field(default_factory=dict, description="Its labels.")

    @property
    def node_labels(self) -> dict[str, str]:
        """Labels of one of its nodes: the operating system's is Kubernetes' own."""
        return {OS_LABEL: self.os, **self.labels}

    def nodes_after(self, months: Fraction | int) -> int:
        """How many nodes there are after so many months."""
        return count_after(self.nodes, self.nodes_per_month, months)


@model_class
class Plan:
    """What is planned on top of what exists."""

    months: IntField = count_field(600, default=12, description="How far ahead growth is computed.")
    groups: tuple[NodeGroup, ...] = Field(default=(), description="Nodes to come.")


@model_class
class Networks:
    """The networks around the pools; lists, since a dual-stack cluster has one of each family."""

    cluster: tuple[CidrField, ...] = Field(default=(), description="Kubernetes' cluster CIDR, where pods belong.")
    services: tuple[CidrField, ...] = Field(default=(), description="Service addresses.")
    nodes: tuple[CidrField, ...] = Field(default=(), description="Networks that the nodes sit in.")
    peers: tuple[CidrField, ...] = Field(
        default=(),
        description="Other networks in use, which pools keep clear of, such as those reached from the cluster.",
    )
    node_cidr_mask_size: IntField = count_field(
        32, description="kube-controller-manager's per-node IPv4 prefix; 0: it cuts no ranges, or unknown."
    )
    node_cidr_mask_size_ipv6: Annotated[IntField, Field(alias="nodeCidrMaskSizeIPv6")] = count_field(
        128, description="The same of IPv6."
    )


@model_class
class Scenario:
    """One design to judge: a cluster, a plan, the networks around them."""

    version: Literal[1] = Field(default=1, description="Version of this file format.")
    name: Name = Field(default="scenario", description="What reports call it.")
    description: str = Field(default="", description="Where it comes from, what it is for.")
    calico: str = Field(
        default="", description="Release of Calico, such as v3.29.7 or 3.31 (its last patch); empty: the newest known."
    )
    cluster: Cluster = Field(default_factory=Cluster, description="What exists.")
    plan: Plan = Field(default_factory=Plan, description="What is planned on top.")
    networks: Networks = Field(default_factory=Networks, description="Networks around the pools.")
    requirements: Requirements | None = Field(
        default=None, description="What pools that are still to be chosen have to do."
    )

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r}: {self.cluster.summary()}>"

    @field_validator("calico", mode="before")
    @classmethod
    def _take_number(cls, value: object) -> object:
        # YAML reads 3.31 as a number, and 3.30 as 3.3; there is no v3.3 that is known.
        return f"{value:.2f}" if isinstance(value, float) else value

    @field_validator("calico")
    @classmethod
    def _check_release(cls, text: str) -> str:
        try:
            return str(Release.parse(text)) if text else ""
        except UnknownReleaseError as error:
            message = Finding(error.code, params=error.params).message()
            raise PydanticCustomError(error.code, message, error.params) from None

    @property
    def release(self) -> Release:
        """The release of Calico that everything is judged by."""
        return Release.parse(self.calico) if self.calico else NEWEST
