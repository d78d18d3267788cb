"""How long the tables take, against what pandas alone takes to build a table of that shape."""

import argparse
import json
import timeit

import pandas as pd

import ippoolkit as ipk


def design(cidr, **group):
    pool = ipk.IPPool(name="pool", cidr=cidr, vxlan_mode="Always")
    nodes = ipk.NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110, **group)
    return ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(nodes,)))


def milliseconds(call):
    """Return the best of several rounds: what the machine can do when nobody disturbs it."""
    call()
    timer = timeit.Timer(call)
    count, took = timer.autorange()
    return min([took, *timer.repeat(5, count)]) / count * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    wants_json = parser.parse_args().json
    ipv4, ipv6, growing = design("10.233.64.0/18"), design("::/0"), design("10.233.64.0/18", nodes_per_month=5)
    cases = {
        "block sizes, IPv4 /18": lambda: ipk.block_sizes(ipv4),
        "block sizes, IPv4 /18, growing": lambda: ipk.block_sizes(growing),
        "block sizes, IPv6 ::/0": lambda: ipk.block_sizes(ipv6),
        "prefixes 8..28 x all sizes": lambda: ipk.prefixes(ipv4),
        "verdict": lambda: ipk.verdict(ipv4),
    }
    figures = {}
    print(f"{'what':34} {'rows':>5} {'ms':>8} {'plain frame ms':>15} {'ratio':>7}")
    for name, call in cases.items():
        table = call()
        took = milliseconds(call)
        if not isinstance(table, pd.DataFrame):
            print(f"{name:34} {'':>5} {took:8.2f}")
            continue
        data = {column: table[column].tolist() for column in table.columns}
        plain = milliseconds(lambda data=data: pd.DataFrame(data))
        print(f"{name:34} {len(table):5} {took:8.2f} {plain:15.2f} {took / plain:7.1f}")
        figures[name] = {"ms": round(took, 3), "plain_ms": round(plain, 3), "ratio": round(took / plain, 2)}
    if wants_json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
