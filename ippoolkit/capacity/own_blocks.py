"""What a node takes as blocks of its own where there are enough: how many it needs, how many pods they hold."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from .block_filling import BlockClass, NodeLoad, max_pods_on_own_blocks, needs_of_node


@dataclass(frozen=True, eq=False)
class OwnBlocks:
    """What single nodes take from given block classes, worked out once for each load."""

    block_classes: tuple[BlockClass, ...]
    _claims: dict[tuple[NodeLoad, int], dict[int, int]] = field(default_factory=dict, init=False, repr=False)
    _max_pods: dict[NodeLoad, int] = field(default_factory=dict, init=False, repr=False)

    def needed_by(self, load: NodeLoad, class_indices: AbstractSet[int], *, busiest: bool = False) -> int:
        """Return the blocks of these classes that one node needs, or the busiest of its load, were there enough."""
        extra_pods = load.pods_on_busiest_node - load.pods if busiest else 0
        claimed_by_class = self._claims.get((load, extra_pods))
        if claimed_by_class is None:
            unlimited_blocks = [load.addresses + extra_pods + 1] * len(self.block_classes)
            claimed_by_class, _, _ = needs_of_node(self.block_classes, unlimited_blocks, load, extra_pods)
            self._claims[load, extra_pods] = claimed_by_class
        return sum(blocks for class_index, blocks in claimed_by_class.items() if class_index in class_indices)

    def max_pods(self, load: NodeLoad) -> int:
        """Return the most pods that one node can hold, were it alone in the pools."""
        max_pods = self._max_pods.get(load)
        if max_pods is None:
            max_pods = self._max_pods[load] = max_pods_on_own_blocks(self.block_classes, load)
        return max_pods
