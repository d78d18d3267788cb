"""Rules on who may use a pool: selectors, uses, operating systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..capacity.idle import why_idle
from ..findings import Finding
from ..model import Scenario
from ..selectors import SelectorError, parse


def selecting_nothing(scenario: Scenario) -> Iterator[Finding]:
    """Tell of pools whose nodeSelector matches no node, often by a slip of quoting."""
    labels = _labels(scenario)
    for pool in scenario.cluster.pools:
        broken = _syntax_error(pool.node_selector) is not None  # told elsewhere
        if labels and not broken and not any(parse(pool.node_selector).matches_each(labels)):
            yield Finding("pool-selects-none", f"IPPool/{pool.name}", {"selector": pool.node_selector})


def idle_pools(scenario: Scenario) -> Iterator[Finding]:
    """Tell of pools that serve no pods of their own accord: they count for nothing in the plan."""
    for pool in scenario.cluster.pools:
        if code := why_idle(pool):
            yield Finding(code, f"IPPool/{pool.name}")


def windows_without_strict_affinity(scenario: Scenario) -> Iterator[Finding]:
    """Windows nodes cannot use borrowed addresses."""
    if scenario.cluster.ipam.strict_affinity:
        return
    named = [group.name for group in scenario.plan.groups if group.os == "windows"]
    named += [node.name for node in scenario.cluster.nodes if node.windows]
    if named:
        yield Finding("windows-strict", "IPAMConfiguration/default", {"group": named[0], "count": len(named)})


def more_pods_than_kubelet_runs(scenario: Scenario) -> Iterator[Finding]:
    """Kubelet stops at its max-pods, whatever addresses there are."""
    for group in scenario.plan.groups:
        busiest = max(group.pods_per_node, group.pods_on_busiest_node)
        if busiest > group.max_pods:
            yield Finding("max-pods", f"NodeGroup/{group.name}", {"pods": busiest, "most": group.max_pods})


def _labels(scenario: Scenario) -> list[Mapping[str, str]]:
    existing = [node.labels for node in scenario.cluster.nodes]
    return existing + [group.node_labels for group in scenario.plan.groups]


def _syntax_error(selector: str) -> SelectorError | None:
    try:
        parse(selector)
    except SelectorError as error:
        return error
    return None
