"""`Finding`: the one form in which anything in the kit says what it found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..answer import answer_html
from ..calico.releases import Release
from ..texts import N_
from .advice import Advice, Purpose
from .codes import RULES, Rule
from .language import get_language
from .sources import SOURCES, Source


class Severity(StrEnum):
    """How severe a finding is, most severe first."""

    ERROR = N_("error")
    WARNING = N_("warning")
    INFO = N_("info")
    OK = N_("ok")

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input: the file as the user named it, the line (from 1, if known), the path of the field."""

    file: str
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        location = f"{self.file}:{self.line}" if self.line else self.file
        return f"{location}: {self.field}" if self.field else location


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement: a rule's code applied to a subject, with the numbers that decided.

    Message, remedy and source are the rule's; they are put into words only when somebody reads them.

    Attributes
    ----------
    code
        Code of the rule, as in docs/rules.md.
    subject
        What is judged: an object as ``IPPool/name``, an IP version; empty: the whole.
    params
        The numbers and names that decided. A parameter may itself be a finding: the reason.
    place
        File, line and field, where the input says so.
    severity_override
        Severity where it is not the rule's.
    source_key
        Source where it is not the rule's: of rules that serve several kinds of object, such as "unknown field".
    refused_by
        Who refuses a manifest for it: calicoctl, the CRD, Kubernetes.
    release
        The release of Calico that advice has to fit; the newest where it is left out.
    advice
        What else to do in this cluster, beside the rule's remedy.
    commands
        Lines for a shell that belong to the remedy, to be copied whole.
    """

    code: str
    subject: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    place: Place | None = None
    severity_override: Severity | None = None
    source_key: str = ""
    refused_by: tuple[str, ...] = ()
    release: Release | None = field(default=None, compare=False, repr=False)
    advice: tuple[Advice, ...] = ()
    commands: tuple[str, ...] = ()

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        subject = f" {self.subject}" if self.subject else ""
        place = f" at {self.place}" if self.place else ""
        return f"<Finding {self.code}{subject}{place}>"

    @property
    def rule(self) -> Rule:
        """The rule behind the code."""
        return RULES[self.code]

    @property
    def severity(self) -> Severity:
        """The rule's severity unless this finding has its own."""
        return self.severity_override or Severity(self.rule.severity)

    @property
    def source(self) -> Source:
        """Where the rule comes from."""
        return SOURCES[self.source_key or self.rule.source_key]

    def location(self, lang: str = "en") -> str:
        """Return the place in the input, else the subject; nothing where the message names the subject itself."""
        language = get_language(lang)
        if self.place:
            return language.format_text(str(self.place))
        kind, _, name = self.subject.partition("/")
        subject = name if name and kind.isalpha() else self.subject
        is_named = subject in map(str, self.params.values()) and subject in self.message(lang)
        return "" if is_named else language.format_text(self.subject)

    def message(self, lang: str = "en") -> str:
        """Say what was found."""
        return get_language(lang).render(self.rule.message, self.params)

    def short_message(self, lang: str = "en") -> str:
        """Say it in few words, where the rule has them."""
        return get_language(lang).render(self.rule.short_message or self.rule.message, self.params)

    def remedy_parts(self, lang: str = "en") -> tuple[tuple[str, str], ...]:
        """Say what to do about it: texts, each with what it is for, which needs no words where there is one only."""
        rule, language = self.rule, get_language(lang)
        can_set_cap = self.release is None or self.release.has("configure-max-blocks")
        remedy = rule.remedy if can_set_cap else rule.remedy_without_cap or rule.remedy
        texts: dict[Purpose, list[str]] = {purpose: [] for purpose in Purpose}
        texts[Purpose.FOR_GOOD].append(language.render(remedy, self.params))
        texts[Purpose.STEPS].append(language.render(rule.steps, self.params))
        for advice in self.advice:
            texts[advice.purpose].append(language.render(advice.text, advice.text.params))
        parts = [(purpose, text) for purpose, sentences in texts.items() if (text := " ".join(filter(None, sentences)))]
        return tuple((language.translate(purpose) if len(parts) > 1 else "", text) for purpose, text in parts)

    def remedy(self, lang: str = "en") -> str:
        """Say what to do about it, in one line; empty where nothing needs doing."""
        render = get_language(lang).render
        parts = self.remedy_parts(lang)
        return " ".join(
            render(N_("{purpose}: {text}"), {"purpose": purpose, "text": text}) if purpose else text
            for purpose, text in parts
        )

    def sentence_and_parts(self, lang: str = "en") -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return what is shown: message and remedy as one text; parts of a remedy as a list, each with its purpose."""
        parts = self.remedy_parts(lang)
        if len(parts) > 1:
            return self.message(lang), parts
        return " ".join(filter(None, (self.message(lang), *(text for _, text in parts)))), ()

    def full_message(self, lang: str = "en") -> str:
        """Say what was found, and what to do about it, in one line."""
        return " ".join(filter(None, (self.message(lang), self.remedy(lang), "; ".join(self.commands))))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """Return what a machine reads: plain values, numbers exact."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "subject": self.subject,
            "message": self.message(lang),
            "remedy": self.remedy(lang),
            **({"commands": list(self.commands)} if self.commands else {}),
            "numbers": {name: get_language(lang).render_value(value) for name, value in self.params.items()},
            "source": self.source.url,
            **({"judges": list(self.refused_by)} if self.refused_by else {}),
            **({"file": self.place.file, "line": self.place.line, "field": self.place.field} if self.place else {}),
        }


def fit_to_release(findings: Iterable[Finding], release: Release) -> list[Finding]:
    """Return findings whose advice is such as a release of Calico can follow."""
    return [replace(finding, release=release) if finding.rule.remedy_without_cap else finding for finding in findings]


def sort_by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, most severe first, else in the order given."""
    return sorted(findings, key=lambda finding: finding.severity.rank)
