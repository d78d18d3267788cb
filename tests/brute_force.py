"""All designs that hold, found by trying each: it shares nothing with the search of the kit."""

from fractions import Fraction
from math import ceil, floor

ADDRESS_BITS = {4: 32, 6: 128}
PRIVATE = {4: (8, 12, 16), 6: (8,)}
GRID = {
    4: [(p, b) for p in range(8, 33) for b in range(20, 33) if b >= p],
    6: [(p, b) for p in range(64, 129) for b in range(116, 129) if b >= p],
}


def brute_force(family, nodes, addresses, racks, headroom, max_routes, cap):
    """Return all designs that hold, as (prefix, blockSize, blocks a node, addresses, routes, nodes that fit)."""
    designs = []
    for prefix, size in GRID[family]:
        block = 2 ** (ADDRESS_BITS[family] - size)
        b = max(1, ceil(Fraction(addresses, block)))
        rack = ceil(Fraction(nodes, racks))
        wanted = ceil(Fraction(rack * (100 + headroom), 100))
        fits = floor(Fraction(2 ** (size - prefix), b))
        routes = nodes * b if racks == 1 else max(rack * b + racks - 1, racks)
        if b <= cap and fits >= wanted and (max_routes is None or routes <= max_routes):
            designs.append((prefix, size, b, racks * 2 ** (ADDRESS_BITS[family] - prefix), routes, racks * fits))
    return designs


def undominated(designs):
    def beats(a, b):
        return a[3] <= b[3] and a[4] <= b[4] and a[5] >= b[5] and a[3:] != b[3:]

    return [design for design in designs if not any(beats(rival, design) for rival in designs)]


def is_in_private_ranges(design, family, racks):
    """Say whether private ranges (RFC 1918, RFC 4193) have room for a pool a rack."""
    prefix = design[0]
    return sum(2 ** (prefix - private) for private in PRIVATE[family] if private <= prefix) >= racks


def design_row(design):
    """Return a design of `recommend --json` as brute force has it."""
    names = ("prefix", "blockSize", "blocks_per_node", "addresses", "routes", "nodes_max")
    return tuple(design[name] for name in names)
