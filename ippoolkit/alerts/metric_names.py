"""Metric names of kube-controllers by Calico release.

Metrics by pool and node came with v3.23 (https://github.com/projectcalico/calico/pull/5706); before, from v3.18 on,
they were by node only: https://docs.tigera.io/archive/v3.19/reference/kube-controllers/prometheus. That page calls
borrowed addresses ``ipam_borrowed_allocations_per_node``; the code registers ``ipam_allocations_borrowed_per_node``
(kube-controllers/pkg/controllers/node/ipam.go), which newer releases still export beside the metrics by pool.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError
from ..findings import Finding, Place
from ..yaml_scalars import is_digits
from .watched import WatchedPools

BY_POOL_SINCE = (3, 23)
FIRST = (3, 18)


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the metrics of a release are called; empty where there is none."""

    in_use: str
    blocks: str
    borrowed: str
    leaks: str
    by_pool: bool

    def selector(self, watched: WatchedPools) -> str:
        """Return the label matcher of pools, with braces; empty for releases that do not tell pools apart."""
        if not self.by_pool:
            return ""
        if len(watched.pools) == 1:
            return f'{{ippool="{watched.pools[0]}"}}'
        names = "|".join(name.replace(".", "\\\\.") for name in watched.pools)
        return f'{{ippool=~"{names}"}}'  # names of pools are DNS names: the dot is all that a pattern would take wrong


NEWER = Metrics(
    "ipam_allocations_in_use",
    "ipam_blocks",
    "ipam_allocations_borrowed",
    "ipam_allocations_gc_candidates",
    by_pool=True,
)
OLDER = Metrics(
    "ipam_allocations_per_node", "ipam_blocks_per_node", "ipam_allocations_borrowed_per_node", "", by_pool=False
)


def metrics_of(release: str, pools: int) -> Metrics:
    """Return the metrics of a Calico release such as ``v3.29.7``; the newest where it is empty.

    Raises
    ------
    InputError
        Where it is not a release, has no metrics, or does not tell these pools apart.
    """
    if not release:
        return NEWER
    place = Place("--calico")
    parts = release.removeprefix("v").split(".")
    if len(parts) < 2 or not all(map(is_digits, parts[:2])):
        raise InputError([Finding("alerts-release", params={"value": release}, place=place)])
    version = int(parts[0]), int(parts[1])
    if version >= BY_POOL_SINCE:
        return NEWER
    if version < FIRST:
        raise InputError([Finding("alerts-no-metrics", params={"value": release}, place=place)])
    if pools > 1:
        raise InputError([Finding("alerts-pools-unknown", params={"value": release, "count": pools}, place=place)])
    return OLDER
