"""How many random operations a minute Monte Carlo carries out, on as many processes as there are processors.

The engine alone, from events that were made before, stands beside it.
"""

import os
import time

import ippoolkit as ipk
from ippoolkit.parallel import executor
from ippoolkit.simulation.monte_carlo import Distribution, Future, monte_carlo


def scenario(nodes, pods):
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16")
    group = ipk.NodeGroup(nodes=nodes, pods_per_node=pods)
    return ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,)))


def main():
    jobs = os.cpu_count() or 1
    monte_carlo(scenario(3, 3), Future(days=2), runs=1)  # compiles, or loads what was compiled
    for nodes, pods, lifetime, runs in ((20, 30, 0.5, 400), (100, 30, 1.0, 160), (1000, 30, 2.0, 40)):
        begin = time.perf_counter()
        with executor(jobs=jobs, preload=["ippoolkit.simulation.monte_carlo"]) as pool:
            future = Future(days=365, lifetime=Distribution(lifetime))
            result = monte_carlo(scenario(nodes, pods), future, runs=runs, pool=pool, jobs=jobs)
        took = time.perf_counter() - begin
        rate = result.operations / took * 60
        size = f"{nodes:5} nodes, {nodes * pods:6,} pods, {runs} years"
        print(f"{size}: {result.operations / 1e6:.0f} M in {took:.1f} s, {rate / 1e9:.2f} x 10^9 a minute on {jobs}")


if __name__ == "__main__":
    main()
