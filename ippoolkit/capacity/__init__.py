"""Capacity: closed arithmetic on blocks, nodes, pods and growth, as tables and verdicts."""

from .block_sizes import block_sizes
from .choices import choices
from .comparison import comparison
from .judge import Verdict, Word
from .plan import growth, nodes, verdict, verdicts
from .pools import pools
from .prefixes import prefixes

__all__ = [
    "Verdict",
    "Word",
    "block_sizes",
    "choices",
    "comparison",
    "growth",
    "nodes",
    "pools",
    "prefixes",
    "verdict",
    "verdicts",
]
