"""Changes of pools under a running cluster: procedures as data, rehearsed in the engine, put into words."""

from .moments import COUNTS, Done, Held
from .rehearsal import Rehearsal
from .runbook import Runbook, runbook
from .shell import script
from .steps import Change, Step, steps
from .telling import Told, ToldStep, title, told

__all__ = [
    "COUNTS", "Change", "Done", "Held", "Rehearsal", "Runbook", "Step", "Told", "ToldStep", "runbook",
    "script", "steps", "title", "told",
]  # fmt: skip
