"""Every rule the kit judges by: tables of codes, severities, sources and texts.

A sentence says what is the matter, with the number; a mend says what to change. Placeholders are filled from a
finding's numbers (see `ippoolkit.findings.language`).
"""

from .design import DESIGN
from .planning import PLANNING
from .reading import READING
from .rule import Rule

RULES: dict[str, Rule] = {rule.code: rule for rule in (*READING, *PLANNING, *DESIGN)}

__all__ = ["RULES", "Rule"]
