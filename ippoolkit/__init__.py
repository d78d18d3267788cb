"""Capacity planning for Calico IP pools.

Everything a notebook needs is here; each part loads when it is first used.
"""

import sys as _sys
from types import ModuleType as _ModuleType

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)


class _Package(_ModuleType):
    """The package itself: where a verb and a subpackage have one name, ``ippoolkit.audit`` is the verb.

    The import system would put the subpackage in its place as soon as it is loaded. ``from ippoolkit.audit import ...``
    works as ever.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name not in {"audit", "capacity", "read", "report"}:
            super().__setattr__(name, value)


_sys.modules[__name__].__class__ = _Package
