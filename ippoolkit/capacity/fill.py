"""How blocks and addresses go when nodes join one after another, each brought to its planned load.

The cap on a node's blocks is not applied but watched: a plan that breaks it fails, whatever else comes of it.

Closed arithmetic on counts, for one address family. It follows Calico's order (own blocks, then a new block from the
first pool by name that has one, then borrowing) and takes alike nodes in bulk, so that its cost depends on neither the
number of nodes nor the size of the pools. Which block a node gets and which address a pod gets is not its business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Room:
    """Blocks that can be claimed, with `size` usable addresses each.

    A pool is one room, and where reservations cut into blocks one more for each size of what is left of them.
    """

    blocks: int
    size: int


@dataclass(frozen=True, slots=True)
class Request:
    """`count` addresses that a node draws from the rooms given by index, in the order of the pools' names."""

    count: int
    rooms: tuple[int, ...]
    tunnel: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """Alike nodes, and what each of them draws.

    `busiest` is the number of pods on the one that has most. `kept_back` addresses of each block are not for pods
    (Windows). `cap` is the most blocks that one may hold in `pod_rooms`. `needs_block`: a planned node is given a
    block even where it draws nothing, as sound practice asks.
    """

    name: str
    nodes: int
    pods: int
    busiest: int
    requests: tuple[Request, ...]
    pod_rooms: tuple[int, ...]
    cap: int
    kept_back: int = 0
    needs_block: bool = True


@dataclass(slots=True)
class Filled:
    """What came of it. Nodes and pods are numbered from 1 in the order of joining; 0 stands for none."""

    claimed: list[int]  # blocks, per room
    used: list[int]  # addresses, per room, borrowed ones included
    slack: list[int]  # free addresses in claimed blocks, per room
    borrowed: int = 0
    tunnels_borrowed: int = 0
    nodes: int = 0
    pods: int = 0
    nodes_without_block: int = 0
    first_without_block: int = 0
    first_short: int = 0  # the first node whose own blocks do not cover its need
    pods_lost: int = 0
    tunnels_lost: int = 0
    first_pod_lost: int = 0
    over_cap: tuple[Load, int] | None = None  # the first load whose nodes take more blocks than they may, and how many
    blocks_by_load: list[int] = field(default_factory=list)

    @property
    def routes(self) -> int:
        """Routes announced: one a claimed block, one a borrowed address."""
        return sum(self.claimed) + self.borrowed


def fill(rooms: Sequence[Room], loads: Sequence[Load], *, strict: bool = False) -> Filled:
    """Let all nodes join in order; `strict`: no borrowing (strictAffinity)."""
    filled = Filled([0] * len(rooms), [0] * len(rooms), [0] * len(rooms))
    for load in loads:
        before = sum(filled.claimed)
        rest = load.nodes
        while rest:
            rest -= _join(filled, rooms, load, rest, strict=strict)
        filled.blocks_by_load.append(sum(filled.claimed) - before)
    return filled


def further(filled: Filled, rooms: Sequence[Room], load: Load) -> int:
    """How many more nodes of that load find all they need in blocks of their own."""
    free = [room.blocks - claimed for room, claimed in zip(rooms, filled.claimed, strict=True)]
    count = 0
    while True:
        claims, _, unmet = needs(rooms, free, load)
        batch = min((free[room] // n for room, n in claims.items()), default=0)
        if unmet or not batch:
            return count
        count += batch
        for room, n in claims.items():
            free[room] -= n * batch


def needs(
    rooms: Sequence[Room], free: Sequence[int], load: Load, more: int = 0
) -> tuple[dict[int, int], dict[int, int], list[Request]]:
    """Work out what one node takes when `free` blocks are left, with so many `more` pods than its load says.

    Returns
    -------
    tuple
        Blocks claimed per room, addresses left over in them per room, and what its own blocks do not cover.
    """
    claims: dict[int, int] = {}
    own: dict[int, int] = {}
    unmet: list[Request] = []
    for request in load.requests:
        need = request.count
        if more and not request.tunnel:
            need, more = need + more, 0
        if own:
            for room in request.rooms:
                if room in own:
                    taken = min(need, own[room])
                    own[room] -= taken
                    need -= taken
        for room in request.rooms:
            if not need:
                break
            usable = rooms[room].size - load.kept_back
            if usable <= 0:
                continue
            blocks = min(-(-need // usable), free[room] - claims.get(room, 0))
            if blocks > 0:
                claims[room] = claims.get(room, 0) + blocks
                taken = min(need, blocks * usable)
                own[room] = own.get(room, 0) + blocks * usable - taken
                need -= taken
        if need:
            unmet.append(Request(need, request.rooms, request.tunnel))
    if not claims and not unmet and load.needs_block:
        for room in load.pod_rooms:
            if free[room] and rooms[room].size > load.kept_back:
                return {room: 1}, {room: rooms[room].size - load.kept_back}, []
    return claims, own, unmet


def ceiling(rooms: Sequence[Room], load: Load) -> int:
    """Return the most pods that one node can hold on blocks of its own, were it alone in the pools."""
    tunnels = tuple(request for request in load.requests if request.tunnel)
    alone = Load(load.name, 1, 0, 0, tunnels, (), load.cap, load.kept_back)
    claims, own, _ = needs(rooms, [room.blocks for room in rooms], alone)
    pods = sum(own.get(room, 0) for room in load.pod_rooms)
    left = load.cap - sum(claims.get(room, 0) for room in load.pod_rooms)
    for room in load.pod_rooms:
        usable = rooms[room].size - load.kept_back
        blocks = min(left, rooms[room].blocks - claims.get(room, 0))
        if usable > 0 and blocks > 0:
            pods += blocks * usable
            left -= blocks
    return pods


def _join(filled: Filled, rooms: Sequence[Room], load: Load, rest: int, *, strict: bool) -> int:
    """Let as many nodes of the load join as fare exactly alike; return how many."""
    free = [room.blocks - claimed for room, claimed in zip(rooms, filled.claimed, strict=True)]
    claims, own, unmet = needs(rooms, free, load)
    borrowed, lost = _borrow(filled.slack, unmet, strict=strict or load.kept_back > 0)
    # The next node fares the same as long as every pool drawn on still has as much.
    batch = rest
    for room, n in claims.items():
        batch = min(batch, 1 if unmet else free[room] // n)
    for room, n in borrowed.items():
        batch = min(batch, filled.slack[room] // n if not lost else 1)

    if not claims and (unmet or load.needs_block):
        filled.nodes_without_block += batch
        filled.first_without_block = filled.first_without_block or filled.nodes + 1
    if unmet or (not claims and load.needs_block):
        filled.first_short = filled.first_short or filled.nodes + 1
    own_blocks = sum(claims.get(room, 0) for room in load.pod_rooms)
    if own_blocks > load.cap and not filled.over_cap:
        filled.over_cap = load, own_blocks
    pods_lost = sum(request.count for request in lost if not request.tunnel)
    if pods_lost and not filled.first_pod_lost:
        filled.first_pod_lost = filled.pods + load.pods - pods_lost + 1
    filled.pods_lost += pods_lost * batch
    filled.tunnels_lost += sum(request.count for request in lost if request.tunnel) * batch
    filled.borrowed += sum(borrowed.values()) * batch
    tunnels_unmet = sum(request.count for request in unmet if request.tunnel)
    filled.tunnels_borrowed += (tunnels_unmet - sum(r.count for r in lost if r.tunnel)) * batch

    for room, n in claims.items():
        kept = n * load.kept_back
        filled.claimed[room] += n * batch
        filled.slack[room] += own.get(room, 0) * batch
        filled.used[room] += (n * rooms[room].size - own.get(room, 0) - kept) * batch
    for room, n in borrowed.items():
        filled.slack[room] -= n * batch
        filled.used[room] += n * batch
    filled.nodes += batch
    filled.pods += load.pods * batch
    return batch


def _borrow(slack: Sequence[int], unmet: Sequence[Request], *, strict: bool) -> tuple[dict[int, int], list[Request]]:
    """Take what own blocks did not cover from other nodes' blocks; return it per room, and what is not to be had."""
    borrowed: dict[int, int] = {}
    lost: list[Request] = []
    for request in unmet:
        need = request.count
        for room in () if strict else request.rooms:
            taken = max(0, min(need, slack[room] - borrowed.get(room, 0)))
            if taken:
                borrowed[room] = borrowed.get(room, 0) + taken
                need -= taken
        if need:
            lost.append(Request(need, request.rooms, request.tunnel))
    return borrowed, lost
