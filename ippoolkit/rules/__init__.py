"""Rules: what is wrong, doubtful or worth knowing about a scenario, and about manifests beside one."""

from .plan import check
from .review import review

__all__ = ["check", "review"]
