"""Names that are formulas, links or markup stay names: in pictures, pages, SARIF and JUnit."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

import ippoolkit as ipk
from ippoolkit.figures import draw_address_map, render_svg
from ippoolkit.manifests.manifest_review import review
from ippoolkit.simulation import address_map, place_planned_pods
from ippoolkit.view import review_formats
from tests.helpers import plan

from .sarif_schema import SARIF

HOSTILE = (
    "$x_{$",
    "$\\frac{1}{",
    "a$b$c",
    "=1+1",
    "](javascript:alert(1))",
    "</testcase><x>",
    "\u202e\x1b[31m",
    "|a|b|",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_picture_shows_a_name_as_it_is(name):
    cells = address_map(place_planned_pods(plan()), plan().cluster.pools[0].name, cells=16)
    svg = render_svg(draw_address_map(cells, title=name), name)
    ET.fromstring(svg.replace("\x1b", ""))
    assert name.replace("\x1b", "").replace("<", "&lt;").replace(">", "&gt;").strip("\u202e")[:3] in svg.replace(
        "\x1b", ""
    )


# What JUnit's elements may hold, as Jenkins' and GitLab's readers take it.
JUNIT = {
    "testsuites": ({"name"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"testcase"}),
    "testcase": ({"classname", "name"}, {"failure", "error", "system-out"}),
    "failure": ({"message"}, set()),
    "error": ({"message"}, set()),
    "system-out": (set(), set()),
}


@pytest.mark.parametrize("name", [*HOSTILE, "\x00\x0b\ufffe\U0001f600", "a b%c#d?e", "é/集", "]]>&<!--", "\ud800"])
def test_what_build_servers_read_fits_its_schema(name, tmp_path):
    folder = tmp_path / re.sub(r"[/\x00\ud800]", "-", name)
    folder.mkdir()
    path = folder / "pool.json"
    spec = {"cidr": "10.0.0.1/8", "nodeSelector": name}
    manifest = {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": name}, "spec": spec}
    path.write_text(json.dumps(manifest))
    (folder / "empty.yaml").touch()
    result = review([path, folder / "empty.yaml"])
    for lang in ("en", "zh"):
        sarif = json.loads(json.dumps(review_formats.review_as_sarif(result, lang)))
        jsonschema.validate(sarif, SARIF, jsonschema.Draft202012Validator)
        assert sarif["runs"][0]["results"]
        suites = ET.fromstring(review_formats.review_as_junit(result, lang))
        for element in suites.iter():
            attributes, children = JUNIT[element.tag]
            assert set(element.attrib) <= attributes
            assert {child.tag for child in element} <= children
        for suite in suites:
            assert int(suite.get("tests")) == len(suite)
            failures, errors = suite.findall("testcase/failure"), suite.findall("testcase/error")
            assert (int(suite.get("failures")), int(suite.get("errors"))) == (len(failures), len(errors))
            assert failures or errors


def test_a_page_lets_nothing_run_and_asks_for_nothing():
    template = (Path(ipk.__file__).parent / "report/template/page.html.j2").read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', template)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    # Only the page's own script, byte for byte.
    assert rules["script-src"] == "'sha256-{{ ipk.script_hash }}'"
    assert template.index("Content-Security-Policy") < template.index("<style>")
