"""What happens inside a report's kernel: how tables and figures of any notebook are shown and exported."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any

from .sections.report_table import ReportTable
from .sections.section import Section, picture_part, table_part

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_FIGURE_NUMBERS = count(1)


def preload() -> None:
    """Load what reports need."""
    import_module("ippoolkit.report.sections")
    import_module("ipykernel.kernelapp")


def warm_up_steps() -> Iterator[bool]:
    """Make a small report step by step, so that all that loads late is there afterwards."""
    from .sections.warm_up import warm_up_steps

    return warm_up_steps()


def register_formatters(shell: Any) -> None:
    """Teach a kernel to hand over tables and figures that a notebook shows by itself."""
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("pandas", "DataFrame", _table_bundle)
    formatter.for_type_by_name("pandas.core.frame", "DataFrame", _table_bundle)
    formatter.for_type_by_name("matplotlib.figure", "Figure", _figure_bundle)


def _table_bundle(frame: pd.DataFrame, *_: object, **__: object) -> dict[str, Any]:
    return Section((table_part(ReportTable.from_dataframe(frame)),))._repr_mimebundle_()


def _figure_bundle(figure: Figure, *_: object, **__: object) -> dict[str, Any]:
    return Section(
        (picture_part(f"figure {next(_FIGURE_NUMBERS)}", figure, figure.get_suptitle()),)
    )._repr_mimebundle_()
