"""Marks of texts that people read, for their translation; texts as values."""

from __future__ import annotations

from typing import Self


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text for translation."""
    return text


def P_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 (as N_)
    """Mark a singular and its plural for translation."""
    return singular, plural


class LocalizedText(str):
    """A value of a finding that is itself words, to be said in the reader's language; `params` fill it."""

    __slots__ = ("params",)

    params: dict[str, object]

    def __new__(cls, text: str, **params: object) -> Self:
        """Return a marked text with what fills its placeholders."""
        localized = super().__new__(cls, text)
        localized.params = params
        return localized
