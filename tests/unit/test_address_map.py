"""The address map: what its cells say is what the engine holds."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit import figures
from ippoolkit.simulation import address_map, place_planned_pods
from ippoolkit.simulation.address_map import nodes_without_blocks
from tests.helpers import plan


@pytest.fixture(scope="module")
def short():
    """64 blocks for 70 nodes."""
    return place_planned_pods(plan(size=24))


def with_reservation(scenario, *cidrs):
    reservation = ipk.IPReservation(name="r", reserved_cidrs=tuple(map(ipk.Cidr.parse, cidrs)))
    return replace(scenario, cluster=replace(scenario.cluster, reservations=(reservation,)))


def test_a_cell_a_block_where_there_are_few(short):
    cells = address_map(short, "pool")
    blocks = short.blocks.set_index("block")
    assert list(cells["range"]) == [str(ipk.Cidr.parse("10.233.64.0/18").subnet(24, n)) for n in range(64)]
    for cell in cells.to_dict("records"):
        block = blocks.loc[cell["range"]]
        assert f"host:{cell['node']}" == block["affinity"]
        assert (cell["used"], cell["borrowed"]) == (block["addresses_used"], block["borrowed"])
    assert cells["borrowed"].sum() == 366  # 6 nodes with 60 pods and a tunnel address each


def test_nodes_without_a_block_are_named(short):
    assert nodes_without_blocks(short, "pool") == [f"nodes-{number:05d}" for number in range(65, 71)]


@pytest.mark.parametrize("cells", [1, 3, 16, 1000])
def test_cells_together_hold_what_blocks_hold(short, cells):
    view = address_map(short, "pool", cells=cells)
    assert len(view) <= cells
    assert view["blocks"].sum() == view["claimed"].sum() == 64
    assert view["used"].sum() == short.timeline["addresses_used"].iloc[-1]
    assert view["addresses"].sum() == 2**14


def test_a_part_of_a_pool(short):
    whole_view = address_map(short, "pool")
    part_view = address_map(short, "pool", first=10, count=5)
    assert part_view.to_dict("records") == whole_view[10:15].to_dict("records")
    assert len(address_map(short, "pool", first=60, count=100)) == 4


def test_reserved_addresses_are_counted_in_their_cells():
    view = address_map(place_planned_pods(with_reservation(plan(), "10.233.64.0/25", "10.233.66.5/32")), "pool")
    assert (
        dict(zip(view["range"], view["reserved"], strict=True)).items()
        >= {
            "10.233.64.0/26": 64,
            "10.233.64.64/26": 64,
            "10.233.64.128/26": 0,
            "10.233.66.0/26": 1,
        }.items()
    )
    assert view["reserved"].sum() == 129
    coarse = address_map(
        place_planned_pods(with_reservation(plan(), "10.233.64.0/25", "10.233.66.5/32")), "pool", cells=16
    )
    assert coarse["reserved"].sum() == 129
    assert coarse["range"][0] == "10.233.64.0/22"


def test_a_pool_of_two_to_the_74_blocks_is_exact():
    view = address_map(place_planned_pods(plan(cidr="fd00::/48", size=122)), "pool")
    assert view["blocks"].sum() == 2**74
    assert view["addresses"].sum() == 2**80
    assert (view["claimed"].sum(), view["used"].sum()) == (71, 4320)
    assert view["range"].iloc[-1] == "fd00:0:0:ffc0::/58"


def test_an_unknown_pool_is_told(short):
    with pytest.raises(KeyError):
        address_map(short, "other")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_its_picture_is_the_same_each_time(short, lang):
    first, second = (
        figures.render_svg(figures.draw_address_map(address_map(short, "pool"), lang=lang), "map") for _ in range(2)
    )
    assert first == second
    assert ("borrowed by other nodes" if lang == "en" else "借给其他节点") in first


def test_the_picture_of_growth_marks_the_month_in_which_blocks_run_out():
    svg = figures.render_svg(figures.draw_growth(ipk.capacity(plan(nodes_per_month=15, nodes=100)).growth()), "growth")
    assert "month 11" in svg
    assert "280 needed of 256" in svg
