"""Tables and findings as HTML and text: complete, escaped, the same numbers as the tables."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from matplotlib.text import Text
from rich.cells import cell_len
from rich.console import Console

import ippoolkit as ipk
from ippoolkit.capacity.table_columns import TABLES
from ippoolkit.figures import draw_block_sizes, draw_growth
from ippoolkit.findings import get_language
from ippoolkit.report.sections.report_table import ReportTable
from ippoolkit.view.block_sizes_html import block_sizes_chart
from ippoolkit.view.capacity_data import capacity_as_dict
from ippoolkit.view.capacity_terminal import print_capacity
from ippoolkit.view.display_columns import display_columns
from ippoolkit.view.growth import growth_changes, growth_note
from ippoolkit.view.html import capacity_tiles_html, comparison_html, findings_html, table_html, verdict_html
from ippoolkit.view.markdown import verdict_markdown
from ippoolkit.view.progress import progress_bars
from tests.helpers import ROOT, plan

HOSTILE = "<script>alert(1)</script>{{7*7}}\"'&"


class Texts(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.rows, self.attributes = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [value for _, value in attrs]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def test_the_block_size_table_shows_the_tables_numbers():
    html = table_html("block_sizes", ipk.capacity(plan(size=24)).block_sizes(), chosen=24, caption="c")
    rows = Texts(html).rows
    assert rows[0][:4] == ["blockSize", "verdict", "addresses per block", "blocks"]
    row = next(row for row in rows if row[0] == "/24")
    assert row == [
        "/24",
        "fails: node 65 of 70 gets no block",
        "256",
        "64",
        "1 · 1",
        "64",
        "5,119",
        "16,310",
        "0",
        "12,480",
        "430",
        "−6",
    ]


def test_the_limit_is_marked_in_its_column_and_the_chosen_row_as_chosen():
    html = table_html("block_sizes", ipk.capacity(plan(size=24)).block_sizes(), chosen=24)
    names = [column.name for column in display_columns("block_sizes")]
    rows = html.split("<tbody>")[1].split("<tr>")[1:]
    classes = {
        20 + row: [re.match(r'(?: class="([^"]*)")?', cell)[1] or "" for cell in text.split("<td")[1:]]
        for row, text in enumerate(rows)
    }
    limits = {(size, names[cells.index(c)]) for size, cells in classes.items() for c in cells if "limit" in c.split()}
    assert limits == {(size, "nodes_fit") for size in range(20, 25)} | {
        (size, "pods_per_node_max") for size in (30, 31, 32)
    }
    assert [size for size, cells in classes.items() if all("chosen" in cell.split() for cell in cells)] == [24]
    assert sum("chosen" in cell for cells in classes.values() for cell in cells) == len(names)


def test_huge_numbers_are_powers_to_read_and_digits_in_data():
    scenario = plan("::/0", size=122)
    assert "2^122" in table_html("block_sizes", ipk.capacity(scenario).block_sizes())
    assert capacity_as_dict(ipk.capacity(scenario))["block_sizes"]["pool"][6]["blocks"] == 2**122


@pytest.mark.parametrize("table", TABLES)
def test_every_shown_column_is_one_of_the_table(table):
    names = {column.name for column in TABLES[table]}
    assert {part.name for column in display_columns(table) for part in column.columns} <= names


def test_names_are_data_never_markup():
    pool = ipk.IPPool(name=HOSTILE, cidr="10.0.0.0/24", node_selector=f"a == '{HOSTILE[:8]}'")
    group = ipk.NodeGroup(name=HOSTILE, nodes=9, pods_per_node=9)
    scenario = ipk.Scenario(name=HOSTILE, cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,)))
    findings = ipk.capacity(scenario).findings
    pieces = [
        verdict_html(ipk.capacity(scenario)),
        capacity_tiles_html(ipk.capacity(scenario)),
        findings_html(findings),
        table_html("pools", ipk.capacity(scenario).pools()),
        table_html("nodes", ipk.capacity(scenario).nodes(), caption=HOSTILE),
        table_html("growth", ipk.capacity(scenario).growth()),
        table_html("block_sizes", ipk.capacity(scenario).block_sizes(), caption=HOSTILE),
    ]
    for piece in pieces:
        assert "script" not in Texts(piece).tags
        assert "49" not in re.findall(r"\{\{7\*7\}\}|49", piece)


def test_the_verdict_names_changes_that_are_enough():
    html = verdict_html(ipk.capacity(plan(size=24)))
    assert "blockSize 26 (holds 256 nodes)" in html
    assert 'class="ipk-verdict fails"' in html
    assert "One change is enough" not in verdict_html(ipk.capacity(plan()))


def test_a_table_too_wide_for_paper_is_set_smaller_or_turns_its_page():
    def classes(name):
        scenario = plan()
        scenario = ipk.with_pool(scenario, scenario.cluster.pools[0].name, name=name)
        return re.search(r'class="(ipk-scroll[^"]*)"', table_html("pools", ipk.capacity(scenario).pools()))[1]

    assert classes("p") == "ipk-scroll ipk-dense"
    assert classes("n" * 60) == "ipk-scroll ipk-wide"


def test_a_finding_names_its_subject_once():
    finding = ipk.Finding("change-outside", "10.0.0.0/18", {"cidr": "10.0.0.0/18", "cluster": "10.1.0.0/18"})
    assert finding.location() == finding.location("zh") == ""
    missing = ipk.Finding("object-missing", "IPPool/x", {"kind": "IPPool", "name": "x", "known": "y"})
    assert missing.location() == ""
    assert ipk.Finding("holds", "IPv4", {"nodes": 1, "pods": 1, "most": 2}).location() == "IPv4"


def test_progress_begins_with_its_own_total():
    out = io.StringIO()
    with progress_bars(Console(file=out, force_terminal=True, width=80), enabled=True) as update:
        update("cells", 0, 60)
        update("cells", 7, 60)
    assert "7/60" in out.getvalue()
    assert "/100" not in out.getvalue()


def test_no_findings_say_so():
    assert "No findings." in findings_html([])
    assert "本计划内没有问题。" in findings_html([], "zh")


def test_tiles_mark_what_is_wrong():
    html = capacity_tiles_html(ipk.capacity(plan(size=24)))
    assert '<div class="ipk-tile fails"><b>70\u00a0/ 64</b>' in html
    assert '<div class="ipk-tile fails"><b>now</b>' in html
    assert "fails" not in capacity_tiles_html(ipk.capacity(plan()))


def printed_text(scenario, width, **options):
    console = Console(width=width, no_color=True, record=True, file=io.StringIO())
    print_capacity(console, ipk.capacity(scenario), **options)
    return console.export_text()


@pytest.mark.parametrize("width", [44, 60, 80, 120, 240])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_terminal_of_any_width_shows_whole_numbers_and_names(width, lang):
    scenario = ipk.load(ROOT / "data/kubean.yaml")
    text = printed_text(scenario, width, lang=lang)
    assert max(map(cell_len, text.splitlines())) <= width
    language = text.split()
    for pool in scenario.cluster.pools:
        assert {pool.name, str(pool.cidr)} <= set(language)
        for blocks in ipk.capacity(scenario).block_sizes(pool.name)["blocks"]:
            assert f"{blocks:,}" in language


def test_columns_that_do_not_fit_go_on_below():
    text = printed_text(plan(size=24), 44)
    assert text.count("blockSize") > 2
    assert not [line for line in text.splitlines() if line.strip().startswith("/24") and "5,11 " in line]


def test_a_narrow_terminal_says_what_it_leaves_out():
    assert "Columns not shown: unused in claimed blocks" in printed_text(plan(size=24), 80)
    assert "Columns not shown" not in printed_text(plan(size=24), 240)


def test_a_number_with_words_after_it_is_set_to_the_left():
    columns = {column.heading: column.is_left_aligned for column in display_columns("nodes")}
    assert columns["pod limit: what binds"]
    assert not columns["pods typical · busiest"]


def test_bars_that_are_cut_say_so():
    table = ipk.capacity(plan(size=24, nodes=20, pods=1)).block_sizes("pool")
    marks = len(draw_block_sizes(table, chosen_block_size=26).axes[0].patches) - len(table)
    assert marks == sum(count > 80 for count in table["nodes_fit"]) > 0


def test_nothing_in_a_name_steers_the_terminal():
    evil = "a\x1b[2J\u202eb\nc"
    group = replace(plan().plan.groups[0], name=evil)
    text = printed_text(replace(plan("10.0.0.0/26"), plan=ipk.Plan(groups=(group,))), 240)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a\ufffd[2J\ufffdb\ufffdc" in text


def test_terminal_markup_in_names_is_not_obeyed():
    group = replace(plan().plan.groups[0], name="[red]x[/red]")
    assert "[red]x[/red]" in printed_text(replace(plan(), plan=ipk.Plan(groups=(group,))), 240)


def test_the_chart_of_sizes_marks_what_fails_and_what_is_chosen():
    table = ipk.capacity(plan(size=24)).block_sizes()
    html = block_sizes_chart(table, chosen=24)
    assert html.count('class="bar') == 13
    assert 'class="bar bad chosen"' in html
    assert "70 nodes" in html
    assert "70 个节点" in block_sizes_chart(ipk.capacity(plan(size=24)).block_sizes(lang="zh"), chosen=24, lang="zh")
    assert block_sizes_chart(ipk.capacity(plan(cidr="fd00::/48", size=122)).block_sizes(), chosen=122).count(
        "height:100.00%"
    )


def figure_texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def test_the_chart_of_growth_says_when_something_runs_out():
    texts = figure_texts(draw_growth(ipk.capacity(plan(nodes=100, nodes_per_month=15)).growth()))
    assert "month 11" in texts
    assert "280 needed of 256" in texts
    assert not any("month 1" in text for text in figure_texts(draw_growth(ipk.capacity(plan()).growth())))
    assert "65.5k in the pools, not to scale" in figure_texts(
        draw_growth(ipk.capacity(plan(cidr="10.0.0.0/16")).growth())
    )


def test_a_comparison_marks_what_differs():
    table = ipk.comparison({"a": plan(), "b": plan(size=24)})
    assert dict(zip(table["metric"], table["b"], strict=True))["blocks"] == 64
    html = comparison_html(table)
    assert html.count('class="differs"') == sum(table["a"] != table["b"])
    assert 'class="differs"' not in comparison_html(ipk.comparison({"a": plan(), "b": plan()}))
    assert comparison_html(ipk.comparison({"none": ipk.Scenario()}))


def test_a_power_in_a_table_keeps_its_space():
    table = ReportTable.from_rows(
        "t", ["a"], [(f"room for {get_language('en').format_number(3 * 10**17 + 1)}",)], lang="en"
    )
    assert "room for 3.00\u00a0×\u00a010^17" in table.html


def test_the_verdict_of_two_ip_versions_names_version_and_pool():
    six = ipk.IPPool(name="six", cidr="fd00::/64", block_size=122)
    cluster = ipk.Cluster(pools=(*plan(size=24).cluster.pools, six))
    networks = ipk.Networks(services=("10.233.0.0/18",))
    analysis = ipk.capacity(ipk.Scenario(cluster=cluster, plan=plan().plan, networks=networks))
    for text in (verdict_html(analysis), verdict_markdown(analysis)):
        assert "IPv4 (pool): 64 blocks for 70 nodes that need 70, 1 per typical node: node 65 gets none." in text
        assert "blockSize 26 for pool" in text
        assert "prefix 17 for pool" in text
        assert "another IPv4 pool of /21" in text
    assert "also covers 10.233.0.0/18" in verdict_html(analysis)


def test_growth_that_stands_still_is_a_sentence_and_months_without_a_change_are_left_out():
    still, slow = ipk.capacity(plan()).growth(), ipk.capacity(plan(nodes_per_month=0.25)).growth()
    english = get_language("en")
    assert growth_note(still, english) == "Nothing grows within 12 months: today's figures hold throughout."
    assert list(growth_changes(slow)["month"]) == [0, 1, 5, 9]
    assert growth_note(slow, english) == "Months in which nothing changes are left out."
    assert growth_note(ipk.capacity(plan(nodes_per_month=1)).growth(), english) == ""
    text = printed_text(plan(), 120)
    assert "Growth: Nothing grows within 12 months" in text
    assert "addresses needed" not in text
