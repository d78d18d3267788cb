"""Calico's BGP: whether nodes peer with each other, and with whom else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .field_types import BoolField, IntField, Name, ReservedCidrField, count_field, model_class

MAX_AS_NUMBER = 2**32 - 1


@model_class
class BGPConfiguration:
    """The cluster-wide BGP settings (BGPConfiguration `default`)."""

    node_to_node_mesh_enabled: BoolField = Field(
        default=True, description="Whether each node peers with each other one."
    )
    as_number: IntField = count_field(MAX_AS_NUMBER, default=64512, description="AS number of nodes without their own.")
    service_load_balancer_ips: Annotated[tuple[ReservedCidrField, ...], Field(alias="serviceLoadBalancerIPs")] = Field(
        default=(), description="Ranges of load balancers' addresses that are announced."
    )


@model_class
class BGPPeer:
    """A peering of nodes with something else, or with some of themselves."""

    name: Name = Field(description="Name of the BGPPeer.")
    node: str = Field(default="", description="Node that peers; empty: those of the selector.")
    node_selector: str = Field(default="", description="Nodes that peer; empty: all.")
    peer_ip: str = Field(default="", alias="peerIP", description="Address of the peer, such as a top-of-rack router.")
    peer_selector: str = Field(default="", description="Nodes that are the peers: route reflectors.")
    as_number: IntField = count_field(MAX_AS_NUMBER, description="AS number of the peer; 0: unknown.")
