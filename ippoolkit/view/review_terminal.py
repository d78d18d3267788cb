"""A review of manifests in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..errors import describe_finding
from ..findings import N_, Finding, Language, Severity, get_language, replace_unprintable
from ..manifests.manifest_review import Decision, ObjectReview, Review
from .terminal import SEVERITY_STYLES

_ANSWER_COLORS = {Decision.ACCEPTED: "green", Decision.REFUSED: "red", Decision.BLOCKED_BY_FILE: "red"}


def print_review(console: Console, review: Review, *, lang: str = "en") -> None:
    """Print what each judge says of each object, every finding with its rule and source, and a last line."""
    language = get_language(lang)
    for note in review.notes:
        print_finding(console, note, language)
    for reviewed in review.objects:
        console.print()
        _print_object(console, reviewed, language)
        for finding in reviewed.findings:
            print_finding(console, finding, language, indent=2)
    console.print()
    _print_summary(console, review, language)


def _print_object(console: Console, reviewed: ObjectReview, language: Language) -> None:
    place, name = reviewed.resource.place(), reviewed.resource.name or language.translate(N_("(no name)"))
    location = f"{place.file}:{place.line}" if place.line else place.file
    answer_texts = [
        (f"  {judge}: ", (language.translate(answer.value), _ANSWER_COLORS[answer]))
        for judge, answer in reviewed.decisions.items()
    ]
    line = Text.assemble(
        (replace_unprintable(f"{reviewed.resource.kind.name} {name}"), "bold"),
        (replace_unprintable(f"  {location}"), "bright_black"),
        *(part for answer in answer_texts for part in answer),
    )
    console.print(line, soft_wrap=True)


def print_finding(console: Console, finding: Finding, language: Language, *, indent: int = 0) -> None:
    """Print a finding with its rule, its judges and its source."""
    severity_label = (f"{language.translate(finding.severity.value)}: ", SEVERITY_STYLES[finding.severity])
    _print_line(console, Text.assemble(severity_label, describe_finding(finding, language.code)), indent)
    refused_by = (
        language.render(N_("refused by {judges}"), {"judges": ", ".join(finding.refused_by)})
        if finding.refused_by
        else ""
    )
    details = filter(None, (finding.code, refused_by, finding.source.url))
    _print_line(console, Text(" · ".join(details), style="bright_black"), indent + 2)


def _print_line(console: Console, line: Text, indent: int) -> None:
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent)))
    else:  # a file or a pipe: neither wrapped nor filled up with blanks
        console.print(Text.assemble(" " * indent, line), soft_wrap=True)


def _print_summary(console: Console, review: Review, language: Language) -> None:
    judges = list(review.objects[0].decisions) if review.objects else []
    sentences = [language.render(N_("By the rules of Calico {version}"), {"version": review.release})]
    for judge in judges:
        accepted = sum(reviewed.decisions[judge] == Decision.ACCEPTED for reviewed in review.objects)
        params = {"judge": judge, "accepted": accepted, "count": len(review.objects)}
        sentences.append(language.render(N_("{judge} accepts {accepted} of {count:object}"), params))
    errors = sum(finding.severity == Severity.ERROR for finding in review.findings)
    warnings = sum(finding.severity == Severity.WARNING for finding in review.findings)
    sentences.append(
        language.render(N_("{errors:error}, {warnings:warning}"), {"errors": errors, "warnings": warnings})
    )
    first, *further = sentences
    console.print(Text(f"{first}: {'; '.join(further)}.", style="bold"))
