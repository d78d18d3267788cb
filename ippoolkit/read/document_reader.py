"""Documents to what they tell: objects of a cluster, an installer's settings, reports, refusals of the API."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from ..findings import Finding, Place
from ..model import Scenario
from .api_resources import find_forbidden_kinds
from .collector import ObjectCollector
from .controller_settings import ControllerSettings
from .document import Document, FieldPath
from .installers.installer_files import InstallerReader
from .ipam_check import is_ipam_report, read_ipam_report
from .kubernetes_objects import KIND_READERS
from .plain_values import get_mapping, get_value
from .reported import ReportedText

_MAX_ERROR_LINE = 2000  # characters of an error message that are looked at
_MAX_EXACT_DOUBLE = 2**53


class DocumentReader:
    """Takes one document after another, and holds all that they and the texts beside them tell."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.installer = InstallerReader()
        self.collector = ObjectCollector(kind_readers=KIND_READERS, lenient=not strict, read_other=self._read_other)
        self.controllers = ControllerSettings()
        self.reported = ReportedText()
        self.documents: list[Document] = []
        self.sequence_numbers: list[int] = []
        self.ipam_config_known = False  # whether something said if there is an IPAM configuration

    @property
    def has_content(self) -> bool:
        """Whether anything at all was read."""
        collector, reported = self.collector, self.reported
        return self.installer.is_used or any(
            (
                collector.objects,
                collector.scenarios,
                collector.kinds_seen - {""},
                reported.figures,
                reported.affinities,
                reported.node_addresses,
                reported.waiting_pods,
                reported.starting_pods,
                reported.notes,
            )
        )

    @property
    def has_rounded_numbers(self) -> bool:
        """Whether a program that has only floats, such as jq, rounded the sequence numbers of blocks."""
        return len(self.sequence_numbers) > 2 and all(
            number > _MAX_EXACT_DOUBLE and float(number) == number for number in self.sequence_numbers
        )

    def add_document(self, document: Document, *, is_named: bool = True) -> None:
        """Collect what a document holds; `is_named` where the user named its file, rather than a folder with it in."""
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
            if self.strict and is_named and (not isinstance(value, Mapping) or _is_like_scenario(value)):
                self.collector.add_document(document)  # which says what is wrong with it
                return
            self.collector.notes.append(Finding("file-unread", place=Place(document.file)))
            return
        self.sequence_numbers += _sequence_numbers(value)
        if isinstance(value, dict) and value.get("kind") == "Status":
            self.add_error_message(str(value.get("message", "")), Place(document.file))
            return
        self.documents.append(document)
        # Objects keep the place they were found at, but not the whole document.
        self.collector.add_document(document)

    def _read_other(self, document: Document, path: FieldPath, value: Mapping[str, Any], kind: str) -> bool:
        """Take an object of an installer, of Calico's controllers or of its release; say whether it was one."""
        if kind == "Service":
            for address in _cluster_addresses(value):
                self.reported.add_service_address(address)
        return (
            kind == "ClusterInformation"
            or self.installer.read_object(document, path, value, kind)
            or self.controllers.read_object(document, path, value, kind)
        )

    def add_error_message(self, message: str, place: Place) -> None:
        """Note what a command or the API answered instead of objects, and the kinds that it forbids."""
        for kind in find_forbidden_kinds(message[:_MAX_ERROR_LINE]):
            self.reported.forbidden_kinds[kind] = place
        self.collector.notes.append(Finding("command-failed", params={"message": message[:300]}, place=place))


def _cluster_addresses(service: Mapping[str, Any]) -> list[str]:
    spec = get_mapping(service, "spec")
    addresses = spec.get("clusterIPs")
    if not isinstance(addresses, list):
        addresses = [spec.get("clusterIP")]
    return [address for address in addresses if isinstance(address, str)]


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


def _is_like_scenario(value: Mapping[str, Any]) -> bool:
    """Whether a mapping has any key of a scenario file, so that its problems are those of one."""
    return any(field.name in value for field in dataclasses.fields(Scenario))


def _sequence_numbers(value: Any) -> Iterator[int]:
    items = value.get("items") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        number = get_value(item, "spec", "sequenceNumber")
        if isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number):
            yield int(number)
