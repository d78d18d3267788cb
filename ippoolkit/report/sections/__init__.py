"""What reports say: a class for each template, whose methods are the cells of its notebook."""

from .capacity_report import CapacityReport
from .choose_report import ChooseReport
from .comparison_report import ComparisonReport
from .fleet_report import FleetReport

__all__ = ["CapacityReport", "ChooseReport", "ComparisonReport", "FleetReport"]
