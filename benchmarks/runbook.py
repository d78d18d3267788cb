"""How long a rehearsal of a whole procedure takes, beside a bare copy of the memory that its engine holds.

A pool of 5,000 nodes and 100,000 pods changes its blockSize: ten steps, each pod recreated twice.
"""

import time

from ippoolkit import Block, Cluster, IPPool, Node, Pod, Scenario
from ippoolkit.change import Change, runbook
from ippoolkit.cidr import Cidr, address_of
from ippoolkit.model import Allocation

NODES, PODS = 5_000, 20


def cluster(nodes: int = NODES, pods: int = PODS) -> Scenario:
    """Nodes with a block each, full of as many pods."""
    pool = IPPool(name="default-ipv4-ippool", cidr="10.0.0.0/12", block_size=26, vxlan_mode="Always")
    names = [f"node-{number:05d}" for number in range(nodes)]
    first = pool.cidr.first
    blocks, made = [], []
    for number, node in enumerate(names):
        at = first + 64 * number
        held = [Allocation(ordinal=0, handle=f"vxlan-tunnel-addr-{node}", node=node, type="vxlanTunnelAddress")]
        for pod in range(pods):
            name = f"pod-{number}-{pod}"
            held.append(Allocation(ordinal=pod + 1, handle=name, node=node, namespace="default", pod=name))
            made.append(Pod(name=name, node=node, addresses=(address_of(4, at + pod + 1),)))
        blocks.append(Block(cidr=Cidr(4, at, 26), affinity=f"host:{node}", allocations=tuple(held)))
    tunnels = [({"type": "vxlan", "address": str(address_of(4, first + 64 * number))},) for number in range(nodes)]
    return Scenario(
        cluster=Cluster(
            pools=(pool,),
            nodes=tuple(Node(name=name, tunnels=own) for name, own in zip(names, tunnels, strict=True)),
            pods=tuple(made),
            blocks=tuple(blocks),
        )
    )


def main() -> None:
    """Print what the rehearsal takes, warm."""
    change = Change("block-size", "default-ipv4-ippool", size=27)
    runbook(cluster(3, 2), change)
    scenario = cluster()
    best = min(_seconds(scenario, change) for _ in range(3))
    print(f"runbook of {NODES} nodes and {NODES * PODS} pods, all steps: {best:.2f} s")


def _seconds(scenario: Scenario, change: Change) -> float:
    start = time.perf_counter()
    made = runbook(scenario, change)
    assert made.issued, made.findings
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
