"""What somebody asks to be changed, as texts and numbers, to a `Change`; with everything that is wrong with it."""

from __future__ import annotations

from typing import Any, get_args

from ..cidr import Cidr, CidrError
from ..errors import InputError
from ..findings import Finding, Place
from ..limits import block_sizes
from ..model import Cluster, IPPool
from .moving import Order
from .steps import Change, Install, Kind

MOST_BATCHES = 100


def asked(
    cluster: Cluster,
    kind: str,
    pool: str = "",
    to: int = 0,
    *,
    cidr: str = "",
    temporary: str = "",
    name: str = "",
    install: str = "manifest",
    order: str = "namespace",
    batches: int = 4,
) -> Change:
    """Return the change that is asked for.

    Parameters
    ----------
    cluster
        Where.
    kind
        ``block-size``, ``split``, ``migrate``, ``grow`` or ``retire``.
    pool
        The pool; the one with most addresses in use if left out.
    to
        The new blockSize, and of ``split`` the prefix length of the parts, one more than now if left out; of the new
        pool of ``migrate`` and ``grow`` its blockSize, as the old one's if left out.
    cidr, temporary
        Range of the new pool, and of the temporary one; chosen if left out.
    name
        Name of the new pool; made from the old one's if left out.
    install
        What Calico was installed by: ``manifest``, ``operator`` or ``kubespray``.
    order, batches
        How pods are recreated: by ``namespace``, ``workload`` or ``node``, and in how many groups.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    problems: list[Finding] = []
    for field, value, of in (("change", kind, Kind), ("install", install, Install), ("order", order, Order)):
        if value not in get_args(of):
            numbers = {"value": f'"{value}"', "choices": ", ".join(get_args(of))}
            problems.append(Finding("value-choice", numbers=numbers, place=Place("runbook", field=field)))
    if not 1 <= batches <= MOST_BATCHES:
        numbers = {"value": str(batches), "choices": f"1..{MOST_BATCHES}"}
        problems.append(Finding("value-choice", numbers=numbers, place=Place("runbook", field="batches")))
    ranges = {"to-cidr": cidr, "temporary": temporary}
    parsed: dict[str, Cidr | None] = dict.fromkeys(ranges)
    for field, text in ranges.items():
        try:
            parsed[field] = Cidr.parse(text) if text else None
        except CidrError as error:
            problems.append(Finding(error.code, numbers=error.numbers, place=Place("runbook", field=field)))
    if problems:
        raise InputError(problems)
    chosen = pool or fullest(cluster)
    old = next((each for each in cluster.pools if each.name == chosen), None)
    if not to and old is not None:
        to = {"block-size": _next(old), "split": old.cidr.prefix + 1}.get(kind, 0)
    sizes: Any = {"prefix": to} if kind == "split" else {"size": to}
    known: Any = {"kind": kind, "install": install, "order": order}
    return Change(
        pool=chosen, cidr=parsed["to-cidr"], temporary=parsed["temporary"], name=name,
        batches=batches, **sizes, **known,
    )  # fmt: skip


def _next(pool: IPPool) -> int:
    """Return the next blockSize, of smaller blocks where there are any."""
    return pool.block_size + (1 if pool.block_size + 1 in block_sizes(pool.version, pool.cidr.prefix) else -1)


def fullest(cluster: Cluster) -> str:
    """Return the name of the pool with most addresses of pods in use; of a cluster without pools nothing."""
    pools = [pool for pool in cluster.pools if "Workload" in pool.allowed_uses]
    used = {pool.name: 0 for pool in pools}
    for block in cluster.blocks:
        for pool in pools:
            if block.cidr in pool.cidr:
                used[pool.name] += len(block.allocations)
    return max(used, key=lambda name: used[name], default="")
