"""What the planner's fields edit: one pool and one group of nodes of a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from ..calico.limits import DEFAULT_BLOCK_SIZE, allowed_block_sizes
from ..cidr import Cidr
from ..model import IPPool, IPReservation, NodeGroup, Scenario
from ..model.scenario_edits import nodes_as_group, with_pool, with_single_group

_RESERVATION_NAME = "planned"


@dataclass(frozen=True)
class EditorState:
    """A scenario, and which of its pools and groups the fields show; each edit returns another state."""

    scenario: Scenario
    pool_name: str = ""
    group_name: str = ""  # empty: all nodes together
    today: date = field(default_factory=date.today)  # months count from it

    @property
    def pool(self) -> IPPool | None:
        """The pool that the fields show; the first where the one chosen is gone."""
        pools = self.scenario.cluster.pools
        return next((pool for pool in pools if pool.name == self.pool_name), pools[0] if pools else None)

    @cached_property
    def group(self) -> NodeGroup:
        """The group that the fields show, or all nodes summed up."""
        groups = self.scenario.plan.groups
        return next((group for group in groups if group.name == self.group_name), None) or nodes_as_group(self.scenario)

    def with_pool(self, **changes: Any) -> EditorState:
        """Change the pool shown."""
        pool = self.pool
        if pool is None:
            return self
        edited = replace(self, scenario=with_pool(self.scenario, pool.name, **changes))
        return replace(edited, pool_name=changes.get("name", pool.name))

    def with_cidr(self, cidr: Cidr) -> EditorState:
        """Give the pool another range: a blockSize that does not fit it moves to the nearest that does."""
        pool = self.pool
        if pool is None:
            return self
        smallest = allowed_block_sizes(cidr.version, cidr.prefix).start
        if cidr.version == pool.version:
            return self.with_pool(cidr=cidr, block_size=max(pool.block_size, smallest))
        block_size = max(DEFAULT_BLOCK_SIZE[cidr.version], smallest)
        return self.with_pool(cidr=cidr, block_size=block_size, ipip_mode="Never")

    def with_group(self, **changes: Any) -> EditorState:
        """Change the group shown; all nodes together become one planned group."""
        groups = self.scenario.plan.groups
        if all(group.name != self.group_name for group in groups):
            return replace(self, scenario=with_single_group(self.scenario, **changes))
        edited_groups = tuple(replace(group, **changes) if group.name == self.group_name else group for group in groups)
        return self._with_groups(edited_groups, changes.get("name", self.group_name))

    def with_ipam(self, **changes: Any) -> EditorState:
        """Change Calico's IPAM configuration."""
        return self._with_cluster(ipam=replace(self.scenario.cluster.ipam, **changes))

    def with_networks(self, **changes: Any) -> EditorState:
        """Change the networks around the pools."""
        return replace(self, scenario=replace(self.scenario, networks=replace(self.scenario.networks, **changes)))

    def with_plan(self, **changes: Any) -> EditorState:
        """Change the plan as a whole."""
        return replace(self, scenario=replace(self.scenario, plan=replace(self.scenario.plan, **changes)))

    def with_reserved(self, cidrs: tuple[Cidr, ...]) -> EditorState:
        """Replace all reservations by one of these ranges."""
        return self._with_cluster(
            reservations=(IPReservation(name=_RESERVATION_NAME, reserved_cidrs=cidrs),) if cidrs else ()
        )

    def add_pool(self) -> EditorState:
        """Add a pool like the one shown, in the range behind the last of its family."""
        pools = self.scenario.cluster.pools
        template = self.pool or IPPool(name="pool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always")
        new_pool = template
        if pools:
            cidr = _next_range(template.cidr, [pool.cidr for pool in pools])
            new_pool = replace(template, name=_unused_name("pool", (pool.name for pool in pools)), cidr=cidr)
        return replace(self._with_cluster(pools=(*pools, new_pool)), pool_name=new_pool.name)

    def remove_pool(self) -> EditorState:
        """Remove the pool."""
        remaining_pools = tuple(pool for pool in self.scenario.cluster.pools if pool is not self.pool)
        return self._with_cluster(pools=remaining_pools)

    def add_group(self) -> EditorState:
        """Add a group of nodes to the plan."""
        groups = self.scenario.plan.groups
        new_group = NodeGroup(name=_unused_name("group", (group.name for group in groups)), nodes=1, pods_per_node=30)
        return self._with_groups((*groups, new_group), new_group.name)

    def remove_group(self) -> EditorState:
        """Remove the group."""
        return self._with_groups(
            tuple(group for group in self.scenario.plan.groups if group.name != self.group_name), ""
        )

    def _with_cluster(self, **changes: Any) -> EditorState:
        return replace(self, scenario=replace(self.scenario, cluster=replace(self.scenario.cluster, **changes)))

    def _with_groups(self, groups: tuple[NodeGroup, ...], group_name: str) -> EditorState:
        return replace(self.with_plan(groups=groups), group_name=group_name)


def _unused_name(prefix: str, names: Iterable[str]) -> str:
    used_names = set(names)
    return next(name for number in range(2, len(used_names) + 3) if (name := f"{prefix}-{number}") not in used_names)


def _next_range(template: Cidr, used_cidrs: list[Cidr]) -> Cidr:
    """Return the range of the same size behind all those in use; the same where there is no room."""
    last_address = max((cidr.last for cidr in used_cidrs if cidr.version == template.version), default=template.last)
    first_address = -(-(last_address + 1) // template.size) * template.size
    return (
        Cidr(template.version, first_address, template.prefix)
        if first_address + template.size <= 1 << template.bits
        else template
    )
