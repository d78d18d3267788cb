"""The rules on one IPPool: one function each, on the pool as a judge sees it with its own defaults filled in.

A function yields each breach as the field and the numbers of it; who refuses it is in the table of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..cidr import ADDRESS_BITS, Cidr, CidrError
from .limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE, LINK_LOCAL_CIDR
from .releases import Release
from .selectors import SelectorError, parse_selector

Violation = tuple[str, dict[str, object]]  # the field, the numbers


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """An IPPool's spec, typed; a field is None where what stands in it has another type."""

    cidr_text: str | None  # the cidr as written
    cidr: Cidr | None = None  # without host bits; None where the text is no CIDR
    block_size: int | None = None
    disabled: bool = False
    ipip_mode: str = "Never"
    vxlan_mode: str = "Never"
    bgp_export_disabled: bool = False
    node_selector: str = ""
    namespace_selector: str = ""
    allowed_uses: tuple[str, ...] = ()

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Read a spec; whatever has not its field's type counts as not given."""
        cidr = spec.get("cidr")
        cidr_text = cidr if isinstance(cidr, str) else None
        network = Cidr.parse_or_none(cidr_text)
        block_size = spec.get("blockSize", 0)
        is_integer = isinstance(block_size, int) and not isinstance(block_size, bool)
        allowed_uses = spec.get("allowedUses")
        return cls(
            cidr_text,
            network,
            (block_size or (DEFAULT_BLOCK_SIZE[network.version] if network else 0)) if is_integer else None,
            spec.get("disabled") is True,
            _string_field(spec, "ipipMode") or "Never",
            _string_field(spec, "vxlanMode") or "Never",
            spec.get("disableBGPExport") is True,
            _string_field(spec, "nodeSelector"),
            _string_field(spec, "namespaceSelector"),
            tuple(allowed_uses)
            if isinstance(allowed_uses, Sequence) and all(isinstance(use, str) for use in allowed_uses)
            else (),
        )


def check_host_bits(pool: PoolSpec) -> Iterator[Violation]:
    """Find a cidr with bits set behind its prefix."""
    if pool.cidr is not None and pool.cidr_text is not None:
        try:
            Cidr.parse(pool.cidr_text)
        except CidrError:
            yield "cidr", {"cidr": pool.cidr_text, "network": str(pool.cidr)}


def check_block_size_range(pool: PoolSpec) -> Iterator[Violation]:
    """Find a blockSize outside its family's range."""
    if pool.cidr is not None and pool.block_size is not None:
        sizes = ALLOWED_BLOCK_SIZES[pool.cidr.version]
        if pool.block_size not in sizes:
            low, high = sizes.start, sizes.stop - 1
            yield "blockSize", {"size": pool.block_size, "low": low, "high": high, "version": pool.cidr.version}


def check_block_size_prefix(pool: PoolSpec) -> Iterator[Violation]:
    """Find a pool smaller than one of its blocks; a disabled one may be."""
    if pool.disabled or pool.cidr is None or pool.block_size is None:
        return
    if pool.cidr.prefix > pool.block_size:
        yield "blockSize", {"size": pool.block_size, "cidr": str(pool.cidr), "prefix": pool.cidr.prefix}


def check_link_local(pool: PoolSpec) -> Iterator[Violation]:
    """Find a pool with link-local addresses."""
    if pool.cidr is not None and pool.cidr.overlaps(LINK_LOCAL_CIDR[pool.cidr.version]):
        yield "cidr", {"cidr": str(pool.cidr), "network": str(LINK_LOCAL_CIDR[pool.cidr.version])}


def check_single_encapsulation(pool: PoolSpec) -> Iterator[Violation]:
    """Find a pool with IPIP and VXLAN."""
    if pool.ipip_mode != "Never" and pool.vxlan_mode != "Never":
        yield "ipipMode", {"ipip": pool.ipip_mode, "vxlan": pool.vxlan_mode}


def check_ipip_is_ipv4(pool: PoolSpec) -> Iterator[Violation]:
    """Find an IPv6 pool with IPIP."""
    if pool.ipip_mode != "Never" and pool.cidr is not None and pool.cidr.version == 6:
        yield "ipipMode", {"ipip": pool.ipip_mode, "cidr": str(pool.cidr)}


def check_vxlan_is_ipv4(pool: PoolSpec) -> Iterator[Violation]:
    """Find an IPv6 pool with VXLAN, which the first releases do not take."""
    if pool.vxlan_mode != "Never" and pool.cidr is not None and pool.cidr.version == 6:
        yield "vxlanMode", {"vxlan": pool.vxlan_mode, "cidr": str(pool.cidr)}


def check_loadbalancer_alone(pool: PoolSpec) -> Iterator[Violation]:
    """Find LoadBalancer beside other uses."""
    other_uses = [use for use in pool.allowed_uses if use in ("Workload", "Tunnel")]
    if _is_load_balancer_pool(pool) and other_uses:
        yield "allowedUses", {"others": ", ".join(other_uses)}


def check_loadbalancer_encapsulation(pool: PoolSpec) -> Iterator[Violation]:
    """Find a LoadBalancer pool with an encapsulation."""
    for field, mode in (("ipipMode", pool.ipip_mode), ("vxlanMode", pool.vxlan_mode)):
        if _is_load_balancer_pool(pool) and mode != "Never":
            yield field, {"field": field, "mode": mode}


def check_loadbalancer_bgp(pool: PoolSpec) -> Iterator[Violation]:
    """Find a LoadBalancer pool that is kept from BGP peers."""
    if _is_load_balancer_pool(pool) and pool.bgp_export_disabled:
        yield "disableBGPExport", {}


def check_loadbalancer_selector(pool: PoolSpec) -> Iterator[Violation]:
    """Find a LoadBalancer pool with a nodeSelector; Calico compares the text."""
    if _is_load_balancer_pool(pool) and pool.node_selector != "all()":
        yield "nodeSelector", {"selector": pool.node_selector}


def check_namespace_selector_without_tunnel(pool: PoolSpec) -> Iterator[Violation]:
    """Find a namespaceSelector on a pool for tunnels."""
    if pool.namespace_selector and "Tunnel" in pool.allowed_uses:
        yield "namespaceSelector", {}


def check_selector_syntax(pool: PoolSpec) -> Iterator[Violation]:
    """Find selectors that do not parse."""
    for field, selector in _selector_fields(pool):
        try:
            parse_selector(selector)
        except SelectorError as error:
            params = {"field": field, "selector": selector, "reason": error.reason, "position": error.position + 1}
            yield field, params


def check_selector_without_global(pool: PoolSpec) -> Iterator[Violation]:
    """Find the letters of global(, wherever they stand."""
    for field, selector in _selector_fields(pool):
        if "global(" in selector:
            yield field, {"field": field}


# In the order in which Calico tells them.
POOL_CHECKS: dict[str, Callable[[PoolSpec], Iterator[Violation]]] = {
    "cidr-host-bits": check_host_bits,
    "selector-syntax": check_selector_syntax,
    "encapsulation-both": check_single_encapsulation,
    "loadbalancer-encapsulation": check_loadbalancer_encapsulation,
    "loadbalancer-alone": check_loadbalancer_alone,
    "ipip-ipv6": check_ipip_is_ipv4,
    "vxlan-ipv6": check_vxlan_is_ipv4,
    "loadbalancer-bgp": check_loadbalancer_bgp,
    "loadbalancer-selector": check_loadbalancer_selector,
    "namespace-tunnel": check_namespace_selector_without_tunnel,
    "selector-global": check_selector_without_global,
    "pool-link-local": check_link_local,
    "block-size-range": check_block_size_range,
    "block-size-prefix": check_block_size_prefix,
}

# The behaviour that a rule of calicoctl belongs to; the others are in every release.
_CALICOCTL_RULES = {
    "vxlan-ipv6": "vxlan-ipv6-refused",
    "selector-global": "selector-global-refused",
    "loadbalancer-encapsulation": "loadbalancer",
    "loadbalancer-alone": "loadbalancer",
    "loadbalancer-bgp": "loadbalancer",
    "loadbalancer-selector": "loadbalancer",
    "namespace-tunnel": "namespace-selector",
}
# The rules that the CRD had first; the others came with v3.33.
_FIRST_CRD_RULES = frozenset({"encapsulation-both", "loadbalancer-encapsulation", "loadbalancer-alone", "ipip-ipv6"})


def rule_applies(code: str, release: Release, *, by_crd: bool) -> bool:
    """Whether a release has a rule on pools, in the CRD or in calicoctl's own checks."""
    if by_crd:
        return release.has("crd-rules-first" if code in _FIRST_CRD_RULES else "crd-rules-all")
    return code not in _CALICOCTL_RULES or release.has(_CALICOCTL_RULES[code])


def check_mapped_cidr(pool: PoolSpec) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Find an IPv4-mapped IPv6 cidr, of which releases before v3.33 compare the IPv6 prefix with IPv4's sizes.

    Yields the code of the rule that they name, the field and the numbers.
    """
    text = pool.cidr_text or ""
    if pool.cidr is None or pool.cidr.version == 6 or ":" not in text:
        return
    prefix = int(text.rpartition("/")[2])
    if prefix >= ADDRESS_BITS[6] - ADDRESS_BITS[4]:
        yield "block-size-prefix", "cidr", {"size": pool.block_size or 0, "cidr": text, "prefix": prefix}
    else:
        yield "cidr-host-bits", "cidr", {"cidr": text, "network": str(pool.cidr)}


def _string_field(spec: Mapping[str, Any], field: str) -> str:
    value = spec.get(field)
    return value if isinstance(value, str) else ""


def _selector_fields(pool: PoolSpec) -> tuple[tuple[str, str], ...]:
    return ("nodeSelector", pool.node_selector), ("namespaceSelector", pool.namespace_selector)


def _is_load_balancer_pool(pool: PoolSpec) -> bool:
    return "LoadBalancer" in pool.allowed_uses
