"""Why a design was picked, what the next ones would buy, and where nothing holds: which rule to relax, by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..cidr import ADDRESS_BITS
from ..findings import N_, Finding, LocalizedText
from .search import BLOCK_CAP, POOL_SIZE, ROUTES, Design, DesignSpace, Need

_TIMES = {2: N_("Twice"), 4: N_("4 times"), 8: N_("8 times")}


def why_picked(picked: Design, subject: str) -> Finding:
    """Say why a design was picked."""
    return Finding("choose-picked", subject, _design_params(picked) | {"unused": picked.unused_per_node})


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
        code = "choose-fewer-routes" if fewest_routes.routes < picked.routes else "choose-more-nodes"
        yield Finding(code, subject, _compared_params(fewest_routes, picked) | {"times": LocalizedText(factor_text)})


def rules_to_relax(designs: DesignSpace, subject: str) -> list[Finding]:
    """Say which rules keep everything from holding, and how far each must give.

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
    return [_relax_rule(rule, design, need, subject) for rules, design in by_rules.items() for rule in rules]


def _excess(design: Design, need: Need) -> tuple[Fraction, ...]:
    """How far a design is over its limits: what is least is the nearest to holding."""
    cap = max(kind.max_blocks for kind in need.kinds)
    return (
        Fraction(design.blocks_per_node, cap) if BLOCK_CAP in design.breaks else Fraction(0),
        Fraction(-design.nodes_fit) if POOL_SIZE in design.breaks else Fraction(0),
        Fraction(design.routes) if ROUTES in design.breaks else Fraction(0),
        Fraction(design.addresses),
    )


def _relax_rule(rule: str, design: Design, need: Need, subject: str) -> Finding:
    params = _design_params(design)
    if rule == ROUTES:
        limit = need.max_routes or 0
        return Finding("choose-relax-routes", subject, params | {"limit": limit, "by": design.routes - limit})
    if rule == BLOCK_CAP:
        size = 1 << (ADDRESS_BITS[design.family] - design.block_size)
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
    return Finding(
        "choose-relax-pool" if racks else "choose-relax-pool-empty",
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
