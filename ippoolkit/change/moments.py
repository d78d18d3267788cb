"""What pools hold from step to step of a change, as values and as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from ..findings import Finding
from .moving import Keys
from .steps import Step

COUNTS = ("pods", "tunnels", "blocks", "empty", "free", "borrowed", "routes")


@dataclass(frozen=True, slots=True)
class Held:
    """What one pool holds at one moment; `routes` are its blocks with affinity and its borrowed addresses."""

    pool: str
    pods: int
    tunnels: int
    blocks: int
    empty: int
    free: int
    borrowed: int
    routes: int

    def peak(self, other: Held) -> Held:
        """Return the larger of each count of two moments, and the fewer free addresses."""
        counts = {name: max(getattr(self, name), getattr(other, name)) for name in COUNTS}
        return replace(self, **counts | {"free": min(self.free, other.free)})


@dataclass(frozen=True, slots=True)
class Done:
    """One step, carried out: what each pool holds after it, how many pods and tunnels moved, what broke.

    Where pods are recreated, `groups` are the keys of those that go together, `batches` what pools hold after each.
    """

    step: Step
    held: tuple[Held, ...]
    pods: int = 0
    tunnels: int = 0
    groups: tuple[Keys, ...] = ()
    batches: tuple[tuple[Held, ...], ...] = ()
    broken: tuple[Finding, ...] = ()


def timeline(before: tuple[Held, ...], done: tuple[Done, ...]) -> pd.DataFrame:
    """Return a row for each step, group and pool: pods, tunnels, blocks, free addresses, borrowed, routes."""
    moments = [(0, 1, "", before)]
    for number, each in enumerate(done, 1):
        moments += [
            (number, batch, each.step.action, held) for batch, held in enumerate(each.batches or (each.held,), 1)
        ]
    rows = [
        {"step": step, "batch": batch, "action": action, **{name: getattr(pool, name) for name in ("pool", *COUNTS)}}
        for step, batch, action, held in moments
        for pool in held
    ]
    return pd.DataFrame(rows, columns=["step", "batch", "action", "pool", *COUNTS])
