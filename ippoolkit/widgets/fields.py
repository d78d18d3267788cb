"""The fields of the planner's form: what each shows of a scenario, what a new value makes of it, and its help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..cidr import Cidr
from ..errors import InputError
from ..findings import N_, SOURCES, Finding, Language
from ..limits import block_sizes
from ..selectors import parse
from .edits import ENCAPSULATIONS, Desk

PREFIXES = {4: (8, 32), 6: (32, 128)}
# How far a slider for nodes or pods reaches; it widens by itself where a value comes near its end.
REACHES = (100, 250, 1000, 5000, 20_000, 100_000, 1_000_000)

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `show` returns its state, `edit` the desk with a new value."""

    name: str
    label: str
    kind: Literal["text", "slider", "number", "select", "check", "button"]
    show: Callable[[Desk, Language], Shown]
    edit: Callable[[Desk, Any], Desk]
    help: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; those that are rarely wanted are folded."""

    title: str
    fields: tuple[Field, ...]
    folded: bool = False


def _pool_names(desk: Desk, _: Language) -> Shown:
    # Calico tries pools in the order of their names, so that is the order to show.
    names = sorted(pool.name for pool in desk.scenario.cluster.pools)
    return {"value": desk.pool.name if desk.pool else "", "options": names, "hidden": len(names) < 2}


def _of_pool(field: str) -> Callable[[Desk, Language], Shown]:
    def show(desk: Desk, _: Language) -> Shown:
        return {"hidden": True, "value": ""} if desk.pool is None else {"value": getattr(desk.pool, field)}

    return show


def _cidr(desk: Desk, words: Language) -> Shown:
    if desk.pool is None:
        return {"hidden": True, "value": ""}
    size = words.say(N_("{n:address}"), {"n": desk.pool.cidr.size})
    return {"value": str(desk.pool.cidr), "told": size}


def _prefix(desk: Desk, _: Language) -> Shown:
    if desk.pool is None:
        return {"hidden": True, "value": 0}
    low, high = PREFIXES[desk.pool.version]
    prefix = desk.pool.cidr.prefix
    return {"value": prefix, "min": min(low, prefix), "max": high, "told": f"/{prefix}"}


def _block_size(desk: Desk, words: Language) -> Shown:
    pool = desk.pool
    if pool is None:
        return {"hidden": True, "value": 0}
    sizes = block_sizes(pool.version, pool.cidr.prefix)
    told = words.say(N_("/{size} · {addresses:address}"), {"size": pool.block_size, "addresses": pool.block_addresses})
    hint = words.say(N_("{blocks:block}. Cannot be changed later without recreating pods."), {"blocks": pool.blocks})
    return {"value": pool.block_size, "min": sizes.start, "max": sizes.stop - 1, "told": told, "hint": hint}


def _encapsulation(desk: Desk, words: Language) -> Shown:
    if desk.pool is None:
        return {"hidden": True, "value": "", "options": []}
    names = [name for name in ENCAPSULATIONS if desk.pool.version == 4 or "IPIP" not in name]
    tunnels = int(desk.pool.encapsulation != "None")
    hint = words.text(N_("1 tunnel address of the pool on every node") if tunnels else N_("no tunnel address"))
    return {"value": desk.pool.encapsulation, "options": names, "hint": hint}


def _encapsulate(desk: Desk, value: str) -> Desk:
    ipip, vxlan = ENCAPSULATIONS[value]
    return desk.with_pool(ipip_mode=ipip, vxlan_mode=vxlan)


def _select(desk: Desk, value: str) -> Desk:
    parse(value.strip())  # one that is no selector would select nothing
    return desk.with_pool(node_selector=value.strip())


def _rename(desk: Desk, value: str) -> Desk:
    name = value.strip()
    if any(pool.name == name and pool is not desk.pool for pool in desk.scenario.cluster.pools):
        raise InputError([Finding("pool-name-taken", f"IPPool/{name}", {"name": name})])
    return desk.with_pool(name=name)


def _groups(desk: Desk, words: Language) -> Shown:
    names = [group.name for group in desk.scenario.plan.groups]
    everything = words.text(N_("all nodes together"))
    options = [["", everything], *([name, name] for name in names)]
    several = len(names) + bool(desk.scenario.cluster.nodes) > 1 or bool(desk.group_name)
    existing = len(desk.scenario.cluster.nodes)
    hint = words.say(N_("{n:node} exist. Move a slider, and planned ones stand in their place."), {"n": existing})
    shown = desk.group_name if desk.group_name in names else ""
    return {"value": shown, "options": options, "hidden": not several, "hint": hint if existing and not shown else ""}


def _of_group(field: str) -> Callable[[Desk, Language], Shown]:
    def show(desk: Desk, _: Language) -> Shown:
        value, least = getattr(desk.group, field), 0
        if field == "pods_on_busiest_node":
            least = desk.group.pods_per_node
            value = max(value, least)
        value = int(value) if float(value).is_integer() else value
        return {"value": value, "min": least, "max": _reach(value)}

    return show


def _reach(value: float) -> int:
    return next(reach for reach in REACHES if value <= 0.9 * reach or reach == REACHES[-1])


def _pods(desk: Desk, value: Any) -> Desk:
    busiest = max(value, desk.group.pods_on_busiest_node)
    return desk.with_group(pods_per_node=value, pods_on_busiest_node=busiest)


def _busiest(desk: Desk, value: Any) -> Desk:
    if value < (least := desk.group.pods_per_node):
        raise InputError([Finding("value-low", numbers={"value": value, "bound": least})])
    return desk.with_group(pods_on_busiest_node=value)


def _labels(desk: Desk, _: Language) -> Shown:
    return {"value": ", ".join(f"{key}={value}" for key, value in desk.group.labels.items())}


def _label(desk: Desk, value: str) -> Desk:
    pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
    return desk.with_group(labels={key.strip(): text.strip() for key, _, text in pairs})


def _networks(field: str) -> Callable[[Desk, Language], Shown]:
    return lambda desk, _: {"value": _listed(getattr(desk.scenario.networks, field))}


def _reserved(desk: Desk, _: Language) -> Shown:
    return {"value": _listed(cidr for each in desk.scenario.cluster.reservations for cidr in each.reserved_cidrs)}


def _listed(cidrs: Any) -> str:
    return ", ".join(map(str, cidrs))


def _cidrs(text: str, read: Callable[[str], Cidr] = Cidr.parse) -> tuple[Cidr, ...]:
    return tuple(read(part.strip()) for part in text.split(",") if part.strip())


def _ipam(field: str) -> Callable[[Desk, Language], Shown]:
    return lambda desk, _: {"value": getattr(desk.scenario.cluster.ipam, field)}


SECTIONS: tuple[Section, ...] = (
    Section(
        N_("Pool"),
        (
            Field("pool", N_("Pool shown"), "select", _pool_names, lambda desk, value: replace(desk, pool_name=value),
                  N_("Nodes draw from every pool that selects them; pools are tried in the order of their names."),
                  "ippool"),
            Field("cidr", "CIDR", "text", _cidr, lambda desk, value: desk.with_cidr(Cidr.parse(value.strip())),
                  N_("The range that the pool hands out. Every address counts, the first and the last too."), "ippool"),
            Field("prefix", N_("Prefix"), "slider", _prefix,
                  lambda desk, value: desk.with_cidr(desk.pool.cidr.at_prefix(value)) if desk.pool else desk,
                  N_("One step to the left doubles the range."), "ippool"),
            Field("blocksize", "blockSize", "slider", _block_size, lambda desk, value: desk.with_pool(block_size=value),
                  N_("Nodes claim addresses in blocks of this size: 20 to 32 for IPv4, 116 to 128 for IPv6, "
                     "never shorter than the pool's prefix."), "blocks"),
            Field("encapsulation", N_("Encapsulation"), "select", _encapsulation, _encapsulate,
                  N_("IPIP and VXLAN take one address of the pool on every node for the tunnel."), "encapsulation"),
        ),
    ),
    Section(
        N_("Nodes"),
        (
            Field("group", N_("Group shown"), "select", _groups, lambda desk, value: replace(desk, group_name=value),
                  N_("Nodes that are planned alike. Other groups have other labels, so that other pools select them."),
                  "ippool"),
            Field("nodes", N_("Nodes"), "slider", _of_group("nodes"),
                  lambda desk, value: desk.with_group(nodes=value),
                  N_("Each node that runs pods needs a block of its own."), "blocks"),
            Field("pods", N_("Pods on a typical node"), "slider", _of_group("pods_per_node"), _pods,
                  N_("The mean of pods with an address of their own; those on the host's network take none."),
                  "blocks"),
            Field("busiest", N_("Pods on the busiest node"), "slider", _of_group("pods_on_busiest_node"), _busiest,
                  N_("The busiest node shows whether the cap on blocks is reached; kubelet runs 110 pods by default."),
                  "kubelet"),
            Field("growth", N_("Nodes added a month"), "slider", _of_group("nodes_per_month"),
                  lambda desk, value: desk.with_group(nodes_per_month=float(value)),
                  N_("Growth decides when blocks run out. Half a node is one every other month."), "blocks"),
            Field("months", N_("Horizon in months"), "number",
                  lambda desk, _: {"value": desk.scenario.plan.months, "min": 0, "max": 600},
                  lambda desk, value: desk.with_plan(months=value), N_("How far growth is looked at."), "blocks"),
        ),
    ),
    Section(
        N_("Calico"),
        (
            Field("strict", "strictAffinity", "check", _ipam("strict_affinity"),
                  lambda desk, value: desk.with_ipam(strict_affinity=value),
                  N_("No node borrows an address from another node's block. Windows nodes need it."), "ipamconfig"),
            Field("cap", "maxBlocksPerHost", "number",
                  lambda desk, _: {"value": desk.scenario.cluster.ipam.max_blocks_per_host, "min": 0, "max": 10**6},
                  lambda desk, value: desk.with_ipam(max_blocks_per_host=value),
                  N_("Blocks that a node may hold, per family; 0 stands for Calico's 20."), "ipamconfig"),
        ),
    ),
    Section(
        N_("More on this pool"),
        (
            Field("name", N_("Name"), "text", _of_pool("name"), _rename,
                  N_("Pools are tried in the order of their names: the name is what orders them."), "ippool"),
            Field("selector", "nodeSelector", "text", _of_pool("node_selector"),
                  _select,
                  N_("Which nodes draw from the pool, by their labels: all(), rack == 'a', has(gpu)."), "ippool"),
            Field("disabled", "disabled", "check", _of_pool("disabled"),
                  lambda desk, value: desk.with_pool(disabled=value),
                  N_("No new address comes from a disabled pool."), "ippool"),
            Field("nat", "natOutgoing", "check", _of_pool("nat_outgoing"),
                  lambda desk, value: desk.with_pool(nat_outgoing=value),
                  N_("Whether what leaves the pools is masqueraded."), "ippool"),
            Field("reserved", N_("Reserved ranges"), "text", _reserved,
                  lambda desk, value: desk.with_reserved(_cidrs(value, Cidr.containing)),
                  N_("Addresses that Calico never hands out (IPReservation), with commas between."), "ipreservation"),
            Field("add-pool", N_("Add a pool"), "button", lambda *_: {}, lambda desk, _: desk.add_pool()),
            Field("remove-pool", N_("Remove this pool"), "button",
                  lambda desk, _: {"hidden": len(desk.scenario.cluster.pools) < 2}, lambda desk, _: desk.remove_pool()),
        ),
        folded=True,
    ),
    Section(
        N_("More on these nodes"),
        (
            Field("os", N_("Operating system"), "select",
                  lambda desk, _: {"value": desk.group.os, "options": ["linux", "windows"]},
                  lambda desk, value: desk.with_group(os=value),
                  N_("Windows nodes hold one block, keep 4 of its addresses back, and have no IPv6."), "windows"),
            Field("labels", N_("Labels"), "text", _labels, _label,
                  N_("What nodeSelectors look at: rack=a, zone=b."), "labels"),
            Field("maxpods", N_("kubelet's max-pods"), "number",
                  lambda desk, _: {"value": desk.group.max_pods, "min": 0, "max": 10**6},
                  lambda desk, value: desk.with_group(max_pods=value),
                  N_("Pods that kubelet runs on one of them, 110 by default."), "kubelet"),
            Field("nodecap", N_("Blocks a node may hold"), "number",
                  lambda desk, _: {"value": desk.group.max_blocks, "min": 0, "max": 10**6},
                  lambda desk, value: desk.with_group(max_blocks=value),
                  N_("For this group alone; 0 leaves it to maxBlocksPerHost."), "ipamconfig"),
            Field("groupname", N_("Name"), "text",
                  lambda desk, _: {"value": desk.group.name, "hidden": not desk.group_name},
                  lambda desk, value: desk.with_group(name=value.strip()), N_("What the group is called."), "labels"),
            Field("add-group", N_("Add a group"), "button", lambda *_: {}, lambda desk, _: desk.add_group()),
            Field("remove-group", N_("Remove this group"), "button", lambda desk, _: {"hidden": not desk.group_name},
                  lambda desk, _: desk.remove_group()),
        ),
        folded=True,
    ),
    Section(
        N_("Networks around the pools"),
        (
            Field("clusternet", N_("Cluster CIDR"), "text", _networks("cluster"),
                  lambda desk, value: desk.with_networks(cluster=_cidrs(value)),
                  N_("Kubernetes' own range for pods; pools belong inside it."), "ippool"),
            Field("servicenet", N_("Service CIDR"), "text", _networks("services"),
                  lambda desk, value: desk.with_networks(services=_cidrs(value)),
                  N_("Addresses of Services; no pool may overlap it."), "ippool"),
            Field("nodenet", N_("Networks of the nodes"), "text", _networks("nodes"),
                  lambda desk, value: desk.with_networks(nodes=_cidrs(value)),
                  N_("Where the nodes' own addresses are; no pool may overlap it."), "ippool"),
        ),
        folded=True,
    ),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.name: field for section in SECTIONS for field in section.fields}


def layout(words: Language) -> list[dict[str, Any]]:
    """Return the form's sections and fields, without their state, in the reader's language."""
    say = words.text
    return [
        {
            "title": say(section.title),
            "folded": section.folded,
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind,
                    "label": say(field.label),
                    "help": say(field.help) if field.help else "",
                    "source": _source(field.source),
                }
                for field in section.fields
            ],
        }
        for section in SECTIONS
    ]


def _source(source: str) -> dict[str, str] | None:
    """Return title and address of a source."""
    return {"title": SOURCES[source].title, "url": SOURCES[source].url} if source else None


def state(desk: Desk, words: Language) -> dict[str, Shown]:
    """Return what every field shows of a scenario."""
    return {name: field.show(desk, words) for name, field in FIELDS.items()}
