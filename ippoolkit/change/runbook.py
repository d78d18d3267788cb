"""`Runbook`: a change that was rehearsed, or the reason why it is refused, and a better plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ..cidr import Cidr
from ..findings import Finding, Severity, by_gravity
from ..ipam import IpamError
from ..model import IPPool, Scenario
from ..read.checking import first_problem
from .manifests import refused
from .mistakes import foreseen
from .moments import Done, Held, timeline
from .moving import tells_owners
from .ranges import free_range, judged
from .rehearsal import Rehearsal
from .steps import TEMPORARY, Change, Step, named_by, steps

NEEDED = ("IPPool", "IPAMBlock", "Node", "Pod")
_SHORT = {"change-pods-without", "change-tunnels-lost", "change-tunnels-borrowed", "change-nodes-without"}
_LARGER = 8  # how many times a range that is too small is doubled


@dataclass(frozen=True)
class Runbook:
    """A change, its steps as they were rehearsed, and what is to be known before; `issued` where all steps hold."""

    scenario: Scenario
    change: Change
    done: tuple[Done, ...]
    findings: tuple[Finding, ...]
    before: tuple[Held, ...] = ()

    @property
    def issued(self) -> bool:
        """Whether the procedure holds at every step."""
        return bool(self.done) and not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def old(self) -> IPPool:
        """The pool that is changed."""
        return self.scenario.cluster.pool(self.change.pool)

    @property
    def created(self) -> tuple[IPPool, ...]:
        """The pools that are made on the way, in order."""
        return tuple(each.step.pool for each in self.done if each.step.action == "create")

    @property
    def named(self) -> list[str]:
        """The namespaces, and the pods as namespace/name, whose annotation names the pool that is changed."""
        return named_by(self.scenario.cluster, self.change.pool)

    @cached_property
    def timeline(self) -> pd.DataFrame:
        """A row for each step, group of pods and pool, the first, step 0, being what there is."""
        return timeline(self.before, self.done)

    @property
    def start(self) -> int:
        """Addresses in use in the pool that is changed, as the snapshot has it."""
        return next(held.pods + held.tunnels for held in self.before if held.pool == self.change.pool)

    @cached_property
    def touched(self) -> list[str]:
        """Names of the pools of which anything changes on the way."""
        moments = [self.before, *(done.held for done in self.done)]
        seen: dict[str, set[Held | None]] = {}
        for held in moments:
            now = {each.pool: each for each in held}
            for name in {each.pool for moment in moments for each in moment}:
                seen.setdefault(name, set()).add(now.get(name))
        return sorted(name for name, states in seen.items() if len(states) > 1)

    @cached_property
    def peak(self) -> dict[str, Held]:
        """The most of everything, and the fewest free addresses, that each pool comes to on the way."""
        found: dict[str, Held] = {}
        for held in (each for done in self.done for moment in (*done.batches, done.held) for each in moment):
            found[held.pool] = held.peak(found.get(held.pool, held))
        return found


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
    if problems := list(_unusable(scenario, change)):
        return Runbook(scenario, change, (), tuple(problems))
    asked, change = change, completed(scenario, change)
    chosen = asked.temporary != change.temporary or asked.cidr != change.cidr
    try:
        procedure = steps(scenario.cluster, change)
    except ValueError as error:
        reason = first_problem(error)
        return Runbook(scenario, change, (), (Finding("change-unusable", change.pool, {"reason": reason}),))
    found = [note for step in procedure if step.action == "create" for note in _of_range(scenario, change, step)]
    if change.order != asked.order:
        found.append(Finding("change-owners-unknown", change.pool))
    if not any(finding.code == "change-overlaps" for finding in found):  # calicoctl's own words would only repeat it
        found += refused(scenario, procedure)
    done: tuple[Done, ...] = ()
    before: tuple[Held, ...] = ()
    rehearsal = None if any(finding.severity is Severity.ERROR for finding in found) else _begun(scenario, change)
    if isinstance(rehearsal, Finding):
        found.append(rehearsal)
    elif rehearsal is not None:
        start = rehearsal.stage.copy() if change.kind == "block-size" else None
        before, done = tuple(rehearsal.held()), tuple(rehearsal.run(procedure))
        broken = [finding for each in done for finding in each.broken]
        found += broken
        if broken:
            better = _better(scenario, change, broken)
            if better and chosen:
                return runbook(scenario, replace(better, order=asked.order))
            found += _told(change, better)
        else:
            found += foreseen(scenario, change, done, start)
    return Runbook(scenario, change, done, tuple(by_gravity(found)), before)


def completed(scenario: Scenario, change: Change) -> Change:
    """Return a change with the ranges and names chosen that it leaves out, in an order that the dump allows."""
    old = scenario.cluster.pool(change.pool)
    if change.in_place and change.temporary is None:
        change = replace(change, temporary=free_range(scenario, old.cidr.prefix, old.cidr))
    if change.beside and change.cidr is None:
        change = replace(change, cidr=free_range(scenario, old.cidr.prefix, old.cidr))
    if change.beside and not change.name:
        change = replace(change, name=f"{old.name}-2")
    if change.order == "workload" and not tells_owners(scenario.cluster):
        change = replace(change, order="namespace")
    return change


def _unusable(scenario: Scenario, change: Change) -> Iterator[Finding]:
    cluster = scenario.cluster
    if missing := [kind for kind in NEEDED if kind in cluster.unknown]:
        yield Finding("change-unread", numbers={"kinds": ", ".join(missing)})
    for name in sorted({change.pool, change.name, *(space.name for space in cluster.namespaces)}):
        if name.startswith("-") or not name.isprintable():
            yield Finding("change-name-unusable", name, {"name": name})
    names = {pool.name for pool in cluster.pools}
    if change.pool not in names:
        yield Finding("change-pool-missing", change.pool, {"pool": change.pool, "pools": ", ".join(sorted(names))})
        return
    new = TEMPORARY if change.in_place else change.name if change.beside else ""
    if new in names:
        yield Finding("change-name-taken", new, {"pool": new})
    old = cluster.pool(change.pool)
    if change.kind == "block-size" and change.size == old.block_size:
        yield Finding("change-nothing", old.name, {"pool": old.name, "size": old.block_size})


def _of_range(scenario: Scenario, change: Change, step: Step) -> list[Finding]:
    """Judge the range of a pool that is to be made; parts of the old one take its place."""
    old = scenario.cluster.pool(change.pool)
    if change.in_place and step.pool.name != TEMPORARY and step.pool.cidr in old.cidr:
        return []
    found = judged(scenario, step.pool.cidr)
    if not step.managed:
        return found
    refused = "change-operator-outside"
    return [replace(each, code=refused) if each.code == "change-outside" else each for each in found]


def _begun(scenario: Scenario, change: Change) -> Rehearsal | Finding:
    """Return the cluster on the stage, or why Calico itself would not have it so."""
    try:
        return Rehearsal(scenario.cluster, change.order, change.batches)
    except IpamError as error:
        return Finding("change-refused", change.pool, {"pool": change.pool, "reason": error.finding})


def _better(scenario: Scenario, change: Change, broken: list[Finding]) -> Change | None:
    """Return the change with a larger range with which the procedure holds, if one does; it was rehearsed too."""
    old = scenario.cluster.pool(change.pool)
    now = change.temporary or change.cidr
    if now is None or not _SHORT & {finding.code for finding in broken}:
        return None
    for prefix in range(now.prefix - 1, max(now.prefix - 1 - _LARGER, 0), -1):
        cidr = free_range(scenario, prefix, old.cidr)
        if cidr is None:
            return None
        other = _with_range(change, cidr)
        rehearsal = _begun(scenario, other)
        if isinstance(rehearsal, Finding):
            return None
        if not any(each.broken for each in rehearsal.run(steps(scenario.cluster, other))):
            return other
    return None


def _told(change: Change, better: Change | None) -> list[Finding]:
    if better is None:
        return []
    option = "--temporary" if change.temporary else "--to-cidr"
    return [Finding("change-better", numbers={"option": option, "value": str(better.temporary or better.cidr)})]


def _with_range(change: Change, cidr: Cidr) -> Change:
    return replace(change, temporary=cidr) if change.in_place else replace(change, cidr=cidr)
