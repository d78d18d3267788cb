"""The fields of a planner's form: what each shows of a state, and the state that a new value makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from ..findings import SOURCES, Language

State = TypeVar("State")
MAX_COUNT = 1_000_000  # of nodes, pods or blocks in a field, as in the model
FieldKind = Literal["text", "slider", "number", "select", "check", "button"]
FieldState = dict[str, Any]  # value, text beside it, hint, error, min, max, options, hidden: as form.js shows them


@dataclass(frozen=True, slots=True)
class Field(Generic[State]):
    """One field: `get_state` returns what it shows of a state, `edit` the state with a new value."""

    name: str
    label: str
    kind: FieldKind
    get_state: Callable[[State, Language], FieldState]
    edit: Callable[[State, Any], State]
    help: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FormSection(Generic[State]):
    """Fields that belong together; those that are rarely wanted are folded."""

    title: str
    fields: tuple[Field[State], ...]
    is_folded: bool = False


def form_layout(sections: Iterable[FormSection[Any]], language: Language) -> list[dict[str, Any]]:
    """Return sections and fields without their states, as form.js lays them out."""
    translate = language.translate
    return [
        {
            "title": translate(section.title),
            "folded": section.is_folded,
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind,
                    "label": translate(field.label),
                    "help": translate(field.help) if field.help else "",
                    "source": _source_link(field.source),
                }
                for field in section.fields
            ],
        }
        for section in sections
    ]


def _source_link(source: str) -> dict[str, str] | None:
    return {"title": SOURCES[source].title, "url": SOURCES[source].url} if source else None
