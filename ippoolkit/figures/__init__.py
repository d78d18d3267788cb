"""Figures: tables to matplotlib Figures, and those to SVG and PNG."""

from .address_map import address_map
from .block_sizes import block_sizes
from .address_space import address_space
from .designs import designs
from .growth import growth
from .style import has_font_for, png, svg

__all__ = ["address_map", "block_sizes", "growth", "has_font_for", "png", "svg"]
