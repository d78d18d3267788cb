"""How figures look, and how they become SVG: without pyplot, the same bytes each time, in the colours of the page."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Colours of the light theme; in SVG each becomes a CSS variable with this as its fallback.
INK = "#1b1f24"
MUTE = "#5b6570"
LINE = "#dfe3e8"
ACCENT = "#0b63b5"
GOOD = "#8fb8e0"
BAD = "#b3261e"
BAD_FILL = "#e3b3b0"
WARN = "#b26a00"
ON_ACCENT = "#fffffe"  # not quite white, which is the ground of PNGs
# Of the address map; blue and orange are told apart by everyone.
GROUND = "#cfe0f2"
LENT = "#d98300"
EDGE = "#c3cad2"
RESERVED = "#7d8894"

_VARIABLES = {
    INK: "ink",
    MUTE: "mute",
    LINE: "line",
    ACCENT: "accent",
    GOOD: "bar",
    BAD: "bad",
    BAD_FILL: "bad-bar",
    WARN: "warn",
    ON_ACCENT: "on-accent",
    GROUND: "ground",
    LENT: "lent",
    EDGE: "edge",
    RESERVED: "reserved",
}
# Fonts with Chinese, the first that is installed counts.
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",  # matplotlib names the whole collection by its first face
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
)
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ippoolkit",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", *_CHINESE, "Arial"],
    "font.size": 9,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTE,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "text.color": INK,
    "xtick.color": MUTE,
    "ytick.color": MUTE,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.6,
}


@contextmanager
def drawing(width: float, height: float, *, columns: int = 1) -> Iterator[tuple[Figure, Any]]:
    """Yield a figure of that size in inches and its axes (several: an array), with the kit's settings in force."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.patch.set_alpha(0)
        made = figure.subplots(ncols=columns, squeeze=False)[0]
        for axes in made:
            axes.patch.set_alpha(0)
            axes.grid(axis="y", color=LINE, linewidth=0.7)
            axes.set_axisbelow(True)
        yield figure, made if columns > 1 else made[0]


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG image on white; afterwards its texts name the fonts that this machine has."""
    from matplotlib.text import Text

    buffer = io.BytesIO()
    # A generic family is one font for matplotlib: only a list makes it look further for a character.
    families = ["DejaVu Sans", *_chinese_fonts()[:1]]
    for text in figure.findobj(Text):
        text.set_fontfamily(families)
    figure.patch.set_alpha(1)
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="png", dpi=160, facecolor="white", metadata={"Software": None})
    figure.patch.set_alpha(0)
    return buffer.getvalue()


def has_font_for(lang: str) -> bool:
    """Whether a font is installed that shows this language in pictures; pages bring or find their own."""
    return lang == "en" or bool(_chinese_fonts())


def _chinese_fonts() -> list[str]:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _CHINESE if name in known]


def svg(figure: Figure, title: str) -> str:
    """Return a figure as an SVG element for a page, with a text that says what it shows."""
    buffer = io.StringIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # The text stays text: the page's fonts show it, whatever matplotlib's own font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    for colour, name in _VARIABLES.items():
        text = text.replace(colour, f"var(--ipk-{name}, {colour})")
    return text.replace("<svg ", '<svg role="img" ', 1).strip()
