"""What changes with another release, in a terminal and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from ..findings import N_, get_language
from ..release_upgrade import Upgrade
from .review_terminal import print_finding


def upgrade_as_dict(upgrade: Upgrade, lang: str = "en") -> dict[str, Any]:
    """Return an upgrade as dicts, lists and scalars."""
    return {
        "before": str(upgrade.before),
        "after": str(upgrade.after),
        "verdicts": [
            {
                "version": change.version,
                "before": change.before.finding.as_dict(lang),
                "after": change.after.finding.as_dict(lang),
                "changed": change.is_changed,
            }
            for change in upgrade.verdicts
        ],
        "findings": [finding.as_dict(lang) for finding in upgrade.findings],
    }


def print_upgrade(console: Console, upgrade: Upgrade, *, lang: str = "en") -> None:
    """Print the verdicts by both releases, and what changes, the worst first."""
    language = get_language(lang)
    releases = {"before": str(upgrade.before), "after": str(upgrade.after)}
    console.print(Text(language.render(N_("From Calico {before} to {after}"), releases), style="bold"))
    for change in upgrade.verdicts:
        template = N_("IPv{version}: {after}") if change.is_changed else N_("IPv{version}, as before: {after}")
        params = {"version": change.version, "after": change.after.finding.message(lang)}
        console.print(language.render(template, params), highlight=False, markup=False)
    for finding in upgrade.findings:
        print_finding(console, finding, language)
    if not upgrade.findings:
        console.print(language.translate(N_("Nothing changes for this cluster.")))
