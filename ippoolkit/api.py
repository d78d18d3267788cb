"""The verbs of the Python API, named as the commands are.

What they are given may be a `Scenario`, its `Analysis`, or anything that `ippoolkit.read` takes: a path, several paths,
``"-"`` for standard input. What they return shows itself in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .analysis import Analysis, analyse, compare
from .capacity.evaluation import Verdict
from .findings import Finding
from .model import Scenario

if TYPE_CHECKING:
    import pandas as pd

Source = Scenario | Analysis | str | Path


def capacity(source: Source) -> Analysis:
    """Judge IP pools and a plan; the command ``ippoolkit capacity``.

    Parameters
    ----------
    source
        A scenario, or the path of a scenario file, of manifests or of dumps.

    Returns
    -------
    Analysis
        Verdict, tables and findings, each computed when it is first wanted.

    Raises
    ------
    InputError
        Where the input cannot be read: all its problems.
    """
    return _analysis(source)


def verdict(source: Source) -> Verdict:
    """Judge a plan: the worst verdict of its IP versions.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    """
    return _analysis(source).verdict


def verdicts(source: Source) -> tuple[Verdict, ...]:
    """Judge a plan for each IP version, all its pools together; IPv4 first.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    """
    return _analysis(source).verdicts


def check_design(source: Source) -> list[Finding]:
    """Return all findings on a design, most severe first; the verdicts lead their severity.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    """
    return list(_analysis(source).findings)


def pools(source: Source, *, lang: str = "en") -> pd.DataFrame:
    """List the pools of a scenario, by name.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each pool; columns as in docs/tables.md. `addresses_used` and `blocks_used` are missing where nothing
        is known of blocks, nodes or pods.
    """
    return _analysis(source).pools(lang=lang)


def block_sizes(source: Source, pool: str | None = None, *, lang: str = "en") -> pd.DataFrame:
    """Compare all block sizes of one pool.

    The pool is judged as if it served alone every node that it selects; existing nodes count with the addresses
    that they hold in it.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    pool
        Name of the pool; the first by name if left out.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each block size that Calico takes for the pool, ascending; columns as in docs/tables.md.

    Raises
    ------
    KeyError
        When there is no such pool.

    Examples
    --------
    >>> import ippoolkit as ipk
    >>> pool = ipk.IPPool(name="pool", cidr="10.233.64.0/18", vxlan_mode="Always")
    >>> plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110),))
    >>> table = ipk.block_sizes(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=plan))
    >>> table.loc[table.block_size.isin([24, 26, 30]), ["block_size", "blocks", "nodes_fit", "verdict"]]
        block_size  blocks  nodes_fit verdict
    4           24      64         64   fails
    6           26     256        256    fits
    10          30    4096        256   fails
    """
    return _analysis(source).block_sizes(pool, lang=lang)


def prefixes(
    source: Source, pool: str | None = None, *, prefix_lengths: Iterable[int] | None = None, lang: str = "en"
) -> pd.DataFrame:
    """Compare all block sizes of a pool for ranges of several prefix lengths.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    pool
        Name of the pool; the first by name if left out. Its range is widened or cut, its first address stays inside.
    prefix_lengths
        Prefix lengths; 8 to 28 (IPv4) or every fourth from 48 to 124 (IPv6) if left out.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each prefix and block size, ascending; the prefix and the columns of `block_sizes`.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    return _analysis(source).prefixes(pool, prefix_lengths=prefix_lengths, lang=lang)


def nodes(source: Source, *, lang: str = "en") -> pd.DataFrame:
    """List the nodes that exist, one by one, and the planned groups.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each node or group and IP version; columns as in docs/tables.md.
    """
    return _analysis(source).nodes(lang=lang)


def growth(source: Source, *, lang: str = "en") -> pd.DataFrame:
    """Follow the plan over its horizon, all pools of an IP version together.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each month, from month 0, and IP version; columns as in docs/tables.md.
    """
    return _analysis(source).growth(lang=lang)


def choices(source: Source, *, lang: str = "en") -> pd.DataFrame:
    """List the nearest changes of one thing that make a plan fit which does not.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each change; columns as in docs/tables.md. Empty where the plan fits or no single change helps.
    """
    return _analysis(source).choice_table(lang=lang)


def comparison(sources: Mapping[str, Source], *, lang: str = "en") -> pd.DataFrame:
    """Compare plans.

    Parameters
    ----------
    sources
        The plans, by the names that their columns are to have.
    lang
        Language of the texts in the table: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        A row for each metric: its name in the column ``metric``, its value in a column for each plan, dtype object;
        counts are exact Python ints, None where a plan has no pool.
    """
    return compare({name: _analysis(source) for name, source in sources.items()}, lang=lang)


def _analysis(source: Source) -> Analysis:
    if isinstance(source, Scenario | Analysis):
        return analyse(source)
    from .read import load

    return analyse(load(source))
