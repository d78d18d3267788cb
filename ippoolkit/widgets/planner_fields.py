"""All fields of the planner's form."""

from __future__ import annotations

from collections.abc import Callable

from ..findings import N_, Language
from .cidr_lists import join_cidrs, split_cidrs
from .editor_state import EditorState
from .form_fields import Field, FieldState, FormSection
from .node_fields import NODE_DETAILS_SECTION, NODES_SECTION
from .pool_fields import POOL_DETAILS_SECTION, POOL_SECTION


def _network_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    return lambda editor, _: {"value": join_cidrs(getattr(editor.scenario.networks, field))}


def _ipam_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    return lambda editor, _: {"value": getattr(editor.scenario.cluster.ipam, field)}


_CALICO_SECTION = FormSection(
    N_("Calico"),
    (
        Field(
            "strict",
            "strictAffinity",
            "check",
            _ipam_value("strict_affinity"),
            lambda editor, value: editor.with_ipam(strict_affinity=value),
            N_("No node borrows an address from another node's block. Windows nodes need it."),
            "ipamconfig",
        ),
        Field(
            "cap",
            "maxBlocksPerHost",
            "number",
            lambda editor, _: {"value": editor.scenario.cluster.ipam.max_blocks_per_host, "min": 0, "max": 10**6},
            lambda editor, value: editor.with_ipam(max_blocks_per_host=value),
            N_("Blocks that a node may hold, per family; 0 stands for Calico's 20."),
            "ipamconfig",
        ),
    ),
)
_NETWORKS_SECTION = FormSection(
    N_("Networks around the pools"),
    (
        Field(
            "clusternet",
            N_("Cluster CIDR"),
            "text",
            _network_value("cluster"),
            lambda editor, value: editor.with_networks(cluster=split_cidrs(value)),
            N_("Kubernetes' own range for pods; pools belong inside it."),
            "ippool",
        ),
        Field(
            "servicenet",
            N_("Service CIDR"),
            "text",
            _network_value("services"),
            lambda editor, value: editor.with_networks(services=split_cidrs(value)),
            N_("Addresses of Services; no pool may overlap it."),
            "ippool",
        ),
        Field(
            "nodenet",
            N_("Networks of the nodes"),
            "text",
            _network_value("nodes"),
            lambda editor, value: editor.with_networks(nodes=split_cidrs(value)),
            N_("Where the nodes' own addresses are; no pool may overlap it."),
            "ippool",
        ),
    ),
    is_folded=True,
)
SECTIONS: tuple[FormSection[EditorState], ...] = (
    POOL_SECTION,
    NODES_SECTION,
    _CALICO_SECTION,
    POOL_DETAILS_SECTION,
    NODE_DETAILS_SECTION,
    _NETWORKS_SECTION,
)
