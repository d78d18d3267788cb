"""Judging a plan: does it hold, what breaks first, and when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from ..answer import answer_html
from ..calico.releases import Release
from ..findings import N_, Finding, Severity
from .block_filling import (
    AddressDemand,
    BlockClass,
    FillResult,
    NodeLoad,
    count_further_nodes,
    fill_blocks,
    max_pods_on_own_blocks,
    needs_of_node,
)
from .demand import Demand, NodeGroupDemand


class Status(StrEnum):
    """A verdict in one word."""

    FITS = N_("fits")
    TIGHT = N_("tight")
    FAILS = N_("fails")
    IDLE = N_("idle")  # serves no pods, so there is nothing to judge

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return (Status.FAILS, Status.TIGHT, Status.IDLE, Status.FITS).index(self)


SEVERITY_OF_STATUS = {
    Status.FITS: Severity.OK,
    Status.TIGHT: Severity.WARNING,
    Status.FAILS: Severity.ERROR,
    Status.IDLE: Severity.INFO,
}

LIMIT_BLOCKS = N_("blocks")
LIMIT_BLOCKS_PER_NODE = N_("blocks per node")
LIMIT_ADDRESSES = N_("addresses")
LIMIT_STRICT_AFFINITY = "strictAffinity"
LIMIT_SELECTORS = "nodeSelector"
LIMIT_UNKNOWN = N_("unknown")
LIMIT_MAX_PODS = N_("kubelet max-pods")

# What binds behind each code of a verdict.
LIMIT_BY_CODE: dict[str, str] = {
    "blocks-short": LIMIT_BLOCKS,
    "blocks-elsewhere": LIMIT_BLOCKS,
    "growth-blocks": LIMIT_BLOCKS,
    "borrowing": LIMIT_BLOCKS,
    "growth-borrowing": LIMIT_BLOCKS,
    "no-spare": LIMIT_BLOCKS,
    "block-cap": LIMIT_BLOCKS_PER_NODE,
    "growth-cap": LIMIT_BLOCKS_PER_NODE,
    "addresses-short": LIMIT_ADDRESSES,
    "growth-addresses": LIMIT_ADDRESSES,
    "strict-short": LIMIT_STRICT_AFFINITY,
    "strict-blocks-short": LIMIT_STRICT_AFFINITY,
    "growth-strict": LIMIT_STRICT_AFFINITY,
    "auto-allocate-off": "autoAllocateBlocks",
    "windows-block": "Windows",
    "node-no-pool": LIMIT_SELECTORS,
    "no-pool": LIMIT_BLOCKS,
}
_CODE_AFTER_GROWTH = {
    "blocks-short": "growth-blocks",
    "blocks-elsewhere": "growth-blocks",
    "borrowing": "growth-borrowing",
    "block-cap": "growth-cap",
    "addresses-short": "growth-addresses",
    "strict-short": "growth-strict",
    "strict-blocks-short": "growth-blocks",
}


Problem = tuple[Status, str, dict[str, object]]


@dataclass(frozen=True)
class Verdict:
    """Whether a plan fits the pools of one IP version, the finding behind it, and the limit that binds first.

    Attributes
    ----------
    status
        Fits, tight, fails or idle.
    code
        Code of the finding, as in docs/rules.md.
    limit
        What binds first, in English.
    subject
        The IP version, as ``IPv4``.
    params
        Numbers of the finding: counts of addresses, blocks, nodes and pods are exact Python ints.
    release
        The release of Calico by which the plan was judged.
    """

    status: Status
    code: str
    limit: str
    subject: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    release: Release | None = field(default=None, compare=False, repr=False)

    _repr_html_ = answer_html

    @cached_property
    def finding(self) -> Finding:
        """The verdict as a finding."""
        severity = Severity.ERROR if self.code == "pools-not-read" else SEVERITY_OF_STATUS[self.status]
        return Finding(self.code, self.subject, self.params, severity_override=severity, release=self.release)


@dataclass(frozen=True)
class PlanAtMonth:
    """What the plan asks for in one month, whatever the pools offer."""

    demand: Demand
    month: int = 0

    @cached_property
    def loads(self) -> list[NodeLoad]:
        """What joins, in order."""
        return self.demand.loads_after(self.month)

    @cached_property
    def typical_load(self) -> NodeLoad:
        """The mean load of the nodes that growth adds, or of all nodes where none are added; rounded up."""
        return self._typical_of(self.loads, [group for group in self.demand.groups if group.nodes_per_month])

    @cached_property
    def typical_loads(self) -> list[NodeLoad]:
        """The typical load of each set of nodes that shares pools with no other."""
        growing = [group for group in self.demand.groups if group.nodes_per_month]
        return [
            self._typical_of(loads, [group for group in growing if not classes.isdisjoint(_classes_of(group.load))])
            for classes, loads in self.sets_with_own_pools
        ]

    @cached_property
    def sets_with_own_pools(self) -> list[tuple[set[int], list[NodeLoad]]]:
        """Loads that share pools with no other, such as those of a rack, and the block classes that they draw from."""
        sets: list[tuple[set[int], list[NodeLoad]]] = []
        for load in self.loads:
            classes = _classes_of(load)
            sharing = [class_set for class_set in sets if not class_set[0].isdisjoint(classes)]
            if not sharing:
                sets.append((classes, [load]))
                continue
            (first_classes, first_loads), *further_sets = sharing
            first_classes |= classes
            first_loads.append(load)
            for other_classes, other_loads in further_sets:
                first_classes |= other_classes
                first_loads += other_loads
                sets.remove((other_classes, other_loads))
        return sets

    def _typical_of(self, all_loads: list[NodeLoad], growing: list[NodeGroupDemand]) -> NodeLoad:
        if len(all_loads) == 1:
            return all_loads[0]
        if not all_loads:
            return NodeLoad("", 1, 0, 0, (), (), max_blocks=0)
        if growing:
            loads = [group.load_after(self.month) for group in growing]
            weights = [group.nodes_per_month for group in growing]
        else:
            loads = [load for load in all_loads if load.nodes] or all_loads
            weights = [Fraction(load.nodes or 1) for load in loads]
        representative = max(
            zip(weights, loads, strict=True), key=lambda pair: (bool(pair[1].pod_block_classes), pair[0])
        )[1]
        weighted_addresses = sum(weight * _address_count(load) for weight, load in zip(weights, loads, strict=True))
        tunnel_demands = tuple(request for request in representative.demands if request.is_tunnel)
        pods = max(0, math.ceil(weighted_addresses / sum(weights)) - len(tunnel_demands))
        demands = (*tunnel_demands, AddressDemand(pods, representative.pod_block_classes))
        return NodeLoad(
            "",
            1,
            pods,
            pods,
            demands,
            representative.pod_block_classes,
            representative.max_blocks,
            representative.reserved_per_block,
        )

    @cached_property
    def open_block_classes(self) -> frozenset[int]:
        """Rooms that pods or tunnels to come may draw on, unlike those of a disabled pool."""
        pod_classes = {class_index for load in self.loads for class_index in load.pod_block_classes}
        future_demands = (request for load in self.loads if load.needs_block for request in load.demands)
        return frozenset(
            pod_classes | {class_index for request in future_demands for class_index in request.block_classes}
        )

    @cached_property
    def addresses_needed(self) -> int:
        """Addresses of those block classes that pods and tunnels take."""
        return sum(
            request.count * load.nodes
            for load in self.loads
            for request in load.demands
            if not self.open_block_classes.isdisjoint(request.block_classes)
        )


@dataclass(frozen=True)
class Evaluation:
    """A moment of the plan in given block classes: what fills how far, and what is wrong with it."""

    plan: PlanAtMonth
    block_classes: Sequence[BlockClass]

    @cached_property
    def fill_result(self) -> FillResult:
        """What comes of it when the nodes join one after another."""
        return fill_blocks(self.block_classes, self.plan.loads, strict_affinity=self.plan.demand.supply.strict_affinity)

    @cached_property
    def total_blocks(self) -> int:
        """Blocks that there are in the open block classes."""
        return sum(self.block_classes[class_index].blocks for class_index in self.plan.open_block_classes)

    @cached_property
    def total_addresses(self) -> int:
        """Usable addresses in the open block classes."""
        return sum(
            self.block_classes[class_index].blocks * self.block_classes[class_index].usable_addresses
            for class_index in self.plan.open_block_classes
        )

    @cached_property
    def blocks_needed(self) -> int:
        """Blocks of the open block classes it would take for every node to have all it needs in blocks of its own."""
        if not self.fill_result.first_node_short_of_blocks:
            return sum(self.fill_result.claimed_blocks[class_index] for class_index in self.plan.open_block_classes)
        return sum(self.blocks_needed_by(load, self.plan.open_block_classes) * load.nodes for load in self.plan.loads)

    @cached_property
    def blocks_per_typical_node(self) -> int:
        """Blocks that one node of a typical load needs; of several loads, of the neediest."""
        open_classes = self.plan.open_block_classes
        return max((self.blocks_needed_by(load, open_classes) for load in self.plan.typical_loads), default=0)

    @cached_property
    def nodes_fit(self) -> int:
        """How many nodes find all they need in blocks of their own, further ones of the typical loads included."""
        if self.fill_result.first_node_short_of_blocks:
            return self.fill_result.first_node_short_of_blocks - 1
        return self.fill_result.nodes + sum(
            count_further_nodes(self.fill_result, self.block_classes, load) for load in self.plan.typical_loads
        )

    @property
    def spare_blocks(self) -> int:
        """Blocks left over; negative: blocks missing."""
        return self.total_blocks - self.blocks_needed

    @cached_property
    def problem(self) -> Problem | None:
        """What is wrong in this month: word, code and numbers; None where all have a block and an address."""
        supply, fill_result = self.plan.demand.supply, self.fill_result
        if not supply.auto_allocate_blocks and any(load.needs_block and load.nodes for load in self.plan.loads):
            return Status.FAILS, "auto-allocate-off", {}
        for load in self.plan.loads:
            if (
                load.nodes
                and load.pods
                and not any(demand.block_classes for demand in load.demands if not demand.is_tunnel)
            ):
                return Status.FAILS, "node-no-pool", {"group": load.name, "nodes": load.nodes, "pods": load.pods}
            if load.nodes and load.reserved_per_block and load.pod_block_classes:
                size = max(self.block_classes[class_index].usable_addresses for class_index in load.pod_block_classes)
                if size <= load.reserved_per_block:
                    return Status.FAILS, "windows-block", {"size": size}
        if over_params := self._over_max_blocks():
            return Status.FAILS, "block-cap", over_params
        if not fill_result.first_node_short_of_blocks:
            return None
        params: dict[str, object] = {
            "nodes": fill_result.nodes,
            "blocks": self.total_blocks,
            "need": self.blocks_needed,
            "per_node": self.blocks_per_typical_node,
            "first": fill_result.first_node_without_block,
            "borrowed": fill_result.borrowed_addresses,
        }
        if self.plan.demand.existing.pods_known:
            params["pods"] = fill_result.pods
        if fill_result.first_node_without_block and self._some_node_gets_no_block():
            # With several pools there may be blocks enough in all, but none where a selector lets the node look.
            return Status.FAILS, "blocks-short" if self.total_blocks < fill_result.nodes else "blocks-elsewhere", params
        if fill_result.pods_without_address or fill_result.tunnels_without_address:
            code = "strict-short" if supply.strict_affinity else "addresses-short"
            params |= {
                "pods": fill_result.pods,
                "first": fill_result.first_pod_without_address,
                "drawn": self.plan.addresses_needed,
                "addresses": self.total_addresses,
            }
            return Status.FAILS, code, params
        if supply.strict_affinity:  # in this order a node without pods goes without; in another, pods would
            return Status.FAILS, "strict-blocks-short", params
        return Status.TIGHT, "borrowing", params

    def max_pods_per_node(self, load: NodeLoad) -> int:
        """Return the most pods that one node of a load of this moment can hold on blocks of its own."""
        max_pods = self._max_pods_by_load.get(load)
        if max_pods is None:
            max_pods = self._max_pods_by_load[load] = max_pods_on_own_blocks(self.block_classes, load)
        return max_pods

    @cached_property
    def _max_pods_by_load(self) -> dict[NodeLoad, int]:
        return {}

    def _some_node_gets_no_block(self) -> bool:
        """Whether a node gets no block in whatever order they come: even when all join before the first pod does."""
        loads_without_pods = [
            replace(load, demands=tuple(demand for demand in load.demands if demand.is_tunnel), needs_block=True)
            for load in self.plan.loads
            if _address_count(load) or load.needs_block
        ]
        return bool(fill_blocks(self.block_classes, loads_without_pods).first_node_without_block)

    def blocks_needed_by(self, load: NodeLoad, class_indices: AbstractSet[int], *, busiest: bool = False) -> int:
        """Return the blocks of these classes that one node needs, or the busiest of its load, were there enough."""
        extra_pods = load.pods_on_busiest_node - load.pods if busiest else 0
        unlimited_blocks = [_address_count(load) + extra_pods + 1] * len(self.block_classes)
        claimed_by_class, _, _ = needs_of_node(self.block_classes, unlimited_blocks, load, extra_pods)
        return sum(blocks for class_index, blocks in claimed_by_class.items() if class_index in class_indices)

    def _over_max_blocks(self) -> dict[str, object] | None:
        """Find the first load whose busiest node needs more blocks than it may hold."""
        load_and_blocks = self.fill_result.first_load_over_max_blocks
        for load in self.plan.loads:
            class_indices = {
                class_index
                for request in load.demands
                if not request.is_tunnel
                for class_index in request.block_classes
            }
            blocks_needed = self.blocks_needed_by(load, class_indices, busiest=True) if load.nodes else 0
            if blocks_needed > load.max_blocks:
                load_and_blocks = load, blocks_needed
                break
        if load_and_blocks is None:
            return None
        load, blocks_needed = load_and_blocks
        first_pod_without_address = self.max_pods_per_node(load) + 1
        return {
            "need": blocks_needed,
            "cap": load.max_blocks,
            "first": first_pod_without_address,
            "group": load.name,
            "pods": load.pods_on_busiest_node,
        }


@dataclass(frozen=True)
class PlanEvaluation:
    """A plan from its start to the end of its horizon; the two are one where nothing grows."""

    start: Evaluation
    end: Evaluation
    subject: str = ""

    @classmethod
    def from_demand(cls, demand: Demand) -> PlanEvaluation:
        """Evaluate what one IP version's pools have to carry."""
        start = Evaluation(PlanAtMonth(demand), demand.supply.block_classes)
        end = Evaluation(PlanAtMonth(demand, demand.months), start.block_classes) if demand.grows else start
        return cls(start, end, f"IPv{demand.supply.version}")

    @property
    def demand(self) -> Demand:
        """What is evaluated."""
        return self.start.plan.demand

    def at_month(self, month: int) -> Evaluation:
        """Return the evaluation after so many months."""
        if not month or not self.demand.grows:
            return self.start
        if month == self.end.plan.month:
            return self.end
        return Evaluation(PlanAtMonth(self.demand, month), self.start.block_classes)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the plan holds, and what binds first."""
        return decide_verdict(self.start, self.end, self.subject)


def no_pool_verdict(*, pools_were_read: bool = True) -> Verdict:
    """Return the verdict on a plan without any pool: what was not read may be there."""
    if not pools_were_read:
        return Verdict(Status.IDLE, "pools-not-read", LIMIT_UNKNOWN)
    return Verdict(Status.FAILS, "no-pool", LIMIT_BLOCKS)


def decide_verdict(start: Evaluation, end: Evaluation, subject: str = "") -> Verdict:
    """Judge a plan from its start to the end of its horizon; the two are one where nothing grows."""
    if start.problem:
        status, code, params = start.problem
        return Verdict(status, code, LIMIT_BY_CODE[code], subject, params)
    if end.problem:
        month, (_, code, params) = _first_problem(end, end.problem)
        params = params | {"month": month, "today": start.fill_result.nodes}
        if code not in _CODE_AFTER_GROWTH:  # a group that starts empty and cannot be served at all
            return Verdict(Status.FAILS, code, LIMIT_BY_CODE[code], subject, params)
        return Verdict(Status.TIGHT, _CODE_AFTER_GROWTH[code], LIMIT_BY_CODE[code], subject, params)
    if not end.fill_result.nodes:
        return Verdict(Status.IDLE, "plan-empty", LIMIT_BLOCKS, subject, {"most": start.nodes_fit})
    plan_at_end = end.plan
    blocks_per_node = end.blocks_needed_by(plan_at_end.typical_load, plan_at_end.open_block_classes)
    params = {
        "nodes": end.fill_result.nodes,
        "most": end.nodes_fit,
        "months": plan_at_end.month,
    }
    if plan_at_end.demand.existing.pods_known:
        params["pods"] = end.fill_result.pods
    if end.spare_blocks < blocks_per_node:
        return Verdict(
            Status.TIGHT,
            "no-spare",
            LIMIT_BLOCKS,
            subject,
            params | {"spare": end.spare_blocks, "one": blocks_per_node},
        )
    code = "holds-growing" if plan_at_end.month else "holds"
    if "pods" not in params:
        code = "holds-blocks"
    return Verdict(Status.FITS, code, _limit_that_binds_next(end), subject, params)


def _limit_that_binds_next(evaluation: Evaluation) -> str:
    """Say what would bind first if everything grew alike: blocks for more nodes, or the cap for more pods on one."""
    for load in evaluation.plan.loads:
        if (
            load.nodes
            and evaluation.max_pods_per_node(load) * evaluation.fill_result.nodes
            < evaluation.nodes_fit * load.pods_on_busiest_node
        ):
            return LIMIT_BLOCKS_PER_NODE
    return LIMIT_BLOCKS


def _first_problem(end: Evaluation, last_problem: Problem) -> tuple[int, Problem]:
    """Find the first month that has a problem; `last_problem` is that of the last month."""
    last_good_month, first_bad_month = 0, end.plan.month  # fine at `low`, not at `high`
    while first_bad_month - last_good_month > 1:
        middle = (last_good_month + first_bad_month) // 2
        if problem := Evaluation(PlanAtMonth(end.plan.demand, middle), end.block_classes).problem:
            first_bad_month, last_problem = middle, problem
        else:
            last_good_month = middle
    return first_bad_month, last_problem


def _classes_of(load: NodeLoad) -> set[int]:
    """Return the block classes that a load draws from."""
    return {*load.pod_block_classes, *(index for demand in load.demands for index in demand.block_classes)}


def _address_count(load: NodeLoad) -> int:
    return sum(request.count for request in load.demands)
