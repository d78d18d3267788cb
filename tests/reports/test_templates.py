"""Templates: found by name or path, their parameters checked before anything runs, a notebook of one's own in all formats."""

import re

import openpyxl
import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.report import builtin_templates, find_template
from tests.helpers import ROOT, plan, write_notebook

pytestmark = pytest.mark.filterwarnings("ignore")

DAY = "2026-11-23"
KUBESPRAY = ROOT / "data/kubespray.yaml"
KUBEAN = ROOT / "data/kubean.yaml"


@pytest.mark.parametrize("name", builtin_templates())
def test_every_template_of_the_kit_says_its_title_once(name):
    template = find_template(name)
    assert template.is_builtin
    assert "lang" in template.defaults
    assert "date" in template.defaults


def test_wrong_parameters_are_all_told_before_anything_runs(tmp_path):
    with pytest.raises(InputError) as error:
        ipk.report(KUBESPRAY, tmp_path / "r.html", parameters={"nodes_shown": "many", "mounths": 3})
    assert [(problem.code, problem.place.field) for problem in error.value.problems] == [
        ("type-whole", "nodes_shown"),
        ("field-unknown", "mounths"),
    ]
    with pytest.raises(InputError) as error:
        ipk.report(KUBESPRAY, tmp_path / "r.html", parameters={"nodes_shown": 0})
    assert [problem.code for problem in error.value.problems] == ["value-low"]
    assert list(tmp_path.iterdir()) == []


def test_what_the_kit_fills_in_is_no_parameter_to_give(tmp_path):
    with pytest.raises(InputError) as error:
        ipk.report(KUBESPRAY, tmp_path / "r.html", parameters={"scenario": "/etc/passwd"})
    assert [problem.code for problem in error.value.problems] == ["field-unknown"]


@pytest.mark.parametrize(
    ("default", "good", "bad", "code"),
    [
        ("True", False, "false", "type-flag"),
        ("12", 24, 1.5, "type-whole"),
        ("1.5", 2.5, "2.5", "type-number"),
        ('"a"', "b", 7, "type-text"),
        ("[1, 2]", [3], ["3"], "type-quoted"),
        ("[]", ["anything", 1], "text", "type-list"),
        ("{}", {"a": 1}, [], "type-mapping"),
    ],
)
def test_types_are_those_of_the_cell(tmp_path, default, good, bad, code):
    template = find_template(write_notebook(tmp_path / "own.ipynb", f'scenario = ""\nx = {default}'))
    assert template.validate({"x": good}) == []
    assert [problem.code for problem in template.validate({"x": bad})] == [code]


def test_ranges_stand_in_the_metadata(tmp_path):
    path = write_notebook(
        tmp_path / "own.ipynb",
        'scenario = ""\nmonths = 3',
        metadata={"ippoolkit": {"parameters": {"months": {"minimum": 1, "maximum": 9}}}},
    )
    template = find_template(path)
    assert template.validate({"months": 9}) == []
    assert [problem.code for problem in template.validate({"months": 10})] == ["value-high"]


def test_what_is_no_template_is_told(tmp_path):
    (tmp_path / "text.ipynb").write_text("no notebook")
    for name, code in {
        "nonsense": "template-unknown",
        "planner": "template-unknown",
        "../capacity": "template-unknown",
        str(tmp_path / "none.ipynb"): "file-missing",
        str(tmp_path / "text.ipynb"): "template-notebook",
    }.items():
        with pytest.raises(InputError) as error:
            find_template(name)
        assert [problem.code for problem in error.value.problems] == [code], name
    path = write_notebook(tmp_path / "none-of-ours.ipynb", "x = 1")
    assert [problem.code for problem in find_template(path).validate({})] == ["template-parameters"]


def test_a_notebook_of_ones_own_becomes_every_format(tmp_path):
    path = write_notebook(
        tmp_path / "with {braces} and 'quotes'.ipynb",
        'scenario = ""\nlang = "en"\nfactor = 2',
        "# My *own* report",
        "import ippoolkit as ipk\nimport pandas as pd\nfrom matplotlib.figure import Figure",
        'pd.DataFrame({"name": ["=1+1", "b"], "count": [factor * 2**60, 3]})',
        "figure = Figure(figsize=(2, 1)); figure.subplots().plot([1, 2]); figure",
    )
    batch = ipk.make_reports(
        [KUBESPRAY],
        tmp_path / "out",
        formats=["html", "xlsx", "md", "png", "svg"],
        template=path,
        parameters={"factor": 4},
        date=DAY,
    )
    assert sorted(file.name for file in batch.successes[0].files) == [
        "kubespray+figure-1.png",
        "kubespray+figure-1.svg",
        "kubespray.html",
        "kubespray.md",
        "kubespray.xlsx",
    ]
    html = (tmp_path / "out/kubespray.html").read_text()
    assert "<em>own</em>" in html
    assert "<svg" in html
    sheet = openpyxl.load_workbook(tmp_path / "out/kubespray.xlsx")["table"]
    assert [[cell.value for cell in row] for row in sheet] == [["name", "count"], ["=1+1", str(2**62)], ["b", 3]]
    markdown = (tmp_path / "out/kubespray.md").read_text()
    assert markdown.startswith("# My *own* report\n")
    assert "(kubespray%2Bfigure-1.png)" in markdown


def test_a_notebook_of_ones_own_runs_in_its_folder(tmp_path):
    (tmp_path / "helper.py").write_text("answer = 42")
    (tmp_path / "data.csv").write_text("a\n43\n")
    path = write_notebook(
        tmp_path / "own.ipynb",
        "files = []",
        "import helper, os, pandas\nprint('not shown')",
        "from IPython.display import Markdown\n"
        "Markdown(f'{helper.answer} {pandas.read_csv(\"data.csv\").a[0]} {len(os.listdir(files[0]))}')",
    )
    report_path = ipk.report(ROOT / "data/kubean", tmp_path / "r.md", template=path)
    assert report_path.read_text() == "42 43 5\n"


def test_a_comparison_puts_scenarios_side_by_side(tmp_path):
    batch = ipk.make_reports([KUBESPRAY, KUBEAN], tmp_path, template="comparison", formats=["html", "xlsx"], date=DAY)
    assert [file.name for file in batch.successes[0].files] == ["comparison.html", "comparison.xlsx"]
    assert batch.index_page is None
    book = openpyxl.load_workbook(tmp_path / "comparison.xlsx")
    rows = {row[0]: row[1:] for row in book["key figures"].iter_rows(values_only=True)}
    assert rows["metric"] == ("kubespray", "kubean")
    assert rows["blocks"] == (256, 320)
    differences = {row[0]: row[1:] for row in book["differences"].iter_rows(values_only=True)}
    assert differences["cluster.pools[default-pool].cidr"] == ("10.233.64.0/18", "10.244.0.0/18")
    assert not any("nodeSelector" in key and values[0] == values[1] for key, values in differences.items())


def test_scenarios_of_one_name_are_told_apart(tmp_path):
    batch = ipk.make_reports([plan(), plan(size=24)], tmp_path, template="comparison", formats=["md"], date=DAY)
    text = batch.successes[0].files[0].read_text()
    assert "scenario (1)" in text.replace("\\", "")
    assert "scenario (2)" in text.replace("\\", "")


def test_a_comparison_of_one_is_refused(tmp_path):
    batch = ipk.make_reports([KUBESPRAY], tmp_path, template="comparison")
    assert "at least 2 scenarios" in str(batch.failures[0].error)


def test_the_fleet_page_alone_tells_what_it_could_not_read(tmp_path):
    (tmp_path / "bad.yaml").write_text("version: 1\nname: 7\n")
    batch = ipk.make_reports(
        [KUBESPRAY, plan(size=24), tmp_path / "bad.yaml"],
        tmp_path / "out",
        template="fleet",
        formats=["html", "md"],
        date=DAY,
    )
    text = (tmp_path / "out/fleet.md").read_text()
    assert text.index("| scenario |") < text.index("| kubespray |")
    assert "bad.yaml" in text
    assert "href" not in re.sub(r"(?s)<style>.*?</style>", "", (tmp_path / "out/fleet.html").read_text())
    assert batch.index_page is None
