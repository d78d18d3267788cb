"""Manifests under review: who accepts each object and why not, and what it would mean beside what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..findings import N_, Finding, Place, Severity, by_gravity
from ..judges import ApiServer, Calicoctl, Judgement, Manifests, Resource, objects_in, parse_manifests, read_manifests
from ..model import Scenario
from ..read import Reading, read
from ..write import manifest
from .meaning import meaning, placed

AnyPath = str | Path
ACTIONS = ("create", "apply", "replace", "patch", "delete")
JUDGES = ("calicoctl", "kubectl")


class Answer(StrEnum):
    """What a judge says of one object."""

    ACCEPTED = N_("accepted")
    REFUSED = N_("refused")
    HELD = N_("refused with its file")  # nothing is wrong with it, but calicoctl takes the whole of a file or nothing


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One object, what each judge says of it, and why; gravest findings first."""

    resource: Resource
    answers: Mapping[str, Answer]
    findings: tuple[Finding, ...] = ()

    @property
    def subject(self) -> str:
        """Kind and name."""
        return f"{self.resource.kind.name}/{self.resource.name}"


@dataclass(frozen=True, slots=True)
class Review:
    """What became of the files: their objects, what else there is to say, and those that could not be read."""

    files: tuple[str, ...]
    objects: tuple[Reviewed, ...]
    notes: tuple[Finding, ...] = ()
    unusable: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: those on the files, then those on each object."""
        return (*self.notes, *(finding for each in self.objects for finding in each.findings))

    @property
    def doubtful(self) -> bool:
        """Whether there is an error or a warning, of whatever rule."""
        return any(finding.severity in (Severity.ERROR, Severity.WARNING) for finding in self.findings)

    @property
    def accepted(self) -> bool:
        """Whether every judge that was asked accepts every object and every file."""
        answers = [answer for each in self.objects for answer in each.answers.values()]
        errors = any(note.severity == Severity.ERROR and note.judges for note in self.notes)
        return not self.unusable and not errors and all(answer == Answer.ACCEPTED for answer in answers)


def review(
    files: Iterable[AnyPath],
    existing: Iterable[AnyPath] = (),
    action: str = "apply",
    judges: Sequence[str] = JUDGES,
    *,
    each: bool = False,
) -> Review:
    """Judge manifests as calicoctl and the API server would.

    Parameters
    ----------
    files
        Manifests, in the order in which they would be given to calicoctl or kubectl; ``-`` is standard input.
    existing
        What is there already: a scenario, manifests or dumps, with nodes, blocks and networks if there are any.
    action
        One of `ACTIONS`. The objects of a patch are the changes to those that exist.
    judges
        Whose verdicts count, of `JUDGES`.
    each
        Judge each file alone; otherwise each one sees what became of those before it.

    Returns
    -------
    Review
        A file that cannot be read is among its `unusable` ones, with the reasons in its notes.

    Raises
    ------
    InputError
        Where what exists cannot be read.
    """
    existing = tuple(existing)
    there = read(*existing) if existing else Reading(Scenario())
    reviews = []
    for together in ([file] for file in files) if each else [files]:
        court = _Court(there, judges)
        for file in together:
            try:
                court.hear(read_manifests(file), action)
            except InputError as error:
                court.turn_away(str(file), error.problems)
        reviews.append(court.rule())
    names = ("files", "objects", "notes", "unusable")
    return Review(*(tuple(chain.from_iterable(getattr(one, name) for one in reviews)) for name in names))


def review_text(text: str, name: str, existing: Scenario) -> Review:
    """Judge a text of manifests that are to be applied to what exists; as `review` does, without files."""
    court = _Court(Reading(existing), JUDGES)
    court.hear(parse_manifests(text, name), "apply")
    return court.rule()


class _Court:
    """Both judges, each at a datastore of its own, going through the files."""

    def __init__(self, there: Reading, judges: Sequence[str]) -> None:
        self.before = there.scenario
        self.judges = judges
        self.calicoctl, self.server = Calicoctl(), ApiServer()
        for value in _existing(there):
            self.calicoctl.have(value)
            self.server.have(value)
        self.calicoctl.store.blocks = {block.cidr: block for block in there.scenario.cluster.blocks}
        self.files: list[str] = []
        self.unusable: list[str] = []
        self.notes: list[Finding] = []
        self.objects: list[Reviewed] = []

    def hear(self, manifests: Manifests, action: str) -> None:
        if manifests.problems:
            self.turn_away(manifests.file, manifests.problems)
            return
        self.files.append(manifests.file)
        outcomes = {
            "calicoctl": self.calicoctl.judge(action, manifests),
            "kubectl": self.server.judge(action, manifests),
        }
        notes = [note for outcome in outcomes.values() for note in outcome.notes if self._heard(note)]
        by_object: dict[tuple[int, Any], dict[str, Judgement]] = {}
        for judge, outcome in outcomes.items():
            for judgement in outcome.judgements:
                key = id(judgement.resource.document), judgement.resource.path
                by_object.setdefault(key, {})[judge] = judgement
        for judgements in sorted(by_object.values(), key=_line):
            resource = next(iter(judgements.values())).resource
            here = {resource.place(*path) for path in ((), ("apiVersion",), ("kind",))}
            found = [note for note in notes if note.place in here]
            notes = [note for note in notes if note.place not in here]
            found += [note for each in judgements.values() for note in each.findings if self._heard(note)]
            answers = {judge: _answer(judgements.get(judge)) for judge in self.judges}
            self.objects.append(Reviewed(resource, answers, tuple(_joined(found))))
        self.notes += _joined(notes)

    def turn_away(self, file: str, problems: Iterable[Finding]) -> None:
        """Take note of a file that nobody can read."""
        self.files.append(file)
        self.unusable.append(file)
        self.notes += problems

    def rule(self) -> Review:
        """Add what it all would mean, and close."""
        stores = [self.calicoctl.store, self.server.store]
        news: dict[str, list[Finding]] = {}
        for finding in meaning(self.before, stores, {each.subject for each in self.objects}):
            news.setdefault(finding.subject, []).append(finding)
        objects = []
        for each in self.objects:
            found = [*each.findings, *(placed(finding, each.resource) for finding in news.pop(each.subject, ()))]
            found.sort(key=lambda note: note.place.line or 0 if note.place else 0)
            objects.append(replace(each, findings=tuple(by_gravity(found))))
        notes = [*self.notes, *(finding for findings in news.values() for finding in findings)]
        return Review(tuple(self.files), tuple(objects), tuple(notes), tuple(self.unusable))

    def _heard(self, note: Finding) -> bool:
        """Whether a finding is a warning, or a reason of a judge that was asked."""
        names = {"calicoctl" if judge == "calicoctl" else "kubectl" for judge in note.judges}
        return not names or not names.isdisjoint(self.judges)


def _existing(there: Reading) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that exist: those of a scenario, then those of dumps as they stand there."""
    cluster = there.scenario.cluster
    yield from map(manifest, cluster.pools)
    yield from map(manifest, cluster.reservations)
    for document in there.documents:
        for _, value in objects_in(document):
            if isinstance(value, Mapping):
                yield value


def _line(judgements: Mapping[str, Judgement]) -> tuple[int, str]:
    place = next(iter(judgements.values())).resource.place()
    return place.line or 0, place.field


def _answer(judgement: Judgement | None) -> Answer:
    if judgement is None:
        return Answer.REFUSED  # it knows no such object
    if judgement.accepted:
        return Answer.ACCEPTED
    return Answer.REFUSED if any(note.judges for note in judgement.findings) else Answer.HELD


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding of those that several judges share."""
    made: dict[tuple[str, Place | None], Finding] = {}
    for finding in findings:
        key = finding.code, finding.place
        known = made.setdefault(key, finding)
        judges = (*known.judges, *(judge for judge in finding.judges if judge not in known.judges))
        made[key] = replace(known, judges=judges)
    return list(made.values())
