"""A cluster that exists, in the engine: its next assignment on each node is the one that Calico would make."""

from __future__ import annotations

from typing import Literal

from ..ipam import Ipam
from ..model import Cluster

Datastore = Literal["kubernetes", "etcd"]


def engine_without_nodes(cluster: Cluster, *, datastore: Datastore = "kubernetes", seed: int = 0) -> Ipam:
    """Return an engine with a cluster's configuration, pools and reservations.

    Raises
    ------
    IpamError
        Where Calico itself would refuse them, as it does pools that overlap.
    """
    ipam = Ipam(datastore=datastore, seed=seed, config=cluster.ipam)
    ipam.configure()
    for pool in cluster.pools:
        ipam.create_pool(pool)
    for reservation in cluster.reservations:
        ipam.reserve(reservation.name, reservation.reserved_cidrs)
    return ipam


def engine_of(cluster: Cluster, *, datastore: Datastore = "kubernetes", seed: int = 0) -> Ipam:
    """Return an engine in the state of a cluster: nodes, blocks, who holds what, the order of free addresses.

    Parameters
    ----------
    cluster
        As `ippoolkit.audit` reads it from dumps. Its blocks are what counts; pods without an allocation hold nothing.
    datastore
        Where Calico keeps its objects.
    seed
        Of what Calico draws by the clock.

    Raises
    ------
    IpamError
        Where Calico itself would refuse the pools, as it does those that overlap.
    """
    ipam = engine_without_nodes(cluster, datastore=datastore, seed=seed)
    for node in cluster.nodes:
        ipam.create_node(node.name, node.labels)
    ipam.numbers_of([held.handle for block in cluster.blocks for held in block.allocations if not held.released_at])
    for block in cluster.blocks:
        ipam.restore(block)
    return ipam
