"""Checks on blocks: how many are left, whose they are, whether they fit their pools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...cidr import BITS, Cidr
from ...findings import Finding, Severity
from ...model import IPPool
from ..headroom import CAP, by_node
from ..index import LOAD_BALANCER, Home, is_borrowed, kind_of
from .site import Site, several

_FEW = 10  # per cent of the nodes: fewer blocks left than that are worth a word
_SOON = 0.9


def blocks_left(site: Site) -> Iterator[Finding]:
    """Compare the blocks that nobody has with the nodes that have none: blocks run out long before addresses."""
    index = site.index
    for version in BITS:
        pools = [pool for pool in index.pools if pool.version == version and pool.serves("Workload")]
        nodes = {node.name for node in index.cluster.nodes if any(pool.selects(node.labels) for pool in pools)}
        if not pools or not nodes:
            continue
        homes = [home for pool in pools for home in index.homes_of[pool.name]]
        left = sum(_left(site, pool) for pool in pools)
        without = nodes - {home.block.host for home in homes}
        size = sum(pool.cidr.size for pool in pools)
        numbers = {
            "left": left,
            "without": len(without),
            "nodes": len(nodes),
            "free": size - sum(len(home.block.allocations) for home in homes),
            "addresses": size,
            "pools": several(pool.name for pool in pools),
            "which": several(sorted(without)),
            "version": version,
        }
        subject = f"IPv{version}"
        if left < len(without):
            yield Finding("blocks-gone" if not left else "blocks-fewer-than-nodes", subject, numbers)
        elif left * 100 < len(nodes) * _FEW:
            yield Finding("blocks-few", subject, numbers)
        else:
            yield Finding("blocks-left", subject, numbers)


def _left(site: Site, pool: IPPool) -> int:
    homes = [home for home in site.index.homes_of[pool.name] if home.block.cidr.prefix == pool.block_size]
    whole, _ = site.index.reserved(pool.cidr).blocks(pool.block_size)
    return max(pool.blocks - len(homes) - whole, 0)


def nodes_at_cap(site: Site) -> Iterator[Finding]:
    """Tell of nodes that hold as many blocks as they may: when these are full the next pod fails, borrowing or not."""
    windows = {node.name for node in site.index.cluster.nodes if node.windows}
    for room in site.rooms:
        if not room.held:
            continue
        numbers = {"node": room.node, "held": room.held, "cap": room.cap, "free": room.own, "version": room.version}
        subject = f"Node/{room.node}"
        if room.held >= room.cap and room.limit == CAP:
            if not room.own:
                yield Finding("node-cap-full", subject, numbers)
            elif room.node not in windows or room.own <= room.held * _SOON:
                yield Finding("node-at-cap", subject, numbers)
        elif room.held >= room.cap * _SOON:
            yield Finding("node-near-cap", subject, numbers)


def next_to_fail(site: Site) -> Iterator[Finding]:
    """Name the node that takes fewest pods more, where kubelet would start more than that."""
    running = Counter(pod.node for pod in site.index.cluster.pods if not pod.finished)
    most = {node.name: node.max_pods for node in site.index.cluster.nodes}
    rooms = by_node(site.rooms)
    binding = {name: room for name, room in rooms.items() if room.pods < most[name] - running[name]}
    if not rooms:
        return
    if not binding:
        tightest = min(rooms.values(), key=lambda room: (room.pods, room.node))
        numbers = {"nodes": len(rooms), "node": tightest.node, "pods": tightest.pods}
        yield Finding("no-node-fails", "", numbers, level=Severity.OK)
        return
    name = min(binding, key=lambda each: (binding[each].pods, each))
    room = binding[name]
    numbers = {
        "node": name,
        "pods": room.pods,
        "own": room.own,
        "new": room.new,
        "borrow": room.borrow,
        "limit": room.limit,
        "kubelet": most[name] - running[name],
        "version": room.version,
        "count": len(binding),
    }
    yield Finding("next-to-fail" if room.pods else "node-fails-now", f"Node/{name}", numbers)


def together(site: Site) -> Iterator[Finding]:
    """Compare the pods that kubelets would still start with the addresses left: nodes share them."""
    index = site.index
    running = Counter(pod.node for pod in index.cluster.pods if not pod.finished)
    for version in BITS:
        pools = [pool for pool in index.pools if pool.version == version and pool.serves("Workload")]
        nodes = [node for node in index.cluster.nodes if any(pool.selects(node.labels) for pool in pools)]
        wanted = sum(max(node.max_pods - running[node.name], 0) for node in nodes)
        held = sum(len(home.block.allocations) for pool in pools for home in index.homes_of[pool.name])
        free = sum(pool.cidr.size - index.reserved(pool.cidr).addresses for pool in pools) - held
        if nodes and free < wanted:
            numbers = {"wanted": wanted, "free": max(free, 0), "pools": several(p.name for p in pools)}
            yield Finding("together-short", f"IPv{version}", {**numbers, "version": version})


def borrowed(site: Site) -> Iterator[Finding]:
    """Count borrowed addresses and the routes that they cost."""
    found = [(home, each) for home, each in site.index.allocations() if is_borrowed(home.block, each)]
    if not found:
        return
    owned = sum(bool(home.block.affinity) for home in site.index.homes)
    nodes = Counter(each.node for _, each in found)
    numbers = {
        "count": len(found),
        "nodes": len(nodes),
        "which": several(name for name, _ in nodes.most_common()),
        "routes": owned + len(found),
        "blocks": owned,
    }
    yield Finding("borrowed-addresses", "", numbers)


def borrowed_tunnels(site: Site) -> Iterator[Finding]:
    """Tell of tunnel addresses in blocks that are not their node's own."""
    found = [
        each for home, each in site.index.allocations() if kind_of(each) == "tunnel" and is_borrowed(home.block, each)
    ]
    if found:
        names = sorted({each.node for each in found})
        yield Finding("tunnel-borrowed", "", {"count": len(found), "which": several(names), "all": names})


def without_affinity(site: Site) -> Iterator[Finding]:
    """Tell of blocks that belong to nobody: nobody can claim them, others only borrow from them."""
    homes = [home for home in site.index.homes if not home.block.affinity]
    if homes:
        yield Finding("blocks-unowned", "", _of(homes))


def empty(site: Site) -> Iterator[Finding]:
    """Tell of blocks that hold nothing: all but a node's last one are given back."""
    homes = [home for home in site.index.homes if not home.block.allocations and home.block.host]
    if homes:
        last = sum(len(site.index.owned[home.block.host]) == 1 for home in homes)
        yield Finding("blocks-empty", "", {**_of(homes), "last": last})


def outside(site: Site) -> Iterator[Finding]:
    """Tell of blocks that no pool holds: what is left where a pool was deleted before its pods moved."""
    if homes := site.index.homes_of[""]:
        yield Finding("blocks-outside-pools", "", _of(homes))


def other_size(site: Site) -> Iterator[Finding]:
    """Tell of blocks whose size is not their pool's: its blockSize was changed in place."""
    for pool in site.index.pools:
        homes = [home for home in site.index.homes_of[pool.name] if home.block.cidr.prefix != pool.block_size]
        if homes:
            yield Finding("block-other-size", f"IPPool/{pool.name}", {**_of(homes), "size": pool.block_size})


def overlapping(site: Site) -> Iterator[Finding]:
    """Tell of blocks that share addresses: each gives them out as if the other were not there."""
    pairs: list[tuple[Cidr, Cidr]] = []
    around: list[Cidr] = []
    for cidr in sorted(home.block.cidr for home in site.index.homes):
        around = [other for other in around if other.overlaps(cidr)]
        pairs += [(other, cidr) for other in around]
        around.append(cidr)
    if pairs:
        twice = [of for of, holders in site.index.held.items() if len(holders) > 1]
        first, second = pairs[0]
        numbers = {"count": len(pairs), "first": str(first), "second": str(second), "twice": len(twice)}
        yield Finding("blocks-overlap", f"IPAMBlock/{second}", numbers)


def of_missing_nodes(site: Site) -> Iterator[Finding]:
    """Tell of blocks and addresses of nodes that do not exist."""
    known = {node.name for node in site.index.cluster.nodes}
    blocks = [home for home in site.index.homes if home.block.host and home.block.host not in known]
    held = [each for _, each in site.index.allocations() if each.node and each.node not in known]
    names = sorted({home.block.host for home in blocks} | {each.node for each in held})
    if names:
        lent = sum(is_borrowed(home.block, each) for home in blocks for each in home.block.allocations)
        numbers = {"count": len(names), "which": several(names), "blocks": len(blocks), "addresses": len(held)}
        yield Finding("node-gone", "", {**numbers, "lent": lent, "all": names})


def affinities(site: Site) -> Iterator[Finding]:
    """Tell of claims that are half done, that have no block, or that contradict the block."""
    claims = site.index.cluster.affinities
    pending = [each for each in claims if each.state != "confirmed"]
    if pending:
        numbers = {"count": len(pending), "which": several(f"{each.node} {each.cidr}" for each in pending)}
        yield Finding("affinity-pending", "", numbers)
    owner = {home.block.cidr: home.block.affinity for home in site.index.homes}
    claimed = {each.cidr: f"{each.type}:{each.node}" for each in claims if each.state == "confirmed"}
    stray = [each.cidr for each in claims if each.state == "confirmed" and each.cidr not in owner]
    if stray:
        yield Finding("affinity-without-block", "", {"count": len(stray), "which": several(stray)})
    wrong = [cidr for cidr, affinity in owner.items() if affinity and claimed.get(cidr) != affinity]
    if wrong:
        yield Finding("block-without-claim", "", {"count": len(wrong), "which": several(wrong)})


def services_near_cap(site: Site) -> Iterator[Finding]:
    """Count the blocks of load balancers, which have one owner for the whole cluster."""
    homes = [home for home in site.index.homes if home.block.affinity == LOAD_BALANCER]
    if homes:
        used = sum(len(home.block.allocations) for home in homes)
        yield Finding("loadbalancer-use", "", {"blocks": len(homes), "used": used, "free": sum(h.free for h in homes)})


def _of(homes: Sequence[Home]) -> dict[str, object]:
    ranges = [str(home.block.cidr) for home in homes]
    held = sum(len(home.block.allocations) for home in homes)
    return {"count": len(homes), "which": several(ranges), "addresses": held, "all": ranges}
