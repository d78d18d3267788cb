"""Figures are drawn as recorded, but for what fonts and smoothing make of them; `tests.figures` says what is compared."""

import pytest

import ippoolkit as ipk
from ippoolkit.figures import draw_address_map, draw_block_sizes, draw_growth
from ippoolkit.simulation import address_map as cells_of
from ippoolkit.simulation import place_planned_pods
from tests.figures import drawn, figures, recording, unlike
from tests.helpers import plan

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(("name", "draw"), list(figures()), ids=[name for name, _ in figures()])
def test_a_figure_is_drawn_as_recorded(name, draw):
    assert unlike(drawn(draw()), recording(name)) == ""


def other_block_size():
    return draw_block_sizes(ipk.capacity(plan(size=24, nodes_per_month=6)).block_sizes("pool"), chosen_block_size=24)


def other_growth():
    return draw_growth(ipk.capacity(plan(size=24, nodes_per_month=6)).growth(), family=4)


def one_block_less():
    cells = cells_of(place_planned_pods(plan(size=24, nodes_per_month=5)), "pool", cells=512)
    last = cells.index[cells["claimed"] > 0][-1]
    cells.loc[last, ["claimed", "used", "borrowed"]] = 0
    return draw_address_map(cells)


@pytest.mark.parametrize(
    ("name", "draw"), [("block-sizes", other_block_size), ("growth", other_growth), ("address-map", one_block_less)]
)
def test_the_comparison_sees_a_plan_that_is_a_little_different(name, draw):
    assert unlike(drawn(draw()), recording(name)) != ""
