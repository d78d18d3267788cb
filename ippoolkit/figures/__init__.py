"""Figures: tables to matplotlib Figures, and those to SVG."""

from .block_sizes import block_sizes
from .style import svg

__all__ = ["block_sizes", "svg"]
