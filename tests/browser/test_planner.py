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


def sees(page, selector, text):
    """Wait until an element shows a text; parts of the page change one after the other."""
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector)?.innerText.includes(text)", arg=[selector, text]
    )


def test_the_planner_follows_its_controls(planner):
    page = planner.page
    sees(page, ".ipk-verdict", "Fits. Holds 60 nodes")
    page.locator(".ipk-blocksize .noUi-handle").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    sees(page, ".ipk-blocksize .widget-readout", "22")
    sees(page, ".ipk-block_sizes td.chosen", "/22")
    sees(page, ".ipk-verdict", "Tight.")

    cidr = page.locator(".ipk-cidr input")
    cidr.fill("10.0.0.1/8")
    cidr.press("Enter")
    sees(page, ".ipk-field-error", "Write 10.0.0.0/8")
    sees(page, ".ipk-status", "last result")
    cidr.fill("10.0.0.0/8")
    cidr.press("Enter")
    sees(page, ".ipk-verdict", "Fits.")
    page.wait_for_function("document.querySelector('.ipk-field-error').innerText.trim() === ''")
    for tab, sign in (("Nodes", "worker1"), ("Over time", "spare blocks"), ("Manifest", "kind: IPPool")):
        page.locator(".ipk-tabs .lm-TabBar-tabLabel", has_text=re.compile(f"^{tab}$")).click()
        sees(page, ".ipk-tabs", sign)
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    planner.is_clean()
