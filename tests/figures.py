"""Figures to compare with recorded ones: ``make pictures`` records them anew, to be looked at before committing.

Texts and legends are not drawn, so that neither colours nor layout rest on the fonts that a machine has.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread, imsave
from matplotlib.text import Text

import ippoolkit as ipk
from ippoolkit.audit import Audit, audit
from ippoolkit.figures import draw_address_map, draw_block_sizes, draw_growth
from ippoolkit.figures.audit_charts import draw_headroom, draw_pool_usage
from ippoolkit.simulation import address_map as cells_of
from ippoolkit.simulation import place_planned_pods
from ippoolkit.view.audit_parts import headroom_rows
from tests.helpers import RECORDINGS, plan, unpack_files

_FOLDER = RECORDINGS / "figures"
_DPI = 50  # enough to tell a bar from another
_ALIKE = 0.1  # of a colour's range: what smoothing of edges may make of a pixel
_MOST = 0.003  # of all pixels may be unlike: less than a cell of the map or a bar has


def drawn(figure: Figure) -> np.ndarray:
    """Return a figure as an array of rows, columns and colours from 0 to 1, without its texts and legends."""
    figure.patch.set(alpha=1, facecolor="white")
    for legend in figure.legends[:]:
        legend.remove()
    for text in figure.findobj(Text):
        text.set_visible(False)
    figure.set_dpi(_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3] / 255


def recording(name: str) -> np.ndarray:
    """Return a recorded figure as `drawn` does."""
    return imread(_FOLDER / f"{name}.png")[..., :3]


def unlike(first: np.ndarray, second: np.ndarray) -> str:
    """Say in what two figures are unlike; empty where they are alike."""
    if first.shape != second.shape:
        return f"sizes {first.shape[:2]} and {second.shape[:2]}"
    share = float((np.abs(first - second).max(axis=2) > _ALIKE).mean())
    return f"{share:.2%} of all pixels" if share > _MOST else ""


def figures() -> Iterator[tuple[str, Callable[[], Figure | None]]]:
    """Yield each kind of figure by its name, and what draws it."""
    grows = plan(size=24, nodes_per_month=5)
    yield "block-sizes", lambda: draw_block_sizes(ipk.capacity(grows).block_sizes("pool"), chosen_block_size=24)
    yield (
        "block-sizes-ipv6",
        lambda: draw_block_sizes(ipk.capacity(plan("fd00::/64", size=122)).block_sizes("pool"), chosen_block_size=122),
    )
    yield "growth", lambda: draw_growth(ipk.capacity(grows).growth(), family=4)
    yield "address-map", lambda: draw_address_map(cells_of(place_planned_pods(grows), "pool", cells=512))
    yield "usage", lambda: draw_pool_usage(_audited().metrics.pools)
    yield "headroom", lambda: draw_headroom(headroom_rows(_audited()))


def _audited() -> Audit:
    with tempfile.TemporaryDirectory() as folder:
        files = ("kubectl-all.yaml", "kubectl-ipamblocks.json", "kubectl-ippools.json", "kubectl-nodes.json")
        unpack_files("s07", Path(folder), *files)
        return audit(folder)


if __name__ == "__main__":
    for name, draw in figures():
        figure = draw()
        assert figure is not None
        imsave(_FOLDER / f"{name}.png", drawn(figure), metadata={"Software": None})
