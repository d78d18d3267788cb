"""The planner in JupyterLab and in Voilà: it opens without pop-ups, follows every control, and asks nobody outside."""

import re
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.servers import serving

pytestmark = pytest.mark.filterwarnings("ignore")
# What other tests find the planner's parts by.
CLASSES = (
    "cidr",
    "prefix",
    "blocksize",
    "nodes",
    "pods",
    "busiest",
    "growth",
    "verdict",
    "notice",
    "tabs",
    "table",
    "map",
    "findings",
    "manifest",
    "compare",
    "report",
    "load",
    "save",
)
START = "Fits. Holds 60 nodes"
WINDOW = {"width": 1500, "height": 1100}
TABS = ("Block sizes", "Address map", "Nodes", "Over time", "Findings", "Manifest", "Compare", "Report")


def homes(front):
    address = front[1]
    return address, address.replace("http", "ws")


@pytest.fixture(scope="module", params=["lab", "voila"])
def front(request, tmp_path_factory):
    with serving(request.param, tmp_path_factory.mktemp(request.param)) as address:
        yield request.param, address


def open_planner(front, watched, theme="light"):
    kind, address = front
    page = watched.page
    page.set_default_timeout(90_000)
    if kind == "lab":
        page.goto(f"{address}lab/tree/notebooks/planner.ipynb?token=t&reset")
        page.wait_for_selector(".jp-Notebook")
        if theme == "dark":
            for name in ("Settings", "Theme", "JupyterLab Dark"):
                label = ".lm-MenuBar-itemLabel" if name == "Settings" else ".lm-Menu-itemLabel"
                page.locator(label, has_text=re.compile(f"^{name}$")).click()
    else:
        page.goto(f"{address}?theme={theme}")
    page.wait_for_selector(".ipk-verdict")
    page.wait_for_selector(".ipk-block_sizes")


@pytest.fixture
def fresh(front, watch):
    """Return what opens a planner of its own, by theme."""

    def opened(theme="light"):
        watched = watch(*homes(front), viewport=WINDOW)
        open_planner(front, watched, theme)
        return watched

    return opened


@pytest.fixture(scope="module")
def shared(front, browser):
    """Hold one opened planner for the tests that can bring it back to its start; the page is None until it is asked for."""
    shared_page = SimpleNamespace(watched=None, failed=0)
    yield shared_page
    if shared_page.watched:
        shared_page.watched.page.close()


@pytest.fixture
def planner(front, browser, shared, request):
    """Return the shared planner as it is when it is opened; a test that failed leaves none behind."""
    if shared.watched and request.session.testsfailed > shared.failed:
        shared.watched.page.close()
        shared.watched = None
    shared.failed = request.session.testsfailed
    if shared.watched is None:
        shared.watched = Watched(browser, *homes(front), viewport=WINDOW)
        open_planner(front, shared.watched)
        return shared.watched
    page = shared.watched.page
    page.set_viewport_size(WINDOW)
    page.evaluate("document.body.style.zoom = 1")
    page.locator(".ipk-form details[open] > summary").evaluate_all("all => all.forEach(summary => summary.click())")
    page.locator(".ipk-sample").select_option("kubean")
    sees(page, ".ipk-name", "kubean")
    page.locator(".ipk-sample").select_option("kubespray")
    sees(page, ".ipk-name", "kubespray")
    sees(page, ".ipk-verdict", START)
    choose_tab(page, TABS[0])
    shared.watched.strangers.clear()
    shared.watched.errors.clear()
    return shared.watched


def sees(page, selector, text):
    """Wait until an element shows a text; parts of the page change one after the other."""
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector)?.innerText.includes(text)", arg=[selector, text]
    )


def choose_tab(page, name):
    page.locator(".ipk-tabs .lm-TabBar-tabLabel", has_text=re.compile(f"^{name}")).click()


def slider(page, name):
    return page.locator(f".ipk-field.ipk-{name} input[type=range]")


def test_it_follows_its_controls(planner):
    page = planner.page
    assert [name for name in CLASSES if not page.locator(f".ipk-{name}").count()] == []
    sees(page, ".ipk-verdict", START)
    slider(page, "blocksize").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    sees(page, ".ipk-blocksize", "/22 · 1,024 addresses")
    sees(page, ".ipk-block_sizes td.chosen", "/22")
    sees(page, ".ipk-verdict", "Tight.")
    sees(page, ".ipk-header", "edited")

    page.locator(".ipk-choices button").first.click()
    sees(page, ".ipk-verdict", "Fits.")
    sees(page, ".ipk-blocksize", "/26")

    cidr = page.locator(".ipk-cidr input")
    cidr.fill("10.0.0.1/8")
    cidr.press("Enter")
    sees(page, ".ipk-cidr .ipk-field-error", "Write 10.0.0.0/8")
    sees(page, ".ipk-notice", "last valid result")
    sees(page, ".ipk-verdict", START)
    cidr.fill("10.0.0.0/8")
    cidr.press("Enter")
    sees(page, ".ipk-prefix", "/8")
    page.wait_for_function("document.querySelector('.ipk-cidr .ipk-field-error').innerText.trim() === ''")

    nodes = page.locator(".ipk-field.ipk-nodes input[type=number]")
    nodes.fill("5000")
    nodes.press("Enter")
    sees(page, ".ipk-verdict", "5,048 nodes")
    expect(slider(page, "nodes")).to_have_value("5000", timeout=30_000)  # the field follows the verdict
    expect(slider(page, "nodes")).to_have_attribute("max", "20000")
    signs = ("blockSize", "blocks a cell", "pod limit", "spare blocks", "", "kind: IPPool", "Pin", "Create report")
    for tab, sign in zip(TABS, signs, strict=True):
        choose_tab(page, tab)
        sees(page, ".ipk-tabs", sign)
    page.locator(".ipk-blocksize .ipk-ask").click()
    sees(page, ".ipk-blocksize .ipk-help", "Nodes claim addresses in blocks")
    planner.is_clean()


def test_jupyterlab_opens_with_the_planner_run_nothing_to_save_and_the_whole_folder(fresh, front):
    if front[0] != "lab":
        pytest.skip("JupyterLab only")
    page = fresh().page
    page.wait_for_function("!document.querySelector('.lm-DockPanel-tabBar .jp-mod-dirty')")
    for name in ("data", "docs", "notebooks"):
        page.locator(".jp-DirListing-itemText", has_text=re.compile(f"^{name}$")).wait_for()
    assert page.locator(".jp-Dialog, .jp-toast, .Toastify__toast").count() == 0


def test_a_notebook_that_is_only_opened_has_nothing_to_save(front, watch):
    kind, address = front
    if kind != "lab":
        pytest.skip("JupyterLab only")
    page = watch(*homes(front), viewport=WINDOW).page
    page.goto(f"{address}lab/tree/notebooks/explore.ipynb?token=t&reset")
    page.wait_for_selector(".jp-Notebook")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.wait_for_timeout(2000)  # until everything that sets the mark has been there
    assert page.locator(".lm-DockPanel-tabBar .jp-mod-dirty").count() == 0


def test_every_slider_can_be_dragged(planner):
    page = planner.page
    for name in ("prefix", "blocksize", "nodes", "pods", "busiest", "growth"):
        slider(page, name).hover()  # waits until nothing moves any more
        box = slider(page, name).bounding_box()
        before = slider(page, name).input_value()
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.3, middle)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(box["x"] + box["width"] * (0.3 + step / 20), middle)
        page.mouse.up()
        after = slider(page, name).input_value()
        assert after != before
        # What the kernel says in the end is where the slider was left, however many moves were dropped.
        page.wait_for_timeout(500)
        assert slider(page, name).input_value() == after
    assert page.locator(".ipk-field-error:not(:empty)").count() == 0
    planner.is_clean()


def test_samples_files_pinning_sorting_and_the_map(fresh, tmp_path):
    watched = fresh()
    page = watched.page
    for sample in ("kubean", "default-ipv4-ippool", "kubespray"):
        page.locator(".ipk-sample").select_option(sample)
        sees(page, ".ipk-name", sample)
    with page.expect_download() as saved:
        page.locator(".ipk-save").click()
    assert saved.value.suggested_filename == "kubespray.yaml"
    text = saved.value.path().read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("name: kubespray", "name: mine"))
    (tmp_path / "bad.yaml").write_text("kind: IPPool\napiVersion: projectcalico.org/v3\nspec: {cidr: 1.2.3.4/8}\n")
    page.locator(".ipk-load input").set_input_files(tmp_path / "bad.yaml")
    sees(page, ".ipk-notice", "bad.yaml:3")
    page.locator(".ipk-load input").set_input_files(tmp_path / "mine.yaml")
    sees(page, ".ipk-name", "mine")

    choose_tab(page, "Compare")
    page.locator("[data-action=pin]").click()
    sees(page, ".ipk-compare", "Unpin")
    slider(page, "blocksize").press("ArrowRight")
    sees(page, ".ipk-compare .differs", "≠")

    choose_tab(page, "Block sizes")
    heading = page.locator(".ipk-block_sizes th", has_text=re.compile("^blocks$"))
    heading.locator("button").click()
    first = page.locator(".ipk-block_sizes tbody tr").first
    assert first.locator("td").first.inner_text() == "/20"
    heading.locator("button").click()
    assert first.locator("td").first.inner_text() == "/32"
    assert heading.get_attribute("aria-sort") == "descending"

    choose_tab(page, "Address map")
    page.wait_for_selector(".ipk-map svg .used")
    page.locator(".ipk-map svg").focus()
    page.keyboard.press("End")
    sees(page, ".ipk-map-description", "10.233.127.224/27")
    page.locator(".ipk-cidr input").fill("10.0.0.0/10")
    page.locator(".ipk-cidr input").press("Enter")
    sees(page, ".ipk-map-head", "128 blocks a cell")
    page.locator(".ipk-map svg").click(position={"x": 5, "y": 5})
    sees(page, ".ipk-map-head", "from 10.0.0.0/27 on")
    page.locator(".ipk-map svg").focus()
    page.keyboard.press("Escape")
    sees(page, ".ipk-map-head", "128 blocks a cell")
    watched.is_clean()


def test_it_makes_a_report_of_what_is_shown(planner):
    page = planner.page
    slider(page, "blocksize").press("ArrowLeft")
    sees(page, ".ipk-blocksize", "/25")
    page.get_by_role("button", name="Create report").first.click()
    sees(page, ".ipk-report", "Creating the report")
    link = page.locator(".ipk-report a[data-file][href^=blob]")
    link.wait_for()
    html = page.evaluate("url => fetch(url).then(answer => answer.text())", link.get_attribute("href"))
    assert "blockSize: 25" in html
    assert page.locator(".ipk-verdict h2").inner_text().removeprefix("Fits. ") in html
    planner.is_clean()


def test_the_verdict_covers_what_scrolls_under_it(planner):
    page = planner.page
    page.set_viewport_size({"width": 1280, "height": 720})
    # scrolled again at each look: what is drawn above or below meanwhile moves the page
    page.wait_for_function(
        """() => {
          document.querySelector(".ipk-tabs").scrollIntoView();
          const tabs = [...document.querySelectorAll(".ipk-tabs .lm-TabBar-tab")];
          return tabs.length && tabs.every(tab => {
            const box = tab.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return top?.closest(".ipk-verdict-pane");
          });
        }"""
    )


def test_it_opens_again_after_a_reload(planner):
    page = planner.page
    slider(page, "blocksize").press("ArrowLeft")
    sees(page, ".ipk-blocksize", "/25")
    page.reload()
    page.wait_for_selector(".ipk-block_sizes")
    sees(page, ".ipk-verdict", START)
    assert planner.strangers == []


def test_it_can_be_used_by_keyboard_alone(planner):
    page = planner.page
    page.locator(".ipk-sample").focus()
    focused = []
    for _ in range(48):
        focused.append(
            page.evaluate("document.activeElement.closest('.ipk-field, .ipk-verdict, .ipk-tabs')?.className ?? ''")
        )
        page.keyboard.press("Tab")
    order = [
        name
        for name in ("ipk-cidr", "ipk-blocksize", "ipk-nodes", "ipk-growth", "ipk-tabs")
        if any(name in element for element in focused)
    ]
    assert order == ["ipk-cidr", "ipk-blocksize", "ipk-nodes", "ipk-growth", "ipk-tabs"]
    page.locator(".ipk-tabs .lm-TabBar-tab").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ipk-map svg .used")
    planner.is_clean()


@pytest.mark.parametrize(("width", "zoom"), [(800, 1), (1500, 2), (640, 1)])
def test_it_fits_narrow_windows_and_large_type(planner, width, zoom):
    page = planner.page
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("zoom => { document.body.style.zoom = zoom; }", zoom)
    page.wait_for_timeout(500)
    for tab in TABS:
        choose_tab(page, tab)
        # Tables scroll inside themselves. The window's parts move to their places one after the other.
        page.wait_for_function(
            "(() => { const box = document.querySelector('.ipk-planner'); return box.scrollWidth <= box.clientWidth + 2; })()",
            timeout=10_000,
        )


def serious_faults(page, part):
    """Return what axe finds in a part of the page that keeps somebody out."""
    faults = page.evaluate("part => axe.run(part, {resultTypes: ['violations']})", part)["violations"]
    serious = [fault for fault in faults if fault["impact"] in ("serious", "critical")]
    return [(fault["id"], [node["html"][:200] for node in fault["nodes"]][:3]) for fault in serious]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_no_serious_accessibility_fault(request, fresh, theme):
    page = fresh(theme).page if theme == "dark" else request.getfixturevalue("planner").page
    page.evaluate(Axe().axe_script)
    page.locator(".ipk-form details:not([open]) > summary").evaluate_all("all => all.forEach(part => part.click())")
    slider(page, "blocksize").press("ArrowLeft")
    page.locator(".ipk-cidr input").fill("nonsense")
    page.locator(".ipk-cidr input").press("Enter")
    sees(page, ".ipk-cidr .ipk-field-error", "not a valid CIDR")
    assert serious_faults(page, ".ipk-planner") == []
    for tab in TABS[1:]:
        choose_tab(page, tab)
        page.wait_for_timeout(300)
        assert serious_faults(page, ".ipk-tabs") == [], tab


def test_an_answer_from_the_kernel_does_not_wipe_out_what_is_being_typed(planner):
    page = planner.page
    slider(page, "blocksize").press("ArrowLeft")
    page.locator(".ipk-cidr input").fill("10.9.0.0/16")
    sees(page, ".ipk-blocksize", "/25")
    sees(page, ".ipk-header", "edited")
    assert page.locator(".ipk-cidr input").input_value() == "10.9.0.0/16"
    page.locator(".ipk-cidr input").press("Enter")
    sees(page, ".ipk-prefix", "/16")
