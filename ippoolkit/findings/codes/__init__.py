"""Every rule the kit judges by: tables of codes, severities, sources and texts.

A sentence says what is the matter, with the number; a mend says what to change. Placeholders are filled from a
finding's numbers (see `ippoolkit.findings.language`).
"""

from .asking import ASKING
from .audit import AUDIT
from .change import CHANGE
from .choosing import CHOOSING
from .design import DESIGN
from .documents import DOCUMENTS, METADATA, VALUES
from .installers import INSTALLERS
from .ipam import IPAM
from .live import LIVE
from .objects import CHANGES, CONFIGURE, POOLS
from .planning import PLANNING
from .reading import READING
from .rule import Rule
from .selection import SELECTION

_ALL = (
    *READING,
    *ASKING,
    *DOCUMENTS,
    *METADATA,
    *VALUES,
    *POOLS,
    *CHANGES,
    *CONFIGURE,
    *PLANNING,
    *DESIGN,
    *IPAM,
    *AUDIT,
    *SELECTION,
    *LIVE,
    *INSTALLERS,
    *CHANGE,
    *CHOOSING,
)
RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}

__all__ = ["RULES", "Rule"]
