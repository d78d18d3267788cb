"""Which pools serve no pods of their own accord."""

from __future__ import annotations

from ..model import IPPool


def idle_reason_code(pool: IPPool) -> str:
    """Return the code of the finding that says why a pool serves no pods; empty where it does."""
    if pool.disabled:
        return "pool-disabled"
    if "LoadBalancer" in pool.allowed_uses:
        return "pool-loadbalancer"
    if pool.assignment_mode == "Manual":
        return "pool-manual"
    return "" if "Workload" in pool.allowed_uses else "pool-tunnel"
