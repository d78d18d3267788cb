"""An analysis works everything out once, whoever asks for it and how often."""

import sys
from collections import Counter
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.capacity import block_filling, demand, design_rules, evaluation
from ippoolkit.report.sections import CapacityReport
from ippoolkit.view.capacity_data import capacity_as_dict
from ippoolkit.view.html import capacity_tiles_html, nodes_html, verdict_html
from ippoolkit.view.markdown import verdict_markdown
from ippoolkit.widgets import Planner
from tests.helpers import ROOT, plan

COMPUTATIONS = (
    demand.compute_demand,
    design_rules.check_design,
    evaluation.decide_verdict,
    block_filling.fill_blocks,
    block_filling.count_further_nodes,
    block_filling.max_pods_on_own_blocks,
)


@pytest.fixture
def calls(monkeypatch):
    """Count what is expensive: how often each function computes something of each distinct input."""
    counts = Counter()

    def counted(function):
        def count(*args, **kwargs):
            counts[function.__name__, repr((args, kwargs))] += 1
            return function(*args, **kwargs)

        return count

    modules = [module for name, module in sys.modules.items() if name.startswith("ippoolkit.capacity")]
    for function in COMPUTATIONS:
        replacement = counted(function)
        for module in modules:
            if getattr(module, function.__name__, None) is function:
                monkeypatch.setattr(module, function.__name__, replacement)
    return counts


def distinct_inputs(calls):
    """Return of how many inputs each function computed something."""
    return Counter(name for name, _ in calls)


def repeated(calls):
    """Return what was computed more than once, and how often."""
    return {call: count for call, count in calls.items() if count > 1}


def test_nothing_is_computed_before_it_is_wanted_and_nothing_twice(calls):
    analysis = ipk.capacity(plan())
    assert not calls
    for _ in range(2):
        verdict_html(analysis)
        verdict_markdown(analysis)
        capacity_tiles_html(analysis)
        nodes_html(analysis)
        capacity_as_dict(analysis)
        assert analysis.growth().equals(analysis.growth())
    assert distinct_inputs(calls)["compute_demand"] == 1
    assert not repeated(calls)


def test_each_ip_version_is_worked_out_once(calls):
    first, second = plan().cluster.pools[0], plan("fd00::/64", size=122).cluster.pools[0]
    pools = first, ipk.IPPool(name="six", cidr=second.cidr, block_size=122)
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=pools), plan=plan().plan)
    analysis = ipk.capacity(scenario)
    assert [verdict.subject for verdict in analysis.verdicts] == ["IPv4", "IPv6"]
    assert analysis.findings
    assert analysis.metrics.version == 4
    assert distinct_inputs(calls)["compute_demand"] == distinct_inputs(calls)["decide_verdict"] == 2
    assert not repeated(calls)


FAILING = plan(size=24, nodes_per_month=1)
RESERVATION = ipk.IPReservation(name="reserved", reserved_cidrs=("10.233.64.8/29",))
# Scenarios, and how many demands a move takes: reservations cut each of 13 sizes, and a longer range that is a choice,
# into other block classes.
MOVED_PLANS = {
    "one pool, growing": (ipk.load(ROOT / "data/kubespray.yaml"), 1),
    "one pool that fits": (plan("10.0.0.0/16"), 1),
    "one pool that fails, with choices": (replace(FAILING, plan=replace(FAILING.plan, months=12)), 1),
    "the same with reservations": (replace(FAILING, cluster=replace(FAILING.cluster, reservations=(RESERVATION,))), 14),
}


@pytest.mark.parametrize("case", MOVED_PLANS)
def test_a_slider_move_computes_nothing_twice(calls, case):
    scenario, demands = MOVED_PLANS[case]
    planner = Planner(scenario)
    for tab in range(len(planner._tabs.children)):
        if tab != 1:  # the address map is the engine's, which counts apart
            planner._tabs.selected_index = tab
    for open_tab in (0, 2, 3, 4):  # block sizes, nodes, over time, findings
        planner._tabs.selected_index = open_tab
        calls.clear()
        planner.set("nodes", planner.scenario.plan.groups[0].nodes + 1)
        assert not repeated(calls), open_tab
        assert distinct_inputs(calls)["check_design"] == 1
        if open_tab == 0:  # all sizes are judged by what the pool's own nodes draw, the one that it has among them
            sizes = len(planner.analysis.block_sizes())
            assert distinct_inputs(calls)["compute_demand"] == demands
            assert distinct_inputs(calls)["decide_verdict"] >= sizes
        else:
            planner._tabs.selected_index = 0  # what the verdict and the choices have judged is not judged again
            assert not repeated(calls)


def test_the_block_sizes_of_one_of_several_pools_are_judged_by_one_demand(calls):
    pools = tuple(ipk.IPPool(name=name, cidr=f"10.{name}.0.0/18") for name in "12")
    analysis = ipk.capacity(ipk.Scenario(cluster=ipk.Cluster(pools=pools), plan=plan().plan))
    assert analysis.verdict
    assert distinct_inputs(calls)["compute_demand"] == distinct_inputs(calls)["decide_verdict"] == 1
    assert len(analysis.block_sizes("2")) == 13
    assert distinct_inputs(calls)["compute_demand"] == 2
    assert distinct_inputs(calls)["decide_verdict"] == 14
    assert not repeated(calls)


def test_a_capacity_report_works_everything_out_once(calls):
    report = CapacityReport(ROOT / "data/kubespray.yaml")
    report.title(), report.verdict(), report.what_breaks(), report.pools(), report.nodes(), report.growth()
    report.routes(), report.all_findings()
    assert distinct_inputs(calls)["compute_demand"] == distinct_inputs(calls)["decide_verdict"] == 1
    assert not repeated(calls)


def test_a_table_is_its_readers_own(calls):
    analysis = ipk.capacity(plan())
    table = analysis.pools()
    table["pool"] = "changed"
    assert list(analysis.pools()["pool"]) == ["pool"]


def test_the_analysis_of_an_analysis_is_itself():
    analysis = ipk.capacity(plan(size=24))
    assert ipk.capacity(analysis) is analysis


def test_nodes_that_draw_alike_have_rows_of_their_own():
    nodes = [ipk.Node(name="b", max_pods=50), ipk.Node(name="a"), ipk.Node(name="c", max_pods=50)]
    pods = [ipk.Pod(name="p", node="a", addresses=("10.0.0.1",)), ipk.Pod(name="q", node="c")]
    pool = ipk.IPPool(name="pool", cidr="10.0.0.0/24")
    table = ipk.capacity(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), nodes=tuple(nodes), pods=tuple(pods)))).nodes()
    assert list(table["node"]) == ["b", "a", "c"]
    assert list(table["pods"]) == [0, 1, 1]
    assert list(table["nodes"]) == [1, 1, 1]
