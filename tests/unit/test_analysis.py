"""An analysis works everything out once, whoever asks for it and how often."""

from collections import Counter

import pytest

import ippoolkit as ipk
from ippoolkit import analysis as analysis_module
from ippoolkit.capacity import block_size_table, evaluation
from ippoolkit.report.sections import CapacityReport
from ippoolkit.view.capacity_data import capacity_as_dict
from ippoolkit.view.html import capacity_tiles_html, nodes_html, verdict_html
from ippoolkit.view.markdown import verdict_markdown
from tests.helpers import ROOT, plan


@pytest.fixture
def calls(monkeypatch):
    """Count what is expensive: how often demand is worked out, and how often a plan is judged."""
    counts = Counter()

    def count(module, name):
        original = getattr(module, name)

        def count_call(*args, **kwargs):
            counts[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, count_call)

    count(analysis_module, "compute_demand")
    count(block_size_table, "compute_demand")
    count(evaluation, "decide_verdict")
    return counts


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
    # Once for the plan, once for the pool alone; one verdict.
    assert calls == {"compute_demand": 2, "decide_verdict": 1}


def test_each_ip_version_is_worked_out_once(calls):
    first, second = plan().cluster.pools[0], plan("fd00::/64", size=122).cluster.pools[0]
    pools = first, ipk.IPPool(name="six", cidr=second.cidr, block_size=122)
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=pools), plan=plan().plan)
    analysis = ipk.capacity(scenario)
    assert [verdict.subject for verdict in analysis.verdicts] == ["IPv4", "IPv6"]
    assert analysis.findings
    assert analysis.metrics.version == 4
    assert calls == {"compute_demand": 2, "decide_verdict": 2}


def test_a_slider_move_works_demand_out_once_and_judges_once(calls):
    from ippoolkit.widgets import Planner

    planner = Planner(plan())
    for tab in range(len(planner._tabs.children)):
        if tab != 1:  # the address map is the engine's, which counts apart
            planner._tabs.selected_index = tab
    planner._tabs.selected_index = 2  # nodes
    calls.clear()
    planner.set("nodes", 71)
    assert calls == {"compute_demand": 1, "decide_verdict": 1}
    planner._tabs.selected_index = 0  # block sizes judge the pool alone, at all sizes from one demand
    assert calls == {"compute_demand": 2, "decide_verdict": 1}


def test_a_capacity_report_works_demand_out_once(calls):
    report = CapacityReport(ROOT / "data/kubespray.yaml")
    report.title(), report.verdict(), report.what_breaks(), report.pools(), report.nodes(), report.growth()
    report.all_findings()
    assert calls == {"compute_demand": 1, "decide_verdict": 1}


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
