"""The planner without a browser: every control, what follows from it, and what does not go wrong."""

import gc

import pytest

import ippoolkit as ipk
from ippoolkit.view.html import table_html, verdict_html
from tests.helpers import ROOT, plan

KUBEAN = ROOT / "data/kubean.yaml"


@pytest.fixture
def planner():
    return ipk.Planner(plan())


def pool(planner):
    return planner.scenario.cluster.pools[0]


def group(planner):
    return planner.scenario.plan.groups[0]


def set_to(planner, name, value):
    getattr(planner._controls, name).value = value


def test_shows_the_verdict_and_tables_of_the_scenario(planner):
    assert planner._verdict.value == verdict_html(planner.scenario)
    table = table_html("block_sizes", ipk.block_sizes(planner.scenario), chosen=26, caption="Pool pool, 10.233.64.0/18")
    assert planner._tabs.children[0].value.startswith(table)
    assert "<svg" in planner._tabs.children[0].value


@pytest.mark.parametrize(
    ("control", "value", "read"),
    [
        ("prefix", 17, lambda p: pool(p).cidr.prefix),
        ("block_size", 24, lambda p: pool(p).block_size),
        ("cidr", "10.0.0.0/12", lambda p: str(pool(p).cidr)),
        ("encapsulation", "IPIP CrossSubnet", lambda p: pool(p).encapsulation),
        ("encapsulation", "None", lambda p: pool(p).encapsulation),
        ("strict", True, lambda p: p.scenario.cluster.ipam.strict_affinity),
        ("nodes", 12, lambda p: group(p).nodes),
        ("pods", 33, lambda p: group(p).pods_per_node),
        ("busiest", 99, lambda p: group(p).pods_on_busiest_node),
        ("growth", 7, lambda p: group(p).nodes_per_month),
    ],
)
def test_every_control_changes_the_scenario_and_what_is_shown(planner, control, value, read):
    planner._tabs.selected_index = len(planner._tabs.children) - 1
    before = planner._tabs.children[-1].value
    set_to(planner, control, value)
    assert read(planner) == value
    assert planner._verdict.value == verdict_html(planner.scenario)
    assert planner._tabs.children[-1].value != before


def test_a_shorter_range_takes_the_block_size_along(planner):
    set_to(planner, "prefix", 28)
    assert pool(planner).block_size == 28
    assert planner._controls.block_size.min == 28


def test_the_block_size_slider_never_reaches_a_size_that_calico_refuses(planner):
    for prefix in range(planner._controls.prefix.min, planner._controls.prefix.max + 1):
        set_to(planner, "prefix", prefix)
        slider = planner._controls.block_size
        assert (slider.min, slider.max) == (max(20, prefix), 32)
        for size in range(slider.min, slider.max + 1):
            slider.value = size
            assert pool(planner).block_size == size
            assert planner._controls.error.value == ""


def test_another_family_brings_its_own_sizes_and_back(planner):
    set_to(planner, "encapsulation", "IPIP Always")
    set_to(planner, "cidr", "fd00:10:244::/64")
    assert (pool(planner).block_size, pool(planner).encapsulation) == (122, "None")
    assert (planner._controls.block_size.min, planner._controls.block_size.max) == (116, 128)
    assert "IPIP Always" not in planner._controls.encapsulation.options
    set_to(planner, "cidr", "10.0.0.0/16")
    assert pool(planner).block_size == 26


@pytest.mark.parametrize("text", ["10.0.0.1/8", "nonsense", "", "10.0.0.0/33", "<script>alert(1)</script>"])
def test_a_bad_cidr_is_told_beside_its_field_and_the_last_result_stays(planner, text):
    before = planner.scenario, planner._verdict.value
    set_to(planner, "cidr", text)
    assert (planner.scenario, planner._verdict.value) == before
    assert "role" in planner._controls.error.value
    assert "<script" not in planner._controls.error.value
    assert "last result" in planner._status.value
    set_to(planner, "cidr", "10.233.64.0/18")
    assert planner._controls.error.value == planner._status.value == ""


def test_sliders_widen_with_their_values(planner):
    assert planner._controls.nodes.max == 100
    set_to(planner, "nodes", 95)
    assert planner._controls.nodes.max == 250
    big = ipk.Planner(plan(nodes=5000))
    assert big._controls.nodes.value == 5000
    assert big._controls.nodes.max > 5000


def test_several_pools_are_edited_one_by_one():
    planner = ipk.Planner(KUBEAN)
    set_to(planner, "pool", "extra-ippool")
    assert planner._controls.cidr.value == "192.168.0.0/20"
    set_to(planner, "block_size", 28)
    sizes = {each.name: each.block_size for each in planner.scenario.cluster.pools}
    assert sizes == {"default-pool": 26, "default-pool-ipv6": 122, "extra-ippool": 28}


def test_existing_nodes_stay_until_a_cluster_slider_moves():
    planner = ipk.Planner(KUBEAN)
    set_to(planner, "block_size", 27)
    assert len(planner.scenario.cluster.nodes) == 6
    set_to(planner, "nodes", 40)
    assert planner.scenario.cluster.nodes == ()
    assert group(planner).nodes == 40


def test_every_tab_shows_something(planner):
    for index, child in enumerate(planner._tabs.children):
        planner._tabs.selected_index = index
        assert child.value.strip()
    set_to(planner, "nodes", 50)
    assert "nodes: 50" in planner._tabs.children[-1].value


def test_assigning_a_scenario_shows_it(planner):
    planner.scenario = plan(size=24)
    assert "node 65 gets none" in planner._verdict.value
    assert planner._controls.block_size.value == 24


def test_chinese():
    assert "可容纳" in ipk.Planner(plan(), lang="zh")._verdict.value


@pytest.mark.parametrize("scenario", [ipk.Scenario(), plan(nodes=0), ipk.load(ROOT / "data/default-ipv4-ippool.yaml")])
def test_scenarios_without_pools_or_nodes_are_shown(scenario):
    planner = ipk.Planner(scenario)
    for index in range(len(planner._tabs.children)):
        planner._tabs.selected_index = index
    assert planner._verdict.value


def test_a_thousand_changes_leave_no_figures_and_no_widgets_behind(planner):
    import ipywidgets
    from matplotlib import _pylab_helpers

    def alive():
        gc.collect()
        return sum(isinstance(each, ipywidgets.Widget) for each in gc.get_objects())

    set_to(planner, "nodes", 51)
    widgets = alive()
    planner._tabs.selected_index = 1
    for number in range(1000):
        set_to(planner, "nodes", 20 + number % 30)
    planner._tabs.selected_index = 0
    for size in (24, 25, 26):
        set_to(planner, "block_size", size)
    assert alive() == widgets
    assert _pylab_helpers.Gcf.get_all_fig_managers() == []


def test_the_other_tabs_show_the_tables_of_the_changed_scenario(planner):
    set_to(planner, "block_size", 24)
    planner._tabs.selected_index = 1
    assert planner._tabs.children[1].value == table_html("nodes", ipk.nodes(planner.scenario))
    planner._tabs.selected_index = 2
    assert planner._tabs.children[2].value == table_html("growth", ipk.growth(planner.scenario))
