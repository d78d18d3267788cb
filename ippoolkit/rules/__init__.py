"""Rules: what is wrong, doubtful or worth knowing about a scenario."""

from .plan import check

__all__ = ["check"]
