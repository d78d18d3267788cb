"""A report on a cluster as it is: an audit through its template's notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..audit import Audit
from ..errors import InputError
from ..write import save
from .batch import check_target
from .formats.html import html
from .kernels import Kernels
from .order import order
from .run import run
from .store import place
from .template import FILES


def make_audit_report(
    cluster: Sequence[str | Path] | Audit,
    out: str | Path,
    *,
    none: Sequence[str] = (),
    lang: str = "en",
    date: str | None = None,
) -> Path:
    """Make a report on a cluster: one HTML file that needs nothing else.

    Parameters
    ----------
    cluster
        Folders and files, or an audit of a running cluster.
    out
        Path of the HTML file; it is written whole or not at all.
    none
        Kinds that are known to have no objects.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print, as YYYY-MM-DD; today's if left out.

    Raises
    ------
    InputError
        Where a parameter or the place to write to is no good; checked before anything runs.
    ReportError
        Where the notebook fails.
    """
    target = Path(out)
    with Kernels() as kernels, tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        if problems := check_target(target):
            raise InputError(problems)
        asked = order(template="audit", lang=lang, date=date, parameters={"none": list(none)})
        if isinstance(cluster, Audit):
            paths = [
                str(save(cluster.scenario, Path(folder) / f"{cluster.scenario.name.replace('/', '-')[:100]}.json"))
            ]
        else:
            paths = [str(Path(path).resolve()) for path in cluster]
        parameters = {FILES: paths, "lang": lang, "date": asked.date, **asked.parameters}
        page = html(run(kernels, asked.template, parameters, asked.formats), Path(paths[0]).stem, lang)
    return place(target, page.encode())
