"""What somebody asks to be changed, as texts and numbers, to a `Change`; with everything that is wrong with it."""

from __future__ import annotations

from typing import Any, get_args

from ..calico.limits import allowed_block_sizes
from ..cidr import Cidr, CidrError
from ..errors import InputError
from ..findings import Finding, Place
from ..model import Cluster, IPPool
from .recreate_order import RecreateOrder
from .steps import Change, ChangeKind, InstallMethod, pools_labelled_by_operator

MAX_BATCHES = 100


def parse_change(
    cluster: Cluster,
    kind: str,
    pool: str = "",
    to: int = 0,
    *,
    cidr: str = "",
    temporary: str = "",
    name: str = "",
    install: str = "",
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
        The pool, by its name or range; the one with most addresses in use if left out.
    to
        The new blockSize, and of ``split`` the prefix length of the parts, one more than now if left out; of the new
        pool of ``migrate`` and ``grow`` its blockSize, as the old one's if left out.
    cidr, temporary
        Range of the new pool, and of the temporary one; chosen if left out.
    name
        Name of the new pool; made from the old one's if left out.
    install
        What Calico was installed by: ``manifest``, ``operator`` or ``kubespray``. If left out, the operator where a
        pool has its label, else manifests are assumed.
    order, batches
        How pods are recreated: by ``namespace``, ``workload`` or ``node``, and in how many groups.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    problems: list[Finding] = []
    is_install_assumed = not install and not pools_labelled_by_operator(cluster)
    install = install or ("manifest" if is_install_assumed else "operator")
    for field, value, choices in (
        ("change", kind, ChangeKind),
        ("install", install, InstallMethod),
        ("order", order, RecreateOrder),
    ):
        if value not in get_args(choices):
            problems.append(_choice_problem(field, f'"{value}"', ", ".join(get_args(choices))))
    if not 1 <= batches <= MAX_BATCHES:
        problems.append(_choice_problem("batches", str(batches), f"1..{MAX_BATCHES}"))
    cidr_texts = {"to-cidr": cidr, "temporary": temporary}
    cidrs: dict[str, Cidr | None] = dict.fromkeys(cidr_texts)
    for field, text in cidr_texts.items():
        try:
            cidrs[field] = Cidr.parse(text) if text else None
        except CidrError as error:
            problems.append(Finding(error.code, params=error.params, place=Place("runbook", field=field)))
    pool_name = pool or fullest_pool(cluster)
    changed_pool: IPPool | None = None
    try:
        changed_pool = cluster.pool(pool_name)
    except KeyError:
        if pool and (pool_names := sorted(candidate.name for candidate in cluster.pools)):
            problems.append(Finding("change-pool-missing", pool, {"pool": pool, "pools": ", ".join(pool_names)}))
    if problems:
        raise InputError(problems)
    if not to and changed_pool is not None:
        to = {"block-size": _next_block_size(changed_pool), "split": changed_pool.cidr.prefix + 1}.get(kind, 0)
    size_arguments: Any = {"prefix": to} if kind == "split" else {"block_size": to}
    choice_arguments: Any = {"kind": kind, "install": install, "order": order}
    return Change(
        pool=changed_pool.name if changed_pool else pool_name,
        cidr=cidrs["to-cidr"],
        temporary_cidr=cidrs["temporary"],
        new_name=name,
        is_install_assumed=is_install_assumed,
        batches=batches,
        **size_arguments,
        **choice_arguments,
    )


def _choice_problem(field: str, value: str, choices: str) -> Finding:
    return Finding("value-choice", params={"value": value, "choices": choices}, place=Place("runbook", field=field))


def _next_block_size(pool: IPPool) -> int:
    """Return the next blockSize, of smaller blocks where there are any."""
    return pool.block_size + (1 if pool.block_size + 1 in allowed_block_sizes(pool.version, pool.cidr.prefix) else -1)


def fullest_pool(cluster: Cluster) -> str:
    """Return the name of the pool with most addresses of pods in use; of a cluster without pools nothing."""
    pools = [pool for pool in cluster.pools if "Workload" in pool.allowed_uses]
    allocated_by_pool = {pool.name: 0 for pool in pools}
    for block in cluster.blocks:
        for pool in pools:
            if block.cidr in pool.cidr:
                allocated_by_pool[pool.name] += len(block.allocations)
    return max(allocated_by_pool, key=lambda name: allocated_by_pool[name], default="")
