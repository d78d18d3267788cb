"""What an audit shows beside its figures, as tables: who may use which pool, and which nodes each pool covers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..capacity.demand import supply, tunnels_of, versions
from ..errors import InputError
from ..findings import N_, Finding, language
from ..model import Cluster, IPPool, Node, Scenario
from .eligible import answer, asked, who_can_use

_PODS, _SOME_PODS, _TUNNEL = N_("pods"), N_("some pods"), N_("tunnel")


def pools_for(cluster: Cluster, node: str, namespace: str = "", pod: str = "", *, lang: str = "en") -> pd.DataFrame:
    """Return the pools that would serve a pod, in the order tried, and why each other one would not.

    Parameters
    ----------
    cluster
        What exists.
    node
        Name of the node.
    namespace, pod
        Of the pod, which may be one to come; its annotation goes before its namespace's.
    lang
        Language of the reasons.

    Returns
    -------
    pandas.DataFrame
        ``family``, ``order`` (None: does not serve), ``pool``, ``cidr``, ``why`` (empty: serves), ``code``. A request
        that fails as a whole has a row without a pool.

    Raises
    ------
    InputError
        Where the node or the namespace does not exist.
    """
    found = next((each for each in cluster.nodes if each.name == node), None)
    problems = []
    if found is None:
        problems.append(Finding("object-missing", f"Node/{node}", {"kind": "Node", "name": node}))
    if namespace and cluster.knows("Namespace") and namespace not in {each.name for each in cluster.namespaces}:
        problems.append(Finding("object-missing", f"Namespace/{namespace}", {"kind": "Namespace", "name": namespace}))
    if found is None or problems:
        raise InputError(problems)
    rows: list[tuple[Any, ...]] = []
    for asking in asked(cluster, found, namespace, pod):
        given = answer(cluster, asking)
        if given.error:
            rows.append((asking.version, None, "", "", given.error.told(lang), given.error.code))
        rows += [(asking.version, at, pool.name, str(pool.cidr), "", "") for at, pool in enumerate(given.pools, 1)]
        for pool in sorted(cluster.pools, key=lambda each: each.name):
            if pool.version == asking.version and (why := given.reasons.get(pool.name)):
                rows.append((asking.version, None, pool.name, str(pool.cidr), why.told(lang), why.code))
    return _frame(["family", "order", "pool", "cidr", "why", "code"], rows)


def users_of(cluster: Cluster, pool: str) -> pd.DataFrame:
    """Return every node and namespace that may draw from a pool: ``node``, ``namespace``, ``by``.

    ``by`` is empty where selectors let them, else it names whose annotation does.

    Raises
    ------
    InputError
        Where there is no such pool.
    """
    try:
        return _frame(["node", "namespace", "by"], list(who_can_use(cluster, pool)))
    except KeyError:
        raise InputError([Finding("object-missing", f"IPPool/{pool}", {"kind": "IPPool", "name": pool})]) from None


def coverage(scenario: Scenario, lang: str = "en") -> pd.DataFrame:
    """Return a row a node and a column a pool: ``pods``, ``tunnel`` or both, where the pool serves them unasked.

    The column ``gaps`` says what a node has no pool for: ``pods``, or the tunnels that other nodes have. Pods of
    namespaces that a namespaceSelector singles out are marked ``some pods``.
    """
    cluster = scenario.cluster
    pools = sorted(cluster.pools, key=lambda each: each.name)
    offers = [supply(scenario, version) for version in versions(scenario)]
    tunnels = {
        node.name: {offer.version: tunnels_of(scenario, offer, node.labels) for offer in offers}
        for node in cluster.nodes
    }
    wanted = {
        offer.version: set().union(*(tunnels[node][offer.version] for node in tunnels)) for offer in offers if tunnels
    }
    words = language(lang)
    rows = []
    for node in cluster.nodes:
        served = [_served(node, pool) for pool in pools]
        gaps = []
        for offer in offers:
            if node.windows and offer.version == 6:
                continue
            of_family = [parts for parts, pool in zip(served, pools, strict=True) if pool.version == offer.version]
            serving = any(pool.serves("Workload") for pool in offer.pools)
            if serving and not any(_PODS in parts for parts in of_family):
                gaps.append(f"{words.text(_PODS)} IPv{offer.version}")
            missing = wanted[offer.version] - set(tunnels[node.name][offer.version])
            gaps += [f"{tunnel} IPv{offer.version}" for tunnel in sorted(missing)]
        rows.append((node.name, *(", ".join(map(words.text, parts)) for parts in served), ", ".join(gaps)))
    return _frame(["node", *(pool.name for pool in pools), "gaps"], rows)


def _served(node: Node, pool: IPPool) -> list[str]:
    """Return what a pool serves a node unasked."""
    if not pool.selects(node.labels):
        return []
    parts = []
    if pool.serves("Workload") and not (node.windows and pool.version == 6):
        parts.append(_PODS if pool.namespace_selector in ("", "all()") else _SOME_PODS)
    if pool.serves("Tunnel"):
        parts.append(_TUNNEL)
    return parts


def _frame(columns: list[str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns, dtype=object)
