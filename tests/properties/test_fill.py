"""The bulk arithmetic against a plain simulation that places one address after another."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ippoolkit.capacity.block_filling import (
    AddressDemand,
    BlockClass,
    NodeLoad,
    count_further_nodes,
    fill_blocks,
    max_pods_on_own_blocks,
)
from ippoolkit.capacity.block_size_table import max_pods_spread_evenly
from ippoolkit.capacity.demand import Demand, NodeGroupDemand
from ippoolkit.capacity.evaluation import Evaluation
from ippoolkit.capacity.existing_nodes import ExistingNodes
from ippoolkit.capacity.own_blocks import OwnBlocks
from ippoolkit.capacity.plan_at_month import PlanAtMonth
from ippoolkit.capacity.supply import Supply


@dataclass
class Plain:
    """Nodes claim blocks and take addresses one at a time, by Calico's order: own, new, borrowed."""

    block_classes: list
    strict: bool
    claimed: list = field(default_factory=list)
    used: list = field(default_factory=list)
    slack: list = field(default_factory=list)  # of nodes that came before
    borrowed: int = 0
    lost: list = field(default_factory=list)  # (node, is it a tunnel, number of the pod)
    without: list = field(default_factory=list)
    short: list = field(default_factory=list)
    nodes: int = 0
    pods: int = 0

    def __post_init__(self):
        self.claimed = [0] * len(self.block_classes)
        self.used = [0] * len(self.block_classes)
        self.slack = [0] * len(self.block_classes)

    def join(self, load):
        self.nodes += 1
        own = dict.fromkeys(range(len(self.block_classes)), 0)
        before = sum(self.claimed)
        covered, pod = True, 0
        missing = []
        for request in load.demands:
            for _ in range(request.count):
                pod += not request.is_tunnel
                if self.own_or_new(request, own, load.reserved_per_block):
                    continue
                covered = False
                missing.append((request, pod))
        if sum(self.claimed) == before and not missing and load.needs_block:
            for block_class in load.pod_block_classes:
                if (
                    self.claimed[block_class] < self.block_classes[block_class].blocks
                    and self.block_classes[block_class].usable_addresses > load.reserved_per_block
                ):
                    self.claimed[block_class] += 1
                    own[block_class] += self.block_classes[block_class].usable_addresses - load.reserved_per_block
                    break
            else:
                covered = False
        if sum(self.claimed) == before and (missing or load.needs_block):
            self.without.append(self.nodes)
        if not covered:
            self.short.append(self.nodes)
        lost_pods = 0
        for request, _ in missing:
            for block_class in () if self.strict or load.reserved_per_block else request.block_classes:
                if self.slack[block_class]:
                    self.slack[block_class] -= 1
                    self.used[block_class] += 1
                    self.borrowed += 1
                    break
            else:
                lost_pods += not request.is_tunnel
                self.lost.append((self.nodes, request.is_tunnel))
        if lost_pods and not getattr(self, "first_pod", None):
            self.first_pod = self.pods + load.pods - lost_pods + 1
        for block_class, free in own.items():
            self.slack[block_class] += free
        self.pods += load.pods

    def own_or_new(self, request, own, kept_back):
        for block_class in request.block_classes:
            if own[block_class]:
                own[block_class] -= 1
                self.used[block_class] += 1
                return True
        for block_class in request.block_classes:
            usable = self.block_classes[block_class].usable_addresses - kept_back
            if usable > 0 and self.claimed[block_class] < self.block_classes[block_class].blocks:
                self.claimed[block_class] += 1
                own[block_class] += usable - 1
                self.used[block_class] += 1
                return True
        return False


@st.composite
def designs(draw):
    block_classes = draw(
        st.lists(st.builds(BlockClass, st.integers(0, 9), st.sampled_from([1, 2, 4, 8, 16])), min_size=1, max_size=3)
    )
    some = st.lists(st.sampled_from(range(len(block_classes))), unique=True, max_size=3).map(lambda r: tuple(sorted(r)))

    @st.composite
    def loads(draw):
        pods, pod_classes = draw(st.integers(0, 20)), draw(some)
        tunnels = [AddressDemand(1, draw(some), is_tunnel=True) for _ in range(draw(st.integers(0, 2)))]
        return NodeLoad(
            "",
            draw(st.integers(0, 7)),
            pods,
            pods,
            (*tunnels, AddressDemand(pods, pod_classes)),
            pod_classes,
            max_blocks=20,
            reserved_per_block=draw(st.sampled_from([0, 0, 0, 4])),
            needs_block=draw(st.booleans()),
        )

    return block_classes, draw(st.lists(loads(), max_size=4)), draw(st.booleans())


@given(designs())
def test_filling_in_bulk_is_filling_one_by_one(design):
    block_classes, loads, strict = design
    plain = Plain(block_classes, strict)
    for load in loads:
        for _ in range(load.nodes):
            plain.join(load)
    bulk = fill_blocks(block_classes, loads, strict_affinity=strict)
    assert bulk.claimed_blocks == plain.claimed
    assert bulk.used_addresses == plain.used
    assert bulk.free_in_claimed_blocks == plain.slack
    assert bulk.borrowed_addresses == plain.borrowed
    assert bulk.nodes == plain.nodes
    assert bulk.pods == plain.pods
    assert bulk.nodes_without_block == len(plain.without)
    assert bulk.first_node_without_block == min(plain.without, default=0)
    assert bulk.first_node_short_of_blocks == min(plain.short, default=0)
    assert bulk.pods_without_address == sum(not tunnel for _, tunnel in plain.lost)
    assert bulk.tunnels_without_address == sum(tunnel for _, tunnel in plain.lost)
    assert bulk.first_pod_without_address == getattr(plain, "first_pod", 0)
    assert bulk.routes == sum(plain.claimed) + plain.borrowed


@given(designs())
def test_no_address_is_given_twice_and_none_is_made_up(design):
    block_classes, loads, strict = design
    filled = fill_blocks(block_classes, loads, strict_affinity=strict)
    for block_class, claimed, used, slack in zip(
        block_classes, filled.claimed_blocks, filled.used_addresses, filled.free_in_claimed_blocks, strict=True
    ):
        assert 0 <= claimed <= block_class.blocks
        assert slack >= 0
        assert used + slack <= claimed * block_class.usable_addresses
    wanted = sum(request.count * load.nodes for load in loads for request in load.demands)
    assert sum(filled.used_addresses) + filled.pods_without_address + filled.tunnels_without_address == wanted
    if strict:
        assert filled.borrowed_addresses == 0


@given(designs())
def test_further_nodes_are_those_that_a_fill_would_still_serve(design):
    block_classes, loads, strict = design
    if not loads or not any(request.count for request in loads[0].demands):
        return
    filled = fill_blocks(block_classes, [], strict_affinity=strict)
    more = count_further_nodes(filled, block_classes, loads[0])
    many = fill_blocks(block_classes, [NodeLoad(**{**_fields(loads[0]), "nodes": more + 1})], strict_affinity=strict)
    assert many.first_node_short_of_blocks == more + 1


@given(designs())
def test_the_ceiling_is_the_last_number_of_pods_that_one_node_holds_alone(design):
    block_classes, loads, _ = design
    for load in loads:
        tunnels = [request for request in load.demands if request.is_tunnel]
        most = max_pods_on_own_blocks(block_classes, load)
        plain = Plain(block_classes, strict=True)
        lone = NodeLoad(
            **{**_fields(load), "demands": (*tunnels, AddressDemand(most, load.pod_block_classes)), "pods": most}
        )
        plain.join(lone)
        assert not [tunnel for _, tunnel in plain.lost if not tunnel]
        assert (
            sum(plain.claimed[block_class] for block_class in load.pod_block_classes) <= max(load.max_blocks, 1)
            or not most
        )


def _fields(load):
    return {name: getattr(load, name) for name in load.__slots__}


@given(
    st.integers(0, 400), st.sampled_from([1, 2, 4, 16, 64]), st.integers(1, 60), st.integers(0, 2), st.integers(1, 30)
)
def test_even_pods_of_alike_nodes_are_what_a_search_finds(blocks, size, nodes, tunnels, cap):
    """The plain division against trying every number."""
    requests = (*(AddressDemand(1, (0,), is_tunnel=True) for _ in range(tunnels)), AddressDemand(0, (0,)))
    load = NodeLoad("", nodes, 0, 0, requests, (0,), max_blocks=cap)
    block_classes = (BlockClass(blocks, size),)
    supply = Supply(4, (), block_classes, ((0,),), strict_affinity=False, auto_allocate_blocks=True)
    demand = Demand(supply, ExistingNodes(), (NodeGroupDemand(load, 110),), 0)
    state = Evaluation(PlanAtMonth(demand), OwnBlocks(block_classes))
    for strict in (False, True):
        best = 0
        for pods in range(max_pods_on_own_blocks(block_classes, load) + 1):
            even = NodeLoad(**{**_fields(load), "pods": pods, "demands": (*requests[:-1], AddressDemand(pods, (0,)))})
            filled = fill_blocks(block_classes, [even], strict_affinity=strict)
            if not (
                filled.pods_without_address
                or filled.tunnels_without_address
                or (strict and filled.first_node_without_block)
            ):
                best = pods
        assert max_pods_spread_evenly(state, strict_affinity=strict) == best * nodes
