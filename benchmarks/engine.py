"""How fast the engine is: operations, placements, start-up, a simulated year; and how its cost grows.

Calico itself needs 0.41 ms for an assignment on a datastore in memory, 2.4 ms on etcd. Beside it stands the engine's
own code, interpreted, on a small part of the work.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

CALICO_MS = {"in memory": 0.41, "etcd": 2.4}
STARTUP = """
import time
begin = time.perf_counter()
from ippoolkit.ipam import Ipam
from ippoolkit.model import IPPool
imported = time.perf_counter()
ipam = Ipam()
ipam.resources.create_pool(IPPool(name="p", cidr="10.0.0.0/24"))
ipam.resources.create_node("n")
assert ipam.requests.assign("n", "h", 1).v4
print(imported - begin, time.perf_counter() - begin)
"""


def simulated_cluster(nodes, cidr, pods=0, size=26):
    """Return a running cluster: nodes without tunnels, and pods by number."""
    import ippoolkit as ipk
    from ippoolkit.simulation.simulated_cluster import SimulatedCluster

    cluster = SimulatedCluster(
        ipk.Scenario(cluster=ipk.Cluster(pools=(ipk.IPPool(name="p", cidr=cidr, block_size=size),)))
    )
    for number in range(nodes):
        cluster.add_node(f"node-{number:05d}", {})
    cluster.ipam.store.ensure_block_capacity(2 * nodes + pods // 32 + 64)
    return cluster, cluster.add_pods([f"p{number}" for number in range(pods)])


def time_events(cluster, events):
    """Carry events out; return operations a second."""
    begin = time.perf_counter()
    cluster.run_events(events)
    return len(events) / (time.perf_counter() - begin)


def churn_events(cluster, pods, count, rng):
    """Return events: release one, assign one."""
    picked = rng.choice(pods, count)
    nodes = rng.integers(0, len(cluster.schedulable_nodes), count)
    times = np.zeros(count, np.int64)
    pairs = np.stack([cluster.pod_end_events(picked, times), cluster.pod_start_events(picked, nodes, times)], axis=1)
    return pairs.reshape(-1, pairs.shape[2])


def operations(nodes=1000, cidr="10.0.0.0/14", pods=30_000, count=10_000):
    """Place pods on random nodes, then release one and assign one."""
    rng = np.random.default_rng(0)
    cluster, numbers = simulated_cluster(nodes, cidr, pods)
    placed = time_events(
        cluster, cluster.pod_start_events(numbers, rng.integers(0, nodes, pods), np.zeros(pods, np.int64))
    )
    assert not cluster.failures
    return placed, time_events(cluster, churn_events(cluster, numbers, count, rng))


def placements(nodes=5000, pods_per_node=110):
    """Place pods node after node; return addresses a second."""
    cluster, numbers = simulated_cluster(nodes, "10.0.0.0/12", nodes * pods_per_node)
    counts = np.full(nodes, pods_per_node)
    begin = time.perf_counter()
    cluster.place_pods(np.arange(nodes), counts, numbers)
    took = time.perf_counter() - begin
    assert cluster.block_counts()["p"].counts[:, 0].sum() == counts.sum()
    return counts.sum() / took


def best(call, rounds=5):
    """Return the best of several rounds of a call that gives a rate."""
    return max(call() for _ in range(rounds))


def year():
    """Simulate a year of 5,000 nodes and 100,000 pods; return seconds and MiB above the imports."""
    import ippoolkit as ipk
    from ippoolkit.simulation import Churn, InitialRollout, NodeReplacement

    pool = ipk.IPPool(name="p", cidr="10.0.0.0/12")
    group = ipk.NodeGroup(nodes=5000, pods_per_node=20)
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,)))
    # What is there now; the most that ever was is more.
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
    begin = time.perf_counter()
    ipk.simulate(scenario, InitialRollout(), Churn(days=365), NodeReplacement(days=365))
    took = time.perf_counter() - begin
    return took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def curve(rounds=8):
    """Return microseconds an operation by nodes, by fill, and of a bare read of memory: the least of several rounds."""
    by_nodes = dict.fromkeys((10, 100, 1000, 10_000), np.inf)
    of_memory = dict(by_nodes)
    by_fill = dict.fromkeys((10, 25, 50, 75, 90, 100), np.inf)
    for _ in range(rounds):
        for nodes in by_nodes:
            by_nodes[nodes] = min(by_nodes[nodes], 1e6 / operations(nodes, "10.0.0.0/12", nodes * 30, 10_000)[1])
            of_memory[nodes] = min(of_memory[nodes], _read(nodes))
        for fill in by_fill:
            by_fill[fill] = min(by_fill[fill], 1e6 / _time_filled(fill))
    return by_nodes, by_fill, of_memory


def _read(nodes):
    """Return microseconds for one bare read of as many addresses as so many nodes have, at random places."""
    addresses, picked = np.ones(nodes * 64 * 4, np.int32), np.random.default_rng(0).integers(0, nodes * 64, 20_000) * 4
    begin = time.perf_counter()
    addresses.take(picked)
    return (time.perf_counter() - begin) / len(picked) * 1e6


def _time_filled(fill):
    rng = np.random.default_rng(0)
    pods = 65_536 * fill // 100 - 1
    cluster, numbers = simulated_cluster(1024, "10.0.0.0/16", pods)
    cluster.run_events(cluster.pod_start_events(numbers, rng.integers(0, 1024, pods), np.zeros(pods, np.int64)))
    return time_events(cluster, churn_events(cluster, numbers, 10_000, rng))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    parser.add_argument("--year-only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--few", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.few:  # interpreted, in a process of its own
        print(operations(50, "10.0.0.0/20", 1000, 1000)[1])
        return
    if options.year_only:
        operations(10, "10.0.0.0/20", 100, 100)
        print(*year())
        return
    operations(10, "10.0.0.0/20", 100, 100)  # compiles, or loads what was compiled
    placements(10)
    figures = {
        "operations_per_second": best(lambda: operations()[1]),
        "random_placements_per_second": best(lambda: operations()[0]),
        "placements_per_second": best(placements),
    }
    run = [sys.executable, "-W", "ignore"]
    subprocess.run([*run, "-c", STARTUP], check=True, capture_output=True)
    startup = [subprocess.run([*run, "-c", STARTUP], check=True, capture_output=True, text=True) for _ in range(10)]
    imports, starts = zip(*(map(float, result.stdout.split()) for result in startup), strict=True)
    # The imports (numba, numpy, pydantic) alone; and with them the first address, with what was compiled before.
    figures["import_seconds"], figures["startup_seconds"] = min(imports), min(starts)
    process = subprocess.run([*run, __file__, "--year-only"], check=True, capture_output=True, text=True)
    figures["year_seconds"], figures["year_mib"] = map(float, process.stdout.split())
    process = subprocess.run(
        [*run, __file__, "--few"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    interpreted = float(process.stdout)
    for name, value in figures.items():
        print(f"{name:30} {value:16,.3f}")
    for name, milliseconds in CALICO_MS.items():
        print(f"{f'ratio to Calico {name}':30} {figures['operations_per_second'] * milliseconds / 1000:16,.0f}")
    print(f"{'ratio to the same, interpreted':30} {figures['operations_per_second'] / interpreted:16,.0f}")
    print("\nmicroseconds an operation (of memory: a bare read, by nodes), and the most by the least")
    for name, costs in zip(("nodes", "fill", "memory"), curve(), strict=True):
        ratio = figures[f"curve_{name}_ratio"] = max(costs.values()) / min(costs.values())
        print(f"{name:6}", *(f"{case:>6,}: {cost:.3f}" for case, cost in costs.items()), f"  ratio {ratio:.2f}")
    if options.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
