"""Changes of pools under a running cluster: procedures as data, rehearsed in the engine, put into words."""

from .pool_usage import COUNTS, PoolUsage, StepResult
from .rehearsal import Rehearsal
from .rendered_runbook import RenderedRunbook, RenderedStep, render_runbook, step_title
from .runbook import Runbook, runbook
from .shell_script import runbook_script
from .steps import Change, Step, plan_steps

__all__ = [
    "COUNTS",
    "Change",
    "PoolUsage",
    "Rehearsal",
    "RenderedRunbook",
    "RenderedStep",
    "Runbook",
    "Step",
    "StepResult",
    "plan_steps",
    "render_runbook",
    "runbook",
    "runbook_script",
    "step_title",
]
