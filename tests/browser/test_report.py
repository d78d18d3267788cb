"""The report in a browser that has no network."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from tests.helpers import ROOT, plan, unpack_cluster

pytestmark = pytest.mark.filterwarnings("ignore")


PAGES = ("capacity", "comparison", "fleet", "audit", "change")


@pytest.fixture(scope="module", params=[(page, lang) for page in PAGES for lang in ("en", "zh")], ids="-".join)
def report(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    template, lang = request.param
    scenarios = [plan(size=24, nodes_per_month=5), ipk.load(ROOT / "data/kubean.yaml")]
    if template == "capacity":
        return ipk.report(scenarios[lang == "zh"], folder / "r.html", lang=lang)
    if template in ("audit", "change"):
        recorded = "s05" if template == "audit" else "s01"
        cluster = unpack_cluster(recorded, tmp_path_factory.mktemp("cluster"), "kubectl-*.json")
        return ipk.report(cluster, folder / "r.html", template=template, lang=lang)
    long_named = replace(scenarios[0], name="a-cluster-with-a-rather-long-name." * 7)
    batch = ipk.make_reports([*scenarios, long_named], folder, template=template, lang=lang)
    return batch.successes[0].files[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 800, 420])
def test_it_needs_nothing_from_outside_and_fits_the_window(report, watch, width, scheme):
    watched = watch("file:///", viewport={"width": width, "height": 900}, color_scheme=scheme)
    watched.page.context.set_offline(True)
    watched.page.goto(report.as_uri())
    watched.page.wait_for_selector(".ipk-tile")
    watched.is_clean()
    wide = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0  # tables scroll inside themselves
    filters = watched.page.eval_on_selector_all(".ipk-filter", "fields => fields.map(field => field.offsetHeight)")
    assert all(height < 50 for height in filters)  # a line each, wherever the table stands


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(report, watch, scheme):
    """Contrast of at least 4.5 for every visible text (WCAG AA)."""
    watched = watch("file:///", viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    watched.page.goto(report.as_uri())
    pale = watched.page.evaluate(
        """() => {
          const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
          const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
          const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = el => { const chain = []; for (; el; el = el.parentElement) chain.unshift(el);
            let at = [255, 255, 255];
            for (const one of chain) { const [r, g, b, a] = rgba(getComputedStyle(one).backgroundColor);
              at = at.map((v, i) => v * (1 - a) + [r, g, b][i] * a); } return at; };
          const out = [];
          for (const el of document.querySelectorAll('main *')) {
            if (el.closest('svg') || ![...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            const a = light(rgba(getComputedStyle(el).color).slice(0, 3)), b = light(ground(el));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) out.push([el.className, el.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
          } return out; }"""
    )
    assert pale == []


def test_headings_and_figures_are_there_for_those_who_do_not_see(report, watch):
    watched = watch("file:///")
    watched.page.goto(report.as_uri())
    assert watched.page.locator("h1").count() == 1
    assert watched.page.locator("main").count() == 1
    for figure in watched.page.locator("svg").all():
        assert figure.get_attribute("role") == "img"
        assert figure.locator("title").first.text_content().strip()
    assert watched.page.locator("h3").count() == 0 or watched.page.locator("h2").count() > 0
    for table in watched.page.locator(".ipk-block_sizes").all():
        assert table.locator("caption").text_content().strip()


def test_without_javascript_everything_is_there(report, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("h1").is_visible()
    assert page.locator("table").first.is_visible()
    context.close()
