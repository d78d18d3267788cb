"""Requirements to what each set of pools needs: groups that share pools, by family, after growth."""

from __future__ import annotations

from dataclasses import dataclass

from ..calico.limits import DEFAULT_MAX_BLOCKS_PER_HOST, WINDOWS_MAX_BLOCKS_PER_HOST, WINDOWS_RESERVED_PER_BLOCK
from ..cidr import IPVersion
from ..model import GroupRequirement, Requirements
from .search import Need, NodeKind


@dataclass(frozen=True, slots=True)
class PoolSet:
    """Groups that share pools; `name` is what they write for it, empty for those that write nothing."""

    name: str
    groups: tuple[GroupRequirement, ...]

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name or "+".join(group.name for group in self.groups)


def pool_sets(requirements: Requirements) -> list[PoolSet]:
    """Return the sets of groups that share pools, in the order in which they are first named."""
    names = dict.fromkeys(group.pools for group in requirements.groups)
    return [PoolSet(name, tuple(group for group in requirements.groups if group.pools == name)) for name in names]


def families(requirements: Requirements) -> tuple[IPVersion, ...]:
    """Return the address families that are wanted."""
    return (4, 6) if requirements.family == "dual" else (requirements.family,)


def groups_of(pool_set: PoolSet, version: IPVersion) -> tuple[GroupRequirement, ...]:
    """Return the groups that draw addresses of a family: Windows nodes have no IPv6."""
    return tuple(group for group in pool_set.groups if version == 4 or group.os != "windows")


def need_of(requirements: Requirements, pool_set: PoolSet, version: IPVersion, months: int) -> Need | None:
    """Return what pools of a family must do for a set of groups; None where none of them draws from it."""
    tunnel_addresses = requirements.encapsulation != "none"
    kinds = tuple(
        NodeKind(
            nodes=group.nodes_after(months),
            addresses=group.pods_after(months) + tunnel_addresses,
            max_blocks=_cap(requirements, group),
            reserved_per_block=WINDOWS_RESERVED_PER_BLOCK if group.os == "windows" else 0,
        )
        for group in groups_of(pool_set, version)
    )
    if not kinds:
        return None
    return Need(kinds, requirements.racks, requirements.headroom, requirements.max_routes)


def _cap(requirements: Requirements, group: GroupRequirement) -> int:
    own_cap = group.max_blocks or (WINDOWS_MAX_BLOCKS_PER_HOST if group.os == "windows" else 0)
    return min(filter(None, (own_cap, requirements.max_blocks_per_host)), default=DEFAULT_MAX_BLOCKS_PER_HOST)
