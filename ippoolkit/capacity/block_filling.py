"""How blocks and addresses go when nodes join one after another, each brought to its planned load.

The cap on a node's blocks is not applied but watched: a plan that breaks it fails, whatever else comes of it.

Closed arithmetic on counts, for one address family. It follows Calico's order (own blocks, then a new block from the
first pool by name that has one, then borrowing) and takes alike nodes in bulk, so that its cost depends on neither the
number of nodes nor the size of the pools. Which block a node gets and which address a pod gets is not its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class BlockClass:
    """Blocks of one pool that can be claimed, with `usable_addresses` each.

    A pool has one class, and where reservations cut into blocks one more for each number of addresses that remain.
    """

    blocks: int
    usable_addresses: int


@dataclass(frozen=True, slots=True)
class AddressDemand:
    """`count` addresses that a node draws from the block classes given by index, in the order of the pools' names."""

    count: int
    block_classes: tuple[int, ...]
    is_tunnel: bool = False


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """Alike nodes, and what each of them draws.

    `reserved_per_block` addresses of each block are not for pods (Windows). `max_blocks` is the most blocks that a node
    may hold in `pod_block_classes`. `needs_block`: a planned node is given a block even where it draws nothing, as
    sound practice asks.
    """

    name: str
    nodes: int
    pods: int
    pods_on_busiest_node: int
    demands: tuple[AddressDemand, ...]
    pod_block_classes: tuple[int, ...]
    max_blocks: int
    reserved_per_block: int = 0
    needs_block: bool = True

    @property
    def tunnel_demands(self) -> tuple[AddressDemand, ...]:
        """Those of its demands that are for tunnels."""
        return tuple(demand for demand in self.demands if demand.is_tunnel)

    @property
    def addresses(self) -> int:
        """Addresses that each of the nodes draws."""
        return sum(demand.count for demand in self.demands)

    @property
    def draws_addresses(self) -> bool:
        """Whether pools serve its pods, or hold an address of its nodes."""
        return bool(self.pod_block_classes) or any(demand.block_classes and demand.count for demand in self.demands)

    @property
    def block_classes(self) -> set[int]:
        """Block classes that it draws from, or may."""
        return {*self.pod_block_classes, *(index for demand in self.demands for index in demand.block_classes)}

    def with_pods(self, pods: int) -> NodeLoad:
        """Return the load with so many pods on each node, beside its tunnels."""
        pod_demand = AddressDemand(pods, self.pod_block_classes)
        return replace(self, pods=pods, demands=(*self.tunnel_demands, pod_demand))


@dataclass(slots=True)
class FillResult:
    """What came of it. Nodes and pods are numbered from 1 in the order of joining; 0 stands for none."""

    claimed_blocks: list[int]  # blocks, per block class
    used_addresses: list[int]  # addresses, per block class, borrowed ones included
    free_in_claimed_blocks: list[int]  # free addresses in claimed blocks, per block class
    borrowed_addresses: int = 0
    borrowed_tunnel_addresses: int = 0
    nodes: int = 0
    pods: int = 0
    nodes_without_block: int = 0
    first_node_without_block: int = 0
    first_node_short_of_blocks: int = 0  # the first node whose own blocks do not cover its need
    pods_without_address: int = 0
    tunnels_without_address: int = 0
    first_pod_without_address: int = 0
    first_load_over_max_blocks: tuple[NodeLoad, int] | None = (
        None  # the first load whose nodes take more blocks than they may, and how many
    )
    blocks_by_load: list[int] = field(default_factory=list)

    @property
    def routes(self) -> int:
        """Routes announced: one a claimed block, one a borrowed address."""
        return sum(self.claimed_blocks) + self.borrowed_addresses


def fill_blocks(
    block_classes: Sequence[BlockClass], loads: Sequence[NodeLoad], *, strict_affinity: bool = False
) -> FillResult:
    """Let all nodes join in order; with `strict_affinity` none borrows."""
    fill_result = FillResult([0] * len(block_classes), [0] * len(block_classes), [0] * len(block_classes))
    for load in loads:
        claimed_before = sum(fill_result.claimed_blocks)
        nodes_left = load.nodes
        while nodes_left:
            nodes_left -= _add_equal_nodes(
                fill_result, block_classes, load, nodes_left, strict_affinity=strict_affinity
            )
        fill_result.blocks_by_load.append(sum(fill_result.claimed_blocks) - claimed_before)
    return fill_result


def count_further_nodes(fill_result: FillResult, block_classes: Sequence[BlockClass], load: NodeLoad) -> int:
    """How many more nodes of that load find all they need in blocks of their own."""
    free_blocks = [
        block_class.blocks - claimed
        for block_class, claimed in zip(block_classes, fill_result.claimed_blocks, strict=True)
    ]
    count = 0
    while True:
        claims, _, unmet = needs_of_node(block_classes, free_blocks, load)
        batch = min((free_blocks[class_index] // blocks for class_index, blocks in claims.items()), default=0)
        if unmet or not batch:
            return count
        count += batch
        for class_index, blocks in claims.items():
            free_blocks[class_index] -= blocks * batch


def needs_of_node(
    block_classes: Sequence[BlockClass], free_blocks: Sequence[int], load: NodeLoad, extra_pods: int = 0
) -> tuple[dict[int, int], dict[int, int], list[AddressDemand]]:
    """Work out what one node takes of the blocks that are free, with so many more pods than its load says.

    Returns
    -------
    tuple
        Per block class the blocks claimed and the addresses free in them; and what its own blocks do not cover.
    """
    claimed_by_class: dict[int, int] = {}
    free_in_own_blocks: dict[int, int] = {}
    unmet: list[AddressDemand] = []
    for demand in load.demands:
        missing = demand.count
        if extra_pods and not demand.is_tunnel:
            missing, extra_pods = missing + extra_pods, 0
        if free_in_own_blocks:
            for class_index in demand.block_classes:
                if class_index in free_in_own_blocks:
                    addresses = min(missing, free_in_own_blocks[class_index])
                    free_in_own_blocks[class_index] -= addresses
                    missing -= addresses
        for class_index in demand.block_classes:
            if not missing:
                break
            usable = block_classes[class_index].usable_addresses - load.reserved_per_block
            if usable <= 0:
                continue
            blocks = min(-(-missing // usable), free_blocks[class_index] - claimed_by_class.get(class_index, 0))
            if blocks > 0:
                claimed_by_class[class_index] = claimed_by_class.get(class_index, 0) + blocks
                addresses = min(missing, blocks * usable)
                free_in_own_blocks[class_index] = free_in_own_blocks.get(class_index, 0) + blocks * usable - addresses
                missing -= addresses
        if missing:
            unmet.append(AddressDemand(missing, demand.block_classes, demand.is_tunnel))
    if not claimed_by_class and not unmet and load.needs_block:
        for class_index in load.pod_block_classes:
            if free_blocks[class_index] and block_classes[class_index].usable_addresses > load.reserved_per_block:
                return (
                    {class_index: 1},
                    {class_index: block_classes[class_index].usable_addresses - load.reserved_per_block},
                    [],
                )
    return claimed_by_class, free_in_own_blocks, unmet


def max_pods_on_own_blocks(block_classes: Sequence[BlockClass], load: NodeLoad) -> int:
    """Return the most pods that one node can hold on blocks of its own, were it alone in the pools."""
    node_without_pods = replace(load, demands=load.tunnel_demands, pod_block_classes=())
    claimed_by_class, free_in_own_blocks, _ = needs_of_node(
        block_classes, [block_class.blocks for block_class in block_classes], node_without_pods
    )
    pods = sum(free_in_own_blocks.get(class_index, 0) for class_index in load.pod_block_classes)
    blocks_left = load.max_blocks - sum(claimed_by_class.get(class_index, 0) for class_index in load.pod_block_classes)
    for class_index in load.pod_block_classes:
        usable = block_classes[class_index].usable_addresses - load.reserved_per_block
        blocks = min(blocks_left, block_classes[class_index].blocks - claimed_by_class.get(class_index, 0))
        if usable > 0 and blocks > 0:
            pods += blocks * usable
            blocks_left -= blocks
    return pods


def _add_equal_nodes(
    fill_result: FillResult,
    block_classes: Sequence[BlockClass],
    load: NodeLoad,
    nodes_left: int,
    *,
    strict_affinity: bool,
) -> int:
    """Let as many nodes of the load join as fare exactly alike; return how many."""
    free_blocks = [
        block_class.blocks - claimed
        for block_class, claimed in zip(block_classes, fill_result.claimed_blocks, strict=True)
    ]
    claimed_by_class, free_in_own_blocks, unmet = needs_of_node(block_classes, free_blocks, load)
    borrowed, unserved = _borrow_addresses(
        fill_result.free_in_claimed_blocks, unmet, strict_affinity=strict_affinity or load.reserved_per_block > 0
    )
    # The next node fares the same as long as every pool drawn on still has as much.
    batch = nodes_left
    for class_index, blocks in claimed_by_class.items():
        batch = min(batch, 1 if unmet else free_blocks[class_index] // blocks)
    for class_index, addresses in borrowed.items():
        batch = min(batch, fill_result.free_in_claimed_blocks[class_index] // addresses if not unserved else 1)

    if not claimed_by_class and (unmet or load.needs_block):
        fill_result.nodes_without_block += batch
        fill_result.first_node_without_block = fill_result.first_node_without_block or fill_result.nodes + 1
    if unmet or (not claimed_by_class and load.needs_block):
        fill_result.first_node_short_of_blocks = fill_result.first_node_short_of_blocks or fill_result.nodes + 1
    blocks_for_pods = sum(claimed_by_class.get(class_index, 0) for class_index in load.pod_block_classes)
    if blocks_for_pods > load.max_blocks and not fill_result.first_load_over_max_blocks:
        fill_result.first_load_over_max_blocks = load, blocks_for_pods
    pods_lost = sum(demand.count for demand in unserved if not demand.is_tunnel)
    if pods_lost and not fill_result.first_pod_without_address:
        fill_result.first_pod_without_address = fill_result.pods + load.pods - pods_lost + 1
    fill_result.pods_without_address += pods_lost * batch
    tunnels_unserved = sum(demand.count for demand in unserved if demand.is_tunnel)
    fill_result.tunnels_without_address += tunnels_unserved * batch
    fill_result.borrowed_addresses += sum(borrowed.values()) * batch
    tunnels_unmet = sum(demand.count for demand in unmet if demand.is_tunnel)
    fill_result.borrowed_tunnel_addresses += (tunnels_unmet - tunnels_unserved) * batch

    for class_index, blocks in claimed_by_class.items():
        reserved_addresses = blocks * load.reserved_per_block
        fill_result.claimed_blocks[class_index] += blocks * batch
        fill_result.free_in_claimed_blocks[class_index] += free_in_own_blocks.get(class_index, 0) * batch
        fill_result.used_addresses[class_index] += (
            blocks * block_classes[class_index].usable_addresses
            - free_in_own_blocks.get(class_index, 0)
            - reserved_addresses
        ) * batch
    for class_index, blocks in borrowed.items():
        fill_result.free_in_claimed_blocks[class_index] -= blocks * batch
        fill_result.used_addresses[class_index] += blocks * batch
    fill_result.nodes += batch
    fill_result.pods += load.pods * batch
    return batch


def _borrow_addresses(
    free_in_claimed_blocks: Sequence[int], unmet: Sequence[AddressDemand], *, strict_affinity: bool
) -> tuple[dict[int, int], list[AddressDemand]]:
    """Take what own blocks did not cover from other nodes' blocks; return it per block class, and what is missing."""
    borrowed: dict[int, int] = {}
    unserved: list[AddressDemand] = []
    for demand in unmet:
        missing = demand.count
        for class_index in () if strict_affinity else demand.block_classes:
            borrowable = max(0, min(missing, free_in_claimed_blocks[class_index] - borrowed.get(class_index, 0)))
            if borrowable:
                borrowed[class_index] = borrowed.get(class_index, 0) + borrowable
                missing -= borrowable
        if missing:
            unserved.append(AddressDemand(missing, demand.block_classes, demand.is_tunnel))
    return borrowed, unserved
