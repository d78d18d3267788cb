"""Names that are formulas, links or markup stay names: in pictures, pages, SARIF and JUnit."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import ippoolkit as ipk
from ippoolkit.figures import draw_address_map, render_svg
from ippoolkit.manifests.manifest_review import review
from ippoolkit.simulation import address_map, place_planned_pods
from ippoolkit.view import review_formats
from tests.helpers import plan

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


@pytest.mark.parametrize("name", HOSTILE)
def test_what_build_servers_read_is_well_formed(name, tmp_path):
    path = tmp_path / "pool.json"
    spec = {"cidr": "10.0.0.1/8", "nodeSelector": name}
    manifest = {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": name}, "spec": spec}
    path.write_text(json.dumps(manifest))
    result = review([path])
    sarif = json.loads(json.dumps(review_formats.review_as_sarif(result, "en")))
    assert sarif["version"] == "2.1.0"
    assert all(entry["message"]["text"] for entry in sarif["runs"][0]["results"])
    suites = ET.fromstring(review_formats.review_as_junit(result, "en"))
    assert {element.tag for element in suites.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "properties",
        "property",
        "system-out",
    }


def test_a_page_lets_nothing_run_and_asks_for_nothing():
    template = (Path(ipk.__file__).parent / "report/template/page.html.j2").read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', template)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert template.index("Content-Security-Policy") < template.index("<style>")
