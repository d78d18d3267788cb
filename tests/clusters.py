"""Clusters as the engine itself fills them, to be changed."""

from ippoolkit import Cluster, IPAMConfig, IPPool, Namespace, Node, Pod, Scenario
from ippoolkit.ipam import Ipam
from ippoolkit.model import Allocation, Block, Tunnel

OWNERS = ("ReplicaSet", "DaemonSet", "StatefulSet", "Job", "")


def cluster(
    nodes=4,
    pods=5,
    cidr="10.244.0.0/20",
    size=26,
    name="old",
    strict=False,  # noqa: FBT002 (named by every caller)
    space="default",
    more=(),
    spaces=(),
    labels=lambda _: {},
    owners=("",),
    cooldown=0,
):
    """One pool and whatever `more` there are, nodes with VXLAN tunnels, pods in one namespace or in `spaces` by turns."""
    pools = (IPPool(name=name, cidr=cidr, block_size=size, vxlan_mode="Always"), *more)
    spaces = {namespace.name: namespace for namespace in spaces or (Namespace(name=space),)}
    config = IPAMConfig(strict_affinity=strict, ip_cooldown_seconds=cooldown)
    ipam = Ipam(config=config)
    for pool in pools:
        ipam.resources.create_pool(pool)
    nodes_, pods_, holders = [], [], {}
    for number in range(nodes):
        node = f"w{number:02d}"
        ipam.resources.create_node(node, labels(number))
        vxlan = [
            str(p.cidr) for p in pools if not p.disabled and p.vxlan_mode == "Always" and p.selects_node(labels(number))
        ]
        assigned = (
            ipam.requests.assign(node, f"vxlan-tunnel-addr-{node}", 1, use="Tunnel", ipv4_pools=vxlan).v4
            if vxlan
            else ()
        )
        holders[f"vxlan-tunnel-addr-{node}"] = (node, "", "")
        tunnels = (Tunnel(type="vxlan", address=str(assigned[0])),) if assigned else ()
        nodes_.append(Node(name=node, labels=labels(number), tunnels=tunnels))
        for pod_number in range(pods):
            pod = f"{node}-{pod_number}"
            inside = list(spaces.values())[pod_number % len(spaces)]
            if assigned := ipam.requests.assign(node, pod, 1, ipv4_pools=inside.ipv4_pools).v4:
                holders[pod] = (node, pod, inside.name)
                owner = owners[pod_number % len(owners)]
                pods_.append(
                    Pod(name=pod, namespace=inside.name, node=node, addresses=(str(assigned[0]),), owner=owner)
                )
    blocks = []
    for block in ipam.blocks():
        allocations = [
            Allocation(
                ordinal=ordinal,
                handle=handle,
                node=holders[handle][0],
                pod=holders[handle][1],
                namespace=holders[handle][2],
                type="" if holders[handle][1] else "vxlanTunnelAddress",
            )
            for handle, ordinals in block["allocated"].items()
            for ordinal in ordinals
        ]
        allocations.sort(key=lambda allocation: allocation.ordinal)
        blocks.append(
            Block(cidr=block["cidr"], affinity=block["affinity"], allocations=allocations, unallocated=block["free"])
        )
    return Scenario(
        cluster=Cluster(
            pools=pools,
            ipam=config,
            nodes=nodes_,
            pods=pods_,
            blocks=blocks,
            namespaces=tuple(spaces.values()),
        )
    )
