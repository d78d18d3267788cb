"""A made-up cluster of any size, as kubectl would dump it: what `benchmarks/audit.py` reads."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import Any

CREATED = "2026-11-23T02:04:11Z"
BLOCK = 64


def write(folder: Path, nodes: int, pods: int, filling: int = 0, extra_blocks: int = 0) -> list[Path]:
    """Write a dump a kind: a /10 of /26 blocks, pods spread evenly; `filling` bytes of a pod are beside the point."""
    first = int(ipaddress.ip_address("10.64.0.0"))
    names = [f"worker-{number:05d}.example.internal" for number in range(nodes)]
    objects: dict[str, list[Any]] = {
        key: [] for key in ("ipamblocks", "blockaffinities", "ipamhandles", "nodes", "pods")
    }
    block_number = 0
    for index, name in enumerate(names):
        count = pods // nodes + (index < pods % nodes)
        assignments: list[tuple[str, dict[str, Any]]] = [
            (f"vxlan-tunnel-addr-{name}", {"node": name, "type": "vxlanTunnelAddress"})
        ]
        for pod_number in range(count):
            pod = f"app-{index:05d}-5d9c7b9f6c-{pod_number:05d}"
            handle = f"k8s-pod-network.{index * 100_000 + pod_number:064x}"
            stamp = "2026-11-23 02:04:23.193634597 +0000 UTC"
            assignments.append(
                (handle, {"namespace": f"team-{index % 40}", "node": name, "pod": pod, "timestamp": stamp})
            )
        tunnel = str(ipaddress.ip_address(first + block_number * BLOCK))
        objects["nodes"].append(_node(name, tunnel))
        for begin in range(0, len(assignments), BLOCK):
            cidr = f"{ipaddress.ip_address(first + block_number * BLOCK)}/26"
            block_assignments = assignments[begin : begin + BLOCK]
            objects["ipamblocks"].append(_block(cidr, name, block_assignments))
            objects["blockaffinities"].append(
                _object(
                    "BlockAffinity",
                    f"{name}-{_name(cidr)}",
                    {"cidr": cidr, "deleted": "false", "node": name, "state": "confirmed", "type": "host"},
                )
            )
            for ordinal, (handle, attributes) in enumerate(block_assignments):
                objects["ipamhandles"].append(
                    _object("IPAMHandle", handle, {"block": {cidr: 1}, "deleted": False, "handleID": handle})
                )
                if "pod" in attributes:
                    address = str(ipaddress.ip_address(first + block_number * BLOCK + ordinal))
                    objects["pods"].append(_pod(attributes, address, handle, filling))
            block_number += 1
    for number in range(extra_blocks):  # empty ones, as scale-downs leave them
        cidr, name = f"{ipaddress.ip_address(first + block_number * BLOCK)}/26", names[number % nodes]
        objects["ipamblocks"].append(_block(cidr, name, []))
        objects["blockaffinities"].append(
            _object("BlockAffinity", f"{name}-{_name(cidr)}", {"cidr": cidr, "node": name, "state": "confirmed"})
        )
        block_number += 1
    objects["ippools"] = [
        _object(
            "IPPool",
            "default-pool",
            {
                "cidr": "10.64.0.0/10",
                "blockSize": 26,
                "vxlanMode": "Always",
                "ipipMode": "Never",
                "natOutgoing": True,
                "nodeSelector": "all()",
                "allowedUses": ["Workload", "Tunnel"],
            },
        )
    ]
    objects["namespaces"] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{team}", "labels": {"team": str(team)}}}
        for team in range(40)
    ]
    paths = []
    for kind, items in objects.items():
        path = folder / f"kubectl-{kind}.json"
        with path.open("w") as file:
            json.dump(
                {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}},
                file,
                indent=4,
            )
        paths.append(path)
    return paths


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {
        "annotations": {"projectcalico.org/metadata": "{}"},
        "creationTimestamp": CREATED,
        "generation": 1,
        "name": name,
        "resourceVersion": "3308",
        "uid": "668c6a89-f32f-4596-a82b-1347a8ee11fc",
    }
    return {"apiVersion": "crd.projectcalico.org/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _name(cidr: str) -> str:
    return cidr.replace(".", "-").replace("/", "-")


def _block(cidr: str, node: str, assignments: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    free = list(range(len(assignments), BLOCK))
    return _object(
        "IPAMBlock",
        _name(cidr),
        {
            "affinity": f"host:{node}",
            "affinityClaimTime": CREATED,
            "allocations": [*range(len(assignments)), *(None for _ in free)],
            "attributes": [{"handle_id": handle, "secondary": attributes} for handle, attributes in assignments],
            "cidr": cidr,
            "deleted": False,
            "sequenceNumber": 1795399464474764737,
            "sequenceNumberForAllocation": {
                str(index): 1795399464474764737 + index for index in range(len(assignments))
            },
            "strictAffinity": False,
            "unallocated": free,
        },
    )


def _node(name: str, tunnel: str) -> dict[str, Any]:
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name}
    annotations = {"projectcalico.org/IPv4VXLANTunnelAddr": tunnel, "projectcalico.org/IPv4Address": "172.18.0.10/16"}
    images = [{"names": [f"registry.local/team/app-{n}@sha256:{n:064x}"], "sizeBytes": 31415926 + n} for n in range(20)]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"annotations": annotations, "creationTimestamp": CREATED, "labels": labels, "name": name},
        "spec": {"podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24"]},
        "status": {
            "allocatable": {"cpu": "16", "pods": "110"},
            "capacity": {"cpu": "16", "pods": "110"},
            "images": images,
        },
    }


def _pod(attributes: dict[str, Any], address: str, handle: str, filling: int) -> dict[str, Any]:
    cni = "cni.projectcalico.org"
    annotations = {f"{cni}/containerID": handle[16:], f"{cni}/podIP": f"{address}/32", f"{cni}/podIPs": f"{address}/32"}
    env = [{"name": f"SETTING_{n}", "value": f"value-{n}"} for n in range(filling // 120)]
    container = {
        "image": "registry.local/app:1.0",
        "imagePullPolicy": "IfNotPresent",
        "name": "main",
        "env": env,
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "terminationMessagePath": "/dev/termination-log",
    }
    condition = {"lastProbeTime": None, "lastTransitionTime": CREATED, "status": "True", "type": "Ready"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "annotations": annotations,
            "creationTimestamp": CREATED,
            "labels": {"app": attributes["pod"][:9]},
            "name": attributes["pod"],
            "namespace": attributes["namespace"],
            "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": attributes["pod"][:20], "controller": True}
            ],
        },
        "spec": {
            "containers": [container],
            "dnsPolicy": "ClusterFirst",
            "nodeName": attributes["node"],
            "restartPolicy": "Always",
        },
        "status": {
            "conditions": [condition] * 4,
            "hostIP": "172.18.0.10",
            "phase": "Running",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "qosClass": "BestEffort",
            "startTime": CREATED,
        },
    }
