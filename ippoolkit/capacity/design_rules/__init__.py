"""What is wrong, doubtful or worth knowing about a design: one function a rule."""

from .check import check_design, design_findings

__all__ = ["check_design", "design_findings"]
