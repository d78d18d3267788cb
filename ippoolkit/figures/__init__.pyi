from .address_map_chart import draw_address_map
from .address_space_chart import draw_address_space
from .block_size_chart import draw_block_sizes
from .design_chart import draw_designs
from .fan_chart import draw_fan
from .forecast_chart import draw_forecast
from .growth_chart import draw_growth
from .style import has_font_for, render_png, render_svg

__all__ = [
    "draw_address_map",
    "draw_address_space",
    "draw_block_sizes",
    "draw_designs",
    "draw_fan",
    "draw_forecast",
    "draw_growth",
    "has_font_for",
    "render_png",
    "render_svg",
]
