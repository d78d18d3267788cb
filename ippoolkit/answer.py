"""How an answer of the kit shows itself in a notebook."""

from __future__ import annotations

from importlib import import_module


def answer_html(answer: object) -> str:
    """Return an answer as HTML; classes of answers take this for their ``_repr_html_``.

    The views stand above the answers that they show, so they are found by name, when a notebook shows an answer.
    """
    views = import_module(".view.answers", __package__)
    return str(views.render_answer(answer))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, for the ``repr`` of an answer.

    >>> counted(1, "pool"), counted(1200, "node")
    ('1 pool', '1,200 nodes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
