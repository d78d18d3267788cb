"""Capacity: closed arithmetic on blocks, nodes, pods and growth, as tables and verdicts."""

from .block_size_table import block_sizes
from .choice_table import choices
from .comparison_table import comparison
from .evaluation import Status, Verdict
from .plan_tables import growth, nodes, verdict, verdicts
from .pool_table import pools
from .prefix_table import prefixes

__all__ = [
    "Status",
    "Verdict",
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
