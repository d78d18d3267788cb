"""A verdict in words, put together once for pages, Markdown and terminals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..analysis import Analysis
from ..calico.releases import Release
from ..capacity.choice_table import ADD_POOL, CHANGE_PREFIX, Choice
from ..capacity.verdict import Verdict
from ..findings import N_, Finding, Language, Severity, replace_unprintable
from ..findings.sources import Source

_MAX_POOLS_NAMED = 3
_MAX_ERRORS_BESIDE = 2


@dataclass(frozen=True, slots=True)
class VerdictParts:
    """What is said of a verdict; a choice is the change and how far it reaches, `remedy` is empty beside choices.

    `note` says how pools that exist are changed, where a choice changes one.
    """

    status: str
    label: str
    message: str
    remedy: str
    choices: tuple[tuple[str, str], ...]
    limit: str
    source: Source
    release: str
    note: str


def verdict_parts(
    analysis: Analysis, language: Language, verdict: Verdict | None = None, *, cluster_exists: bool = False
) -> VerdictParts:
    """Return the parts of the worst verdict, or of the one given.

    A cluster exists that has nodes or blocks; with `cluster_exists` also where a plan has replaced them.
    """
    verdict = verdict or analysis.verdict
    choices = tuple(choice_parts(choice, analysis, language) for choice in analysis.choices)
    status = language.translate(verdict.status.value)
    message, about = verdict.finding.message(language.code), _about(analysis, verdict, language)
    return VerdictParts(
        status=verdict.status.value,
        label=language.render(N_("{word}."), {"word": status[:1].upper() + status[1:]}),
        message=language.render(N_("{about}: {message}"), {"about": about, "message": message}) if about else message,
        remedy="" if choices else verdict.finding.remedy(language.code),
        choices=choices,
        limit=language.translate(verdict.limit),
        source=verdict.finding.source,
        release=release_text(analysis.scenario.release, language),
        note=_change_note(analysis, language, cluster_exists=cluster_exists),
    )


def find_errors_beside_verdicts(analysis: Analysis, notes: Iterable[Finding] = ()) -> list[Finding]:
    """Return the errors that the verdicts do not say."""
    findings_of_verdicts = {(verdict.finding.code, verdict.finding.subject) for verdict in analysis.verdicts}
    return [
        finding
        for finding in (*analysis.findings, *notes)
        if finding.severity is Severity.ERROR and (finding.code, finding.subject) not in findings_of_verdicts
    ]


def errors_beside_verdicts(analysis: Analysis, notes: Iterable[Finding], language: Language) -> list[str]:
    """Return lines on the errors that the verdicts do not say, for none of them holds alone; empty where none are."""
    errors = find_errors_beside_verdicts(analysis, notes)
    if not errors:
        return []
    lines = [
        language.render(N_("Besides: {count:error}, listed at the end."), {"count": len(errors)}),
        *(": ".join(filter(None, (error.location(language.code), error.message(language.code)))) for error in errors),
    ]
    return lines[: 1 + _MAX_ERRORS_BESIDE]


def _change_note(analysis: Analysis, language: Language, *, cluster_exists: bool) -> str:
    cluster = analysis.scenario.cluster
    changes_pool = any(choice.change != ADD_POOL for choice in analysis.choices)
    if not changes_pool or not (cluster_exists or cluster.nodes or cluster.blocks):
        return ""
    return language.translate(
        N_(
            "A pool that exists keeps its blockSize and CIDR: notebooks/change.ipynb or ippoolkit runbook plans "
            "and rehearses the change."
        )
    )


def release_text(release: Release, language: Language) -> str:
    """Say by which release of Calico something is judged."""
    return language.render(N_("By the rules of Calico {version}"), {"version": release})


def choice_text(choice: Choice, analysis: Analysis, language: Language) -> str:
    """Say one change that is enough, in a few words."""
    change, reach = choice_parts(choice, analysis, language)
    return f"{change} ({reach})"


def choice_parts(choice: Choice, analysis: Analysis, language: Language) -> tuple[str, str]:
    """Return a change and how far it reaches; with several pools the change names its pool."""
    if choice.change == ADD_POOL:
        has_both_versions = len(analysis.verdicts) > 1
        template = N_("another IPv{version} pool of /{value}") if has_both_versions else N_("another pool of /{value}")
        version = choice.scenario.cluster.pools[-1].version
        change = language.render(template, {"version": version, "value": choice.value})
    else:
        change = f"{language.translate(choice.change)} {choice.value}"
        if len(analysis.scenario.cluster.pools) > 1:
            change = language.render(N_("{change} for {pool}"), {"change": change, "pool": choice.pool})
    reach = language.render(N_("holds {nodes:node}"), {"nodes": choice.nodes_fit})
    if choice.change == CHANGE_PREFIX and (covered := _also_covered(choice, analysis)):
        reach = language.render(N_("{reach}; also covers {ranges}"), {"reach": reach, "ranges": ", ".join(covered)})
    return change, replace_unprintable(reach)


def _about(analysis: Analysis, verdict: Verdict, language: Language) -> str:
    """Return the IP version and its pools where a scenario has both versions; else nothing."""
    if len(analysis.verdicts) < 2:
        return ""
    names = [pool.name for pool in analysis.scenario.cluster.pools if f"IPv{pool.version}" == verdict.subject]
    if len(names) > _MAX_POOLS_NAMED:
        return verdict.subject
    return language.render(N_("{version} ({pools})"), {"version": verdict.subject, "pools": ", ".join(sorted(names))})


def _also_covered(choice: Choice, analysis: Analysis) -> list[str]:
    """Return the other pools and the networks that a wider range would run into."""
    scenario = analysis.scenario
    before, after = scenario.cluster.pool(choice.pool).cidr, choice.scenario.cluster.pool(choice.pool).cidr
    networks = scenario.networks
    networks_beside = [
        *((pool.name, pool.cidr) for pool in scenario.cluster.pools if pool.name != choice.pool),
        *((str(cidr), cidr) for cidr in (*networks.services, *networks.nodes, *networks.peers)),
    ]
    return [name for name, cidr in networks_beside if after.overlaps(cidr) and not before.overlaps(cidr)]
