"""A running cluster, read through its API: list calls and nothing else."""

from .api_errors import LiveError
from .api_reader import read_live
from .rbac import cluster_role

__all__ = ["LiveError", "cluster_role", "read_live"]
