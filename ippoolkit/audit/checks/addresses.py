"""Checks on addresses: leaked, used without being allocated, used twice, resting, kept; and their handles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...cidr import Coverage
from ...findings import Finding
from ..figures import figures
from ..index import address, kind_of, printed
from .site import Site, several

_NEARLY = 0.9


def full_pools(site: Site) -> Iterator[Finding]:
    """Say of each pool how full it is, in addresses and in blocks."""
    for row in figures(site.index).pools:
        if row["allocated"] is None:
            continue
        claimed = row["blocks_allocated"] << (site.index.cluster.pool(row["name"]).cidr.bits - row["blockSize"])
        free = row["free"] if row["free"] is not None else row["capacity"] - row["allocated"]
        numbers = {
            "used": row["allocated"],
            "capacity": row["capacity"],
            "share": row["allocated"] / row["capacity"],
            "free": free,
            "blocks": row["blocks_allocated"],
            "blocks_total": row["blocks_total"],
            "filled": row["allocated"] / claimed if claimed else 0.0,
        }
        code = "pool-usage"
        if not row["disabled"] and numbers["share"] >= _NEARLY:
            code = "pool-nearly-full" if free > 0 else "pool-full"
        yield Finding(code, f"IPPool/{row['name']}", numbers)


def leaked(site: Site) -> Iterator[Finding]:
    """Tell of addresses that are held and that nothing uses; and of those that calicoctl only takes for leaked."""
    index = site.index
    if index.leaked:
        kinds = Counter(kind_of(each) for _, each in index.leaked.values())
        nodes = Counter(each.node or block.host for block, each in index.leaked.values())
        numbers = {
            "count": len(index.leaked),
            "pods": kinds["pod"] + kinds["other"],
            "tunnels": kinds["tunnel"],
            "services": kinds["service"],
            "which": several(f"{node or '?'}: {count}" for node, count in nodes.most_common()),
            "all": printed(index.leaked),
        }
        yield Finding("addresses-leaked", "", numbers)
    overlooked = [of for of in index.by_tunnels if of >> 128 and of in index.held and of not in index.by_pods]
    if overlooked:
        yield Finding("leaks-overcounted", "", {"count": len(overlooked), "all": printed(overlooked)})


def unallocated(site: Site) -> Iterator[Finding]:
    """Tell of addresses in use that no block records: inside a pool another pod may be given them."""
    index = site.index
    inside, outside = index.unallocated
    tunnels = [of for of in inside if of in index.by_tunnels]
    pods = [of for of in inside if of in index.by_pods]
    if pods:
        who = [f"{pod.namespace}/{pod.name}" for of in pods for pod in index.by_pods[of]]
        yield Finding("pod-not-allocated", "", {"count": len(pods), "which": several(who), "all": printed(pods)})
    if tunnels:
        who = [index.by_tunnels[of].name for of in tunnels]
        yield Finding(
            "tunnel-not-allocated", "", {"count": len(tunnels), "which": several(who), "all": printed(tunnels)}
        )
    if outside:
        who = [f"{pod.namespace}/{pod.name}" for of in outside for pod in index.by_pods.get(of, ())]
        numbers = {"count": len(outside), "which": several(who or printed(outside)), "all": printed(outside)}
        yield Finding("in-use-outside", "", numbers)


def in_lost_pools(site: Site) -> Iterator[Finding]:
    """Count the pods that live on addresses of disabled pools: these work until they are made anew."""
    for pool in site.index.pools:
        if pool.disabled:
            held = [each for home in site.index.homes_of[pool.name] for each in home.block.allocations]
            pods = sum(kind_of(each) == "pod" for each in held)
            if pods:
                yield Finding("pods-in-disabled-pool", f"IPPool/{pool.name}", {"pods": pods})


def used_twice(site: Site) -> Iterator[Finding]:
    """Tell of addresses that several use."""
    index = site.index
    if index.shared:
        first = index.shared[0]
        who = [f"{pod.namespace}/{pod.name}" for pod in index.by_pods.get(first, ())]
        who += [f"Node/{index.by_tunnels[first].name}"] if first in index.by_tunnels else []
        numbers = {"count": len(index.shared), "first": str(address(first)), "who": several(who)}
        yield Finding("address-twice", "", {**numbers, "all": printed(index.shared)})


def waiting(site: Site) -> Iterator[Finding]:
    """Tell of pods on nodes that have no address."""
    found = [
        pod for pod in site.index.cluster.pods
        if pod.node and not pod.host_network and not pod.finished and not pod.addresses
    ]  # fmt: skip
    if found:
        names = [f"{pod.namespace}/{pod.name}" for pod in found]
        numbers = {"count": len(found), "which": several(names), "nodes": several(pod.node for pod in found)}
        yield Finding("pods-without-address", "", {**numbers, "all": names})


def handles(site: Site) -> Iterator[Finding]:
    """Tell of handles that blocks name and that do not exist, and of those that hold nothing."""
    named, existing = site.index.handles
    if missing := sorted(named - existing):
        yield Finding("handles-missing", "", {"count": len(missing), "which": several(missing), "all": missing})
    if idle := sorted(existing - named):
        yield Finding("handles-idle", "", {"count": len(idle), "which": several(idle), "all": idle})


def cooling(site: Site) -> Iterator[Finding]:
    """Count the addresses that rest after their release."""
    count = sum(kind_of(each) == "cooling" for _, each in site.index.allocations())
    seconds = site.index.cluster.ipam.ip_cooldown_seconds
    if count:
        yield Finding("addresses-cooling", "IPAMConfiguration/default", {"count": count, "seconds": seconds})


def windows(site: Site) -> Iterator[Finding]:
    """Count the addresses that Windows keeps back."""
    count = sum(kind_of(each) == "windows" for _, each in site.index.allocations())
    if count:
        yield Finding("windows-kept", "", {"count": count})


def reserved_in_use(site: Site) -> Iterator[Finding]:
    """Tell of addresses that are in use though reserved: a reservation takes nothing from those who have it."""
    ranges = site.index.reservations
    if not ranges:
        return
    held = [
        home.block.cidr.first + each.ordinal for home, each in site.index.allocations()
        if any(low <= each.ordinal <= high for low, high in Coverage.of(home.block.cidr, ranges).spans)
    ]  # fmt: skip
    if held:
        yield Finding("reserved-in-use", "", {"count": len(held)})
