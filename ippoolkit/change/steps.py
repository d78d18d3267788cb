"""A procedure as data: what is to be changed, and the steps that change it, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding
from ..model import Cluster, CNIConfiguration, IPPool, Namespace, Pod
from .recreate_order import RecreateOrder

ChangeKind = Literal["block-size", "split", "migrate", "grow", "retire"]
InstallMethod = Literal["manifest", "operator", "kubespray"]
StepAction = Literal["create", "annotate", "disable", "restart", "recreate", "delete", "inventory", "cni"]
TEMPORARY_POOL = "temporary-pool"
SELECT_NO_NODE = "!all()"  # the selector of no node, which takes a pool out of use where `disabled` is not to be had
MAX_SPLIT_BITS = 4  # by how many bits a pool is split at most: 16 parts
OPERATOR_LABEL = ("app.kubernetes.io/managed-by", "tigera-operator")  # the label of pools that the operator made


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done to which pool, and where its pods and its annotations go.

    The action `disable` takes a pool out of use: `disabled: true`, or the selector `SELECT_NO_NODE` where an operator
    would undo that.
    `managed` pools are written through the Installation resource: the operator puts back whatever else is done to them.
    """

    action: StepAction
    pool: IPPool
    target_pool: str = ""
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed.

    Parameters
    ----------
    kind
        What is done.
    pool
        Name of the pool that is changed, left, or taken out of use; of `grow`, the pool whose fields the new one takes.
    block_size
        The new blockSize, of `block-size`; of the others 0 keeps what the pool has.
    prefix
        Prefix length of the parts, of `split`.
    cidr
        Range of the new pool, of `migrate` and `grow`.
    new_name
        Name of the new pool.
    temporary_cidr
        Range of the temporary pool, of `block-size` and `split`.
    install
        What Calico was installed by.
    is_install_assumed
        Whether nobody said so, and nothing that was read shows it.
    order
        In which order pods are recreated: namespace by namespace, the Deployments before the DaemonSets before the
        StatefulSets, or node by node.
    batches
        In how many groups at most; between them the script stops.
    """

    kind: ChangeKind
    pool: str
    block_size: int = 0
    prefix: int = 0
    cidr: Cidr | None = None
    new_name: str = ""
    temporary_cidr: Cidr | None = None
    install: InstallMethod = "manifest"
    is_install_assumed: bool = False
    order: RecreateOrder = "namespace"
    batches: int = 4

    @property
    def keeps_range(self) -> bool:
        """Whether the range stays, and a temporary pool serves while its pool is recreated."""
        return self.kind in ("block-size", "split")

    @property
    def range_option(self) -> str:
        """The option of the command line that names the range of the pool that is made."""
        return "--temporary" if self.keeps_range else "--to-cidr"

    @property
    def adds_pool(self) -> bool:
        """Whether a pool of another range is made."""
        return self.kind in ("migrate", "grow")


def plan_steps(cluster: Cluster, change: Change) -> tuple[Step, ...]:
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
    changed_pool = cluster.pool(change.pool)
    # What names the pool is corrected before the pool is out of use.
    corrections: list[StepAction] = ["cni"] if cni_names_pool(cluster, changed_pool) else []
    corrections += ["annotate"] if objects_naming_pool(cluster, changed_pool) else []
    managed = change.install == "operator" and is_managed(cluster, changed_pool)
    template = replace(changed_pool, disabled=False, labels={}, annotations={})
    if change.kind == "retire":
        return tuple(_retire_pool(changed_pool, "", corrections, managed=managed))
    if change.adds_pool:
        if change.cidr is None:
            raise InputError([Finding("change-no-range")])
        new_pool = replace(
            template, name=change.new_name, cidr=change.cidr, block_size=change.block_size or changed_pool.block_size
        )
        create_step = Step("create", new_pool, managed=managed)
        if change.kind == "grow":
            return (create_step,)
        return (
            create_step,
            *_retire_pool(changed_pool, new_pool.name, corrections, managed=managed),
            *_inventory_steps(change, new_pool),
        )
    if change.temporary_cidr is None:
        raise InputError([Finding("change-no-range")])
    temporary = replace(template, name=TEMPORARY_POOL, cidr=change.temporary_cidr)
    if change.kind == "split":
        parts: Sequence[IPPool] = [
            replace(template, name=f"{changed_pool.object_name}-{part_number}", cidr=part)
            for part_number, part in enumerate(_split_cidr(changed_pool.cidr, change.prefix), 1)
        ]
    else:
        parts = [replace(template, block_size=change.block_size)]
    return (
        Step("create", temporary),
        *_retire_pool(changed_pool, TEMPORARY_POOL, corrections, managed=managed),
        *(Step("create", part, managed=managed) for part in parts),
        *_retire_pool(temporary, parts[0].name, corrections, managed=False),
        *_inventory_steps(change, parts[0]),
    )


def is_managed(cluster: Cluster, pool: IPPool) -> bool:
    """Whether the operator keeps a pool as the Installation says; it labels what it keeps, older ones did not."""
    labelled = pools_labelled_by_operator(cluster)
    return pool in labelled or not labelled


def pools_labelled_by_operator(cluster: Cluster) -> list[IPPool]:
    """Return the pools with the label of the Tigera operator, which only clusters have that it installed."""
    key, value = OPERATOR_LABEL
    return [pool for pool in cluster.pools if pool.labels.get(key) == value]


def pool_names(pool: IPPool) -> tuple[str, str]:
    """Return by what annotations and CNI configurations name a pool: its name, its CIDR."""
    return pool.name, str(pool.cidr)


def rename_pool(named_pools: Iterable[str], old_names: Collection[str], new_name: str) -> tuple[str, ...]:
    """Return the pools of a list with another in the place of one, or without it where there is none to put."""
    renamed = (new_name if name in old_names else name for name in named_pools)
    return tuple(filter(None, renamed))


def objects_naming_pool(cluster: Cluster, pool: IPPool) -> list[str]:
    """Return the namespaces and pods whose annotation names a pool, by name or CIDR."""
    return [
        *(namespace.name for namespace in namespaces_naming_pool(cluster, pool)),
        *(f"{pod.namespace}/{pod.name}" for pod in pods_naming_pool(cluster, pool)),
    ]


def namespaces_naming_pool(cluster: Cluster, pool: IPPool) -> list[Namespace]:
    """Return the namespaces whose annotation names a pool, by name or CIDR."""
    return [namespace for namespace in cluster.namespaces if _names_pool(pool, namespace)]


def pods_naming_pool(cluster: Cluster, pool: IPPool) -> list[Pod]:
    """Return the pods whose annotation names a pool, by name or CIDR."""
    return [pod for pod in cluster.pods if _names_pool(pool, pod)]


def cni_names_pool(cluster: Cluster, pool: IPPool) -> bool:
    """Whether the nodes' CNI configuration, as far as it was read, names a pool, by name or CIDR."""
    return cluster.cni is not None and _names_pool(pool, cluster.cni)


def _names_pool(pool: IPPool, naming: Namespace | Pod | CNIConfiguration) -> bool:
    return not {*naming.ipv4_pools, *naming.ipv6_pools}.isdisjoint(pool_names(pool))


def _retire_pool(pool: IPPool, target_pool: str, corrections: list[StepAction], *, managed: bool) -> list[Step]:
    """Return the steps that take a pool out of use, move its pods, and delete it."""
    restart: list[StepAction] = ["restart"] if managed else []
    actions: list[StepAction] = [*corrections, "disable", *restart, "recreate", "delete"]
    return [Step(action, pool, target_pool, managed=managed) for action in actions]


def _inventory_steps(change: Change, pool: IPPool) -> list[Step]:
    return [Step("inventory", pool)] if change.install == "kubespray" else []


def _split_cidr(cidr: Cidr, prefix: int) -> list[Cidr]:
    if not cidr.prefix < prefix <= cidr.prefix + MAX_SPLIT_BITS:
        params = {"cidr": str(cidr), "least": cidr.prefix + 1, "most": cidr.prefix + MAX_SPLIT_BITS}
        raise InputError([Finding("change-parts", params=params)])
    return [cidr.subnet(prefix, index) for index in range(cidr.subnet_count(prefix))]
