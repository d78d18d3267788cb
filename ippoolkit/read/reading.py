"""One door for all that people bring: files, folders, archives, pipes, pastes, installers' inputs to one `Reading`.

Each file is recognized by its contents: JSON and YAML of kubectl and calicoctl, calicoctl's and kubectl's tables,
`ipam check` and its report, scenario files, installers' files, error messages. Nothing is lost silently: what cannot
be used is noted with its place, and the kinds that nothing was read of are `unknown`, which is not the same as none.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard, get_args

from pydantic import ValidationError

from ..calico.limits import DEFAULT_BLOCK_SIZE, HIGHEST_MAX_BLOCKS_PER_HOST, MAX_COOLDOWN_SECONDS
from ..calico.releases import NEWEST, OLDEST_MINOR
from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding, Place, Severity
from ..model import Cluster, IPPool, KindName, Scenario, name_of_unnamed_pool
from ..yaml_scalars import is_digits
from .calico_messages import find_meaning, has_message, message_findings
from .calico_release import find_release, release_in_text
from .cluster_kinds import CLUSTER_KIND_READERS
from .collector import ObjectCollector, scenario_name
from .controller_settings import ControllerSettings
from .document import Document, FieldPath
from .input_files import AnyPath, Buffer, InputFile, read_input_files
from .installers.installer_files import InstallerReader
from .ipam_check import is_ipam_report, read_ipam_report
from .json_lists import read_list
from .kubernetes_objects import KIND_READERS, ObjectSource, read_object
from .listed_objects import add_borrowed_by_pool, add_listed_nodes, add_listed_pods
from .pastes import NumberedLine, Piece, clean_lines, is_flat, is_paste, split_pieces
from .piece_readers import PIECE_READERS
from .reported import PoolFromText, ReportedFigures, ReportedPool, ReportedText
from .text_files import decode_text, parse_documents
from .validation import first_problem

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
_FORBIDDEN_RESOURCE = re.compile(r'\b([a-z]{1,63})(?:\.[a-z.]{1,253})?(?: "[^"]{0,253}")? is forbidden')
_MAX_ERROR_LINE = 2000  # characters of an error message that are looked at
# Errors of one object or row in a file that could be read.
_PARTIAL_ERRORS = frozenset({"table-row", "object-differs", "not-object", "release-old", "release-unknown"})
# What lies beside dumps in a folder, and is no loss where nothing of it is recognized.
_PROSE_SUFFIXES = (".md", ".rst", ".adoc", ".html", ".htm", ".sh", ".py")
_STOPPED_READING = frozenset({"cluster-large", "problems-many"})
_MISSING_PARTS = frozenset({"field-missing", "block-attribute"})
_MAX_EXACT_DOUBLE = 2**53
_MAX_UNREAD_NOTES = 3  # of one paste; more are put together


@dataclass(frozen=True, slots=True)
class RecognizedPiece:
    """Some lines of an input and what they were read as: a key of `pastes.PIECE_LABELS`."""

    file: str
    first_line: int
    last_line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was not understood, where.

    Attributes
    ----------
    scenario
        The cluster or the plan; kinds of which nothing was read are in ``scenario.cluster.unknown``.
    notes
        Findings on what could not be used, what was assumed, and why something is unknown.
    reported
        Figures that texts state, such as the tables of ``calicoctl ipam show``.
    reported_pools
        Pools that a text tells of, by their names or ranges; what it does not tell has Calico's default.
    node_names
        Where nodes are listed of which nothing else is known.
    blocks_outside
        Blocks that a text shows outside all pools, each with its addresses in use, None for unknown.
    listed_blocks
        Blocks that a text shows, each with its node where it is shown.
    waiting_pods, starting_pods, affinities
        Pods without an address, pods that are being started and may have one, and claims on blocks, that a table shows.
    configuration_from_text
        Whether only a text tells of the IPAM configuration.
    newest_creation
        For each kind when its youngest object was created.
    node_ages
        Ages of nodes in seconds: as a table shows them; of objects, how much older each is than the youngest.
    pieces
        What each part of a text was recognized as.
    documents
        The YAML and JSON documents, for those who review manifests against them.
    sources
        The paths that were read.
    is_installer
        Whether any input was an installer's.
    planned_pools
        Names of the pools that are there only because an installer would create them.
    """

    scenario: Scenario
    notes: tuple[Finding, ...] = ()
    reported: tuple[ReportedFigures, ...] = ()
    reported_pools: tuple[PoolFromText, ...] = ()
    node_names: Mapping[str, Place] = field(default_factory=dict)
    blocks_outside: tuple[tuple[Cidr, int | None], ...] = ()
    listed_blocks: tuple[tuple[Cidr, str, Place], ...] = ()
    waiting_pods: tuple[tuple[str, str, Place], ...] = ()
    starting_pods: tuple[tuple[str, Place], ...] = ()
    affinities: tuple[tuple[str, Cidr, Place], ...] = ()
    configuration_from_text: bool = False
    newest_creation: Mapping[str, str] = field(default_factory=dict)
    node_ages: Mapping[str, int] = field(default_factory=dict)
    pieces: tuple[RecognizedPiece, ...] = ()
    documents: tuple[Document, ...] = ()
    sources: tuple[str, ...] = ()
    is_installer: bool = False
    planned_pools: tuple[str, ...] = ()

    @property
    def has_listed(self) -> bool:
        """Whether texts tell of figures, pods, claims or blocks, beside what objects tell."""
        return bool(self.reported or self.waiting_pods or self.starting_pods or self.affinities or self.listed_blocks)

    @property
    def has_unreadable_file(self) -> bool:
        """Whether a file could not be read at all."""
        return any(
            note.severity is Severity.ERROR
            and note.rule.source_key in ("kit", "json", "yaml")
            and note.code not in _PARTIAL_ERRORS
            for note in self.notes
        )

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The notes that are errors: objects, rows and files that could not be used."""
        return tuple(note for note in self.notes if note.severity is Severity.ERROR)

    @property
    def reported_usage(self) -> dict[str, tuple[int | None, int | None]]:
        """Addresses and blocks in use that texts tell, by the pool's range; what is rounded is not among them."""
        exact = {
            (figure.row, figure.figure): figure.value
            for figure in self.reported
            if figure.table == "pools" and not figure.rounded
        }
        return {row: (exact.get((row, "allocated")), exact.get((row, "blocks_allocated"))) for row, _ in exact}

    @property
    def pools_from_text(self) -> tuple[PoolFromText, ...]:
        """The pools that only a text tells of."""
        known = {pool.cidr for pool in self.scenario.cluster.pools}
        return tuple(reported for reported in self.reported_pools if reported.pool.cidr not in known)

    @property
    def design(self) -> Reading:
        """The same to plan on: pools that only a text tells of take part, with what was assumed of them noted."""
        cluster = self.scenario.cluster
        missing = self.pools_from_text
        if not missing:
            return self
        notes = tuple(
            Finding(
                "pool-from-text-sized" if "blockSize" in reported.given_fields else "pool-from-text",
                f"IPPool/{reported.pool.name}",
                {"cidr": str(reported.pool.cidr), "size": reported.pool.block_size},
            )
            for reported in missing
        )
        known = tuple(kind for kind in cluster.unknown if kind != "IPPool")
        scenario = dataclasses.replace(
            self.scenario,
            cluster=dataclasses.replace(
                cluster, pools=(*cluster.pools, *(reported.pool for reported in missing)), unknown=known
            ),
        )
        return dataclasses.replace(self, scenario=scenario, notes=(*self.notes, *notes))


def read(*paths: AnyPath, empty_kinds: Iterable[str] = (), strict: bool = False) -> Reading:
    """Read files, folders, archives and standard input into one reading.

    Parameters
    ----------
    paths
        Folders, archives (``.tar.gz``, ``.zip``) or files in any mix; ``-`` is standard input.
    empty_kinds
        Kinds that are known to have no objects, where kubectl's empty lists leave it open.
    strict
        Refuse the input for any problem, as a design or a manifest should be; otherwise what cannot be used is noted
        and the rest is read, as a cluster's dumps should be.

    Returns
    -------
    Reading
        The scenario, and what was not understood, with file and line.

    Raises
    ------
    InputError
        Where nothing at all could be read; with ``strict`` for any problem, with all of them.

    Examples
    --------
    >>> from ippoolkit import read
    >>> reading = read("data/kubespray.yaml")
    >>> reading.scenario.cluster.pools[0].block_count
    256
    """
    reader = Reader(strict=strict)
    for path in paths:
        reader.read_path(path)
    reader.collector.kinds_seen |= set(empty_kinds)
    return reader.build(paths)


def read_text(text: str, name: str = "paste", *, strict: bool = False) -> Reading:
    """Read a text that was pasted; as `read` does, without a file.

    Raises
    ------
    InputError
        Where nothing of it could be read.
    """
    return read_files([InputFile(name, text.encode())], strict=strict)


def read_files(files: Iterable[InputFile], *, strict: bool = False) -> Reading:
    """Read files whose bytes are at hand; as `read` does.

    Raises
    ------
    InputError
        Where nothing of them could be read.
    """
    reader = Reader(strict=strict)
    names = []
    for file in files:
        names.append(file.name)
        reader.read_file(file)
    return reader.build(names)


def read_installer(*paths: AnyPath) -> Reading:
    """Read what an installer is given into one scenario.

    Parameters
    ----------
    paths
        Files or folders: a Kubespray inventory, an Installation or Helm values of the Tigera operator, kubeadm's
        ClusterConfiguration, calico-node's manifest or environment, the files of RKE, RKE2, k3s, kops, KubeKey, OKD,
        Talos; with IPPools of the cluster beside them, which win.

    Raises
    ------
    InputError
        With every problem, or where there is nothing of an installer.
    """
    reading = read(*paths, strict=True)
    if not reading.is_installer:
        raise InputError([Finding("no-installer", place=Place(str(path))) for path in paths])
    return reading


def load(*files: AnyPath) -> Scenario:
    """Read files into one scenario to plan on, refusing whatever has a problem.

    Parameters
    ----------
    files
        Paths of files and folders, or ``-`` for standard input: whatever `read` takes.

    Returns
    -------
    Scenario
        What exists and what is planned.

    Raises
    ------
    InputError
        With every problem of every file: file, line and field.
    """
    reading = read(*files, strict=True).design
    if reading.errors:
        raise InputError(list(reading.errors))
    return reading.scenario


def recognize(text: str) -> list[RecognizedPiece]:
    """Say what the parts of a pasted text are, without reading them: for a paste box, line by line."""
    lines = clean_lines(text)
    return [_recognized(piece, "paste") for piece in split_pieces(lines)]


def _span(piece: Piece) -> tuple[int, int]:
    return piece.lines[0][0], piece.lines[-1][0]


def _recognized(piece: Piece, file: str) -> RecognizedPiece:
    return RecognizedPiece(file, piece.lines[0][0], piece.lines[-1][0], piece.kind)


class Reader:
    """Takes one file, or one document, after another."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.installer = InstallerReader()
        self.collector = ObjectCollector(
            kind_readers=CLUSTER_KIND_READERS, lenient=not strict, read_other=self._read_other
        )
        self.controllers = ControllerSettings()
        self.reported = ReportedText()
        self.pieces: list[RecognizedPiece] = []
        self.documents: list[Document] = []
        self.sequence_numbers: list[int] = []
        self.release_in_text = ""  # of Calico, where a text names it
        self.configuration_from_text = False
        self.is_named = True  # whether the user named the file being read, rather than a folder with it in
        self.ipam_config_known = False  # whether something said if there is an IPAM configuration

    def read_path(self, path: AnyPath) -> None:
        """Read what is behind a path."""
        for file in read_input_files(path, self.collector.problems):
            self.read_file(file)
            del file  # before the next one of an archive is unpacked

    def read_file(self, file: InputFile) -> None:
        """Read one file, or what a folder or an archive brought."""
        self.is_named = file.named
        try:
            self._read_contents(file)
        except InputError as error:
            if any(problem.code in _STOPPED_READING for problem in error.problems):
                raise  # the part of a cluster that came first is no cluster
            is_prose = not file.named and file.name.lower().endswith(_PROSE_SUFFIXES)
            is_expected = not file.named and all(problem.code == "file-binary" for problem in error.problems)
            if not (is_prose or (self.strict and is_expected)):
                self.collector.problems += error.problems
            else:
                self.collector.notes.append(Finding("file-unread", place=Place(file.name)))

    def _read_contents(self, file: InputFile) -> None:
        if (document := _read_json_list(file.data, file.name)) is not None:
            self.add_document(document)
            return
        text = decode_text(file.data, file.name)
        if not text.strip():
            raise InputError([Finding("file-empty", place=Place(file.name))])
        if self.installer.read_text(text, file.name):
            return
        self.release_in_text = self.release_in_text or release_in_text(text)
        lines = clean_lines(text)
        if not text.isascii() and not is_paste(lines):  # a document stays what it is, to its blanks
            lines = clean_lines(text, plain_blanks=False)
        is_complete = text.endswith(("\n", "}", "]"))  # as commands end, and as JSON does
        is_partly_quoted = "\n>" in text and not text.startswith(">")
        if any(line != raw for (_, line), raw in zip(lines, text.split("\n"), strict=False)):
            text = "\n".join(line for _, line in lines) + "\n"  # without quoting, indentation, names of files
        try:
            if is_paste(lines) or is_partly_quoted or has_message(text):
                self._read_paste(lines, file.name)
            else:
                for document in parse_documents(text, file.name):
                    self.add_document(document)
        finally:
            if not is_complete:
                self._note_cut_file(text, file.name)

    def _note_cut_file(self, text: str, name: str) -> None:
        """Note a file without its last newline of whose last lines something is wrong or missing: it was cut."""
        last_line = text.count("\n") + 1
        findings = (*self.collector.problems, *self.collector.notes, *self.reported.notes)
        errors = [
            finding
            for finding in findings
            if finding.severity is Severity.ERROR and finding.place and finding.place.file == name
        ]
        is_cut = any(error.code in _MISSING_PARTS or error.place.line == last_line for error in errors if error.place)
        if is_cut and not any(error.code == "file-cut" for error in errors):
            self.collector.problems.append(Finding("file-cut", place=Place(name, last_line)))

    def _read_paste(self, lines: list[NumberedLine], name: str) -> None:
        understood = 0
        unread: list[Piece] = []
        if event := next((number for number, line in lines if "CIDRNotAvailable" in line), None):
            self.reported.notes.append(Finding("node-ranges-event", place=Place(name, event)))
            understood += 1
        if messages := list(message_findings(lines, name)):
            self.reported.notes += messages
            understood += 1
        for piece in split_pieces(lines):
            self.pieces.append(_recognized(piece, name))
            if piece.kind == "error":
                self._add_error_message(piece, name)
                understood += 1
            elif piece.kind == "document":
                understood += self._read_document_piece(piece, name, unread)
            elif reader := PIECE_READERS.get(piece.kind):
                reader(list(piece.lines), name, self.reported)
                understood += 1
            elif piece.kind == "command":
                understood += self.installer.read_command(piece.command, Place(name, piece.lines[0][0]))
            elif piece.kind == "unrecognized" and not any(find_meaning(line) for _, line in piece.lines):
                unread.append(piece)
        self._note_unread_lines(unread, name)
        for value, place in self.reported.objects:
            self.collector.add_document(Document.without_lines(place.file, value, place.line))
        kinds_seen = set(self.collector.kinds_seen)
        for value, place in self.reported.single_objects:
            self.collector.add_document(Document.without_lines(place.file, value, place.line))
        self.collector.kinds_seen = kinds_seen
        self.reported.objects.clear()
        self.reported.single_objects.clear()
        if not understood:
            self.collector.problems.append(Finding("table-unknown", place=Place(name)))

    def _note_unread_lines(self, pieces: list[Piece], name: str) -> None:
        """Name what was not recognized, with its lines; much of it in one note."""
        if len(pieces) > _MAX_UNREAD_NOTES:
            spans = (f"{first}-{last}" if last > first else str(first) for first, last in map(_span, pieces))
            params = {
                "line": pieces[0].lines[0][1].strip()[:80],
                "count": sum(len(piece.lines) for piece in pieces),
                "lines": ", ".join(spans),
            }
            note = Finding("lines-unread-several", params=params, place=Place(name, pieces[0].lines[0][0]))
            self.collector.notes.append(note)
            return
        for piece in pieces:
            params = {"line": piece.lines[0][1].strip()[:80], "count": len(piece.lines)}
            self.collector.notes.append(Finding("lines-unread", params=params, place=Place(name, piece.lines[0][0])))

    def _read_document_piece(self, piece: Piece, name: str, unread: list[Piece]) -> bool:
        if (document := _read_json_list(piece.text.encode(), name)) is not None:
            self.add_document(document)
            return True
        try:
            documents = parse_documents(piece.text, name)
        except InputError as error:
            if is_flat(piece):
                unread.append(piece)
            else:
                self.collector.problems += error.problems
            return False
        for document in documents:
            if _is_heading(document.value):  # prose that ends in a colon
                unread.append(piece)
                continue
            self.add_document(document)
        return True

    def _add_error_message(self, piece: Piece, name: str) -> None:
        number, line = piece.lines[0]
        place = Place(name, number)
        self._note_forbidden_kinds(line[:_MAX_ERROR_LINE], place)
        self.collector.notes.append(Finding("command-failed", params={"message": line[:300]}, place=place))

    def add_document(self, document: Document) -> None:
        """Collect what a document holds."""
        value = document.value
        if value is None:
            self.ipam_config_known = True
            self.collector.notes.append(Finding("null-read", place=Place(document.file)))
            return
        if isinstance(value, Mapping) and is_ipam_report(value):
            read_ipam_report(value, document.file, self.reported)
            return
        if self.installer.read_document(document):
            self.documents.append(document)
            return
        if isinstance(value, Mapping) and _is_cut_list(value):
            self.collector.problems.append(Finding("file-cut", place=document.place(())))
            document = dataclasses.replace(document, value={**value, "kind": "List"})
            value = document.value
        if not _is_object(value):
            if self.strict and self.is_named and (not isinstance(value, Mapping) or _is_like_scenario(value)):
                self.collector.add_document(document)  # which says what is wrong with it
                return
            self.collector.notes.append(Finding("file-unread", place=Place(document.file)))
            return
        self.sequence_numbers += _sequence_numbers(value)
        if isinstance(value, dict) and value.get("kind") == "Status":
            self._add_status(value, document)
            return
        self.documents.append(document)
        # Objects keep the place they were found at, but not the whole document.
        self.collector.add_document(document)

    def _read_other(self, document: Document, path: FieldPath, value: Mapping[str, Any], kind: str) -> bool:
        """Take an object of an installer, of Calico's controllers or of its release; say whether it was one."""
        if kind == "Service":
            for address in _cluster_addresses(value):
                self.reported.add_service_address(address, Place(document.file))
        return (
            kind == "ClusterInformation"
            or self.installer.read_object(document, path, value, kind)
            or self.controllers.read_object(document, path, value, kind)
        )

    def _add_status(self, value: Mapping[str, Any], document: Document) -> None:
        message = str(value.get("message", ""))[:_MAX_ERROR_LINE]
        self._note_forbidden_kinds(message, Place(document.file))
        self.collector.notes.append(
            Finding("command-failed", params={"message": message[:300]}, place=Place(document.file))
        )

    def _note_forbidden_kinds(self, message: str, place: Place) -> None:
        for match in _FORBIDDEN_RESOURCE.finditer(message):
            if kind := KIND_BY_RESOURCE.get(match[1]):
                self.reported.forbidden_kinds[kind] = place

    def build(self, paths: Iterable[AnyPath]) -> Reading:
        """Return what was read, with what is unknown of it.

        Raises
        ------
        InputError
            Where nothing at all could be read; in a strict reader for any problem.
        """
        paths = list(paths)
        collector, reported = self.collector, self.reported
        collector.note_unread_kinds()
        collector.note_repeated_objects()
        if len(collector.scenarios) > 1:
            collector.problems.append(Finding("scenarios-several", params={"count": len(collector.scenarios)}))
        installer_notes, installer_problems = self.installer.finish(collector)
        collector.problems += installer_problems
        has_content = collector.objects or collector.scenarios or reported.figures or self.installer.is_used
        has_content = has_content or bool(collector.kinds_seen - {""}) or bool(reported.affinities)
        pods = reported.waiting_pods or reported.starting_pods
        has_content = has_content or bool(reported.node_addresses or pods or reported.notes)
        problems = [note for note in (*collector.problems, *collector.notes) if note.severity is Severity.ERROR]
        if self.strict and collector.problems:
            raise InputError(collector.problems)
        if not has_content:
            skipped = [note for note in collector.notes if note.code in ("file-unread", "kind-unread")]
            nothing = [Finding("nothing-read", place=Place(str(path))) for path in paths]
            raise InputError(problems or [*nothing, *skipped])
        try:
            scenario = self.installer.apply(collector.merge_into_scenario(paths), collector, scenario_name(paths))
        except ValidationError as error:  # files that are small enough each, and too large together
            raise InputError([first_problem(error)]) from None
        if not scenario.calico and (release := find_release(self.documents, self.release_in_text)):
            scenario = self._with_release(scenario, release)
        scenario = self._with_unknown_kinds(scenario)
        scenario = self._with_node_addresses(scenario)
        reported_pools = tuple(self._build_reported_pools())
        pools = {
            pool.cidr: pool
            for pool in (*(reported_pool.pool for reported_pool in reported_pools), *scenario.cluster.pools)
        }
        scenario = _with_service_addresses(scenario, pools.values(), reported.service_addresses)
        scenario = add_listed_nodes(scenario, pools.values(), reported)
        scenario = add_listed_pods(scenario, pools.values(), reported)
        add_borrowed_by_pool(pools.values(), reported)
        scenario = dataclasses.replace(scenario, cluster=self.controllers.apply(scenario.cluster))
        notes = [*collector.notes, *([] if self.strict else collector.problems), *reported.notes, *installer_notes]
        notes += self.controllers.findings(scenario.cluster)
        if (
            all(number > _MAX_EXACT_DOUBLE and float(number) == number for number in self.sequence_numbers)
            and len(self.sequence_numbers) > 2
        ):
            notes.append(Finding("sequence-rounded", params={"count": len(self.sequence_numbers)}))
        if not self.strict:  # of a design nobody expects a whole cluster
            notes += self._unknown_kind_findings(scenario.cluster)
        return Reading(
            scenario,
            notes=tuple(notes),
            reported=tuple(reported.figures),
            reported_pools=tuple(self._build_reported_pools()),
            node_names={node.name: node.place for node in reported.listed_nodes},
            blocks_outside=tuple(reported.blocks_outside),
            listed_blocks=tuple(reported.listed_blocks),
            waiting_pods=tuple(reported.waiting_pods),
            starting_pods=tuple(reported.starting_pods),
            affinities=tuple(reported.affinities),
            configuration_from_text=self.configuration_from_text,
            newest_creation=collector.newest_creation,
            node_ages=reported.node_ages or _ages(collector.node_creation),
            pieces=tuple(self.pieces),
            documents=tuple(self.documents),
            sources=tuple(map(str, paths)),
            is_installer=self.installer.is_used,
            planned_pools=tuple(pool.name for pool in self.installer.pools),
        )

    def _with_release(self, scenario: Scenario, release: str) -> Scenario:
        try:
            return dataclasses.replace(scenario, calico=release)
        except ValueError:  # too old: the rest is read as the newest release would be
            params = {"release": release, "oldest": f"v3.{OLDEST_MINOR}", "newest": str(NEWEST)}
            self.collector.notes.append(Finding("release-old", params=params))
            return scenario

    def _with_unknown_kinds(self, scenario: Scenario) -> Scenario:
        collector, reported, cluster = self.collector, self.reported, scenario.cluster
        kinds_seen = {_CANONICAL_KIND.get(kind, "") for kind in collector.kinds_seen - collector.lost_kinds()}
        kinds_seen |= self.installer.kinds_seen
        if self.ipam_config_known:
            kinds_seen.add("IPAMConfiguration")
        kinds_in_question = set(cluster.unknown) if collector.scenarios else set(ALL_KINDS)
        changes: dict[str, Any] = {}
        if reported.blocks_known and not cluster.blocks and "IPAMBlock" in kinds_in_question - kinds_seen:
            changes["blocks"] = tuple(reported.blocks)
            kinds_seen.add("IPAMBlock")
        if "IPAMConfiguration" in kinds_in_question - kinds_seen and (settings := self._reported_configuration()):
            changes["ipam"] = dataclasses.replace(cluster.ipam, **settings)
            changes["ipam_stored"] = None  # calicoctl prints defaults alike
            self.configuration_from_text = True
            kinds_seen |= {"IPAMConfiguration"} if "strict_affinity" in settings else set()
        unknown = tuple(kind for kind in ALL_KINDS if kind in kinds_in_question - kinds_seen)
        changes.setdefault("ipam_stored", cluster.ipam_stored or bool(collector.objects.get("ipam")))
        cluster = dataclasses.replace(cluster, unknown=unknown, **changes)
        return dataclasses.replace(scenario, cluster=cluster)

    def _reported_configuration(self) -> dict[str, Any]:
        """Return the fields of the IPAM configuration that a text states, as far as they are valid."""
        figures = {figure.figure: figure.value for figure in self.reported.figures if figure.table == "config"}
        settings: dict[str, Any] = {}
        for key, name in (("strictAffinity", "strict_affinity"), ("autoAllocateBlocks", "auto_allocate_blocks")):
            if isinstance(figures.get(key), bool):
                settings[name] = figures[key]
        limits = (
            ("maxBlocksPerHost", "max_blocks_per_host", HIGHEST_MAX_BLOCKS_PER_HOST),
            ("ipCooldownSeconds", "ip_cooldown_seconds", MAX_COOLDOWN_SECONDS),
        )
        for key, name, highest in limits:
            count = figures.get(key)
            if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= highest:
                settings[name] = count
        return settings

    def _with_node_addresses(self, scenario: Scenario) -> Scenario:
        """Add the nodes' addresses that only texts tell to the nodes' networks, against which pools are held."""
        known = scenario.networks.nodes
        addresses = [cidr for text in self.reported.node_addresses if (cidr := Cidr.parse_or_none(text))]
        added = tuple(cidr for cidr in addresses if not any(cidr in network for network in known))
        if not added:
            return scenario
        networks = dataclasses.replace(scenario.networks, nodes=(*known, *added))
        return dataclasses.replace(scenario, networks=networks)

    def _build_reported_pools(self) -> Iterator[PoolFromText]:
        for pool in self.reported.pools:
            if (built := _build_reported_pool(pool)) is not None:
                yield PoolFromText(built, frozenset(pool.spec))
            else:
                params = {"row": f"{pool.name} {pool.cidr}".strip()}
                unread = Finding("table-row", params=params, place=pool.place)
                self.reported.notes += [unread] if unread not in self.reported.notes else []

    def _unknown_kind_findings(self, cluster: Cluster) -> Iterator[Finding]:
        """Say which kinds nothing was read of; what a table tells of nodes is said for itself."""
        unknown = [kind for kind in cluster.unknown if not _is_listed(kind, cluster)]
        for kind in unknown:
            if place := self.reported.forbidden_kinds.get(kind):
                yield Finding("kind-forbidden", kind, {"kind": kind}, place)
        if not_read := [kind for kind in unknown if kind not in self.reported.forbidden_kinds]:
            yield Finding("kind-not-read", "", {"kinds": ", ".join(not_read)})


def _ages(creation: Mapping[str, str]) -> dict[str, int]:
    """Return by how many seconds each is older than the youngest; nothing where a time cannot be read."""
    try:
        times = {name: datetime.fromisoformat(text).timestamp() for name, text in creation.items()}
    except ValueError:
        return {}
    newest = max(times.values(), default=0)
    return {name: round(newest - time) for name, time in times.items()}


def _cluster_addresses(service: Mapping[str, Any]) -> list[str]:
    spec = service.get("spec")
    spec = spec if isinstance(spec, Mapping) else {}
    several = spec.get("clusterIPs")
    return [
        text for text in (several if isinstance(several, list) else [spec.get("clusterIP")]) if isinstance(text, str)
    ]


def _with_service_addresses(scenario: Scenario, pools: Iterable[IPPool], addresses: Iterable[str]) -> Scenario:
    """Add to the networks of services a cluster IP that lies in a pool, one of each pool: the two ranges overlap."""
    known = scenario.networks.services
    cidrs = sorted(cidr for text in addresses if (cidr := Cidr.parse_or_none(text)))
    inside = [next((cidr for cidr in cidrs if cidr in pool.cidr), None) for pool in pools]
    added = {cidr for cidr in inside if cidr is not None and not any(cidr in network for network in known)}
    if not added:
        return scenario
    networks = dataclasses.replace(scenario.networks, services=(*known, *sorted(added)))
    return dataclasses.replace(scenario, networks=networks)


def _build_reported_pool(pool: ReportedPool) -> IPPool | None:
    spec = {"cidr": str(pool.cidr), **{key: value for key, value in pool.spec.items() if value != ""}}
    if is_digits(spec.get("blockSize")):
        spec["blockSize"] = int(spec["blockSize"])
    # A pool holds at least one block: where nobody tells the size of a small one, its own is the largest that fits.
    spec.setdefault("blockSize", max(DEFAULT_BLOCK_SIZE[pool.cidr.version], pool.cidr.prefix))
    name = pool.name or name_of_unnamed_pool(pool.cidr)
    source = ObjectSource(Document.without_lines(pool.place.file, None, pool.place.line), (), [], [])
    built: IPPool | None = read_object(KIND_READERS["IPPool"][0], {"metadata": {"name": name}, "spec": spec}, source)
    return built


def parse_api_response(data: Buffer, name: str) -> Document:
    """Read what an API answered; a document without a value is no JSON.

    Raises
    ------
    InputError
        Where it is a list of too many objects.
    """
    if (document := read_list(data, name, CLUSTER_KIND_READERS.__contains__)) is not None:
        return document
    try:
        return parse_documents(decode_text(data, f"{name}.json"), f"{name}.json")[0]
    except InputError:
        return Document.without_lines(name)


def _read_json_list(data: Buffer, name: str) -> Document | None:
    if bytes(data[:64]).lstrip()[:1] != b"{":
        return None
    return read_list(data, name, CLUSTER_KIND_READERS.__contains__)


def _is_cut_list(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a list lacks its kind: kubectl and calicoctl write it after the items, so that the end is missing."""
    return (
        isinstance(value, Mapping)
        and "kind" not in value
        and "apiVersion" in value
        and isinstance(items := value.get("items"), list)
        and any(isinstance(item, Mapping) and "kind" in item for item in items)
    )


def _is_object(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) and "kind" in item for item in value)
    if not isinstance(value, Mapping):
        return False
    return "kind" in value or (value.get("version") == 1 and "cluster" in value)


def _is_heading(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and list(value.values()) == [None]


def _is_listed(kind: KindName, cluster: Cluster) -> bool:
    """Whether objects of a kind are known from a table, although not all of them."""
    return bool((kind == "Node" and cluster.nodes) or (kind == "Pod" and cluster.pods))


def _is_like_scenario(value: Mapping[str, Any]) -> bool:
    """Whether a mapping has any key of a scenario file, so that its problems are those of one."""
    return any(field.name in value for field in dataclasses.fields(Scenario))


def _sequence_numbers(value: Any) -> Iterator[int]:
    items = value.get("items") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        spec = item.get("spec") if isinstance(item, dict) else None
        number = spec.get("sequenceNumber") if isinstance(spec, dict) else None
        if isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number):
            yield int(number)
