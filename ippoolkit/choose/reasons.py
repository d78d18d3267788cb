"""Why a design was picked, what the next ones would buy, and where nothing holds: which rule to relax, by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ..address_space import PRIVATE, AddressSpace
from ..calico.limits import DEFAULT_MAX_SURGE_PERCENT, KUBELET_MAX_PODS
from ..findings import N_, Finding, LocalizedText
from .free_range_search import networks_to_release
from .search import BLOCK_CAP, POOL_SIZE, ROOM, ROUTES, Design, DesignSpace, Need

_TIMES = {2: N_("Twice"), 4: N_("4 times"), 8: N_("8 times")}


def why_picked(picked: Design, best: Sequence[Design], subject: str, *, by_hand: bool) -> Finding:
    """Say why a design was picked: it is the cheapest, it was picked by hand, or the limit on routes is shared."""
    params = _design_params(picked) | {"unused": picked.unused_per_node}
    cheapest = best[0]
    if picked == cheapest:
        return Finding("choose-picked", subject, params)
    params |= {"least": cheapest.addresses, "least_prefix": cheapest.prefix, "least_size": cheapest.block_size}
    return Finding("choose-picked-by-hand" if by_hand else "choose-picked-together", subject, params)


def alternatives(picked: Design, best: Sequence[Design], subject: str) -> Iterator[Finding]:
    """Say what other designs would buy: more nodes or fewer routes for the same addresses, and for more of them."""
    same_addresses = [
        design for design in best if design.addresses == picked.addresses and design.nodes_fit > picked.nodes_fit
    ]
    if same_addresses:
        most_nodes = max(same_addresses, key=lambda design: (design.nodes_fit, -design.routes))
        yield Finding("choose-same-addresses", subject, _compared_params(most_nodes, picked))
    for factor, factor_text in _TIMES.items():
        larger = [design for design in best if design.addresses == factor * picked.addresses]
        fewest_routes = min(larger, key=lambda design: (design.routes, -design.nodes_fit), default=None)
        if fewest_routes is None or fewest_routes.routes > picked.routes:
            continue
        if factor > min(_TIMES) and fewest_routes.routes == picked.routes:
            continue  # that more addresses hold more nodes needs no saying twice
        code = "choose-fewer-routes" if fewest_routes.routes < picked.routes else "choose-more-nodes"
        yield Finding(code, subject, _compared_params(fewest_routes, picked) | {"times": LocalizedText(factor_text)})


def surge_remark(design: Design, need: Need, pods: Sequence[int], subject: str) -> Finding | None:
    """Say what happens on the node whose blocks a rolling update overfills most; None where they hold one everywhere.

    Parameters
    ----------
    design, need
        The picked design, and what it was picked for.
    pods
        Pods on a node of each of the need's kinds.
    subject
        What the finding is about.
    """
    size = design.addresses_per_block
    overfilled: list[dict[str, int]] = []
    for kind, pods_now in zip(need.kinds, pods, strict=True):
        most_pods = max(KUBELET_MAX_PODS, pods_now)  # kubelet starts no more, whatever a Deployment asks for
        surge = min(-(-pods_now * DEFAULT_MAX_SURGE_PERCENT // 100), most_pods - pods_now)
        own_blocks = kind.blocks(size)
        spare = own_blocks * (size - kind.reserved_per_block) - kind.addresses
        if surge > spare:
            overfilled.append(
                {"own": own_blocks, "spare": spare, "surge": surge, "pods": pods_now, "limit": kind.max_blocks}
            )
    if not overfilled:
        return None
    worst = max(overfilled, key=lambda node: node["surge"] - node["spare"])
    params = worst | {
        "percent": DEFAULT_MAX_SURGE_PERCENT,
        "left": design.blocks - sum(need.rack_nodes(kind) * kind.blocks(size) for kind in need.kinds),
        "nodes": sum(map(need.rack_nodes, need.kinds)),
    }
    return Finding("choose-surge-capped" if worst["own"] == worst["limit"] else "choose-surge", subject, params)


def no_room(address_space: AddressSpace, design: Design, placed_pools: int, subject: str) -> Iterator[Finding]:
    """Say that there are free ranges for so many of a design's pools only, and which private range has room for all."""
    largest = address_space.largest(design.family)
    params = {
        "prefix": design.prefix,
        "pools": design.pools,
        "found": placed_pools,
        "within": ", ".join(str(cidr) for cidr in address_space.within if cidr.version == design.family),
        "largest": str(largest) if largest else "",
    }
    yield Finding("choose-no-room" if largest else "choose-no-room-at-all", subject, params)
    private = sorted(
        PRIVATE[design.family], key=lambda cidr: not any(searched in cidr for searched in address_space.within)
    )
    for cidr in private:  # those first that the searched ranges lie in
        if replace(address_space, within=(cidr,)).count_free(design.prefix, design.family) >= design.pools:
            yield Finding("choose-room-elsewhere", subject, params | {"range": str(cidr)})
            return


def rules_to_relax(designs: DesignSpace, address_space: AddressSpace, subject: str) -> list[Finding]:
    """Say which rules keep everything from holding, and how far each must give; what needs more room comes first.

    One rule at a time where that is enough, the least of each; else the fewest that must give together.
    """
    need = designs.need
    broken = [design for design in designs.designs() if design.breaks]
    fewest = min(len(design.breaks) for design in broken)
    by_rules: dict[tuple[str, ...], Design] = {}
    for design in broken:
        if len(design.breaks) == fewest:
            nearest = by_rules.get(design.breaks)
            if nearest is None or _excess(design, need) < _excess(nearest, need):
                by_rules[design.breaks] = design
    relaxed = [(rule, design) for rules, design in by_rules.items() for rule in rules]
    findings: list[Finding] = []
    for design in (design for rule, design in relaxed if rule == ROOM):
        placeable_pools = address_space.count_free(design.prefix, design.family)
        findings += no_room(address_space, design, placeable_pools, subject)
        to_release = networks_to_release(address_space, design.prefix, design.family, placeable_pools)
        findings += [to_release] if to_release is not None else []
    return findings + [_relax_rule(rule, design, designs, subject) for rule, design in relaxed if rule != ROOM]


def _excess(design: Design, need: Need) -> tuple[Fraction, ...]:
    """How far a design is over its limits: what is least is the nearest to holding."""
    cap = max(kind.max_blocks for kind in need.kinds)
    return (
        Fraction(design.blocks_per_node, cap) if BLOCK_CAP in design.breaks else Fraction(0),
        Fraction(-design.nodes_fit) if POOL_SIZE in design.breaks else Fraction(0),
        Fraction(design.routes) if ROUTES in design.breaks else Fraction(0),
        Fraction(design.addresses),
    )


def _relax_rule(rule: str, design: Design, designs: DesignSpace, subject: str) -> Finding:
    need, params = designs.need, _design_params(design)
    if rule == ROUTES:
        limit = need.max_routes or 0
        return Finding("choose-relax-routes", subject, params | {"limit": limit, "by": design.routes - limit})
    if rule == BLOCK_CAP:
        size = design.addresses_per_block
        kind = max(need.kinds, key=lambda kind: Fraction(kind.addresses, kind.max_blocks))
        usable = size - kind.reserved_per_block
        if usable <= 0:
            return Finding("choose-relax-windows", subject, params | {"block": size})
        blocks = -(-kind.addresses // usable)
        cap_params = {"need": blocks, "limit": kind.max_blocks, "by": blocks - kind.max_blocks}
        node_params = {"addresses_per_node": kind.addresses, "fit": usable * kind.max_blocks, "block": size}
        return Finding("choose-relax-cap", subject, params | cap_params | node_params)
    nodes_needed = sum(need.rack_nodes_with_headroom(kind) for kind in need.kinds)
    fit = design.nodes_fit // need.racks
    most_per_rack = fit * 100 // (100 + need.headroom)
    nodes = sum(kind.nodes for kind in need.kinds)
    racks = -(-nodes // most_per_rack) if most_per_rack else 0
    code = "choose-relax-pool" if racks else "choose-relax-pool-empty"
    if racks and not designs.can_place(design.prefix, racks):
        code = "choose-relax-pool-nodes"
    return Finding(
        code,
        subject,
        params | {"need": nodes_needed, "fit": fit, "by": nodes_needed - fit, "racks": racks},
    )


def _design_params(design: Design) -> dict[str, object]:
    return {
        "prefix": design.prefix,
        "size": design.block_size,
        "pools": design.pools,
        "addresses": design.addresses,
        "routes": design.routes,
        "most": design.nodes_fit,
        "blocks": design.blocks_per_node,
    }


def _compared_params(design: Design, picked: Design) -> dict[str, object]:
    return _design_params(design) | {
        "now": picked.nodes_fit,
        "now_routes": picked.routes,
        "now_size": picked.block_size,
    }
