"""Changes of pools under a running cluster: procedures as data, rehearsed in the engine, written out."""

from .files import files
from .markdown import markdown
from .rehearsal import Done, Held, Rehearsal
from .runbook import Runbook, runbook
from .shell import script
from .steps import Change, Step, steps

__all__ = ["Change", "Done", "Held", "Rehearsal", "Runbook", "Step", "files", "markdown", "runbook", "script", "steps"]
