"""Calico's IPAM, address for address."""

from .cni_requests import Assignment
from .engine import Ipam
from .state_store import IpamError

__all__ = ["Assignment", "Ipam", "IpamError"]
