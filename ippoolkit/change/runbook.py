"""`Runbook`: a change that was rehearsed, or the reason why it is refused, and a better plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ..answer import answer_html, counted
from ..cidr import IPVersion
from ..findings import Finding, Severity, sort_by_severity
from ..ipam import IpamError
from ..model import IPPool, Scenario
from ..read.dump_commands import RUNBOOK_KINDS, SAVE_COMMANDS
from ..read.validation import first_problem
from .free_ranges import OUTSIDE_CODES, check_range, free_range, node_overlaps, temporary_range
from .manifest_check import check_manifests
from .moved_addresses import moved_address_findings
from .pitfalls import find_pitfalls
from .pool_usage import PoolUsage, StepResult, timeline
from .recreate_order import has_owner_references, workload_of
from .rehearsal import Rehearsal
from .steps import TEMPORARY_POOL, Change, Step, namespaces_naming_pool, plan_steps, pods_naming_pool

_SHORTAGE_CODES = {"change-pods-without", "change-tunnels-lost", "change-tunnels-borrowed", "change-nodes-without"}
_MAX_DOUBLINGS = 8  # how many times a range that is too small is doubled


@dataclass(frozen=True)
class Runbook:
    """A change, its steps as they were rehearsed, and what is to be known before; `issued` where all steps hold."""

    scenario: Scenario
    change: Change
    results: tuple[StepResult, ...]
    findings: tuple[Finding, ...]
    initial_usage: tuple[PoolUsage, ...] = ()

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        state = "issued" if self.is_issued else "not issued"
        steps, findings = counted(len(self.results), "step"), counted(len(self.findings), "finding")
        return f"<Runbook for {self.change.pool!r}: {state}, {steps}, {findings}>"

    @property
    def is_issued(self) -> bool:
        """Whether the procedure holds at every step."""
        return bool(self.results) and not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def has_warnings(self) -> bool:
        """Whether something is to be read before the procedure is begun."""
        return any(finding.severity is Severity.WARNING for finding in self.findings)

    @property
    def cooldown_seconds(self) -> int:
        """For how many seconds released addresses keep their blocks; 0 in a release that knows no cooldown."""
        return self.scenario.cluster.ipam.ip_cooldown_seconds if self.scenario.release.has("ip-cooldown") else 0

    @property
    def changed_pool(self) -> IPPool:
        """The pool that is changed."""
        return self.scenario.cluster.pool(self.change.pool)

    @property
    def created_pools(self) -> tuple[IPPool, ...]:
        """The pools that are made on the way, in order."""
        return tuple(result.step.pool for result in self.results if result.step.action == "create")

    @property
    def objects_corrected(self) -> list[str]:
        """Namespaces and workloads whose annotation names the pool that is changed, as "Kind namespace/name"."""
        cluster, pool = self.scenario.cluster, self.changed_pool
        workloads = {workload for pod in pods_naming_pool(cluster, pool) if (workload := workload_of(pod))}
        return [
            *(f"Namespace {namespace.name}" for namespace in namespaces_naming_pool(cluster, pool)),
            *(f"{workload.kind} {workload.namespace}/{workload.name}" for workload in sorted(workloads)),
        ]

    @cached_property
    def timeline(self) -> pd.DataFrame:
        """A row for each step, group of pods and pool, the first, step 0, being what there is."""
        return timeline(self.initial_usage, self.results)

    @property
    def initial_addresses(self) -> int:
        """Addresses in use in the pool that is changed, as the snapshot has it."""
        return next(
            pool_usage.pods + pool_usage.tunnels
            for pool_usage in self.initial_usage
            if pool_usage.pool == self.change.pool
        )

    @cached_property
    def affected_pools(self) -> list[str]:
        """Names of the pools of which anything changes on the way."""
        usages = (self.initial_usage, *(result.usage for result in self.results))
        usages_by_pool = [{pool_usage.pool: pool_usage for pool_usage in usage} for usage in usages]
        names = {name for by_pool in usages_by_pool for name in by_pool}
        return sorted(name for name in names if len({by_pool.get(name) for by_pool in usages_by_pool}) > 1)

    @cached_property
    def peaks(self) -> tuple[tuple[IPPool, PoolUsage], ...]:
        """The most of everything, and the fewest free addresses, that each pool comes to on the way, by name.

        A pool that is deleted and made again is two: they have different blocks.
        """
        current = {pool.name: pool for pool in self.scenario.cluster.pools}
        peak_by_pool: dict[tuple[str, int], tuple[IPPool, PoolUsage]] = {}
        times_made = dict.fromkeys(current, 0)
        for result in self.results:
            pool = result.step.pool
            if result.step.action == "create":
                times_made[pool.name] = times_made.get(pool.name, -1) + 1
                current[pool.name] = pool
            for usage in (usage for usages in result.states for usage in usages):
                key = usage.pool, times_made[usage.pool]
                _, known_peak = peak_by_pool.get(key, (pool, usage))
                peak_by_pool[key] = current[usage.pool], usage.combine_peak(known_peak)
        return tuple(peak for _, peak in sorted(peak_by_pool.items()))

    def peak_of(self, created_pool: IPPool) -> PoolUsage:
        """Return the peak of one of the pools that are made on the way."""
        return next(usage for pool, usage in self.peaks if pool is created_pool)

    @property
    def peak_routes(self) -> dict[IPVersion, int]:
        """Routes of the pools of each IP version at the moment when all of them are most."""
        versions = {pool.name: pool.version for pool in (*self.scenario.cluster.pools, *self.created_pools)}
        peak_state = max(self._states, key=lambda usages: sum(usage.routes for usage in usages))
        routes: Counter[IPVersion] = Counter()
        for usage in peak_state:
            routes[versions[usage.pool]] += usage.routes
        return dict(sorted(routes.items()))

    @property
    def peak_borrowed(self) -> int:
        """Borrowed addresses of all pools at the moment when they are most."""
        return max(sum(usage.borrowed for usage in usages) for usages in self._states)

    @property
    def _states(self) -> tuple[tuple[PoolUsage, ...], ...]:
        """What pools hold at every moment that was looked at."""
        return (self.initial_usage, *(state for result in self.results for state in result.states))

    @property
    def recreated_pods(self) -> int:
        """How many pods are recreated on the way; one that is recreated twice counts twice."""
        return sum(result.recreated_pods for result in self.results)


def runbook(scenario: Scenario, change: Change) -> Runbook:
    """Write the procedure for a change of a cluster, and rehearse it.

    Parameters
    ----------
    scenario
        A cluster as it is: pools, blocks, nodes, pods; the networks around it where they are known.
    change
        What is to be changed; ranges and names that it leaves out are chosen.

    Returns
    -------
    Runbook
        With findings of severity error where it is refused.
    """
    if problems := list(_input_problems(scenario, change)):
        return Runbook(scenario, change, (), tuple(problems))
    requested, change = change, fill_defaults(scenario, change)
    is_range_chosen = requested.temporary_cidr != change.temporary_cidr or requested.cidr != change.cidr
    try:
        planned_steps = plan_steps(scenario.cluster, change)
    except ValueError as error:
        reason = first_problem(error)
        return Runbook(scenario, change, (), (Finding("change-unusable", change.pool, {"reason": reason}),))
    findings = [
        range_finding
        for step in planned_steps
        if step.action == "create"
        for range_finding in _range_findings(scenario, change, step)
    ]
    if change.order != requested.order:
        findings.append(Finding("change-owners-unknown", change.pool))
    if not any(finding.code == "change-overlaps" for finding in findings):  # calicoctl's own words would only repeat it
        findings += check_manifests(scenario, planned_steps)
    results: tuple[StepResult, ...] = ()
    initial_usage: tuple[PoolUsage, ...] = ()
    rehearsal = (
        None if any(finding.severity is Severity.ERROR for finding in findings) else _start_rehearsal(scenario, change)
    )
    if isinstance(rehearsal, Finding):
        findings.append(rehearsal)
    elif rehearsal is not None:
        initial_state = rehearsal.cluster_state.copy() if change.kind == "block-size" else None
        initial_placement = rehearsal.pods.placement()
        initial_usage, results = tuple(rehearsal.usage()), tuple(rehearsal.run(planned_steps))
        failures = [finding for result in results for finding in result.failures]
        findings += failures
        if failures:
            suggested = _find_larger_range(scenario, change, failures)
            if suggested and is_range_chosen:
                return runbook(scenario, replace(suggested, order=requested.order))
            if suggested:
                larger_range = str(suggested.temporary_cidr or suggested.cidr)
                findings.append(Finding("change-better", params={"option": change.range_option, "value": larger_range}))
        else:
            findings += find_pitfalls(scenario, change, results, initial_state)
            findings += moved_address_findings(change, planned_steps, rehearsal.pods, initial_placement)
    return Runbook(scenario, change, results, tuple(sort_by_severity(findings)), initial_usage)


def fill_defaults(scenario: Scenario, change: Change) -> Change:
    """Return a change with the ranges and names chosen that it leaves out, in an order that the dump allows."""
    changed_pool = scenario.cluster.pool(change.pool)
    if change.keeps_range and change.temporary_cidr is None:
        change = replace(change, temporary_cidr=temporary_range(scenario, changed_pool))
    if change.adds_pool and change.cidr is None:
        change = replace(change, cidr=free_range(scenario, changed_pool.cidr.prefix, changed_pool.cidr))
    if change.adds_pool and not change.new_name:
        change = replace(change, new_name=f"{changed_pool.object_name}-2")
    if change.order == "workload" and not has_owner_references(scenario.cluster):
        change = replace(change, order="namespace")
    return change


def _input_problems(scenario: Scenario, change: Change) -> Iterator[Finding]:
    cluster = scenario.cluster
    missing = [kind for kind in RUNBOOK_KINDS if kind in cluster.unknown]
    if pods := cluster.pods_without_blocks:  # whether they are unknown or said to be none
        yield Finding("change-blocks-unread", params={"pods": pods})
        missing = [kind for kind in missing if kind != "IPAMBlock"]
    if missing:
        yield Finding("change-unread", params={"kinds": ", ".join(missing)}, commands=SAVE_COMMANDS)
    for name in sorted({change.pool, change.new_name, *(namespace.name for namespace in cluster.namespaces)}):
        if name.startswith("-") or not name.isprintable():
            yield Finding("change-name-unusable", name, {"name": name})
    pool_names = {pool.name for pool in cluster.pools}
    if change.pool not in pool_names:
        if not pool_names and not cluster.has_read("IPPool"):
            return  # said above
        yield Finding("change-pool-missing", change.pool, {"pool": change.pool, "pools": ", ".join(sorted(pool_names))})
        return
    new_name = TEMPORARY_POOL if change.keeps_range else change.new_name if change.adds_pool else ""
    if new_name in pool_names:
        yield Finding("change-name-taken", new_name, {"pool": new_name})
    changed_pool = cluster.pool(change.pool)
    if change.kind == "block-size" and change.block_size == changed_pool.block_size:
        yield Finding("change-nothing", changed_pool.name, {"pool": changed_pool.name, "size": changed_pool.block_size})


def _range_findings(scenario: Scenario, change: Change, step: Step) -> list[Finding]:
    """Judge the range of a pool that is to be made; parts of the old one take its place."""
    changed_pool = scenario.cluster.pool(change.pool)
    if change.keeps_range and step.pool.name != TEMPORARY_POOL and step.pool.cidr in changed_pool.cidr:
        return node_overlaps(scenario, step.pool.cidr)
    findings = check_range(scenario, step.pool.cidr, option=change.range_option)
    if not step.managed:
        return findings
    operator_code = "change-operator-outside"
    return [replace(finding, code=operator_code) if finding.code in OUTSIDE_CODES else finding for finding in findings]


def _start_rehearsal(scenario: Scenario, change: Change) -> Rehearsal | Finding:
    """Return the cluster in the engine, or why Calico itself would not have it so."""
    try:
        return Rehearsal(scenario.cluster, change.order, change.batches, scenario.release)
    except IpamError as error:
        return Finding("change-refused", change.pool, {"pool": change.pool, "reason": error.finding})


def _find_larger_range(scenario: Scenario, change: Change, failures: list[Finding]) -> Change | None:
    """Return the change with a larger range with which the procedure holds, if one does; it was rehearsed too."""
    changed_pool = scenario.cluster.pool(change.pool)
    current_cidr = change.temporary_cidr or change.cidr
    if current_cidr is None or not _SHORTAGE_CODES & {finding.code for finding in failures}:
        return None
    for prefix in range(current_cidr.prefix - 1, max(current_cidr.prefix - 1 - _MAX_DOUBLINGS, 0), -1):
        cidr = free_range(scenario, prefix, changed_pool.cidr)
        if cidr is None:
            return None
        larger_change = replace(change, temporary_cidr=cidr) if change.keeps_range else replace(change, cidr=cidr)
        rehearsal = _start_rehearsal(scenario, larger_change)
        if isinstance(rehearsal, Finding):
            return None
        if not any(result.failures for result in rehearsal.run(plan_steps(scenario.cluster, larger_change))):
            return larger_change
    return None
