"""Which pools a pod, or a node's tunnel, may draw from, in order; and why each other one may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..cidr import BITS, Version
from ..findings import Finding
from ..limits import WINDOWS_RESERVED
from ..model import Cluster, IPPool, Node, Use
from ..selectors import SelectorError, parse

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for an address: from where, for what, and the pools that it names."""

    node: str
    labels: Labels
    version: Version
    use: Use = "Workload"
    namespace: str = ""
    namespace_labels: Labels = field(default_factory=dict)
    named: tuple[str, ...] = ()
    named_by: str = ""  # whose annotation names them
    windows: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The pools in the order tried; for each other one the reason; and what ends the request before it begins."""

    pools: tuple[IPPool, ...]
    reasons: Mapping[str, Finding]
    error: Finding | None = None


def asked(cluster: Cluster, node: Node, namespace: str = "", pod: str = "") -> Iterator[Asking]:
    """Yield what a pod on a node asks for, a request for each family that has pools.

    A pod's annotation goes before its namespace's, for each family by itself. Windows has no IPv6.
    """
    space = next((each for each in cluster.namespaces if each.name == namespace), None)
    of_pod = next((each for each in cluster.pods if (each.namespace, each.name) == (namespace, pod)), None)
    for version in BITS:
        if not any(pool.version == version for pool in cluster.pools) or (node.windows and version == 6):
            continue
        named: tuple[str, ...] = ()
        by = ""
        for who, each in (("Pod", of_pod), ("Namespace", space)):
            if each is not None and (names := each.ipv4_pools if version == 4 else each.ipv6_pools):
                named, by = names, f"{who}/{each.name}"
                break
        labels = space.labels if space else {}
        yield Asking(
            node.name, node.labels, version, namespace=namespace, namespace_labels=labels, named=named, named_by=by,
            windows=node.windows,
        )  # fmt: skip


def answer(cluster: Cluster, asking: Asking) -> Answer:
    """Say which pools serve a request."""
    of_family = sorted((p for p in cluster.pools if p.version == asking.version), key=lambda pool: pool.name)
    reasons = {pool.name: why for pool in of_family if (why := _why_not(pool, asking)) is not None}
    if asking.named:
        by_name = {name: pool for pool in of_family for name in (str(pool.cidr), pool.name)}
        missing = [name for name in asking.named if name not in by_name or by_name[name].disabled]
        if missing:
            state = "disabled" if missing[0] in by_name else "missing"
            numbers = {"pool": missing[0], "by": asking.named_by}
            return Answer((), reasons, Finding(f"named-{state}", asking.named_by, numbers))
        serving = [by_name[name] for name in asking.named if by_name[name].name not in reasons]
    else:
        serving = [pool for pool in of_family if pool.name not in reasons]
    error = (
        None if serving else Finding("no-pool-serves", f"Node/{asking.node}", {"node": asking.node, "use": asking.use})
    )
    return Answer(tuple(serving), reasons, error)


def _why_not(pool: IPPool, asking: Asking) -> Finding | None:
    subject = f"IPPool/{pool.name}"
    if pool.disabled:
        return Finding("not-disabled", subject)
    if asking.named:
        if pool.name not in asking.named and str(pool.cidr) not in asking.named:
            return Finding("not-named", subject, {"by": asking.named_by, "named": ", ".join(asking.named)})
    elif pool.assignment_mode == "Manual":
        return Finding("not-manual", subject)
    elif not pool.selects(asking.labels):
        return Finding("not-node", subject, {"selector": pool.node_selector, "node": asking.node})
    elif not selects_namespace(pool, asking.namespace_labels):
        numbers = {"selector": pool.namespace_selector, "namespace": asking.namespace}
        return Finding("not-namespace", subject, numbers)
    if asking.use not in pool.allowed_uses:
        return Finding("not-use", subject, {"use": asking.use, "uses": ", ".join(pool.allowed_uses)})
    if asking.windows and pool.block_addresses <= WINDOWS_RESERVED:
        return Finding("not-windows", subject, {"size": pool.block_size})
    return None


def selects_namespace(pool: IPPool, labels: Labels) -> bool:
    """Whether a pool's namespaceSelector matches; a selector that does not parse matches nothing."""
    if not pool.namespace_selector:
        return True
    try:
        return parse(pool.namespace_selector).matches(labels)
    except SelectorError:
        return False


def who_can_use(cluster: Cluster, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield every node and namespace that may draw from a pool, and how: by selectors, or whose annotation names it.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    pool = cluster.pool(name)
    if pool.disabled or "Workload" not in pool.allowed_uses:
        return
    calls = {pool.name, str(pool.cidr)}
    naming: dict[str, str] = {}
    for each in cluster.pods:
        names = each.ipv4_pools if pool.version == 4 else each.ipv6_pools
        if calls & set(names):
            naming.setdefault(each.namespace, f"Pod/{each.name}")
    nodes = [node for node in cluster.nodes if not (node.windows and pool.version == 6)]
    selected = {node.name for node in nodes if pool.assignment_mode == "Automatic" and pool.selects(node.labels)}
    for space in cluster.namespaces:
        names = space.ipv4_pools if pool.version == 4 else space.ipv6_pools
        open_to_all = not names and selects_namespace(pool, space.labels)
        for node in nodes:
            if node.windows and pool.block_addresses <= WINDOWS_RESERVED:
                continue
            if calls & set(names):
                yield node.name, space.name, f"Namespace/{space.name}"
            elif open_to_all and node.name in selected:
                yield node.name, space.name, ""
            elif space.name in naming:
                yield node.name, space.name, naming[space.name]
