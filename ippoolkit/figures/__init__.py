"""Figures: tables to matplotlib Figures, and those to SVG."""

from .address_map import address_map
from .block_sizes import block_sizes
from .growth import growth
from .style import svg

__all__ = ["address_map", "block_sizes", "growth", "svg"]
