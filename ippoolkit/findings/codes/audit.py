"""What an audit finds in a cluster that exists."""

from __future__ import annotations

from ..language import N_
from .rule import Rule

AUDIT = (
    Rule(
        "figure-differs",
        "warning",
        "kit",
        N_("{figure} of {of} is {told} here, and {counted} by the objects that were read."),
        N_("Save all outputs at one moment: what changed in between looks like a defect."),
    ),
)
