"""What came out of a simulation, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..answer import answer_html, counted
from ..capacity.table_columns import ColumnKind, typed_frame
from ..cidr import address_from_int
from ..findings import Finding
from ..ipam import batch_events, layout
from ..ipam.cni_requests import REFUSAL_CODES
from ..ipam.int128 import join_128
from .simulated_cluster import DAY, FailedRequest, SimulatedCluster

_TIMELINE: dict[str, ColumnKind] = {
    "day": "number",
    "pool": "text",
    **dict.fromkeys(("addresses_used", "blocks_used", "blocks_without_affinity", "borrowed", "failures"), "number"),
}
_BLOCKS: dict[str, ColumnKind] = {
    "block": "text",
    "affinity": "text",
    **dict.fromkeys(("addresses_used", "free", "cooling", "borrowed"), "number"),
}
_NODES: dict[str, ColumnKind] = {
    "node": "text",
    **dict.fromkeys(("blocks", "addresses_used", "borrowed"), "number"),
}
_PODS: dict[str, ColumnKind] = {
    "pod": "text",
    "node": "text",
    "family": "number",
    **dict.fromkeys(("address", "block", "block_of"), "text"),
}
_FAILURES: dict[str, ColumnKind] = {
    "day": "float",
    **dict.fromkeys(("pod", "node", "code", "reason", "remedy"), "text"),
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
        for (pool, blocks), failures in zip(
            self.cluster.block_counts().items(), self.cluster.failure_counts.tolist(), strict=True
        ):
            used, borrowed, _ = blocks.counts.sum(axis=0).tolist()
            without_affinity = int((blocks.owners == layout.NO_OWNER).sum())
            self._timeline.append((day, pool, used, len(blocks.owners), without_affinity, borrowed, failures))

    @property
    def timeline(self) -> pd.DataFrame:
        """A row a step and pool: addresses in use, blocks, those without affinity, borrowed, requests failed so far."""
        return typed_frame(_TIMELINE, self._timeline)

    def pool_blocks(self, pool: str) -> list[tuple[int, str, int, int, int]]:
        """Return the blocks of a pool that there are: number in it, node, addresses in use, borrowed, cooling down."""
        blocks, node_names = self.cluster.block_counts()[pool], self.cluster.ipam.store.node_names
        numbers = [join_128(high, low) for high, low in blocks.indexes.tolist()]
        nodes = [node_names[owner] if owner >= 0 else "" for owner in blocks.owners.tolist()]
        return list(zip(numbers, nodes, *blocks.counts.T.tolist(), strict=True))

    def _blocks_with_owners(self) -> Iterator[tuple[dict[str, Any], str]]:
        """Yield every block as the engine describes it, and the host that owns it; empty for none."""
        for block in self.cluster.ipam.blocks():
            yield block, block["affinity"].partition(":")[2]

    @property
    def blocks(self) -> pd.DataFrame:
        """A row a block: its range, its affinity, how many addresses are in use, free, cooling, borrowed."""
        rows = []
        for block, owner in self._blocks_with_owners():
            used = [handle for handle, ordinals in block["allocated"].items() for _ in ordinals]
            borrowed = sum(self.cluster.ipam.store.node_of_handle(handle) != owner for handle in used)
            rows.append(
                (str(block["cidr"]), block["affinity"], len(used), len(block["free"]), len(block["cooling"]), borrowed)
            )
        return typed_frame(_BLOCKS, rows)

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node that exists: its blocks, the pods' addresses it holds, how many of them are borrowed."""
        store = self.cluster.ipam.store
        blocks: Counter[str] = Counter()
        addresses: Counter[str] = Counter()
        borrowed: Counter[str] = Counter()
        for block, owner in self._blocks_with_owners():
            blocks[owner] += 1
            for handle, ordinals in block["allocated"].items():
                node = store.node_of_handle(handle)
                addresses[node] += len(ordinals)
                borrowed[node] += len(ordinals) * (node != owner)
        names = [name for name, node in store.nodes.items() if store.state.exists[node.number]]
        rows = [(name, blocks[name], addresses[name], borrowed[name]) for name in names]
        return typed_frame(_NODES, rows)

    @property
    def pods(self) -> pd.DataFrame:
        """A row an address in use: who holds it, on which node, and the node whose block it is of."""
        rows = []
        for block, owner in self._blocks_with_owners():
            cidr, cidr_text = block["cidr"], str(block["cidr"])
            for handle, ordinals in block["allocated"].items():
                node = self.cluster.ipam.store.node_of_handle(handle)
                addresses = (str(address_from_int(cidr.version, cidr.first + ordinal)) for ordinal in ordinals)
                rows += [(handle, node, cidr.version, address, cidr_text, owner) for address in addresses]
        return typed_frame(_PODS, rows)

    @property
    def failures(self) -> pd.DataFrame:
        """A row a request that got nothing, the first ones: when, which pod and node, why, and the limit behind it."""
        return self.failures_in_language("en")

    def failures_in_language(self, lang: str) -> pd.DataFrame:
        """Return `failures` in a language."""
        store = self.cluster.ipam.store
        rows = []
        for failure in self.cluster.failures:
            finding = self._explain_failure(failure)
            pod, node = store.handles.name_of(failure.pod), store.node_names[failure.node]
            rows.append((failure.time / DAY, pod, node, finding.code, finding.message(lang), finding.remedy(lang)))
        return typed_frame(_FAILURES, rows)

    def _explain_failure(self, failure: FailedRequest) -> Finding:
        """Return the finding behind a failure."""
        cluster, store = self.cluster, self.cluster.ipam.store
        node = store.node_names[failure.node]
        if failure.status == batch_events.NO_POOL:
            code = cluster.refusal_codes[failure.request]
        else:
            too_few_code = "ipam-strict" if store.config.strict_affinity else "ipam-exhausted"
            code = REFUSAL_CODES.get(failure.status, too_few_code)
        pools = ", ".join(cluster.request_pools[failure.request])
        params = {"node": node, "pools": pools, "cap": cluster.ipam.resources.block_limit(0)}
        return Finding(code, f"Node/{node}", params, release=cluster.scenario.release)
