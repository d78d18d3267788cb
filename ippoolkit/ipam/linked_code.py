"""How functions are compiled that only compiled functions call: into these, and no further.

numba would optimise each of them by itself and make machine code of it, and then do both again inside every function
that calls it, since it is linked into all of them. Only the latter is ever run.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import LoweringPass, PassManager, register_pass
from numba.core.typed_passes import NativeLowering


class _LinkedLibrary(JITCodeLibrary):
    """Code that is optimised, and made into machine code, together with what it is linked into."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=False, analysis_only=True)
class _MakeKnown(LoweringPass):
    """Let callers find the function: numba has them look it up by what Python would call, and there is nothing."""

    _name = "make_known"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Register the function under an object of its own."""
        key = object()
        state.targetctx.insert_user_function(key, state.cr.fndesc, [state.library])
        state["cr"] = state.cr._replace(cfunc=key)
        return False


class LinkedCompiler(Compiler):
    """numba's compiler, ending where the code can be linked."""

    def __init__(self, *arguments: Any) -> None:
        typing_context, target_context, library, argument_types, return_type, flags, local_types = arguments
        flags.no_compile = True
        library = library or _LinkedLibrary(target_context.codegen(), "linked")
        super().__init__(typing_context, target_context, library, argument_types, return_type, flags, local_types)

    def define_pipelines(self) -> list[PassManager]:
        """Return numba's steps, with one more."""
        (steps,) = super().define_pipelines()
        steps.add_pass_after(_MakeKnown, NativeLowering)
        steps.finalize()
        return [steps]
