"""How the engine's inner loops are compiled: numba, with its cache on disk; NUMBA_DISABLE_JIT=1 interprets them.

The cache lies beside the sources, or where these cannot be written to in the user's cache folder.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import types
from numba.core.caching import FunctionCache

from . import state_pointer  # noqa: F401 (teaches numba what a State is)
from .linked_code import LinkedCompiler

_PACKAGE_FOLDER = Path(__file__).parent
# What is compiled together, and what it takes constants from: the rest of the kit may change without recompiling.
COMPILED_SOURCES = (
    "assignment.py",
    "batch_events.py",
    "bitmap.py",
    "block_claims.py",
    "blocks.py",
    "compilation.py",
    "datastore_keys.py",
    "free_queue.py",
    "gorand.json",
    "int128.py",
    "layout.py",
    "linked_code.py",
    "node_controller.py",
    "random_runs.py",
    "start_index.py",
    "state_pointer.py",
    "../simulation/rolling_drain.py",
)
# The compiled functions that Python calls.
_entry_points: list[Any] = []


@cache
def _source_hash() -> str:
    """Return a hash of everything that is compiled together."""
    return sha256(b"".join((_PACKAGE_FOLDER / name).read_bytes() for name in COMPILED_SOURCES)).hexdigest()


class _PackageCache(FunctionCache):
    """What numba keeps of a function on disk, stale once any of its sources changes, and quick to load."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # numba looks at the time of a function's own file, and would not notice a change of what it calls.
        self._cache_file._source_stamp = _source_hash()

    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._cache_file._load_index()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load what is kept; numba would first set up all that compiling takes, which takes longer than the rest."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function of the engine that Python calls, when it is first called."""
    dispatcher = _compile(function)
    if dispatcher is not function:
        with suppress(RuntimeError):  # no folder can be written to: it is compiled in each process
            dispatcher._cache = _PackageCache(function)
        compile_for_arguments = dispatcher._compile_for_args
        dispatcher._compile_for_args = _without_collection(compile_for_arguments)
        _entry_points.append(dispatcher)
    return dispatcher


def _without_collection(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs without garbage collection, which is a seventh of the time that compiling takes."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return run


def internal(function: Callable[..., Any]) -> Any:
    """Compile a function that only compiled functions call: without a way in from Python, which takes long."""
    return _compile_internal(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a short function of every assignment and release into those that call it."""
    return _compile_internal(function, forceinline=True)


def _compile_internal(function: Callable[..., Any], **options: bool) -> Any:
    dispatcher = _compile(function, no_cpython_wrapper=True, pipeline_class=LinkedCompiler, **options)
    if dispatcher is not function:
        dispatcher._insert = lambda *_: None  # what is inserted can be called, and there is nothing to call
        dispatcher._compile_for_args = _refuse_call
    return dispatcher


def _refuse_call(*_: Any, **__: Any) -> Any:
    raise TypeError("only compiled functions call this one")


def needs_compiling() -> bool:
    """Whether anything of the engine has still to be compiled, which takes a while."""
    return any(_is_cold(dispatcher) for dispatcher in _entry_points)


def _is_cold(dispatcher: Any) -> bool:
    cached = dispatcher._cache
    return not dispatcher.overloads and (not isinstance(cached, _PackageCache) or cached.is_empty())


def _generic_type(argument_type: Any) -> Any:
    """Return the type that an argument is passed as: else a function is compiled for each constant and each width."""
    argument_type = types.unliteral(argument_type)
    return types.int64 if isinstance(argument_type, types.Integer) else argument_type


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    """Compile, or load what was compiled.

    References are not counted: nothing is allocated in here, and counting is most of the time otherwise.
    """
    dispatcher: Any = njit(_nrt=False, error_model="numpy", no_cfunc_wrapper=True, **options)(function)  # type: ignore[call-overload]  # numba
    if dispatcher is not function:  # it is compiled
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws: template([_generic_type(argument) for argument in args], kws)
    return dispatcher
