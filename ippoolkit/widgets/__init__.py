"""The planner and the change of pools in a notebook; the only package that knows ipywidgets."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__, submod_attrs={"change_planner": ["ChangePlanner"], "planner": ["Planner"]}
)
