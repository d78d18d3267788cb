"""A recorded start: the index at which a node starts looking in a pool, and the first blocks of its walk."""

from ippoolkit.cidr import Cidr
from ippoolkit.ipam.start_index import node_seed, start_block_index

KEYS = {"cidr", "blockSize", "host", "blocks", "start", "first"}


def differences(case):
    """Return what differs; None where Calico starts by the clock."""
    if case.get("nondeterministic"):
        return None
    cidr, size = Cidr.parse_ignoring_host_bits(case["cidr"]), case["blockSize"]
    blocks = cidr.subnet_count(size)
    mismatches = [] if str(blocks) == case["blocks"] else [f"{blocks} blocks; recorded: {case['blocks']}"]
    if not blocks:
        return mismatches
    index = start_block_index(node_seed(case["host"]), blocks)
    if str(index) != case["start"]:
        mismatches.append(f"starts at {index}; recorded: {case['start']}")
    last = str(cidr.subnet(size, (index - 1) % blocks))
    if case["last"] is not None and last != case["last"]:
        mismatches.append(f"ends at {last}; recorded: {case['last']}")
    first = [str(cidr.subnet(size, (index + step) % blocks)) for step in range(len(case["first"]))]
    if first != case["first"]:
        mismatches.append(f"walks {first}; recorded: {case['first']}")
    return mismatches
