"""Reports on a cluster: one page, everything said, unknown said to be unknown."""

import re

import pytest
from typer.testing import CliRunner

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.cli import app
from ippoolkit.errors import InputError
from ippoolkit.report.pieces.audit import AuditReport
from tests.helpers import RECORDINGS, unpacked

pytestmark = pytest.mark.filterwarnings("ignore")
PIECES = ("title", "summary", "findings", "pools", "maps", "nodes", "coverage", "totals", "unknown", "appendix")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    def made(cluster):
        into = tmp_path_factory.mktemp("clusters") / cluster
        into.mkdir()
        for file in (RECORDINGS / "clusters" / cluster).iterdir():
            unpacked(file, into)
        return into

    return made


def pieces(*arguments, **options):
    report = AuditReport(*arguments, **options)
    return {name: getattr(report, name)().html for name in PIECES}


def test_the_command_makes_one_page_that_loads_nothing(folder, tmp_path):
    result = CliRunner().invoke(app, ["audit", str(folder("s05")), "-o", str(tmp_path / "r.html")])
    assert result.exit_code == 1  # errors were found
    page = (tmp_path / "r.html").read_text()
    assert not re.search(r"<script|<link|@import|src=", page)
    assert "AuditReport(" not in page
    for heading in ("What is wrong", "Address maps", "Pods that each node still has addresses for"):
        assert heading in page


def test_a_report_on_what_was_read_live_goes_by_way_of_a_snapshot(folder, tmp_path):
    made = audit(folder("s03"))
    page = ipk.make_report(
        made.scenario, tmp_path / "r.html", template="audit", date="2026-11-23", lang="zh"
    ).read_text()
    assert "s03" in page
    assert "IP 池审计" in page


@pytest.mark.parametrize("cluster", ["s07", "s08", "s12", "s13"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_piece_of_every_kind_of_cluster(cluster, lang, folder):
    shown = pieces(folder(cluster), lang=lang)
    assert "None" not in re.sub("<[^>]*>", "", "".join(shown.values())).replace("None of", "")


def test_what_is_unknown_says_so(folder):
    shown = pieces([folder("s05") / "ipam-show.txt"])
    assert "unknown" in shown["summary"]
    assert shown["maps"] == ""
    assert shown["coverage"] == ""


def test_names_that_are_hostile_stay_text(tmp_path):
    import json

    name = "<script>alert(1)</script>\u202e"
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {name: name}}}
    pool = {
        "apiVersion": "crd.projectcalico.org/v1", "kind": "IPPool", "metadata": {"name": name},
        "spec": {"cidr": "10.0.0.0/28", "blockSize": 28, "nodeSelector": f"x == '{name}'"},
    }  # fmt: skip
    held = {"handle_id": name, "secondary": {"node": name, "namespace": name, "pod": name}}
    block = {
        "apiVersion": "crd.projectcalico.org/v1", "kind": "IPAMBlock", "metadata": {"name": "b"},
        "spec": {"cidr": "10.0.0.0/28", "affinity": f"host:{name}", "allocations": [0], "attributes": [held], "unallocated": []},
    }  # fmt: skip
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [node, pool, block]}))
    everything = "".join(pieces(path).values())
    assert "<script" not in everything
    assert "\u202e" not in everything
    output = CliRunner().invoke(app, ["audit", str(path)]).output
    assert "\u202e" not in output


def test_a_place_that_cannot_be_written_is_told_before_anything_runs(folder, tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        ipk.make_report(folder("s03"), tmp_path / "nowhere/r.html", template="audit")
