"""Texts in the reader's language: a gettext catalogue, and sentences whose numbers read well.

Templates are English; `N_` and `P_` only mark them for extraction. A placeholder that names a unit, ``{blocks:block}``,
prints the number with its noun ("1 block", "64 blocks"); other whole numbers get thousands separators.
"""

from __future__ import annotations

import io
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from ..texts import P_, LocalizedText

_MAX_NAMES = 5  # of many, in a sentence

LANGUAGES = ("en", "zh")
UNITS: dict[str, tuple[str, str]] = {
    "address": P_("{n} address", "{n} addresses"),
    "block": P_("{n} block", "{n} blocks"),
    "setting": P_("{n} setting", "{n} settings"),
    "byte": P_("{n} byte", "{n} bytes"),
    "character": P_("{n} character", "{n} characters"),
    "error": P_("{n} error", "{n} errors"),
    "month": P_("{n} month", "{n} months"),
    "node": P_("{n} node", "{n} nodes"),
    "object": P_("{n} object", "{n} objects"),
    "pod": P_("{n} pod", "{n} pods"),
    "pool": P_("{n} pool", "{n} pools"),
    "tunnel": P_("{n} tunnel", "{n} tunnels"),
    "value": P_("{n} value", "{n} values"),
    "warning": P_("{n} warning", "{n} warnings"),
}
# Numbers from here on are printed as powers; exports hold every digit.
POWER_NOTATION_FROM = 10**15
# Longer texts from files, such as a selector of thousands of terms, are cut where people read them, not in exports.
MAX_SHOWN_LENGTH = 1000  # characters
_NO_BREAK_SPACE = "\u00a0"


def _format_power(value: int) -> str:
    if value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    mantissa, exponent = f"{Decimal(value):.2e}".split("e+")
    return f"{mantissa}{_NO_BREAK_SPACE}×{_NO_BREAK_SPACE}10^{exponent}"


def format_short_count(count: int) -> str:
    """Write a count for a chart, where the exact one has no room."""
    if count < 10_000:
        return f"{count:,}"
    for limit, unit in ((10**6, "k"), (10**9, "M"), (10**12, "G")):
        if count < limit:
            return f"{count * 1000 / limit:.3g}{unit}"
    return f"2^{count.bit_length() - 1}" if count & (count - 1) == 0 else f"{count:.0e}".replace("e+", "·10^")


def abbreviate_names(names: Iterable[object]) -> str:
    """Name the first of many, for a sentence."""
    distinct = list(dict.fromkeys(map(str, names)))
    text = ", ".join(distinct[:_MAX_NAMES])
    return f"{text} … (+{len(distinct) - _MAX_NAMES})" if len(distinct) > _MAX_NAMES else text


def replace_unprintable(text: str) -> str:
    """Return a name from a file as it may be shown: what steers terminals or turns writing round is blotted out."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == _NO_BREAK_SPACE else "\ufffd" for char in text)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: translates templates and fills them."""

    code: str
    catalogue: NullTranslations = field(default_factory=NullTranslations)  # of English: its texts are the templates

    def translate(self, template: str) -> str:
        """Translate a template, leaving its placeholders."""
        return self.catalogue.gettext(template) if template else ""

    def format_count(self, unit: str, count: int) -> str:
        """Print a number with its noun."""
        return self.catalogue.ngettext(*UNITS[unit], count).format(n=self.format_number(count))

    def format_number(self, value: object) -> str:
        """Print a value for reading: whole numbers with thousands separators, huge ones as powers, all else as is."""
        if not isinstance(value, int) or isinstance(value, bool):
            return self.format_text(str(value))
        text = f"{abs(value):,}" if abs(value) < POWER_NOTATION_FROM else _format_power(abs(value))
        return f"\u2212{text}" if value < 0 else text

    def format_text(self, text: str) -> str:
        """Return a text from a file as it may be shown: without what steers terminals, and not longer than a screen."""
        if len(text) <= MAX_SHOWN_LENGTH:
            return replace_unprintable(text)
        return f"{replace_unprintable(text[:MAX_SHOWN_LENGTH])}… ({self.format_count('character', len(text))})"

    def render(self, template: str, params: Mapping[str, object]) -> str:
        """Translate a template and fill in its values."""
        return "".join(
            literal if name is None else literal + self._format_placeholder(params[name], spec)
            for literal, name, spec in _parse_template(self.translate(template))
        )

    def _format_placeholder(self, value: Any, spec: str) -> str:
        if spec in UNITS:
            return self.format_count(spec, value)
        return format(value, spec) if spec else self.format_number(self.render_value(value))

    def render_value(self, value: object) -> object:
        """Return a value of a finding, said in this language where it is words, several texts or itself a finding."""
        if isinstance(value, LocalizedText):
            return self.render(value, value.params)
        if isinstance(value, tuple):
            return abbreviate_names(map(self.render_value, value))
        return value.message(self.code) if hasattr(value, "message") else value


@cache
def _parse_template(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """Cut a template into literals, each with the placeholder behind it."""
    return tuple((literal, name, spec or "") for literal, name, spec, _ in string.Formatter().parse(template))


@cache
def get_language(code: str) -> Language:
    """Return a language by its code, one of `LANGUAGES`.

    Raises
    ------
    ValueError
        For a language that the kit does not speak.
    """
    if code == "en":
        return Language(code)
    if code not in LANGUAGES:
        raise ValueError(f"no texts in {code!r}; there are {', '.join(LANGUAGES)}")
    return Language(code, _load_catalogue(Path(__file__).parent.parent / "locale" / f"{code}.po"))


def _load_catalogue(source: Path) -> GNUTranslations:
    """Load what the build compiled; in a checkout whose texts are newer, compile them here."""
    compiled = source.with_suffix(".mo")
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        with compiled.open("rb") as mo:
            return GNUTranslations(mo)
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    buffer = io.BytesIO()
    with source.open("rb") as po:
        write_mo(buffer, read_po(po, locale=source.stem))
    buffer.seek(0)
    return GNUTranslations(buffer)
