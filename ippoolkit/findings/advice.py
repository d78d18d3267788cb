"""What else helps in a cluster, beside the remedy of a rule, and what each piece of advice is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..texts import N_, LocalizedText


class Purpose(StrEnum):
    """What a part of a remedy is for, in the order in which the parts are said."""

    NOW = N_("Now")
    FOR_GOOD = N_("For good")
    NODE_NAMES = N_("To know which nodes")
    STEPS = N_("Steps")


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of advice; what a rule's own remedy says is `Purpose.FOR_GOOD`."""

    text: LocalizedText
    purpose: Purpose = Purpose.FOR_GOOD
