"""The rules on one IPPool: one function each, on the pool as a judge sees it with its own defaults filled in.

A function yields each breach as the field and the numbers of it; who refuses it is in the table of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from .cidr import Cidr, CidrError
from .limits import BLOCK_SIZES, DEFAULT_BLOCK_SIZE, LINK_LOCAL
from .selectors import SelectorError, parse

Breach = tuple[str, dict[str, object]]  # the field, the numbers


@dataclass(frozen=True, slots=True)
class Pool:
    """An IPPool's spec, typed; a field is None where what stands in it has another type."""

    text: str | None  # the cidr as written
    cidr: Cidr | None = None  # without host bits; None where the text is no CIDR
    block_size: int | None = None
    disabled: bool = False
    ipip: str = "Never"
    vxlan: str = "Never"
    bgp_disabled: bool = False
    node_selector: str = ""
    namespace_selector: str = ""
    uses: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Self:
        """Read a spec; whatever has not its field's type counts as not given."""
        cidr = spec.get("cidr")
        text = cidr if isinstance(cidr, str) else None
        network = Cidr.maybe(text)
        size = spec.get("blockSize", 0)
        whole = isinstance(size, int) and not isinstance(size, bool)
        uses = spec.get("allowedUses")
        return cls(
            text,
            network,
            (size or (DEFAULT_BLOCK_SIZE[network.version] if network else 0)) if whole else None,
            spec.get("disabled") is True,
            _text(spec, "ipipMode") or "Never",
            _text(spec, "vxlanMode") or "Never",
            spec.get("disableBGPExport") is True,
            _text(spec, "nodeSelector"),
            _text(spec, "namespaceSelector"),
            tuple(uses) if isinstance(uses, Sequence) and all(isinstance(use, str) for use in uses) else (),
        )


def host_bits(pool: Pool) -> Iterator[Breach]:
    """Find a cidr with bits set behind its prefix."""
    if pool.cidr is not None and pool.text is not None:
        try:
            Cidr.parse(pool.text)
        except CidrError:
            yield "cidr", {"cidr": pool.text, "network": str(pool.cidr)}


def block_size_range(pool: Pool) -> Iterator[Breach]:
    """Find a blockSize outside its family's range."""
    if pool.cidr is not None and pool.block_size is not None:
        sizes = BLOCK_SIZES[pool.cidr.version]
        if pool.block_size not in sizes:
            low, high = sizes.start, sizes.stop - 1
            yield "blockSize", {"size": pool.block_size, "low": low, "high": high, "version": pool.cidr.version}


def block_size_prefix(pool: Pool) -> Iterator[Breach]:
    """Find a pool smaller than one of its blocks; a disabled one may be."""
    if pool.disabled or pool.cidr is None or pool.block_size is None:
        return
    if pool.cidr.prefix > pool.block_size:
        yield "blockSize", {"size": pool.block_size, "cidr": str(pool.cidr), "prefix": pool.cidr.prefix}


def link_local(pool: Pool) -> Iterator[Breach]:
    """Find a pool with link-local addresses."""
    if pool.cidr is not None and pool.cidr.overlaps(LINK_LOCAL[pool.cidr.version]):
        yield "cidr", {"cidr": str(pool.cidr), "network": str(LINK_LOCAL[pool.cidr.version])}


def encapsulation_both(pool: Pool) -> Iterator[Breach]:
    """Find a pool with IPIP and VXLAN."""
    if pool.ipip != "Never" and pool.vxlan != "Never":
        yield "ipipMode", {"ipip": pool.ipip, "vxlan": pool.vxlan}


def ipip_ipv6(pool: Pool) -> Iterator[Breach]:
    """Find an IPv6 pool with IPIP."""
    if pool.ipip != "Never" and pool.cidr is not None and pool.cidr.version == 6:
        yield "ipipMode", {"ipip": pool.ipip, "cidr": str(pool.cidr)}


def loadbalancer_alone(pool: Pool) -> Iterator[Breach]:
    """Find LoadBalancer beside other uses."""
    others = [use for use in pool.uses if use in ("Workload", "Tunnel")]
    if _for_services(pool) and others:
        yield "allowedUses", {"others": ", ".join(others)}


def loadbalancer_encapsulation(pool: Pool) -> Iterator[Breach]:
    """Find a LoadBalancer pool with an encapsulation."""
    for field, mode in (("ipipMode", pool.ipip), ("vxlanMode", pool.vxlan)):
        if _for_services(pool) and mode != "Never":
            yield field, {"field": field, "mode": mode}


def loadbalancer_bgp(pool: Pool) -> Iterator[Breach]:
    """Find a LoadBalancer pool that is kept from BGP peers."""
    if _for_services(pool) and pool.bgp_disabled:
        yield "disableBGPExport", {}


def loadbalancer_selector(pool: Pool) -> Iterator[Breach]:
    """Find a LoadBalancer pool with a nodeSelector; Calico compares the text."""
    if _for_services(pool) and pool.node_selector != "all()":
        yield "nodeSelector", {"selector": pool.node_selector}


def namespace_tunnel(pool: Pool) -> Iterator[Breach]:
    """Find a namespaceSelector on a pool for tunnels."""
    if pool.namespace_selector and "Tunnel" in pool.uses:
        yield "namespaceSelector", {}


def selector_syntax(pool: Pool) -> Iterator[Breach]:
    """Find selectors that do not parse."""
    for field, text in _selectors(pool):
        try:
            parse(text)
        except SelectorError as error:
            numbers = {"field": field, "selector": text, "reason": error.reason, "position": error.position + 1}
            yield field, numbers


def selector_global(pool: Pool) -> Iterator[Breach]:
    """Find the letters of global(, wherever they stand."""
    for field, text in _selectors(pool):
        if "global(" in text:
            yield field, {"field": field}


# In the order in which Calico tells them.
CHECKS: dict[str, Callable[[Pool], Iterator[Breach]]] = {
    "cidr-host-bits": host_bits,
    "selector-syntax": selector_syntax,
    "encapsulation-both": encapsulation_both,
    "loadbalancer-encapsulation": loadbalancer_encapsulation,
    "loadbalancer-alone": loadbalancer_alone,
    "ipip-ipv6": ipip_ipv6,
    "loadbalancer-bgp": loadbalancer_bgp,
    "loadbalancer-selector": loadbalancer_selector,
    "namespace-tunnel": namespace_tunnel,
    "selector-global": selector_global,
    "pool-link-local": link_local,
    "block-size-range": block_size_range,
    "block-size-prefix": block_size_prefix,
}


def _text(spec: Mapping[str, Any], field: str) -> str:
    value = spec.get(field)
    return value if isinstance(value, str) else ""


def _selectors(pool: Pool) -> tuple[tuple[str, str], ...]:
    return ("nodeSelector", pool.node_selector), ("namespaceSelector", pool.namespace_selector)


def _for_services(pool: Pool) -> bool:
    return "LoadBalancer" in pool.uses
