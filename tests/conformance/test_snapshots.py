"""A cluster taken as dumps show it, in the middle of a recorded trace: what follows is what Calico did."""

import json

import pytest

from ippoolkit.ipam import Ipam, layout
from ippoolkit.ipam.from_cluster import engine_from_cluster
from ippoolkit.model import Allocation, Block, Cluster, Node
from tests.conformance.ipam import _normal, _run
from tests.conformance.recordings import read_cases
from tests.helpers import RECORDINGS

TRACES = sorted((RECORDINGS / "ipam").iterdir())


def dump_cluster(ipam: Ipam) -> Cluster:
    """The cluster as its objects show it: blocks with who holds what and the order of free addresses."""
    blocks = []
    for block in ipam.blocks():
        allocations = [
            Allocation(
                ordinal=ordinal,
                handle=handle,
                node=ipam.store.node_of_handle(handle),
                type="vxlanTunnelAddress" if handle in ipam.store.tunnel_handles else "",
            )
            for handle, ordinals in block["allocated"].items()
            for ordinal in ordinals
        ]
        blocks.append(
            Block(
                cidr=block["cidr"],
                affinity=block["affinity"],
                unallocated=tuple(block["free"]),
                allocations=tuple(sorted(allocations, key=lambda allocation: allocation.ordinal)),
            )
        )
    nodes = tuple(
        Node(name=name, labels=node.labels)
        for name, node in ipam.store.nodes.items()
        if node.exists and name != "load-balancer"
    )
    return Cluster(pools=tuple(ipam.store.pools.values()), nodes=nodes, blocks=tuple(blocks), ipam=ipam.store.config)


def copy_claim_ages(ipam, other):
    """Let blocks be as old as in another engine: dumps show when they were claimed, but not what the clock is now."""
    slots = {cidr: slot for slot, cidr in other.store.slots()}
    for slot, cidr in ipam.store.slots():
        age = other.store.state.meta[layout.NOW] - other.store.state.wide[slots[cidr], layout.CLAIMED_AT]
        ipam.store.state.wide[slot, layout.CLAIMED_AT] = ipam.store.state.meta[layout.NOW] - age


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.name.split(".")[0])
def test_the_rest_of_a_trace_follows_from_the_blocks(path):
    head, *operations = read_cases(path)
    half = len(operations) // 2
    ipam = Ipam(datastore=head.get("datastore", "kubernetes"))
    for operation in operations[:half]:
        _run(ipam, operation)
    reservations = dict(ipam.store.reservations)
    if ipam.store.config.ip_cooldown_seconds or any(block["cooling"] for block in ipam.blocks()):
        pytest.skip("addresses cool down by a clock that dumps do not show to the second")
    loaded = engine_from_cluster(dump_cluster(ipam), datastore=ipam.store.datastore)
    for name, cidrs in reservations.items():
        loaded.resources.create_reservation(name, cidrs)
    assert [block for block in loaded.blocks() if block["cidr"]] == ipam.blocks()
    copy_claim_ages(loaded, ipam)
    for number, operation in enumerate(operations[half:], half + 2):
        ours, theirs = _run(loaded, operation), dict(operation.get("result") or {})
        assert ours == _normal(operation["op"], theirs, ours), f"{path.name}:{number}: {json.dumps(operation)[:200]}"
