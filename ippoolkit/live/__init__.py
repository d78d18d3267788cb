"""A running cluster, read through its API: list calls and nothing else."""

from .api_reader import read_live
from .errors import LiveError
from .rbac import cluster_role

__all__ = ["LiveError", "cluster_role", "read_live"]
