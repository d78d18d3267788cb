"""A cluster that exists, in the engine: its next assignment on each node is the one that Calico would make."""

from __future__ import annotations

from ..calico.releases import NEWEST, Release
from ..model import Cluster
from . import Ipam
from .state_store import Datastore


def engine_without_nodes(
    cluster: Cluster, *, datastore: Datastore = "kubernetes", seed: int = 0, release: Release = NEWEST
) -> Ipam:
    """Return an engine with a cluster's configuration, pools and reservations.

    Raises
    ------
    IpamError
        Where Calico itself would refuse them, as it does pools that overlap.
    """
    ipam = Ipam(datastore=datastore, seed=seed, config=cluster.ipam, release=release)
    ipam.resources.configure()
    for pool in cluster.pools:
        ipam.resources.create_pool(pool)
    for reservation in cluster.reservations:
        ipam.resources.create_reservation(reservation.name, reservation.reserved_cidrs)
    return ipam


def engine_from_cluster(cluster: Cluster, *, datastore: Datastore = "kubernetes", release: Release = NEWEST) -> Ipam:
    """Return an engine in the state of a cluster: nodes, blocks, who holds what, the order of free addresses.

    Parameters
    ----------
    cluster
        As `ippoolkit.audit` reads it from dumps. Its blocks are what counts; pods without an allocation hold nothing.
    datastore
        Where Calico keeps its objects.
    release
        The release of Calico.

    Raises
    ------
    IpamError
        Where Calico itself would refuse the pools, as it does those that overlap.
    """
    ipam = engine_without_nodes(cluster, datastore=datastore, release=release)
    for node in cluster.nodes:
        ipam.resources.create_node(node.name, node.labels)
    ipam.store.handle_numbers(
        [
            allocation.handle
            for block in cluster.blocks
            for allocation in block.allocations
            if not allocation.released_at
        ]
    )
    for block in cluster.blocks:
        ipam.restore_block(block)
    return ipam
