"""What to choose, and where there is room: every design worth having, one of them picked; free ranges; routes."""

from ..address_space import ListedNetwork
from .announced_routes import scenario_routes
from .choose_tables import change_options_table, designs_table, first_designs, routes_table
from .existing_cluster import ChangeOption, change_options
from .free_range_search import FreeRanges, free
from .recommendation import Recommendation, recommend
from .routes import Peering, routing_tables

__all__ = [
    "ChangeOption",
    "FreeRanges",
    "ListedNetwork",
    "Peering",
    "Recommendation",
    "change_options",
    "change_options_table",
    "designs_table",
    "first_designs",
    "free",
    "recommend",
    "routes_table",
    "routing_tables",
    "scenario_routes",
]
