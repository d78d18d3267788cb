"""What becomes of pods on a node that has no block with a free address, and what helps them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from ..address_space import AddressSpace, networks_in_use
from ..cidr import ADDRESS_BITS, IPVersion
from ..findings import N_, Advice, LocalizedText, Purpose, abbreviate_names
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
_BORROW_MEANWHILE = N_("{command} lets nodes borrow at once; each borrowed address is a route of its own (/{bits:d}).")
_WINDOWS_NEED_STRICT = N_(
    "strictAffinity false would let nodes borrow at once, but the Windows nodes ({which}) need it to be true."
)
_ADD_POOL = N_("Add a pool: ippoolkit free INPUT --within CIDR --prefix N finds a free range.")
_ADD_POOL_OF_SIZE = N_(
    "Add a pool of /{prefix} or larger, for at least {blocks:block} of /{size}: ippoolkit free INPUT --within CIDR "
    "--prefix {prefix} finds a free range."
)
_ADD_FREE_RANGE = N_(
    "Add a pool of /{prefix} or larger, for at least {blocks:block} of /{size}: {cidr} is free in the cluster CIDR."
)


def outcome_without_block(scenario: Scenario, free: int) -> LocalizedText:
    """Say what happens to new pods of a node that can claim no block, while so many addresses are free in others."""
    cluster = scenario.cluster
    if free <= 0:
        return LocalizedText(_FULL)
    if not cluster.has_read("IPAMConfiguration"):
        return LocalizedText(_UNKNOWN)
    return LocalizedText(_STRICT if cluster.ipam.strict_affinity else _BORROWS)


def forbids_borrowing(scenario: Scenario) -> bool:
    """Whether strictAffinity is known to be true; where it was not read, that is open."""
    cluster = scenario.cluster
    return cluster.has_read("IPAMConfiguration") and cluster.ipam.strict_affinity


def borrow_meanwhile(scenario: Scenario, free: int, version: IPVersion) -> tuple[Advice, ...]:
    """Say how such pods get addresses before there are blocks: only strictAffinity keeps them from those free."""
    cluster, config = scenario.cluster, scenario.cluster.ipam
    if free <= 0 or not forbids_borrowing(scenario):
        return ()
    if windows := [node.name for node in cluster.nodes if node.windows]:
        text = LocalizedText(_WINDOWS_NEED_STRICT, which=abbreviate_names(windows))
        return (Advice(text, Purpose.NOW),)
    has_cap = config.max_blocks_per_host > 0  # which Calico refuses together with borrowing
    if not config.auto_allocate_blocks or (has_cap and not scenario.release.has("configure-max-blocks")):
        return ()
    command = configure_command(replace(config, strict_affinity=False, max_blocks_per_host=0), scenario.release)
    if has_cap:
        command += " --max-blocks-per-host=0"
    text = LocalizedText(_BORROW_MEANWHILE, command=command, bits=ADDRESS_BITS[version])
    return (Advice(text, Purpose.NOW),)


def pool_to_add(
    scenario: Scenario, version: IPVersion, block_sizes: Collection[int | None], nodes: int
) -> LocalizedText:
    """Say which pool gives so many nodes a block each.

    Parameters
    ----------
    scenario
        The cluster: of ranges only its cluster CIDR is known to be for pods.
    version
        Family of the pool.
    block_sizes
        Those of the pools that are there, None where unknown: of one size the new pool is of that size too.
    nodes
        How many nodes have no block: the least number of blocks that are lacking.
    """
    size = next(iter(block_sizes), None)
    if size is None or len(set(block_sizes)) > 1:
        return LocalizedText(_ADD_POOL)
    prefix = size - (nodes - 1).bit_length()
    params = {"prefix": prefix, "blocks": nodes, "size": size}
    within = tuple(cidr for cidr in scenario.networks.cluster if cidr.version == version)
    # Where not all pools were read, what seems free may be another pool's.
    if within and scenario.cluster.has_read("IPPool"):
        cluster = replace(scenario.cluster, pods=())  # their addresses are in pools and blocks, which count
        space = AddressSpace(within, tuple(networks_in_use(replace(scenario, cluster=cluster))))
        if offers := space.best_fit(prefix, 1, version):
            return LocalizedText(_ADD_FREE_RANGE, **params, cidr=str(offers[0]))
    return LocalizedText(_ADD_POOL_OF_SIZE, **params)


def youngest_nodes(nodes: AbstractSet[str], ages: Mapping[str, int], count: int) -> list[str]:
    """Return the youngest nodes, all of one age together; nothing where ages do not tell nodes apart."""
    if not nodes <= ages.keys():
        return []
    limit = sorted(ages[node] for node in nodes)[count - 1]
    youngest = sorted(node for node in nodes if ages[node] <= limit)
    return youngest if len(youngest) < len(nodes) else []
