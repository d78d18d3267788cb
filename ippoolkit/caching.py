"""What was worked out last, for those who ask the same again while something beside it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")
_CACHE_SIZE = 2  # a dual-stack cluster asks for each family by turns


def cache_last(key: Callable[_Params, object]) -> Callable[[Callable[_Params, _Result]], Callable[_Params, _Result]]:
    """Remember the last answers of a function; `of` says what of its arguments they follow from.

    Unlike with `functools.cache` nothing is hashed: long tuples of the same objects are found equal in no time.
    """

    def decorator(function: Callable[_Params, _Result]) -> Callable[_Params, _Result]:
        entries: list[tuple[object, _Result]] = []

        @wraps(function)
        def wrapper(*args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
            wanted_key = key(*args, **kwargs)
            for known_key, known_result in tuple(entries):
                if known_key == wanted_key:
                    return known_result
            result = function(*args, **kwargs)
            entries[:] = [(wanted_key, result), *entries[: _CACHE_SIZE - 1]]
            return result

        return wrapper

    return decorator
