"""The planner's tab that proposes: fields, and designs to click."""

from dataclasses import replace
from datetime import date

import pytest

import ippoolkit as ipk
from ippoolkit.findings import get_language
from ippoolkit.widgets.choose_fields import NEED_SECTION
from ippoolkit.widgets.choose_tab import ChooseTab
from tests.helpers import ROOT, plan

SAMPLE = ROOT / "data/kubespray.yaml"


class Holder:
    """A planner's part: holds the plan."""

    def __init__(self, scenario):
        self.scenario = scenario

    def take(self, scenario):
        self.scenario = scenario


def choose_tab(holder, lang="en"):
    tab = ChooseTab(get_language(lang), lambda: holder.scenario, holder.take, date(2026, 11, 26))
    tab.refresh()
    return tab


@pytest.fixture
def holder():
    return Holder(plan(nodes=12, pods=60, busiest=60))


@pytest.fixture
def tab(holder):
    return choose_tab(holder)


def html(tab):
    return tab.widget.children[1].html


def field_value(tab, name):
    return tab.widget.children[0].state[name]["value"]


def test_the_need_is_that_of_the_plan_until_something_is_typed(tab):
    assert (field_value(tab, "nodes"), field_value(tab, "pods_per_node"), field_value(tab, "family")) == (12, 60, "4")
    assert "Picked: /22 with blockSize 26" in html(tab)
    tab.set("nodes", 100)
    assert field_value(tab, "nodes") == 100
    assert "Picked: /19 with blockSize 26" in html(tab)


def test_networks_in_use_are_kept_clear_and_no_room_is_said(tab, holder):
    peer = ipk.Cidr.parse("10.64.0.0/16")
    holder.scenario = replace(holder.scenario, networks=ipk.Networks(peers=(peer,)))
    tab.set("within", "10.64.0.0/15")
    assert "blockSize 26" in html(tab)
    tab.take(1)
    assert not any(pool.cidr.overlaps(peer) for pool in holder.scenario.cluster.pools)
    assert holder.scenario.networks.peers == (peer,)
    tab.set("within", "10.64.0.0/16")
    assert "nothing is free in 10.64.0.0/16" in html(tab)
    pools = holder.scenario.cluster.pools
    tab.take(1)  # as a page would that shows what there was before
    assert holder.scenario.cluster.pools == pools
    assert 'role="alert"' in html(tab)


def test_a_dot_lands_in_the_plan_and_can_be_taken_back(tab, holder):
    before = holder.scenario
    tab.set("nodes", 100)
    tab._on_action(None, {"action": "take", "value": "2"}, [])
    picked = holder.scenario
    assert picked != before
    assert ipk.capacity(picked).verdict.params["nodes"] == 100
    assert "Go back" in html(tab)
    tab._on_action(None, {"action": "undo"}, [])
    assert holder.scenario == before


def test_it_is_a_tab_of_the_planner_and_changes_its_fields():
    planner = ipk.Planner(SAMPLE)
    tabs = planner._tabs
    assert tabs.titles[-2:] == ("Choose", "Forecast")
    tabs.selected_index = tabs.titles.index("Choose")
    planner._choose_tab.set("nodes", 30)
    planner._choose_tab.set("pods_per_node", 20)
    planner._choose_tab.set("within", "10.0.0.0/8")
    planner._choose_tab.take(1)
    assert planner.scenario.plan.groups[0].nodes == 30
    assert planner._state.scenario is planner.scenario


def test_every_design_shown_can_be_clicked(tab):
    tab.set("family", "dual")
    page = html(tab)
    assert page.count('data-action="take"') == page.count("<title>") > 4
    assert "Designs, IPv6" in page


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("nodes", 0, "0"),
        ("nodes", -1, "-1"),
        ("racks", 0, "0"),
        ("max_routes", "many", "many"),
        ("within", "10.0.0.1/8", "10.0.0.0/8"),
        ("within", "x", "x"),
        ("family", "5", "5"),
        ("encapsulation", "geneve", "geneve"),
        ("headroom", -5, "-5"),
        ("pods_per_node", 10**9, "1000000"),
    ],
)
def test_a_bad_value_is_named_and_the_tab_lives_on(tab, name, value, message):
    tab.set(name, value)
    assert 'role="alert"' in html(tab)
    assert message in html(tab)
    tab.set(name, {"max_routes": "", "within": "", "family": "4", "encapsulation": "none"}.get(name, 1))
    assert "Picked" in html(tab)


@pytest.mark.parametrize("name", [field.name for field in NEED_SECTION.fields])
@pytest.mark.parametrize("value", ["", None, "<script>alert(1)</script>", 7])
def test_nothing_that_is_typed_ends_in_an_exception(tab, name, value):
    tab._form._on_change(None, {"name": name, "value": value, "number": 1}, [])
    assert "<script>" not in html(tab)


def test_nothing_holds_names_the_rule(tab):
    tab.set("max_routes", "3")
    assert "max-routes" in html(tab)


def test_without_nodes_it_asks_for_them():
    tab = choose_tab(Holder(ipk.Scenario()), "zh")
    assert "请填写节点数" in html(tab)
    assert "--nodes" not in html(tab)
    tab.set("nodes", 5)
    assert "选定" in html(tab)


def test_where_the_cluster_is_full_a_click_searches_elsewhere():
    tab = choose_tab(Holder(ipk.load(SAMPLE)))
    assert "nothing is free in 10.233.64.0/18" in html(tab)
    assert 'data-action="within" data-value="10.0.0.0/8"' in html(tab)
    tab._on_action(None, {"action": "within", "value": "10.0.0.0/8"}, [])
    assert field_value(tab, "within") == "10.0.0.0/8"
    assert "Picked: /19 with blockSize 25" in html(tab)
    assert "10.233.0.0/19 is outside the cluster CIDR 10.233.64.0/18" in html(tab)


def test_a_design_without_room_says_so_when_it_is_clicked(tab, holder):
    before = holder.scenario
    tab.set("within", "10.0.0.0/30")
    tab.take(1)
    assert holder.scenario == before
    assert 'role="alert"' in html(tab)
    assert "10.0.0.0/30" in html(tab)


def test_a_cluster_that_exists_is_told_what_it_can_change(holder):
    tab = choose_tab(Holder(ipk.load(SAMPLE)))
    assert "On the cluster as it is" in html(tab)
    tab.set("nodes", 300)
    tab.set("within", "10.0.0.0/8")
    assert "ippoolkit runbook grow --pool default-pool" in html(tab)
