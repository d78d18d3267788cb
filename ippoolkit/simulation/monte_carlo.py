"""Monte Carlo: many random futures of one scenario, address for address, and what fails first in them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..capacity.table_columns import ColumnKind, typed_frame
from ..ipam import batch_events, layout, random_runs
from ..model import Scenario
from ..parallel import run as run_items
from .simulated_cluster import SimulatedCluster
from .workloads import DAYS_PER_MONTH, InitialRollout

MAX_ROWS = 120  # rows of figures of each run
SPARE_DEVIATIONS = 8  # events of one day: beyond its mean, so many standard deviations
BATCHES_PER_JOB = 4
FIRST_DAY = 1  # runs begin on the day after the rollout
QUANTILES = (0.1, 0.5, 0.9)  # of a fan


@dataclass(frozen=True, slots=True)
class Distribution:
    """A number that is drawn for each run: normal around a mean, cut off at 0 unless `may_fall`."""

    mean: float = 0.0
    deviation: float = 0.0
    may_fall: bool = False

    def draw(self, rng: np.random.Generator) -> float:
        """Draw one value."""
        value = float(rng.normal(self.mean, self.deviation) if self.deviation else self.mean)
        return value if self.may_fall else max(0.0, value)


@dataclass(frozen=True, slots=True)
class Future:
    """What is random in a run.

    Attributes
    ----------
    days
        How long a run is.
    growth
        Pods more each day.
    lifetime
        Mean lifetime of a pod, in days; ends are a Poisson process. 0: pods do not end.
    nodes_per_month, nodes_leaving_per_month
        Nodes that join, and that are taken away with their pods, as Poisson processes.
    most_nodes
        Nodes that may join in all.
    """

    days: int = 365
    growth: Distribution = Distribution()
    lifetime: Distribution = Distribution(10.0)
    nodes_per_month: Distribution = Distribution()
    nodes_leaving_per_month: Distribution = Distribution()
    most_nodes: int = 1000


@dataclass(frozen=True)
class MonteCarlo:
    """What came of many runs.

    Attributes
    ----------
    figures
        Shape (runs, rows, figures): the columns of `random_runs`.
    outcomes
        Shape (runs, outcome): the columns of `random_runs`.
    days
        Day of each row of figures.
    nodes
        Names of nodes by number.
    """

    figures: NDArray[np.int64]
    outcomes: NDArray[np.int64]
    days: NDArray[np.int64]
    nodes: tuple[str, ...]

    @property
    def operations(self) -> int:
        """Operations of all runs."""
        return int(self.outcomes[:, random_runs.OPERATIONS].sum())

    @cached_property
    def first_failures(self) -> pd.DataFrame:
        """A row a run: ``run``, ``day`` (missing: nothing failed), ``node``, ``limit``."""
        rows = []
        for run, outcome in enumerate(self.outcomes):
            day = int(outcome[random_runs.FAILED_DAY])
            failed = day >= 0
            node = self.nodes[outcome[random_runs.FAILED_NODE]] if failed else None
            limit = _LIMITS.get(int(outcome[random_runs.FAILED_STATUS]), "addresses") if failed else None
            rows.append((run, day if failed else None, node, limit))
        return typed_frame({"run": "count", "day": "count", "node": "text", "limit": "text"}, rows)

    @property
    def failed_runs(self) -> int:
        """How many runs have a pod without an address."""
        return int((self.outcomes[:, random_runs.FAILED_DAY] >= 0).sum())

    @property
    def failure_summary(self) -> pd.DataFrame:
        """What fails first: ``limit``, ``node``, ``runs``, ``first_day``, ``median_day``; most runs on top."""
        failed = self.first_failures.dropna(subset=["day"])
        rows = [
            (limit, node, len(group), int(group["day"].min()), int(group["day"].median()))
            for (limit, node), group in failed.groupby(["limit", "node"])
        ]
        rows.sort(key=lambda row: (-row[2], row[0], row[1]))
        return typed_frame(
            {"limit": "text", "node": "text", "runs": "count", "first_day": "count", "median_day": "count"}, rows
        )

    def fan(self) -> pd.DataFrame:
        """Return quantiles over the runs, a row a day and figure: ``day``, ``figure``, ``p10``, ``p50``, ``p90``.

        Figures are pods, nodes, addresses_used, blocks_used, idle_blocks, borrowed addresses, routes, failures so far.
        """
        rows = []
        for name, columns in _FIGURE_COLUMNS.items():
            values = self.figures[:, :, columns].sum(axis=2)
            levels = np.quantile(values, QUANTILES, axis=0, method="inverted_cdf").astype(np.int64)
            rows += [(int(day), name, *map(int, levels[:, row])) for row, day in enumerate(self.days)]
        kinds: dict[str, ColumnKind] = {
            "day": "number",
            "figure": "text",
            **dict.fromkeys((f"p{100 * level:g}" for level in QUANTILES), "number"),
        }
        return typed_frame(kinds, rows)


_FIGURE_COLUMNS = {
    "pods": [random_runs.PODS],
    "nodes": [random_runs.NODES],
    "addresses_used": [random_runs.ADDRESSES],
    "blocks_used": [random_runs.BLOCKS],
    "idle_blocks": [random_runs.IDLE_BLOCKS],
    "borrowed": [random_runs.BORROWED],
    "routes": [random_runs.BLOCKS, random_runs.BORROWED],  # a route a block, and one for each borrowed address
    "failures": [random_runs.FAILURES],
}
_LIMITS = {
    layout.BLOCK_LIMIT: "blocks per node",
    layout.AUTO_ALLOCATE_OFF: "autoAllocateBlocks",
    layout.TOO_SMALL_FOR_WINDOWS: "blockSize on Windows",
    batch_events.NO_POOL: "no pool",
}


def monte_carlo(
    scenario: Scenario,
    future: Future,
    *,
    runs: int = 100,
    seed: int = 0,
    pool: Executor | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> MonteCarlo:
    """Let a scenario go on at random, many times.

    Parameters
    ----------
    scenario
        What exists and the plan's nodes and pods, with which each run starts.
    future
        What is random.
    runs
        How many runs.
    seed
        Of all chance: a run's own numbers follow from it and the run's number alone.
    pool, jobs
        Where to run, in how many parts at the same time; in this process if left out.
    progress
        Called with how many runs are done, of how many; only where there is a `pool`.
    """
    size = max(1, -(-runs // max(1, jobs * BATCHES_PER_JOB if pool else 1)))
    batches = [range(first, min(runs, first + size)) for first in range(0, runs, size)]
    run_batch = partial(_run_batch, scenario, future, seed)
    if pool is None:
        results = [run_batch(batch) for batch in batches]
    else:

        def count_runs(batches_done: int, _: int) -> None:
            if progress is not None:
                progress(min(batches_done * size, runs), runs)

        outcomes = run_items(pool, run_batch, batches, progress=count_runs)
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        results = [outcome.value for outcome in outcomes if outcome.value is not None]
    days_per_row = _days_per_row(future)
    days = np.arange(1, future.days // days_per_row + 1) * days_per_row
    return MonteCarlo(
        np.concatenate([figures for figures, _, _ in results]),
        np.concatenate([outcome for _, outcome, _ in results]),
        days,
        results[0][2],
    )


def _days_per_row(future: Future) -> int:
    return max(1, -(-future.days // MAX_ROWS))


def _run_batch(
    scenario: Scenario, future: Future, seed: int, batch: range
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Carry out some of the runs; return their figures, outcomes, and the names of nodes."""
    rates = np.array([_rates(future, seed, run) for run in batch])
    cluster = SimulatedCluster(scenario)
    events = InitialRollout().initial_events(cluster)
    if events is not None and len(events):
        cluster.run_events(events)
    existing_nodes = list(cluster.schedulable_nodes)
    nodes = np.array([existing_nodes + _add_joining_nodes(cluster, future, rates)] * 2, np.int64)
    running = np.flatnonzero(cluster.pod_nodes >= 0)
    max_pods = int(running.size + max(0.0, rates[:, random_runs.GROWTH].max()) * future.days * 1.2) + 64
    idle = cluster.add_pod_series("run-pod", max_pods - running.size)
    running_rows, node_rows, idle_rows = (
        _start_and_work_rows(numbers, max_pods + 1) for numbers in (running, cluster.pod_nodes[running], idle)
    )
    cluster.ipam.store.ensure_block_capacity(_blocks_needed(cluster, nodes.shape[1], max_pods))
    join_rows, join_starts = _node_rows(nodes[0], cluster.node_join_events)
    leave_rows, leave_starts = _node_rows(nodes[0], lambda leaving, time: cluster.node_leave_events(leaving[0], time))
    kinds = cluster.pod_start_events(np.zeros(nodes.shape[1], np.int64), nodes[0], np.zeros(nodes.shape[1], np.int64))
    by_node = np.zeros((2, int(nodes.max(initial=0)) + 1), np.int64)
    by_node[0, nodes[0]], by_node[1, nodes[0]] = kinds[:, batch_events.KIND], kinds[:, batch_events.REQUEST]
    template, state = cluster.ipam.store.state, cluster.ipam.copy().store.state
    days_per_row = _days_per_row(future)
    figures = np.zeros((len(batch), future.days // days_per_row, random_runs.FIGURE_COUNT), np.int64)
    outcomes = np.zeros((len(batch), random_runs.OUTCOME_WIDTH), np.int64)
    day_events = np.zeros(
        (_events_a_day(rates, max_pods, len(join_rows) + len(leave_rows)), batch_events.EVENT_WIDTH), np.int64
    )
    config = cluster.ipam.store.config
    ranges, requests = cluster.request_table.to_arrays()
    random_runs.run_many(
        state,
        template,
        np.array([_seed(seed, run) for run in batch], np.int64),
        rates,
        days_per_row,
        FIRST_DAY,
        running_rows,
        node_rows,
        running.size,
        idle_rows,
        idle.size,
        nodes,
        len(existing_nodes),
        by_node[0],
        by_node[1],
        join_rows,
        join_starts,
        leave_rows,
        leave_starts,
        day_events,
        np.zeros(len(day_events), np.int64),
        ranges,
        requests,
        config.strict_affinity,
        config.auto_allocate_blocks,
        np.zeros(layout.RELEASE_BATCH, np.int64),
        figures,
        outcomes,
    )
    if outcomes[:, random_runs.OUT_OF_ROOM].any():
        raise AssertionError("a run needed more blocks than there was room for")
    names = tuple(cluster.ipam.store.node_names[node] for node in range(int(nodes.max(initial=0)) + 1))
    return figures, outcomes, names


def _rates(future: Future, seed: int, run: int) -> tuple[float, float, float, float]:
    """Draw the distributions of one run."""
    rng = np.random.default_rng((seed, run))
    return (
        future.growth.draw(rng),
        future.lifetime.draw(rng),
        future.nodes_per_month.draw(rng) / DAYS_PER_MONTH,
        future.nodes_leaving_per_month.draw(rng) / DAYS_PER_MONTH,
    )


def _seed(seed: int, run: int) -> int:
    """Return where the random numbers of a run begin, as numba takes it."""
    return int(np.random.SeedSequence((seed, run)).generate_state(1)[0])


def _start_and_work_rows(numbers: NDArray[Any], size: int) -> NDArray[np.int64]:
    """Return two rows with room for so many: what each run starts with, and the row that it works on."""
    rows = np.zeros((2, size), np.int64)
    rows[0, : numbers.size] = numbers
    return rows


def _add_joining_nodes(cluster: SimulatedCluster, future: Future, rates: NDArray[np.float64]) -> list[int]:
    """Make the nodes known that may join, like those of the plan's first group, else like one that exists."""
    mean = float(rates[:, random_runs.JOINS].max()) * future.days
    count = min(future.most_nodes, int(np.ceil(mean + SPARE_DEVIATIONS * np.sqrt(mean))))
    if not count:
        return []
    groups = cluster.scenario.plan.groups
    if groups:
        return [node for node, _ in cluster.add_group_nodes(groups[0], groups[0].nodes, groups[0].nodes + count)]
    template = cluster.schedulable_nodes[0]
    return [cluster.add_replacement_node(template, f"new-{number + 1:05d}") for number in range(count)]


def _node_rows(
    nodes: NDArray[np.int64], events_of: Callable[[list[int], int], NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the events of every node, one after the other, and where each node's begin."""
    by_node = {int(node): events_of([int(node)], 0) for node in nodes}
    starts = np.zeros(int(nodes.max(initial=0)) + 2, np.int64)
    for node in range(len(starts) - 1):
        starts[node + 1] = starts[node] + len(by_node.get(node, ()))
    rows = [by_node[node] for node in sorted(by_node)]
    return np.concatenate(rows) if rows else np.zeros((0, batch_events.EVENT_WIDTH), np.int64), starts


def _events_a_day(rates: NDArray[np.float64], max_pods: int, node_rows: int) -> int:
    lifetimes = rates[:, random_runs.LIFETIME]
    ends = float((max_pods / np.where(lifetimes > 0, lifetimes, np.inf)).max())
    starts = ends + max(0.0, float(rates[:, random_runs.GROWTH].max()))
    return int(ends + starts + SPARE_DEVIATIONS * np.sqrt(ends + starts)) + max_pods + node_rows + 64


def _blocks_needed(cluster: SimulatedCluster, nodes: int, max_pods: int) -> int:
    """Return an upper bound of the blocks that may come: all that the pools have, or all that nodes may claim."""
    blocks_in_pools = sum(2 ** (pool.block_size - pool.cidr.prefix) for pool in cluster.scenario.cluster.pools)
    max_claimed = nodes * max(1, cluster.ipam.resources.block_limit(0)) * 2
    return int(min(blocks_in_pools, max_claimed, 2 * (nodes + max_pods))) + 4
