"""Manifests under review: who accepts each object and why not, and what it would mean beside what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from ..answer import answer_html, counted
from ..calico.releases import NEWEST, Release
from ..errors import InputError
from ..findings import N_, Finding, Place, Severity, sort_by_severity
from ..model import Scenario
from ..read import Reading, read, to_model
from ..write import to_manifest
from . import (
    AggregatedServer,
    ApiServer,
    Calicoctl,
    CommandResult,
    Datastore,
    ManifestFile,
    ObjectResult,
    Resource,
    iter_objects,
    parse_manifests,
    read_manifest_files,
)
from .impact import at_manifest_field, impact_findings
from .installer_pools import InstallerPools

AnyPath = str | Path
ACTIONS = ("create", "apply", "replace", "patch", "delete")
JUDGES = ("calicoctl", "kubectl")


class Decision(StrEnum):
    """What a judge says of one object."""

    ACCEPTED = N_("accepted")
    REFUSED = N_("refused")
    BLOCKED_BY_FILE = N_(
        "refused with its file"
    )  # nothing is wrong with it, but calicoctl takes the whole of a file or nothing


@dataclass(frozen=True, slots=True)
class ObjectReview:
    """One object, what each judge says of it, and why; most severe findings first."""

    resource: Resource
    decisions: Mapping[str, Decision]
    findings: tuple[Finding, ...] = ()

    @property
    def subject(self) -> str:
        """Kind and name."""
        return f"{self.resource.kind.name}/{self.resource.name}"


@dataclass(frozen=True, slots=True)
class Review:
    """What became of the files: their objects, what else there is to say, and those that could not be read."""

    files: tuple[str, ...]
    objects: tuple[ObjectReview, ...]
    notes: tuple[Finding, ...] = ()
    unreadable_files: tuple[str, ...] = ()
    release: Release = NEWEST

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        outcome = "accepted" if self.accepted else "not accepted"
        objects, findings = counted(len(self.objects), "object"), counted(len(self.findings), "finding")
        return f"<Review of {objects}: {outcome}, {findings}>"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: those on the files, then those on each object."""
        return (*self.notes, *(finding for object_review in self.objects for finding in object_review.findings))

    @property
    def has_problems(self) -> bool:
        """Whether there is an error or a warning, of whatever rule."""
        return any(finding.severity in (Severity.ERROR, Severity.WARNING) for finding in self.findings)

    @property
    def accepted(self) -> bool:
        """Whether every judge that was asked accepts every object and every file."""
        decisions = [decision for object_review in self.objects for decision in object_review.decisions.values()]
        errors = any(note.severity == Severity.ERROR and note.refused_by for note in self.notes)
        return not self.unreadable_files and not errors and all(decision == Decision.ACCEPTED for decision in decisions)


def review(
    files: Iterable[AnyPath],
    existing: Iterable[AnyPath] = (),
    action: str = "apply",
    judges: Sequence[str] = JUDGES,
    *,
    separately: bool = False,
    release: Release | None = None,
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
    separately
        Judge each file alone; otherwise each one sees what became of those before it.
    release
        The release of Calico whose judges decide; that of what exists where it is left out, else the newest.

    Returns
    -------
    Review
        A file that cannot be read is among its `unreadable_files`, with the reasons in its notes.

    Raises
    ------
    InputError
        Where what exists cannot be read.
    """
    existing = tuple(existing)
    existing_reading = read(*existing, strict=True).design if existing else Reading(Scenario())
    file_reviews = []
    for file_group in ([file] for file in files) if separately else [files]:
        reviewer = _Reviewer(existing_reading, action, judges, release)
        manifest_files: list[ManifestFile] = []
        installer = InstallerPools()
        for file in file_group:
            try:
                manifest_files += read_manifest_files(file, installer.take_text)
            except InputError as error:
                reviewer.reject(str(file), error.problems)
        for manifests in installer.take(manifest_files):
            reviewer.add(manifests)
        reviewer.add_installer_pools(installer)
        file_reviews.append(reviewer.finish())
    return Review(
        files=tuple(chain.from_iterable(file_review.files for file_review in file_reviews)),
        objects=tuple(chain.from_iterable(file_review.objects for file_review in file_reviews)),
        notes=tuple(chain.from_iterable(file_review.notes for file_review in file_reviews)),
        unreadable_files=tuple(chain.from_iterable(file_review.unreadable_files for file_review in file_reviews)),
        release=release or existing_reading.scenario.release,
    )


def review_text(text: str, name: str, existing: Scenario) -> Review:
    """Judge a text of manifests that are to be applied to what exists; as `review` does, without files."""
    reviewer = _Reviewer(Reading(existing), "apply", JUDGES, None)
    reviewer.add(parse_manifests(text, name))
    return reviewer.finish()


class _Reviewer:
    """The judges, each at a datastore of its own, going through the files."""

    def __init__(self, existing_reading: Reading, action: str, judges: Sequence[str], release: Release | None) -> None:
        self.existing_scenario = existing_reading.scenario
        self.action = action
        self.judges = judges
        self.release = release or self.existing_scenario.release
        self.calicoctl = Calicoctl(Datastore(release=self.release))
        self.api_server = ApiServer(Datastore(release=self.release))
        self.aggregated_server = AggregatedServer(Datastore(release=self.release))
        for document in _existing_objects(existing_reading):
            for judge in (self.calicoctl, self.api_server, self.aggregated_server):
                judge.add_existing(document)
        blocks = {block.cidr: block for block in existing_reading.scenario.cluster.blocks}
        self.calicoctl.store.blocks = blocks
        self.aggregated_server.store.blocks = dict(blocks)
        self.files: list[str] = []
        self.unreadable_files: list[str] = []
        self.notes: list[Finding] = []
        self.objects: list[ObjectReview] = []

    def add(self, manifests: ManifestFile) -> None:
        """Judge a file; take note of one that nobody can read."""
        self.notes += manifests.notes
        if manifests.problems:
            self.reject(manifests.file, manifests.problems)
            self._note_cut_file(manifests)
            return
        self.files.append(manifests.file)
        if manifests.notes and not manifests.documents:
            return
        self._take_bgp_configuration(manifests)
        outcomes = self._run_judges(manifests)
        notes = [note for outcome in outcomes.values() for note in outcome.notes if self._is_relevant(note)]
        by_object: dict[tuple[int, Any], dict[str, ObjectResult]] = {}
        for judge, outcome in outcomes.items():
            for judgement in outcome.results:
                object_key = id(judgement.resource.document), judgement.resource.path
                by_object.setdefault(object_key, {})[judge] = judgement
        for judgements in sorted(by_object.values(), key=_line_and_field):
            resource = next(iter(judgements.values())).resource
            own_places = {resource.place(*path) for path in ((), ("apiVersion",), ("kind",))}
            findings = [note for note in notes if note.place in own_places]
            notes = [note for note in notes if note.place not in own_places]
            findings += [
                note
                for object_judgement in judgements.values()
                for note in object_judgement.findings
                if self._is_relevant(note)
            ]
            decisions = {judge: _decision(judgements.get(judge)) for judge in self.judges}
            self.objects.append(ObjectReview(resource, decisions, tuple(_merge_by_place(findings))))
        self.notes += _merge_by_place(notes)
        self._note_cut_file(manifests)

    def _run_judges(self, manifests: ManifestFile) -> dict[str, CommandResult]:
        """Let each judge work on a file; all of `JUDGES`, as those that are not asked may have warnings."""
        calicoctl, crd, aggregated = (
            judge.run(self.action, manifests) for judge in (self.calicoctl, self.api_server, self.aggregated_server)
        )
        # Without a CRD of projectcalico.org/v3 kubectl meets calico-apiserver there.
        is_native = self.release.has("crd-native")
        kubectl = crd if is_native else CommandResult(crd.notes, (*crd.results, *aggregated.results))
        outcomes = {"calicoctl": calicoctl, "kubectl": kubectl, "apiserver": aggregated}
        return {judge: outcome for judge, outcome in outcomes.items() if judge in (*JUDGES, *self.judges)}

    def add_installer_pools(self, installer: InstallerPools) -> None:
        """Judge the pools that installers' files make, beside what else there is."""
        manifests, notes, self.existing_scenario = installer.build(self.existing_scenario)
        self.notes += notes
        self.files += [file for file in installer.files if file not in self.files]
        if manifests is not None:
            self.add(manifests)

    def _note_cut_file(self, manifests: ManifestFile) -> None:
        """Say of a file with errors that it ends without ending its line: what looks wrong may only be incomplete."""
        findings = (*self.notes, *(finding for review in self.objects for finding in review.findings))
        has_errors = any(
            finding.severity is Severity.ERROR and finding.place and finding.place.file == manifests.file
            for finding in findings
        )
        if manifests.last_line and has_errors:
            self.notes.append(Finding("file-end", place=Place(manifests.file, manifests.last_line)))

    def _take_bgp_configuration(self, manifests: ManifestFile) -> None:
        """Hold pools for services against a BGPConfiguration that is reviewed with them, though nobody judges it."""
        for _, _, value in iter_objects(manifests.documents):
            if isinstance(value, Mapping) and value.get("kind") == "BGPConfiguration":
                bgp = to_model("BGPConfiguration", value)
                cluster = self.existing_scenario.cluster
                if bgp is not None:
                    self.existing_scenario = replace(self.existing_scenario, cluster=replace(cluster, bgp=bgp))

    def reject(self, file: str, problems: Iterable[Finding]) -> None:
        """Take note of a file that nobody can read."""
        self.files.append(file)
        self.unreadable_files.append(file)
        self.notes += problems

    def finish(self) -> Review:
        """Add what it all would mean, and close."""
        datastores = [self.calicoctl.store, self.api_server.store]
        if not self.release.has("crd-native"):
            datastores.append(self.aggregated_server.store)
        new_findings_by_subject: dict[str, list[Finding]] = {}
        for finding in impact_findings(
            self.existing_scenario, datastores, {object_review.subject for object_review in self.objects}
        ):
            if not (finding.rule.refused_by and self._is_said_by_judge(finding)):
                new_findings_by_subject.setdefault(finding.subject, []).append(finding)
        objects = []
        for object_review in self.objects:
            object_findings = [
                *object_review.findings,
                *(
                    at_manifest_field(finding, object_review.resource)
                    for finding in new_findings_by_subject.pop(object_review.subject, ())
                ),
            ]
            object_findings.sort(key=lambda note: note.place.line or 0 if note.place else 0)
            objects.append(replace(object_review, findings=tuple(sort_by_severity(object_findings))))
        notes = [*self.notes, *(finding for findings in new_findings_by_subject.values() for finding in findings)]
        return Review(
            tuple(self.files), tuple(objects), tuple(notes), tuple(self.unreadable_files), release=self.release
        )

    def _is_said_by_judge(self, finding: Finding) -> bool:
        """Whether a judge that was asked refuses an object for what a rule on the whole design says, too."""
        return any(
            note.code == finding.code and (review.subject == finding.subject or finding.code == "pools-overlap")
            for review in self.objects
            for note in review.findings
        )

    def _is_relevant(self, note: Finding) -> bool:
        """Whether a finding is a warning, or a reason of a judge that was asked."""
        is_native = self.release.has("crd-native")
        judge_names = {
            judge if judge == "calicoctl" or (judge == "apiserver" and is_native) else "kubectl"
            for judge in note.refused_by
        }
        return not judge_names or not judge_names.isdisjoint(self.judges)


def _existing_objects(existing_reading: Reading) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that exist: those of a scenario, then those of dumps as they stand there."""
    cluster = existing_reading.scenario.cluster
    yield from map(to_manifest, cluster.pools)
    yield from map(to_manifest, cluster.reservations)
    for _, _, value in iter_objects(existing_reading.documents):
        if isinstance(value, Mapping):
            yield value


def _line_and_field(judgements: Mapping[str, ObjectResult]) -> tuple[int, str]:
    place = next(iter(judgements.values())).resource.place()
    return place.line or 0, place.field


def _decision(judgement: ObjectResult | None) -> Decision:
    if judgement is None:
        return Decision.REFUSED  # it knows no such object
    if judgement.accepted:
        return Decision.ACCEPTED
    return Decision.REFUSED if any(note.refused_by for note in judgement.findings) else Decision.BLOCKED_BY_FILE


def _merge_by_place(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding of those that several judges share."""
    merged: dict[tuple[str, Place | None], Finding] = {}
    for finding in findings:
        key = finding.code, finding.place
        first_finding = merged.setdefault(key, finding)
        judges = (
            *first_finding.refused_by,
            *(judge for judge in finding.refused_by if judge not in first_finding.refused_by),
        )
        merged[key] = replace(first_finding, refused_by=judges)
    return list(merged.values())
