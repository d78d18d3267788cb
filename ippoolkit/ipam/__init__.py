"""Calico's IPAM, address for address."""

from .cni_requests import Assignment
from .engine import Ipam
from .saving import dump_engine, load_engine
from .state_store import IpamError

__all__ = ["Assignment", "Ipam", "IpamError", "dump_engine", "load_engine"]
