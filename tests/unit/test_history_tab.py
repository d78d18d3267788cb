"""The planner's tab "Forecast": a history in, dates out, its growth taken over in one click."""

import asyncio

import pytest

import ippoolkit as ipk
from ippoolkit.findings import get_language
from ippoolkit.widgets.editor_state import EditorState
from ippoolkit.widgets.history_tab import HistoryTab

HEADING = "time,pool,in_use,capacity\n"


def history(per_day, pool="pool", days=120, start=500):
    rows = [
        f"2026-{1 + day // 28:02}-{1 + day % 28:02},{pool},{round(start + per_day * day)},4096" for day in range(days)
    ]
    return (HEADING + "\n".join(rows)).encode()


@pytest.fixture
def plan():
    pool = ipk.IPPool(name="pool", cidr="10.0.0.0/20")
    groups = (ipk.NodeGroup(name="a", nodes=10, pods_per_node=50), ipk.NodeGroup(name="b", nodes=2, pods_per_node=20))
    return ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=groups))


def tab_for(plan, group="", lang="en"):
    state = {"editor": EditorState(plan, group_name=group)}
    tab = HistoryTab(
        get_language(lang),
        lambda: state["editor"],
        lambda scenario: state.update(editor=EditorState(scenario, group_name=group)),
    )
    return tab, state


def test_measured_growth_becomes_the_plans(plan):
    tab, state = tab_for(plan, group="a")
    assert 'data-action="history"' in tab.pane.html
    tab._on_action(None, {"action": "history", "value": ["h.csv"]}, [memoryview(history(per_day=5))])
    assert "2026-" in tab.pane.html
    tab._on_action(None, {"action": "growth", "value": ""}, [])
    first, second = state["editor"].scenario.plan.groups
    # 5 addresses a day are 152 a month: 3 nodes of 50 pods.
    assert first.nodes_per_month == pytest.approx(3.0, abs=0.3)
    assert second.nodes_per_month == 0
    assert "The plan uses this growth" in tab.pane.html


def test_pools_of_other_plans_do_not_count(plan):
    tab, _ = tab_for(plan)
    both = history(5) + b"\n" + history(20, pool="elsewhere").removeprefix(HEADING.encode())
    tab.load(["h.csv"], [both])
    assert "elsewhere" in tab.pane.html
    assert tab._growth() == pytest.approx(5 * 365 / 12, rel=0.1)


def test_a_history_that_shrinks_plans_no_growth(plan):
    tab, state = tab_for(plan, group="a")
    tab.load(["h.csv"], [history(-2, start=2000)])
    assert tab._growth() < 0
    tab.take_growth()
    assert state["editor"].scenario.plan.groups[0].nodes_per_month == 0


def test_what_is_wrong_is_said_under_the_files_own_name(plan):
    tab, state = tab_for(plan, lang="zh")
    tab.load(["gauges.csv"], [HEADING.encode() + b"2026-01-01,pool,many,9\n"])
    assert "gauges.csv:2" in tab.pane.html
    assert "Traceback" not in tab.pane.html
    before = state["editor"]
    tab.take_growth()
    assert state["editor"] is before


def test_too_few_points_give_no_button(plan):
    tab, _ = tab_for(plan)
    tab.load(["h.csv"], [history(5, days=4)])
    assert 'data-action="growth"' not in tab.pane.html
    assert "no forecast" in tab.pane.html


def test_in_a_page_the_forecast_runs_beside(plan):
    tab, _ = tab_for(plan)

    async def load():
        tab.load(["h.csv"], [memoryview(history(5))])
        assert "<progress" in tab.pane.html
        await tab._task

    asyncio.run(load())
    assert 'data-action="growth"' in tab.pane.html


def test_the_planner_has_the_tab_and_its_growth_moves_the_slider(plan):
    planner = ipk.Planner(plan)
    titles = list(planner._tabs.titles)
    planner._tabs.selected_index = titles.index("Forecast")
    planner._history_tab.load(["h.csv"], [history(5)])
    planner._history_tab.take_growth()
    assert planner._form.state["growth"]["value"] > 0
    assert sum(group.nodes_per_month for group in planner.scenario.plan.groups) > 0
