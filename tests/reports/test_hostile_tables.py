"""Every table that the kit writes with names that are formulas, table borders, links and markup: cells stay cells."""

import json
from urllib.parse import unquote

import openpyxl
import pytest
from markdown_it import MarkdownIt

from ippoolkit import IPPool, Namespace
from ippoolkit.findings import replace_unprintable
from ippoolkit.findings.sources import SOURCES
from ippoolkit.report.build import ReportTask, build_report
from ippoolkit.report.formats.workbook import render_workbook
from ippoolkit.report.inputs import resolve_inputs
from ippoolkit.report.options import validate_options
from ippoolkit.write import save_scenario
from tests.clusters import cluster

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "|a|b|",
    "](javascript:alert(1))",
    "[x](http://evil.example)",
    "<img src=x onerror=alert(1)>",
    "`x` **y** ~~z~~ $w$",
    "# heading\n\n- item",
    "https://evil.example www.evil.example",
    "a\\|b\\",
    "\u202eright\x1b[31m\x07",
)
# How many scenarios each takes, and whether it shows pools or groups by name.
TEMPLATES = {
    "capacity": (1, True),
    "audit": (1, True),
    "comparison": (2, False),
    "fleet": (2, False),
    "change": (1, False),
}


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    """Clusters in which pools, namespaces, nodes, pods, groups and the scenario itself have hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    more = [
        IPPool(name=name, cidr=f"10.{number}.0.0/24", vxlan_mode="Always", node_selector="!all()")
        for number, name in enumerate(HOSTILE)
    ]
    spaces = [Namespace(name=name) for name in HOSTILE]
    path = save_scenario(cluster(nodes=4, pods=8, name="old", more=more, spaces=spaces), folder / "x.json")
    document = json.loads(path.read_text())
    document["name"] = HOSTILE[0]
    document["plan"] = {"groups": [{"name": name, "nodes": 2, "podsPerNode": 3} for name in HOSTILE]}
    text = json.dumps(document)
    for number, name in enumerate(HOSTILE[6:10]):
        text = text.replace(f'"w{number:02d}"', json.dumps(name))
        text = text.replace(f'"w{number:02d}-0"', json.dumps(name))
    paths = [folder / f"{number}.json" for number in range(2)]
    for other in paths:
        other.write_text(text)
    return paths


@pytest.fixture(scope="module", params=TEMPLATES)
def written(request, scenarios):
    """The Markdown and the workbook of each template."""
    count, _ = TEMPLATES[request.param]
    parameters = {"pool": "old", "change": "block-size", "to": 27} if request.param == "change" else {}
    options = validate_options(template=request.param, formats=("md", "xlsx"), date="2026-01-01", parameters=parameters)
    task = ReportTask("r", options, tuple(resolve_inputs(scenarios[:count], allow_partial=request.param == "audit")))
    files = build_report(task).files_by_suffix
    pictures = {f"r{suffix}" for suffix in files if suffix.endswith(".svg")}
    return request.param, files[".md"].decode(), files[".xlsx"], pictures


def all_tokens(text):
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def test_no_name_breaks_a_table_or_makes_a_link(written):
    template, markdown, _, pictures = written
    known = {source.url for source in SOURCES.values()}
    tokens = list(all_tokens(markdown))
    assert {token.type for token in tokens}.isdisjoint({"html_block", "html_inline", "s_open"})
    assert {unquote(token.attrs["src"]) for token in tokens if token.type == "image"} == pictures
    assert {token.attrs["href"] for token in tokens if token.type == "link_open"} <= known
    assert "evil" not in "".join(str(token.attrs) for token in tokens if token.type != "image")
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    tables = sum(token.type == "table_open" for token in tokens)
    assert sum(token.type == "tr_open" for token in tokens) + tables == len(rows)
    cells = "\n".join(
        "".join(part.content for part in token.children)
        for token in tokens
        if token.type == "inline" and token.children
    )
    shown_names = [
        name
        for name in HOSTILE
        if replace_unprintable(name) in cells or replace_unprintable(" ".join(name.split())) in cells
    ]
    assert shown_names, set(HOSTILE) - set(shown_names)
    assert set(shown_names) == set(HOSTILE) or not TEMPLATES[template][1]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(written, tmp_path):
    *_, data, _ = written
    (tmp_path / "x.xlsx").write_bytes(data)
    cells = [
        cell
        for sheet in openpyxl.load_workbook(tmp_path / "x.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}
    assert not any(cell.hyperlink for cell in cells)
    formulas = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS)]
    assert all(cell.quotePrefix for cell in formulas)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_heading_is_no_formula_either(text, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(
        render_workbook([{"name": "t", "headings": [text], "rows": []}], [(text, "")], "en")
    )
    summary, sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")
    for cell in (summary["A1"], sheet["A1"]):
        assert cell.data_type == "s"
        assert bool(cell.quotePrefix) == text.startswith(FORMULA_STARTS)
