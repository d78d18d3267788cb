"""Reports: one file, nothing from outside, the numbers of the tables, and clear words where one cannot be made."""

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError, ReportError
from ippoolkit.report import builtin_templates, find_template
from ippoolkit.report.sections import CapacityReport
from tests.helpers import ROOT, plan, write_notebook

pytestmark = pytest.mark.filterwarnings("ignore")

KUBESPRAY = ROOT / "data/kubespray.yaml"


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        if tag == "a":
            self.links.append(attributes["href"])
        self.loads += [attributes[key] for key in ("src", "srcset", "poster") if key in attributes]
        if tag in ("link", "iframe", "object", "embed"):  # a script that loads nothing is the page's own
            self.loads.append(tag)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return ipk.report(KUBESPRAY, tmp_path_factory.mktemp("report") / "r.html", date="2026-11-23").read_text()


def test_it_is_one_page_that_loads_nothing(report):
    page = Page(report)
    assert page.loads == []
    assert not re.search(r"@import|url\((?!#)", report)
    assert all(link.startswith(("https://", "#section-")) for link in page.links)
    assert '<html lang="en">' in report


def test_it_shows_no_code(report):
    for code in ("import ippoolkit", "Report(scenario", "report.title()"):
        assert code not in report


def test_it_says_everything_verdict_first(report):
    headings = re.findall(r"<(?:h1|h2)[^>]*>(.*?)</(?:h1|h2)>", report)
    assert [re.sub("<[^>]*>", "", heading) for heading in headings] == [
        "kubespray",
        "Fits. Holds 60 nodes with 3,154 pods after 12 months of growth; capacity for up to 254 nodes.",
        "What breaks first, and when",
        "The plan in a picture",
        "Block sizes compared",
        "Pools",
        "Nodes",
        "Growth",
        "Routes",
        "Alternatives",
        "Findings",
        "Manifests",
        "Assumptions and method",
        "Appendix: every parameter",
    ]
    assert report.count("<svg") == 4
    assert "2026-11-23" in report
    assert "Calico v3.33 rules" in report


def test_its_tables_are_those_of_the_library(report):
    from ippoolkit.view.growth import growth_changes
    from ippoolkit.view.html import table_html
    from ippoolkit.view.node_rows import merge_alike_nodes

    scenario = ipk.load(KUBESPRAY)
    assert table_html("nodes", merge_alike_nodes(ipk.capacity(scenario).nodes())) in report
    assert table_html("growth", growth_changes(ipk.capacity(scenario).growth()), caption="Growth") in report
    assert table_html("pools", ipk.capacity(scenario).pools()) in report


def test_it_holds_the_scenario_so_that_it_can_be_made_again(report, tmp_path):
    import html

    text = html.unescape(
        re.findall(r'<pre class="yaml fine[^>]*>(.*?)</pre>', report, re.DOTALL)[0]
    )  # then a short one, for paper
    (tmp_path / "again.yaml").write_text(text)
    assert ipk.load(tmp_path / "again.yaml") == ipk.load(KUBESPRAY)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest in report
    assert f"input {digest[:4]} {digest[4:8]}" in report


def test_it_names_no_path_of_the_machine(report):
    assert str(ROOT) not in report
    assert "/tmp" not in report


def test_the_same_input_gives_the_same_bytes(report, tmp_path):
    assert ipk.report(KUBESPRAY, tmp_path / "r.html", date="2026-11-23").read_text() == report


def test_hostile_names_are_text(tmp_path):
    name = '<script>alert(1)</script>{{ 7*7 }}"; import os; \u202etxt.exe'
    scenario = ipk.Scenario(
        name=name,
        description="line\nbreak </pre><img src=x onerror=alert(1)>",
        cluster=ipk.Cluster(pools=(ipk.IPPool(name=name, cidr="10.0.0.0/24"),)),
        plan=ipk.Plan(groups=(ipk.NodeGroup(name="g" * 253, nodes=3, pods_per_node=5),)),
    )
    text = ipk.report(scenario, tmp_path / "r.html", lang="zh", date="").read_text()
    page = Page(text)
    assert page.loads == []
    assert "img" not in page.tags
    assert '<html lang="zh">' in text
    assert "最先出问题的，以及何时" in text


def test_a_plan_that_fails_says_so_and_what_to_choose(tmp_path):
    text = ipk.report(plan(size=24), tmp_path / "r.html").read_text()
    assert "64 blocks for 70 nodes that need 70, 1 per typical node: node 65 gets none." in text
    assert "blockSize 26 (holds 256 nodes)" in text


def test_parameters_are_checked_before_anything_runs(tmp_path):
    with pytest.raises(InputError) as error:
        ipk.report(KUBESPRAY, tmp_path / "no" / "r.html", lang="fr", date="tomorrow")
    assert [problem.code for problem in error.value.problems] == ["value-choice", "type-date", "folder-missing"]
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_that_fails_is_told_and_leaves_nothing(tmp_path):
    path = write_notebook(tmp_path / "bad.ipynb", "scenario = lang = date = ''", "raise ValueError('no such luck')")
    with pytest.raises(ReportError, match="ValueError: no such luck"):
        ipk.report(KUBESPRAY, tmp_path / "r.html", template=path)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.ipynb"]


def test_a_notebook_of_ones_own_is_rendered(tmp_path):
    path = write_notebook(
        tmp_path / "own.ipynb",
        "scenario = lang = date = ''",
        "# My *own* report",
        "import ippoolkit as ipk\nipk.capacity(scenario).pools()",
    )
    text = ipk.report(KUBESPRAY, tmp_path / "r.html", template=path).read_text()
    assert "<em>own</em>" in text
    assert "10.233.64.0/18" in text
    assert "import ippoolkit" not in text


def test_the_kits_own_templates_declare_what_they_take():
    assert {"capacity", "comparison", "fleet"} <= set(builtin_templates())
    assert set(find_template("capacity").defaults) == {"scenario", "lang", "date", "nodes_shown", "history"}
    assert find_template("comparison").combines_inputs
    assert not find_template("capacity").combines_inputs


def test_a_notebook_by_itself_says_what_the_command_says(report):
    """papermill gives the notebook a path alone; the command has read it before."""
    section = CapacityReport(KUBESPRAY, date="2026-11-23").what_breaks().html
    assert "Nothing, with the growth that is planned." in section
    assert section.partition("</h2>")[2] in report


def test_a_large_cluster_shows_its_fullest_nodes(tmp_path):
    node_limit = 40
    nodes = tuple(ipk.Node(name=f"n{number:04}", max_pods=number + 1) for number in range(node_limit + 50))
    pods = tuple(ipk.Pod(name=f"p{n}", node="n0089", addresses=(f"10.0.0.{n}",)) for n in range(9))
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16")
    path = ipk.save_scenario(
        ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), nodes=nodes, pods=pods)), tmp_path / "s.yaml"
    )
    html = CapacityReport(path, nodes_shown=node_limit).nodes().html
    assert f"The {node_limit} rows with the most pods, of {node_limit + 50}." in html
    assert "n0089" in html
    assert html.count("<tr>") == node_limit + 1


def test_a_huge_cluster_makes_a_page_of_decent_size_that_still_carries_its_scenario(tmp_path):
    nodes = tuple(ipk.Node(name=f"worker-{number:04}.example") for number in range(1000))
    pods = tuple(
        ipk.Pod(name=f"web-{n:05}", node=nodes[n % 1000].name, addresses=(f"10.0.{n >> 8}.{n & 255}",))
        for n in range(20_000)
    )
    pools = tuple(ipk.IPPool(name=f"p{n:02}", cidr=f"10.{n}.0.0/16") for n in range(12))
    scenario = ipk.Scenario(name="huge", cluster=ipk.Cluster(pools=pools, nodes=nodes, pods=pods))
    text = ipk.report(scenario, tmp_path / "r.html", date="").read_text()
    assert len(text.encode()) < 1_500_000
    packed = re.search(r'href="data:application/gzip;base64,([^"]*)"', text)[1]
    (tmp_path / "again.yaml").write_bytes(gzip.decompress(base64.b64decode(packed)))
    assert ipk.load(tmp_path / "again.yaml") == scenario


def test_progress_is_told_cell_by_cell(tmp_path):
    calls = []
    ipk.report(KUBESPRAY, tmp_path / "r.html", progress=lambda *progress: calls.append(progress))
    assert len(calls) > 3
    assert calls == sorted(calls)
    assert calls[-1][0] == calls[-1][1]
