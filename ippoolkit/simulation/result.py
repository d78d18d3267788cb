"""What came out of a simulation, as tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..answer import answer_html, counted
from ..cidr import address_from_int
from ..findings import Finding, fit_to_release
from ..ipam import batch_events, layout
from ..ipam.state_store import join_128
from .simulated_cluster import DAY, FailedRequest, SimulatedCluster

_FINDING_CODES = {
    layout.BLOCK_LIMIT: "ipam-block-limit",
    layout.AUTO_ALLOCATE_OFF: "ipam-no-claims",
    layout.TOO_SMALL_FOR_WINDOWS: "ipam-windows-small",
}


@dataclass(slots=True)
class Simulation:
    """The end of a simulation and the way there.

    Tables are made when asked for: `timeline`, `blocks`, `nodes`, `pods`, `failures`.
    """

    cluster: SimulatedCluster
    interrupted: bool = False
    _timeline: list[tuple[Any, ...]] = field(default_factory=list)

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        last_day = self._timeline[-1][0] if self._timeline else 0
        state = " interrupted," if self.interrupted else ""
        failures = counted(int(self.cluster.failure_counts.sum()), "failed request")
        return f"<Simulation of {self.cluster.scenario.name!r}:{state} until day {last_day}, {failures}>"

    def record_day(self, day: int) -> None:
        """Add a step to the timeline."""
        counts = self.cluster.pool_counts()
        for position, (pool, row) in enumerate(counts.items()):
            self._timeline.append((day, pool, *row, int(self.cluster.failure_counts[position])))

    @property
    def timeline(self) -> pd.DataFrame:
        """A row a step and pool: addresses in use, blocks, those without affinity, borrowed, requests failed so far."""
        columns = ["day", "pool", "addresses", "blocks", "blocks_without_affinity", "borrowed", "failures"]
        return pd.DataFrame(self._timeline, columns=columns)

    def pool_blocks(self, pool: str) -> list[tuple[int, str, int, int, int]]:
        """Return the blocks of a pool that there are: number in it, node, addresses in use, borrowed, cooling down."""
        block_counts, ipam = self.cluster.block_counts(), self.cluster.ipam
        position = [ip_pool.name for ip_pool in self.cluster.scenario.cluster.pools].index(pool)
        is_in_pool = block_counts.pool_positions == position
        numbers = [join_128(high, low) for high, low in block_counts.block_indexes[is_in_pool].tolist()]
        nodes = [
            ipam.store.node_name(owner) if owner >= 0 else "" for owner in block_counts.owners[is_in_pool].tolist()
        ]
        return list(zip(numbers, nodes, *block_counts.counts[is_in_pool].T.tolist(), strict=True))

    @property
    def blocks(self) -> pd.DataFrame:
        """A row a block: its range, its affinity, how many addresses are in use, free, cooling, borrowed."""
        ipam = self.cluster.ipam
        rows = []
        for block in ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            used = [handle for handle, ordinals in block["allocated"].items() for _ in ordinals]
            borrowed = sum(self.cluster.ipam.store.node_of_handle(handle) != owner for handle in used)
            rows.append(
                (str(block["cidr"]), block["affinity"], len(used), len(block["free"]), len(block["cooling"]), borrowed)
            )
        return pd.DataFrame(rows, columns=["block", "affinity", "used", "free", "cooling", "borrowed"])

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node that exists: its blocks, the pods' addresses it holds, how many of them are borrowed."""
        block_counts: dict[str, int] = {}
        address_counts: dict[str, int] = {}
        borrowed_counts: dict[str, int] = {}
        for block in self.cluster.ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            block_counts[owner] = block_counts.get(owner, 0) + 1
            for handle, ordinals in block["allocated"].items():
                node = self.cluster.ipam.store.node_of_handle(handle)
                address_counts[node] = address_counts.get(node, 0) + len(ordinals)
                borrowed_counts[node] = borrowed_counts.get(node, 0) + len(ordinals) * (node != owner)
        names = [
            name
            for name, node in self.cluster.ipam.store.nodes.items()
            if self.cluster.ipam.store.state.alive[node.number]
        ]
        rows = [
            (name, block_counts.get(name, 0), address_counts.get(name, 0), borrowed_counts.get(name, 0))
            for name in names
        ]
        return pd.DataFrame(rows, columns=["node", "blocks", "addresses", "borrowed"])

    @property
    def pods(self) -> pd.DataFrame:
        """A row an address in use: who holds it, on which node, and the node whose block it is of."""
        rows = []
        for block in self.cluster.ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            for handle, ordinals in block["allocated"].items():
                first = block["cidr"].first
                rows += [
                    (
                        handle,
                        self.cluster.ipam.store.node_of_handle(handle),
                        block["cidr"].version,
                        first + ordinal,
                        str(block["cidr"]),
                        owner,
                    )
                    for ordinal in ordinals
                ]
        table = pd.DataFrame(rows, columns=["pod", "node", "family", "address", "block", "block_of"])
        table["address"] = [
            str(address_from_int(version, number))
            for version, number in zip(table["family"], table["address"], strict=True)
        ]
        return table

    @property
    def failures(self) -> pd.DataFrame:
        """A row a request that got nothing, the first ones: when, which pod and node, why, and the limit behind it."""
        return self.failures_in_language("en")

    def failures_in_language(self, lang: str) -> pd.DataFrame:
        """Return `failures` in a language."""
        rows = []
        for failure in self.cluster.failures:
            (finding,) = fit_to_release([self.explain_failure(failure)], self.cluster.scenario.release)
            name = self.cluster.ipam.store.handle_name(failure.pod)
            rows.append(
                (
                    failure.time / DAY,
                    name,
                    self.cluster.ipam.store.node_name(failure.node),
                    finding.code,
                    finding.message(lang),
                    finding.remedy(lang),
                )
            )
        return pd.DataFrame(rows, columns=["day", "pod", "node", "code", "reason", "remedy"])

    def explain_failure(self, failure: FailedRequest) -> Finding:
        """Return the finding behind a failure."""
        node = self.cluster.ipam.store.node_name(failure.node)
        code = (
            self.cluster.refusal_codes[failure.request]
            if failure.status == batch_events.NO_POOL
            else _FINDING_CODES.get(failure.status)
        )
        if code is None:
            code = "ipam-strict" if self.cluster.ipam.store.config.strict_affinity else "ipam-exhausted"
        pools = ", ".join(self.cluster.request_pools[failure.request])
        return Finding(
            code, f"Node/{node}", {"node": node, "pools": pools, "cap": self.cluster.ipam.resources.block_limit(0)}
        )
