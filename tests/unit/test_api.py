"""The Python API: one name for each verb of the command line, examples that run, answers that show themselves."""

import doctest
import inspect
import pydoc
import re
import subprocess
import sys
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.cli.app import app
from ippoolkit.view.answers import render_answer
from tests.helpers import ROOT, plan

PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^### (\w+)$(?:(?!^### ).)*?^```pycon\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_examples_of_the_page_run(name, example, monkeypatch):
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(example, {}, name, "docs/api.md", 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    output = []
    runner.run(test, out=output.append)
    assert not runner.failures, "".join(output)


def test_python_and_names_of_the_other_pages_are_true(monkeypatch):
    monkeypatch.chdir(ROOT)
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    for block in blocks:
        exec(block, {})
    for page in pages:
        for name in re.findall(r"`(ippoolkit(?:\.\w+)+)", page.read_text(encoding="utf-8")):
            assert pydoc.locate(name) is not None, f"{page.name}: {name}"


def test_the_page_names_everything_public():
    assert EXAMPLES
    for name in ipk.__all__:
        if not inspect.ismodule(getattr(ipk, name)):
            assert f"### {name}\n" in PAGE


def test_verbs_are_named_as_the_commands_are():
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    # What writes files that Python has other means for, or reads a running cluster.
    unlisted = {"scenario", "schema", "snapshot", "from-installer", "convert", "alerts", "configure", "lab"}
    for command in commands - unlisted:
        assert inspect.isfunction(getattr(ipk, command.replace("-", "_"))), command


def test_a_verb_stays_a_verb_when_the_package_of_its_name_is_loaded():
    code = (
        "import ippoolkit.read.reading, ippoolkit.report.build, ippoolkit.capacity.demand, ippoolkit as ipk;"
        "import ippoolkit.audit.headroom;"
        "assert all(map(callable, (ipk.read, ipk.report, ipk.capacity, ipk.audit)));"
        "from ippoolkit.audit import Audit; assert ipk.Audit is Audit"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_function_says_what_it_takes_and_returns():
    for name in ipk.__all__:
        value = getattr(ipk, name)
        if inspect.isfunction(value):
            document = inspect.getdoc(value)
            parameters = [parameter for parameter in inspect.signature(value).parameters if parameter != "self"]
            documented = document.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
            for parameter in parameters:
                assert re.search(rf"^(.*, )?{parameter}(, .*)?$", documented, re.MULTILINE), (name, parameter)
            assert "Returns\n-------\n" in document, name


def test_answers_show_themselves():
    analysis = ipk.capacity(plan(size=24))
    assert repr(analysis).startswith("<Analysis of 'scenario': fails, 64 blocks for 70 nodes")
    review = ipk.check(ROOT / "data/default-ipv4-ippool.yaml")
    audit = ipk.audit(ROOT / "data/kubean")
    cluster = plan(size=24).cluster
    strict = replace(plan(size=24), cluster=replace(cluster, ipam=replace(cluster.ipam, strict_affinity=True)))
    for answer, part in (
        (analysis, "node 65"),
        (review, "calicoctl"),
        (audit, "ipk-verdict"),
        (analysis.verdict, "node 65"),
        (ipk.forecast(ROOT / "data/history.csv"), "When pools run out"),
        (ipk.recommend(nodes=100, pods_per_node=50), "blockSize"),
        (ipk.free(within=["10.0.0.0/8"], taken=["10.0.0.0/9"], prefix=10, count=3), "10.128.0.0/10"),
        (ipk.upgrade(analysis.scenario, "v3.33"), "→ v3.33"),
        (ipk.read(ROOT / "data/kubean"), "was read"),
        (ipk.load(ROOT / "data/kubespray.yaml"), "kubespray: 1 pool, 12 nodes"),
        (ipk.simulate(plan(size=24)), "No request failed"),
        (ipk.simulate(strict), "First failed requests"),
    ):
        assert part in render_answer(answer)
        assert len(repr(answer)) < 300
        assert answer._repr_html_() == render_answer(answer)
    assert analysis.findings[0]._repr_html_() == render_answer(analysis.findings[0])
    assert repr(analysis.findings[0]).startswith("<Finding ")
    assert "<style>" in analysis._repr_html_()
    assert repr(plan().cluster.pools[0].cidr) == "Cidr('10.233.64.0/18')"


def test_a_path_will_do():
    path = ROOT / "data/kubespray.yaml"
    assert ipk.capacity(path).growth().equals(ipk.capacity(ipk.load(path)).growth())
    assert ipk.capacity(str(path)).verdict == ipk.capacity(ipk.load(path)).verdict
    assert ipk.upgrade(path, "v3.21").verdicts == ipk.upgrade(ipk.load(path), "v3.21").verdicts
    assert ipk.simulate(path).blocks.equals(ipk.simulate(ipk.load(path)).blocks)
    assert ipk.recommend(path, pods_per_node=60).picks == ipk.recommend(ipk.load(path), pods_per_node=60).picks
    assert ipk.free(path, within=["10.233.0.0/16"], prefix=18).offers


def test_objects_of_the_model_show_what_is_not_the_default():
    scenario = ipk.load(ROOT / "data/kubespray.yaml")
    assert repr(scenario) == "<Scenario 'kubespray': 1 pool, 12 nodes, 14 blocks, 305 pods>"
    assert repr(ipk.IPPool(name="p", cidr="10.0.0.0/16")) == "IPPool(name='p', cidr=Cidr('10.0.0.0/16'), block_size=26)"
    assert repr(scenario.cluster.blocks[0]).count("items") == 2
