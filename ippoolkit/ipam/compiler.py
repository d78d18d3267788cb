"""How the engine's inner loops are compiled: numba, with its cache on disk; NUMBA_DISABLE_JIT=1 interprets them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit

_HERE = Path(__file__).parent


@cache
def _sources() -> str:
    """Return a hash of everything that is compiled together."""
    return sha256(b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))).hexdigest()


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function into those that call it: a call would have to pass every array of the state."""
    return _compile(function, forceinline=True)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function of the engine when it is first called."""
    return _compile(function)


def is_cold(made: Any) -> bool:
    """Whether a function has still to be compiled, which takes a while."""
    kept = getattr(getattr(made, "_cache", None), "_cache_file", None)
    return kept is not None and not kept._load_index()  # noqa: SLF001


def _compile(function: Callable[..., Any], **options: bool) -> Any:
    """Compile, or load what was compiled.

    References are not counted: nothing is allocated in here, and counting is most of the time otherwise.
    """
    made: Any = njit(cache=True, _nrt=False, error_model="numpy", **options)(function)  # type: ignore[call-overload]
    # numba looks at a function's own file only, and would not notice a change of what it calls.
    if (kept := getattr(getattr(made, "_cache", None), "_cache_file", None)) is not None:
        kept._source_stamp = (kept._source_stamp, _sources())  # noqa: SLF001
    return made
