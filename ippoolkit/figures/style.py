"""How figures look, and how they become SVG: without pyplot, the same bytes each time, in the colours of the page."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..findings import format_short_count, replace_unprintable
from .fonts import CHINESE_FONTS, chinese_fonts

_MAX_TITLE = 76  # characters of a title in a figure
_MAX_NAME = 34  # characters of a name beside a bar or in a legend

# Colours of the light theme; in SVG each becomes a CSS variable with this as its fallback.
TEXT_COLOUR = "#1b1f24"
MUTED_COLOUR = "#5b6570"
GRID_COLOUR = "#dfe3e8"
ACCENT_COLOUR = "#0b63b5"
BAR_COLOUR = "#8fb8e0"
FAIL_COLOUR = "#b3261e"
FAIL_BAR_COLOUR = "#e3b3b0"
WARNING_COLOUR = "#b26a00"
ON_ACCENT_COLOUR = "#fffffe"  # not quite white, which is the ground of PNGs
# Of the address map; blue and orange are distinguished by everyone.
CLAIMED_COLOUR = "#cfe0f2"
BORROWED_COLOUR = "#d98300"
FREE_EDGE_COLOUR = "#c3cad2"
RESERVED_COLOUR = "#7d8894"

_CSS_VARIABLES = {
    TEXT_COLOUR: "ink",
    MUTED_COLOUR: "mute",
    GRID_COLOUR: "line",
    ACCENT_COLOUR: "accent",
    BAR_COLOUR: "bar",
    FAIL_COLOUR: "bad",
    FAIL_BAR_COLOUR: "bad-bar",
    WARNING_COLOUR: "warn",
    ON_ACCENT_COLOUR: "on-accent",
    CLAIMED_COLOUR: "ground",
    BORROWED_COLOUR: "borrowed",
    FREE_EDGE_COLOUR: "edge",
    RESERVED_COLOUR: "reserved",
}
_RC_PARAMS: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # names are names: a dollar sign begins no formula
    "svg.hashsalt": "ippoolkit",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", *CHINESE_FONTS, "Arial"],
    "font.size": 9,
    "axes.edgecolor": GRID_COLOUR,
    "axes.labelcolor": MUTED_COLOUR,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlecolor": TEXT_COLOUR,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "text.color": TEXT_COLOUR,
    "xtick.color": MUTED_COLOUR,
    "ytick.color": MUTED_COLOUR,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "hatch.linewidth": 0.6,
}


@contextmanager
def styled_figure(width: float, height: float, *, columns: int = 1) -> Iterator[tuple[Figure, Any]]:
    """Yield a figure of that size in inches and its axes (several: an array), with the kit's settings in force."""
    with mpl.rc_context(_RC_PARAMS):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.patch.set_alpha(0)
        axes_row = figure.subplots(ncols=columns, squeeze=False)[0]
        for axes in axes_row:
            axes.patch.set_alpha(0)
            axes.grid(axis="y", color=GRID_COLOUR, linewidth=0.7)
            axes.set_axisbelow(True)
        yield figure, axes_row if columns > 1 else axes_row[0]


def render_png(figure: Figure) -> bytes:
    """Return a figure as a PNG image on white; afterwards its texts name the fonts that this machine has."""
    from matplotlib.text import Text

    buffer = io.BytesIO()
    # A generic family is one font for matplotlib: only a list makes it look further for a character.
    families = ["DejaVu Sans", *chinese_fonts()[:1]]
    for text in figure.findobj(Text):
        text.set_fontfamily(families)
    figure.patch.set_alpha(1)
    with mpl.rc_context(_RC_PARAMS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="png", dpi=160, facecolor="white", metadata={"Software": None})
    figure.patch.set_alpha(0)
    return buffer.getvalue()


def has_font_for(lang: str) -> bool:
    """Whether a font is installed that shows this language in pictures; pages bring or find their own."""
    return lang == "en" or bool(chinese_fonts())


def render_svg(figure: Figure, title: str) -> str:
    """Return a figure as an SVG element for a page, with a text that says what it shows."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.StringIO()
    with mpl.rc_context(_RC_PARAMS), warnings.catch_warnings():
        # The text stays text: the page's fonts show it, whatever matplotlib's own font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        FigureCanvasSVG(figure)
        layout_engine: Any = figure.get_layout_engine()
        if layout_engine is not None:
            layout_engine.execute(figure)
            figure.set_layout_engine("none")  # else savefig draws once more, for the layout alone
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
        figure.set_layout_engine(layout_engine or "none")
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    for colour, name in _CSS_VARIABLES.items():
        text = text.replace(colour, f"var(--ipk-{name}, {colour})")
    return text.replace("<svg ", '<svg role="img" ', 1).strip()


def show_counts(axis: Axis, ticks: int) -> None:
    """Give an axis so many ticks at most, at whole numbers, which are written short."""
    axis.set_major_locator(MaxNLocator(ticks, integer=True))
    axis.set_major_formatter(lambda value, _: format_short_count(int(value)))


def shorten_name(name: str) -> str:
    """Return a name that fits beside a bar or into a legend."""
    name = replace_unprintable(name)
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def shorten_middle(text: str, max_length: int = _MAX_TITLE) -> str:
    """Return a title or heading that is not too long: of a long one the beginning and the end, where names differ."""
    half = max_length // 2
    return text if len(text) <= max_length else f"{text[:half]}…{text[-half:]}"
