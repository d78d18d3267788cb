"""The planner without a browser: every field, what follows from it, and what does not go wrong."""

import asyncio
import gc
import json
import re
from dataclasses import replace
from datetime import date

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.simulation import address_map, place_planned_pods
from ippoolkit.view.capacity_data import capacity_as_dict
from ippoolkit.view.growth import growth_changes
from ippoolkit.view.html import capacity_tiles_html, nodes_html, table_html, verdict_html
from ippoolkit.widgets.editor_state import EditorState
from ippoolkit.widgets.planner_fields import SECTIONS
from ippoolkit.widgets.saved_state import unpack_state
from ippoolkit.widgets.scenario_files import load_uploaded, sample_scenarios, scenario_file_name
from ippoolkit.widgets.target import month_name, with_target
from tests.helpers import ROOT, plan
from tests.helpers import run_command as run

KUBEAN = ROOT / "data/kubean.yaml"
SIZES, MAP, NODES, GROWTH, FINDINGS, MANIFEST, COMPARE, REPORT = range(8)


@pytest.fixture
def planner():
    return ipk.Planner(plan())


def pool(planner):
    return planner.scenario.cluster.pools[0]


def group(planner):
    return planner.scenario.plan.groups[0]


def page(planner, tab):
    planner._tabs.selected_index = tab
    child = planner._tabs.children[tab]
    return json.dumps(child.view) if tab == MAP else child.html


def markup(planner, tab):
    planner._tabs.selected_index = tab
    child = planner._tabs.children[tab]
    return child.view["heading"] + child.view["legend"] if tab == MAP else child.html


def act(planner, action, value="", contents=()):
    planner._on_action(None, {"action": action, "value": value}, list(contents))


def cells(html):
    """Return the texts of all cells of a page's tables, one after the other."""
    return " | ".join(re.findall(r"<td[^>]*>(.*?)</td>", html))


def press(planner, field):
    planner._form._on_change(None, {"name": field, "value": True, "number": 1}, [])


def field_state(planner, field):
    return planner._form.state[field]


def test_shows_the_verdict_and_tables_of_the_scenario(planner):
    assert planner._verdict.html.startswith(verdict_html(planner.analysis, buttons=True))
    table = table_html(
        "block_sizes", ipk.capacity(planner.scenario).block_sizes(), chosen=26, caption="Pool pool, 10.233.64.0/18"
    )
    assert page(planner, SIZES).startswith(table)
    assert 'class="bar chosen"' in page(planner, SIZES)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("prefix", 17, lambda p: pool(p).cidr.prefix),
        ("blocksize", 24, lambda p: pool(p).block_size),
        ("cidr", "10.0.0.0/12", lambda p: str(pool(p).cidr)),
        ("encapsulation", "IPIP CrossSubnet", lambda p: pool(p).encapsulation),
        ("encapsulation", "None", lambda p: pool(p).encapsulation),
        ("name", "blue", lambda p: pool(p).name),
        ("selector", "rack == 'a'", lambda p: pool(p).node_selector),
        ("disabled", True, lambda p: pool(p).disabled),
        ("nat", True, lambda p: pool(p).nat_outgoing),
        ("strict", True, lambda p: p.scenario.cluster.ipam.strict_affinity),
        ("cap", 3, lambda p: p.scenario.cluster.ipam.max_blocks_per_host),
        ("reserved", "10.233.64.0/28, 10.233.65.9/32", lambda p: field_state(p, "reserved")["value"]),
        ("nodes", 12, lambda p: group(p).nodes),
        ("pods", 33, lambda p: group(p).pods_per_node),
        ("busiest", 99, lambda p: group(p).pods_on_busiest_node),
        ("growth", 7.5, lambda p: group(p).nodes_per_month),
        ("months", 24, lambda p: p.scenario.plan.months),
        ("target", 500, lambda p: field_state(p, "target")["value"]),
        ("by", month_name(date.today(), 30), lambda p: field_state(p, "by")["value"]),  # noqa: DTZ011 (as the planner's)
        ("os", "windows", lambda p: group(p).os),
        ("labels", "rack=a, zone=b", lambda p: field_state(p, "labels")["value"]),
        ("maxpods", 250, lambda p: group(p).max_pods),
        ("nodecap", 2, lambda p: group(p).max_blocks),
        ("clusternet", "10.0.0.0/8", lambda p: field_state(p, "clusternet")["value"]),
        ("servicenet", "10.96.0.0/12, fd00::/108", lambda p: field_state(p, "servicenet")["value"]),
        ("nodenet", "192.168.0.0/24", lambda p: field_state(p, "nodenet")["value"]),
    ],
)
def test_every_field_changes_the_scenario_and_what_is_shown(planner, field, value, read):
    before = planner.scenario
    planner._form._on_change(None, {"name": field, "value": value, "number": 1}, [])
    assert read(planner) == value
    assert planner.scenario != before
    assert field_state(planner, field).get("error", "") == ""
    assert planner._verdict.html.startswith(verdict_html(planner.analysis, buttons=True))
    assert planner._tiles.value == capacity_tiles_html(planner.analysis)
    assert "edited" in planner._header.html


def test_no_field_is_left_untested():
    tested = {
        mark.args[1][number][0]
        for mark in test_every_field_changes_the_scenario_and_what_is_shown.pytestmark
        for number in range(len(mark.args[1]))
    }
    elsewhere = {"pool", "group", "groupname", "first-pool", "add-pool", "remove-pool", "add-group", "remove-group"}
    assert tested | elsewhere == {field.name for section in SECTIONS for field in section.fields}


def test_every_field_but_buttons_has_a_help_with_its_source(planner):
    for section in planner._form.sections:
        for field in section["fields"]:
            assert field["kind"] == "button" or (field["help"] and field["source"]["url"].startswith("https://"))


def test_a_shorter_range_takes_the_block_size_along(planner):
    planner.set("prefix", 28)
    assert pool(planner).block_size == 28
    assert field_state(planner, "blocksize")["min"] == 28


def test_the_block_size_slider_never_reaches_a_size_that_calico_refuses(planner):
    for prefix in range(field_state(planner, "prefix")["min"], field_state(planner, "prefix")["max"] + 1):
        planner.set("prefix", prefix)
        slider = field_state(planner, "blocksize")
        assert (slider["min"], slider["max"]) == (max(20, prefix), 32)
        for size in range(slider["min"], slider["max"] + 1):
            planner.set("blocksize", size)
            assert pool(planner).block_size == size
            assert "error" not in field_state(planner, "blocksize")


def test_another_family_brings_its_own_sizes_and_back(planner):
    planner.set("encapsulation", "IPIP Always")
    planner.set("cidr", "fd00:10:244::/64")
    assert (pool(planner).block_size, pool(planner).encapsulation) == (122, "None")
    assert (field_state(planner, "blocksize")["min"], field_state(planner, "blocksize")["max"]) == (116, 128)
    assert "IPIP Always" not in field_state(planner, "encapsulation")["options"]
    planner.set("cidr", "10.0.0.0/16")
    assert pool(planner).block_size == 26


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cidr", "10.0.0.1/8", "Write 10.0.0.0/8"),
        ("cidr", "nonsense", "is not a valid CIDR"),
        ("cidr", "", "is not a valid CIDR"),
        ("cidr", "10.0.0.0/33", "is not a valid CIDR"),
        ("cidr", "<script>alert(1)</script>", "is not a valid CIDR"),
        ("selector", "rack = 'a'", "character"),
        ("name", "", "253"),
        ("nodes", -1, "0"),
        ("nodes", 1.5, "1.5"),
        ("pods", 10**9, "1000000"),
        ("blocksize", 12, "20"),
        ("servicenet", "10.96.0.0/12, x", "is not a valid CIDR"),
        ("cap", -5, "0"),
    ],
)
def test_a_bad_value_is_told_beside_its_field_and_the_last_result_stays(planner, field, value, message):
    before = planner.scenario, planner._verdict.html
    good = field_state(planner, field)["value"]
    planner.set(field, value)
    assert (planner.scenario, planner._verdict.html) == before
    assert message in field_state(planner, field)["error"]
    assert field_state(planner, field)["error"]
    assert "last valid result" in planner._notice.value
    planner.set(field, good)
    assert "error" not in field_state(planner, field)
    assert planner._notice.value == ""


def test_the_page_is_told_when_a_change_is_done_even_a_refused_one(planner):
    acknowledged = []
    planner._form.send = acknowledged.append
    for number, value in enumerate(("10.0.0.0/9", "nonsense"), 1):
        planner._form._on_change(None, {"name": "cidr", "value": value, "number": number}, [])
    planner._form._on_change(None, {"name": "no such field", "value": 1, "number": 3}, [])
    assert acknowledged == [{"acknowledged": 1}, {"acknowledged": 2}, {"acknowledged": 3}]


def test_sliders_widen_with_their_values(planner):
    assert field_state(planner, "nodes")["max"] == 100
    planner.set("nodes", 95)
    assert field_state(planner, "nodes")["max"] == 250
    assert field_state(ipk.Planner(plan(nodes=5000)), "nodes") == {"value": 5000, "min": 0, "max": 20_000}


def test_the_busiest_node_has_no_fewer_pods_than_a_typical_one(planner):
    assert field_state(planner, "busiest") == {"value": 110, "min": 60, "max": 250}
    planner.set("pods", 130)
    assert field_state(planner, "busiest") == {"value": 130, "min": 130, "max": 250}


def test_several_pools_are_edited_one_by_one():
    planner = ipk.Planner(KUBEAN)
    planner.set("pool", "extra-ippool")
    assert field_state(planner, "cidr")["value"] == "192.168.0.0/20"
    planner.set("blocksize", 28)
    sizes = {pool.name: pool.block_size for pool in planner.scenario.cluster.pools}
    assert sizes == {"default-pool": 26, "default-pool-ipv6": 122, "extra-ippool": 28}
    assert "Pool extra-ippool" in page(planner, SIZES)


def test_pools_are_added_behind_the_others_and_removed(planner):
    press(planner, "add-pool")
    assert [str(pool.cidr) for pool in planner.scenario.cluster.pools] == ["10.233.64.0/18", "10.233.128.0/18"]
    assert field_state(planner, "pool")["value"] == "pool-2"
    planner.set("name", "pool")
    assert "already" in field_state(planner, "name")["error"]
    planner.set("name", "a-first")
    assert field_state(planner, "pool")["options"] == ["a-first", "pool"]
    press(planner, "remove-pool")
    assert [pool.name for pool in planner.scenario.cluster.pools] == ["pool"]
    assert field_state(planner, "remove-pool")["hidden"]


def test_groups_are_added_chosen_edited_and_removed(planner):
    press(planner, "add-group")
    assert field_state(planner, "group")["value"] == "group-2"
    planner.set("nodes", 9)
    planner.set("groupname", "gpu")
    assert [(group.name, group.nodes) for group in planner.scenario.plan.groups] == [("nodes", 70), ("gpu", 9)]
    planner.set("group", "nodes")
    assert field_state(planner, "nodes")["value"] == 70
    planner.set("group", "gpu")
    press(planner, "remove-group")
    assert [group.name for group in planner.scenario.plan.groups] == ["nodes"]


def test_existing_nodes_stay_until_a_slider_for_nodes_moves():
    planner = ipk.Planner(KUBEAN)
    planner.set("blocksize", 27)
    assert len(planner.scenario.cluster.nodes) == 6
    assert "6 nodes exist" in field_state(planner, "group")["hint"]
    planner.set("nodes", 40)
    assert planner.scenario.cluster.nodes == ()
    assert group(planner).nodes == 40


def test_every_tab_shows_something(planner):
    for tab in range(8):
        assert page(planner, tab).strip()
    assert planner._tabs.titles[FINDINGS] == "Findings"
    planner.set("blocksize", 24)
    assert planner._tabs.titles[FINDINGS] == "Findings (2)"


def test_tables_are_those_of_the_changed_scenario(planner):
    planner.set("blocksize", 24)
    assert page(planner, NODES) == nodes_html(planner.analysis)
    assert "Nothing grows within 12 months" in page(planner, GROWTH)
    planner.set("growth", 2)
    assert table_html("growth", growth_changes(ipk.capacity(planner.scenario).growth())) in page(planner, GROWTH)


def test_choices_are_buttons_that_apply_them(planner):
    planner.set("blocksize", 24)
    assert 'data-action="choose" data-value="0"' in planner._verdict.html
    wanted = planner.analysis.choices[0].scenario
    act(planner, "choose", "0")
    assert planner.scenario == wanted
    assert field_state(planner, "blocksize")["value"] == 26
    act(planner, "choose", "7")  # gone by now
    assert planner.scenario == wanted


def test_the_map_shows_each_block_and_opens_what_is_aggregated():
    planner = ipk.Planner(plan(cidr="10.0.0.0/12", nodes=20))
    page(planner, MAP)
    whole = planner._map.widget.view
    assert len(whole["cells"]) == len(whole["ranges"]) == 1024
    assert whole["ranges"][0] == "10.0.0.0/22"
    assert whole["kinds"][whole["cells"][0]]["text"]
    planner._map._on_action(None, {"action": "open", "value": 3}, [])
    view = planner._map.widget.view
    assert len(view["cells"]) == 16
    assert view["ranges"][0] == "10.0.12.0/26"
    assert len(view["ranges"]) == 16
    assert "Back" in view["heading"]
    planner._map._on_action(None, {"action": "open", "value": 3}, [])  # one block: nothing to open
    planner._map._on_action(None, {"action": "back"}, [])
    assert planner._map.widget.view == whole
    planner._map._on_action(None, {"action": "back"}, [])
    planner._map._on_action(None, {"action": "open", "value": 99_999}, [])
    assert planner._map.widget.view == whole


def test_the_map_names_nodes_without_a_block(planner):
    planner.set("blocksize", 24)
    assert "nodes-00065" in json.loads(page(planner, MAP))["legend"]


def test_the_manifest_is_judged_on_top_of_what_exists():
    planner = ipk.Planner(KUBEAN)
    assert "refused" not in page(planner, MANIFEST)
    planner.set("blocksize", 27)
    assert "block-size-changed" in page(planner, MANIFEST)
    fresh = ipk.Planner(plan())
    fresh.set("blocksize", 27)
    assert "refused" not in page(fresh, MANIFEST)


def test_a_plan_is_pinned_compared_and_brought_back(planner):
    assert "Pin this plan" in page(planner, COMPARE)
    act(planner, "pin")
    pinned = planner.scenario
    planner.set("blocksize", 24)
    html = page(planner, COMPARE)
    assert html.count("ipk-verdict") == 2
    assert html.count("differs") > 4
    act(planner, "back", "0")
    assert planner.scenario == pinned
    assert 'class="differs"' not in page(planner, COMPARE)
    act(planner, "unpin", "0")
    assert "Pin this plan" in page(planner, COMPARE)


@pytest.mark.parametrize("name", ["kubean", "kubespray", "default-ipv4-ippool"])
def test_samples_are_opened(planner, name):
    act(planner, "sample", name)
    assert planner.scenario == ipk.load(sample_scenarios()[name])
    assert "edited" not in planner._header.html
    act(planner, "sample", "../../etc/passwd")
    assert planner.scenario == ipk.load(sample_scenarios()[name])


def test_what_is_saved_is_what_is_loaded_again(planner):
    sent = []
    planner._header.send = lambda message, buffers: sent.append((message, buffers))
    planner.scenario = replace(plan(size=24), name="../My plan: <b>")
    act(planner, "save")
    ((message, (text,)),) = sent
    assert message["save"] == "My-plan-b.yaml"
    act(planner, "sample", "kubean")
    act(planner, "load", [message["save"]], [memoryview(text)])
    assert planner.scenario == replace(plan(size=24), name="../My plan: <b>")


def test_a_file_that_cannot_be_read_is_told_under_its_own_name_and_nothing_changes(planner):
    before = planner.scenario
    act(
        planner,
        "load",
        ["bad <b>.yaml"],
        [b"kind: IPPool\napiVersion: projectcalico.org/v3\nspec: {cidr: 10.0.0.1/8}\n"],
    )
    assert planner.scenario == before
    assert "bad &lt;b&gt;.yaml:3" in planner._notice.value
    assert "/tmp" not in planner._notice.value
    act(planner, "load", ["empty.yaml"], [b""])
    act(planner, "too-large", "dump.json")
    assert "Too large" in planner._notice.value


def test_files_of_the_same_name_are_read_together():
    files = [(ROOT / f"data/kubean/{name}").read_bytes() for name in ("ippools.yaml", "kubectl-nodes.json")]
    assert len(load_uploaded(["x.yaml", "x.yaml"], files).cluster.nodes) == 6


@pytest.mark.parametrize("name", ["..", "", "a/b", "x" * 300, "名字", "\u202e.exe", "a\nb"])
def test_names_of_files_are_safe(name):
    file_name = scenario_file_name(name)
    assert file_name.endswith(".yaml")
    assert len(file_name) < 120
    assert not set(file_name) & set("/\\\n<>")
    assert not file_name.startswith(".")


def test_a_report_is_made_of_what_is_shown(planner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = []
    planner._report_tab.pane.send = lambda message, buffers: sent.append(buffers)
    planner.set("blocksize", 24)
    act(planner, "report")
    assert planner._tabs.selected_index == REPORT
    report = tmp_path / "reports/scenario.html"
    assert sent == [[report.read_bytes()]]
    text = report.read_text()
    assert "node 65 gets none" in text
    for tab in (SIZES, GROWTH):
        assert cells(page(planner, tab)) in cells(text)
    assert "reports/scenario.html" in planner._report_tab.pane.html


def test_a_report_is_made_in_the_format_chosen(planner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = []
    planner._report_tab.pane.send = lambda message, buffers: sent.append((message, buffers))
    planner._report_tab._on_action(None, {"action": "format", "value": "md"}, [])
    planner._report_tab._on_action(None, {"action": "format", "value": "exe"}, [])
    planner._report_tab._on_action(None, {"action": "create"}, [])
    assert sent == [
        ({"file": "text/markdown", "name": "scenario.md"}, [(tmp_path / "reports/scenario.md").read_bytes()])
    ]


def test_a_report_that_fails_says_why(planner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").write_text("in the way")
    planner._report_tab.create()
    assert 'role="alert"' in planner._report_tab.pane.html


def test_the_numbers_are_those_of_the_command_for_the_saved_scenario(planner, tmp_path):
    planner.set("blocksize", 24)
    planner.set("growth", 2.5)
    saved = ipk.save_scenario(planner.scenario, tmp_path / "s.yaml")
    capacity = json.loads(run("capacity", str(saved), "--json").stdout)
    assert capacity == json.loads(json.dumps(capacity_as_dict(planner.analysis)))
    assert capacity["verdict"]["message"] in planner._verdict.html
    assert capacity["block_sizes"]["pool"] == json.loads(
        ipk.capacity(planner.scenario).block_sizes().to_json(orient="records")
    )


def test_assigning_a_scenario_shows_it(planner):
    planner.scenario = plan(size=24)
    assert "node 65 gets none" in planner._verdict.html
    assert field_state(planner, "blocksize")["value"] == 24


def test_chinese():
    planner = ipk.Planner(plan(), lang="zh")
    assert "可容纳" in planner._verdict.html
    for tab in range(8):
        assert page(planner, tab)
    assert planner._form.sections[0]["fields"][2]["label"] == "前缀"


@pytest.mark.parametrize("scenario", [ipk.Scenario(), plan(nodes=0), ipk.load(ROOT / "data/default-ipv4-ippool.yaml")])
def test_scenarios_without_pools_or_nodes_are_shown(scenario):
    planner = ipk.Planner(scenario)
    for tab in range(8):
        page(planner, tab)
    assert planner._verdict.html
    has_pools = bool(scenario.cluster.pools)
    assert bool(field_state(planner, "first-pool").get("hidden")) == has_pools
    assert ("No nodes yet" if has_pools else "No pool yet") in page(planner, 2) or scenario.plan.groups
    press(planner, "add-pool" if has_pools else "first-pool")
    assert planner.scenario.cluster.pools


def test_hostile_names_are_text():
    name = '"><script>alert(1)</script>' + "x" * 200
    hostile = plan(name=name)
    renamed = replace(hostile.cluster.pools[0], name=name)
    hostile = replace(hostile, name=name, cluster=replace(hostile.cluster, pools=(renamed,)))
    planner = ipk.Planner(hostile)
    act(planner, "pin")
    everything = [planner._header.html, planner._verdict.html, planner._tiles.value]
    everything += [markup(planner, tab) for tab in range(8)]
    assert "<script" not in "".join(everything).replace("&lt;script", "")


def test_a_thousand_changes_leave_no_figures_and_no_widgets_behind(planner):
    import ipywidgets
    from matplotlib import _pylab_helpers

    def alive():
        gc.collect()
        return sum(isinstance(item, ipywidgets.Widget) for item in gc.get_objects())

    planner.set("nodes", 51)
    widgets = alive()
    for tab in (NODES, MAP, MANIFEST, COMPARE, GROWTH):
        planner._tabs.selected_index = tab
        for number in range(40):
            planner.set("nodes", 20 + number % 30)
    planner._tabs.selected_index = FINDINGS
    for number in range(800):
        planner.set("nodes", 20 + number % 30)
    assert alive() == widgets
    assert _pylab_helpers.Gcf.get_all_fig_managers() == []


def test_a_busiest_node_with_less_than_a_typical_one_is_refused(planner):
    least = field_state(planner, "pods")["value"]
    before = planner.scenario
    planner.set("busiest", least - 1)
    assert f"below the minimum of {least}" in field_state(planner, "busiest")["error"]
    assert planner.scenario == before


def test_changes_are_undone_and_redone_a_dragged_slider_in_one_step(planner):
    first = planner.scenario
    for size in (27, 28, 29):
        planner.set("blocksize", size)
    planner.set("pods", 44)
    changed = planner.scenario
    assert 'data-action="undo" title="Undo" aria-label="Undo">' in planner._header.html
    act(planner, "undo")
    assert (pool(planner).block_size, group(planner).pods_per_node) == (29, 60)
    act(planner, "undo")
    assert planner.scenario == first
    act(planner, "undo")  # nothing is left to undo
    assert planner.scenario == first
    act(planner, "redo")
    act(planner, "redo")
    assert planner.scenario == changed
    act(planner, "undo")
    planner.set("nodes", 7)
    assert 'aria-label="Redo" disabled' in planner._header.html


def test_several_plans_are_pinned_and_compared(planner):
    for size in (25, 26, 27, 28, 29):
        planner.set("blocksize", size)
        act(planner, "pin")
    html = page(planner, COMPARE)
    assert [name in html for name in ("pin 1", "pin 4", "pin 5")] == [True, True, False]
    assert 'data-action="pin"' not in html
    act(planner, "unpin", "0")
    act(planner, "back", "0")
    assert pool(planner).block_size == 26
    assert 'data-action="pin"' in page(planner, COMPARE)


def test_a_link_brings_everything_back(planner, monkeypatch):
    act(planner, "pin")
    press(planner, "add-pool")
    planner.set("blocksize", 28)
    planner._tabs.selected_index = NODES
    act(planner, "link")
    state = planner.saved_state()
    assert f"ippoolkit.Planner(state=&quot;{state}&quot;)" in planner._drawer.html
    again = ipk.Planner(state=state)
    assert again.scenario == planner.scenario
    assert [pin.scenario for pin in again._pins] == [pin.scenario for pin in planner._pins]
    assert field_state(again, "pool")["value"] == "pool-2"
    assert again._tabs.selected_index == NODES
    monkeypatch.setenv("QUERY_STRING", f"plan={state}&theme=dark")
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    assert ipk.Planner(KUBEAN).scenario == planner.scenario
    act(planner, "link")
    assert f">?plan={state}<" in planner._drawer.html


@pytest.mark.parametrize("state", ["", "x", "%%%", "eJw", "AAAA" * 9, "é"])
def test_a_damaged_link_is_refused(state):
    with pytest.raises(InputError) as caught:
        unpack_state(state)
    assert [problem.code for problem in caught.value.problems] == ["link-damaged"]


def test_a_plan_too_large_for_a_link_says_so(planner, monkeypatch):
    monkeypatch.setattr("ippoolkit.widgets.planner.MAX_LINK_LENGTH", 10)
    act(planner, "link")
    assert "too large for a link" in planner._notice.value


def test_pasted_text_is_loaded_or_refused_in_red(planner):
    act(planner, "paste")
    assert "<textarea" in planner._drawer.html
    act(planner, "read-pasted", "kind: nonsense\n")
    assert 'class="error" role="alert"' in planner._notice.value
    assert "pasted-text" in planner._notice.value or "pasted text" in planner._notice.value
    assert "<textarea" in planner._drawer.html
    act(planner, "read-pasted", (ROOT / "data/kubean/ippools.yaml").read_text())
    assert len(planner.scenario.cluster.pools) == 3
    assert planner._drawer.html == ""
    assert "YAML or JSON" in planner._notice.value


OVERLAPPING_POOLS = "---\n".join(
    f"apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {{name: {name}}}\nspec: {{cidr: {cidr}}}\n"
    for name, cidr in (("a", "10.0.0.0/16"), ("b", "10.0.64.0/18"))
)


def test_errors_beside_the_verdict_are_counted_below_it(planner):
    assert "Besides" not in planner._verdict.html
    act(planner, "read-pasted", OVERLAPPING_POOLS)
    assert "Besides: 1 error, in the tab Findings." in planner._verdict.html


def test_a_pasted_table_is_said_to_be_one_line_by_line(planner):
    table = "$ calicoctl get ippool -o wide\nNAME   CIDR          NAT\np      10.0.0.0/16   true\n"
    act(planner, "read-pasted", table)
    assert "Line 1: prompt or command" in planner._notice.value
    assert "Lines 2 to 3: table of IP pools" in planner._notice.value
    assert "blockSize 26 and whatever the table does not show are assumed" in planner._notice.value


def find(planner, text):
    planner._map._on_action(None, {"action": "find", "value": text}, [])
    return planner._map.widget.view


def test_the_map_finds_an_address_in_any_pool(planner):
    planner.scenario = ipk.load(KUBEAN)
    page(planner, MAP)
    view = find(planner, "192.168.0.9")
    assert view["pool"] == "extra-ippool"
    assert view["ranges"][view["found"]] == "192.168.0.0/26"
    assert "192.168.0.9 is" in view["hint"]
    assert view["isNotice"]
    assert "none of the pools" in find(planner, "8.8.8.8")["hint"]
    assert "not an IP address" in find(planner, "<b>")["hint"]
    planner._map._on_action(None, {"action": "pool", "value": "default-pool"}, [])
    assert planner._map.widget.view["pool"] == "default-pool"


def test_the_map_says_who_holds_an_address_and_whose_blocks_are_whose():
    planner = ipk.Planner(plan(nodes=3, pods=5, busiest=5))
    page(planner, MAP)
    pods = planner._map._simulated[1].pods
    row = pods.iloc[0]
    assert f"in use by {row['pod']} on {row['node']}" in find(planner, row["address"])["hint"]
    view = planner._map.widget.view
    assert sorted(view["nodes"]) == sorted(set(pods["block_of"]))
    assert {view["kinds"][kind]["node"] for kind in view["cells"]} == {None, 0, 1, 2}


def test_the_first_map_is_computed_in_a_thread_and_fields_stay_usable(planner):
    async def use():
        planner._tabs.selected_index = MAP
        assert "cells" not in planner._map.widget.view
        planner.set("blocksize", 27)
        for _ in range(4000):
            await asyncio.sleep(0.02)
            if len(planner._map.widget.view.get("cells", ())) == 512:
                return
        pytest.fail("no map came")

    asyncio.run(use())


def test_a_target_draws_the_year_and_says_the_month_in_which_the_design_fails():
    planner = ipk.Planner(plan("10.0.0.0/21", nodes=12, pods=60, busiest=60))  # 32 blocks
    planner._state = replace(planner._state, today=date(2026, 11, 26))
    page(planner, GROWTH)
    planner.set("by", "2027-06")
    planner.set("target", 100)
    assert (planner.scenario.plan.months, group(planner).nodes, group(planner).nodes_after(7)) == (7, 12, 100)
    shown_page = page(planner, GROWTH)
    assert "12 → 100 nodes by 2027-06" in shown_page
    assert "The design fails in 2027-01." in shown_page  # 12 + 2 x 12.5 = 37 nodes
    assert "To hold, one of these is needed: prefix 19" in shown_page
    planner._on_action(None, {"action": "choose", "value": "0"}, [])
    assert "The design holds until then." in page(planner, GROWTH)
    planner.set("by", "2026-12")
    assert field_state(planner, "target")["value"] == 100


@pytest.mark.parametrize("months", [1, 3, 7, 12, 100, 600])
@pytest.mark.parametrize("target", [12, 13, 100, 99_991])
def test_the_way_to_a_target_ends_at_the_target(months, target):
    state = with_target(EditorState(plan(nodes=12)), target, months)
    assert state.scenario.plan.groups[0].nodes_after(months) == target


@pytest.mark.parametrize(
    ("field", "value"), [("by", "June"), ("by", ""), ("by", "2020-01"), ("by", "9999-01"), ("target", 1.5)]
)
def test_a_target_that_is_none_is_said(planner, field, value):
    before = planner.scenario
    planner._form._on_change(None, {"name": field, "value": value, "number": 1}, [])
    assert field_state(planner, field)["error"]
    assert planner.scenario == before


def test_the_map_of_another_block_size_shows_the_blocks_that_pods_would_claim():
    planner = ipk.Planner(ROOT / "data/kubespray.yaml")
    blocks = planner.scenario.cluster.blocks
    assert blocks
    planner._form._on_change(None, {"name": "nat", "value": False, "number": 1}, [])
    assert planner.scenario.cluster.blocks == blocks
    planner._form._on_change(None, {"name": "blocksize", "value": 27, "number": 2}, [])
    assert planner.scenario.cluster.blocks == ()
    cells = address_map(place_planned_pods(planner.scenario), "default-pool")
    assert cells["claimed"].sum() >= len(planner.scenario.cluster.nodes)
