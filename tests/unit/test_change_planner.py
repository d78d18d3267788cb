"""The change of pools in a notebook: every field, every tab, and what a report is made of."""

import asyncio

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.report import find_template
from ippoolkit.report.run_context import RunContext, run_context
from ippoolkit.report.sections.section import SECTION_MIME
from ippoolkit.widgets.change_planner import ChangePlanner
from ippoolkit.write import save_scenario
from tests.clusters import cluster
from tests.helpers import ROOT


@pytest.fixture
def planner(tmp_path):
    return ChangePlanner(save_scenario(cluster(), tmp_path / "cluster.yaml"))


def tab_html(planner, tab):
    planner._tabs.selected_index = tab
    return planner._pages[tab].widget.html


def send(planner, name, value):
    """Send what the page sends; a callback that fails raises here."""
    planner._form._on_change(None, {"name": name, "value": value, "number": 1}, None)


def test_every_field_is_followed(planner):
    assert "Issued" in planner._verdict.html
    for name, value in (
        ("order", "node"),
        ("batches", 2),
        ("to", 28),
        ("temporary", "10.99.0.0/20"),
        ("install", "operator"),
        ("short", True),
        ("change", "migrate"),
        ("cidr", "10.98.0.0/20"),
        ("new-name", "fresh"),
        ("change", "split"),
        ("change", "grow"),
        ("change", "block-size"),
        ("pool", "old"),
        ("install", "kubespray"),
    ):
        send(planner, name, value)
        assert planner._form.state[name]["value"] == value
        assert not any(state.get("error") for state in planner._form.state.values())
    change = planner.report.runbook.change
    assert (change.kind, change.order, change.batches, str(change.temporary_cidr)) == (
        "block-size",
        "node",
        2,
        "10.99.0.0/20",
    )
    send(planner, "nonsense", 1)


def test_fields_that_a_change_does_not_have_are_hidden(planner):
    hidden = {name for name, state in planner._form.state.items() if state.get("hidden")}
    assert hidden == {"cidr", "new-name"}
    send(planner, "change", "retire")
    hidden = {name for name, state in planner._form.state.items() if state.get("hidden")}
    assert hidden == {"cidr", "new-name", "temporary", "to"}


def test_a_refused_change_says_why_and_what_instead(planner):
    send(planner, "temporary", "10.9.0.0/26")
    assert "Refused" in planner._verdict.html
    assert "change-tunnels" in tab_html(planner, 1)
    assert "change-better" in tab_html(planner, 1)
    assert "svg" in tab_html(planner, 0)  # how far it comes
    for tab in (2, 3, 4):
        assert "refused" in tab_html(planner, tab)


def test_what_cannot_be_is_told_beside_its_field_and_the_last_result_stays(planner):
    send(planner, "temporary", "10.9.0.0/33")
    assert "10.9.0.0/33" in planner._form.state["temporary"]["error"]
    assert "last valid result" in planner._notice.value
    assert "Issued" in planner._verdict.html
    send(planner, "temporary", "")
    assert "error" not in planner._form.state["temporary"]
    assert planner._notice.value == ""


def test_tabs_show_the_runbook_and_its_files(planner):
    assert "Peak usage" in tab_html(planner, 0)
    assert "ipam-backup.yaml" in tab_html(planner, 2)
    assert "8. Delete temporary-pool" in tab_html(planner, 3)
    assert "set -euo pipefail" in tab_html(planner, 4)
    assert "manifests/01-ippool.yaml" in tab_html(planner, 4)


def test_a_report_is_made_of_what_stands_there(planner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in (("change", "migrate"), ("new-name", "fresh"), ("short", True), ("order", "node")):
        send(planner, name, value)
    planner._report_tab.create()
    (report,) = (tmp_path / "reports").glob("*-change.html")
    assert "fresh" in report.read_text()
    assert find_template("change").validate(planner._report_options()["parameters"]) == []


def test_in_a_report_it_is_the_runbook(planner):
    assert SECTION_MIME not in planner._repr_mimebundle_()
    with run_context(RunContext(formats=("html",))):
        bundle = planner._repr_mimebundle_()
    assert bundle[SECTION_MIME]["summary"]["word"] == "tight"  # the cluster's networks are unknown
    assert "Steps" in bundle["text/markdown"]


def test_the_command_and_the_template_say_the_same(tmp_path):
    dump = ROOT / "data/kubespray.yaml"
    path = ipk.report(dump, tmp_path / "r.md", template="change", date="2026-01-31", parameters={"to": 28})
    text = path.read_text()
    assert "blockSize of default-pool to 28" in text
    assert "Choose what is to be changed" not in text  # prose for the screen
    with pytest.raises(InputError):
        ipk.report(dump, tmp_path / "r.md", template="change", parameters={"order": "random"})


def test_callbacks_leave_nothing_behind(planner):
    import matplotlib.pyplot as plt

    async def drag():
        for number in range(20):
            send(planner, "batches", 1 + number % 5)

    asyncio.run(drag())
    assert plt.get_fignums() == []
