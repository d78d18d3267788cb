"""Free ranges as plain data, in a terminal, and as a picture."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import ascii_lowercase

import msgspec
from rich.console import Console
from rich.text import Text

from ..address_space.ranges import network_text
from ..choose import FreeRanges
from ..choose.occupancy import Cell, occupancy, owners_of
from ..findings import N_, Language, get_language, replace_unprintable
from .stylesheet import stylesheet

_RANGES_SHOWN = 40  # in a terminal
_RANGES_ON_PAGE = 400
_ROW_LENGTH = 64  # cells in a row
_FREE, _OTHERS = "·", "*"


def free_ranges_as_json(free_ranges: FreeRanges, lang: str = "en") -> str:
    """Return what is known as JSON text: a line an entry, however many there are."""
    address_space = free_ranges.address_space
    data = {
        "within": [str(cidr) for cidr in address_space.within],
        "taken": [
            {"cidr": network_text(network.cidr), "where": _where(network.where, network.used_by)}
            for network in address_space.in_use
        ],
        "free": address_space.free.to_strings(),
        "offers": [str(cidr) for cidr in free_ranges.offers],
        "reasons": [reason.as_dict(lang) for reason in free_ranges.reasons],
        "notes": [note.as_dict(lang) for note in free_ranges.notes],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=1).decode()


def _where(where: str, used_by: str) -> str:
    return where if not used_by or used_by in where else f"{where}: {used_by}"


def print_free_ranges(console: Console, free_ranges: FreeRanges, *, lang: str = "en") -> None:
    """Print the offers, why there are not more, what is free, and a picture of the space."""
    from .terminal import print_findings  # loads pandas, which JSON does without

    language = get_language(lang)
    address_space = free_ranges.address_space
    if free_ranges.requested:
        head = language.render(
            N_("{found} of {count} offered"), {"found": len(free_ranges.offers), "count": free_ranges.requested}
        )
        console.print(Text(head, style="bold green" if free_ranges.is_complete else "bold red"))
        for cidr in free_ranges.offers[:_RANGES_SHOWN]:
            console.print(Text(f"  {cidr}"))
        _print_more(console, len(free_ranges.offers) - _RANGES_SHOWN, language)
        console.print()
    print_findings(console, (*free_ranges.reasons, *free_ranges.notes), lang=lang)
    if free_ranges.reasons or free_ranges.notes:
        console.print()
    free = address_space.free
    params = {"count": len(free), "addresses": free.addresses, "taken": len(address_space.in_use)}
    console.print(
        Text(language.render(N_("Free: {count} ranges, {addresses:address}; known: {taken} networks"), params), "bold")
    )
    cidrs = [str(cidr) for cidr in free[:_RANGES_SHOWN]]
    width = max(map(len, cidrs), default=0) + 2
    per_row = max(1, (console.width - 2) // max(width, 1))
    for start in range(0, len(cidrs), per_row):
        console.print(
            Text("  " + "".join(cidr_text.ljust(width) for cidr_text in cidrs[start : start + per_row]).rstrip())
        )
    _print_more(console, len(free) - _RANGES_SHOWN, language)
    console.print()
    print_space(console, free_ranges, lang=lang)


def _print_more(console: Console, more: int, language: Language) -> None:
    if more > 0:
        text = language.render(N_("  and {count} more; --json shows them all"), {"count": more})
        console.print(Text(text, style="bright_black"))


def print_space(console: Console, free_ranges: FreeRanges, *, lang: str = "en") -> None:
    """Print each range that was looked in as rows of cells: a letter for who holds most of it, capital if all of it."""
    language = get_language(lang)
    row_length = _ROW_LENGTH if console.width >= _ROW_LENGTH + 22 else _ROW_LENGTH // 2
    strips = occupancy(free_ranges.address_space, cells=row_length * 4)
    owners = owners_of(strips)
    letters = dict(zip(owners, ascii_lowercase, strict=False))
    for strip in strips:
        cell_prefix = strip.cells[0].cidr.prefix
        params = {"cidr": str(strip.within), "prefix": cell_prefix}
        console.print(Text(language.render(N_("{cidr}, a character a /{prefix}"), params), "bold"))
        cells_shown = row_length if strip.is_free else len(strip.cells)  # all free: a row says it
        for start in range(0, cells_shown, row_length):
            cells = strip.cells[start : start + row_length]
            line = "".join(_letter(cell, letters) for cell in cells)
            console.print(Text.assemble((f"  {line}  ", ""), (str(cells[0].cidr).partition("/")[0], "bright_black")))
    free_label = language.translate(N_("free"))
    console.print(Text(f"  {_FREE} {free_label}", style="bright_black"))
    for owner, letter in letters.items():
        console.print(Text(f"  {letter} {replace_unprintable(owner)}", style="bright_black"))
    if len(owners) > len(letters):
        others = language.translate(N_("others"))
        console.print(Text(f"  {_OTHERS} {others}", style="bright_black"))


def _letter(cell: Cell, letters: dict[str, str]) -> str:
    if not cell.taken:
        return _FREE
    letter = letters.get(cell.owners[0], _OTHERS)
    return letter.upper() if cell.taken == cell.cidr.size else letter


def draw_free_ranges(free_ranges: FreeRanges, path: Path, *, lang: str = "en") -> Path:
    """Draw the space into a file: a page, an SVG or a PNG, by the ending of its name.

    Raises
    ------
    InputError
        Where the ending is another one, or the file cannot be written.
    """
    from ..errors import InputError
    from ..figures import draw_address_space
    from ..figures.style import render_png, render_svg
    from ..findings import Finding
    from ..write import write_atomically

    figure = draw_address_space(occupancy(free_ranges.address_space), lang=lang)
    title = get_language(lang).translate(N_("What is taken and what is free"))
    match path.suffix.lower():
        case ".png":
            return write_atomically(path, render_png(figure))
        case ".svg":
            return write_atomically(path, render_svg(figure, title) + "\n")
        case ".html":
            return write_atomically(path, _page(free_ranges, render_svg(figure, title), title, lang))
    raise InputError([Finding("picture-ending", str(path), {"endings": ".html, .svg, .png"})])


def _page(free_ranges: FreeRanges, drawing: str, title: str, lang: str) -> str:
    """Return a page of its own: the offers, the picture, and what is free."""
    language = get_language(lang)
    offers = "".join(f"<li><code>{cidr}</code></li>" for cidr in free_ranges.offers[:_RANGES_SHOWN])
    free_cidrs = [str(cidr) for cidr in free_ranges.address_space.free[:_RANGES_ON_PAGE]]
    more = len(free_ranges.address_space.free) - len(free_cidrs)
    if more > 0:
        free_cidrs.append(language.render(N_("and {count} more"), {"count": more}))
    offers_title, free_title = language.translate(N_("Offers")), language.translate(N_("Free"))
    return (
        f'<!doctype html>\n<html lang="{lang}"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{stylesheet()} body {{ max-width: 60em; margin: 2em auto; padding: 0 1em; }}</style>"
        f'<body class="ipk"><h1>{escape(title)}</h1>{drawing}'
        + (f"<h2>{escape(offers_title)}</h2><ul>{offers}</ul>" if offers else "")
        + f"<h2>{escape(free_title)}</h2><p>{escape(', '.join(free_cidrs))}</p></body></html>\n"
    )
