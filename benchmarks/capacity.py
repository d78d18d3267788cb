"""How long the tables take, against what pandas alone takes to build a table of that shape."""

import ipaddress
import itertools
import json
from dataclasses import replace

import pandas as pd
from timing import milliseconds, wants_json

import ippoolkit as ipk
from ippoolkit.model import Tunnel

NUMBERS, SIZES = itertools.count(), itertools.cycle((25, 26, 27, 28, 29))


def design(cidr, nodes=70, **group):
    pool = ipk.IPPool(name="pool", cidr=cidr, vxlan_mode="Always")
    group = ipk.NodeGroup(nodes=nodes, pods_per_node=60, pods_on_busiest_node=110, **group)
    return ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,)))


def existing_cluster(pods_per_node, nodes=5000):
    """Return a cluster as it is: each node with a tunnel address and pods."""
    pool = ipk.IPPool(name="pool", cidr="10.0.0.0/12", vxlan_mode="Always")
    first, step = ipaddress.ip_address("10.0.0.0"), max(pods_per_node + 1, 64)
    return ipk.Scenario(
        cluster=ipk.Cluster(
            pools=(pool,),
            nodes=tuple(
                ipk.Node(
                    name=f"node-{number}",
                    labels={"kubernetes.io/os": "linux", "kubernetes.io/hostname": f"node-{number}"},
                    tunnels=(Tunnel(type="vxlan", address=str(first + number * step)),),
                )
                for number in range(nodes)
            ),
            pods=tuple(
                ipk.Pod(
                    name=f"pod-{number}-{pod}", node=f"node-{number}", addresses=(str(first + number * step + 1 + pod),)
                )
                for number in range(nodes)
                for pod in range(pods_per_node)
            ),
        )
    )


def with_other_nodes(scenario):
    """Return the scenario as if it was read again: nothing is remembered of its nodes."""
    first, *other_nodes = scenario.cluster.nodes
    renamed = replace(first, name=f"again-{next(NUMBERS)}")
    return replace(scenario, cluster=replace(scenario.cluster, nodes=(renamed, *other_nodes)))


def main():
    as_json = wants_json(__doc__)
    ipv4, ipv6, growing = design("10.233.64.0/18"), design("::/0"), design("10.233.64.0/18", nodes_per_month=5)
    planned = design("10.0.0.0/12", nodes=5000)
    empty, busy = existing_cluster(0), existing_cluster(30)
    cases = {
        "block sizes, IPv4 /18": lambda: ipk.capacity(ipv4).block_sizes(),
        "block sizes, IPv4 /18, growing": lambda: ipk.capacity(growing).block_sizes(),
        "block sizes, IPv6 ::/0": lambda: ipk.capacity(ipv6).block_sizes(),
        "prefixes 8..28 x all sizes": lambda: ipk.capacity(ipv4).prefixes(),
        "verdict": lambda: ipk.capacity(ipv4).verdict,
        "verdict, 5,000 planned nodes": lambda: ipk.capacity(planned).verdict,
        "verdict, 5,000 existing nodes": lambda: ipk.capacity(with_other_nodes(empty)).verdict,
        "the same, 30 pods on each": lambda: ipk.capacity(with_other_nodes(busy)).verdict,
        "the same, a slider moved": lambda: ipk.capacity(ipk.with_pool(busy, "pool", block_size=next(SIZES))).verdict,
    }
    figures = {}
    print(f"{'what':34} {'rows':>5} {'ms':>8} {'plain frame ms':>15} {'ratio':>7}")
    for name, call in cases.items():
        table = call()
        took = milliseconds(call)
        if not isinstance(table, pd.DataFrame):
            print(f"{name:34} {'':>5} {took:8.2f}")
            figures[name] = {"ms": round(took, 3)}
            continue
        data = {column: table[column].tolist() for column in table.columns}
        plain = milliseconds(lambda data=data: pd.DataFrame(data))
        print(f"{name:34} {len(table):5} {took:8.2f} {plain:15.2f} {took / plain:7.1f}")
        figures[name] = {"ms": round(took, 3), "plain_ms": round(plain, 3), "ratio": round(took / plain, 2)}
    if as_json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
