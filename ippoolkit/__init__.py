"""Capacity planning for Calico IP pools.

Everything a notebook needs is here; each part loads when it is first used.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
