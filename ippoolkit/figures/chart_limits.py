"""Where charts end, so that what matters stays visible: the same in figures and on the planner's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_LOG_SCALE_RATIO = 1000  # times the planned nodes: from there on bars of even scale would tell nothing
_DOUBLINGS = 6  # of the fewest addresses: beyond, designs only repeat themselves


def bar_limit(nodes_fit: Iterable[int], planned_nodes: int) -> int | None:
    """Return the nodes at which bars of nodes that fit are cut; None where their scale has to be logarithmic.

    Bars beyond a few times the plan only say "plenty": cut there, the plan's line stays visible.
    """
    most = max(nodes_fit, default=1)
    if planned_nodes and most > _LOG_SCALE_RATIO * planned_nodes:
        return None
    return min(most, max(planned_nodes * 4, 4)) or 1


def drawn_designs(designs: pd.DataFrame) -> pd.DataFrame:
    """Return the designs of one family that a chart shows."""
    return designs[designs["addresses"] <= min(designs["addresses"], default=1) << _DOUBLINGS]
