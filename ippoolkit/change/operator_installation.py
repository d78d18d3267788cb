"""The pools of an Installation resource, which the Tigera operator makes true: it puts back what is done beside it.

Source: tigera/operator, pkg/controller/ippool/pool_controller.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..calico.releases import Release
from ..model import Cluster, IPPool
from ..write.yaml_dump import dump_yaml
from .steps import SELECT_NO_NODE, Step, is_managed

_ENCAPSULATION = {
    ("Never", "Never"): "None",
    ("Always", "Never"): "IPIP",
    ("CrossSubnet", "Never"): "IPIPCrossSubnet",
    ("Never", "Always"): "VXLAN",
    ("Never", "CrossSubnet"): "VXLANCrossSubnet",
}


def managed_pools(cluster: Cluster) -> list[IPPool]:
    """Return the pools that the Installation should list."""
    return [pool for pool in cluster.pools if is_managed(cluster, pool)]


def pools_after(pools: list[IPPool], step: Step) -> list[IPPool]:
    """Return the pools that the Installation is to list once a step is done."""
    remaining_pools = [pool for pool in pools if pool.name != step.pool.name]
    match step.action:
        case "create":
            return [*remaining_pools, step.pool]
        case "disable":
            return [
                replace(pool, node_selector=SELECT_NO_NODE) if pool.name == step.pool.name else pool for pool in pools
            ]
        case "delete":
            return remaining_pools
    return pools


def installation_patch(pools: Iterable[IPPool], release: Release) -> str:
    """Return the patch that lets the Installation list these pools and no others."""
    spec = {"calicoNetwork": {"ipPools": [_pool_entry(pool, release) for pool in pools]}}
    return dump_yaml(
        {"apiVersion": "operator.tigera.io/v1", "kind": "Installation", "metadata": {"name": "default"}, "spec": spec}
    )


def _pool_entry(pool: IPPool, release: Release) -> dict[str, Any]:
    return {
        "name": pool.name,
        "cidr": str(pool.cidr),
        "blockSize": pool.block_size,
        "encapsulation": _ENCAPSULATION[pool.ipip_mode, pool.vxlan_mode],
        "natOutgoing": "Enabled" if pool.nat_outgoing else "Disabled",
        "nodeSelector": pool.node_selector,
        "disableBGPExport": pool.disable_bgp_export,
        "allowedUses": list(pool.allowed_uses),
        **({"assignmentMode": pool.assignment_mode} if release.has("assignment-mode") else {}),
    }
