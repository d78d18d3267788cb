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
from ...read import Reading
from ...read.reported import COUNTS_TABLE
from ..cluster_index import ClusterIndex
from ..cluster_metrics import ClusterMetrics, cluster_metrics, pool_name
from ..runbook_dumps import name_dumps_for_runbooks
from ..without_block import borrow_meanwhile, outcome_without_block, pool_to_add, youngest_nodes

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


def check_reported_figures(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Return the findings on figures of texts.

    Parameters
    ----------
    reading
        What was read.
    metrics
        The figures of its objects, completed by those of texts.
    """
    cluster = reading.scenario.cluster
    yield from _pools(reading, metrics)
    for required, check in _CHECKS:
        if any(kind in cluster.unknown for kind in required):
            yield from check(reading, metrics)
    yield from _listed_pools(reading)
    yield from _configuration(reading)
    yield from _waiting_pods(reading)


def reported_findings(reading: Reading) -> list[Finding]:
    """Return what the figures of texts say against a design that is planned on: nothing that is as it should be."""
    if not reading.has_listed:
        return []
    metrics = cluster_metrics(ClusterIndex(reading.scenario.cluster), reading.reported)
    cluster = reading.scenario.cluster
    findings = name_dumps_for_runbooks((*check_reported_figures(reading, metrics), *metrics.notes), cluster)
    design_codes = {finding.code for finding in design_findings(reading.design.scenario)}
    return [
        finding
        for finding in findings
        if (finding.severity.rank < 2 or finding.code == "cni-unknown") and finding.code not in design_codes
    ]


def _listed_pools(reading: Reading) -> Iterator[Finding]:
    """Judge the pools that only a text tells of: by their ranges, their selectors, and what chooses among them."""
    if not reading.pools_from_text:
        return
    design = reading.design.scenario
    known = {(finding.code, finding.subject) for finding in listed_pool_findings(reading.scenario)}
    is_judged = reading.scenario.cluster.has_read("IPPool")  # those that objects tell of, by other checks
    for finding in listed_pool_findings(design):
        if not is_judged or (finding.code, finding.subject) not in known:
            yield finding
    if depends_on_cni(design.cluster) and not (is_judged and any(cni_not_read(reading.scenario))):
        yield Finding("cni-unknown")


def _pools(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Say of each pool how full it is, in addresses and, where they are known, in blocks."""
    cluster = reading.scenario.cluster
    counted = {str(pool.cidr) for pool in cluster.pools} if cluster.has_read("IPPool", "IPAMBlock") else set()
    for row in metrics.pools:
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
            if blocks_left <= max(total // 10, 0):
                params = {"left": blocks_left, "blocks": total, "size": row["blockSize"]}
                if blocks_left <= 0:
                    outcome = outcome_without_block(reading.scenario, free)
                    yield Finding("pool-blocks-claimed", subject, {**params, "outcome": outcome})
                else:
                    yield Finding("pool-blocks-few", subject, params)


def _nodes_without_block(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find more nodes than the pools of a family have blocks, and name those without one as far as texts tell."""
    nodes = {*reading.node_names, *(node.name for node in reading.scenario.cluster.nodes)}
    rows_by_version: dict[IPVersion, list[Mapping[str, Any]]] = {}
    for row in metrics.pools:
        if cidr := Cidr.parse_or_none(row["cidr"]):
            rows_by_version.setdefault(cidr.version, []).append(row)
    for version, rows in rows_by_version.items():
        enabled = [row for row in rows if not row.get("disabled")]
        # `ipam show` lists all pools; of others, more may be there.
        if not all(row.get("allocated") is not None and row.get("blocks_total") for row in enabled):
            continue
        blocks = sum(row["blocks_total"] for row in enabled)
        if enabled and len(nodes) > blocks:
            pools = abbreviate_names(map(pool_name, rows))
            free = sum(row["capacity"] - row["allocated"] for row in enabled if row.get("capacity"))
            without = len(nodes) - blocks
            which, advice = _which_nodes(reading, nodes, enabled, without)
            params = {
                "nodes": len(nodes),
                "blocks": blocks,
                "pools": pools,
                "without": without,
                "which": which,
                "outcome": outcome_without_block(reading.scenario, free),
                "addition": pool_to_add(reading.scenario, version, [row["blockSize"] for row in enabled], without),
            }
            advice = (*borrow_meanwhile(reading.scenario, free, version), *advice)
            yield Finding("blocks-fewer-reported", f"IPv{version}", params, advice=advice)


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


def _nodes_at_cap(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find nodes at their limit of blocks, or near it."""
    maximum = metrics.config.get("maxBlocksPerHost")
    cap = maximum or reading.scenario.cluster.ipam.max_blocks_per_host or DEFAULT_MAX_BLOCKS_PER_HOST
    for row in metrics.nodes:
        per_family = [count for count in (row.get("blocks_v4"), row.get("blocks_v6")) if count is not None]
        blocks_held = max(per_family) if per_family else row.get("blocks")
        if blocks_held is None or blocks_held < cap * _NEAR_CAP_RATIO:
            continue
        params = {"node": row["name"], "held": blocks_held, "cap": cap}
        code = "node-at-cap-reported" if blocks_held >= cap else "node-near-cap-reported"
        if blocks_held >= cap and row.get("free_in_own_blocks") == 0:
            code = "node-cap-full-reported"
        yield Finding(code, f"Node/{row['name']}", params)


def _leaked(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find addresses that are allocated and that nothing uses, by their number if they are not listed."""
    del reading
    totals = metrics.totals
    count = totals.get("leaked") or totals.get("leaked_as_calicoctl_reports")
    if count:
        listed = totals.get("leaked_ips") or totals.get("leaked_ips_as_calicoctl_reports") or []
        params = {"count": count, "which": _names_or_not_listed(listed)}
        yield Finding("leaked-reported", "", {**params, "all": listed})


def _unallocated(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find addresses in use that no block records."""
    totals = metrics.totals
    for figure, code in (
        ("in_use_in_pool_not_allocated", "in-use-not-allocated"),
        ("in_use_outside_active_pools", "in-use-outside-reported"),
    ):
        listed = totals.get(figure) or []
        count = len(listed) or _reported_count(reading, figure)
        if count:
            names = _names_or_not_listed(listed)
            yield Finding(code, "", {"count": count, "which": names, "all": listed})
            if figure == "in_use_in_pool_not_allocated" and totals.get("blocks") == 0:
                yield Finding("ipam-other", "", {"count": count})


def _owners(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    del reading
    if listed := metrics.totals.get("ips_with_several_owners"):
        params = {"count": len(listed), "which": abbreviate_names(listed), "all": listed}
        yield Finding("address-twice-reported", "", params)


def _borrowed(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find borrowed addresses, and who borrows them."""
    del reading
    if count := metrics.totals.get("borrowed"):
        borrowers = Counter({row["name"]: row.get("borrowed_in") or 0 for row in metrics.nodes})
        names = abbreviate_names(f"{node}: {borrowed}" for node, borrowed in borrowers.most_common() if borrowed)
        yield Finding("borrowed-reported", "", {"count": count, "which": names or _NOT_LISTED})


def _blocks(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Find blocks outside all pools, by number or by name where their ranges are known."""
    pools = [cidr for row in metrics.pools if (cidr := Cidr.parse_or_none(row.get("cidr")))]
    listed = [
        (block.cidr, len(block.allocations))
        for block in reading.scenario.cluster.blocks
        if pools and not any(block.cidr.overlaps(pool) for pool in pools)
    ]
    outside: list[tuple[Cidr, int | None]] = [*listed] or [*reading.blocks_outside]
    counts = [addresses for _, addresses in outside]
    count = len(outside) or metrics.totals.get("blocks_outside_pools") or 0
    if count:
        params = {
            "count": count,
            "which": _names_or_not_listed([cidr for cidr, _ in outside]),
            "addresses": "?" if not outside or None in counts else sum(filter(None, counts)),
        }
        yield Finding("blocks-outside-reported", "", params)


def _without_affinity(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Count the blocks that belong to no node, by their number."""
    del reading
    if count := metrics.totals.get("blocks_without_affinity"):
        yield Finding("blocks-without-affinity-reported", "", {"count": count})


def _handles(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    totals = metrics.totals
    for figure, code in (("missing_handles", "handles-missing"), ("leaked_handles", "handles-idle")):
        if listed := totals.get(figure):
            yield Finding(code, "", {"count": len(listed), "which": abbreviate_names(listed), "all": listed})
        elif count := _reported_count(reading, figure):
            yield Finding(code, "", {"count": count, "which": _NOT_LISTED})


def _configuration(reading: Reading) -> Iterator[Finding]:
    """Show the IPAM configuration that a text states."""
    if not reading.configuration_from_text:
        return
    config: dict[str, Any] = {figure.figure: figure.value for figure in reading.reported if figure.table == "config"}
    if config:
        maximum = config.get("maxBlocksPerHost")
        if maximum == 0:
            config["maxBlocksPerHost"] = f"0 (={DEFAULT_MAX_BLOCKS_PER_HOST})"
        settings = ", ".join(f"{key} {str(value).lower()}" for key, value in config.items())
        yield Finding("configuration-reported", "IPAMConfiguration/default", {"settings": settings})
        if config.get("autoAllocateBlocks") is False:
            yield Finding("configuration-no-blocks", "IPAMConfiguration/default")


def _affinities(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Count the blocks that a table of affinities names, by node."""
    del metrics
    if reading.affinities:
        by_node = Counter(node for node, _, _ in reading.affinities)
        names = abbreviate_names(f"{node}: {count}" for node, count in by_node.most_common())
        params = {"count": len(reading.affinities), "nodes": len(by_node), "which": names}
        yield Finding("affinities-reported", "", params)


def _listed_blocks(reading: Reading, metrics: ClusterMetrics) -> Iterator[Finding]:
    """Hold the blocks that texts show against each other, and their sizes within each pool."""
    claims = {(cidr, node) for node, cidr, _ in reading.affinities}
    claims |= {(cidr, node) for cidr, node, _ in reading.listed_blocks if node}
    blocks = {cidr for cidr, _ in claims}
    claims |= {(cidr, "?") for cidr, _, _ in reading.listed_blocks if cidr not in blocks}
    overlaps = 0
    first_pair: tuple[tuple[Cidr, str], tuple[Cidr, str]] | None = None
    enclosing: list[tuple[Cidr, str]] = []  # each within the one before it: sorted, a block follows those it is in
    for claim in sorted(claims):
        while enclosing and not enclosing[-1][0].overlaps(claim[0]):
            enclosing.pop()
        if enclosing:
            first_pair = first_pair or (enclosing[0], claim)
        overlaps += len(enclosing)
        enclosing.append(claim)
    existing = {*reading.node_names, *(node.name for node in reading.scenario.cluster.nodes)}
    held = Counter(node for _, node in claims if node not in ("?", "<none>") and node not in existing)
    if existing and held:
        names = abbreviate_names(f"{node}: {count}" for node, count in held.most_common())
        params = {"count": len(held), "which": names, "blocks": held.total(), "all": sorted(held)}
        yield Finding("node-gone-listed", "", params)
    if first_pair:
        first, second = (f"{block} ({node})" for block, node in first_pair)
        yield Finding("blocks-overlap-listed", "", {"count": overlaps, "first": first, "second": second})
    blocks = {cidr for cidr, _ in claims}
    for row in metrics.pools:
        pool = Cidr.parse_or_none(row.get("cidr"))
        sizes = Counter(block.prefix for block in blocks if pool is not None and block in pool)
        if len(sizes) > 1:
            counts = ", ".join(f"/{size}: {count}" for size, count in sorted(sizes.items()))
            yield Finding("block-sizes-mixed", f"IPPool/{pool_name(row)}", {"sizes": counts})


def _names_or_not_listed(names: Sequence[object]) -> str:
    return abbreviate_names(names) if names else _NOT_LISTED


def _reported_count(reading: Reading, figure: str) -> int:
    """Return the number that a text states where it does not list them."""
    figures = (
        reported_figure
        for reported_figure in reading.reported
        if reported_figure.table == COUNTS_TABLE and reported_figure.figure == figure
    )
    return max((int(reported_figure.value) for reported_figure in figures), default=0)


def _waiting_pods(reading: Reading) -> Iterator[Finding]:
    """Find pods without an address, and those of which a table does not tell whether they have one."""
    if reading.starting_pods and "Pod" in reading.scenario.cluster.unknown:
        names = [name for name, _ in reading.starting_pods]
        params = {"count": len(names), "which": abbreviate_names(names), "all": names}
        yield Finding("pods-starting", "", params, reading.starting_pods[0][1])
    if reading.waiting_pods and "Pod" in reading.scenario.cluster.unknown:
        names = [name for name, _, _ in reading.waiting_pods]
        params = {
            "count": len(names),
            "which": abbreviate_names(names),
            "nodes": abbreviate_names(node for _, node, _ in reading.waiting_pods),
        }
        yield Finding("pods-without-address", "", {**params, "all": names}, reading.waiting_pods[0][2])


_Check = Callable[[Reading, ClusterMetrics], Iterator[Finding]]
# Each with the kinds of which one must be missing: else a check on objects says the same, and more.
_CHECKS: tuple[tuple[tuple[str, ...], _Check], ...] = (
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
)
