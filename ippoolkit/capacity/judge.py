"""Judging a plan: does it hold, what breaks first, and when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from ..findings import N_, Finding, Severity
from .demand import Demand
from .fill import Filled, Load, Request, Room, ceiling, fill, further, needs


class Word(StrEnum):
    """A verdict in one word."""

    FITS = N_("fits")
    TIGHT = N_("tight")
    FAILS = N_("fails")
    IDLE = N_("idle")  # serves no pods, so there is nothing to judge

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return (Word.FAILS, Word.TIGHT, Word.IDLE, Word.FITS).index(self)


SEVERITY = {Word.FITS: Severity.OK, Word.TIGHT: Severity.WARNING, Word.FAILS: Severity.ERROR, Word.IDLE: Severity.INFO}

BLOCKS = N_("blocks")
BLOCKS_A_NODE = N_("blocks a node")
ADDRESSES = N_("addresses")
STRICT = "strictAffinity"
SELECTOR = N_("selectors")
MAX_PODS = N_("kubelet's max-pods")

# What binds behind each code of a verdict.
LIMITS: dict[str, str] = {
    "blocks-short": BLOCKS,
    "blocks-elsewhere": BLOCKS,
    "growth-blocks": BLOCKS,
    "borrowing": BLOCKS,
    "growth-borrowing": BLOCKS,
    "no-spare": BLOCKS,
    "block-cap": BLOCKS_A_NODE,
    "growth-cap": BLOCKS_A_NODE,
    "addresses-short": ADDRESSES,
    "growth-addresses": ADDRESSES,
    "strict-short": STRICT,
    "growth-strict": STRICT,
    "auto-allocate-off": "autoAllocateBlocks",
    "windows-block": "Windows",
    "node-no-pool": SELECTOR,
    "no-pool": BLOCKS,
}
_GROWTH = {
    "blocks-short": "growth-blocks",
    "blocks-elsewhere": "growth-blocks",
    "borrowing": "growth-borrowing",
    "block-cap": "growth-cap",
    "addresses-short": "growth-addresses",
    "strict-short": "growth-strict",
}


Problem = tuple[Word, str, dict[str, object]]


@dataclass(frozen=True)
class Verdict:
    """A word, the finding behind it, and the limit that binds first."""

    word: Word
    code: str
    limit: str
    subject: str = ""
    numbers: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def finding(self) -> Finding:
        """The verdict as a finding."""
        return Finding(self.code, self.subject, self.numbers, level=SEVERITY[self.word])


@dataclass(frozen=True)
class Moment:
    """What the plan asks for in one month, whatever the pools offer."""

    demand: Demand
    month: int = 0

    @cached_property
    def loads(self) -> list[Load]:
        """What joins, in order."""
        return self.demand.loads(self.month)

    @cached_property
    def typical(self) -> Load:
        """The mean load of the nodes that growth adds, or of all nodes where none are added; rounded up."""
        if len(self.loads) == 1:
            return self.loads[0]
        if not self.loads:
            return Load("", 1, 0, 0, (), (), cap=0)
        groups = [group for group in self.demand.groups if group.nodes_rate]
        if groups:
            loads = [group.at(self.month) for group in groups]
            weights = [group.nodes_rate for group in groups]
        else:
            loads = [load for load in self.loads if load.nodes] or self.loads
            weights = [Fraction(load.nodes or 1) for load in loads]
        model = max(zip(weights, loads, strict=True), key=lambda pair: (bool(pair[1].pod_rooms), pair[0]))[1]
        drawn = sum(weight * _count(load) for weight, load in zip(weights, loads, strict=True))
        tunnels = tuple(request for request in model.requests if request.tunnel)
        pods = max(0, math.ceil(drawn / sum(weights)) - len(tunnels))
        requests = (*tunnels, Request(pods, model.pod_rooms))
        return Load("", 1, pods, pods, requests, model.pod_rooms, model.cap, model.kept_back)

    @cached_property
    def open_rooms(self) -> frozenset[int]:
        """Rooms that pods or tunnels to come may draw on, unlike those of a disabled pool."""
        rooms = {room for load in self.loads for room in load.pod_rooms}
        coming = (request for load in self.loads if load.needs_block for request in load.requests)
        return frozenset(rooms | {room for request in coming for room in request.rooms})

    @cached_property
    def drawn(self) -> int:
        """Addresses of those rooms that pods and tunnels take."""
        return sum(
            request.count * load.nodes
            for load in self.loads
            for request in load.requests
            if not self.open_rooms.isdisjoint(request.rooms)
        )


@dataclass(frozen=True)
class State:
    """A moment of the plan in given rooms: what fills how far, and what is wrong with it."""

    moment: Moment
    rooms: Sequence[Room]

    @cached_property
    def filled(self) -> Filled:
        """What comes of it when the nodes join one after another."""
        return fill(self.rooms, self.moment.loads, strict=self.moment.demand.supply.strict)

    @cached_property
    def blocks(self) -> int:
        """Blocks that there are in the open rooms."""
        return sum(self.rooms[room].blocks for room in self.moment.open_rooms)

    @cached_property
    def addresses(self) -> int:
        """Usable addresses in the open rooms."""
        return sum(self.rooms[room].blocks * self.rooms[room].size for room in self.moment.open_rooms)

    @cached_property
    def needed(self) -> int:
        """Blocks of the open rooms it would take for every node to have all it needs in blocks of its own."""
        if not self.filled.first_short:
            return sum(self.filled.claimed[room] for room in self.moment.open_rooms)
        return sum(self.blocks_for(load, self.moment.open_rooms) * load.nodes for load in self.moment.loads)

    @cached_property
    def nodes_fit(self) -> int:
        """How many nodes find all they need in blocks of their own, further ones of the typical load included."""
        if self.filled.first_short:
            return self.filled.first_short - 1
        return self.filled.nodes + further(self.filled, self.rooms, self.moment.typical)

    @property
    def spare(self) -> int:
        """Blocks left over; negative: blocks missing."""
        return self.blocks - self.needed

    @cached_property
    def problem(self) -> Problem | None:
        """What is wrong in this month: word, code and numbers; None where all have a block and an address."""
        supply, filled = self.moment.demand.supply, self.filled
        if not supply.claims and any(load.needs_block and load.nodes for load in self.moment.loads):
            return Word.FAILS, "auto-allocate-off", {}
        for load in self.moment.loads:
            if load.nodes and load.pods and not any(r.rooms for r in load.requests if not r.tunnel):
                return Word.FAILS, "node-no-pool", {"group": load.name, "nodes": load.nodes, "pods": load.pods}
            if load.nodes and load.kept_back and load.pod_rooms:
                size = max(self.rooms[room].size for room in load.pod_rooms)
                if size <= load.kept_back:
                    return Word.FAILS, "windows-block", {"size": size}
        if over := self._over_cap():
            return Word.FAILS, "block-cap", over
        if not filled.first_short:
            return None
        numbers: dict[str, object] = {
            "nodes": filled.nodes,
            "pods": filled.pods,
            "blocks": self.blocks,
            "need": self.needed,
            "first": filled.first_without_block,
            "borrowed": filled.borrowed,
        }
        if filled.first_without_block and self._someone_without():
            # With several pools there may be blocks enough in all, but none where a selector lets the node look.
            return Word.FAILS, "blocks-short" if self.blocks < filled.nodes else "blocks-elsewhere", numbers
        if filled.pods_lost or filled.tunnels_lost:
            code = "strict-short" if supply.strict else "addresses-short"
            numbers |= {"first": filled.first_pod_lost, "drawn": self.moment.drawn, "addresses": self.addresses}
            return Word.FAILS, code, numbers
        return Word.TIGHT, "borrowing", numbers

    def ceiling(self, load: Load) -> int:
        """Return the most pods that one node of a load of this moment can hold on blocks of its own."""
        known = self._ceilings.get(id(load))
        if known is None:
            known = self._ceilings[id(load)] = ceiling(self.rooms, load)
        return known

    @cached_property
    def _ceilings(self) -> dict[int, int]:
        return {}

    def _someone_without(self) -> bool:
        """Whether a node gets no block in whatever order they come: even when all join before the first pod does."""
        empty = [
            replace(load, requests=tuple(r for r in load.requests if r.tunnel), needs_block=True)
            for load in self.moment.loads
            if _count(load) or load.needs_block
        ]
        return bool(fill(self.rooms, empty).first_without_block)

    def blocks_for(self, load: Load, rooms: AbstractSet[int], *, busiest: bool = False) -> int:
        """Return the blocks in these rooms that one node needs, or the busiest of its load, were there enough."""
        more = load.busiest - load.pods if busiest else 0
        plenty = [_count(load) + more + 1] * len(self.rooms)
        claims, _, _ = needs(self.rooms, plenty, load, more)
        return sum(blocks for room, blocks in claims.items() if room in rooms)

    def _over_cap(self) -> dict[str, object] | None:
        """Tell of the first load whose busiest node needs more blocks than it may hold."""
        over = self.filled.over_cap
        for load in self.moment.loads:
            rooms = {room for request in load.requests if not request.tunnel for room in request.rooms}
            need = self.blocks_for(load, rooms, busiest=True) if load.nodes else 0
            if need > load.cap:
                over = load, need
                break
        if over is None:
            return None
        load, need = over
        first = self.ceiling(load) + 1
        return {"need": need, "cap": load.cap, "first": first, "group": load.name, "pods": load.busiest}


def states(demand: Demand) -> tuple[State, State]:
    """Return the plan at its start and at the end of its horizon, which are one where nothing grows."""
    now = State(Moment(demand), demand.supply.rooms)
    return now, State(Moment(demand, demand.months), now.rooms) if demand.grows else now


def judge(now: State, then: State, subject: str = "") -> Verdict:
    """Judge a plan from its start to the end of its horizon; the two are one where nothing grows."""
    if now.problem:
        word, code, numbers = now.problem
        return Verdict(word, code, LIMITS[code], subject, numbers)
    if then.problem:
        month, (_, code, numbers) = _first_problem(then, then.problem)
        numbers = numbers | {"month": month, "today": now.filled.nodes}
        if code not in _GROWTH:  # a group that starts empty and cannot be served at all
            return Verdict(Word.FAILS, code, LIMITS[code], subject, numbers)
        return Verdict(Word.TIGHT, _GROWTH[code], LIMITS[code], subject, numbers)
    if not then.filled.nodes:
        return Verdict(Word.IDLE, "plan-empty", BLOCKS, subject, {"most": now.nodes_fit})
    moment = then.moment
    one = then.blocks_for(moment.typical, moment.open_rooms)
    numbers = {"nodes": then.filled.nodes, "pods": then.filled.pods, "most": then.nodes_fit, "months": moment.month}
    if then.spare < one:
        return Verdict(Word.TIGHT, "no-spare", BLOCKS, subject, numbers | {"spare": then.spare, "one": one})
    return Verdict(Word.FITS, "holds-growing" if moment.month else "holds", _next_limit(then), subject, numbers)


def _next_limit(state: State) -> str:
    """Say what would bind first if everything grew alike: blocks for more nodes, or the cap for more pods on one."""
    for load in state.moment.loads:
        if load.nodes and state.ceiling(load) * state.filled.nodes < state.nodes_fit * load.busiest:
            return BLOCKS_A_NODE
    return BLOCKS


def _first_problem(then: State, last: Problem) -> tuple[int, Problem]:
    """Find the first month that has a problem; `last` is that of the last month."""
    low, high = 0, then.moment.month  # fine at `low`, not at `high`
    while high - low > 1:
        middle = (low + high) // 2
        if problem := State(Moment(then.moment.demand, middle), then.rooms).problem:
            high, last = middle, problem
        else:
            low = middle
    return high, last


def _count(load: Load) -> int:
    return sum(request.count for request in load.requests)
