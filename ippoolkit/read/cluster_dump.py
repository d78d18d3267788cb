"""Whatever people get out of a cluster, to one `Cluster` that says what it does not know.

Folders and files in any mix: JSON and YAML of kubectl and calicoctl, calicoctl's tables, `ipam check` and its report,
scenario files, error messages; each is told by its contents. Nothing here refuses to go on: what cannot be used is
noted with its place, and the kinds that nothing was read of are `unknown`, which is not the same as none.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from ..errors import InputError
from ..findings import Finding, Place, Severity
from ..model import KindName, Scenario
from .calicoctl_tables import read_borrowed_addresses, read_ipam_configuration, read_ipam_show, read_pools_table
from .cluster_kinds import CLUSTER_KIND_READERS
from .collector import AnyPath, ObjectCollector
from .document import Document
from .ipam_check import is_ipam_report, read_ipam_check, read_ipam_report
from .json_lists import Buffer, read_list
from .reported import NumberedLines, ReportedFigures, ReportedText
from .text_files import STDIN, decode_text, parse_documents, read_bytes

ALL_KINDS: tuple[KindName, ...] = get_args(KindName)
_CANONICAL_KIND = {"IPAMConfig": "IPAMConfiguration"} | {kind: kind for kind in ALL_KINDS}
# The names that error messages have for them.
KIND_BY_RESOURCE: dict[str, KindName] = {
    "ippools": "IPPool",
    "ipamconfigs": "IPAMConfiguration",
    "ipamconfigurations": "IPAMConfiguration",
    "ipreservations": "IPReservation",
    "ipamblocks": "IPAMBlock",
    "blockaffinities": "BlockAffinity",
    "ipamhandles": "IPAMHandle",
    "nodes": "Node",
    "namespaces": "Namespace",
    "pods": "Pod",
    "services": "Service",
}
_SECTION_READERS: tuple[tuple[re.Pattern[str], Callable[[NumberedLines, str, ReportedText], None]], ...] = (
    (re.compile(r"\| GROUPING\s"), read_ipam_show),
    (re.compile(r"\| IP\s.*\| BORROWING-NODE"), read_borrowed_addresses),
    (re.compile(r"\| PROPERTY\s"), read_ipam_configuration),
    (re.compile(r"NAME\s+CIDR\s"), read_pools_table),
    (re.compile(r"Checking IPAM for inconsistencies"), read_ipam_check),
)
_ERROR_LINE = re.compile(
    r"Error from server|error: |Error: |failed to get resources: |connection is unauthorized|"
    r"unable to get Cluster Information|Use --allow-version-mismatch|E\d{4} |The connection to the server"
)
_FORBIDDEN_RESOURCE = re.compile(r"\b([a-z]+)(?:\.[a-z.]+)?(?: \"[^\"]*\")? is forbidden")
_DETECTION_LINES = 20  # lines, to tell what a text is
_MAX_EXACT_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """A cluster as far as it could be read.

    `told` are figures that texts state; `notes` say what could not be used, and why something is unknown; `newest`
    holds for each kind when its youngest object was made.
    """

    scenario: Scenario
    reported: tuple[ReportedFigures, ...] = ()
    notes: tuple[Finding, ...] = ()
    newest_creation: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def has_unreadable_file(self) -> bool:
        """Whether a file could not be read at all."""
        return any(
            note.severity is Severity.ERROR and note.rule.source_key in ("kit", "json", "yaml") for note in self.notes
        )


def read_cluster(*paths: AnyPath, absent_kinds: Iterable[str] = ()) -> ClusterReading:
    """Read files and folders into one cluster.

    Parameters
    ----------
    paths
        Folders, or files; ``-`` is standard input.
    none
        Kinds that are known to have no objects, where kubectl's empty lists leave it open.

    Raises
    ------
    InputError
        Where nothing at all could be read.
    """
    reader = ClusterDumpReader()
    for path in paths:
        for file in list_files(path):
            reader.read_file(file)
    reader.collector.kinds_seen |= set(absent_kinds)
    return reader.build(paths)


def list_files(path: AnyPath) -> Iterator[AnyPath]:
    """Yield the files of a folder and of those in it, sorted, without hidden ones; anything else as it is."""
    folder = Path(path)
    if str(path) != STDIN and folder.is_dir():
        for file in sorted(folder.rglob("*")):
            is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
            if file.is_file() and not is_hidden:
                yield file
    else:
        yield path


class ClusterDumpReader:
    """Takes one file, or one document, after another."""

    def __init__(self) -> None:
        self.collector = ObjectCollector(kind_readers=CLUSTER_KIND_READERS, lenient=True)
        self.reported = ReportedText()
        self.sequence_numbers: list[int] = []
        self.ipam_config_known = False  # whether something said if there is an IPAM configuration

    def read_file(self, file: AnyPath) -> None:
        """Read one file."""
        name = "standard input" if str(file) == STDIN else str(file)
        try:
            data = read_bytes(file, name)
            if (document := self._read_json_list(data, name)) is not None:
                self.add_document(document)
                return
            text = self._remove_error_lines(decode_text(data, name), name)
            if text is None or self._read_sections(text, name):
                return
            if (document := self._read_json_list(text.encode(), name)) is not None:
                self.add_document(document)
                return
            for parsed in parse_documents(text, name):
                self.add_document(parsed)
        except InputError as error:
            self.collector.notes += error.problems

    def _read_json_list(self, data: Buffer, name: str) -> Document | None:
        return (
            read_list(data, name, CLUSTER_KIND_READERS.__contains__) if bytes(data[:64]).lstrip()[:1] == b"{" else None
        )

    def add_document(self, document: Document) -> None:
        """Gather what a document holds."""
        value = document.value
        if value is None:
            self.ipam_config_known = True
            self.collector.notes.append(Finding("null-read", place=Place(document.file)))
            return
        if is_ipam_report(value):
            assert isinstance(value, Mapping)
            read_ipam_report(value, document.file, self.reported)
            return
        if not _is_object(value):
            self.collector.notes.append(Finding("file-unread", place=Place(document.file)))
            return
        self.sequence_numbers += _sequence_numbers(value)
        if isinstance(value, dict) and value.get("kind") == "Status":
            self._add_status(value, document)
            return
        # Objects keep the place they were found at, but not the whole document.
        self.collector.add_document(document)

    def _add_status(self, value: Mapping[str, Any], document: Document) -> None:
        message = str(value.get("message", ""))
        self._note_forbidden_kinds(message, Place(document.file))
        self.collector.notes.append(Finding("command-failed", params={"message": message}, place=Place(document.file)))

    def _remove_error_lines(self, text: str, name: str) -> str | None:
        """Take out what went to standard error; None where nothing else is left."""
        lines = text.splitlines()
        error_lines = [line for line in lines[:_DETECTION_LINES] + lines[-_DETECTION_LINES:] if _ERROR_LINE.match(line)]
        if not error_lines:
            return text
        for number, line in enumerate(lines, 1):
            if _ERROR_LINE.match(line):
                place = Place(name, number)
                self._note_forbidden_kinds(line, place)
                self.collector.notes.append(Finding("command-failed", params={"message": line[:300]}, place=place))
        other_lines = [line for line in lines if not _ERROR_LINE.match(line)]
        return "\n".join(other_lines) if any(map(str.strip, other_lines)) else None

    def _note_forbidden_kinds(self, message: str, place: Place) -> None:
        for match in _FORBIDDEN_RESOURCE.finditer(message):
            if kind := KIND_BY_RESOURCE.get(match[1]):
                self.reported.forbidden_kinds[kind] = place

    def _read_sections(self, text: str, name: str) -> bool:
        """Read a text that holds tables of calicoctl; say whether it does."""
        lines = list(enumerate(text.splitlines(), 1))
        first_lines = [line for _, line in lines if line.strip()][:_DETECTION_LINES]
        if not any(heading.match(line) for line in first_lines for heading, _ in _SECTION_READERS):
            return False
        section_starts: list[tuple[int, Callable[[NumberedLines, str, ReportedText], None]]] = []
        for index, (_, line) in enumerate(lines):
            section_starts += [
                (index, read_section) for heading, read_section in _SECTION_READERS if heading.match(line)
            ]
        for position, (start, read_section) in enumerate(section_starts):
            end = section_starts[position + 1][0] if position + 1 < len(section_starts) else len(lines)
            section = lines[start:end]
            if read_section is read_pools_table:
                section = section[
                    : next((offset for offset, (_, line) in enumerate(section) if not line.strip()), len(section))
                ]
            read_section(section, name, self.reported)
        return True

    def build(self, paths: Iterable[AnyPath]) -> ClusterReading:
        """Return the cluster, with what is unknown of it.

        Raises
        ------
        InputError
            Where nothing at all could be read.
        """
        collector, reported = self.collector, self.reported
        collector.note_unread_kinds()
        has_content = collector.objects or collector.scenarios or reported.figures or collector.kinds_seen - {""}
        if not has_content:
            problems = [note for note in (*collector.notes, *collector.problems) if note.severity is Severity.ERROR]
            raise InputError(problems or [Finding("nothing-read", place=Place(str(path))) for path in paths])
        scenario = collector.merge_into_scenario(paths)
        cluster = scenario.cluster
        kinds_seen = {_CANONICAL_KIND.get(kind, "") for kind in collector.kinds_seen} | (
            {"IPAMConfiguration"} if self.ipam_config_known else set()
        )
        kinds_in_question = set(cluster.unknown) if collector.scenarios else set(ALL_KINDS)
        changes: dict[str, Any] = {}
        if reported.blocks_known and not cluster.blocks and "IPAMBlock" in kinds_in_question - kinds_seen:
            changes["blocks"] = tuple(reported.blocks)
            kinds_seen.add("IPAMBlock")
        unknown = tuple(kind for kind in ALL_KINDS if kind in kinds_in_question - kinds_seen)
        ipam_stored = cluster.ipam_stored or bool(collector.objects.get("ipam"))
        cluster = dataclasses.replace(cluster, unknown=unknown, ipam_stored=ipam_stored, **changes)
        notes = [*collector.notes, *collector.problems, *reported.notes]
        if (
            all(number > _MAX_EXACT_DOUBLE and float(number) == number for number in self.sequence_numbers)
            and len(self.sequence_numbers) > 2
        ):
            notes.append(Finding("sequence-rounded", params={"count": len(self.sequence_numbers)}))
        notes += self._unknown_kind_findings(unknown)
        scenario = dataclasses.replace(scenario, cluster=cluster)
        return ClusterReading(scenario, tuple(reported.figures), tuple(notes), collector.newest_creation)

    def _unknown_kind_findings(self, unknown: Iterable[KindName]) -> Iterator[Finding]:
        for kind in unknown:
            if place := self.reported.forbidden_kinds.get(kind):
                yield Finding("kind-forbidden", kind, {"kind": kind}, place)
        if not_read := [kind for kind in unknown if kind not in self.reported.forbidden_kinds]:
            yield Finding("kind-not-read", "", {"kinds": ", ".join(not_read)})


def parse_api_response(data: Buffer, name: str) -> Document:
    """Read what an API answered; a document without a value is no JSON."""
    if (document := read_list(data, name, CLUSTER_KIND_READERS.__contains__)) is not None:
        return document
    try:
        return parse_documents(decode_text(data, f"{name}.json"), f"{name}.json")[0]
    except InputError:
        return Document(name, None, lambda _: None)


def _is_object(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, Mapping) and "kind" in item for item in value)
    if not isinstance(value, Mapping):
        return False
    return "kind" in value or (value.get("version") == 1 and "cluster" in value)


def _sequence_numbers(value: Any) -> Iterator[int]:
    items = value.get("items") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        spec = item.get("spec") if isinstance(item, dict) else None
        number = spec.get("sequenceNumber") if isinstance(spec, dict) else None
        if isinstance(number, int | float) and not isinstance(number, bool):
            yield int(number)
