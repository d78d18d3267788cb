"""All fields of the planner's form."""

from __future__ import annotations

from ..findings import N_, Language
from .cidr_lists import join_cidrs, split_cidrs
from .editor_state import EditorState
from .form_fields import MAX_COUNT, Field, FieldState, FormSection
from .node_fields import NODE_DETAILS_SECTION, NODES_SECTION
from .pool_fields import POOL_DETAILS_SECTION, POOL_SECTION


def _network_field(name: str, label: str, attribute: str, help_text: str) -> Field[EditorState]:
    """Return the field of some of the networks around the pools."""

    def get_state(editor: EditorState, _: Language) -> FieldState:
        return {"value": join_cidrs(getattr(editor.scenario.networks, attribute))}

    def edit(editor: EditorState, value: str) -> EditorState:
        return editor.with_networks(**{attribute: split_cidrs(value)})

    return Field(name, label, "text", get_state, edit, help_text, "ippool")


_CALICO_SECTION = FormSection(
    N_("Calico"),
    (
        Field(
            "strict",
            "strictAffinity",
            "check",
            lambda editor, _: {"value": editor.scenario.cluster.ipam.strict_affinity},
            lambda editor, value: editor.with_ipam(strict_affinity=value),
            N_("No node borrows an address from another node's block. Windows nodes need it."),
            "ipamconfig",
        ),
        Field(
            "cap",
            "maxBlocksPerHost",
            "number",
            lambda editor, _: {"value": editor.scenario.cluster.ipam.max_blocks_per_host, "min": 0, "max": MAX_COUNT},
            lambda editor, value: editor.with_ipam(max_blocks_per_host=value),
            N_("Blocks that a node may hold, per family; 0 stands for Calico's 20."),
            "ipamconfig",
        ),
    ),
)
_NETWORKS_SECTION = FormSection(
    N_("Networks around the pools"),
    (
        _network_field(
            "clusternet", N_("Cluster CIDR"), "cluster", N_("Kubernetes' own range for pods; pools belong inside it.")
        ),
        _network_field(
            "servicenet", N_("Service CIDR"), "services", N_("Addresses of Services; no pool may overlap it.")
        ),
        _network_field(
            "nodenet",
            N_("Networks of the nodes"),
            "nodes",
            N_("Where the nodes' own addresses are; no pool may overlap it."),
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
