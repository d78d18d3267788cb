"""Who may draw addresses from which pool, for what, and how many blocks a node may have.

These are the rules of Calico's libcalico-go/lib/ipam/pools.go and of calico-node's allocateip.go, in one place:
capacity, audits, rehearsed changes and the engine all ask here. A selector that does not parse matches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..cidr import IPVersion
from .limits import DEFAULT_MAX_BLOCKS_PER_HOST, WINDOWS_MAX_BLOCKS_PER_HOST, WINDOWS_RESERVED_PER_BLOCK
from .releases import Release
from .selectors import SelectorError, parse_selector

if TYPE_CHECKING:
    from ..model import IPPool

Labels = Mapping[str, str]
Use = Literal["Workload", "Tunnel", "LoadBalancer"]
TunnelType = Literal["ipip", "vxlan", "wireguard"]
OS_LABEL = "kubernetes.io/os"
TUNNEL_TYPES: tuple[TunnelType, ...] = ("ipip", "vxlan", "wireguard")


@dataclass(frozen=True, slots=True)
class PoolRequest:
    """A request for addresses of one family, as far as it decides which pools serve it.

    `pool_names` are names or CIDRs in the order in which they are tried; `namespace_labels` is None where no namespace
    is known.
    """

    version: IPVersion
    node_labels: Labels
    use: Use = "Workload"
    pool_names: tuple[str, ...] = ()
    namespace_labels: Labels | None = None
    windows: bool = False


@dataclass(frozen=True, slots=True)
class PoolSelection:
    """The pools that serve a request, in the order tried, or the code of the rule that ends it before it begins."""

    pools: tuple[IPPool, ...] = ()
    failure: str = ""
    missing_pool: str = ""  # the named pool behind `ipam-pool-missing`


def known_pool(pool: IPPool, release: Release) -> IPPool:
    """Return a pool as a release sees it: without the fields that it does not know."""
    if pool.namespace_selector and not release.has("namespace-selector"):
        pool = replace(pool, namespace_selector="")
    if pool.assignment_mode != "Automatic" and not release.has("assignment-mode"):
        pool = replace(pool, assignment_mode="Automatic")
    return pool


def selector_matches(selector: str, labels: Labels) -> bool:
    """Whether a selector matches labels; one that does not parse matches nothing."""
    try:
        return parse_selector(selector).matches(labels)
    except SelectorError:
        return False


def selects_node(pool: IPPool, labels: Labels) -> bool:
    """Whether a pool's nodeSelector matches a node's labels; `SelectsNode` in libcalico-go."""
    return selector_matches(pool.node_selector, labels)


def selects_namespace(pool: IPPool, labels: Labels | None) -> bool:
    """Whether a pool's namespaceSelector matches a namespace's labels; `SelectsNamespace` in libcalico-go."""
    return not pool.namespace_selector or selector_matches(pool.namespace_selector, labels or {})


def selects_every_namespace(pool: IPPool) -> bool:
    """Whether a pool serves pods whatever their namespace."""
    return pool.namespace_selector in ("", "all()")


def allows(pool: IPPool, use: Use) -> bool:
    """Whether a pool gives addresses for a use at all, to whoever may draw from it."""
    return not pool.disabled and use in pool.allowed_uses


def serves_unnamed(pool: IPPool, use: Use) -> bool:
    """Whether a pool gives addresses for a use to those who name no pool."""
    return allows(pool, use) and pool.assignment_mode == "Automatic"


def fits_windows(pool: IPPool) -> bool:
    """Whether a block of a pool has an address left beside those that Windows reserves."""
    return pool.addresses_per_block > WINDOWS_RESERVED_PER_BLOCK


def select_pools(pools: Iterable[IPPool], request: PoolRequest) -> PoolSelection:
    """Choose the pools of a request exactly as Calico does.

    Named pools serve in the order named, whatever they select and whatever their assignmentMode; without names all
    that select the node and the namespace do, in the order of their names. allowedUses counts in both cases. Windows
    takes pools of small blocks for missing only where pools are named.
    """
    enabled = sorted(
        (pool for pool in pools if pool.version == request.version and not pool.disabled), key=lambda pool: pool.name
    )
    nameable = [pool for pool in enabled if not request.windows or fits_windows(pool)]
    if not nameable:
        return PoolSelection(failure="ipam-no-pools")
    candidates: list[IPPool] = []
    for name in request.pool_names:
        matching = [pool for pool in nameable if name in (pool.name, str(pool.cidr))]
        if not matching:
            return PoolSelection(failure="ipam-pool-missing", missing_pool=name)
        candidates += matching
    if not request.pool_names:
        candidates = [
            pool
            for pool in enabled
            if pool.assignment_mode == "Automatic"
            and selects_node(pool, request.node_labels)
            and selects_namespace(pool, request.namespace_labels)
        ]
        if not candidates:
            return PoolSelection(failure="ipam-none-selects")
    allowed = tuple(pool for pool in candidates if request.use in pool.allowed_uses)
    return PoolSelection(allowed) if allowed else PoolSelection(failure="ipam-no-use")


def rejection_code(pool: IPPool, request: PoolRequest) -> str:
    """Return the code of the first reason why a pool does not serve a request; empty where it does."""
    if pool.disabled:
        return "not-disabled"
    if request.pool_names:
        if pool.name not in request.pool_names and str(pool.cidr) not in request.pool_names:
            return "not-named"
    elif pool.assignment_mode == "Manual":
        return "not-manual"
    elif not selects_node(pool, request.node_labels):
        return "not-node"
    elif not selects_namespace(pool, request.namespace_labels):
        return "not-namespace"
    if request.use not in pool.allowed_uses:
        return "not-use"
    return "not-windows" if request.windows and not fits_windows(pool) else ""


def serves_tunnel(pool: IPPool, labels: Labels, tunnel_type: TunnelType) -> bool:
    """Whether calico-node asks a pool for the address of a node's tunnel.

    It names the pools in its request, so that assignmentMode and namespaceSelector play no part; with WireGuard the
    encapsulation does not either. On Windows nobody asks: the tunnel has the second address of the node's block, one of
    those that Windows reserves (EnsureVXLANTunnelAddr in the CNI plugin).
    """
    return (
        allows(pool, "Tunnel")
        and labels.get(OS_LABEL) != "windows"
        and (tunnel_type == "wireguard" or (pool.ipip_mode if tunnel_type == "ipip" else pool.vxlan_mode) != "Never")
        and selects_node(pool, labels)
    )


def is_malformed_request(pool_name: str) -> bool:
    """Whether a pool that is asked for stands for an annotation that is no JSON list: it is in quotes then."""
    return pool_name.startswith('"')


def max_blocks_per_node(configured: int, requested: int = 0, *, windows: bool = False) -> int:
    """Return how many blocks of one family a node may have in the pools of one request.

    Parameters
    ----------
    configured
        maxBlocksPerHost of the IPAMConfiguration; 0 for none.
    requested
        The limit of the request itself; 0 for none, which is 1 block on a Windows node with kube-proxy.
    windows
        Whether the node runs Windows.
    """
    if windows and not requested:
        requested = WINDOWS_MAX_BLOCKS_PER_HOST
    return min((limit for limit in (configured, requested) if limit > 0), default=DEFAULT_MAX_BLOCKS_PER_HOST)
