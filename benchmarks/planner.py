"""How quickly the planner follows a slider, against a notebook that only echoes a slider's value into a label.

Measured in the page, in one run of JupyterLab and Chromium: from the key that moves the slider to the frame in which
the changed text is painted.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.browser.conftest import FLAGS, NAMES
from tests.browser.servers import run_all, serving

ECHO = """
import ipywidgets as ipw
slider, label = ipw.IntSlider(min=0, max=1000, value=500), ipw.Label("500").add_class("echo")
slider.observe(lambda change: setattr(label, "value", str(change.new)), "value")
ipw.VBox([slider, label])
"""
READY = """
import pandas
import ipywidgets as ipw
ipw.IntSlider().add_class("echo")
"""
SAMPLE = """
import ippoolkit as ipk
ipk.Planner("data/kubespray.yaml")
"""
LARGE = """
import ippoolkit as ipk
pool = ipk.IPPool(name="pool", cidr="10.0.0.0/12", vxlan_mode="Always")
group = ipk.NodeGroup(nodes=5000, pods_per_node=60, pods_on_busiest_node=110)
ipk.Planner(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,))))
"""
# What stands on the page: the notebook, the element whose text follows, the part of it that takes the keys.
CASES = {
    "echo": (ECHO, ".echo", ".noUi-handle"),
    "sample, 12 nodes": (SAMPLE, ".ipk-verdict", ".ipk-field.ipk-nodes input[type=range]"),
    "plan, 5,000 nodes": (LARGE, ".ipk-verdict", ".ipk-field.ipk-nodes input[type=range]"),
    "map, 5,000 nodes": (LARGE, ".ipk-verdict", ".ipk-field.ipk-nodes input[type=range]"),
}
# Resolves with the milliseconds from the next key to the frame that shows another text; and to the end of all changes.
WATCH = """
selector => { window.painted = new Promise(resolve => {
  let begin, text = document.querySelector(selector).textContent, first = 0, last = 0;
  const root = document.querySelector('.ipk-result') ?? document.querySelector(selector).parentElement;
  document.addEventListener('keydown', event => { begin = performance.now(); }, { once: true, capture: true });
  const painted = call => requestAnimationFrame(() => { const c = new MessageChannel();
    c.port1.onmessage = () => call(performance.now() - begin); c.port2.postMessage(0); });
  const seen = new MutationObserver(() => painted(now => {
    last = now;
    if (first || document.querySelector(selector).textContent === text) return;
    first = now;
    const rest = () => { if (performance.now() - begin - last > 250) { seen.disconnect(); resolve([first, last]); }
      else setTimeout(rest, 20); };
    rest();
  }));
  seen.observe(root, { childList: true, subtree: true, characterData: true, attributes: true });
}); }
"""
# Resolves with the milliseconds from the last press of the pointer, on "Run All Cells", to the frame with an element.
APPEAR = """
selector => { window.appeared = new Promise(resolve => {
  let begin = 0;
  window.addEventListener('pointerdown', () => { begin = performance.now(); }, { capture: true });
  const seen = new MutationObserver(() => {
    if (!document.querySelector(selector)?.getClientRects().length) return;
    seen.disconnect();
    requestAnimationFrame(() => { const c = new MessageChannel();
      c.port1.onmessage = () => resolve(performance.now() - begin); c.port2.postMessage(0); });
  });
  seen.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
}); }
"""


def move_slider(page, selector, handle, moves):
    """Move a slider to and fro; return the milliseconds to the text and to the rest of the page, a pair a move."""
    page.locator(handle).focus()
    times = []
    for number in range(moves):
        page.evaluate(WATCH, selector)
        page.keyboard.press("ArrowRight" if number % 2 else "ArrowLeft")
        times.append(page.evaluate("window.painted"))
    return times


def open_notebook(browser_site, name, source, selector):
    """Open a notebook of one cell; return its page, and how long its run took to show something."""
    browser, address, folder = browser_site
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    page = browser.new_page(viewport={"width": 1500, "height": 1100})
    page.set_default_timeout(60_000)
    page.goto(f"{address}lab/tree/{name}.ipynb?token=t&reset")
    page.evaluate(APPEAR, selector)
    run_all(page)
    return page, page.evaluate("window.appeared") / 1000


def kernel_mib():
    """Return the memory of the kernel that was started last."""
    children = psutil.Process().children(recursive=True)
    kernels = [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]
    return max(kernels, key=psutil.Process.create_time).memory_info().rss / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        sys.exit(f"no browser found (looked for {', '.join(NAMES)}); on Debian: apt-get install chromium")
    figures = {}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with serving("lab", folder) as address:
            for case, (source, selector, handle) in CASES.items():
                page, _ = open_notebook((browser, address, folder), case.split(",")[0], source, selector)
                if case.startswith("map"):
                    page.locator(".ipk-tabs .lm-TabBar-tabLabel", has_text="Address map").click()
                    page.wait_for_selector(".ipk-map svg")
                move_slider(page, selector, handle, 10)
                times = move_slider(page, selector, handle, options.moves)
                texts, rests = ([pair[place] for pair in times] for place in (0, 1))
                quantiles = statistics.quantiles(texts, n=20)
                figures[case] = {
                    "median": statistics.median(texts),
                    "p95": quantiles[-1],
                    "rest": statistics.median(
                        figure_time - text for text, figure_time in zip(texts, rests, strict=True)
                    ),
                }
                if case.startswith("sample"):
                    move_slider(page, selector, handle, max(0, 90 - options.moves))
                    early = kernel_mib()
                    for _ in range(1000 - options.moves):
                        page.keyboard.press("ArrowRight")
                    page.wait_for_timeout(2000)
                    figures["memory_ratio"] = kernel_mib() / early
                page.close()
            ready = {}
            for round_ in range(5):
                for case, source, selector in (("plain", READY, ".echo"), ("planner", SAMPLE, ".ipk-verdict")):
                    page, took = open_notebook((browser, address, folder), f"ready-{case}-{round_}", source, selector)
                    ready.setdefault(case, []).append(took)
                    page.close()
        browser.close()
    print(f"{'milliseconds':20} {'median':>8} {'p95':>8} {'ratio':>7} {'p95 ratio':>10} {'rest after':>11}")
    echo = figures["echo"]
    for case in CASES:
        row = figures[case]
        row["median_ratio"], row["p95_ratio"] = (
            row["median"] / echo["median"],
            row["p95"] / echo["p95"],
        )
        print(
            f"{case:20} {row['median']:8.1f} {row['p95']:8.1f} {row['median_ratio']:7.2f} {row['p95_ratio']:10.2f} "
            f"{row['rest']:11.1f}"
        )
    took = {case: statistics.median(row) for case, row in ready.items()}
    figures["ready_ratio"] = took["planner"] / took["plain"]
    print(f"ready: {took['planner']:.2f} s, a plain notebook {took['plain']:.2f} s", end="")
    print(f", ratio {figures['ready_ratio']:.2f}; kernel memory after 1,000 moves: {figures['memory_ratio']:.3f} x")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
