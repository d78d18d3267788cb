"""Alerting rules, computed for the pools that are watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .metric_names import Metrics
from .watched import (
    MOST_PAGE_SHARE,
    MOST_WARN_SHARE,
    PAGE_SHARE,
    WARN_SHARE,
    AlertThreshold,
    Quantity,
    Watch,
    WatchedPools,
)

GROUP = "calico-ip-pools"
SHOW = "calicoctl ipam show --show-blocks"
BORROWED = "calicoctl ipam show --show-borrowed"
CHECK = "calicoctl ipam check"
# From this share of the blocks that a node may hold it is near its cap.
NEAR_CAP = 0.8


def rule_group(watch: Watch, metrics: Metrics, warn: AlertThreshold, page: AlertThreshold) -> dict[str, Any]:
    """Return the group of all rules, as a rules file of Prometheus has it under ``groups``."""
    rules: list[dict[str, Any]] = []
    for watched in watch.pools:
        rules += _filling(watched, "addresses", watched.addresses, metrics.in_use, metrics, warn=warn, page=page)
        if watched.blocks is not None:
            rules += _filling(watched, "blocks", watched.blocks, metrics.blocks, metrics, warn=warn, page=page)
            rules += _blocks_for_nodes(watched, watched.blocks, metrics)
        rules += _early_signs(watched, metrics, watch.max_blocks)
    return {"name": GROUP, "rules": rules}


def _filling(
    watched: WatchedPools,
    noun: str,
    quantity: Quantity,
    metric: str,
    metrics: Metrics,
    *,
    warn: AlertThreshold,
    page: AlertThreshold,
) -> Iterator[dict[str, Any]]:
    """Yield the rules that warn and page before the pools are full; while one pages, the one that warns is silent."""
    in_use = f"sum({metric}{metrics.selector(watched)})"
    warn_from = quantity.threshold(warn, WARN_SHARE, MOST_WARN_SHARE)
    page_from = max(warn_from, quantity.threshold(page, PAGE_SHARE, MOST_PAGE_SHARE))
    growth = "no growth is known" if quantity.per_day is None else f"growth of {quantity.per_day:.3g} a day"
    levels = [("critical", page_from, f"{in_use} >= {page_from}", page)]
    if warn_from < page_from:
        levels.insert(0, ("warning", warn_from, f"{in_use} >= {warn_from} < {page_from}", warn))
    for severity, threshold, expr, lead in levels:
        yield _rule(
            f"CalicoPool{noun.title()}Low",
            expr,
            "15m",
            watched,
            summary=f"{watched.name}: {{{{ $value }}}} of {quantity.capacity} {noun} are in use",
            description=(
                f"From {threshold} {noun} on, the time left is {lead} or less ({growth}). "
                f"Add an IP pool, or free {noun}: without free blocks new nodes borrow or get no pods, without free "
                "addresses pods stay in ContainerCreating."
            ),
            command=SHOW,
            severity=severity,
        )


def _blocks_for_nodes(watched: WatchedPools, blocks: Quantity, metrics: Metrics) -> Iterator[dict[str, Any]]:
    if not watched.nodes_to_come:
        return
    yield _rule(
        "CalicoPoolBlocksBelowNodesToCome",
        f"{blocks.capacity} - sum({metrics.blocks}{metrics.selector(watched)}) < {watched.nodes_to_come}",
        "1h",
        watched,
        summary=f"{watched.name}: {{{{ $value }}}} blocks are left, {watched.nodes_to_come} nodes are planned",
        description=(
            "Every node needs a block of its own, or it borrows from others and its routes are per address. Add an IP "
            "pool before these nodes join."
        ),
        command=SHOW,
    )


def _early_signs(watched: WatchedPools, metrics: Metrics, max_blocks: int) -> Iterator[dict[str, Any]]:
    """Yield the rules on what goes wrong before a pool is full."""
    selector = metrics.selector(watched)
    yield _rule(
        "CalicoAddressesBorrowed",
        f"sum by (node) ({metrics.borrowed}{selector}) > 0",
        "1h",
        watched,
        summary=f"{watched.name}: node {{{{ $labels.node }}}} holds {{{{ $value }}}} addresses in blocks of others",
        description=(
            "The node found no block of its own: the pool is out of blocks or the node at its cap. Each of these "
            "addresses is a route of its own."
        ),
        command=BORROWED,
    )
    yield _rule(
        "CalicoNodeNearBlockCap",
        f"sum by (node) ({metrics.blocks}{selector}) >= {max(1, int(NEAR_CAP * max_blocks))}",
        "30m",
        watched,
        summary=f"{watched.name}: node {{{{ $labels.node }}}} holds {{{{ $value }}}} of the {max_blocks} blocks it may",
        description=(
            "At its cap a node gets no further block, and its next pods stay in ContainerCreating. Use "
            "larger blocks, or raise maxBlocksPerHost (calicoctl can from v3.30 on)."
        ),
        command="calicoctl ipam show --show-configuration",
    )
    if metrics.leaks:
        yield _rule(
            "CalicoAddressesLeaked",
            f"sum by (node) ({metrics.leaks}{selector}) > 0",
            "1h",
            watched,
            summary=f"{watched.name}: {{{{ $value }}}} addresses of {{{{ $labels.node }}}} seem to belong to no pod",
            description=(
                "kube-controllers takes such addresses back after 15 minutes by default. That these stay means that it "
                "cannot: look at its log before releasing anything by hand."
            ),
            command=CHECK,
        )
    yield _rule(
        "CalicoPoolMetricsMissing",
        f"absent({metrics.in_use}{selector})",
        "30m",
        watched,
        summary=f"{watched.name}: kube-controllers reports nothing",
        description=(
            "As long as this metric is missing no other alert on this pool can fire. Is kube-controllers running, does "
            "Prometheus scrape its port 9094, does the pool still exist?"
        ),
        command="kubectl get pods -A -l k8s-app=calico-kube-controllers",
    )


def _rule(
    alert: str,
    expr: str,
    duration: str,
    watched: WatchedPools,
    *,
    summary: str,
    description: str,
    command: str,
    severity: str = "warning",
) -> dict[str, Any]:
    return {
        "alert": alert,
        "expr": expr,
        "for": duration,
        "labels": {"severity": severity, "pool": watched.name},
        "annotations": {"summary": summary, "description": description, "command": command},
    }
