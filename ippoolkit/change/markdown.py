"""A runbook in Markdown: a short form for those who know, a long one for those who do not."""

from __future__ import annotations

from ..findings import N_, Finding, language
from . import words
from .commands import SAVE, SHOW_NAMES, SHOW_POOLS, SHOW_TUNNELS, SHOW_USE, commands, named, namespaces
from .rehearsal import Done, Held
from .runbook import Runbook

_COLUMNS = (
    ("pool", N_("pool")), ("pods", N_("pods")), ("tunnels", N_("tunnels")), ("blocks", N_("blocks")),
    ("empty", N_("empty")), ("free", N_("free")), ("borrowed", N_("borrowed")), ("routes", N_("routes")),
)  # fmt: skip
HEADINGS = {
    "block-size": N_("Change the blockSize of {pool} to {size:d}"),
    "split": N_("Split {pool} into parts of /{prefix}"),
    "migrate": N_("Move from {pool} to {cidr}"),
    "grow": N_("Add a pool beside {pool}: {cidr}"),
    "retire": N_("Take {pool} out of service"),
}


def heading(runbook: Runbook, lang: str = "en") -> str:
    """Return what a runbook is called."""
    change = runbook.change
    numbers = {"pool": change.pool, "size": change.size, "prefix": change.prefix, "cidr": str(change.cidr or "")}
    return language(lang).say(HEADINGS[change.kind], numbers)


def markdown(runbook: Runbook, lang: str = "en", *, short: bool = False) -> str:
    """Return a runbook as Markdown; of one that is refused the reason and the better plan."""
    speech = language(lang)
    say, text = speech.say, speech.text
    parts = [f"# {_plain(heading(runbook, lang))}", ""]
    verdict = (
        say(N_("Rehearsed on this cluster in {steps} steps: it holds at every one."), {"steps": len(runbook.done)})
        if runbook.issued
        else text(N_("Refused: it would not hold on this cluster."))
    )
    parts += [f"**{verdict}**", ""]
    for finding in runbook.findings:
        if not short or finding.severity.rank < 2 or finding.code == "change-better":
            parts.append(f"- {_told(finding, lang)}")
    parts.append("")
    if not runbook.issued:
        return "\n".join(parts)
    parts += [f"## {text(N_('Before'))}", ""]
    for sentence, command in BEFORE:
        parts += [f"- {text(sentence)}", *_code([command]), ""]
    parts += [f"## {text(N_('Steps'))}", ""]
    for number, done in enumerate(runbook.done, 1):
        parts += _step(runbook, number, done, lang, short=short)
    return "\n".join(parts)


BEFORE = (
    (N_("Save what IPAM holds; this file is the last resort."), SAVE),
    (N_("Only the pools that this runbook knows are there, none of them under way."), SHOW_POOLS),
    (N_("Nothing names the pool or its CIDR: annotations of workloads, network policies, the Installation resource."),
     SHOW_NAMES),
    (N_("No PodDisruptionBudget stands at 0 allowed disruptions."), "kubectl get poddisruptionbudgets -A"),
    (N_("Every node shows the tunnel that it should have."), SHOW_TUNNELS),
)  # fmt: skip


def _step(runbook: Runbook, number: int, done: Done, lang: str, *, short: bool) -> list[str]:
    speech = language(lang)
    step = done.step
    numbers = {
        "pool": step.pool.name, "cidr": str(step.pool.cidr), "size": step.pool.block_size, "to": step.to or "-",
        "count": done.pods,
    }  # fmt: skip
    cluster = runbook.scenario.cluster
    spaces = namespaces(cluster, runbook.old)
    annotated = named(cluster, runbook.old)
    calicoctl, kubectl = commands(step, number, runbook.change.install, spaces, annotated)
    parts = [f"### {number}. {_plain(speech.say(words.TITLE[step.action], numbers))}", ""]
    if not short:
        for label, texts in words.SAID:
            parts.append(f"- {speech.text(label)}: {_plain(speech.say(texts[step.action], numbers))}")
        parts.append("")
    for tool, lines in (("calicoctl", calicoctl), ("kubectl", kubectl)):
        if lines:
            parts += [tool, *_code(lines), ""]
    if not calicoctl and not kubectl:
        parts += [speech.text(N_("Nothing to do on this cluster.")), ""]
    parts += [speech.text(N_("Right afterwards, by the rehearsal:")), "", *_table(done.held, lang), ""]
    check = [SHOW_USE, SHOW_TUNNELS] if step.action in ("create", "close", "restart") else [SHOW_USE]
    return [*parts, speech.text(N_("The check:")), *_code(check), ""]


def _table(held: tuple[Held, ...], lang: str) -> list[str]:
    speech = language(lang)
    rows = [[speech.text(title) for _, title in _COLUMNS], ["---", *["---:"] * (len(_COLUMNS) - 1)]]
    rows += [[_plain(speech.number(getattr(pool, name))) for name, _ in _COLUMNS] for pool in held]
    return [f"| {' | '.join(row)} |" for row in rows]


def _told(finding: Finding, lang: str) -> str:
    return f"**{language(lang).text(finding.severity.value)}** {_plain(finding.told(lang))}"


def _code(lines: list[str]) -> list[str]:
    fence = "`" * 3
    while any(fence in line for line in lines):
        fence += "`"
    return ["", f"{fence}sh", *lines, fence]


def _plain(text: str) -> str:
    """Keep names from being read as Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_<>|[]#" else char for char in text)
