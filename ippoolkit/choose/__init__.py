"""What to choose, and where there is room: every design worth having, one of them picked; free ranges; routes."""

from .tables import designs_table, routes_table, ways_table
from .existing import Way, ways
from .finding import FreeRanges, find_free
from .recommendation import Recommendation, recommend
from .routes import Peering, tables
from .space import Taken

__all__ = [
    "FreeRanges",
    "Peering",
    "Recommendation",
    "Taken",
    "Way",
    "designs_table",
    "find_free",
    "recommend",
    "routes_table",
    "tables",
    "ways",
    "ways_table",
]
