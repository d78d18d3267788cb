"""The page that lists many clusters: names kept apart, totals, bars, overlaps; and what any page offers."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.report.sections import FleetReport
from ippoolkit.write import save_scenario
from tests.helpers import plan, unpack_files

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def fleet(tmp_path):
    scenarios = (
        replace(plan(), name="prod"),
        replace(plan(size=24), name="prod"),
        replace(plan(cidr="10.0.0.0/18", nodes=0), name="lab"),
        replace(plan(cidr="10.233.0.0/16", size=28), name="far"),
    )
    paths = [save_scenario(scenario, tmp_path / f"{number}.yaml") for number, scenario in enumerate(scenarios)]
    return FleetReport([str(path) for path in paths])


def test_clusters_of_one_name_are_kept_apart(fleet):
    names = [entry["name"] for entry in fleet.entries]
    assert names == ["prod (1)", "prod (2)", "lab", "far"]


def test_totals_stand_beside_the_verdicts(fleet):
    html = fleet.counts().html
    assert "<b>210</b><span>nodes in all</span>" in html
    assert "blocks needed / in the pools" in html


def test_bars_show_what_is_used(fleet):
    html = fleet.clusters().html
    assert "share share-100" in html  # 70 nodes and 64 blocks
    assert html.index("prod (2)") < html.index("prod (1)")


def test_what_was_not_read_of_a_cluster_has_no_bar(tmp_path):
    unpack_files("s07", tmp_path, "kubectl-ippools.json", "kubectl-nodes.json")
    fleet = FleetReport([str(tmp_path)])
    (row,) = next(part.table.rows for part in fleet.clusters().parts if part.table)
    assert row[5] is None
    assert "share share-0" in fleet.clusters().html


def test_pools_of_different_clusters_that_overlap_are_listed_once_each(fleet):
    (table,) = [part.table for part in fleet.overlaps().parts if part.table]
    pairs = {frozenset((row[0], row[3])) for row in table.rows}
    assert pairs == {
        frozenset(("prod (1)", "prod (2)")),
        frozenset(("prod (1)", "far")),
        frozenset(("prod (2)", "far")),
    }
    assert len(table.rows) == 3


def test_without_overlaps_there_is_no_such_section(tmp_path):
    path = save_scenario(plan(), tmp_path / "a.yaml")
    assert FleetReport([str(path)]).overlaps().parts == ()


def test_a_page_lists_its_contents_and_runs_its_own_script_only(tmp_path):
    page = ipk.report(plan(size=24), tmp_path / "r.html").read_text()
    anchors = re.findall(r'<li><a href="#(section-\d+)">', page)
    assert len(anchors) > 5
    assert all(page.count(f'<h2 id="{anchor}">') == 1 for anchor in anchors)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
