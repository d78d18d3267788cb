"""Command lines of kubeadm, k3s, RKE2, eksctl and helm that carry settings, and files of flags as MicroK8s has."""

from __future__ import annotations

import re

from ...findings import Place
from ..document import Document
from .calico_node import NODE_SPECS
from .installer_input import InstallerInput
from .installer_settings import DefaultPools, InstallerSettings, Weight, read_controller_arguments
from .setting_values import parse_arguments, with_assignments
from .tigera_operator import is_helm_values, read_helm_values

# Of `kubeadm init`, and of what starts k3s and RKE2.
_RANGE_FLAG = re.compile(
    r"--(pod-network-cidr|cluster-cidr|service-cidr|service-cluster-ip-range|vpc-cidr)[= ]([\d.:/,a-fA-F]{3,200})"
)
_EKSCTL = re.compile(r"\beksctl create cluster\b")
_EKSCTL_VPC = "192.168.0.0/16"  # eksctl's, where no --vpc-cidr is given
_SET_FLAG = re.compile(r"--set(?:-string)?[= ](?:'([^']{1,2000})'|\"([^\"]{1,2000})\"|(\S{1,2000}))")
_FLAG_LINE = re.compile(r"--[a-z][a-z0-9-]{1,60}(?:[= ].{0,2000})?$")


def read_command_line(line: str, place: Place, settings: InstallerSettings) -> bool:
    """Read the ranges that a command is given; say whether there were any."""
    flags = dict(_RANGE_FLAG.findall(line))
    if pods := flags.get("pod-network-cidr"):
        settings.add_ranges("cluster", pods, place, is_platform=True)
        settings.default_pools.append(DefaultPools("calico-node", place, NODE_SPECS, platform_only=True))
    if pods := flags.get("cluster-cidr"):
        settings.add_ranges("cluster", pods, place)
        settings.default_pools.append(DefaultPools("k3s", place, NODE_SPECS, assumed=True))
    settings.add_ranges("services", flags.get("service-cidr") or flags.get("service-cluster-ip-range"), place)
    is_eksctl = bool(_EKSCTL.search(line))
    if is_eksctl:
        weight = Weight.WRITTEN if "vpc-cidr" in flags else Weight.DEFAULT
        settings.add_ranges("nodes", flags.get("vpc-cidr") or _EKSCTL_VPC, place, weight=weight)
    return bool(flags) or is_eksctl or _read_helm_command(line, place, settings)


def _read_helm_command(line: str, place: Place, settings: InstallerSettings) -> bool:
    assignments = [
        assignment.partition("=")[::2]
        for quoted_or_plain in _SET_FLAG.findall(line)
        for assignment in "".join(quoted_or_plain).split(",")
    ]
    values = with_assignments({}, assignments)
    if not is_helm_values(values):
        return False
    read_helm_values(InstallerInput(values, Document.at_place(place, values), settings))
    return True


def is_flags_text(text: str) -> bool:
    """Whether a text holds nothing but flags, a line each, as MicroK8s keeps those of its services."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and all(map(_FLAG_LINE.match, lines)) and bool(_RANGE_FLAG.search(text))


def read_flags_text(text: str, name: str, settings: InstallerSettings) -> None:
    """Read the flags of kube-apiserver, kube-controller-manager or kube-proxy."""
    lines = [line.strip().replace(" ", "=", 1) for line in text.splitlines() if line.strip().startswith("--")]
    read_controller_arguments(parse_arguments(lines), settings, Place(name))
