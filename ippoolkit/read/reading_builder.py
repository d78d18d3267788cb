"""All that was read, put together: objects, scenarios, installers' settings and texts to one `Reading`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import ValidationError

from ..calico.releases import NEWEST, OLDEST_MINOR
from ..errors import InputError
from ..findings import Finding, Place, Severity
from ..model import Scenario
from .calico_release import find_release
from .collector import scenario_name
from .document_reader import DocumentReader
from .input_files import AnyPath
from .listed_objects import add_listed, build_reported_pools
from .reading import Reading
from .unknown_kinds import mark_unknown_kinds, unknown_kind_findings
from .validation import first_problem


def build_reading(reader: DocumentReader, paths: Iterable[AnyPath]) -> Reading:
    """Return what was read, with what is unknown of it.

    Raises
    ------
    InputError
        Where nothing at all could be read; of a strict reader for any problem.
    """
    paths = list(paths)
    collector, reported = reader.collector, reader.reported
    collector.note_unread_kinds()
    collector.note_repeated_objects()
    if len(collector.scenarios) > 1:
        collector.problems.append(Finding("scenarios-several", params={"count": len(collector.scenarios)}))
    installer_notes, installer_problems = reader.installer.finish(collector)
    collector.problems += installer_problems
    if reader.strict and collector.problems:
        raise InputError(collector.problems)
    if not reader.has_content:
        raise InputError(_nothing_read(reader, paths))
    try:
        scenario = reader.installer.apply(collector.merge_into_scenario(paths), collector, scenario_name(paths))
    except ValidationError as error:  # files that are small enough each, and too large together
        raise InputError([first_problem(error)]) from None
    scenario = _with_release(scenario, reader)
    scenario = mark_unknown_kinds(scenario, reader)
    scenario = add_listed(scenario, reported)
    scenario = dataclasses.replace(scenario, cluster=reader.controllers.apply(scenario.cluster))
    reported_pools = build_reported_pools(reported)  # with the sizes of blocks that were found meanwhile
    notes = [*collector.notes, *([] if reader.strict else collector.problems), *reported.notes, *installer_notes]
    notes += reader.controllers.findings(scenario.cluster)
    if reader.has_rounded_numbers:
        notes.append(Finding("sequence-rounded", params={"count": len(reader.sequence_numbers)}))
    if not reader.strict:  # of a design nobody expects a whole cluster
        notes += unknown_kind_findings(scenario.cluster, reported.forbidden_kinds)
    return Reading(
        scenario,
        notes=tuple(notes),
        reported=tuple(reported.figures),
        reported_pools=reported_pools,
        node_names={node.name: node.place for node in reported.listed_nodes},
        blocks_outside=tuple(reported.blocks_outside),
        listed_blocks=tuple(reported.listed_blocks),
        waiting_pods=tuple(reported.waiting_pods),
        starting_pods=tuple(reported.starting_pods),
        affinities=tuple(reported.affinities),
        newest_creation=collector.newest_creation,
        node_ages=reported.node_ages or _ages(collector.node_creation),
        pieces=tuple(reported.pieces),
        documents=tuple(reader.documents),
        sources=tuple(map(str, paths)),
        is_installer=reader.installer.is_used,
        planned_pools=tuple(pool.name for pool in reader.installer.pools),
    )


def _nothing_read(reader: DocumentReader, paths: Iterable[AnyPath]) -> list[Finding]:
    """Say why there is nothing: what is wrong with the input, or what was passed over."""
    collector = reader.collector
    if errors := [note for note in (*collector.problems, *collector.notes) if note.severity is Severity.ERROR]:
        return errors
    skipped = [note for note in collector.notes if note.code in ("file-unread", "kind-unread")]
    return [*(Finding("nothing-read", place=Place(str(path))) for path in paths), *skipped]


def _with_release(scenario: Scenario, reader: DocumentReader) -> Scenario:
    release = "" if scenario.calico else find_release(reader.documents, reader.reported.release)
    if not release:
        return scenario
    try:
        return dataclasses.replace(scenario, calico=release)
    except ValueError:  # too old: the rest is read as the newest release would be
        params = {"release": release, "oldest": f"v3.{OLDEST_MINOR}", "newest": str(NEWEST)}
        reader.collector.notes.append(Finding("release-old", params=params))
        return scenario


def _ages(creation: Mapping[str, str]) -> dict[str, int]:
    """Return by how many seconds each is older than the youngest; nothing where a time cannot be read."""
    try:
        times = {name: datetime.fromisoformat(text).timestamp() for name, text in creation.items()}
    except ValueError:
        return {}
    newest = max(times.values(), default=0)
    return {name: round(newest - time) for name, time in times.items()}
