"""The planner in JupyterLab: it opens without pop-ups, follows the sliders, and asks nobody outside."""

import os
import re
import shutil
import subprocess
import sys
import threading

import pytest

from tests.helpers import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Serve a copy of the notebooks, since JupyterLab saves what it runs."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name)
    private = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    command += [f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=t"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env={**os.environ, **private}
    )
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            break
    else:
        pytest.fail("JupyterLab did not start")
    threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True).start()
    yield found[0]
    server.terminate()
    server.wait(30)


@pytest.fixture
def planner(lab, watch):
    watched = watch(lab, lab.replace("http", "ws"), viewport={"width": 1500, "height": 1100})
    page = watched.page
    page.set_default_timeout(90_000)
    page.goto(f"{lab}lab/tree/notebooks/planner.ipynb?token=t&reset")
    page.wait_for_selector(".jp-Notebook")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert page.locator(".jp-Dialog").count() == 0
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    page.wait_for_selector(".ipk-verdict")
    page.wait_for_selector(".ipk-block_sizes")
    return watched


def verdict_changes(page, act):
    before = page.inner_text(".ipk-verdict")
    act()
    page.wait_for_function("text => document.querySelector('.ipk-verdict').innerText !== text", arg=before)
    return page.inner_text(".ipk-verdict")


def test_the_planner_follows_its_controls(planner):
    page = planner.page
    assert page.inner_text(".ipk-verdict").startswith("Fits. Holds 60 nodes")

    def shorter_blocks():
        page.locator(".ipk-blocksize .noUi-handle").focus()
        for _ in range(4):
            page.keyboard.press("ArrowLeft")

    verdict_changes(page, shorter_blocks)
    page.wait_for_function("document.querySelector('.ipk-verdict').innerText.startsWith('Tight.')")
    assert page.locator(".ipk-blocksize .widget-readout").inner_text() == "22"
    page.wait_for_function("document.querySelector('.ipk-block_sizes td.chosen').innerText === '/22'")

    cidr = page.locator(".ipk-cidr input")
    cidr.fill("10.0.0.1/8")
    cidr.press("Enter")
    page.wait_for_function("document.querySelector('.ipk-field-error').innerText.includes('Write 10.0.0.0/8')")
    assert "last result" in page.inner_text(".ipk-status")

    def larger():
        cidr.fill("10.0.0.0/8")
        cidr.press("Enter")

    assert verdict_changes(page, larger).startswith("Fits.")
    assert page.inner_text(".ipk-field-error").strip() == ""
    for tab, sign in (("Nodes", "worker1"), ("Over time", "spare blocks"), ("Manifest", "kind: IPPool")):
        page.locator(".ipk-tabs .lm-TabBar-tabLabel", has_text=re.compile(f"^{tab}$")).click()
        page.wait_for_function("text => document.querySelector('.ipk-tabs').innerText.includes(text)", arg=sign)
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    planner.is_clean()
