"""How many pods a node still takes: counted ahead, and tried in the engine address by address."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.audit.cluster_index import ClusterIndex
from ippoolkit.audit.headroom import node_headroom
from ippoolkit.audit.pool_choice import choose_pools, pod_requests
from ippoolkit.ipam import Ipam
from ippoolkit.ipam.from_cluster import engine_from_cluster
from ippoolkit.model import Allocation, Block, Cluster, IPReservation
from tests.helpers import unpack_cluster


def count_pods_placed(cluster: Cluster, name: str, version: int, most: int) -> int:
    """Pods that a node takes in the engine until a request gets nothing."""
    ipam = engine_from_cluster(cluster)
    windows = next(node for node in cluster.nodes if node.name == name).windows
    options = {"max_blocks": 1 if windows else 0, "windows": windows}
    for count in range(most):
        assignment = ipam.requests.assign(name, f"new-{count}", **{f"ipv{version}_count": 1}, **options)
        if not (assignment.v4 or assignment.v6):
            return count
    return most


def compare(cluster: Cluster, most: int = 1500) -> int:
    headrooms = node_headroom(ClusterIndex(cluster))
    for headroom in headrooms:
        assert count_pods_placed(cluster, headroom.node, headroom.version, most) == min(headroom.pods, most), headroom
    return len(headrooms)


@pytest.mark.parametrize("cluster", ["s03", "s05", "s07", "s13"])
def test_recorded_clusters(cluster, tmp_path):
    assert compare(audit(unpack_cluster(cluster, tmp_path)).scenario.cluster) >= 5


def allocations(*ordinals, node="a"):
    return tuple(
        Allocation(ordinal=ordinal, handle=f"{node}-{ordinal}", node=node, pod=f"p{ordinal}") for ordinal in ordinals
    )


NODES = tuple(ipk.Node(name=name) for name in "abc")
BLOCKS = (
    Block(cidr="10.0.0.0/28", affinity="host:a", allocations=allocations(*range(10))),
    Block(cidr="10.0.0.16/28", affinity="host:b", allocations=allocations(1, node="b")),
    Block(cidr="10.0.0.32/28", affinity="host:b"),
    Block(cidr="10.0.0.48/28", affinity="", allocations=allocations(4, node="c")),
)


@pytest.mark.parametrize("cidr", ["10.0.0.0/26", "10.0.0.0/24", "10.0.0.0/20"])
@pytest.mark.parametrize(
    "ipam",
    [
        {},
        {"strict_affinity": True},
        {"strict_affinity": True, "max_blocks_per_host": 2},
        {"strict_affinity": True, "auto_allocate_blocks": False},
    ],
)
@pytest.mark.parametrize("reserved", [(), ("10.0.0.8/29",), ("10.0.0.32/28",), ("10.0.0.128/25",)])
def test_made_up_clusters(cidr, ipam, reserved):
    pools = (ipk.IPPool(name="p", cidr=cidr, block_size=28),)
    reservations = (IPReservation(name="r", reserved_cidrs=reserved),) if reserved else ()
    compare(Cluster(pools=pools, nodes=NODES, blocks=BLOCKS, ipam=ipk.IPAMConfig(**ipam), reservations=reservations))


def test_several_pools_and_windows():
    pools = (
        ipk.IPPool(name="a", cidr="10.0.0.0/26", block_size=28),
        ipk.IPPool(name="b", cidr="10.1.0.0/27", block_size=29, node_selector="has(b)"),
    )
    nodes = (
        ipk.Node(name="a"),
        ipk.Node(name="b", labels={"b": ""}),
        ipk.Node(name="w", labels={"kubernetes.io/os": "windows"}),
    )
    cluster = Cluster(pools=pools, nodes=nodes, blocks=BLOCKS[:2])
    compare(cluster)
    compare(replace(cluster, ipam=ipk.IPAMConfig(strict_affinity=True)))


def test_pools_for_a_pod_are_the_engines(tmp_path):
    cluster = audit(unpack_cluster("s07", tmp_path)).scenario.cluster
    ipam: Ipam = engine_from_cluster(cluster)
    spaces = {space.name: space for space in cluster.namespaces}
    for node in cluster.nodes:
        for pod in cluster.pods:
            (asking,) = pod_requests(cluster, node, pod.namespace, pod.name)
            ours = choose_pools(cluster, asking)
            try:
                _, allowed = ipam.resources.resolve_request(
                    node.name, 4, pool_names=asking.named_pools, namespace_labels=spaces[pod.namespace].labels
                )
            except Exception:  # noqa: BLE001 (the engine refuses)
                allowed = []
            assert [str(pool.cidr) for pool in ours.pools] == allowed
