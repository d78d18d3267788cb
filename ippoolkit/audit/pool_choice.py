"""Which pools a pod may draw from, in order; and why each other one may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..calico.pool_selection import (
    PoolRequest,
    allows,
    fits_windows,
    is_malformed_request,
    rejection_code,
    select_pools,
    selects_namespace,
    selects_node,
)
from ..cidr import ADDRESS_BITS, IPVersion
from ..findings import Finding
from ..model import Cluster, IPPool, Namespace, Node, Pod

Labels = Mapping[str, str]
CNI_CONFIGURATION = "CNI configuration"  # where pools are named, as annotations are called by their object


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """A pod's request for an address: from where, and the pools that it names."""

    node: str
    node_labels: Labels
    version: IPVersion
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
        for annotated in (existing_pod, pod_namespace):
            if annotated is not None and (annotation_pools := _annotation_pools(annotated, version)):
                named_pools, annotated_object = annotation_pools, f"{type(annotated).__name__}/{annotated.name}"
                break
        if not named_pools and (cni_pools := cluster.cni_pools(version)):
            named_pools, annotated_object = cni_pools, CNI_CONFIGURATION
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


def _annotation_pools(annotated: Namespace | Pod, version: IPVersion) -> tuple[str, ...]:
    """Return the pools of a family that an object's annotation names."""
    return annotated.ipv4_pools if version == 4 else annotated.ipv6_pools


def choose_pools(cluster: Cluster, request: AddressRequest) -> PoolChoice:
    """Say which pools serve a request, and why each other one does not."""
    pool_request = PoolRequest(
        request.version,
        request.node_labels,
        "Workload",
        request.named_pools,
        request.namespace_labels,
        request.windows,
    )
    family_pools = sorted(
        (pool for pool in cluster.pools if pool.version == request.version), key=lambda pool: pool.name
    )
    rejections = {
        pool.name: Finding(code, f"IPPool/{pool.name}", _rejection_params(code, pool, request))
        for pool in family_pools
        if (code := rejection_code(pool, pool_request))
    }
    selection = select_pools(family_pools, pool_request)
    pools = tuple(pool for pool in selection.pools if pool.name not in rejections)
    if pools:
        return PoolChoice(pools, rejections)
    if is_malformed_request(selection.missing_pool):
        params = {"value": selection.missing_pool, "by": request.annotated_object}
        return PoolChoice((), rejections, Finding("named-malformed", request.annotated_object, params))
    named = [pool for pool in family_pools if selection.missing_pool in (pool.name, str(pool.cidr))]
    if selection.missing_pool and all(pool.disabled for pool in named):
        problem = "disabled" if named else "missing"
        params = {"pool": selection.missing_pool, "by": request.annotated_object}
        return PoolChoice((), rejections, Finding(f"named-{problem}", request.annotated_object, params))
    params = {"node": request.node, "use": "Workload"}
    return PoolChoice((), rejections, Finding("no-pool-serves", f"Node/{request.node}", params))


def _rejection_params(code: str, pool: IPPool, request: AddressRequest) -> dict[str, object]:
    """Return what the finding of a rejection says beside the pool."""
    match code:
        case "not-named":
            return {"by": request.annotated_object, "named": ", ".join(request.named_pools)}
        case "not-node":
            return {"selector": pool.node_selector, "node": request.node}
        case "not-namespace":
            return {"selector": pool.namespace_selector, "namespace": request.namespace}
        case "not-use":
            return {"use": "Workload", "uses": ", ".join(pool.allowed_uses)}
        case "not-windows":
            return {"size": pool.block_size}
        case _:
            return {}


def iter_pool_users(cluster: Cluster, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield every node and namespace that may draw from a pool, and how: by selectors, or whose annotation names it.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    pool = cluster.pool(name)
    if not allows(pool, "Workload"):
        return
    pool_names = {pool.name, str(pool.cidr)}  # what annotations may call it
    pod_by_namespace: dict[str, str] = {}
    for pod in cluster.pods:
        if pool_names & set(_annotation_pools(pod, pool.version)):
            pod_by_namespace.setdefault(pod.namespace, f"Pod/{pod.name}")
    cni_pools = set(cluster.cni_pools(pool.version))
    nodes = [node for node in cluster.nodes if not (node.windows and pool.version == 6)]
    selected_nodes = {
        node.name for node in nodes if pool.assignment_mode == "Automatic" and selects_node(pool, node.labels)
    }
    for namespace in cluster.namespaces:
        annotation_pools = _annotation_pools(namespace, pool.version)
        is_open_to_all = not annotation_pools and not cni_pools and selects_namespace(pool, namespace.labels)
        for node in nodes:
            if node.windows and not fits_windows(pool):
                continue
            if pool_names & set(annotation_pools):
                yield node.name, namespace.name, f"Namespace/{namespace.name}"
            elif not annotation_pools and pool_names & cni_pools:
                yield node.name, namespace.name, CNI_CONFIGURATION
            elif is_open_to_all and node.name in selected_nodes:
                yield node.name, namespace.name, ""
            elif namespace.name in pod_by_namespace:
                yield node.name, namespace.name, pod_by_namespace[namespace.name]
