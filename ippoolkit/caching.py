"""The last results of a function, for callers that ask the same again while something else changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")
_CACHE_SIZE = 4  # each IP version of a dual-stack cluster, for all pools together and for one pool alone


def cache_last(key: Callable[_Params, object]) -> Callable[[Callable[_Params, _Result]], Callable[_Params, _Result]]:
    """Cache the last results of a function.

    Parameters
    ----------
    key
        Returns the part of the arguments that the result depends on. Keys are compared, not hashed as by
        `functools.cache`: long tuples of the same objects are found equal in no time, and may hold dicts.
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
