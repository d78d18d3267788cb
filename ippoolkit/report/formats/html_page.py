"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ...findings import N_, get_language
from ...view.stylesheet import stylesheet
from ..execution import ExecutedNotebook

_TEMPLATE_FOLDER = Path(__file__).parent.parent / "template"
_HEADING = re.compile(r"<h2>([^<]+)</h2>")
_TITLE = re.compile(r'</h1>(?:\s*<p class="ipk-sub">[^<]*</p>)*')
_MIN_HEADINGS = 4  # from which on a page lists its contents


def render_html(executed_notebook: ExecutedNotebook, title: str, lang: str) -> str:
    """Return the page."""
    language = get_language(lang)
    script = (_TEMPLATE_FOLDER / "page.js").read_text(encoding="utf-8")
    page_resources = {
        "title": title,
        "lang": lang,
        "style": stylesheet(),
        "script": script,
        # The page runs this script and no other.
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "filter_label": language.translate(N_("Filter rows")),
    }
    body = page_template().render(nb=executed_notebook.notebook, ipk=page_resources)
    return _with_contents(body, language.translate(N_("Contents")))


def _with_contents(page: str, label: str) -> str:
    """Give the headings of sections anchors, and list them below the page's title."""
    headings = _HEADING.findall(page)
    if len(headings) < _MIN_HEADINGS:
        return page
    numbers = count(1)
    page = _HEADING.sub(lambda match: f'<h2 id="section-{next(numbers)}">{match[1]}</h2>', page)
    links = "".join(f'<li><a href="#section-{number}">{heading}</a></li>' for number, heading in enumerate(headings, 1))
    contents = f'<nav class="ipk-contents" aria-label="{escape(label)}"><ul>{links}</ul></nav>'
    title = _TITLE.search(page)
    end = title.end() if title else page.index("<main>") + len("<main>")
    return page[:end] + contents + page[end:]


@cache
def page_template() -> Template:
    """Return the page's template, compiled."""
    environment = Environment(loader=FileSystemLoader(_TEMPLATE_FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.filters["markdown2html"] = _html_of_prose
    return environment.get_template("page.html.j2")


def _html_of_prose(source: str) -> str:
    from nbconvert.filters import markdown2html  # loads much, and the kit's own templates have no prose

    return str(markdown2html(source))
