"""What is raised where a cluster cannot be read."""

from __future__ import annotations

from ..errors import FindingError


class LiveError(FindingError):
    """A cluster that cannot be read at all: no usable kubeconfig, no connection, or not logged in."""


def unusable(reason: str) -> LiveError:
    """Return the error of a kubeconfig that cannot be used."""
    return LiveError("live-config", reason=reason)
