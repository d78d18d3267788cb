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
from ..model import Kind, Scenario
from .calicoctl import read_borrowed, read_configuration, read_usage, read_wide
from .claims import CLUSTER_KINDS
from .document import Document
from .harvest import AnyPath, Harvest
from .ipam_check import is_report, read_check, read_report
from .lists import Buffer, read_list
from .text import STDIN, decoded, documents_of, read_bytes
from .told import Lines, Telling, Told

KINDS: tuple[Kind, ...] = get_args(Kind)
_KIND_OF = {"IPAMConfig": "IPAMConfiguration"} | {kind: kind for kind in KINDS}
# The names that error messages have for them.
RESOURCES: dict[str, Kind] = {
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
_SECTIONS: tuple[tuple[re.Pattern[str], Callable[[Lines, str, Telling], None]], ...] = (
    (re.compile(r"\| GROUPING\s"), read_usage),
    (re.compile(r"\| IP\s.*\| BORROWING-NODE"), read_borrowed),
    (re.compile(r"\| PROPERTY\s"), read_configuration),
    (re.compile(r"NAME\s+CIDR\s"), read_wide),
    (re.compile(r"Checking IPAM for inconsistencies"), read_check),
)
_FAILED = re.compile(
    r"Error from server|error: |Error: |failed to get resources: |connection is unauthorized|"
    r"unable to get Cluster Information|Use --allow-version-mismatch|E\d{4} |The connection to the server"
)
_FORBIDDEN = re.compile(r"\b([a-z]+)(?:\.[a-z.]+)?(?: \"[^\"]*\")? is forbidden")
_LOOKED_AT = 20  # lines, to tell what a text is
_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """A cluster as far as it could be read.

    `told` are figures that texts state; `notes` say what could not be used, and why something is unknown; `newest`
    holds for each kind when its youngest object was made.
    """

    scenario: Scenario
    told: tuple[Told, ...] = ()
    notes: tuple[Finding, ...] = ()
    newest: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def unusable(self) -> bool:
        """Whether a file could not be read at all."""
        return any(
            note.severity is Severity.ERROR and note.rule.source in ("kit", "json", "yaml") for note in self.notes
        )


def read_cluster(*paths: AnyPath, none: Iterable[str] = ()) -> ClusterReading:
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
    reader = Reader()
    for path in paths:
        for file in files_of(path):
            reader.take(file)
    reader.harvest.seen |= set(none)
    return reader.done(paths)


def files_of(path: AnyPath) -> Iterator[AnyPath]:
    """Yield the files of a folder and of those in it, sorted, without hidden ones; anything else as it is."""
    folder = Path(path)
    if str(path) != STDIN and folder.is_dir():
        for each in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in each.relative_to(folder).parts)
            if each.is_file() and not hidden:
                yield each
    else:
        yield path


class Reader:
    """Takes one file, or one document, after another."""

    def __init__(self) -> None:
        self.harvest = Harvest(kinds=CLUSTER_KINDS, lenient=True)
        self.telling = Telling()
        self.sequences: list[int] = []
        self.configured = False  # whether something said if there is an IPAM configuration

    def take(self, file: AnyPath) -> None:
        """Read one file."""
        name = "standard input" if str(file) == STDIN else str(file)
        try:
            data = read_bytes(file, name)
            if (document := self._list(data, name)) is not None:
                self.document(document)
                return
            text = self._errors(decoded(data, name), name)
            if text is None or self._sections(text, name):
                return
            if (document := self._list(text.encode(), name)) is not None:
                self.document(document)
                return
            for each in documents_of(text, name):
                self.document(each)
        except InputError as error:
            self.harvest.notes += error.problems

    def _list(self, data: Buffer, name: str) -> Document | None:
        return read_list(data, name, CLUSTER_KINDS.__contains__) if bytes(data[:64]).lstrip()[:1] == b"{" else None

    def document(self, document: Document) -> None:
        """Gather what a document holds."""
        value = document.value
        if value is None:
            self.configured = True
            self.harvest.notes.append(Finding("null-read", place=Place(document.file)))
            return
        if is_report(value):
            assert isinstance(value, Mapping)
            read_report(value, document.file, self.telling)
            return
        if not _is_object(value):
            self.harvest.notes.append(Finding("file-unread", place=Place(document.file)))
            return
        self.sequences += _sequences(value)
        if isinstance(value, dict) and value.get("kind") == "Status":
            self._status(value, document)
            return
        # Objects keep the place they were found at, but not the whole document.
        self.harvest.take(document)

    def _status(self, value: Mapping[str, Any], document: Document) -> None:
        message = str(value.get("message", ""))
        self._forbidden(message, Place(document.file))
        self.harvest.notes.append(Finding("command-failed", numbers={"message": message}, place=Place(document.file)))

    def _errors(self, text: str, name: str) -> str | None:
        """Take out what went to standard error; None where nothing else is left."""
        lines = text.splitlines()
        failed = [line for line in lines[:_LOOKED_AT] + lines[-_LOOKED_AT:] if _FAILED.match(line)]
        if not failed:
            return text
        for number, line in enumerate(lines, 1):
            if _FAILED.match(line):
                place = Place(name, number)
                self._forbidden(line, place)
                self.harvest.notes.append(Finding("command-failed", numbers={"message": line[:300]}, place=place))
        rest = [line for line in lines if not _FAILED.match(line)]
        return "\n".join(rest) if any(map(str.strip, rest)) else None

    def _forbidden(self, message: str, place: Place) -> None:
        for found in _FORBIDDEN.finditer(message):
            if kind := RESOURCES.get(found[1]):
                self.telling.forbidden[kind] = place

    def _sections(self, text: str, name: str) -> bool:
        """Read a text that holds tables of calicoctl; say whether it does."""
        lines = list(enumerate(text.splitlines(), 1))
        filled = [line for _, line in lines if line.strip()][:_LOOKED_AT]
        if not any(head.match(line) for line in filled for head, _ in _SECTIONS):
            return False
        at: list[tuple[int, Callable[[Lines, str, Telling], None]]] = []
        for index, (_, line) in enumerate(lines):
            at += [(index, read) for head, read in _SECTIONS if head.match(line)]
        for place, (begin, read) in enumerate(at):
            end = at[place + 1][0] if place + 1 < len(at) else len(lines)
            part = lines[begin:end]
            if read is read_wide:
                part = part[: next((i for i, (_, line) in enumerate(part) if not line.strip()), len(part))]
            read(part, name, self.telling)
        return True

    def done(self, paths: Iterable[AnyPath]) -> ClusterReading:
        """Return the cluster, with what is unknown of it.

        Raises
        ------
        InputError
            Where nothing at all could be read.
        """
        harvest, telling = self.harvest, self.telling
        harvest.note_unread()
        found = harvest.objects or harvest.scenarios or telling.told or harvest.seen - {""}
        if not found:
            problems = [note for note in (*harvest.notes, *harvest.problems) if note.severity is Severity.ERROR]
            raise InputError(problems or [Finding("nothing-read", place=Place(str(path))) for path in paths])
        scenario = harvest.join(paths)
        cluster = scenario.cluster
        seen = {_KIND_OF.get(kind, "") for kind in harvest.seen} | ({"IPAMConfiguration"} if self.configured else set())
        base = set(cluster.unknown) if harvest.scenarios else set(KINDS)
        changes: dict[str, Any] = {}
        if telling.blocks_known and not cluster.blocks and "IPAMBlock" in base - seen:
            changes["blocks"] = tuple(telling.blocks)
            seen.add("IPAMBlock")
        unknown = tuple(kind for kind in KINDS if kind in base - seen)
        stored = cluster.ipam_stored or bool(harvest.objects.get("ipam"))
        cluster = dataclasses.replace(cluster, unknown=unknown, ipam_stored=stored, **changes)
        notes = [*harvest.notes, *harvest.problems, *telling.notes]
        if all(number > _DOUBLE and float(number) == number for number in self.sequences) and len(self.sequences) > 2:
            notes.append(Finding("sequence-rounded", numbers={"count": len(self.sequences)}))
        notes += self._unknown(unknown)
        scenario = dataclasses.replace(scenario, cluster=cluster)
        return ClusterReading(scenario, tuple(telling.told), tuple(notes), harvest.newest)

    def _unknown(self, unknown: Iterable[Kind]) -> Iterator[Finding]:
        for kind in unknown:
            if place := self.telling.forbidden.get(kind):
                yield Finding("kind-forbidden", kind, {"kind": kind}, place)
        if rest := [kind for kind in unknown if kind not in self.telling.forbidden]:
            yield Finding("kind-not-read", "", {"kinds": ", ".join(rest)})


def plain_json(data: Buffer, name: str) -> Document:
    """Read what an API answered; a document without a value is no JSON."""
    if (document := read_list(data, name, CLUSTER_KINDS.__contains__)) is not None:
        return document
    try:
        return documents_of(decoded(data, f"{name}.json"), f"{name}.json")[0]
    except InputError:
        return Document(name, None, lambda _: None)


def _is_object(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, Mapping) and "kind" in each for each in value)
    if not isinstance(value, Mapping):
        return False
    return "kind" in value or (value.get("version") == 1 and "cluster" in value)


def _sequences(value: Any) -> Iterator[int]:
    items = value.get("items") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        spec = item.get("spec") if isinstance(item, dict) else None
        number = spec.get("sequenceNumber") if isinstance(spec, dict) else None
        if isinstance(number, int | float) and not isinstance(number, bool):
            yield int(number)
