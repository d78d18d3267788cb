"""The formats of a report: typed and exact sheets, PDF with pages, Markdown and pictures, nothing that runs."""

import io
import re
import shutil
import unicodedata
import zipfile
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.findings import get_language
from ippoolkit.report.formats import pdf as pdf_format
from ippoolkit.report.formats.workbook import render_workbook
from tests.helpers import ROOT, plan

pytestmark = pytest.mark.filterwarnings("ignore")

DAY = "2026-11-23"
needs_chromium = pytest.mark.skipif(pdf_format.find_chromium() is None, reason="no Chromium is installed")


@pytest.fixture(scope="module", params=["en", "zh"])
def reports(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    formats = ["html", "xlsx", "md", "png", "svg", *(["pdf"] if pdf_format.find_chromium() else [])]
    ipk.make_reports([ROOT / "data/kubean.yaml"], folder, formats=formats, lang=request.param, date=DAY)
    return request.param, folder


def test_the_workbook_holds_each_table_typed_and_exact(reports):
    lang, folder = reports
    book = openpyxl.load_workbook(folder / "kubean.xlsx")
    scenario = ipk.load(ROOT / "data/kubean.yaml")
    assert {"pools", "nodes", "growth", "findings", "blocks default-pool", "map default-pool"} <= set(book.sheetnames)
    table = ipk.capacity(scenario).pools(lang=lang)
    rows = [list(row) for row in book["pools"].iter_rows(values_only=True)]
    assert rows[1:] == [[None if value == "" else value for value in row] for row in table.to_dict("split")["data"]]
    assert isinstance(rows[1][3], int)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_first_sheet_says_the_verdict_and_shows_charts(reports):
    lang, folder = reports
    book = openpyxl.load_workbook(folder / "kubean.xlsx")
    summary = book.worksheets[0]
    rows = [row[:2] for row in summary.iter_rows(values_only=True)]
    language = get_language(lang)
    assert rows[0] == (language.translate("verdict"), language.translate("fits"))
    assert (language.translate("nodes"), 6) in rows
    assert (language.translate("rules"), "Calico v3.33") in rows
    assert len(summary._charts) == 5  # of three pools, and of both IP versions' growth
    assert book.sheetnames[-1].startswith("map ")


def test_the_workbook_of_an_audit_draws_blocks_of_pools_and_addresses_of_nodes(tmp_path):
    workbook = ipk.report(ROOT / "data/kubean", tmp_path / "audit.xlsx", template="audit", in_process=True)
    book = openpyxl.load_workbook(workbook)
    drawn = [
        [
            book[series.val.numRef.f.split("!")[0]][f"{series.val.numRef.f.split('$')[1]}1"].value
            for series in chart.series
        ]
        for chart in book.worksheets[0]._charts
    ]
    assert drawn == [["blocks claimed", "blocks"], ["own", "free", "borrowed"]]


def test_pictures_of_markdown_are_files_beside_it(tmp_path):
    text = ipk.report(ROOT / "data/kubespray.yaml", tmp_path / "a b.md", date=DAY).read_text()
    names = [unquote(target) for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)]
    assert len(names) == 4
    assert sorted(names) == sorted(path.name for path in tmp_path.glob("*.svg"))
    assert "pods (305)" in text  # left out of the appendix
    assert "- {name: worker9, labels:" in text  # of ten nodes none is


def test_whole_numbers_beyond_15_digits_are_text_with_a_note(tmp_path):
    scenario = plan("fd00::/64", size=122, nodes=3, pods=5)
    ipk.make_reports([scenario], tmp_path, formats=["xlsx"], date=DAY)
    sheet = openpyxl.load_workbook(next(tmp_path.glob("*.xlsx")))["pools"]
    column = [cell.value for cell in sheet[1]].index("addresses")
    assert sheet.cell(2, column + 1).value == str(2**64)
    assert "15 digits" in sheet.cell(1, column + 1).comment.text


def test_texts_that_are_wider_than_their_column_are_wrapped(reports):
    book = openpyxl.load_workbook(reports[1] / "kubean.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                width = sheet.column_dimensions[cell.column_letter].width
                assert not isinstance(cell.value, str) or len(cell.value) < width or cell.alignment.wrap_text


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_texts_are_never_formulas(text):
    data = render_workbook([{"name": text, "headings": [text], "rows": [[text]]}], [("about", text)], "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
    assert book.worksheets[1]["A2"].value.removeprefix("_x000D_").strip() == text.strip()
    assert book.worksheets[1]["A2"].quotePrefix
    assert not any("externalLink" in name for name in zipfile.ZipFile(io.BytesIO(data)).namelist())


def test_sheets_bear_names_that_excel_takes():
    names = ["a/b:c*d?e[f]g\\h", "x" * 300, "X" * 300, "", "'quoted'", "History"]
    data = render_workbook([{"name": name, "headings": ["h"], "rows": []} for name in names], [], "en")
    sheet_names = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert len({name.casefold() for name in sheet_names}) == len(names) + 1
    for name in sheet_names:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\]|^'|'$", name)


def test_markdown_holds_the_tables_and_links_the_pictures(reports):
    lang, folder = reports
    text = (folder / "kubean.md").read_text()
    assert text.startswith("# kubean\n")
    assert "| 10.244.0.0/18 |" in text
    for name in re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text):
        assert (folder / name.replace("%2B", "+")).is_file()
    assert ("可容纳" in text) == (lang == "zh")
    assert "\n\n\n" not in text


def test_each_figure_is_a_picture_of_its_own(reports):
    _lang, folder = reports
    names = {path.stem.removeprefix("kubean+") for path in folder.glob("*.png")}
    assert {"map-default-pool", "block-sizes-default-pool", "growth-IPv4", "growth-IPv6"} <= names
    assert names == {path.stem.removeprefix("kubean+") for path in folder.glob("*.svg")}
    for path in folder.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


@needs_chromium
def test_the_pdf_has_its_text_its_page_numbers_and_its_date(reports):
    lang, folder = reports
    book = pypdf.PdfReader(folder / "kubean.pdf")
    pages = [unicodedata.normalize("NFKC", page.extract_text()) for page in book.pages]
    assert 5 <= len(pages) <= 20
    assert "kubean" in pages[0]
    assert ("Fits." in pages[0]) if lang == "en" else ("可行" in pages[0])
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
    assert book.metadata.creation_date.date().isoformat() == DAY
    headings = [str(entry["/Title"]) for entry in flat(book.outline)]
    assert "kubean" in headings[0]


@needs_chromium
def test_a_table_that_does_not_fit_on_a_page_repeats_its_head(tmp_path):
    nodes = tuple(ipk.Node(name=f"n{number:03}", max_pods=number + 1) for number in range(150))
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16")
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), nodes=nodes))
    path = ipk.report(scenario, tmp_path / "r.pdf", date=DAY)
    with_nodes = [
        text for page in pypdf.PdfReader(path).pages if len(re.findall(r"\bn\d{3}\b", text := page.extract_text())) > 20
    ]
    assert len(with_nodes) >= 2
    for text in with_nodes[:2]:
        assert "pod limit" in " ".join(text.split())


@needs_chromium
def test_the_same_input_gives_the_same_pdf(tmp_path):
    first, second = (ipk.report(plan(), tmp_path / f"{name}.pdf", date=DAY).read_bytes() for name in "ab")
    assert first == second


def flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from flat(entry)
        else:
            yield entry


def test_without_a_chromium_pdf_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match=r"PDF output needs Chromium.*IPPOOLKIT_CHROMIUM"):
        ipk.report(plan(), tmp_path / "r.pdf")
    assert list(tmp_path.iterdir()) == []


def test_without_a_font_chinese_pictures_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ippoolkit.figures.style.chinese_fonts", tuple)
    for kind in ("png", *(["pdf"] if pdf_format.find_chromium() else [])):
        with pytest.raises(InputError, match=r"Noto Sans CJK .*fonts-noto-cjk"):
            ipk.make_reports([plan()], tmp_path / "out", formats=[kind], lang="zh")


def test_a_font_installed_later_is_found_and_kept(tmp_path, monkeypatch):
    import json

    import matplotlib as mpl
    from matplotlib import font_manager

    from ippoolkit.figures import fonts

    font = next(fonts.packaged_font_folder().glob("*Sans*.otf"))
    known = [entry for entry in font_manager.fontManager.ttflist if entry.name not in fonts.CHINESE_FONTS]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(font)])
    monkeypatch.setattr(fonts, "packaged_font_folder", lambda: None)
    monkeypatch.setattr(mpl, "get_cachedir", lambda: str(tmp_path))
    fonts.chinese_fonts.cache_clear()
    try:
        assert fonts.chinese_fonts() == ("Noto Sans SC",)
        (font_list,) = tmp_path.glob("fontlist-*.json")
        assert any(entry["name"] == "Noto Sans SC" for entry in json.loads(font_list.read_text())["ttflist"])
    finally:
        fonts.chinese_fonts.cache_clear()


def test_chinese_pictures_show_chinese():
    """Each character is drawn by a font that has it, not as an empty box: unlike characters look unlike."""
    from matplotlib.figure import Figure

    from ippoolkit.figures import has_font_for, render_png

    if not has_font_for("zh"):
        pytest.skip("no font with Chinese characters is installed")

    def drawn(text):
        figure = Figure(figsize=(1, 1))
        figure.text(0.5, 0.5, text)
        return render_png(figure)

    assert drawn("块") != drawn("池")
