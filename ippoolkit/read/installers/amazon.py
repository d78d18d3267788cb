"""EKS: eksctl's ClusterConfig and what the AWS CLI prints of a cluster, its VPCs and subnets.

Of these come the networks of nodes and services; the pools come from the operator's Installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plain_values import get_mapping, get_mappings
from .installer_input import InstallerInput
from .setting_values import split_list

_VPC_LISTS = ("Vpcs", "Subnets")


def is_aws_output(value: Mapping[str, Any]) -> bool:
    """Whether a document is what `aws eks describe-cluster` or `aws ec2 describe-vpcs|subnets` prints."""
    has_list = any(_vpc_ranges(value, key) for key in _VPC_LISTS)
    return has_list or bool(get_mapping(value, "cluster", "kubernetesNetworkConfig"))


def read_aws_output(source: InstallerInput) -> None:
    """Read the networks that the AWS CLI prints."""
    settings = source.settings
    for key in _VPC_LISTS:
        settings.add_ranges("nodes", _vpc_ranges(source.value, key), source.place(key))
    network = source.part("cluster", "kubernetesNetworkConfig")
    services = [str(network.get(key)) for key in ("serviceIpv4Cidr", "serviceIpv6Cidr") if network.get(key)]
    settings.add_ranges("services", services, network.place())


def _vpc_ranges(value: Mapping[str, Any], key: str) -> list[str]:
    """Return the ranges of VPCs or subnets, further ones of a VPC included."""
    ranges = []
    for item in get_mappings(value, key):
        further = get_mappings(item, "CidrBlockAssociationSet")
        blocks = [item.get("CidrBlock"), *(association.get("CidrBlock") for association in further)]
        ranges += [str(block) for block in blocks if block]
    return list(dict.fromkeys(ranges))


def read_eksctl(source: InstallerInput) -> None:
    """Read eksctl's ClusterConfig."""
    vpc = source.part("vpc")
    subnets = [
        str(get_mapping(subnet)["cidr"])
        for kind in ("private", "public")
        for subnet in vpc.part("subnets", kind).value.values()
        if get_mapping(subnet).get("cidr")
    ]
    ranges = split_list(vpc.get("cidr")) or subnets
    source.settings.add_ranges("nodes", ranges, vpc.place(), default="192.168.0.0/16")
    source.add_ranges("services", "kubernetesNetworkConfig", "serviceIPv4CIDR")
    for key in ("nodeGroups", "managedNodeGroups"):
        for group in source.parts(key):
            group.add_group(
                group.get("name"),
                ("desiredCapacity", "maxSize", "minSize"),
                labels=group.get("labels"),
                os="windows" if str(group.get("amiFamily") or "").startswith("Windows") else "linux",
                max_pods=group.get("maxPodsPerNode"),
            )
