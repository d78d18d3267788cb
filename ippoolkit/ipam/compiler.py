"""How the engine's inner loops are compiled: numba, with its cache on disk; NUMBA_DISABLE_JIT=1 interprets them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import types
from numba.core.caching import FunctionCache

_HERE = Path(__file__).parent


@cache
def _sources() -> str:
    """Return a hash of everything that is compiled together."""
    return sha256(b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))).hexdigest()


class _Kept(FunctionCache):
    """What numba keeps of a function on disk, stale once any source here changes, and quick to load."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # numba looks at a function's own file only, and would not notice a change of what it calls.
        self._cache_file._source_stamp = (self._cache_file._source_stamp, _sources())  # noqa: SLF001

    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._cache_file._load_index()  # noqa: SLF001

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load what is kept; numba would first set up all that compiling takes, which takes longer than the rest."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function into those that call it: a call would have to pass every array of the state."""
    return _compile(function, forceinline=True)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function of the engine when it is first called."""
    return _compile(function)


def is_cold(made: Any) -> bool:
    """Whether a function has still to be compiled, which takes a while."""
    return hasattr(made, "_cache") and made._cache.is_empty()  # noqa: SLF001


def _common(kind: Any) -> Any:
    """Return the type that an argument is passed as: else a function is compiled for each constant and each width."""
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) else kind


def _compile(function: Callable[..., Any], **options: bool) -> Any:
    """Compile, or load what was compiled.

    References are not counted: nothing is allocated in here, and counting is most of the time otherwise.
    """
    made: Any = njit(_nrt=False, error_model="numpy", **options)(function)  # type: ignore[call-overload]
    if made is not function:  # it is compiled
        made._cache = _Kept(function)  # noqa: SLF001
        template = made.get_call_template
        made.get_call_template = lambda args, kws: template([_common(each) for each in args], kws)
    return made
