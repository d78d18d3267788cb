"""All files of a runbook: the text, the page, the manifests, the script."""

from __future__ import annotations

from ..write.manifests import manifests
from .commands import file_of
from .markdown import markdown
from .runbook import Runbook
from .shell import script


def files(runbook: Runbook, lang: str = "en", *, short: bool = False) -> dict[str, str]:
    """Return the files of a runbook that was issued, by their paths in its folder."""
    made = {"runbook.md": markdown(runbook, lang, short=short), "runbook.sh": script(runbook, lang)}
    for number, done in enumerate(runbook.done, 1):
        if done.step.action == "create":
            made[file_of(number)] = manifests([done.step.pool])
    return made
