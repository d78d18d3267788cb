"""Installers' files and scenarios among manifests: calicoctl takes none of them, so their pools are judged instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import V3
from ..findings import Finding, Place
from ..model import Scenario
from ..read.collector import ObjectCollector
from ..read.document import Document
from ..read.installers.installer_files import InstallerReader
from ..read.kubernetes_objects import KIND_READERS
from ..read.pastes import clean_lines, is_paste, split_pieces
from ..read.piece_kinds import PIECE_KINDS
from ..read.reported import ReportedText
from ..read.scenario_document import is_scenario, read_scenario
from ..write import to_manifest
from .api_server import iter_objects
from .manifest_file import ManifestFile


class InstallerPools:
    """Takes an installer's documents out of files of manifests, and makes pools of all of them together."""

    def __init__(self) -> None:
        self.reader = InstallerReader()
        self.collector = ObjectCollector(lenient=True, kind_readers=_OWN_READERS)
        self.reported = ReportedText()
        self.scenarios: list[Scenario] = []
        self.files: list[str] = []

    def take_text(self, text: str, name: str) -> bool:
        """Take an inventory or an environment, of a paste its commands and nodes; say whether that is all there is."""
        if self.reader.read_text(text, name):
            self.files.append(name)
            return True
        lines = clean_lines(text)
        pieces = list(split_pieces(lines)) if is_paste(lines) else []
        is_taken = False
        for piece in pieces:
            if piece.kind in _NODE_PIECES and (read_piece := PIECE_KINDS[piece.kind].read):
                read_piece(list(piece.lines), name, self.reported)
            elif piece.kind == "command":
                is_taken |= self.reader.read_command(piece.command, Place(name, piece.lines[0][0]))
        if is_taken:
            self.files.append(name)
        return is_taken and not any(piece.kind == "document" for piece in pieces)

    def take(self, files: Iterable[ManifestFile]) -> list[ManifestFile]:
        """Return the files without what is an installer's, and without what stands beside that and is not Calico's."""
        remaining = [self._take(self._with_pools_of_scenarios(manifests)) for manifests in files]
        if not self.reader.is_used:
            return [manifests for manifests in remaining if manifests is not None]
        return [
            manifests
            if _has_objects(manifests)
            else ManifestFile(manifests.file, (), notes=(Finding("file-unread", place=Place(manifests.file)),))
            for manifests in remaining
            if manifests is not None
        ]

    def _with_pools_of_scenarios(self, manifests: ManifestFile) -> ManifestFile:
        """Return a file with the pools of its scenarios as manifests."""
        documents: list[Document] = []
        notes, problems = list(manifests.notes), list(manifests.problems)
        for document in manifests.documents:
            scenario = read_scenario(document, problems) if is_scenario(document.value) else None
            if scenario is None:
                documents.append(document)
                continue
            self.scenarios.append(scenario)
            notes.append(
                Finding("scenario-pools", params={"pools": len(scenario.cluster.pools)}, place=document.place(()))
            )
            for index, pool in enumerate(scenario.cluster.pools):
                manifest = {**to_manifest(pool), "apiVersion": V3}
                documents.append(document.at(("cluster", "pools", index), manifest))
        return replace(manifests, documents=tuple(documents), problems=tuple(problems), notes=tuple(notes))

    def _take(self, manifests: ManifestFile) -> ManifestFile | None:
        if manifests.problems:
            return manifests
        documents_left = [document for document in manifests.documents if not self._is_taken(document)]
        for document in documents_left:
            if isinstance(document.value, Mapping | list):
                self.collector.add_document(document)  # IPPools win over what an installer would make
        if len(documents_left) == len(manifests.documents) or not self.reader.is_used:
            return manifests
        self.files.append(manifests.file)
        calico_documents = tuple(document for document in documents_left if _is_calico_object(document.value))
        return replace(manifests, documents=calico_documents) if calico_documents else None

    def _is_taken(self, document: Document) -> bool:
        value = document.value
        if isinstance(value, list) or (isinstance(value, Mapping) and "kind" not in value):
            return self.reader.read_document(document)
        if not isinstance(value, Mapping):
            return False
        uses = [
            self.reader.read_object(document, path, item, str(item.get("kind")))
            for _, path, item in iter_objects([document])
            if isinstance(item, Mapping)
        ]
        return any(uses)

    def build(self, existing: Scenario) -> tuple[ManifestFile | None, list[Finding], Scenario]:
        """Return the pools as a file of manifests, what is to be said of them, and what exists with their networks."""
        existing = self._with_nodes(self._with_networks_of_scenarios(existing))
        if not self.reader.is_used:
            return None, [], existing
        self.collector.note_unread_kinds()
        notes, problems = self.reader.finish(self.collector)
        notes = [*(note for note in self.collector.notes if note.code == "kind-unread"), *notes]
        pools = self.reader.pools
        documents = tuple(self._pool_document(to_manifest(pool)) for pool in pools)
        self.reader.pools = []
        scenario = self.reader.apply(existing, self.collector, existing.name)
        file = self.files[0] if self.files else "installer"
        return (ManifestFile(file, documents) if documents else None), [*notes, *problems], scenario

    def _with_networks_of_scenarios(self, existing: Scenario) -> Scenario:
        """Add the networks of scenarios, against which their pools are held."""
        for scenario in self.scenarios:
            added, networks = scenario.networks, existing.networks
            networks = replace(
                networks,
                cluster=(*networks.cluster, *added.cluster),
                services=(*networks.services, *added.services),
                nodes=(*networks.nodes, *added.nodes),
                peers=(*networks.peers, *added.peers),
            )
            existing = replace(existing, networks=networks)
        return existing

    def _with_nodes(self, existing: Scenario) -> Scenario:
        """Add nodes that stand beside the manifests, against whose addresses pools are held."""
        existing_names = {node.name for node in existing.cluster.nodes}
        located_nodes = self.collector.objects.get("nodes", {}).values()
        nodes = tuple(located.item for located in located_nodes if located.item.name not in existing_names)
        return replace(
            existing,
            cluster=replace(existing.cluster, nodes=(*existing.cluster.nodes, *nodes)),
            networks=replace(existing.networks, nodes=(*existing.networks.nodes, *self.reported.node_addresses)),
        )

    def _pool_document(self, manifest: Mapping[str, Any]) -> Document:
        place = self.reader.settings.pools[manifest["metadata"]["name"]].place
        return Document.at_place(place, {**manifest, "apiVersion": V3})


_OWN_READERS = {kind: KIND_READERS[kind] for kind in ("IPPool", "Node")}
_NODE_PIECES = ("nodes", "calico-nodes", "describe")


def _has_objects(manifests: ManifestFile) -> bool:
    """Whether a file holds anything that claims to be an object, or has something said of it already."""
    has_objects = any(isinstance(item, Mapping) and "kind" in item for item in manifests.items)
    return has_objects or not manifests.documents or bool(manifests.problems or manifests.notes)


def _is_calico_object(value: object) -> bool:
    return isinstance(value, Mapping) and "projectcalico.org/" in str(value.get("apiVersion", ""))
