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

_PACKAGE_FOLDER = Path(__file__).parent


@cache
def _source_hash() -> str:
    """Return a hash of everything that is compiled together."""
    return sha256(b"".join(path.read_bytes() for path in sorted(_PACKAGE_FOLDER.glob("*.py")))).hexdigest()


class _PackageCache(FunctionCache):
    """What numba keeps of a function on disk, stale once any source here changes, and quick to load."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # numba looks at a function's own file only, and would not notice a change of what it calls.
        self._cache_file._source_stamp = (self._cache_file._source_stamp, _source_hash())  # noqa: SLF001

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


def needs_compiling(function: Any) -> bool:
    """Whether a function has still to be compiled, which takes a while."""
    return hasattr(function, "_cache") and function._cache.is_empty()  # noqa: SLF001


def _generic_type(argument_type: Any) -> Any:
    """Return the type that an argument is passed as: else a function is compiled for each constant and each width."""
    argument_type = types.unliteral(argument_type)
    return types.int64 if isinstance(argument_type, types.Integer) else argument_type


def _compile(function: Callable[..., Any], **options: bool) -> Any:
    """Compile, or load what was compiled.

    References are not counted: nothing is allocated in here, and counting is most of the time otherwise.
    """
    dispatcher: Any = njit(_nrt=False, error_model="numpy", **options)(function)  # type: ignore[call-overload]
    if dispatcher is not function:  # it is compiled
        dispatcher._cache = _PackageCache(function)  # noqa: SLF001
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws: template([_generic_type(argument) for argument in args], kws)
    return dispatcher
