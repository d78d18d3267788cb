"""A change of pools that is refused, in a terminal; one that is issued is a file to keep, not a screen."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ..change import Runbook, render_runbook
from ..findings import N_, get_language
from .terminal import print_findings, print_release


def print_refused_runbook(console: Console, runbook: Runbook, *, lang: str = "en") -> None:
    """Print why a change is refused, and what to do instead."""
    language = get_language(lang)
    rendered = render_runbook(runbook, lang)
    console.print(Text(rendered.title, style="bold"))
    label = language.translate(N_("Refused."))
    console.print(Text.assemble((f"{label} ", "bold red"), (rendered.verdict, "bold")))
    print_release(console, runbook.scenario.release, lang=lang)
    print_findings(console, rendered.findings, lang=lang)
