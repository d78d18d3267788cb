"""What pools hold from step to step of a change, as values and as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from ..findings import Finding
from .recreate_order import GroupKeys, Workload
from .steps import Step

COUNTS = ("pods", "tunnels", "blocks", "empty", "free", "borrowed", "routes")


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """What one pool holds at one moment; `routes` are its blocks with affinity and its borrowed addresses."""

    pool: str
    pods: int
    tunnels: int
    blocks: int
    empty: int
    free: int
    borrowed: int
    routes: int

    def combine_peak(self, other: PoolUsage) -> PoolUsage:
        """Return the larger of each count of two moments, and the fewer free addresses."""
        counts = {name: max(getattr(self, name), getattr(other, name)) for name in COUNTS}
        return replace(self, **counts | {"free": min(self.free, other.free)})


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step, carried out: what each pool holds after it and what it caused, how many pods it recreated, what broke.

    Where pods are recreated one group after another, `groups` are the keys of those that go together,
    `usage_per_batch` what pools hold after each, `left_alone` the workloads among them that are not restarted, and
    `recreated_elsewhere` how many of the recreated pods hold no address of the step's pool. `surge_usage` is what pools
    hold while new pods have started and old ones have not ended.
    """

    step: Step
    usage: tuple[PoolUsage, ...] = ()
    recreated_pods: int = 0
    groups: tuple[GroupKeys, ...] = ()
    left_alone: tuple[Workload, ...] = ()
    usage_per_batch: tuple[tuple[PoolUsage, ...], ...] = ()
    surge_usage: tuple[tuple[PoolUsage, ...], ...] = ()
    recreated_elsewhere: int = 0
    failures: tuple[Finding, ...] = ()

    @property
    def states(self) -> tuple[tuple[PoolUsage, ...], ...]:
        """What pools hold at every moment of the step that was looked at."""
        return (*self.surge_usage, *self.usage_per_batch, self.usage)


def timeline(initial_usage: tuple[PoolUsage, ...], results: tuple[StepResult, ...]) -> pd.DataFrame:
    """Return a row for each step, group and pool: pods, tunnels, blocks, free addresses, borrowed, routes."""
    states = [(0, 1, "", initial_usage)]
    for step_number, result in enumerate(results, 1):
        states += [
            (step_number, batch, result.step.action, usages)
            for batch, usages in enumerate(result.usage_per_batch or (result.usage,), 1)
        ]
    rows = [
        {"step": step, "batch": batch, "action": action, **{name: getattr(pool, name) for name in ("pool", *COUNTS)}}
        for step, batch, action, usages in states
        for pool in usages
    ]
    return pd.DataFrame(rows, columns=["step", "batch", "action", "pool", *COUNTS])
