"""What happens inside a report's kernel: how tables and figures of any notebook are shown and exported."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any

from .pieces.piece import Piece, picture, table
from .pieces.table import Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_FIGURES = count(1)


def load() -> None:
    """Load what reports need."""
    import_module("ippoolkit.report.pieces")
    import_module("ipykernel.kernelapp")


def rehearsal() -> Iterator[bool]:
    """Make a small report step by step, so that all that loads late is there afterwards."""
    from .pieces.rehearsal import rehearse

    return rehearse()


def install(shell: Any) -> None:
    """Teach a kernel to hand over tables and figures that a notebook shows by itself."""
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("pandas", "DataFrame", _table)
    formatter.for_type_by_name("pandas.core.frame", "DataFrame", _table)
    formatter.for_type_by_name("matplotlib.figure", "Figure", _figure)


def _table(data: pd.DataFrame, *_: object, **__: object) -> dict[str, Any]:
    return Piece((table(Table.of_frame(data)),))._repr_mimebundle_()


def _figure(figure: Figure, *_: object, **__: object) -> dict[str, Any]:
    return Piece((picture(f"figure {next(_FIGURES)}", figure, figure.get_suptitle()),))._repr_mimebundle_()
