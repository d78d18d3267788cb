"""Calico's IPAM, address for address."""

from .engine import Ipam
from .memory import IpamError
from .requests import Assigned
from .saving import dump, load

__all__ = ["Assigned", "Ipam", "IpamError", "dump", "load"]
