"""A remedy of several parts is a short list wherever it is shown, and one string for machines."""

import io
import re

import pytest
from rich.console import Console

import ippoolkit as ipk
from ippoolkit.audit import audit_reading
from ippoolkit.audit.without_block import pool_to_add
from ippoolkit.cli.app import console
from ippoolkit.findings import Advice, Finding, LocalizedText, get_language
from ippoolkit.model import Networks
from ippoolkit.read.reader import read_text
from ippoolkit.view.audit_html import audit_summary_html, audit_tiles
from ippoolkit.view.html import findings_html
from ippoolkit.view.markdown import findings_markdown
from ippoolkit.view.node_rows import merge_alike_nodes, node_rows
from ippoolkit.view.terminal import print_findings
from tests.helpers import run_command
from tests.pasted_session import finding, session

LABELS = ["Now", "For good", "To know which nodes", "Steps"]


def printed_text(findings, **options):
    console = Console(file=io.StringIO(), highlight=False, **options)
    print_findings(console, findings)
    return console.file.getvalue()


def test_parts_say_what_each_is_for_in_the_order_of_their_urgency():
    shortage = finding(session(strict=True))
    assert [purpose for purpose, _ in shortage.remedy_parts()] == LABELS
    assert [purpose for purpose, _ in shortage.remedy_parts("zh")] == ["立即", "长期", "查明是哪些节点", "步骤"]
    assert shortage.remedy() == " ".join(f"{purpose}: {text}" for purpose, text in shortage.remedy_parts())
    assert shortage.as_dict()["remedy"] == shortage.remedy()


def test_a_single_remedy_has_no_label_and_advice_for_the_same_purpose_joins_it():
    single = Finding("pool-blocks-few", params={"left": 1, "blocks": 9, "size": 26})
    assert single.remedy_parts() == (("", "A pool's CIDR cannot be changed, so add another pool."),)
    more = Finding(single.code, params=single.params, advice=(Advice(LocalizedText("And look.")),))
    assert more.remedy() == f"{single.remedy()} And look."
    assert not Finding("borrowed-none").remedy_parts()
    assert "<ul class" not in findings_html([single]).partition("ipk-findings")[2]
    assert printed_text([single], width=240).count("\n") == 1


def test_the_parts_are_lines_of_their_own_in_a_terminal():
    text = printed_text([finding(session(strict=True))], width=80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert re.findall(r"^  ([A-Z][a-z ]+): ", text, re.MULTILINE) == LABELS
    message, _, parts = text.partition("[blocks-fewer-reported]\n")
    assert "Now:" not in message
    assert all(line.startswith("  ") for line in parts.splitlines())


def test_they_are_a_list_on_pages_and_in_markdown():
    shortage = finding(session(strict=True))
    assert re.findall("<li><b>(.*?)</b>", findings_html([shortage])) == LABELS
    assert re.findall(r"^  - \*\*(.*?)\*\*: ", findings_markdown([shortage]), re.MULTILINE) == LABELS
    summary = audit_summary_html(audit_reading(read_text(session(strict=True))))
    assert re.findall("<li><b>(.*?)</b>", summary) == LABELS


# The pool to add


@pytest.mark.parametrize(("nodes", "prefix"), [(1, 26), (2, 25), (3, 24), (4, 24), (5, 23), (300, 17)])
def test_the_smallest_pool_that_holds_the_blocks_is_named(nodes, prefix):
    addition = pool_to_add(ipk.Scenario(), 4, [26, 26], nodes)
    assert addition.params == {"prefix": prefix, "blocks": nodes, "size": 26}
    pool = ipk.IPPool(name="p", cidr=f"10.0.0.0/{prefix}", block_size=26)
    assert pool.block_count >= nodes > pool.block_count // 2


def test_no_size_is_named_where_block_sizes_differ_or_are_unknown():
    for sizes in ([26, 27], [None], []):
        assert "--prefix N" in pool_to_add(ipk.Scenario(), 4, sizes, 2)


def test_a_range_is_named_only_inside_a_known_cluster_cidr_with_all_pools_read():
    cluster = ipk.Cluster(pools=(ipk.IPPool(name="p", cidr="10.48.0.0/24", block_size=26),))
    networks = Networks(cluster=("10.48.0.0/22", "fd00::/110"))
    named = pool_to_add(ipk.Scenario(cluster=cluster, networks=networks), 4, [26], 2)
    assert get_language("en").render(named, named.params) == (
        "Add a pool of /25 or larger, for at least 2 blocks of /26: 10.48.1.0/25 is free in the cluster CIDR."
    )
    assert pool_to_add(ipk.Scenario(cluster=cluster, networks=networks), 6, [122], 2).params["cidr"] == "fd00::/121"
    full = Networks(cluster=("10.48.0.0/24",))
    unread = ipk.Cluster(pools=cluster.pools, unknown=("IPPool",))
    for scenario in (
        ipk.Scenario(cluster=cluster, networks=full),
        ipk.Scenario(cluster=unread, networks=networks),
    ):
        assert "cidr" not in pool_to_add(scenario, 4, [26], 2).params


# What a paste does not tell


def test_tiles_show_what_is_known():
    known = [label for _, label, _ in audit_tiles(audit_reading(read_text(session(strict=True))))]
    assert known == ["addresses in use", "blocks"]


def test_nodes_that_are_alike_share_a_row_and_the_table_keeps_one_a_node(session_file):
    table = ipk.capacity(ipk.load(session_file)).nodes()
    assert len(table) == 5
    (row,) = merge_alike_nodes(table).to_dict("records")
    assert (row["node"], row["nodes"], row["blocks"]) == ("east, mid, west, new1, new2", 5, 5)
    assert row["blocks_per_node"] == 1
    assert "east, mid, west, new1, new2" in run_command("capacity", session_file).stdout
    groups = table.assign(nodes=[1, 1, 10, 1, 10])
    assert merge_alike_nodes(groups)["nodes"].tolist() == [3, 20]
    different = table.assign(pod_limit=range(5))
    assert len(merge_alike_nodes(different)) == 5
    rows, note = node_rows(different, get_language("en"), max_rows=2)
    assert (len(rows), note) == (2, "The 2 rows with the most pods, of 5.")


def test_exact_counts_of_ipv6_stay_exact_in_a_shared_row():
    nodes = tuple(ipk.Node(name=name) for name in ("a", "b"))
    pools = (ipk.IPPool(name="p", cidr="fd00::/64", block_size=116),)
    table = merge_alike_nodes(ipk.capacity(ipk.Scenario(cluster=ipk.Cluster(pools=pools, nodes=nodes))).nodes())
    assert table["nodes"].tolist() == [2]
    assert all(type(value) is int for value in table["blocks"].tolist())


# In a pipe


def test_what_is_piped_is_not_wrapped_and_a_known_width_is_kept_to(monkeypatch, capsys):
    shortage = finding(session(strict=True))
    monkeypatch.delenv("COLUMNS", raising=False)
    print_findings(console(), [shortage])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(LABELS)
    assert max(map(len, lines)) > 240
    monkeypatch.setenv("COLUMNS", "80")
    print_findings(console(), [shortage])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
