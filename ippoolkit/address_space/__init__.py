"""Address space: the networks that are in use, what they leave free, and offers of a size among it."""

from ..read.listed_network import ListedNetwork
from .networks_in_use import networks_in_use, with_networks_in_use
from .space import PRIVATE, AddressSpace, default_within

__all__ = ["PRIVATE", "AddressSpace", "ListedNetwork", "default_within", "networks_in_use", "with_networks_in_use"]
