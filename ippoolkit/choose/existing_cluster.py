"""A cluster that exists: whether a second pool, a new blockSize or a new range is cheapest to make it hold.

Each option is judged as a whole by the capacity tables. What it costs is counted on the cluster as read: the pods
that must be recreated, and the blocks that nodes give up meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Any

from ..address_space import AddressSpace
from ..calico.limits import allowed_block_sizes
from ..capacity.plans_by_pools import PlansByPools
from ..capacity.verdict import Status
from ..cidr import Cidr, IPVersion
from ..model import IPPool, NodeGroup, Requirements, Scenario
from .recommendation import Recommendation, space_to_search
from .search import PREFIXES

_Usage = tuple[int | None, int | None]  # pods with an address in a pool, and its blocks in use; None: not read
KEEP, SECOND_POOL, BLOCK_SIZE, MIGRATE = "keep", "second-pool", "block-size", "migrate"


@dataclass(frozen=True, slots=True)
class ChangeOption:
    """One option to make a cluster hold what is asked: what changes, and what that costs.

    `blocks_released` are blocks that nodes give up meanwhile, `pods_recreated` pods that get another address, twice
    where they move away and back; None: not read, or nothing of this kind holds. `routes` are those announced in the
    end; `addresses` those of a new pool. `command` writes the procedure.
    """

    kind: str
    pool: str
    holds: bool
    blocks_released: int | None = None
    pods_recreated: int | None = None
    routes: int | None = None
    addresses: int = 0
    cidr: Cidr | None = None
    block_size: int = 0
    command: tuple[str, ...] = ()

    @property
    def cost(self) -> tuple[bool, int, int, int, int]:
        """Sort key: what holds first, then fewest pods, blocks, routes and addresses; what is not known counts most."""
        pods, blocks, routes = (
            sys.maxsize if count is None else count
            for count in (self.pods_recreated, self.blocks_released, self.routes)
        )
        return not self.holds, pods, blocks, routes, self.addresses


def change_options(
    recommendation: Recommendation, cluster_arguments: Sequence[str] = ("--cluster", "FILES")
) -> list[ChangeOption]:
    """Return the options for each family of a cluster, cheapest first.

    Parameters
    ----------
    recommendation
        What was asked for, and the cluster it was asked for.
    cluster_arguments
        How the command line names the cluster, for the commands of the options.
    """
    scenario, requirements = recommendation.scenario, recommendation.requirements
    plans = PlansByPools(_planned_scenario(scenario, requirements, recommendation.months))
    options: list[ChangeOption] = []
    for version in (4, 6):
        pools = [pool for pool in scenario.cluster.pools if pool.version == version and pool.serves("Workload")]
        if pools:
            pool = max(pools, key=lambda pool: (_pool_usage(scenario, pool)[0] or 0, pool.cidr.size, pool.name))
            sizes = [
                (design.prefix, design.block_size)
                for designs, design in recommendation.listed()
                if designs.family == version
            ]
            address_space = space_to_search(requirements, scenario, version)
            options += _options(_Evaluator(plans, requirements, version), scenario, pool, address_space, sizes)
    commanded = [
        replace(option, command=(*option.command, *cluster_arguments)) if option.command else option
        for option in options
    ]
    return sorted(commanded, key=lambda option: option.cost)


@dataclass(frozen=True, slots=True)
class _Evaluator:
    """The plan that has to hold, and what counts as holding."""

    plans: PlansByPools
    requirements: Requirements
    version: IPVersion

    def pools(self, changed_pool: str = "", **changes: Any) -> list[IPPool]:
        """Return the cluster's pools of the IP version, one of them with other fields."""
        return [
            replace(pool, **changes) if pool.name == changed_pool else pool
            for pool in self.plans.scenario.cluster.pools
            if pool.version == self.version
        ]

    def evaluate(self, pools: Sequence[IPPool]) -> tuple[bool, int]:
        """Say whether the plan holds on these pools, and how many routes it announces."""
        plan = self.plans.on_pools(pools)
        verdict, routes = plan.verdict, plan.end.fill_result.routes
        holds = verdict.status is Status.FITS or verdict.code == "no-spare"
        limit = self.requirements.max_routes
        return holds and (limit is None or routes <= limit), routes


def _options(
    evaluator: _Evaluator,
    scenario: Scenario,
    pool: IPPool,
    address_space: AddressSpace,
    designs: list[tuple[int, int]],
) -> Iterator[ChangeOption]:
    """Yield an option of each kind; one that does not hold where nothing of the kind does."""
    holds, routes = evaluator.evaluate(evaluator.pools())
    yield ChangeOption(KEEP, pool.name, holds, 0, 0, routes)
    if holds:
        return
    usage = _pool_usage(scenario, pool)
    yield _new_block_size(evaluator, pool, usage) or ChangeOption(BLOCK_SIZE, pool.name, holds=False)
    yield _added_pool(evaluator, pool, address_space) or ChangeOption(SECOND_POOL, pool.name, holds=False)
    yield _move(evaluator, pool, usage, address_space, designs) or ChangeOption(MIGRATE, pool.name, holds=False)


def _new_block_size(evaluator: _Evaluator, pool: IPPool, usage: _Usage) -> ChangeOption | None:
    """Return the nearest blockSize that holds; its pods move to a temporary pool, and back."""
    pods, blocks = usage
    sizes = allowed_block_sizes(pool.version, pool.cidr.prefix)
    for size in sorted(sizes, key=lambda size: abs(size - pool.block_size)):
        if size == pool.block_size:
            continue
        holds, routes = evaluator.evaluate(evaluator.pools(pool.name, block_size=size))
        if holds:
            command = ("runbook", "block-size", "--pool", pool.name, "--to", str(size))
            recreated = None if pods is None else 2 * pods
            return ChangeOption(BLOCK_SIZE, pool.name, holds, blocks, recreated, routes, 0, None, size, command)
    return None


def _added_pool(evaluator: _Evaluator, pool: IPPool, address_space: AddressSpace) -> ChangeOption | None:
    """Return the smallest pool that holds beside the one there is."""
    for prefix in range(pool.block_size, PREFIXES[pool.version].start - 1, -1):
        offers = address_space.best_fit(prefix, 1, pool.version)
        if not offers:
            return None
        added_pool = _second_pool(pool, offers[0], pool.block_size)
        holds, routes = evaluator.evaluate([*evaluator.pools(), added_pool])
        if holds:
            command = ("runbook", "grow", "--pool", pool.name, "--to-cidr", str(offers[0]))
            return ChangeOption(
                SECOND_POOL, pool.name, holds, 0, 0, routes, offers[0].size, offers[0], pool.block_size, command
            )
    return None


def _move(
    evaluator: _Evaluator,
    pool: IPPool,
    usage: _Usage,
    address_space: AddressSpace,
    designs: list[tuple[int, int]],
) -> ChangeOption | None:
    """Return the first design that holds in the place of the pool."""
    pods, blocks = usage
    for prefix, size in designs:
        offers = address_space.best_fit(prefix, 1, pool.version)
        if not offers:
            continue
        new_pool = _second_pool(pool, offers[0], size)
        holds, routes = evaluator.evaluate([*evaluator.pools(pool.name, disabled=True), new_pool])
        if holds:
            move = ("runbook", "migrate", "--from", pool.name, "--to-cidr", str(offers[0]), "--block-size", str(size))
            return ChangeOption(MIGRATE, pool.name, holds, blocks, pods, routes, offers[0].size, offers[0], size, move)
    return None


def _second_pool(pool: IPPool, cidr: Cidr, block_size: int) -> IPPool:
    return replace(pool, name=f"{pool.object_name}-2", cidr=cidr, block_size=block_size, disabled=False)


def _pool_usage(scenario: Scenario, pool: IPPool) -> _Usage:
    """Return the pods with an address in the pool, and its blocks in use; None: they were not read."""
    cluster = scenario.cluster
    blocks = [block for block in cluster.blocks if block.cidr in pool.cidr]
    if blocks and not cluster.pods:
        allocated_to_pods = sum(bool(allocation.pod) for block in blocks for allocation in block.allocations)
        return allocated_to_pods, len(blocks)
    if not cluster.pods and "Pod" in cluster.unknown:
        return None, None if "IPAMBlock" in cluster.unknown else 0
    pods = {
        (pod.namespace, pod.name)
        for pod in cluster.pods
        if not pod.host_network and any(address in pool.cidr for address in pod.addresses)
    }
    if blocks:
        return len(pods), len(blocks)
    addresses = {address for pod in cluster.pods for address in pod.addresses if address in pool.cidr}
    addresses |= {tunnel.address for node in cluster.nodes for tunnel in node.tunnels if tunnel.address in pool.cidr}
    return len(pods), len({pool.cidr.subnet_index_of(address, pool.block_size) for address in addresses})


def _planned_scenario(scenario: Scenario, requirements: Requirements, months: int) -> Scenario:
    """Return the cluster's pools under the nodes that are asked for, with headroom.

    Nodes that the same pools select are taken together, and grow in proportion.
    """
    labels_by_pools: dict[tuple[bool, ...], list[dict[str, str]]] = {}
    for node in scenario.cluster.nodes:
        selected = tuple(pool.selects_node(node.labels) for pool in scenario.cluster.pools)
        labels_by_pools.setdefault((*selected, node.windows), []).append(dict(node.labels))
    existing_nodes = len(scenario.cluster.nodes)
    groups = []
    for group in requirements.groups:
        nodes_with_headroom = ceil(Fraction(group.nodes_after(months) * (100 + requirements.headroom), 100))
        node_labels = (
            list(labels_by_pools.values())
            if existing_nodes and len(requirements.groups) == 1
            else [[dict(group.labels)]]
        )
        for number, labels in enumerate(node_labels, 1):
            nodes = (
                ceil(Fraction(nodes_with_headroom * len(labels), existing_nodes))
                if len(node_labels) > 1
                else nodes_with_headroom
            )
            groups.append(
                NodeGroup(
                    name=f"{group.name}-{number}" if len(node_labels) > 1 else group.name,
                    nodes=nodes,
                    pods_per_node=group.pods_after(months),
                    os=group.os,
                    max_blocks=group.max_blocks,
                    labels=labels[0],
                )
            )
    cluster = replace(scenario.cluster, nodes=(), namespaces=(), pods=(), blocks=())
    return replace(scenario, cluster=cluster, plan=replace(scenario.plan, months=0, groups=tuple(groups)))
