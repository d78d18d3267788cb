"""The verbs of the Python API, named as the commands are.

What they are given may be a `Scenario`, its `Analysis`, or anything that `ippoolkit.read` takes: a path, several paths,
``"-"`` for standard input. What they return shows itself in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .analysis import Analysis, Source, analyse, compare
from .findings import Finding

if TYPE_CHECKING:
    import pandas as pd

    from .audit import Audit
    from .calico.releases import Release
    from .change import Runbook
    from .manifests.manifest_review import Review
    from .report.batch import CellProgress
    from .report.inputs import ReportSource


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
    return analyse(source)


def check(
    *files: str | Path,
    existing: Iterable[str | Path] = (),
    action: str = "apply",
    judges: Sequence[str] = ("calicoctl", "kubectl"),
    separately: bool = False,
    release: Release | None = None,
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
    separately
        Judge each file on its own, not on top of the files before it.
    release
        Release of Calico to judge by; left out: that of what exists.

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

    return review(files, existing, action, judges, separately=separately, release=release)


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

    scenario = analyse(source).scenario
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
        ``family``, ``order`` (missing: does not serve), ``pool``, ``cidr``, ``block``, ``free``, ``why`` (empty:
        serves), ``code``. The node's own blocks with free addresses come first, as in Calico: ``block`` is one of them
        and ``free`` what it has left; rows without a block are pools in which the node claims a new one. A request
        that fails as a whole has a row without a pool.

    Raises
    ------
    InputError
        Where the node or the namespace does not exist.
    """
    from .audit import pool_tables

    return pool_tables.pools_for(analyse(source).scenario.cluster, node, namespace, pod, lang=lang)


def report(
    scenario: ReportSource,
    out: str | Path,
    *,
    lang: str = "en",
    date: str | None = None,
    redact: bool = False,
    template: str | Path = "capacity",
    parameters: Mapping[str, Any] | None = None,
    progress: CellProgress | None = None,
    in_process: bool = False,
) -> Path:
    """Make one report as one file; the command ``ippoolkit report``.

    Parameters
    ----------
    scenario
        A scenario, the path of anything that `ippoolkit.read` takes, or a folder with the dumps of a cluster; a list of
        paths is read as one.
    out
        Path of the file; what its name ends in says what it is made as: ``.html``, ``.pdf``, ``.xlsx`` or ``.md``.
        It is written whole or not at all. Pictures of Markdown are files beside it.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print, as YYYY-MM-DD; today's if left out.
    redact
        Whether names and addresses are replaced; the numbers stay.
    template
        Name of one of the kit's templates, or the path of a notebook with a cell tagged ``parameters``.
    parameters
        Further parameters of the template.
    progress
        Called with how many cells of the notebook are done, of how many.
    in_process
        Whether one of the kit's own templates runs in the caller's process, which is faster. Not in a notebook: its
        process runs IPython already. A notebook of the user's always gets a process of its own.

    Returns
    -------
    pathlib.Path
        The path of the report.

    Raises
    ------
    InputError
        Where the scenario, a parameter or the place to write to is no good; checked before anything runs.
    ReportError
        Where the notebook fails.
    """
    from .report import make_report

    return make_report(
        scenario,
        out,
        lang=lang,
        date=date,
        redact=redact,
        template=template,
        parameters=parameters,
        progress=progress,
        in_process=in_process,
    )


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
    return compare({name: analyse(source) for name, source in sources.items()}, lang=lang)


def _audit(source: Audit | str | Path) -> Audit:
    from .audit import audit

    return audit(source) if isinstance(source, str | Path) else source
