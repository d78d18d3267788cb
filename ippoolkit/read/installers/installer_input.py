"""A part of what an installer is given: its values, where they stand, and the settings that they add to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...errors import InputError
from ...findings import Finding, Place
from ..document import Document, FieldPath
from ..plain_values import get_list, get_mapping, get_value
from ..text_files import parse_documents
from .installer_settings import InstallerSettings, RangeKind, Weight


@dataclass(frozen=True, slots=True)
class InstallerInput:
    """A mapping at a path of a document; the keys that its methods take are those from here on."""

    value: Mapping[str, Any]
    document: Document
    settings: InstallerSettings
    path: FieldPath = ()

    def get(self, *keys: str) -> Any:
        """Return what stands at a path; None where there is nothing."""
        return get_value(self.value, *keys)

    def place(self, *keys: str | int) -> Place:
        """Say where a path is."""
        return self.document.place((*self.path, *keys))

    def part(self, *keys: str) -> InstallerInput:
        """Return the mapping at a path, an empty one where there is none."""
        return replace(self, value=get_mapping(self.value, *keys), path=(*self.path, *keys))

    def parts(self, *keys: str) -> Iterator[InstallerInput]:
        """Yield the mappings in the list at a path."""
        for index, item in enumerate(get_list(self.value, *keys)):
            if isinstance(item, Mapping):
                yield replace(self, value=item, path=(*self.path, *keys, index))

    def embedded(self, *keys: str) -> list[InstallerInput] | None:
        """Return the YAML documents of the text at a path, each at its line; None where they cannot be read."""
        place = self.place(*keys)
        try:
            documents = parse_documents(str(self.get(*keys)), place.file)
        except InputError as error:
            finding = Finding("embedded-yaml", params={"reason": error.problems[0]}, place=place)
            self.settings.problems.append(finding)
            return None
        return [self.at_place(place, get_mapping(document.value)) for document in documents]

    def at_place(self, place: Place, value: Mapping[str, Any]) -> InstallerInput:
        """Return values that all stand at one place."""
        return InstallerInput(value, Document.at_place(place, value), self.settings)

    def add_ranges(
        self,
        kind: RangeKind,
        *keys: str,
        default: str = "",
        weight: Weight = Weight.WRITTEN,
        is_platform: bool = False,
    ) -> None:
        """Add the ranges of the list or text at a path; where there are none, the installer's default."""
        self.settings.add_ranges(
            kind, self.get(*keys), self.place(*keys), default=default, weight=weight, is_platform=is_platform
        )

    def add_group(
        self,
        name: object,
        count_keys: tuple[str, ...],
        *,
        labels: object = None,
        os: Literal["linux", "windows"] = "linux",
        max_pods: object = None,
    ) -> None:
        """Add planned nodes, as many as the first of the keys says that has a number."""
        counts = {key: self.get(key) for key in count_keys}
        self.settings.add_group(name, counts, self.place(), labels=labels, os=os, max_pods=max_pods)

    def note_other_plugin(self, plugin: object, *keys: str) -> None:
        """Note that another network plugin than Calico hands out the pods' addresses."""
        self.settings.note_other_plugin(plugin, self.place(*keys))
