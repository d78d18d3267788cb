"""Judging a plan: does it hold, what breaks first, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from .block_filling import (
    BlockClass,
    FillResult,
    count_further_nodes,
    fill_blocks,
)
from .demand import Demand
from .own_blocks import OwnBlocks
from .plan_at_month import PlanAtMonth
from .verdict import LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE, LIMIT_BY_CODE, Status, Verdict

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
class Evaluation:
    """A moment of the plan in given block classes: what fills how far, and what is wrong with it."""

    plan: PlanAtMonth
    own_blocks: OwnBlocks

    @property
    def block_classes(self) -> tuple[BlockClass, ...]:
        """What there is to fill."""
        return self.own_blocks.block_classes

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
        return sum(
            self.own_blocks.needed_by(load, self.plan.open_block_classes) * load.nodes for load in self.plan.loads
        )

    @cached_property
    def blocks_per_typical_node(self) -> int:
        """Blocks that one node of a typical load needs; of several loads, of the neediest."""
        open_classes = self.plan.open_block_classes
        return max((self.own_blocks.needed_by(load, open_classes) for load in self.plan.typical_loads), default=0)

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

    def _some_node_gets_no_block(self) -> bool:
        """Whether a node gets no block in whatever order they come: even when all join before the first pod does."""
        loads_without_pods = [
            replace(load, demands=load.tunnel_demands, needs_block=True)
            for load in self.plan.loads
            if load.addresses or load.needs_block
        ]
        return bool(fill_blocks(self.block_classes, loads_without_pods).first_node_without_block)

    def _over_max_blocks(self) -> dict[str, object] | None:
        """Find the first load whose busiest node needs more blocks than it may hold."""
        load_and_blocks = self.fill_result.first_load_over_max_blocks
        for load in self.plan.loads:
            class_indices = {
                class_index for demand in load.demands if not demand.is_tunnel for class_index in demand.block_classes
            }
            blocks_needed = self.own_blocks.needed_by(load, class_indices, busiest=True) if load.nodes else 0
            if blocks_needed > load.max_blocks:
                load_and_blocks = load, blocks_needed
                break
        if load_and_blocks is None:
            return None
        load, blocks_needed = load_and_blocks
        first_pod_without_address = self.own_blocks.max_pods(load) + 1
        return {
            "need": blocks_needed,
            "cap": load.max_blocks,
            "first": first_pod_without_address,
            "group": load.name,
            "pods": load.pods_on_busiest_node,
        }


@dataclass(frozen=True, eq=False)
class PlanEvaluation:
    """A plan in given block classes, from its start to the end of its horizon.

    Each month and each choice of block classes is evaluated once, when it is first asked for.
    """

    demand: Demand
    block_classes: tuple[BlockClass, ...]
    _months: dict[int, PlanAtMonth] = field(default_factory=dict, repr=False)
    _evaluations: dict[int, Evaluation] = field(default_factory=dict, init=False, repr=False)
    _in_other_blocks: dict[tuple[BlockClass, ...], PlanEvaluation] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_demand(cls, demand: Demand) -> PlanEvaluation:
        """Evaluate what one IP version's pools have to carry."""
        return cls(demand, demand.supply.block_classes)

    @property
    def subject(self) -> str:
        """What findings are about: the IP version."""
        return f"IPv{self.demand.supply.version}"

    @property
    def start(self) -> Evaluation:
        """The evaluation today."""
        return self.at_month(0)

    @property
    def end(self) -> Evaluation:
        """The evaluation at the end of the horizon; that of today where nothing grows."""
        return self.at_month(self.demand.months)

    def at_month(self, month: int) -> Evaluation:
        """Return the evaluation after so many months."""
        if not self.demand.grows:
            month = 0
        if month not in self._evaluations:
            plan = self._months.setdefault(month, PlanAtMonth(self.demand, month))
            self._evaluations[month] = Evaluation(plan, self._own_blocks)
        return self._evaluations[month]

    @cached_property
    def _own_blocks(self) -> OwnBlocks:
        return OwnBlocks(self.block_classes)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the plan holds, and what binds first."""
        return decide_verdict(self)

    @cached_property
    def of_served_nodes(self) -> PlanEvaluation:
        """The plan of those nodes only that the pools serve, or that hold an address in them."""
        demand = self.demand.without_unserved_nodes()
        return self if demand is self.demand else PlanEvaluation(demand, self.block_classes)

    def in_blocks(self, block_classes: tuple[BlockClass, ...]) -> PlanEvaluation:
        """Return the plan in other block classes of the same pools."""
        if block_classes == self.block_classes:
            return self
        if block_classes not in self._in_other_blocks:
            self._in_other_blocks[block_classes] = PlanEvaluation(self.demand, block_classes, self._months)
        return self._in_other_blocks[block_classes]


def decide_verdict(plan: PlanEvaluation) -> Verdict:
    """Judge a plan from its start to the end of its horizon."""
    start, end, subject = plan.start, plan.end, plan.subject
    if start.problem:
        status, code, params = start.problem
        return Verdict(status, code, LIMIT_BY_CODE[code], subject, params)
    if end.problem:
        month, (_, code, params) = _first_problem(plan, end.problem)
        params = params | {"month": month, "today": start.fill_result.nodes}
        if code not in _CODE_AFTER_GROWTH:  # a group that starts empty and cannot be served at all
            return Verdict(Status.FAILS, code, LIMIT_BY_CODE[code], subject, params)
        return Verdict(Status.TIGHT, _CODE_AFTER_GROWTH[code], LIMIT_BY_CODE[code], subject, params)
    if not end.fill_result.nodes:
        return Verdict(Status.IDLE, "plan-empty", LIMIT_BLOCKS, subject, {"most": start.nodes_fit})
    blocks_per_node = end.own_blocks.needed_by(end.plan.typical_load, end.plan.open_block_classes)
    params = {
        "nodes": end.fill_result.nodes,
        "most": end.nodes_fit,
        "months": end.plan.month,
    }
    if plan.demand.existing.pods_known:
        params["pods"] = end.fill_result.pods
    if end.spare_blocks < blocks_per_node:
        return Verdict(
            Status.TIGHT,
            "no-spare",
            LIMIT_BLOCKS,
            subject,
            params | {"spare": end.spare_blocks, "one": blocks_per_node},
        )
    code = "holds-growing" if end.plan.month else "holds"
    if "pods" not in params:
        code = "holds-blocks"
    return Verdict(Status.FITS, code, _limit_that_binds_next(end), subject, params)


def _limit_that_binds_next(evaluation: Evaluation) -> str:
    """Say what would bind first if everything grew alike: blocks for more nodes, or the cap for more pods on one."""
    for load in evaluation.plan.loads:
        if (
            load.nodes
            and evaluation.own_blocks.max_pods(load) * evaluation.fill_result.nodes
            < evaluation.nodes_fit * load.pods_on_busiest_node
        ):
            return LIMIT_BLOCKS_PER_NODE
    return LIMIT_BLOCKS


def _first_problem(plan: PlanEvaluation, last_problem: Problem) -> tuple[int, Problem]:
    """Find the first month that has a problem; `last_problem` is that of the last month."""
    last_good_month, first_bad_month = 0, plan.demand.months
    while first_bad_month - last_good_month > 1:
        middle = (last_good_month + first_bad_month) // 2
        if problem := plan.at_month(middle).problem:
            first_bad_month, last_problem = middle, problem
        else:
            last_good_month = middle
    return first_bad_month, last_problem
