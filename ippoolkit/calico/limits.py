"""Calico's numbers: the defaults and limits that every computation rests on, in one place.

Each was read in the source of Calico v3.33; what other releases do differently is in `differences`.
`ippoolkit.findings.sources` holds the pages that describe them.
"""

from __future__ import annotations

from ..cidr import Cidr, IPVersion

# IP pool: blockSize when absent or 0, and the sizes that Calico takes.
DEFAULT_BLOCK_SIZE: dict[IPVersion, int] = {4: 26, 6: 122}
ALLOWED_BLOCK_SIZES: dict[IPVersion, range] = {4: range(20, 33), 6: range(116, 129)}

# Ranges that no pool may touch.
LINK_LOCAL_CIDR: dict[IPVersion, Cidr] = {4: Cidr.parse("169.254.0.0/16"), 6: Cidr.parse("fe80::/10")}

# IPAM: blocks that one node may hold in the pools of one request, per family, where maxBlocksPerHost is 0.
DEFAULT_MAX_BLOCKS_PER_HOST = 20

# LoadBalancer addresses: the host that asks for them, and the affinity of its blocks.
LOAD_BALANCER_HOST = "load-balancer"
LOAD_BALANCER_AFFINITY = f"virtual:{LOAD_BALANCER_HOST}"

# kube-controllers: leakGracePeriod by default, in seconds.
DEFAULT_LEAK_GRACE_PERIOD = 900.0

# Windows nodes: the first three and the last address of each block are kept back ...
WINDOWS_RESERVED_PER_BLOCK = 4
WINDOWS_HANDLE = "windows-reserved-ipam-handle"
# ... and with kube-proxy on the node one block only fits.
WINDOWS_MAX_BLOCKS_PER_HOST = 1

MAX_COOLDOWN_SECONDS = 1200
HIGHEST_MAX_BLOCKS_PER_HOST = 1_000_000

# IP pool: the longest cidr and selector, in characters, and the most uses.
MAX_CIDR_LENGTH = 48
MAX_SELECTOR_LENGTH = 1024
MAX_ALLOWED_USES = 10

# Kubernetes, of any object: the longest name and label, and the size of all annotations in bytes.
MAX_NAME_LENGTH = 253
MAX_LABEL_LENGTH = 63
MAX_ANNOTATIONS_BYTES = 256 * 1024

# Kubernetes: pods that kubelet runs on a node unless configured otherwise.
KUBELET_MAX_PODS = 110

# Kubernetes: share of a Deployment's pods that a rolling update starts beyond those wanted, rounded up (maxSurge).
DEFAULT_MAX_SURGE_PERCENT = 25

# Ours: a reservation above this share of its pool is worth a warning.
MAX_RESERVED_SHARE = 0.1


def allowed_block_sizes(version: IPVersion, prefix: int) -> range:
    """Return the blockSizes that Calico takes for a pool of this prefix length, ascending."""
    sizes = ALLOWED_BLOCK_SIZES[version]
    return range(max(sizes.start, prefix), sizes.stop)
