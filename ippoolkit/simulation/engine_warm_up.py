"""The engine compiled before somebody waits for it: when the environment is made, or beside a notebook.

``python -m ippoolkit.simulation.engine_warm_up`` compiles what is not compiled yet, by using all of it once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from ipaddress import IPv4Address
from pathlib import Path

from filelock import FileLock

from ..cidr import Cidr
from ..ipam import Ipam
from ..ipam.compilation import needs_compiling
from ..model import Cluster, IPPool, NodeGroup, Plan, Scenario
from .monte_carlo import Distribution, Future, monte_carlo
from .runner import place_planned_pods, simulate
from .workloads import InitialRollout, NodeReplacement


def start_compiling() -> subprocess.Popen[bytes] | None:
    """Start compiling in a process of its own, unless nothing needs it; return the process.

    Nobody has to wait for it: what is called meanwhile compiles what it needs itself.
    """
    if not needs_compiling():
        return None
    return subprocess.Popen(  # noqa: S603 (this very module)
        [sys.executable, "-P", "-m", __spec__.name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )


def compile_engine() -> None:
    """Use everything that is compiled once, with the types that it is used with."""
    group = NodeGroup(nodes=3, pods_per_node=4, pods_on_busiest_node=4)
    cluster = Cluster(pools=(IPPool(name="pool", cidr=Cidr.parse("10.0.0.0/24"), block_size=28),))
    scenario = Scenario(cluster=cluster, plan=Plan(groups=(group,)))
    place_planned_pods(scenario)
    simulate(scenario, InitialRollout(), NodeReplacement(days=2, interval_days=1))
    monte_carlo(scenario, Future(days=1, lifetime=Distribution(1)), runs=1)

    ipam = Ipam()
    inner = IPPool(name="inner", cidr=Cidr.parse("10.0.0.0/28"), block_size=29)
    outer = IPPool(name="outer", cidr=Cidr.parse("10.0.0.0/27"), block_size=29)
    ipam.resources.create_pool(inner)
    for node in ("one", "two"):
        ipam.resources.create_node(node)
        ipam.requests.assign(node, node, 2)
    ipam.resources.create_pool(outer, validate=False)
    ipam.store.ensure_block_capacity(100)
    ipam.controllers.start()
    ipam.resources.create_reservation("kept", [Cidr.parse("10.0.0.24/29")])
    ipam.resources.configure(ip_cooldown_seconds=30)
    ipam.requests.release_handle("one")
    ipam.controllers.advance(60)
    ipam.resources.configure(ip_cooldown_seconds=60)
    ipam.requests.assign_ip("one", "by-address", IPv4Address("10.0.0.17"))
    ipam.requests.release_host_affinities("one")
    ipam.requests.release_handle("two")
    ipam.controllers.advance(120)
    ipam.requests.release_host_affinities("two", must_be_empty=True)
    ipam.controllers.delete_node("two")
    ipam.controllers.advance(10)


def main() -> None:
    """Compile, one process at a time: a second one finds that nothing is left to do."""
    lock = Path(tempfile.gettempdir()) / f"ippoolkit-{os.getuid()}.lock"
    with FileLock(lock, mode=0o600):
        if needs_compiling():
            compile_engine()


if __name__ == "__main__":
    main()
