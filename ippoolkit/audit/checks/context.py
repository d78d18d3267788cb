"""What a check looks at, and how it names many things in few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...model import Scenario
from ..cluster_index import ClusterIndex
from ..cluster_metrics import ClusterMetrics, count_objects
from ..headroom import NodeHeadroom, node_headroom

_MAX_NAMES = 5


class AuditContext:
    """A scenario whose cluster exists, with what several checks need of it."""

    def __init__(self, scenario: Scenario, index: ClusterIndex | None = None) -> None:
        self.scenario = scenario
        self.index = index or ClusterIndex(scenario.cluster)

    @cached_property
    def metrics(self) -> ClusterMetrics:
        """What the cluster's objects count to."""
        return count_objects(self.index)

    @cached_property
    def headrooms(self) -> Sequence[NodeHeadroom]:
        """How many more pods each node takes."""
        return node_headroom(self.index)


@dataclass(frozen=True, slots=True)
class Several:
    """Some names out of many, for a sentence."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(self.names[:_MAX_NAMES])
        return f"{named} … (+{len(self.names) - _MAX_NAMES})" if len(self.names) > _MAX_NAMES else named


def abbreviate_names(names: Iterable[object]) -> str:
    """Name the first of many."""
    return str(Several(tuple(dict.fromkeys(map(str, names)))))
