"""A procedure as data: what is to be changed, and the steps that change it, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding
from ..model import Cluster, IPPool
from .moving import Order

Kind = Literal["block-size", "split", "migrate", "grow", "retire"]
Install = Literal["manifest", "operator", "kubespray"]
Action = Literal["create", "annotate", "close", "restart", "recreate", "delete", "inventory"]
TEMPORARY = "temporary-pool"
CLOSED = "!all()"  # the selector of no node, which takes a pool out of use where `disabled` is not to be had
PARTS = 4  # by how many bits a pool is split at most: 16 parts
MANAGED = ("app.kubernetes.io/managed-by", "tigera-operator")  # the label of pools that the operator made


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done to which pool, and where its pods and its annotations go.

    `close` takes a pool out of use: `disabled: true`, or the selector `CLOSED` where an operator would undo that.
    `managed` pools are written through the Installation resource: the operator puts back whatever else is done to them.
    """

    action: Action
    pool: IPPool
    to: str = ""
    managed: bool = False

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
    order
        In which order pods are recreated: namespace by namespace, the Deployments before the DaemonSets before the
        StatefulSets, or node by node.
    batches
        In how many groups at most; between them the script stops.
    """

    kind: Kind
    pool: str
    size: int = 0
    prefix: int = 0
    cidr: Cidr | None = None
    name: str = ""
    temporary: Cidr | None = None
    install: Install = "manifest"
    order: Order = "namespace"
    batches: int = 4

    @property
    def in_place(self) -> bool:
        """Whether the range stays, and a temporary pool serves while its pool is made anew."""
        return self.kind in ("block-size", "split")

    @property
    def beside(self) -> bool:
        """Whether a pool of another range is made."""
        return self.kind in ("migrate", "grow")


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
        Where a pool would be one that Calico's model does not know, such as a blockSize out of range, or there is no
        range for it.
    """
    old = cluster.pool(change.pool)
    named = bool(named_by(cluster, old.name))
    managed = change.install == "operator" and is_managed(cluster, old)
    fresh = replace(old, disabled=False, labels={}, annotations={})
    if change.kind == "retire":
        return tuple(_leave(old, "", managed=managed, named=named))
    if change.beside:
        if change.cidr is None:
            raise InputError([Finding("change-no-range")])
        new = replace(fresh, name=change.name, cidr=change.cidr, block_size=change.size or old.block_size)
        if change.kind == "grow":
            return (Step("create", new, managed=managed),)
        made = Step("create", new, managed=managed)
        return (made, *_leave(old, new.name, managed=managed, named=named), *_inventory(change, new))
    if change.temporary is None:
        raise InputError([Finding("change-no-range")])
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
        *_leave(old, TEMPORARY, managed=managed, named=named),
        *(Step("create", part, managed=managed) for part in parts),
        *_leave(temporary, parts[0].name, managed=False, named=named),
        *_inventory(change, parts[0]),
    )


def is_managed(cluster: Cluster, pool: IPPool) -> bool:
    """Whether the operator keeps a pool as the Installation says; it labels what it keeps, older ones did not."""
    key, value = MANAGED
    labelled = [each for each in cluster.pools if each.labels.get(key) == value]
    return pool in labelled or not labelled


def named_by(cluster: Cluster, pool: str) -> list[str]:
    """Return the namespaces and pods whose annotation names a pool, by name or CIDR."""
    names = {pool, str(cluster.pool(pool).cidr)}
    spaces = [each.name for each in cluster.namespaces if names & {*each.ipv4_pools, *each.ipv6_pools}]
    pods = [each for each in cluster.pods if names & {*each.ipv4_pools, *each.ipv6_pools}]
    return [*spaces, *(f"{each.namespace}/{each.name}" for each in pods)]


def _leave(pool: IPPool, to: str, *, managed: bool, named: bool) -> list[Step]:
    """Return the steps that take a pool out of use, move its pods, and delete it."""
    actions: list[Action] = ["close", "recreate", "delete"]
    if managed:
        actions.insert(1, "restart")
    if named:
        actions.insert(0, "annotate")
    return [Step(action, pool, to, managed=managed) for action in actions]


def _inventory(change: Change, pool: IPPool) -> list[Step]:
    return [Step("inventory", pool)] if change.install == "kubespray" else []


def _parts(cidr: Cidr, prefix: int) -> list[Cidr]:
    if not cidr.prefix < prefix <= cidr.prefix + PARTS:
        numbers = {"cidr": str(cidr), "least": cidr.prefix + 1, "most": cidr.prefix + PARTS}
        raise InputError([Finding("change-parts", numbers=numbers)])
    size = 1 << (cidr.bits - prefix)
    return [Cidr(cidr.version, cidr.first + number * size, prefix) for number in range(cidr.subnets(prefix))]
