"""How long designs and free ranges take, against the standard library's option of doing the same."""

import ipaddress
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import milliseconds, wants_json

from ippoolkit.address_space import AddressSpace, ListedNetwork
from ippoolkit.choose.search import DesignSpace, Need, NodeKind
from ippoolkit.cidr import Cidr

# What a script of one's own would do with a plan: read it and join its networks; no complement, no offers, no JSON.
COLLAPSE = """
import csv, ipaddress, sys
with open(sys.argv[1]) as plan:
    networks = [ipaddress.ip_network(row["Prefix"]) for row in csv.DictReader(plan)]
print(len(list(ipaddress.collapse_addresses(networks))))
"""


def plain_search(need):
    """Go over the same designs of both families in loops, and compare each with each other."""
    (kind,) = need.kinds
    best = []
    for bits, prefixes, sizes in ((32, range(8, 33), range(20, 33)), (128, range(64, 129), range(116, 129))):
        designs = []
        for prefix in prefixes:
            for size in sizes:
                if size < prefix:
                    continue
                blocks = max(1, -(-kind.addresses // (1 << (bits - size))))
                fits = (1 << (size - prefix)) // blocks
                if blocks <= kind.max_blocks and fits >= need.rack_nodes_with_headroom(kind):
                    designs.append((need.racks << (bits - prefix), kind.nodes * blocks, -need.racks * fits))
        best += [
            design
            for design in designs
            if not any(rival != design and all(a <= b for a, b in zip(rival, design, strict=True)) for rival in designs)
        ]
    return best


def main():
    as_json = wants_json(__doc__)
    random.seed(1)
    need = Need((NodeKind(100, 111),), racks=2, max_routes=2000)
    texts = [
        f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(64) * 4}/30" for _ in range(100_000)
    ]
    within = (Cidr.parse("10.0.0.0/8"),)

    def search():
        return [DesignSpace(family, need).best() for family in (4, 6)]

    def free():
        space = AddressSpace(within, tuple(ListedNetwork(Cidr.parse(text), "") for text in texts))
        return space.free.to_strings(), space.best_fit(22, 10, 4)

    def collapse():
        return list(ipaddress.collapse_addresses(map(ipaddress.ip_network, texts)))

    cases = {
        "all dual-stack designs": (search, lambda: plain_search(need), "loops"),
        "100,000 networks: free, 10 offers": (free, collapse, "ipaddress, collapse only"),
    }
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.csv"
        plan.write_text("Prefix,Status\n" + "".join(f"{text},Active\n" for text in texts))
        command = [
            sys.executable,
            "-m",
            "ippoolkit",
            "free",
            str(plan),
            "--within",
            "10.0.0.0/8",
            "--prefix",
            "22",
            "--json",
        ]
        beside = [sys.executable, "-c", COLLAPSE, str(plan)]
        measure(
            cases
            | {
                "the same as a command, JSON": (
                    lambda: quiet(command),
                    lambda: quiet(beside),
                    "ipaddress, collapse only",
                )
            },
            as_json,
        )


def quiet(command):
    """Run a command for its time alone."""
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def measure(cases, as_json):
    """Print a line a case."""
    figures = {}
    print(f"{'what':36} {'ms':>8} {'beside it':>28} {'ms':>8} {'ratio':>7}")
    for name, (call, compared_call, compared_name) in cases.items():
        took, beside = milliseconds(call), milliseconds(compared_call, 2)
        print(f"{name:36} {took:8.1f} {compared_name:>28} {beside:8.1f} {took / beside:7.2f}")
        figures[name] = {"ms": round(took, 2), "beside_ms": round(beside, 2), "ratio": round(took / beside, 3)}
    if as_json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
