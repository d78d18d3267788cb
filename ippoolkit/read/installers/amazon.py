"""EKS: eksctl's ClusterConfig and what the AWS CLI prints of a cluster, its VPCs and subnets.

Of these come the networks of nodes and services; the pools come from the operator's Installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..document import Document
from .installer_settings import InstallerSettings
from .setting_values import get_list, get_mapping, split_list

_VPC_LISTS = ("Vpcs", "Subnets")


def is_aws_output(value: Mapping[str, Any]) -> bool:
    """Whether a document is what `aws eks describe-cluster` or `aws ec2 describe-vpcs|subnets` prints."""
    has_list = any(_ranges(value, key) for key in _VPC_LISTS)
    return has_list or bool(get_mapping(value, "cluster", "kubernetesNetworkConfig"))


def read_aws_output(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the networks that the AWS CLI prints."""
    for key in _VPC_LISTS:
        settings.add_ranges("nodes", _ranges(value, key), document.place((key,)))
    network = get_mapping(value, "cluster", "kubernetesNetworkConfig")
    services = [str(network[key]) for key in ("serviceIpv4Cidr", "serviceIpv6Cidr") if network.get(key)]
    settings.add_ranges("services", services, document.place(("cluster", "kubernetesNetworkConfig")))


def _ranges(value: Mapping[str, Any], key: str) -> list[str]:
    """Return the ranges of VPCs or subnets, further ones of a VPC included."""
    ranges = []
    for item in get_list(value, key):
        if isinstance(item, Mapping):
            further = get_list(item, "CidrBlockAssociationSet")
            blocks = [item.get("CidrBlock"), *(get_mapping(association).get("CidrBlock") for association in further)]
            ranges += [str(block) for block in blocks if block]
    return list(dict.fromkeys(ranges))


def read_eksctl(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read eksctl's ClusterConfig."""
    vpc = get_mapping(value, "vpc")
    subnets = [
        str(get_mapping(subnet)["cidr"])
        for kind in ("private", "public")
        for subnet in get_mapping(vpc, "subnets", kind).values()
        if get_mapping(subnet).get("cidr")
    ]
    ranges = split_list(vpc.get("cidr")) or subnets
    settings.add_ranges("nodes", ranges, document.place(("vpc",)), default="192.168.0.0/16")
    services = get_mapping(value, "kubernetesNetworkConfig").get("serviceIPv4CIDR")
    settings.add_ranges("services", services, document.place(("kubernetesNetworkConfig",)))
    for key in ("nodeGroups", "managedNodeGroups"):
        for index, group in enumerate(get_list(value, key)):
            if isinstance(group, Mapping):
                settings.add_group(
                    group.get("name"),
                    {name: group.get(name) for name in ("desiredCapacity", "maxSize", "minSize")},
                    document.place((key, index)),
                    labels=group.get("labels"),
                    os="windows" if str(group.get("amiFamily", "")).startswith("Windows") else "linux",
                    max_pods=group.get("maxPodsPerNode"),
                )
