"""How an answer of the kit shows itself: in a notebook, and where only text is printed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast


def answer_html(answer: object) -> str:
    """Return an answer as HTML; classes of answers take this for their ``_repr_html_``.

    The views stand above the answers that they show: the entry point in pyproject.toml says which one it is.
    """
    return str(_renderer()(answer))


@cache
def _renderer() -> Callable[[object], Any]:
    from importlib.metadata import entry_points  # takes long to load, and only a notebook needs it

    renderer = next(iter(entry_points(group="ippoolkit.answers", name="html")))
    return cast("Callable[[object], Any]", renderer.load())


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, for the ``repr`` of an answer.

    >>> counted(1, "pool"), counted(1200, "node")
    ('1 pool', '1,200 nodes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
