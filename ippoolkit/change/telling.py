"""A runbook in one language: what pages, Markdown and the script are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import N_, Finding, Severity, language
from . import words
from .commands import SHOW_BLOCKS, SHOW_POOLS, SHOW_TUNNELS, SHOW_USE, Orders, orders
from .moments import Done
from .preflight import preflight
from .runbook import Runbook

_CHECKS = {
    "create": (SHOW_POOLS, SHOW_TUNNELS), "close": (SHOW_TUNNELS, SHOW_USE), "restart": (SHOW_TUNNELS,),
    "shut": (SHOW_POOLS,),
    "recreate": (SHOW_USE, "kubectl get pods -A -o wide | grep -v Running"), "delete": (SHOW_POOLS, SHOW_BLOCKS),
    "annotate": ("kubectl get namespaces,deployments,daemonsets,statefulsets -A -o yaml | grep -nE 'ipv[46]pools'",),
    "inventory": ("grep -rn calico_pool inventory/",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """A check before the change: what, by which command, and which output is right."""

    what: str
    command: str
    right: str


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step: its title, what is said of it (label and text), what is typed, what it comes to, and how that is seen."""

    number: int
    title: str
    done: Done
    said: tuple[tuple[str, str], ...]
    orders: Orders
    note: str
    check: tuple[str, ...]
    right: str
    mistakes: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A runbook: title, verdict, findings that are about the whole of it, checks before it, steps.

    `cooldown` is for how many seconds released addresses keep their blocks.
    """

    lang: str
    cooldown: int
    title: str
    verdict: str
    findings: tuple[Finding, ...]
    checks: tuple[ToldCheck, ...]
    steps: tuple[ToldStep, ...]

    @property
    def manifests(self) -> dict[str, str]:
        """What the commands read, by the paths of the files."""
        return {step.orders.file: step.orders.text for step in self.steps if step.orders.text}


def told(runbook: Runbook, lang: str = "en") -> Told:
    """Put a runbook into words; of one that is refused the reason and the better plan."""
    words_ = language(lang)
    head = lang, runbook.scenario.cluster.ipam.ip_cooldown_seconds, heading(runbook, lang)
    numbers: dict[str, object] = {"steps": len(runbook.done)}
    if not runbook.issued:
        broken = N_("It would not hold on this cluster.")
        verdict = words_.text(broken if runbook.done else N_("It was not rehearsed, for the reason below."))
        return Told(*head, verdict, runbook.findings, (), ())
    verdict = words_.say(N_("Rehearsed on this cluster in {steps} steps: it holds at every one."), numbers)
    checks = tuple(
        ToldCheck(words_.say(each.what, each.numbers), each.command, words_.say(each.right, each.numbers))
        for each in preflight(runbook)
    )
    typed = orders(runbook)
    steps = tuple(_step(runbook, number, typed[number - 1], lang) for number in range(1, len(typed) + 1))
    about = {finding.code for step in steps for finding in step.mistakes}
    whole = tuple(
        finding for finding in runbook.findings if finding.severity is not Severity.INFO or finding.code not in about
    )
    return Told(*head, verdict, whole, checks, steps)


def heading(runbook: Runbook, lang: str = "en") -> str:
    """Return what a runbook is called."""
    change = runbook.change
    numbers = {"pool": change.pool, "size": change.size, "prefix": change.prefix, "cidr": str(change.cidr or "")}
    return language(lang).say(words.HEADINGS[change.kind], numbers)


def title(done: Done, lang: str = "en") -> str:
    """Return what a step is called."""
    return language(lang).say(words.TITLE[done.step.action], _numbers(done))


def _step(runbook: Runbook, number: int, typed: Orders, lang: str) -> ToldStep:
    done = runbook.done[number - 1]
    action = done.step.action
    speech = language(lang)
    seconds = runbook.scenario.cluster.ipam.ip_cooldown_seconds
    numbers = _numbers(done) | {"seconds": seconds}
    key: str = action
    if action == "close" and done.step.managed:
        key = "shut"
    elif action == "recreate" and seconds:
        key = "renew"
    said = tuple(
        (speech.text(label), speech.say(texts.get(key, texts[action]), numbers)) for label, texts in words.SAID
    )
    if action == "recreate":
        said = (said[0], (speech.text(N_("Order")), speech.text(words.ORDER[runbook.change.order])), *said[1:])
    note = words.MANAGED if done.step.managed and typed.file else words.KUBECTL.get(action, "")
    return ToldStep(
        number,
        title(done, lang),
        done,
        said,
        typed,
        speech.text(note) if note else "",
        _CHECKS.get(key, _CHECKS[action]),
        speech.say(words.RIGHT[key], numbers),
        tuple(_mistakes(runbook, number)),
    )


def _numbers(done: Done) -> dict[str, object]:
    pool = done.step.pool
    used = next((held.pods for held in done.held if held.pool == pool.name), 0)
    return {
        "pool": pool.name, "cidr": str(pool.cidr), "size": pool.block_size, "to": done.step.to or "-",
        "count": done.pods, "used": used,
    }  # fmt: skip


def _mistakes(runbook: Runbook, number: int) -> list[Finding]:
    """Return what can go wrong at a step; each is told once, where it comes up first."""
    step = runbook.done[number - 1].step
    before = [done.step for done in runbook.done[: number - 1]]
    if step.action == "create":  # in place of which nobody should change the blockSize of the old one
        return [f for f in runbook.findings if words.AT.get(f.code) == "create" and step.pool.name == f.subject]
    if any(other.action == step.action for other in before):
        return []
    return [finding for finding in runbook.findings if words.AT.get(finding.code) == step.action]
