"""Files to one Scenario: a scenario file, manifests, dumps, or any mix of them."""

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
from ..model import IPAMConfig, Node, Scenario
from .document import Document, Path
from .objects import KINDS, Kind, Source, read_object
from .scenario import read_scenario
from .text import STDIN, read_documents

AnyPath = str | FilePath


@dataclass(frozen=True, slots=True)
class Reading:
    """A scenario, what is to be said about how it was read, and the documents that it was read from."""

    scenario: Scenario
    notes: tuple[Finding, ...] = ()
    documents: tuple[Document, ...] = ()


def read(*files: AnyPath) -> Reading:
    """Read files into one scenario.

    Parameters
    ----------
    files
        A scenario file, what ``calicoctl get`` or ``kubectl get`` print as YAML or JSON, or several of them;
        ``-`` is standard input.

    Raises
    ------
    InputError
        With every problem of every file: file, line and field.
    """
    harvest = _Harvest()
    for file in files:
        try:
            documents = read_documents(file)
        except InputError as error:
            harvest.problems += error.problems
            continue
        for document in documents:
            harvest.take(document)
        harvest.documents += documents
    return harvest.bring_in(files)


def load(*files: AnyPath) -> Scenario:
    """Read files into one scenario, as `read` does, without its notes."""
    return read(*files).scenario


@dataclass(frozen=True, slots=True)
class _Found:
    item: Any
    document: Document
    path: Path


@dataclass(slots=True)
class _Harvest:
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    # per field of Cluster: the objects by name, and where each was found
    objects: dict[str, dict[str, _Found]] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    unread: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def take(self, document: Document) -> None:
        value = document.value
        if value is None:
            return  # calicoctl prints null for a configuration that nobody made
        if isinstance(value, Mapping) and "kind" not in value and "apiVersion" not in value:
            if (scenario := read_scenario(document, self.problems)) is not None:
                self.scenarios.append(scenario)
            return
        self.notes += document.notes
        for path, item, kind in self._objects(document, (), value, None):
            self._object(document, path, item, kind)

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
            if items == [] and own == "List":
                self.notes.append(Finding("list-empty", place=document.place(path)))
            yield from self._objects(document, (*path, "items"), items, own.removesuffix("List") or None)
        else:
            yield path, value, own

    def _object(self, document: Document, path: Path, value: Mapping[str, Any], name: str) -> None:
        version = value.get("apiVersion")
        for kind in KINDS.get(name, ()):
            if version in kind.versions or version is None:
                source = Source(document, path, self.problems, self.notes)
                if (read_one := read_object(kind, value, source)) is not None:
                    self._keep(kind, name, read_one, document, path)
                return
        key = (document.file, str(version), name)
        self.unread[key] = self.unread.get(key, 0) + 1

    def _keep(self, kind: Kind, name: str, item: Any, document: Document, path: Path) -> None:
        known = self.objects.setdefault(kind.into, {})
        key = _name(item)
        first = known.setdefault(key, _Found(item, document, path))
        if first.item == item:
            return
        if isinstance(item, Node):
            known[key] = _Found(_one_node(first.item, item), document, path)
            return
        before = first.document.place(first.path)
        numbers = {"kind": name, "name": key, "first": str(Place(before.file, before.line))}
        self.problems.append(Finding("object-differs", numbers=numbers, place=document.place(path)))

    def bring_in(self, files: Iterable[AnyPath]) -> Reading:
        for (file, version, kind), count in self.unread.items():
            numbers = {"count": count, "kind": kind, "version": version}
            self.notes.append(Finding("kind-unread", numbers=numbers, place=Place(file)))
        if len(self.scenarios) > 1:
            self.problems.append(Finding("scenarios-several", numbers={"count": len(self.scenarios)}))
        if not self.scenarios and not self.objects and not self.problems:
            self.problems += [Finding("nothing-read", place=Place(str(file))) for file in files]
        if self.problems:
            raise InputError(self.problems)
        base = self.scenarios[0] if self.scenarios else Scenario(name=_stem(files))
        return Reading(self._join(base), tuple(self.notes), tuple(self.documents))

    def _join(self, base: Scenario) -> Scenario:
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


def _name(item: Any) -> str:
    if isinstance(item, IPAMConfig):
        return "default"
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
            return FilePath(file).stem[:253] or "scenario"
    return "scenario"
