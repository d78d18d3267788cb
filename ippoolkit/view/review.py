"""A review of manifests in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..findings import N_, Finding, Language, Severity, language, printable
from ..rules.review import Answer, Review, Reviewed
from .text import STYLES

_COLOURS = {Answer.ACCEPTED: "green", Answer.REFUSED: "red", Answer.HELD: "red"}


def print_review(console: Console, review: Review, *, lang: str = "en") -> None:
    """Print what each judge says of each object, every finding with its rule and source, and a last line."""
    words = language(lang)
    for note in review.notes:
        _print_finding(console, note, words, lang, indent=0)
    for each in review.objects:
        console.print()
        _print_object(console, each, words)
        for finding in each.findings:
            _print_finding(console, finding, words, lang, indent=2)
    console.print()
    _print_sum(console, review, words)


def _print_object(console: Console, each: Reviewed, words: Language) -> None:
    place, name = each.resource.place(), each.resource.name or words.text(N_("(no name)"))
    where = f"{place.file}:{place.line}" if place.line else place.file
    answers = [(f"  {judge}: ", (words.text(answer.value), _COLOURS[answer])) for judge, answer in each.answers.items()]
    line = Text.assemble(
        (printable(f"{each.resource.kind.name} {name}"), "bold"),
        (printable(f"  {where}"), "bright_black"),
        *(part for answer in answers for part in answer),
    )
    console.print(line, soft_wrap=True)


def _print_finding(console: Console, finding: Finding, words: Language, lang: str, indent: int) -> None:
    where = printable(str(finding.place or finding.subject))
    severity = (f"{words.text(finding.severity.value)}: ", STYLES[finding.severity])
    _print(console, Text.assemble(severity, f"{where}: " if where else "", finding.told(lang)), indent)
    refused = words.say(N_("refused by {judges}"), {"judges": ", ".join(finding.judges)}) if finding.judges else ""
    about = filter(None, (finding.code, refused, finding.source.url))
    _print(console, Text(" · ".join(about), style="bright_black"), indent + 2)


def _print(console: Console, line: Text, indent: int) -> None:
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent)))
    else:  # a file or a pipe: neither wrapped nor filled up with blanks
        console.print(Text.assemble(" " * indent, line), soft_wrap=True)


def _print_sum(console: Console, review: Review, words: Language) -> None:
    asked = list(review.objects[0].answers) if review.objects else []
    parts = []
    for judge in asked:
        accepted = sum(each.answers[judge] == Answer.ACCEPTED for each in review.objects)
        numbers = {"judge": judge, "accepted": accepted, "count": len(review.objects)}
        parts.append(words.say(N_("{judge} accepts {accepted} of {count:object}"), numbers))
    errors = sum(finding.severity == Severity.ERROR for finding in review.findings)
    warnings = sum(finding.severity == Severity.WARNING for finding in review.findings)
    parts.append(words.say(N_("{errors:error}, {warnings:warning}"), {"errors": errors, "warnings": warnings}))
    console.print(Text("; ".join(parts) + ".", style="bold"))
