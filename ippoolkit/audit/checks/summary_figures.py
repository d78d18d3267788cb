"""Checks on figures that texts state, where the objects that the other checks look at were not read.

They say what a dump would have raised: full pools, nodes at their limit of blocks, leaks, addresses without
allocation, borrowed ones. A figure that no text states raises nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ...calico.limits import DEFAULT_MAX_BLOCKS_PER_HOST
from ...capacity.design_rules.check import design_findings, listed_pool_findings
from ...capacity.design_rules.pool_selectors import cni_not_read, depends_on_cni
from ...cidr import Cidr, IPVersion
from ...findings import N_, Advice, Finding, LocalizedText, Purpose, abbreviate_names
from ...model import KindName
from ...read import Reading
from ...read.reported import COUNTS_TABLE
from ..cluster_metrics import pool_name
from ..runbook_dumps import name_dumps_for_runbooks
from ..without_block import borrow_meanwhile, outcome_without_block, pool_to_add, youngest_nodes
from .block_ownership import overlapping_blocks
from .context import AuditContext, names_params

_NEARLY_FULL_RATIO = 0.9
_NEAR_CAP_RATIO = 0.75
_NOT_LISTED = LocalizedText(N_("not listed"))
_WITHOUT_ONE = N_("Without one: {which}.")
_OWNERS_UNKNOWN = N_("Their names are unknown: nothing that was read says whose the blocks are.")
_LIKELY_WITHOUT = N_(
    "Their names are unknown: nothing that was read says whose the blocks are. Likely the youngest, {which}: nodes "
    "claim blocks as pods arrive."
)
_NAME_THEM = N_("Give the output of {command} as a file beside this input.")


def check_reported_figures(context: AuditContext) -> Iterator[Finding]:
    """Return the findings on figures of texts."""
    for kinds, check in _CHECKS:
        if not kinds or not context.cluster.has_read(*kinds):
            yield from check(context)


def reported_findings(reading: Reading) -> list[Finding]:
    """Return what the figures of texts say against a design that is planned on: nothing that is as it should be."""
    if not reading.has_listed:
        return []
    context = AuditContext(reading)
    findings = (*check_reported_figures(context), *context.metrics.notes)
    design_codes = {finding.code for finding in design_findings(reading.design.scenario)}
    return [
        finding
        for finding in name_dumps_for_runbooks(findings, context.cluster)
        if (finding.severity.rank < 2 or finding.code == "cni-unknown") and finding.code not in design_codes
    ]


def _listed_pools(context: AuditContext) -> Iterator[Finding]:
    """Judge the pools that only a text tells of: by their ranges, their selectors, and what chooses among them."""
    reading = context.reading
    if not reading.pools_from_text:
        return
    design = reading.design.scenario
    known = {(finding.code, finding.subject) for finding in listed_pool_findings(context.scenario)}
    is_judged = context.cluster.has_read("IPPool")  # those that objects tell of, by other checks
    for finding in listed_pool_findings(design):
        if not is_judged or (finding.code, finding.subject) not in known:
            yield finding
    if depends_on_cni(design.cluster) and not (is_judged and any(cni_not_read(context.scenario))):
        yield Finding("cni-unknown")


def _pools(context: AuditContext) -> Iterator[Finding]:
    """Say of each pool how full it is, in addresses and, where they are known, in blocks."""
    cluster = context.cluster
    counted = {str(pool.cidr) for pool in cluster.pools} if cluster.has_read("IPPool", "IPAMBlock") else set()
    for row in context.metrics.pools:
        used, capacity = row.get("allocated"), row.get("capacity")
        if used is None or not capacity or row["cidr"] in counted:
            continue
        subject = f"IPPool/{pool_name(row)}"
        free = row["free"] if row.get("free") is not None else capacity - used
        params = {"used": used, "capacity": capacity, "share": used / capacity, "free": free}
        # Reserved addresses are neither in use nor free; calicoctl counts what is free of all there are.
        is_nearly_full = max(used, capacity - free) / capacity >= _NEARLY_FULL_RATIO
        if row.get("disabled") or not is_nearly_full:
            yield Finding("pool-usage-reported", subject, params)
        else:
            yield Finding("pool-nearly-full" if free > 0 else "pool-full", subject, params)
        blocks, total = row.get("blocks_allocated"), row.get("blocks_total")
        if blocks is not None and total is not None and not row.get("disabled") and free > 0:
            blocks_left = total - blocks
            if blocks_left <= total // 10:
                params = {"left": blocks_left, "blocks": total, "size": row["blockSize"]}
                if blocks_left <= 0:
                    outcome = outcome_without_block(context.scenario, free)
                    yield Finding("pool-blocks-claimed", subject, {**params, "outcome": outcome})
                else:
                    yield Finding("pool-blocks-few", subject, params)


def _nodes_without_block(context: AuditContext) -> Iterator[Finding]:
    """Find more nodes than the pools of a family have blocks, and name those without one as far as texts tell."""
    nodes, scenario = _node_names(context), context.scenario
    rows_by_version: dict[IPVersion, list[Mapping[str, Any]]] = {}
    for row in context.metrics.pools:
        if cidr := Cidr.parse_or_none(row["cidr"]):
            rows_by_version.setdefault(cidr.version, []).append(row)
    for version, rows in rows_by_version.items():
        enabled = [row for row in rows if not row.get("disabled")]
        # `ipam show` lists all pools; of others, more may be there.
        if not all(row.get("allocated") is not None and row.get("blocks_total") for row in enabled):
            continue
        blocks = sum(row["blocks_total"] for row in enabled)
        if enabled and len(nodes) > blocks:
            free = sum(row["capacity"] - row["allocated"] for row in enabled if row.get("capacity"))
            without = len(nodes) - blocks
            which, advice = _which_nodes(context.reading, nodes, enabled, without)
            params = {
                "nodes": len(nodes),
                "blocks": blocks,
                "pools": abbreviate_names(map(pool_name, rows)),
                "without": without,
                "which": which,
                "outcome": outcome_without_block(scenario, free),
                "addition": pool_to_add(scenario, version, [row["blockSize"] for row in enabled], without),
            }
            advice = (*borrow_meanwhile(scenario, free, version), *advice)
            yield Finding("blocks-fewer-reported", f"IPv{version}", params, advice=advice)


def _node_names(context: AuditContext) -> set[str]:
    """Return the nodes that exist, by objects and by texts."""
    return {*context.reading.node_names, *(node.name for node in context.cluster.nodes)}


def _which_nodes(
    reading: Reading, nodes: AbstractSet[str], rows: Sequence[Mapping[str, Any]], without: int
) -> tuple[LocalizedText, tuple[Advice, ...]]:
    """Name the nodes without a block, or those that likely have none; with it, how to learn their names."""
    pools = [Cidr.parse(row["cidr"]) for row in rows]
    owners = {cidr: node for cidr, node, _ in reading.listed_blocks if node}
    owners |= {cidr: node for node, cidr, _ in reading.affinities}
    owners |= {block.cidr: block.host or "" for block in reading.scenario.cluster.blocks}
    owners = {cidr: node for cidr, node in owners.items() if any(cidr in pool for pool in pools)}
    claimed = [row.get("blocks_allocated") for row in rows]
    if None not in claimed and len(owners) >= sum(filter(None, claimed)):
        return LocalizedText(_WITHOUT_ONE, which=abbreviate_names(sorted(nodes - set(owners.values())))), ()
    name_them = LocalizedText(_NAME_THEM, command="kubectl get ipamblocks.crd.projectcalico.org -o json")
    advice = (Advice(name_them, Purpose.NODE_NAMES),)
    if youngest := youngest_nodes(nodes, reading.node_ages, without):
        return LocalizedText(_LIKELY_WITHOUT, which=abbreviate_names(youngest)), advice
    return LocalizedText(_OWNERS_UNKNOWN), advice


def _nodes_at_cap(context: AuditContext) -> Iterator[Finding]:
    """Find nodes at their limit of blocks, or near it."""
    maximum = context.metrics.config.get("maxBlocksPerHost")
    cap = maximum or context.cluster.ipam.max_blocks_per_host or DEFAULT_MAX_BLOCKS_PER_HOST
    for row in context.metrics.nodes:
        per_family = [count for count in (row.get("blocks_v4"), row.get("blocks_v6")) if count is not None]
        blocks_held = max(per_family) if per_family else row.get("blocks")
        if blocks_held is None or blocks_held < cap * _NEAR_CAP_RATIO:
            continue
        params = {"node": row["name"], "held": blocks_held, "cap": cap}
        code = "node-at-cap-reported" if blocks_held >= cap else "node-near-cap-reported"
        if blocks_held >= cap and row.get("free_in_own_blocks") == 0:
            code = "node-cap-full-reported"
        yield Finding(code, f"Node/{row['name']}", params)


def _leaked(context: AuditContext) -> Iterator[Finding]:
    """Find addresses that are allocated and that nothing uses, by their number if they are not listed."""
    totals = context.metrics.totals
    count = totals.get("leaked") or totals.get("leaked_as_calicoctl_reports")
    if count:
        listed = totals.get("leaked_ips") or totals.get("leaked_ips_as_calicoctl_reports") or []
        yield Finding("leaked-reported", "", {"count": count, "which": _names_or_not_listed(listed), "all": listed})


def _unallocated(context: AuditContext) -> Iterator[Finding]:
    """Find addresses in use that no block records."""
    totals = context.metrics.totals
    for figure, code in (
        ("in_use_in_pool_not_allocated", "in-use-not-allocated"),
        ("in_use_outside_active_pools", "in-use-outside-reported"),
    ):
        listed = totals.get(figure) or []
        if count := len(listed) or _reported_count(context, figure):
            yield Finding(code, "", {"count": count, "which": _names_or_not_listed(listed), "all": listed})
            if figure == "in_use_in_pool_not_allocated" and totals.get("blocks") == 0:
                yield Finding("ipam-other", "", {"count": count})


def _owners(context: AuditContext) -> Iterator[Finding]:
    if listed := context.metrics.totals.get("ips_with_several_owners"):
        yield Finding("address-twice-reported", "", names_params(listed))


def _borrowed(context: AuditContext) -> Iterator[Finding]:
    """Find borrowed addresses, and who borrows them."""
    if count := context.metrics.totals.get("borrowed"):
        borrowers = Counter({row["name"]: row.get("borrowed_in") or 0 for row in context.metrics.nodes})
        yield Finding("borrowed-reported", "", {"count": count, "which": _counts_text(+borrowers) or _NOT_LISTED})


def _blocks(context: AuditContext) -> Iterator[Finding]:
    """Find blocks outside all pools, by number or by name where their ranges are known."""
    pools = [cidr for row in context.metrics.pools if (cidr := Cidr.parse_or_none(row.get("cidr")))]
    listed = [
        (block.cidr, len(block.allocations))
        for block in context.cluster.blocks
        if pools and not any(block.cidr.overlaps(pool) for pool in pools)
    ]
    outside: list[tuple[Cidr, int | None]] = [*listed] or [*context.reading.blocks_outside]
    counts = [addresses for _, addresses in outside]
    count = len(outside) or context.metrics.totals.get("blocks_outside_pools") or 0
    if count:
        params = {
            "count": count,
            "which": _names_or_not_listed([cidr for cidr, _ in outside]),
            "addresses": "?" if not outside or None in counts else sum(filter(None, counts)),
        }
        yield Finding("blocks-outside-reported", "", params)


def _without_affinity(context: AuditContext) -> Iterator[Finding]:
    """Count the blocks that belong to no node."""
    if count := context.metrics.totals.get("blocks_without_affinity"):
        yield Finding("blocks-without-affinity-reported", "", {"count": count})


def _handles(context: AuditContext) -> Iterator[Finding]:
    for figure, code in (("missing_handles", "handles-missing"), ("leaked_handles", "handles-idle")):
        if listed := context.metrics.totals.get(figure):
            yield Finding(code, "", names_params(listed))
        elif count := _reported_count(context, figure):
            yield Finding(code, "", {"count": count, "which": _NOT_LISTED})


def _configuration(context: AuditContext) -> Iterator[Finding]:
    """Show the IPAM configuration that a text states."""
    reading = context.reading
    if not reading.configuration_from_text:
        return
    config: dict[str, Any] = {figure.figure: figure.value for figure in reading.reported if figure.table == "config"}
    if config:
        if config.get("maxBlocksPerHost") == 0:
            config["maxBlocksPerHost"] = f"0 (={DEFAULT_MAX_BLOCKS_PER_HOST})"
        settings = ", ".join(f"{key} {str(value).lower()}" for key, value in config.items())
        yield Finding("configuration-reported", "IPAMConfiguration/default", {"settings": settings})
        if config.get("autoAllocateBlocks") is False:
            yield Finding("configuration-no-blocks", "IPAMConfiguration/default")


def _affinities(context: AuditContext) -> Iterator[Finding]:
    """Count the blocks that a table of affinities names, by node."""
    if affinities := context.reading.affinities:
        count_by_node = Counter(node for node, _, _ in affinities)
        params = {"count": len(affinities), "nodes": len(count_by_node), "which": _counts_text(count_by_node)}
        yield Finding("affinities-reported", "", params)


def _listed_blocks(context: AuditContext) -> Iterator[Finding]:
    """Compare the blocks that texts show with each other, and their sizes within each pool."""
    reading = context.reading
    claims = {(cidr, node) for node, cidr, _ in reading.affinities}
    claims |= {(cidr, node) for cidr, node, _ in reading.listed_blocks if node}
    blocks = {cidr for cidr, _ in claims}
    claims |= {(cidr, "?") for cidr, _, _ in reading.listed_blocks if cidr not in blocks}
    existing_nodes = _node_names(context)
    blocks_by_missing_node = Counter(node for _, node in claims if node not in {"?", "<none>", *existing_nodes})
    if existing_nodes and blocks_by_missing_node:
        params = {
            "count": len(blocks_by_missing_node),
            "which": _counts_text(blocks_by_missing_node),
            "blocks": blocks_by_missing_node.total(),
            "all": sorted(blocks_by_missing_node),
        }
        yield Finding("node-gone-listed", "", params)
    count, first_pair = overlapping_blocks(claims)
    if first_pair is not None:
        first, second = (f"{block} ({node})" for block, node in first_pair)
        yield Finding("blocks-overlap-listed", "", {"count": count, "first": first, "second": second})
    blocks = {cidr for cidr, _ in claims}
    for row in context.metrics.pools:
        pool = Cidr.parse_or_none(row.get("cidr"))
        sizes = Counter(block.prefix for block in blocks if pool is not None and block in pool)
        if len(sizes) > 1:
            counts = ", ".join(f"/{size}: {count}" for size, count in sorted(sizes.items()))
            yield Finding("block-sizes-mixed", f"IPPool/{pool_name(row)}", {"sizes": counts})


def _names_or_not_listed(names: Sequence[object]) -> str:
    return abbreviate_names(names) if names else _NOT_LISTED


def _counts_text(count_by_node: Counter[str]) -> str:
    """Name the nodes with the highest counts."""
    return abbreviate_names(f"{node}: {count}" for node, count in count_by_node.most_common())


def _reported_count(context: AuditContext, figure: str) -> int:
    """Return the number that a text states where it does not list them."""
    counts = (
        int(item.value) for item in context.reading.reported if item.table == COUNTS_TABLE and item.figure == figure
    )
    return max(counts, default=0)


def _waiting_pods(context: AuditContext) -> Iterator[Finding]:
    """Find pods without an address, and those of which a table does not tell whether they have one."""
    reading = context.reading
    if reading.starting_pods:
        names = [name for name, _ in reading.starting_pods]
        yield Finding("pods-starting", "", names_params(names), reading.starting_pods[0][1])
    if reading.waiting_pods:
        names = [name for name, _, _ in reading.waiting_pods]
        nodes = abbreviate_names(node for _, node, _ in reading.waiting_pods)
        params = {**names_params(names), "nodes": nodes}
        yield Finding("pods-without-address", "", params, reading.waiting_pods[0][2])


# Each with the kinds of which one must be missing: else a check on objects says the same, and more.
_CHECKS: tuple[tuple[tuple[KindName, ...], Callable[[AuditContext], Iterator[Finding]]], ...] = (
    ((), _pools),
    (("IPPool", "IPAMBlock"), _nodes_without_block),
    (("IPPool", "IPAMBlock", "Node"), _nodes_at_cap),
    (("IPAMBlock", "Pod", "Node", "Service"), _leaked),
    (("IPPool", "IPAMBlock", "Pod", "Node"), _unallocated),
    (("Pod", "Node"), _owners),
    (("IPAMBlock",), _borrowed),
    (("IPPool", "IPAMBlock"), _blocks),
    (("IPAMBlock",), _without_affinity),
    (("IPAMHandle", "IPAMBlock"), _handles),
    (("BlockAffinity",), _affinities),
    (("IPAMBlock", "BlockAffinity"), _listed_blocks),
    ((), _listed_pools),
    ((), _configuration),
    (("Pod",), _waiting_pods),
)
