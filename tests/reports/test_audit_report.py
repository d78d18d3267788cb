"""Reports on a cluster: one page, everything said, unknown said to be unknown."""

import re
import unicodedata

import openpyxl
import pypdf
import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.errors import InputError
from ippoolkit.report.formats.pdf import find_chromium
from ippoolkit.report.sections.audit_report import AuditReport
from tests.helpers import run_command, unpack_cluster

pytestmark = pytest.mark.filterwarnings("ignore")
PIECES = ("title", "summary", "findings", "pools", "maps", "nodes", "coverage", "totals", "how_it_was_read", "appendix")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return lambda cluster: unpack_cluster(cluster, tmp_path_factory.mktemp("clusters") / cluster)


def pieces(*arguments, **options):
    report = AuditReport(*arguments, **options)
    return {name: getattr(report, name)().html for name in PIECES}


def test_the_command_makes_one_page_that_loads_nothing(folder, tmp_path):
    result = run_command("audit", folder("s05"), "-o", tmp_path / "r.html")
    assert result.exit_code == 1  # errors were found
    page = (tmp_path / "r.html").read_text()
    assert not re.search(r"<script (?!>)|<link|@import|src=", page)
    assert "AuditReport(" not in page
    for heading in ("Problems", "Address maps", "Further pods each node has addresses for"):
        assert heading in page


def test_a_report_on_what_was_read_live_goes_by_way_of_a_snapshot(folder, tmp_path):
    cluster_audit = audit(folder("s03"))
    page = ipk.report(
        cluster_audit.scenario, tmp_path / "r.html", template="audit", date="2026-11-23", lang="zh"
    ).read_text()
    assert "s03" in page
    assert "IP 池审计" in page


@pytest.mark.parametrize("cluster", ["s07", "s08", "s12", "s13"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_piece_of_every_kind_of_cluster(cluster, lang, folder):
    rendered = pieces(folder(cluster), lang=lang)
    assert "None" not in re.sub("<[^>]*>", "", "".join(rendered.values())).replace("None of", "")


def test_what_is_unknown_says_so(folder):
    rendered = pieces([folder("s05") / "ipam-show.txt"])
    assert "leaked" not in rendered["summary"]  # which is not 0, but unknown
    assert "Unknown for lack of" in rendered["totals"]
    assert rendered["maps"] == ""
    assert rendered["coverage"] == ""


def test_names_that_are_hostile_stay_text(tmp_path):
    import json

    name = "<script>alert(1)</script>\u202e"
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {name: name}}}
    pool = {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPPool",
        "metadata": {"name": name},
        "spec": {"cidr": "10.0.0.0/28", "blockSize": 28, "nodeSelector": f"x == '{name}'"},
    }
    attributes = {"handle_id": name, "secondary": {"node": name, "namespace": name, "pod": name}}
    block = {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPAMBlock",
        "metadata": {"name": "b"},
        "spec": {
            "cidr": "10.0.0.0/28",
            "affinity": f"host:{name}",
            "allocations": [0],
            "attributes": [attributes],
            "unallocated": [],
        },
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [node, pool, block]}))
    everything = "".join(pieces(path).values())
    assert "<script" not in everything
    assert "\u202e" not in everything
    output = run_command("audit", path).output
    assert "\u202e" not in output


def test_a_place_that_cannot_be_written_is_told_before_anything_runs(folder, tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        ipk.report(folder("s03"), tmp_path / "nowhere/r.html", template="audit")


@pytest.fixture(scope="module", params=["en", "zh"])
def audit_reports(request, folder, tmp_path_factory):
    reports_folder = tmp_path_factory.mktemp("audits")
    formats = ["html", "xlsx", "md", "png", "svg", *(["pdf"] if find_chromium() else [])]
    sources = [folder(name) for name in ("s03", "s07", "s12")]
    ipk.make_reports(sources, reports_folder, template="audit", formats=formats, lang=request.param, date="2026-11-23")
    return request.param, reports_folder, sources


def test_its_tables_are_sheets_typed_and_exact(audit_reports):
    _lang, folder, sources = audit_reports
    book = openpyxl.load_workbook(folder / "s07.xlsx")
    assert {
        "findings",
        "pools",
        "map pool-zone-a",
        "headroom",
        "nodes",
        "coverage",
        "totals",
        "reading",
        "inputs",
    } <= set(book.sheetnames)
    rows = [list(row) for row in book["pools"].iter_rows(values_only=True)]
    figures = audit(sources[1]).metrics.pools
    assert [row[:3] for row in rows[1:]] == [[row["name"], row["cidr"], row["blockSize"]] for row in figures]
    assert len(rows[0]) == len(figures[0])
    assert isinstance(rows[1][3], bool)
    assert [row[8] for row in rows[1:]] == [row["capacity"] for row in figures]
    assert all(sheet.freeze_panes == "B2" for sheet in book.worksheets[1:])
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_its_markdown_has_the_tables_and_its_pictures_are_files(audit_reports):
    lang, folder, _ = audit_reports
    text = (folder / "s07.md").read_text()
    assert text.startswith("# s07\n")
    assert "| pool-zone-a | 10.101.0.0/22 |" in text
    linked = re.findall(r"!\[[^\]]+\]\(([^)]*)\)", text)
    assert {"s07%2Busage.png", "s07%2Bheadroom.png", "s07%2Bmap-pool-zone-a.png"} <= set(linked)
    assert all((folder / name.replace("%2B", "+")).is_file() for name in linked)
    assert ("部分 Pod" if lang == "zh" else "some pods") in text


def test_the_page_that_lists_audits_has_the_worst_first(audit_reports):
    lang, folder, _ = audit_reports
    text = (folder / "index.md").read_text()
    assert text.index("| s03 |") < text.index("| s12 |")
    assert text.index("| s07 |") < text.index("| s12 |")
    assert ("个错误" if lang == "zh" else "errors") in text


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium is installed")
def test_its_pdf_has_pages_and_the_pools(audit_reports):
    lang, folder, _ = audit_reports
    pages = [unicodedata.normalize("NFKC", page.extract_text()) for page in pypdf.PdfReader(folder / "s07.pdf").pages]
    assert 3 <= len(pages) <= 8
    assert ("Errors found." if lang == "en" else "有错误") in pages[0]
    assert all(f"{number} / {len(pages)}" in text for number, text in enumerate(pages, 1))


def test_what_is_unknown_is_called_so_in_a_sheet_too(folder, tmp_path):
    path = ipk.report(folder("s05") / "ipam-show.txt", tmp_path / "r.xlsx", template="audit")
    sheet = openpyxl.load_workbook(path)["totals"]
    assert dict(sheet.iter_rows(min_row=2, values_only=True))["nodes"] == "unknown"


def test_where_the_dumps_lie_is_not_in_the_report(folder, tmp_path):
    first, second = folder("s12"), folder("s12")
    pages = [
        ipk.report(path, tmp_path / f"{number}.html", template="audit", date="2026-11-23").read_text()
        for number, path in enumerate((first, second))
    ]
    assert pages[0] == pages[1]
    assert str(first.parent) not in pages[0]


def test_what_cannot_be_read_is_told_as_such(tmp_path):
    (tmp_path / "x.json").write_text("nothing")
    with pytest.raises(InputError) as error:
        ipk.report(tmp_path / "x.json", tmp_path / "r.html", template="audit")
    assert error.value.problems[0].place.file.endswith("x.json")


def test_several_files_are_one_cluster(folder, tmp_path):
    where = folder("s03")
    path = ipk.report(
        [where / "kubectl-nodes.json", where / "kubectl-ippools.json"], tmp_path / "r.md", template="audit"
    )
    assert "kubectl-ippools.json" in path.read_text()
    result = run_command("audit", where, "-o", tmp_path / "r.xlsx", "--redact")
    assert result.exit_code == 1
    assert "n1" not in [cell.value for cell in openpyxl.load_workbook(tmp_path / "r.xlsx")["nodes"]["A"]]
