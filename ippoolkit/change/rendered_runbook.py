"""A runbook in one language: what pages, Markdown and the script are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..findings import N_, Finding, Severity, abbreviate_names, get_language
from . import step_texts
from .cni_commands import cni_show_command
from .free_ranges import OUTSIDE_CODES
from .pool_usage import StepResult
from .preflight import preflight
from .recreate_order import RecreateOrder
from .runbook import Runbook
from .step_commands import StepCommands, step_commands


@dataclass(frozen=True, slots=True)
class RenderedCheck:
    """A check before the change: what, by which command, and which output is right."""

    purpose: str
    command: str
    expected: str


@dataclass(frozen=True, slots=True)
class RenderedStep:
    """A step: its title, what is said of it (label and text), what is typed, what it comes to, and how that is seen."""

    number: int
    title: str
    result: StepResult
    explanations: tuple[tuple[str, str], ...]
    commands: StepCommands
    note: str
    note_commands: tuple[str, ...]
    check_commands: tuple[str, ...]
    expected: str
    pitfalls: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RenderedRunbook:
    """A runbook: title, verdict, findings that are about the whole of it, checks before it, steps.

    `cooldown_seconds` is for how many seconds released addresses keep their blocks.
    """

    lang: str
    cooldown_seconds: int
    title: str
    verdict: str
    findings: tuple[Finding, ...]
    checks: tuple[RenderedCheck, ...]
    steps: tuple[RenderedStep, ...]

    @property
    def id(self) -> str:
        """What its manifests and its script have in common, and those of another runbook have not."""
        texts = [self.title, *(step.commands.manifest for step in self.steps)]
        return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def manifests(self) -> dict[str, str]:
        """What the commands read, by the paths of the files."""
        return {
            step.commands.manifest_path: f"# runbook {self.id}\n{step.commands.manifest}"
            for step in self.steps
            if step.commands.manifest
        }


def render_runbook(runbook: Runbook, lang: str = "en") -> RenderedRunbook:
    """Put a runbook into words; of one that is refused the reason and the better plan."""
    translator = get_language(lang)
    header = lang, runbook.cooldown_seconds, runbook_title(runbook, lang)
    params: dict[str, object] = {"steps": len(runbook.results)}
    if not runbook.is_issued:
        failed_text = N_("It would fail on this cluster.")
        verdict = translator.translate(
            failed_text if runbook.results else N_("It was not rehearsed, for the reason below.")
        )
        return RenderedRunbook(*header, verdict, runbook.findings, (), ())
    verdict = translator.render(N_("Rehearsed on this cluster in {steps} steps: it holds at every one."), params)
    outside_findings = [finding.message(lang) for finding in runbook.findings if finding.code in OUTSIDE_CODES]
    verdict = " ".join([verdict, *outside_findings])
    checks = tuple(
        RenderedCheck(
            translator.render(check.purpose, check.params),
            check.command,
            translator.render(check.expected, check.params),
        )
        for check in preflight(runbook)
    )
    rendered_steps = tuple(
        _render_step(runbook, step_number, commands, lang)
        for step_number, commands in enumerate(step_commands(runbook), 1)
    )
    step_codes = {finding.code for step in rendered_steps for finding in step.pitfalls}
    general_findings = tuple(
        finding
        for finding in runbook.findings
        if finding.severity is not Severity.INFO or finding.code not in step_codes
    )
    return RenderedRunbook(*header, verdict, general_findings, checks, rendered_steps)


def runbook_title(runbook: Runbook, lang: str = "en") -> str:
    """Return what a runbook is called."""
    change = runbook.change
    params = {"pool": change.pool, "size": change.block_size, "prefix": change.prefix, "cidr": change.cidr}
    titles = step_texts.RUNBOOK_TITLES
    if change.cidr is None:
        titles = titles | step_texts.TITLES_WITHOUT_RANGE
    return get_language(lang).render(titles[change.kind], params)


def step_title(result: StepResult, lang: str = "en") -> str:
    """Return what a step is called."""
    return get_language(lang).render(step_texts.STEP_TEXTS[result.step.action].title, _params(result))


def _render_step(runbook: Runbook, step_number: int, commands: StepCommands, lang: str) -> RenderedStep:
    result, language = runbook.results[step_number - 1], get_language(lang)
    text = step_texts.text_of_step(result, runbook.cooldown_seconds)
    params = _params(result) | {"seconds": runbook.cooldown_seconds}
    is_managed = result.step.managed and commands.manifest_path
    expected = [text.expected]
    if text.releases_addresses and runbook.cooldown_seconds:
        expected.append(step_texts.COOLDOWN_TEXT)
    return RenderedStep(
        step_number,
        step_title(result, lang),
        result,
        tuple(
            (language.translate(label), " ".join(language.render(sentence, params) for sentence in sentences))
            for label, sentences in _explanations(text, result, runbook.change.order)
        ),
        commands,
        language.translate(step_texts.MANAGED_NOTE if is_managed else text.kubectl_note),
        _comparison_commands(commands.manifest_path) if result.step.action == "create" and not is_managed else (),
        (cni_show_command(runbook.change.install),) if result.step.action == "cni" else text.check_commands,
        " ".join(language.render(sentence, params) for sentence in expected),
        tuple(_pitfalls_of_step(runbook, step_number)),
    )


def _explanations(
    text: step_texts.StepText, result: StepResult, order: RecreateOrder
) -> Iterator[tuple[str, list[str]]]:
    """Yield what is said of a step beside its title: a label, and sentences."""
    yield N_("Why"), [text.why]
    pods = [text.pods]
    if result.step.action == "recreate":
        left_alone = [step_texts.LEFT_ALONE_TEXT] if result.left_alone else []
        yield N_("Order"), [step_texts.ORDER_TEXTS[order], *left_alone]
        pods += [step_texts.ELSEWHERE_TEXTS[order]] if result.recreated_elsewhere else []
    yield N_("Pods"), pods
    yield N_("Wait"), [text.wait]
    yield N_("How to undo it"), [text.undo]


def _comparison_commands(manifest_path: str) -> tuple[str, ...]:
    """Return the commands that compare a manifest with the pools as they are when it is its turn."""
    dump = f"pools-before-{PurePosixPath(manifest_path).stem}.yaml"
    return f"calicoctl get ippools -o yaml > {dump}", f"ippoolkit check {manifest_path} --existing {dump}"


def _params(result: StepResult) -> dict[str, object]:
    pool = result.step.pool
    pods, tunnels = next(
        ((pool_usage.pods, pool_usage.tunnels) for pool_usage in result.usage if pool_usage.pool == pool.name), (0, 0)
    )
    return {
        "pool": pool.name,
        "cidr": str(pool.cidr),
        "size": pool.block_size,
        "to": result.step.target_pool or "-",
        "count": result.recreated_pods,
        "elsewhere": result.recreated_elsewhere,
        "in_use": pods + tunnels,  # as calicoctl ipam show has it
        "used": pods,
        "tunnels": tunnels,
        "skipped": abbreviate_names(f"{workload.namespace}/{workload.name}" for workload in result.left_alone),
    }


def _pitfalls_of_step(runbook: Runbook, step_number: int) -> list[Finding]:
    """Return what can go wrong at a step; each is named once, where it comes up first."""
    step = runbook.results[step_number - 1].step
    earlier_steps = [result.step for result in runbook.results[: step_number - 1]]
    codes = step_texts.STEP_TEXTS[step.action].findings
    pitfalls = [finding for finding in runbook.findings if finding.code in codes]
    if step.action == "create":  # in place of which nobody should change the blockSize of the old one
        return [finding for finding in pitfalls if finding.subject == step.pool.name]
    return [] if any(earlier_step.action == step.action for earlier_step in earlier_steps) else pitfalls
