"""Documents to one Scenario: objects are gathered by kind and name, what cannot be used is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ..errors import InputError
from ..findings import Finding, Place
from ..limits import KUBELET_MAX_PODS
from ..model import BlockAffinity, IPAMConfig, IPAMHandle, Node, Scenario
from .document import Document, Path
from .objects import KINDS, Kind, Source, read_object
from .scenario import read_scenario
from .text import STDIN

AnyPath = str | FilePath


@dataclass(frozen=True, slots=True)
class Reading:
    """A scenario, what is to be said about how it was read, and the documents that it was read from."""

    scenario: Scenario
    notes: tuple[Finding, ...] = ()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An object, where it was found, and its resourceVersion."""

    item: Any
    document: Document
    path: Path
    revision: int = 0


@dataclass(slots=True)
class Harvest:
    """What was found in documents.

    A lenient harvest goes on where something cannot be used or contradicts itself, and says so; `seen` are the kinds
    that were there, be it as an empty list of their own.
    """

    kinds: Mapping[str, tuple[Kind, ...]] = field(default_factory=lambda: KINDS)
    lenient: bool = False
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    # per field of Cluster: the objects by name, and where each was found
    objects: dict[str, dict[str, Found]] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    unread: dict[tuple[str, str, str], int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    newest: dict[str, str] = field(default_factory=dict)  # per kind: when the youngest object was made

    def take(self, document: Document) -> None:
        """Gather what a document holds."""
        value = document.value
        if value is None:
            return  # calicoctl prints null for a configuration that nobody made
        if isinstance(value, Mapping) and "kind" not in value and "apiVersion" not in value:
            if (scenario := read_scenario(document, self.problems)) is not None:
                self.scenarios.append(scenario)
            return
        self.notes += document.notes
        bare = dataclasses.replace(document, value=None)  # what is kept of it
        for path, item, kind in self._objects(document, (), value, None):
            self._object(bare, path, item, kind)

    def _objects(
        self, document: Document, path: Path, value: object, kind: str | None
    ) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
        """Yield the single objects of a document: lists are opened, their items may leave their kind out."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._objects(document, (*path, index), item, kind)
            return
        if not isinstance(value, Mapping) or not isinstance(value.get("kind", kind), str):
            shown = json.dumps(value)[:60] if not isinstance(value, Mapping) else "{...}"
            self.problems.append(Finding("not-object", numbers={"value": shown}, place=document.place(path)))
            return
        own = str(value.get("kind", kind))
        if own.endswith("List"):
            items = value.get("items") or []
            self.seen.add(own.removesuffix("List"))
            if items == [] and own == "List":
                self.notes.append(Finding("list-empty", place=document.place(path)))
            yield from self._objects(document, (*path, "items"), items, own.removesuffix("List") or None)
        else:
            yield path, value, own

    def _object(self, document: Document, path: Path, value: Mapping[str, Any], name: str) -> None:
        version = value.get("apiVersion")
        for kind in self.kinds.get(name, ()):
            if version in kind.versions or version is None:
                self.seen.add(name)
                source = Source(document, path, self.problems, self.notes, self.lenient)
                if (read_one := read_object(kind, value, source)) is not None:
                    self._keep(kind, name, Found(read_one, document, path, self._revision(name, value)))
                return
        key = (document.file, str(version), name)
        self.unread[key] = self.unread.get(key, 0) + 1

    def _revision(self, name: str, value: Mapping[str, Any]) -> int:
        """Note when an object was made; return its resourceVersion, 0 where it has none."""
        metadata = value.get("metadata")
        if not isinstance(metadata, Mapping):
            return 0
        made, revision = metadata.get("creationTimestamp"), metadata.get("resourceVersion")
        if isinstance(made, str) and made > self.newest.get(name, ""):
            self.newest[name] = made
        return int(revision) if isinstance(revision, str) and revision.isascii() and revision.isdigit() else 0

    def _keep(self, kind: Kind, name: str, found: Found) -> None:
        known = self.objects.setdefault(kind.into, {})
        key = _name(found.item)
        first = known.setdefault(key, found)
        if first is found:
            return
        if isinstance(found.item, Node) and first.item != found.item:
            known[key] = dataclasses.replace(found, item=_one_node(first.item, found.item))
            return
        if first.item != found.item:
            told = self.notes if self.lenient else self.problems
            told.append(_twice("object-differs", name, key, first, found))
            known[key] = max(first, found, key=lambda each: each.revision)
        elif self.lenient and first.document is found.document:
            self.notes.append(_twice("object-twice", name, key, first, found))

    def bring_in(self, files: Iterable[AnyPath]) -> Reading:
        """Return what was found, as one scenario.

        Raises
        ------
        InputError
            Where there is any problem, or nothing at all.
        """
        self.note_unread()
        if len(self.scenarios) > 1:
            self.problems.append(Finding("scenarios-several", numbers={"count": len(self.scenarios)}))
        if not self.scenarios and not self.objects and not self.problems:
            self.problems += [Finding("nothing-read", place=Place(str(file))) for file in files]
        if self.problems:
            raise InputError(self.problems)
        return Reading(self.join(files), tuple(self.notes), tuple(self.documents))

    def note_unread(self) -> None:
        """Note the objects of kinds that are not read."""
        for (file, version, kind), count in self.unread.items():
            numbers = {"count": count, "kind": kind, "version": version}
            self.notes.append(Finding("kind-unread", numbers=numbers, place=Place(file)))

    def join(self, files: Iterable[AnyPath]) -> Scenario:
        """Put the objects that were found into the first scenario, or into a new one."""
        base = self.scenarios[0] if self.scenarios else Scenario(name=_stem(files))
        changes: dict[str, Any] = {}
        for into, known in self.objects.items():
            found = [each.item for each in known.values()]
            if into == "ipam":
                changes[into] = found[-1]
            else:
                names = set(known)
                kept = [item for item in getattr(base.cluster, into) if _name(item) not in names]
                changes[into] = (*kept, *found)
        if not changes:
            return base
        return dataclasses.replace(base, cluster=dataclasses.replace(base.cluster, **changes))


def _twice(code: str, kind: str, name: str, first: Found, found: Found) -> Finding:
    before = first.document.place(first.path)
    numbers = {"kind": kind, "name": name, "first": str(Place(before.file, before.line))}
    return Finding(code, numbers=numbers, place=found.document.place(found.path))


def _name(item: Any) -> str:
    if isinstance(item, IPAMConfig):
        return "default"
    if isinstance(item, BlockAffinity):
        return f"{item.node} {item.cidr}"
    if isinstance(item, IPAMHandle):
        return item.handle_id
    if (cidr := getattr(item, "cidr", None)) is not None and not hasattr(item, "name"):
        return str(cidr)
    namespace = getattr(item, "namespace", "")
    return f"{namespace}/{item.name}" if namespace else str(item.name)


def _one_node(first: Node, second: Node) -> Node:
    """Join what Kubernetes and Calico say of one node; Kubernetes' maxPods differs from the default if either does."""
    tunnels = first.tunnels + tuple(tunnel for tunnel in second.tunnels if tunnel not in first.tunnels)
    most = first.max_pods if first.max_pods != KUBELET_MAX_PODS else second.max_pods
    ranges = first.pod_cidrs or second.pod_cidrs
    labels = {**second.labels, **first.labels}
    return dataclasses.replace(first, labels=labels, tunnels=tunnels, max_pods=most, pod_cidrs=ranges)


def _stem(files: Iterable[AnyPath]) -> str:
    for file in files:
        if str(file) != STDIN:
            path = FilePath(file)
            return (path.resolve().name if path.is_dir() else path.stem)[:253] or "scenario"
    return "scenario"
