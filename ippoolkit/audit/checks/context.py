"""What a check looks at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ...findings import abbreviate_names
from ...model import Cluster, Scenario
from ...read import Reading
from ..cluster_index import ClusterIndex
from ..cluster_metrics import ClusterMetrics, complete_metrics, count_objects
from ..headroom import NodeHeadroom, node_headroom


class AuditContext:
    """A cluster that was read, with what several checks need of it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.index = ClusterIndex(reading.scenario.cluster)

    @property
    def scenario(self) -> Scenario:
        """The cluster as a scenario."""
        return self.reading.scenario

    @property
    def cluster(self) -> Cluster:
        """The cluster itself."""
        return self.index.cluster

    @cached_property
    def counted_metrics(self) -> ClusterMetrics:
        """What the cluster's objects count to."""
        return count_objects(self.index)

    @cached_property
    def metrics(self) -> ClusterMetrics:
        """The same, completed by figures that texts state."""
        return complete_metrics(self.counted_metrics, self.index, self.reading.reported)

    @cached_property
    def headrooms(self) -> Sequence[NodeHeadroom]:
        """How many more pods each node takes."""
        return node_headroom(self.index)


def names_params(names: Sequence[object]) -> dict[str, Any]:
    """Return how many objects a finding names, the first of them for its sentence, and all of them."""
    return {"count": len(names), "which": abbreviate_names(names), "all": names}
