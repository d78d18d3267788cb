"""A procedure as data: what is to be changed, and the steps that change it, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..cidr import Cidr
from ..model import Cluster, IPPool

Kind = Literal["block-size", "split", "migrate", "grow", "retire"]
Install = Literal["manifest", "operator", "kubespray"]
Action = Literal["create", "annotate", "close", "restart", "recreate", "delete"]
TEMPORARY = "temporary-pool"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done to which pool, and where its pods and its annotations go.

    `close` takes a pool out of use: `disabled: true`, or the selector `!all()` where an operator would undo that.
    """

    action: Action
    pool: IPPool
    to: str = ""

    @property
    def final(self) -> bool:
        """Whether it cannot be undone by its reverse: addresses of pods that were recreated do not come back."""
        return self.action in ("recreate", "delete")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed.

    Parameters
    ----------
    kind
        What is done.
    pool
        Name of the pool that is changed, left, or taken out of use; of `grow`, the pool whose fields the new one takes.
    size
        The new blockSize, of `block-size`; of the others 0 keeps what the pool has.
    prefix
        Prefix length of the parts, of `split`.
    cidr
        Range of the new pool, of `migrate` and `grow`.
    name
        Name of the new pool.
    temporary
        Range of the temporary pool, of `block-size` and `split`.
    install
        What Calico was installed by.
    batches
        In how many parts the pods are recreated.
    """

    kind: Kind
    pool: str
    size: int = 0
    prefix: int = 0
    cidr: Cidr | None = None
    name: str = ""
    temporary: Cidr | None = None
    install: Install = "manifest"
    batches: int = 4


def steps(cluster: Cluster, change: Change) -> tuple[Step, ...]:
    """Return the steps of a change, in order.

    Parameters
    ----------
    cluster
        What exists; its pool of that name is changed.
    change
        What is to be changed; ranges are all given.

    Raises
    ------
    ValueError
        Where a pool would be one that Calico's model does not know, such as a blockSize out of range.
    """
    old = cluster.pool(change.pool)
    named = bool(named_by(cluster, old.name))
    fresh = replace(old, disabled=False, labels={}, annotations={})
    operator = change.install == "operator"
    if change.kind == "retire":
        return tuple(_leave(old, "", operator=operator, named=named))
    if change.kind in ("migrate", "grow"):
        if change.cidr is None:
            raise ValueError("no range for the new pool")
        new = replace(fresh, name=change.name, cidr=change.cidr, block_size=change.size or old.block_size)
        if change.kind == "grow":
            return (Step("create", new),)
        return (Step("create", new), *_leave(old, new.name, operator=operator, named=named))
    if change.temporary is None:
        raise ValueError("no range for the temporary pool")
    temporary = replace(fresh, name=TEMPORARY, cidr=change.temporary)
    if change.kind == "split":
        parts: Sequence[IPPool] = [
            replace(fresh, name=f"{old.name}-{number}", cidr=part)
            for number, part in enumerate(_parts(old.cidr, change.prefix), 1)
        ]
    else:
        parts = [replace(fresh, block_size=change.size)]
    return (
        Step("create", temporary),
        *_leave(old, TEMPORARY, operator=operator, named=named),
        *(Step("create", part) for part in parts),
        *_leave(temporary, parts[0].name, operator=operator, named=named),
    )


def named_by(cluster: Cluster, pool: str) -> list[str]:
    """Return the namespaces and pods whose annotation names a pool, by name or CIDR."""
    names = {pool, str(cluster.pool(pool).cidr)}
    spaces = [each.name for each in cluster.namespaces if names & {*each.ipv4_pools, *each.ipv6_pools}]
    pods = [each for each in cluster.pods if names & {*each.ipv4_pools, *each.ipv6_pools}]
    return [*spaces, *(f"{each.namespace}/{each.name}" for each in pods)]


def _leave(pool: IPPool, to: str, *, operator: bool, named: bool) -> list[Step]:
    """Return the steps that take a pool out of use, move its pods, and delete it."""
    closing = [Step("close", pool, to)]
    if operator:
        closing.append(Step("restart", pool, to))
    naming = [Step("annotate", pool, to)] if named else []
    return [*naming, *closing, Step("recreate", pool, to), Step("delete", pool, to)]


def _parts(cidr: Cidr, prefix: int) -> list[Cidr]:
    if not cidr.prefix < prefix <= cidr.prefix + 4:
        raise ValueError(f"{cidr} splits into parts of /{cidr.prefix + 1} to /{cidr.prefix + 4}")
    size = 1 << (cidr.bits - prefix)
    return [Cidr(cidr.version, cidr.first + number * size, prefix) for number in range(cidr.subnets(prefix))]
