"""What Calico, its operator and kubelet print where a pod gets no address, as people paste it with their question."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding, LocalizedText, Place
from ..texts import N_
from .table_layout import NumberedLines

_MAX_LINE = 4000  # characters of a line that are looked at; kubelet prints long ones
# Part of the message: what it means, and what to look at.
MEANINGS: dict[str, str] = {
    "due to per host block limit": N_(
        "The node holds as many blocks as it may (20, or maxBlocksPerHost), and all of them are full; at the limit it "
        "does not borrow. Raise maxBlocksPerHost, use larger blocks, or release leaked addresses."
    ),
    "does not exist, or is not enabled": N_(
        "An annotation or the CNI configuration names a pool that is disabled or does not exist."
    ),
    "error parsing pool": N_(
        "An annotation or the CNI configuration names a pool that does not exist: what is no pool's name is read as a "
        "CIDR. Compare it with calicoctl get ippools, in the datastore that the CNI plugin uses."
    ),
    "cannot find a qualified ippool": N_("No pool of this IP family is enabled, or the blocks of all are too small."),
    "o configured Calico pools": N_(
        "No enabled pool selects the node, or there is none. ippoolkit pools-for --cluster FILES --node NODE says why "
        "each does not."
    ),
    "strict affinity enabled": N_(
        "With strictAffinity, nodes do not borrow: the node's blocks are full, and no block is left to claim."
    ),
    "IPAM allocated only": N_(
        "No pool that serves the pod has a free address, or the node can claim no block. Leaked addresses count as "
        "used."
    ),
    "pools are likely exhausted": N_(
        "calico-node finds no address for the node's tunnel, and does not start: no enabled pool that selects the node "
        "has a free address, or one that the node may borrow. Release leaked addresses, or add a pool."
    ),
    "IPAM: resource already exists": N_(
        "The address that an annotation asks for (cni.projectcalico.org/ipAddrs) is held by another pod, or "
        "leaked: calicoctl ipam show --ip shows by whom."
    ),
    "is not in a configured pool": N_(
        "The address that is asked for is in no enabled pool: an annotation (cni.projectcalico.org/ipAddrs) names it, "
        "or calico-node takes over what host-local left in /var/lib/cni/networks."
    ),
    "pod network CIDR": N_(
        "The operator refuses pools outside kubeadm's podSubnet or OpenShift's clusterNetwork; where kubeadm was given "
        "no podSubnet it refuses every pool."
    ),
}
# Only with these is such a line a message of Calico, and not somebody's prose.
_MARKS = ("failed", "error", "Unable to", "rror:", "given pool", "request", "configured pod network CIDR", "limit")


def find_meaning(line: str) -> str | None:
    """Return the part of a known message that a line has."""
    text = line[:_MAX_LINE]
    if not any(mark in text for mark in _MARKS):
        return None
    return next((part for part in MEANINGS if part in text), None)


def has_message(text: str) -> bool:
    """Whether any line of a text is a message that is known."""
    return any(part in text for part in MEANINGS) and any(map(find_meaning, text.splitlines()))


def message_findings(lines: NumberedLines, file: str) -> Iterator[Finding]:
    """Explain each message once, at the first line that has it."""
    explained = set()
    for number, line in lines:
        part = find_meaning(line)
        if part is not None and part not in explained:
            explained.add(part)
            start = max(line.find(part) - 80, 0)
            if start:
                start = line.find(" ", start) + 1  # from a whole word on
            excerpt = line[start : start + 200].strip()
            params = {"message": excerpt, "meaning": LocalizedText(MEANINGS[part])}
            yield Finding("calico-message", params=params, place=Place(file, number))
