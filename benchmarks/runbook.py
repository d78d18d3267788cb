"""How long a rehearsal of a whole procedure takes, beside what Python's json needs to read the cluster alone.

A pool of 5,000 nodes and 100,000 pods changes its blockSize: ten steps, each pod recreated twice.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ippoolkit import Block, Cluster, IPPool, Node, Pod, Scenario
from ippoolkit.change import Change, runbook
from ippoolkit.cidr import Cidr, address_from_int
from ippoolkit.model import Allocation
from ippoolkit.write import save_scenario

NODES, PODS = 5_000, 20


def cluster(nodes: int = NODES, pods: int = PODS) -> Scenario:
    """Nodes with a block each, full of as many pods."""
    pool = IPPool(name="default-ipv4-ippool", cidr="10.0.0.0/12", block_size=26, vxlan_mode="Always")
    names = [f"node-{number:05d}" for number in range(nodes)]
    first = pool.cidr.first
    blocks, pod_objects = [], []
    for number, node in enumerate(names):
        first_address = first + 64 * number
        allocations = [Allocation(ordinal=0, handle=f"vxlan-tunnel-addr-{node}", node=node, type="vxlanTunnelAddress")]
        for pod in range(pods):
            name = f"pod-{number}-{pod}"
            allocations.append(Allocation(ordinal=pod + 1, handle=name, node=node, namespace="default", pod=name))
            pod_objects.append(Pod(name=name, node=node, addresses=(address_from_int(4, first_address + pod + 1),)))
        blocks.append(Block(cidr=Cidr(4, first_address, 26), affinity=f"host:{node}", allocations=tuple(allocations)))
    tunnels = [
        ({"type": "vxlan", "address": str(address_from_int(4, first + 64 * number))},) for number in range(nodes)
    ]
    return Scenario(
        cluster=Cluster(
            pools=(pool,),
            nodes=tuple(Node(name=name, tunnels=own) for name, own in zip(names, tunnels, strict=True)),
            pods=tuple(pod_objects),
            blocks=tuple(blocks),
        )
    )


def main() -> None:
    """Print what the rehearsal takes, warm, and what json does."""
    change = Change("block-size", "default-ipv4-ippool", block_size=27)
    runbook(cluster(3, 2), change)
    scenario = cluster()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(save_scenario(scenario, Path(folder) / "cluster.json")).read_text()
    rounds = [(_seconds(lambda: _check_issued(scenario, change)), _seconds(lambda: json.loads(text))) for _ in range(3)]
    ours, theirs = (min(times) for times in zip(*rounds, strict=True))
    print(f"runbook of {NODES} nodes and {NODES * PODS} pods, all steps: {ours:.2f} s")
    print(f"json.loads of the cluster: {theirs:.2f} s, ratio {ours / theirs:.1f}")


def _check_issued(scenario: Scenario, change: Change) -> None:
    change_runbook = runbook(scenario, change)
    assert change_runbook.is_issued, change_runbook.findings


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
