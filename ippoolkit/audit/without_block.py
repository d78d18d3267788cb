"""What becomes of pods on a node that has no block with a free address, and what helps them at once."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from ..cidr import ADDRESS_BITS, IPVersion
from ..findings import N_, LocalizedText, abbreviate_names
from ..manifests.ipam_configure import configure_command
from ..model import Scenario

_FULL = N_("No address is free: new pods get none.")
_STRICT = N_("strictAffinity is true: new pods get no address on a node without a free one in its own blocks.")
_BORROWS = N_(
    "strictAffinity is false: a node without a free address in its own blocks borrows from other nodes' blocks, and "
    "each such address is a route of its own."
)
_UNKNOWN = N_(
    "strictAffinity was not read: if true, new pods get no address on a node without a free one in its own blocks; if "
    "false, the node borrows from other nodes' blocks."
)
_BORROW_MEANWHILE = N_(
    "Until then, {command} lets nodes borrow at once; each borrowed address is a route of its own (/{bits:d})."
)
_WINDOWS_NEED_STRICT = N_(
    "strictAffinity false would let nodes borrow at once, but the Windows nodes ({which}) need it to be true."
)


def outcome_without_block(scenario: Scenario, free: int) -> LocalizedText:
    """Say what happens to new pods of a node that can claim no block, while so many addresses are free in others."""
    cluster = scenario.cluster
    if free <= 0:
        return LocalizedText(_FULL)
    if not cluster.has_read("IPAMConfiguration"):
        return LocalizedText(_UNKNOWN)
    return LocalizedText(_STRICT if cluster.ipam.strict_affinity else _BORROWS)


def gets_no_address(scenario: Scenario, free: int) -> bool:
    """Whether new pods of such a node get no address for sure; where strictAffinity was not read, that is open."""
    cluster = scenario.cluster
    return free <= 0 or (cluster.has_read("IPAMConfiguration") and cluster.ipam.strict_affinity)


def borrow_meanwhile(scenario: Scenario, free: int, version: IPVersion) -> tuple[LocalizedText, ...]:
    """Say how such pods get addresses before there are blocks: only strictAffinity keeps them from those free."""
    cluster, config = scenario.cluster, scenario.cluster.ipam
    if free <= 0 or not cluster.has_read("IPAMConfiguration") or not config.strict_affinity:
        return ()
    if windows := [node.name for node in cluster.nodes if node.windows]:
        return (LocalizedText(_WINDOWS_NEED_STRICT, which=abbreviate_names(windows)),)
    has_cap = config.max_blocks_per_host > 0  # which Calico refuses together with borrowing
    if not config.auto_allocate_blocks or (has_cap and not scenario.release.has("configure-max-blocks")):
        return ()
    command = configure_command(replace(config, strict_affinity=False, max_blocks_per_host=0), scenario.release)
    if has_cap:
        command += " --max-blocks-per-host=0"
    return (LocalizedText(_BORROW_MEANWHILE, command=command, bits=ADDRESS_BITS[version]),)


def youngest_nodes(nodes: AbstractSet[str], ages: Mapping[str, int], count: int) -> list[str]:
    """Return the youngest nodes, all of one age together; nothing where ages do not tell nodes apart."""
    if not nodes <= ages.keys():
        return []
    limit = sorted(ages[node] for node in nodes)[count - 1]
    youngest = sorted(node for node in nodes if ages[node] <= limit)
    return youngest if len(youngest) < len(nodes) else []
