"""Address space: the networks that are in use, what they leave free, and offers of a size among it."""

from .networks_in_use import networks_taken
from .space import PRIVATE, AddressSpace, Taken, default_within

__all__ = ["PRIVATE", "AddressSpace", "Taken", "default_within", "networks_taken"]
