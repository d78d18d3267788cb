"""An address space: what is taken, by whom, what is free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from string import ascii_lowercase

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from ..choose.occupancy import Cell, Strip, owners_of
from ..findings import N_, get_language
from .style import FREE_EDGE_COLOUR, MUTED_COLOUR, RESERVED_COLOUR, TEXT_COLOUR, shorten_name, styled_figure

# Told apart by everyone: Okabe and Ito's colours without black and the palest.
_OWNER_COLOURS = ("#0b63b5", "#d98300", "#009e73", "#cc79a7", "#56b4e9", "#8f6a00")
_COLUMNS = 32
_OWNERS_NAMED = 12  # in the legend
_MARGIN = 5  # columns for the first address of each row
_DARK = 0.6  # share from which a cell needs light letters


def draw_address_space(strips: Sequence[Strip], *, lang: str = "en") -> Figure:
    """Draw each range in rows of cells, from its first address on; a paler cell is taken in part.

    Parameters
    ----------
    strips
        As `ippoolkit.choose.occupancy.occupancy` returns them.
    lang
        Language of the words.
    """
    language = get_language(lang)
    owners = owners_of(list(strips))
    colours = dict(zip(owners, _OWNER_COLOURS, strict=False))
    letters = dict(zip(owners, ascii_lowercase, strict=False))
    rows = [_rows(strip) for strip in strips]
    height = 0.18 * sum(rows) + 0.42 * len(strips) + 0.6
    with styled_figure(6.6, max(height, 1.2)) as (figure, axes):
        axes.grid(visible=False)
        axes.set_axis_off()
        top = 0.0
        for strip, count in zip(strips, rows, strict=True):
            first = strip.cells[0].cidr
            axes.text(
                -_MARGIN, top + 0.9, str(strip.within), color=TEXT_COLOUR, fontsize=9, fontweight="bold", va="bottom"
            )
            scale_text = N_("all of it is free") if strip.is_free else N_("a cell: /{prefix}")
            scale = language.render(scale_text, {"prefix": first.prefix})
            axes.text(_COLUMNS, top + 0.9, scale, color=MUTED_COLOUR, fontsize=8, va="bottom", ha="right")
            top += 1.2
            width = _COLUMNS / min(len(strip.cells), _COLUMNS)
            for row in range(count):
                start = str(strip.cells[row * _COLUMNS].cidr).partition("/")[0]
                axes.text(-0.4, top + row + 0.5, start, color=MUTED_COLOUR, fontsize=7, va="center", ha="right")
            for index, cell in enumerate(strip.cells[: count * _COLUMNS]):
                row, column = divmod(index, _COLUMNS)
                if cell.taken and cell.owners[0] in letters:
                    axes.text(
                        (column + 0.5) * width,
                        top + row + 0.5,
                        letters[cell.owners[0]],
                        color="white" if cell.share > _DARK else TEXT_COLOUR,
                        fontsize=6.5,
                        va="center",
                        ha="center",
                    )
                axes.add_patch(
                    Rectangle(
                        (column * width, top + row),
                        width,
                        1,
                        facecolor=_colour(cell, colours),
                        edgecolor=FREE_EDGE_COLOUR,
                        linewidth=0.5,
                    )
                )
            top += count + 0.9
        axes.set_xlim(-_MARGIN, _COLUMNS)
        axes.set_ylim(top, 0)
        entries = [Patch(facecolor="none", edgecolor=FREE_EDGE_COLOUR, label=language.translate(N_("free")))]
        entries += [
            Patch(facecolor=colours.get(owner, RESERVED_COLOUR), label=f"{letters[owner]}  {shorten_name(owner)}")
            for owner in owners[:_OWNERS_NAMED]
        ]
        if len(owners) > _OWNERS_NAMED:
            others = language.render(N_("{count} others"), {"count": len(owners) - _OWNERS_NAMED})
            entries.append(Patch(facecolor=RESERVED_COLOUR, label=others))
        figure.legend(handles=entries, loc="outside lower left", ncols=2, handlelength=1.2)
    return figure


def _rows(strip: Strip) -> int:
    """Return the rows of a strip: one where all of it is free."""
    return 1 if strip.is_free else math.ceil(len(strip.cells) / _COLUMNS)


def _colour(cell: Cell, colours: dict[str, str]) -> str | tuple[float, float, float]:
    """Mix the owner's colour with white: the less is taken, the paler, but never as pale as what is free."""
    if not cell.taken:
        return "none"  # the page's own ground, light or dark
    red, green, blue = to_rgb(colours.get(cell.owners[0], RESERVED_COLOUR))
    part = 0.35 + 0.65 * min(cell.share, 1)
    return 1 - part * (1 - red), 1 - part * (1 - green), 1 - part * (1 - blue)
