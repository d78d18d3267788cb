"""What was worked out last, for those who ask the same again while something beside it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_KEPT = 2  # a dual-stack cluster asks for each family by turns


def recalled(of: Callable[_Asked, object]) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    """Remember the last answers of a function; `of` says what of its arguments they follow from.

    Unlike with `functools.cache` nothing is hashed: long tuples of the same objects are found equal in no time.
    """

    def wrapped(work_out: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        known: list[tuple[object, _Answer]] = []

        @wraps(work_out)
        def answer(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
            asked = of(*args, **kwargs)
            for before, answered in tuple(known):
                if before == asked:
                    return answered
            made = work_out(*args, **kwargs)
            known[:] = [(asked, made), *known[: _KEPT - 1]]
            return made

        return answer

    return wrapped
