"""A running cluster, read through its API: list calls and nothing else."""

from .rights import cluster_role
from .session import LiveError, read_live

__all__ = ["LiveError", "cluster_role", "read_live"]
