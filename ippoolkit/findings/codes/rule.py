"""What a rule is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, how grave a breach is, the key of its source, and its words.

    `brief` is the sentence cut to what a table's cell can hold, for rules that verdicts rest on.
    """

    code: str
    severity: str
    source: str
    sentence: str
    mend: str = ""
    brief: str = ""
