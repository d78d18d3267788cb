"""What a check looks at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from ...model import Scenario
from ..cluster_index import ClusterIndex
from ..cluster_metrics import ClusterMetrics, count_objects
from ..headroom import NodeHeadroom, node_headroom


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
