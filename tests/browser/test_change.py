"""The change of pools in JupyterLab: every control answers, narrow windows hold it, nothing is asked from outside."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.servers import serving

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def lab_address(tmp_path_factory):
    with serving("lab", tmp_path_factory.mktemp("lab")) as address:
        yield address


def test_a_change_is_chosen_and_rehearsed(lab_address, watch):
    watched = watch(lab_address, lab_address.replace("http", "ws"), viewport={"width": 1500, "height": 1100})
    page = watched.page
    page.set_default_timeout(90_000)
    page.goto(f"{lab_address}lab/tree/notebooks/change.ipynb?token=t&reset")
    page.wait_for_selector(".ipk-verdict", timeout=180_000)  # the engine may have to be compiled first
    page.wait_for_selector(".ipk-timeline svg")
    page.locator(".ipk-change select").select_option("migrate")
    page.wait_for_selector(".ipk-verdict:has-text('4 steps')")
    page.locator(".ipk-order select").select_option("node")
    page.locator(".ipk-batches input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".ipk-batches input[type=range]")
    cidr = page.locator(".ipk-cidr input")
    cidr.fill("10.0.0.0/33")
    cidr.press("Enter")
    page.wait_for_selector(".ipk-cidr .ipk-field-error:has-text('10.0.0.0/33')")
    cidr.fill("10.77.0.0/26")
    cidr.press("Enter")
    page.wait_for_selector(".ipk-verdict.fails")
    cidr.fill("10.77.0.0/18")
    cidr.press("Enter")
    page.wait_for_selector(".ipk-verdict.tight")  # issued, with the warning that networks are unknown
    for tab, sign in (("Findings", "change-"), ("Before", "ipam-backup"), ("Steps", "eviction"), ("Files", "pipefail")):
        page.locator(".ipk-tabs .lm-TabBar-tabLabel", has_text=tab).click()
        page.wait_for_function("sign => document.querySelector('.ipk-tabs').innerText.includes(sign)", arg=sign)
    for width in (1500, 800):
        page.set_viewport_size({"width": width, "height": 1100})
        page.wait_for_timeout(300)
        assert page.evaluate(
            "[...document.querySelectorAll('.ipk-planner')].every(node => node.scrollWidth <= node.clientWidth + 1)"
        )
        violations = Axe().run(page, context=".ipk-planner").response["violations"]
        assert [violation["id"] for violation in violations if violation["impact"] in ("serious", "critical")] == []
    watched.is_clean()
