"""Documents to one Scenario: objects are gathered by kind and name, what cannot be used is reported."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ..calico.limits import KUBELET_MAX_PODS
from ..calico.v2_pools import is_v2_pool, to_v3_pool
from ..errors import InputError, input_error
from ..findings import Finding, Place
from ..model import BGPConfiguration, BlockAffinity, IPAMConfig, IPAMHandle, Node, Scenario
from ..model.cluster import MAX_NODES, MAX_POOLS
from ..yaml_scalars import is_digits
from .document import Document, FieldPath
from .input_files import AnyPath
from .object_source import KindReader, ObjectSource, read_object
from .plain_values import get_mapping
from .scenario_document import read_scenario
from .text_files import STDIN
from .validation import MAX_PROBLEMS, many_problems

_MAX_OBJECTS = {"pools": MAX_POOLS, "nodes": MAX_NODES}


@dataclass(frozen=True, slots=True)
class LocatedObject:
    """An object, where it was found, and its resourceVersion."""

    item: Any
    document: Document
    path: FieldPath
    resource_version: int = 0


@dataclass(slots=True)
class ObjectCollector:
    """What was found in documents.

    A lenient collector goes on where something cannot be used or contradicts itself, and notes it; `kinds_seen` are the
    kinds that were there, be it as an empty list of their own.
    """

    kind_readers: Mapping[str, tuple[KindReader, ...]]
    lenient: bool = False
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    # per field of Cluster: the objects by name, and where each was found
    objects: dict[str, dict[str, LocatedObject]] = field(default_factory=dict)
    unread_counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    repeated_counts: Counter[str] = field(default_factory=Counter)  # by the code of what is noted about them
    kinds_seen: set[str] = field(default_factory=set)
    failed_kinds: dict[str, str] = field(default_factory=dict)  # of which an object could not be read; their fields
    newest_creation: dict[str, str] = field(default_factory=dict)  # per kind: when the youngest object was created
    node_creation: dict[str, str] = field(default_factory=dict)  # per node: when it was created
    # takes objects of other kinds, such as an installer's; returns whether it knew one
    read_other: Callable[[Document, FieldPath, Mapping[str, Any], str], bool] | None = None

    def add_document(self, document: Document) -> None:
        """Gather what a document holds."""
        value = document.value
        if value is None:
            return  # calicoctl prints null for a configuration that nobody made
        if isinstance(value, Mapping) and "kind" not in value and "apiVersion" not in value:
            if (scenario := read_scenario(document, self.problems)) is not None:
                self.scenarios.append(scenario)
            return
        self.notes += document.notes
        document_without_value = dataclasses.replace(document, value=None)  # what is kept of it
        for path, item, kind in self._iter_objects(document, (), value, None):
            self._add_object(document_without_value, path, item, kind)
            self._end_if_many_problems(document)

    def _end_if_many_problems(self, document: Document) -> None:
        if len(self.problems) > MAX_PROBLEMS:
            raise InputError([*self.problems[:MAX_PROBLEMS], many_problems(document)])

    def _iter_objects(
        self, document: Document, path: FieldPath, value: object, kind: str | None
    ) -> Iterator[tuple[FieldPath, Mapping[str, Any], str]]:
        """Yield the single objects of a document: lists are opened, their items may leave their kind out."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._iter_objects(document, (*path, index), item, kind)
            return
        if not isinstance(value, Mapping) or not isinstance(value.get("kind", kind), str):
            value_text = json.dumps(value)[:60] if not isinstance(value, Mapping) else "{...}"
            self.problems.append(Finding("not-object", params={"value": value_text}, place=document.place(path)))
            self._end_if_many_problems(document)
            return
        item_kind = str(value.get("kind", kind))
        if item_kind.endswith("List"):
            items = value.get("items") or []
            self.kinds_seen.add(item_kind.removesuffix("List"))
            if items == [] and item_kind == "List":
                self.notes.append(Finding("list-empty", place=document.place(path)))
            yield from self._iter_objects(document, (*path, "items"), items, item_kind.removesuffix("List") or None)
        else:
            yield path, value, item_kind

    def _add_object(self, document: Document, path: FieldPath, value: Mapping[str, Any], name: str) -> None:
        if is_v2_pool(value):
            value = to_v3_pool(value)
            name = value["kind"]
            spec = value["spec"]
            self.notes.append(Finding("pool-of-v2", params={"cidr": spec["cidr"]}, place=document.place(path)))
        api_version = value.get("apiVersion")
        if self.read_other is not None and self.read_other(document, path, value, name):
            return
        for reader in self.kind_readers.get(name, ()):
            if api_version in reader.api_versions or api_version is None:
                self.kinds_seen.add(name)
                source = ObjectSource(value, document, path, self.problems, self.notes, self.lenient)
                problem_count = len(self.problems)
                item = read_object(reader, source)
                if item is not None:
                    version = self._resource_version(name, value)
                    self._store_object(reader, name, LocatedObject(item, document, path, version))
                elif len(self.problems) > problem_count:
                    self.failed_kinds[name] = reader.cluster_field
                return
        key = (document.file, str(api_version), name)
        self.unread_counts[key] = self.unread_counts.get(key, 0) + 1

    def _resource_version(self, name: str, value: Mapping[str, Any]) -> int:
        """Note when an object was made; return its resourceVersion, 0 where it has none."""
        metadata = get_mapping(value, "metadata")
        created, resource_version = metadata.get("creationTimestamp"), metadata.get("resourceVersion")
        if isinstance(created, str) and created > self.newest_creation.get(name, ""):
            self.newest_creation[name] = created
        if isinstance(created, str) and name == "Node":
            self.node_creation[str(metadata.get("name"))] = created
        return int(resource_version) if is_digits(resource_version) else 0

    def _store_object(self, reader: KindReader, kind: str, new: LocatedObject) -> None:
        objects_by_key = self.objects.setdefault(reader.cluster_field, {})
        key = _object_key(new.item)
        max_objects = _MAX_OBJECTS.get(reader.cluster_field)
        if max_objects is not None and len(objects_by_key) >= max_objects and key not in objects_by_key:
            place = Place(new.document.file)
            raise input_error("cluster-large", place, field=reader.cluster_field, most=max_objects)
        first = objects_by_key.setdefault(key, new)
        if first is new:
            return
        if isinstance(new.item, Node) and first.item != new.item:
            objects_by_key[key] = dataclasses.replace(new, item=_merge_nodes(first.item, new.item))
            return
        if first.item != new.item:
            self._note_repeated_object("object-differs", kind, key, first, new)
            objects_by_key[key] = max(first, new, key=lambda candidate: candidate.resource_version)
        elif self.lenient and first.document is new.document:
            self._note_repeated_object("object-twice", kind, key, first, new)

    def _note_repeated_object(
        self, code: str, kind: str, name: str, first: LocatedObject, repeated: LocatedObject
    ) -> None:
        """Note an object that stands in the input again; of many such notes only the first ones are kept."""
        self.repeated_counts[code] += 1
        if self.repeated_counts[code] > MAX_PROBLEMS:
            return
        first_place = first.document.place(first.path)
        params = {"kind": kind, "name": name, "first": str(Place(first_place.file, first_place.line))}
        findings = self.notes if self.lenient else self.problems
        findings.append(Finding(code, params=params, place=repeated.document.place(repeated.path)))

    def lost_kinds(self) -> set[str]:
        """Return the kinds of which there were objects, and none could be read: these are unknown, not none."""
        return {kind for kind, cluster_field in self.failed_kinds.items() if not self.objects.get(cluster_field)}

    def note_repeated_objects(self) -> None:
        """Note how many objects that stand in the input again were not noted one by one."""
        if (unlisted := sum(max(0, count - MAX_PROBLEMS) for count in self.repeated_counts.values())) > 0:
            self.notes.append(Finding("objects-repeated", params={"count": unlisted}))

    def note_unread_kinds(self) -> None:
        """Note the objects of kinds that are not read, all in one line; where they were, if in one file."""
        if not self.unread_counts:
            return
        files = {file for file, _, _ in self.unread_counts}
        counts_by_kind: Counter[str] = Counter()
        for (_, version, kind), count in self.unread_counts.items():
            counts_by_kind[f"{kind} ({version})"] += count
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts_by_kind.items())
        params = {"count": counts_by_kind.total(), "kinds": kinds}
        self.notes.append(
            Finding("kind-unread", params=params, place=Place(next(iter(files))) if len(files) == 1 else None)
        )

    def merge_into_scenario(self, files: Iterable[AnyPath]) -> Scenario:
        """Put the objects that were found into the first scenario, or into a new one."""
        base = self.scenarios[0] if self.scenarios else Scenario(name=scenario_name(files))
        changes: dict[str, Any] = {}
        for cluster_field, objects_by_key in self.objects.items():
            items = [located.item for located in objects_by_key.values()]
            if cluster_field in ("ipam", "bgp"):
                changes[cluster_field] = items[-1]
            else:
                replaced_keys = set(objects_by_key)
                remaining = [
                    item for item in getattr(base.cluster, cluster_field) if _object_key(item) not in replaced_keys
                ]
                changes[cluster_field] = (*remaining, *items)
        if not changes:
            return base
        return dataclasses.replace(base, cluster=dataclasses.replace(base.cluster, **changes))


def _object_key(item: Any) -> str:
    if isinstance(item, IPAMConfig | BGPConfiguration):
        return "default"
    if isinstance(item, BlockAffinity):
        return f"{item.node} {item.cidr}"
    if isinstance(item, IPAMHandle):
        return item.handle_id
    if (cidr := getattr(item, "cidr", None)) is not None and not hasattr(item, "name"):
        return str(cidr)
    namespace = getattr(item, "namespace", "")
    return f"{namespace}/{item.name}" if namespace else str(item.name)


def _merge_nodes(first: Node, second: Node) -> Node:
    """Join what Kubernetes and Calico say of one node; Kubernetes' maxPods differs from the default if either does."""
    tunnels = first.tunnels + tuple(tunnel for tunnel in second.tunnels if tunnel not in first.tunnels)
    max_pods = first.max_pods if first.max_pods != KUBELET_MAX_PODS else second.max_pods
    pod_cidrs = first.pod_cidrs or second.pod_cidrs
    return dataclasses.replace(
        first,
        labels={**second.labels, **first.labels},
        tunnels=tunnels,
        max_pods=max_pods,
        pod_cidrs=pod_cidrs,
        addresses=tuple(dict.fromkeys((*first.addresses, *second.addresses))),
        networks=tuple(dict.fromkeys((*first.networks, *second.networks))),
        as_number=first.as_number or second.as_number,
        route_reflector_cluster_id=first.route_reflector_cluster_id or second.route_reflector_cluster_id,
    )


def scenario_name(files: Iterable[AnyPath]) -> str:
    """Return what a scenario without a name of its own is called: after the first file or folder."""
    for file in files:
        if str(file) != STDIN:
            path = FilePath(file)
            return (path.resolve().name if path.is_dir() else path.stem)[:253] or "scenario"
    return "scenario"
