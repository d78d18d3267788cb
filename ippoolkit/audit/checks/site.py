"""What a check looks at, and how it names many things in few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...model import Scenario
from ..headroom import Headroom, headroom
from ..index import Index

_NAMED = 5


class Site:
    """A scenario whose cluster exists, with what several checks need of it."""

    def __init__(self, scenario: Scenario, index: Index | None = None) -> None:
        self.scenario = scenario
        self.index = index or Index(scenario.cluster)

    @cached_property
    def rooms(self) -> Sequence[Headroom]:
        """How many more pods each node takes."""
        return headroom(self.index)


@dataclass(frozen=True, slots=True)
class Several:
    """Some names out of many, for a sentence."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.names[:_NAMED])
        return f"{shown} … (+{len(self.names) - _NAMED})" if len(self.names) > _NAMED else shown


def several(names: Iterable[object]) -> str:
    """Name the first of many."""
    return str(Several(tuple(dict.fromkeys(map(str, names)))))
