"""What the planner edits: one pool and one group of nodes of a scenario, and what a new value makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..cidr import Cidr
from ..limits import DEFAULT_BLOCK_SIZE
from ..limits import block_sizes as allowed_sizes
from ..model import IPPool, IPReservation, Mode, NodeGroup, Scenario
from ..model.editing import as_group, with_group, with_pool

ENCAPSULATIONS: dict[str, tuple[Mode, Mode]] = {
    "None": ("Never", "Never"),
    "VXLAN Always": ("Never", "Always"),
    "VXLAN CrossSubnet": ("Never", "CrossSubnet"),
    "IPIP Always": ("Always", "Never"),
    "IPIP CrossSubnet": ("CrossSubnet", "Never"),
}
_RESERVED = "planned"


@dataclass(frozen=True)
class Desk:
    """A scenario, and which of its pools and groups the fields show; each edit returns another desk."""

    scenario: Scenario
    pool_name: str = ""
    group_name: str = ""  # empty: all nodes together

    @property
    def pool(self) -> IPPool | None:
        """The pool that the fields show; the first where the one chosen is gone."""
        pools = self.scenario.cluster.pools
        return next((pool for pool in pools if pool.name == self.pool_name), pools[0] if pools else None)

    @cached_property
    def group(self) -> NodeGroup:
        """The group that the fields show, or all nodes summed up."""
        groups = self.scenario.plan.groups
        return next((group for group in groups if group.name == self.group_name), None) or as_group(self.scenario)

    def with_pool(self, **changes: Any) -> Desk:
        """Change the pool shown."""
        pool = self.pool
        if pool is None:
            return self
        made = replace(self, scenario=with_pool(self.scenario, pool.name, **changes))
        return replace(made, pool_name=changes.get("name", pool.name))

    def with_cidr(self, cidr: Cidr) -> Desk:
        """Give the pool another range: a blockSize that does not fit it moves to the nearest that does."""
        pool = self.pool
        if pool is None:
            return self
        least = allowed_sizes(cidr.version, cidr.prefix).start
        if cidr.version == pool.version:
            return self.with_pool(cidr=cidr, block_size=max(pool.block_size, least))
        size = max(DEFAULT_BLOCK_SIZE[cidr.version], least)
        return self.with_pool(cidr=cidr, block_size=size, ipip_mode="Never")

    def with_group(self, **changes: Any) -> Desk:
        """Change the group shown; all nodes together become one planned group."""
        groups = self.scenario.plan.groups
        if all(group.name != self.group_name for group in groups):
            return replace(self, scenario=with_group(self.scenario, **changes))
        made = tuple(replace(group, **changes) if group.name == self.group_name else group for group in groups)
        return self._planned(made, changes.get("name", self.group_name))

    def with_ipam(self, **changes: Any) -> Desk:
        """Change Calico's IPAM configuration."""
        return self._cluster(ipam=replace(self.scenario.cluster.ipam, **changes))

    def with_networks(self, **changes: Any) -> Desk:
        """Change the networks around the pools."""
        return replace(self, scenario=replace(self.scenario, networks=replace(self.scenario.networks, **changes)))

    def with_plan(self, **changes: Any) -> Desk:
        """Change the plan as a whole."""
        return replace(self, scenario=replace(self.scenario, plan=replace(self.scenario.plan, **changes)))

    def with_reserved(self, cidrs: tuple[Cidr, ...]) -> Desk:
        """Put one reservation in the place of all."""
        return self._cluster(reservations=(IPReservation(name=_RESERVED, reserved_cidrs=cidrs),) if cidrs else ())

    def add_pool(self) -> Desk:
        """Add a pool like the one shown, in the range behind the last of its family."""
        pools = self.scenario.cluster.pools
        like = self.pool or IPPool(name="pool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always")
        added = like
        if pools:
            cidr = _behind(like.cidr, [pool.cidr for pool in pools])
            added = replace(like, name=_unused("pool", (pool.name for pool in pools)), cidr=cidr)
        return replace(self._cluster(pools=(*pools, added)), pool_name=added.name)

    def remove_pool(self) -> Desk:
        """Take the pool away."""
        left = tuple(pool for pool in self.scenario.cluster.pools if pool is not self.pool)
        return self._cluster(pools=left)

    def add_group(self) -> Desk:
        """Add a group of nodes to the plan."""
        groups = self.scenario.plan.groups
        added = NodeGroup(name=_unused("group", (group.name for group in groups)), nodes=1, pods_per_node=30)
        return self._planned((*groups, added), added.name)

    def remove_group(self) -> Desk:
        """Take the group away."""
        return self._planned(tuple(g for g in self.scenario.plan.groups if g.name != self.group_name), "")

    def _cluster(self, **changes: Any) -> Desk:
        return replace(self, scenario=replace(self.scenario, cluster=replace(self.scenario.cluster, **changes)))

    def _planned(self, groups: tuple[NodeGroup, ...], shown: str) -> Desk:
        return replace(self.with_plan(groups=groups), group_name=shown)


def _unused(stem: str, names: Iterable[str]) -> str:
    taken = set(names)
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def _behind(like: Cidr, taken: list[Cidr]) -> Cidr:
    """Return the next range of the same size that overlaps none of those taken; the same where there is none."""
    last = max((cidr.last for cidr in taken if cidr.version == like.version), default=like.last)
    first = -(-(last + 1) // like.size) * like.size
    return Cidr(like.version, first, like.prefix) if first + like.size <= 1 << like.bits else like
