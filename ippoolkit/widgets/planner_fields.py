"""The fields of the planner's form: what each shows of a scenario, what a new value makes of it, and its help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..calico.limits import allowed_block_sizes
from ..calico.selectors import parse_selector
from ..cidr import Cidr
from ..errors import InputError
from ..findings import N_, SOURCES, Finding, Language
from .editor_state import ENCAPSULATIONS, EditorState

PREFIX_RANGES = {4: (8, 32), 6: (32, 128)}
# How far a slider for nodes or pods reaches; it widens by itself where a value comes near its end.
SLIDER_MAXIMA = (100, 250, 1000, 5000, 20_000, 100_000, 1_000_000)

FieldState = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `show` returns its state, `edit` the desk with a new value."""

    name: str
    label: str
    kind: Literal["text", "slider", "number", "select", "check", "button"]
    get_state: Callable[[EditorState, Language], FieldState]
    edit: Callable[[EditorState, Any], EditorState]
    help: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; those that are rarely wanted are folded."""

    title: str
    fields: tuple[Field, ...]
    is_folded: bool = False


def _pool_state(editor: EditorState, _: Language) -> FieldState:
    # Calico tries pools in the order of their names, so that is the order to show.
    names = sorted(pool.name for pool in editor.scenario.cluster.pools)
    return {"value": editor.pool.name if editor.pool else "", "options": names, "hidden": len(names) < 2}


def _pool_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    def get_state(editor: EditorState, _: Language) -> FieldState:
        return {"hidden": True, "value": ""} if editor.pool is None else {"value": getattr(editor.pool, field)}

    return get_state


def _cidr_state(editor: EditorState, words: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": ""}
    address_count = words.render(N_("{n:address}"), {"n": editor.pool.cidr.size})
    return {"value": str(editor.pool.cidr), "told": address_count}


def _prefix_state(editor: EditorState, _: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": 0}
    low, high = PREFIX_RANGES[editor.pool.version]
    prefix = editor.pool.cidr.prefix
    return {"value": prefix, "min": min(low, prefix), "max": high, "told": f"/{prefix}"}


def _block_size_state(editor: EditorState, words: Language) -> FieldState:
    pool = editor.pool
    if pool is None:
        return {"hidden": True, "value": 0}
    sizes = allowed_block_sizes(pool.version, pool.cidr.prefix)
    size_text = words.render(
        N_("/{size} · {addresses:address}"), {"size": pool.block_size, "addresses": pool.addresses_per_block}
    )
    hint = words.render(
        N_("{blocks:block}. Cannot be changed later without recreating pods."), {"blocks": pool.block_count}
    )
    return {"value": pool.block_size, "min": sizes.start, "max": sizes.stop - 1, "told": size_text, "hint": hint}


def _encapsulation_state(editor: EditorState, words: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": "", "options": []}
    names = [name for name in ENCAPSULATIONS if editor.pool.version == 4 or "IPIP" not in name]
    has_tunnel = int(editor.pool.encapsulation != "None")
    hint = words.translate(N_("1 tunnel address of the pool on every node") if has_tunnel else N_("no tunnel address"))
    return {"value": editor.pool.encapsulation, "options": names, "hint": hint}


def _set_encapsulation(editor: EditorState, value: str) -> EditorState:
    ipip, vxlan = ENCAPSULATIONS[value]
    return editor.with_pool(ipip_mode=ipip, vxlan_mode=vxlan)


def _set_selector(editor: EditorState, value: str) -> EditorState:
    parse_selector(value.strip())  # one that is no selector would select nothing
    return editor.with_pool(node_selector=value.strip())


def _rename_pool(editor: EditorState, value: str) -> EditorState:
    name = value.strip()
    if any(pool.name == name and pool is not editor.pool for pool in editor.scenario.cluster.pools):
        raise InputError([Finding("pool-name-taken", f"IPPool/{name}", {"name": name})])
    return editor.with_pool(name=name)


def _group_state(editor: EditorState, words: Language) -> FieldState:
    names = [group.name for group in editor.scenario.plan.groups]
    all_nodes_text = words.translate(N_("all nodes"))
    options = [["", all_nodes_text], *([name, name] for name in names)]
    has_choice = len(names) + bool(editor.scenario.cluster.nodes) > 1 or bool(editor.group_name)
    existing_nodes = len(editor.scenario.cluster.nodes)
    hint = words.render(N_("{n:node} exist. Moving a slider replaces them with planned nodes."), {"n": existing_nodes})
    selected = editor.group_name if editor.group_name in names else ""
    return {
        "value": selected,
        "options": options,
        "hidden": not has_choice,
        "hint": hint if existing_nodes and not selected else "",
    }


def _group_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    def get_state(editor: EditorState, _: Language) -> FieldState:
        value, minimum = getattr(editor.group, field), 0
        if field == "pods_on_busiest_node":
            minimum = editor.group.pods_per_node
            value = max(value, minimum)
        value = int(value) if float(value).is_integer() else value
        return {"value": value, "min": minimum, "max": _slider_max(value)}

    return get_state


def _slider_max(value: float) -> int:
    return next(maximum for maximum in SLIDER_MAXIMA if value <= 0.9 * maximum or maximum == SLIDER_MAXIMA[-1])


def _set_pods(editor: EditorState, value: Any) -> EditorState:
    busiest = max(value, editor.group.pods_on_busiest_node)
    return editor.with_group(pods_per_node=value, pods_on_busiest_node=busiest)


def _set_busiest(editor: EditorState, value: Any) -> EditorState:
    if value < (minimum := editor.group.pods_per_node):
        raise InputError([Finding("value-low", params={"value": value, "bound": minimum})])
    return editor.with_group(pods_on_busiest_node=value)


def _labels_state(editor: EditorState, _: Language) -> FieldState:
    return {"value": ", ".join(f"{key}={value}" for key, value in editor.group.labels.items())}


def _set_labels(editor: EditorState, value: str) -> EditorState:
    pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
    return editor.with_group(labels={key.strip(): text.strip() for key, _, text in pairs})


def _network_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    return lambda editor, _: {"value": _join_cidrs(getattr(editor.scenario.networks, field))}


def _reserved_state(editor: EditorState, _: Language) -> FieldState:
    return {
        "value": _join_cidrs(
            cidr for reservation in editor.scenario.cluster.reservations for cidr in reservation.reserved_cidrs
        )
    }


def _join_cidrs(cidrs: Any) -> str:
    return ", ".join(map(str, cidrs))


def _parse_cidrs(text: str, parse_cidr: Callable[[str], Cidr] = Cidr.parse) -> tuple[Cidr, ...]:
    return tuple(parse_cidr(part.strip()) for part in text.split(",") if part.strip())


def _ipam_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    return lambda editor, _: {"value": getattr(editor.scenario.cluster.ipam, field)}


SECTIONS: tuple[Section, ...] = (
    Section(
        N_("Pool"),
        (
            Field(
                "pool",
                N_("Pool shown"),
                "select",
                _pool_state,
                lambda editor, value: replace(editor, pool_name=value),
                N_("Nodes use every pool that selects them; pools are tried in order of their names."),
                "ippool",
            ),
            Field(
                "cidr",
                "CIDR",
                "text",
                _cidr_state,
                lambda editor, value: editor.with_cidr(Cidr.parse(value.strip())),
                N_("The range the pool assigns from. Every address is usable, including the first and the last."),
                "ippool",
            ),
            Field(
                "prefix",
                N_("Prefix"),
                "slider",
                _prefix_state,
                lambda editor, value: editor.with_cidr(editor.pool.cidr.with_prefix(value)) if editor.pool else editor,
                N_("One step to the left doubles the range."),
                "ippool",
            ),
            Field(
                "blocksize",
                "blockSize",
                "slider",
                _block_size_state,
                lambda editor, value: editor.with_pool(block_size=value),
                N_(
                    "Nodes claim addresses in blocks of this size: 20 to 32 for IPv4, 116 to 128 for IPv6, "
                    "never shorter than the pool's prefix."
                ),
                "blocks",
            ),
            Field(
                "encapsulation",
                N_("Encapsulation"),
                "select",
                _encapsulation_state,
                _set_encapsulation,
                N_("IPIP and VXLAN take one address of the pool on every node for the tunnel."),
                "encapsulation",
            ),
        ),
    ),
    Section(
        N_("Nodes"),
        (
            Field(
                "group",
                N_("Group shown"),
                "select",
                _group_state,
                lambda editor, value: replace(editor, group_name=value),
                N_("Nodes planned alike. Groups can have different labels, so that different pools select them."),
                "ippool",
            ),
            Field(
                "nodes",
                N_("Nodes"),
                "slider",
                _group_value("nodes"),
                lambda editor, value: editor.with_group(nodes=value),
                N_("Each node that runs pods needs its own block."),
                "blocks",
            ),
            Field(
                "pods",
                N_("Pods on a typical node"),
                "slider",
                _group_value("pods_per_node"),
                _set_pods,
                N_("Average number of pods with their own address; host-network pods use none."),
                "blocks",
            ),
            Field(
                "busiest",
                N_("Pods on the busiest node"),
                "slider",
                _group_value("pods_on_busiest_node"),
                _set_busiest,
                N_("The busiest node shows whether the cap on blocks is reached; kubelet runs 110 pods by default."),
                "kubelet",
            ),
            Field(
                "growth",
                N_("Nodes added a month"),
                "slider",
                _group_value("nodes_per_month"),
                lambda editor, value: editor.with_group(nodes_per_month=float(value)),
                N_("Growth determines when blocks run out. 0.5 means one node every two months."),
                "blocks",
            ),
            Field(
                "months",
                N_("Horizon in months"),
                "number",
                lambda editor, _: {"value": editor.scenario.plan.months, "min": 0, "max": 600},
                lambda editor, value: editor.with_plan(months=value),
                N_("How far ahead growth is computed."),
                "blocks",
            ),
        ),
    ),
    Section(
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
    ),
    Section(
        N_("More on this pool"),
        (
            Field(
                "name",
                N_("Name"),
                "text",
                _pool_value("name"),
                _rename_pool,
                N_("Pools are tried in order of their names."),
                "ippool",
            ),
            Field(
                "selector",
                "nodeSelector",
                "text",
                _pool_value("node_selector"),
                _set_selector,
                N_("Which nodes use the pool, by label: all(), rack == 'a', has(gpu)."),
                "ippool",
            ),
            Field(
                "disabled",
                "disabled",
                "check",
                _pool_value("disabled"),
                lambda editor, value: editor.with_pool(disabled=value),
                N_("A disabled pool assigns no new addresses."),
                "ippool",
            ),
            Field(
                "nat",
                "natOutgoing",
                "check",
                _pool_value("nat_outgoing"),
                lambda editor, value: editor.with_pool(nat_outgoing=value),
                N_("Whether traffic leaving the pools is masqueraded."),
                "ippool",
            ),
            Field(
                "reserved",
                N_("Reserved ranges"),
                "text",
                _reserved_state,
                lambda editor, value: editor.with_reserved(_parse_cidrs(value, Cidr.parse_ignoring_host_bits)),
                N_("Addresses that Calico never assigns (IPReservation), separated by commas."),
                "ipreservation",
            ),
            Field("add-pool", N_("Add a pool"), "button", lambda *_: {}, lambda editor, _: editor.add_pool()),
            Field(
                "remove-pool",
                N_("Remove this pool"),
                "button",
                lambda editor, _: {"hidden": len(editor.scenario.cluster.pools) < 2},
                lambda editor, _: editor.remove_pool(),
            ),
        ),
        is_folded=True,
    ),
    Section(
        N_("More on these nodes"),
        (
            Field(
                "os",
                N_("Operating system"),
                "select",
                lambda editor, _: {"value": editor.group.os, "options": ["linux", "windows"]},
                lambda editor, value: editor.with_group(os=value),
                N_("Windows nodes hold one block, reserve 4 of its addresses, and have no IPv6."),
                "windows",
            ),
            Field(
                "labels",
                N_("Labels"),
                "text",
                _labels_state,
                _set_labels,
                N_("Labels that nodeSelectors match: rack=a, zone=b."),
                "labels",
            ),
            Field(
                "maxpods",
                N_("kubelet max-pods"),
                "number",
                lambda editor, _: {"value": editor.group.max_pods, "min": 0, "max": 10**6},
                lambda editor, value: editor.with_group(max_pods=value),
                N_("Pods that kubelet runs per node, 110 by default."),
                "kubelet",
            ),
            Field(
                "nodecap",
                N_("Blocks a node may hold"),
                "number",
                lambda editor, _: {"value": editor.group.max_blocks, "min": 0, "max": 10**6},
                lambda editor, value: editor.with_group(max_blocks=value),
                N_("For this group only; 0 uses maxBlocksPerHost."),
                "ipamconfig",
            ),
            Field(
                "groupname",
                N_("Name"),
                "text",
                lambda editor, _: {"value": editor.group.name, "hidden": not editor.group_name},
                lambda editor, value: editor.with_group(name=value.strip()),
                N_("What the group is called."),
                "labels",
            ),
            Field("add-group", N_("Add a group"), "button", lambda *_: {}, lambda editor, _: editor.add_group()),
            Field(
                "remove-group",
                N_("Remove this group"),
                "button",
                lambda editor, _: {"hidden": not editor.group_name},
                lambda editor, _: editor.remove_group(),
            ),
        ),
        is_folded=True,
    ),
    Section(
        N_("Networks around the pools"),
        (
            Field(
                "clusternet",
                N_("Cluster CIDR"),
                "text",
                _network_value("cluster"),
                lambda editor, value: editor.with_networks(cluster=_parse_cidrs(value)),
                N_("Kubernetes' own range for pods; pools belong inside it."),
                "ippool",
            ),
            Field(
                "servicenet",
                N_("Service CIDR"),
                "text",
                _network_value("services"),
                lambda editor, value: editor.with_networks(services=_parse_cidrs(value)),
                N_("Addresses of Services; no pool may overlap it."),
                "ippool",
            ),
            Field(
                "nodenet",
                N_("Networks of the nodes"),
                "text",
                _network_value("nodes"),
                lambda editor, value: editor.with_networks(nodes=_parse_cidrs(value)),
                N_("Where the nodes' own addresses are; no pool may overlap it."),
                "ippool",
            ),
        ),
        is_folded=True,
    ),
)
FIELDS: Mapping[str, Field] = {field.name: field for section in SECTIONS for field in section.fields}


def form_layout(words: Language) -> list[dict[str, Any]]:
    """Return the form's sections and fields, without their state, in the reader's language."""
    translate = words.translate
    return [
        {
            "title": translate(section.title),
            "folded": section.is_folded,
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind,
                    "label": translate(field.label),
                    "help": translate(field.help) if field.help else "",
                    "source": _source_link(field.source),
                }
                for field in section.fields
            ],
        }
        for section in SECTIONS
    ]


def _source_link(source: str) -> dict[str, str] | None:
    """Return title and address of a source."""
    return {"title": SOURCES[source].title, "url": SOURCES[source].url} if source else None


def field_states(editor: EditorState, words: Language) -> dict[str, FieldState]:
    """Return what every field shows of a scenario."""
    return {name: field.get_state(editor, words) for name, field in FIELDS.items()}
