"""The verbs of the Python API, named as the commands are.

What they are given may be a `Scenario`, its `Analysis`, or anything that `ippoolkit.read` takes: a path, several paths,
``"-"`` for standard input. What they return shows itself in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .analysis import Analysis, analyse, compare
from .capacity.verdict import Verdict
from .findings import Finding
from .model import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from .audit import Audit
    from .change import Runbook
    from .manifests.manifest_review import Review
    from .report.inputs import ReportSource

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

    Examples
    --------
    >>> import ippoolkit as ipk
    >>> analysis = ipk.capacity("data/kubespray.yaml")
    >>> analysis.verdict.status.value, analysis.verdict.limit
    ('fits', 'blocks')
    >>> analysis.growth().loc[[0, 12], ["month", "nodes", "blocks_needed", "blocks"]]
        month  nodes  blocks_needed  blocks
    0       0     12             14     256
    12     12     60             62     256
    """
    return _analysis(source)


def check(
    *files: str | Path,
    existing: Iterable[str | Path] = (),
    action: str = "apply",
    judges: Sequence[str] = ("calicoctl", "kubectl"),
) -> Review:
    """Judge manifests as calicoctl and the API server would; the command ``ippoolkit check``.

    Parameters
    ----------
    files
        Manifests, in the order in which they would be given to calicoctl or kubectl; ``-`` is standard input.
    existing
        What exists already: a scenario, manifests or dumps, with nodes, blocks and networks if there are any.
    action
        ``apply``, ``create``, ``replace``, ``patch`` or ``delete``.
    judges
        Whose verdicts count.

    Returns
    -------
    Review
        A verdict of each judge on each object, and the findings behind it.

    Raises
    ------
    InputError
        Where what exists cannot be read.

    Examples
    --------
    >>> import ippoolkit as ipk
    >>> review = ipk.check("data/default-ipv4-ippool.yaml")  # an object of the datastore, as kubectl prints it
    >>> {judge: decision.name for judge, decision in review.objects[0].decisions.items()}
    {'calicoctl': 'REFUSED', 'kubectl': 'REFUSED'}
    """
    from .manifests.manifest_review import review

    return review(files, existing, action, judges)


def runbook(source: Source, change: str, pool: str = "", **options: Any) -> Runbook:
    """Plan a change of pools and rehearse it on a cluster; the command ``ippoolkit runbook``.

    Parameters
    ----------
    source
        The cluster: a scenario, its analysis, or the path of dumps.
    change
        ``block-size``, ``split``, ``migrate``, ``grow`` or ``retire``.
    pool
        Name of the pool; the one with most addresses in use if left out.
    options
        ``to``, ``cidr``, ``temporary``, ``name``, ``install``, ``order``, ``batches``: as the options of the command.

    Returns
    -------
    Runbook
        The steps with their commands, and what the rehearsal found.

    Raises
    ------
    InputError
        With everything that is wrong with the cluster's files or the change.
    """
    from .change.change_arguments import parse_change
    from .change.runbook import runbook as plan_runbook

    scenario = _analysis(source).scenario
    return plan_runbook(scenario, parse_change(scenario.cluster, change, pool, **options))


def diff(old: Audit | str | Path, new: Audit | str | Path, *, days: float | None = None) -> list[Finding]:
    """Say what changed between two dumps of a cluster, most severe first; the command ``ippoolkit diff``.

    Parameters
    ----------
    old, new
        Audits, or the paths of dumps.
    days
        Days between them; if left out, those between their newest objects.

    Returns
    -------
    list of Finding
        Objects that came and went, how fast pools fill and how long they last at that pace, findings that are new or
        gone, and figures that only one of the dumps has.

    Raises
    ------
    InputError
        Where nothing at all could be read.
    """
    from .audit.dump_diff import diff as compare_audits

    return compare_audits(_audit(old), _audit(new), days=days)


def pools_for(source: Source, node: str, namespace: str = "", pod: str = "", *, lang: str = "en") -> pd.DataFrame:
    """List the pools that would serve a pod, in order, and why each other one would not.

    The command ``ippoolkit pools-for``.

    Parameters
    ----------
    source
        The cluster: a scenario, its analysis, or the path of dumps.
    node
        Name of the node that the pod runs on.
    namespace, pod
        Of the pod, which need not exist; its annotation goes before its namespace's.
    lang
        Language of the reasons: ``en`` or ``zh``.

    Returns
    -------
    pandas.DataFrame
        ``family``, ``order`` (missing: does not serve), ``pool``, ``cidr``, ``block`` and ``free`` (of a block that the
        node owns; without one the node claims a new block of the pool), ``why`` (empty: serves), ``code``.

    Raises
    ------
    InputError
        Where the node or the namespace does not exist.
    """
    from .audit import pool_tables

    return pool_tables.pools_for(_analysis(source).scenario.cluster, node, namespace, pod, lang=lang)


def report(scenario: ReportSource, out: str | Path, **options: Any) -> Path:
    """Make one report as one file; the command ``ippoolkit report``.

    Parameters
    ----------
    scenario
        A scenario, the path of anything that `ippoolkit.read` takes, or a list of paths that are read as one.
    out
        Path of the file; its suffix decides the format: ``.html``, ``.pdf``, ``.xlsx`` or ``.md``.
    options
        As of `ippoolkit.make_report`: ``lang``, ``date``, ``redact``, ``template``, ``parameters``, ``progress``.

    Returns
    -------
    pathlib.Path
        The path of the report.

    Raises
    ------
    InputError
        Where the scenario, a parameter or the place to write to cannot be used; checked before anything runs.
    ReportError
        Where the notebook fails.
    """
    from .report import make_report

    return make_report(scenario, out, **options)


def verdict(source: Source) -> Verdict:
    """Judge a plan: the worst verdict of its IP versions.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.

    Returns
    -------
    Verdict
        Its status, the limit that binds first, and the finding with its numbers and source.
    """
    return _analysis(source).verdict


def verdicts(source: Source) -> tuple[Verdict, ...]:
    """Judge a plan for each IP version, all its pools together.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.

    Returns
    -------
    tuple of Verdict
        One for each IP version that has pools; IPv4 first.
    """
    return _analysis(source).verdicts


def check_design(source: Source) -> list[Finding]:
    """Return all findings on a design.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.

    Returns
    -------
    list of Finding
        Most severe first; the verdicts lead their severity.
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


def _audit(source: Audit | str | Path) -> Audit:
    from .audit import audit

    return audit(source) if isinstance(source, str | Path) else source
