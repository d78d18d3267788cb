"""What came out of a simulation, as tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..cidr import address_of
from ..findings import Finding
from ..ipam import bulk, layout
from ..ipam.memory import join
from .site import DAY, Failure, Site

_CODES = {
    layout.LIMIT: "ipam-block-limit",
    layout.NOT_CLAIMED: "ipam-no-claims",
    layout.TOO_SMALL: "ipam-windows-small",
}


@dataclass(slots=True)
class Simulation:
    """The end of a simulation and the way there.

    Tables are made when asked for: `timeline`, `blocks`, `nodes`, `pods`, `failures`.
    """

    site: Site
    interrupted: bool = False
    _timeline: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, day: int) -> None:
        """Add a step to the timeline."""
        counts = self.site.census()
        for place, (pool, row) in enumerate(counts.items()):
            self._timeline.append((day, pool, *row, int(self.site.failed[place])))

    @property
    def timeline(self) -> pd.DataFrame:
        """A row a step and pool: addresses in use, blocks, those without affinity, borrowed, requests failed so far."""
        columns = ["day", "pool", "addresses", "blocks", "unowned", "borrowed", "failures"]
        return pd.DataFrame(self._timeline, columns=columns)

    def blocks_of(self, pool: str) -> list[tuple[int, str, int, int, int]]:
        """Return the blocks of a pool that there are: number in it, node, addresses in use, borrowed, cooling down."""
        tally, ipam = self.site.tally(), self.site.ipam
        place = [each.name for each in self.site.scenario.cluster.pools].index(pool)
        inside = tally.pools == place
        numbers = [join(high, low) for high, low in tally.numbers[inside].tolist()]
        nodes = [ipam.name_of(owner) if owner >= 0 else "" for owner in tally.owners[inside].tolist()]
        return list(zip(numbers, nodes, *tally.counts[inside].T.tolist(), strict=True))

    @property
    def blocks(self) -> pd.DataFrame:
        """A row a block: its range, its affinity, how many addresses are in use, free, cooling, borrowed."""
        ipam = self.site.ipam
        rows = []
        for block in ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            used = [handle for handle, ordinals in block["allocated"].items() for _ in ordinals]
            borrowed = sum(self.site.ipam.holder(handle) != owner for handle in used)
            rows.append(
                (str(block["cidr"]), block["affinity"], len(used), len(block["free"]), len(block["cooling"]), borrowed)
            )
        return pd.DataFrame(rows, columns=["block", "affinity", "used", "free", "cooling", "borrowed"])

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node that exists: its blocks, the pods' addresses it holds, how many of them are borrowed."""
        blocks: dict[str, int] = {}
        held: dict[str, int] = {}
        borrowed: dict[str, int] = {}
        for block in self.site.ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            blocks[owner] = blocks.get(owner, 0) + 1
            for handle, ordinals in block["allocated"].items():
                node = self.site.ipam.holder(handle)
                held[node] = held.get(node, 0) + len(ordinals)
                borrowed[node] = borrowed.get(node, 0) + len(ordinals) * (node != owner)
        names = [name for name, node in self.site.ipam.nodes.items() if self.site.ipam.state.alive[node.number]]
        rows = [(name, blocks.get(name, 0), held.get(name, 0), borrowed.get(name, 0)) for name in names]
        return pd.DataFrame(rows, columns=["node", "blocks", "addresses", "borrowed"])

    @property
    def pods(self) -> pd.DataFrame:
        """A row an address in use: who holds it, on which node, and the node whose block it is of."""
        rows = []
        for block in self.site.ipam.blocks():
            owner = block["affinity"].partition(":")[2]
            for handle, ordinals in block["allocated"].items():
                first = block["cidr"].first
                rows += [
                    (
                        handle,
                        self.site.ipam.holder(handle),
                        block["cidr"].version,
                        first + ordinal,
                        str(block["cidr"]),
                        owner,
                    )
                    for ordinal in ordinals
                ]
        made = pd.DataFrame(rows, columns=["pod", "node", "family", "address", "block", "block_of"])
        made["address"] = [str(address_of(v, a)) for v, a in zip(made["family"], made["address"], strict=True)]
        return made

    @property
    def failures(self) -> pd.DataFrame:
        """A row a request that got nothing, the first ones: when, which pod and node, why, and the limit behind it."""
        return self.failures_in("en")

    def failures_in(self, lang: str) -> pd.DataFrame:
        """Return `failures` in a language."""
        rows = []
        for failure in self.site.failures:
            finding = self.why(failure)
            name = self.site.ipam.handle_name(failure.pod)
            rows.append(
                (
                    failure.time / DAY,
                    name,
                    self.site.ipam.name_of(failure.node),
                    finding.code,
                    finding.sentence(lang),
                    finding.mend(lang),
                )
            )
        return pd.DataFrame(rows, columns=["day", "pod", "node", "code", "reason", "mend"])

    def why(self, failure: Failure) -> Finding:
        """Return the finding behind a failure."""
        node = self.site.ipam.name_of(failure.node)
        code = self.site.refused[failure.request] if failure.answer == bulk.NO_POOL else _CODES.get(failure.answer)
        if code is None:
            code = "ipam-strict" if self.site.ipam.config.strict_affinity else "ipam-exhausted"
        pools = ", ".join(self.site.pools_of[failure.request])
        return Finding(code, f"Node/{node}", {"node": node, "pools": pools, "cap": self.site.ipam.cap(0)})
