"""Which pools a pod, or a node's tunnel, may draw from, in order; and why each other one may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.selectors import SelectorError, parse_selector
from ..cidr import ADDRESS_BITS, IPVersion
from ..findings import Finding
from ..model import Cluster, IPPool, Node, Use

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """A request for an address: from where, for what, and the pools that it names."""

    node: str
    node_labels: Labels
    version: IPVersion
    use: Use = "Workload"
    namespace: str = ""
    namespace_labels: Labels = field(default_factory=dict)
    named_pools: tuple[str, ...] = ()
    annotated_object: str = ""  # whose annotation names them
    windows: bool = False


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The pools in the order tried; for each other one the reason; and what ends the request before it begins."""

    pools: tuple[IPPool, ...]
    rejections: Mapping[str, Finding]
    error: Finding | None = None


def pod_requests(cluster: Cluster, node: Node, namespace: str = "", pod: str = "") -> Iterator[AddressRequest]:
    """Yield what a pod on a node asks for, a request for each family that has pools.

    A pod's annotation goes before its namespace's, and that before the CNI configuration, for each family by itself.
    Windows has no IPv6.
    """
    pod_namespace = next((candidate for candidate in cluster.namespaces if candidate.name == namespace), None)
    existing_pod = next(
        (candidate for candidate in cluster.pods if (candidate.namespace, candidate.name) == (namespace, pod)), None
    )
    for version in ADDRESS_BITS:
        if not any(pool.version == version for pool in cluster.pools) or (node.windows and version == 6):
            continue
        named_pools: tuple[str, ...] = ()
        annotated_object = ""
        for object_kind, annotated in (("Pod", existing_pod), ("Namespace", pod_namespace)):
            if annotated is not None and (
                annotation_pools := annotated.ipv4_pools if version == 4 else annotated.ipv6_pools
            ):
                named_pools, annotated_object = annotation_pools, f"{object_kind}/{annotated.name}"
                break
        if not named_pools and cluster.cni is not None:
            named_pools = cluster.cni.ipv4_pools if version == 4 else cluster.cni.ipv6_pools
            annotated_object = "CNI configuration"
        labels = pod_namespace.labels if pod_namespace else {}
        yield AddressRequest(
            node.name,
            node.labels,
            version,
            namespace=namespace,
            namespace_labels=labels,
            named_pools=named_pools,
            annotated_object=annotated_object,
            windows=node.windows,
        )


def choose_pools(cluster: Cluster, request: AddressRequest) -> PoolChoice:
    """Say which pools serve a request."""
    family_pools = sorted(
        (family_pool for family_pool in cluster.pools if family_pool.version == request.version),
        key=lambda pool: pool.name,
    )
    rejections = {
        pool.name: reason for pool in family_pools if (reason := _rejection_reason(pool, request)) is not None
    }
    if request.named_pools:
        by_name = {name: pool for pool in family_pools for name in (str(pool.cidr), pool.name)}
        missing = [name for name in request.named_pools if name not in by_name or by_name[name].disabled]
        if missing:
            problem = "disabled" if missing[0] in by_name else "missing"
            params = {"pool": missing[0], "by": request.annotated_object}
            return PoolChoice((), rejections, Finding(f"named-{problem}", request.annotated_object, params))
        serving_pools = [by_name[name] for name in request.named_pools if by_name[name].name not in rejections]
    else:
        serving_pools = [pool for pool in family_pools if pool.name not in rejections]
    error = (
        None
        if serving_pools
        else Finding("no-pool-serves", f"Node/{request.node}", {"node": request.node, "use": request.use})
    )
    return PoolChoice(tuple(serving_pools), rejections, error)


def _rejection_reason(pool: IPPool, request: AddressRequest) -> Finding | None:
    subject = f"IPPool/{pool.name}"
    if pool.disabled:
        return Finding("not-disabled", subject)
    if request.named_pools:
        if pool.name not in request.named_pools and str(pool.cidr) not in request.named_pools:
            return Finding(
                "not-named", subject, {"by": request.annotated_object, "named": ", ".join(request.named_pools)}
            )
    elif pool.assignment_mode == "Manual":
        return Finding("not-manual", subject)
    elif not pool.selects_node(request.node_labels):
        return Finding("not-node", subject, {"selector": pool.node_selector, "node": request.node})
    elif not selects_namespace(pool, request.namespace_labels):
        params = {"selector": pool.namespace_selector, "namespace": request.namespace}
        return Finding("not-namespace", subject, params)
    if request.use not in pool.allowed_uses:
        return Finding("not-use", subject, {"use": request.use, "uses": ", ".join(pool.allowed_uses)})
    if request.windows and pool.addresses_per_block <= WINDOWS_RESERVED_PER_BLOCK:
        return Finding("not-windows", subject, {"size": pool.block_size})
    return None


def selects_namespace(pool: IPPool, labels: Labels) -> bool:
    """Whether a pool's namespaceSelector matches; a selector that does not parse matches nothing."""
    if not pool.namespace_selector:
        return True
    try:
        return parse_selector(pool.namespace_selector).matches(labels)
    except SelectorError:
        return False


def iter_pool_users(cluster: Cluster, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield every node and namespace that may draw from a pool, and how: by selectors, or whose annotation names it.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    pool = cluster.pool(name)
    if pool.disabled or "Workload" not in pool.allowed_uses:
        return
    pool_names = {pool.name, str(pool.cidr)}
    pod_by_namespace: dict[str, str] = {}
    for annotated_pod in cluster.pods:
        annotation_pools = annotated_pod.ipv4_pools if pool.version == 4 else annotated_pod.ipv6_pools
        if pool_names & set(annotation_pools):
            pod_by_namespace.setdefault(annotated_pod.namespace, f"Pod/{annotated_pod.name}")
    nodes = [node for node in cluster.nodes if not (node.windows and pool.version == 6)]
    selected_nodes = {
        node.name for node in nodes if pool.assignment_mode == "Automatic" and pool.selects_node(node.labels)
    }
    for namespace in cluster.namespaces:
        annotation_pools = namespace.ipv4_pools if pool.version == 4 else namespace.ipv6_pools
        is_open_to_all = not annotation_pools and selects_namespace(pool, namespace.labels)
        for node in nodes:
            if node.windows and pool.addresses_per_block <= WINDOWS_RESERVED_PER_BLOCK:
                continue
            if pool_names & set(annotation_pools):
                yield node.name, namespace.name, f"Namespace/{namespace.name}"
            elif is_open_to_all and node.name in selected_nodes:
                yield node.name, namespace.name, ""
            elif namespace.name in pod_by_namespace:
                yield node.name, namespace.name, pod_by_namespace[namespace.name]
