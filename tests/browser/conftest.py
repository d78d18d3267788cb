"""A real Chromium: Debian's, driven by Playwright. Without one the tests here say so and are skipped."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser():
    """Start Chromium for one module: Playwright keeps an event loop running that other tests must not see."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = f"no browser found (looked for {', '.join(NAMES)}); on Debian: apt-get install chromium"
        if os.environ.get("IPPOOLKIT_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Watched:
    """A page, with what it asked for from elsewhere and what it complained of."""

    def __init__(self, browser, *homes, **options):
        self.page = browser.new_page(**options)
        self.strangers, self.errors = [], []
        ours = (*homes, "data:", "blob:", "about:")
        self.page.on("request", lambda r: None if r.url.startswith(ours) else self.strangers.append(r.url))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def is_clean(self):
        assert self.strangers == []
        assert self.errors == []


@pytest.fixture
def watch(browser):
    watched = []

    def open_page(*homes, **options):
        watched.append(Watched(browser, *homes, **options))
        return watched[-1]

    yield open_page
    for watched_page in watched:
        watched_page.page.close()
