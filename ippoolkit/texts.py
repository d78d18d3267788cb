"""Marks of texts that people read, for their translation; texts as values."""

from __future__ import annotations

from typing import Self


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text for translation."""
    return text


def P_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a singular and its plural for translation."""
    return one, many


class Words(str):
    """A value of a finding that is itself words, to be said in the reader's language; `values` fill it."""

    __slots__ = ("values",)

    values: dict[str, object]

    def __new__(cls, text: str, **values: object) -> Self:
        """Return a marked text with what fills its placeholders."""
        made = super().__new__(cls, text)
        made.values = values
        return made
