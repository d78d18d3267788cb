"""Running a report's notebook and rendering what it shows as one HTML page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date  # noqa: N812
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, ReportError
from ..findings import LANGUAGES, Finding, Place
from ..model import Scenario
from ..read import load
from ..view.look import style
from ..write import save, write_text

if TYPE_CHECKING:
    from nbconvert.exporters.templateexporter import TemplateExporter

TEMPLATE = "report.ipynb"


def make_report(
    scenario: str | Path | Scenario,
    out: str | Path,
    *,
    lang: str = "en",
    date: str | None = None,
    notebook: str | Path | None = None,
) -> Path:
    """Make a capacity report: one HTML file that needs nothing else.

    Parameters
    ----------
    scenario
        A scenario, or the path of anything that `ippoolkit.load` reads.
    out
        Path of the HTML file; it is written whole or not at all.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print, as YYYY-MM-DD; today's if left out.
    notebook
        Path of the notebook to run; the kit's own if left out. It is given the parameters
        ``scenario`` (path of a scenario file), ``lang`` and ``date``.

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
    if not isinstance(scenario, Scenario):
        scenario = load(scenario)
    target = Path(out)
    date = Date.today().isoformat() if date is None else date  # noqa: DTZ011 (the user's own day)
    check_parameters(target, lang, date)
    source = Path(notebook) if notebook else own_notebook()
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        given = save(scenario, Path(folder) / "scenario.yaml")
        parameters = {"scenario": str(given), "lang": lang, "date": date}
        html = execute(source, parameters, Path(folder), {"title": scenario.name, "lang": lang, "style": style()})
    return write_text(target, html)


def own_notebook(name: str = TEMPLATE) -> Path:
    """Return the path of one of the kit's notebooks, installed or in a checkout.

    Raises
    ------
    ReportError
        Where there is none of that name.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise ReportError(f"The notebook {name} is missing from this installation.")


def check_parameters(target: Path, lang: str, date: str) -> None:
    """Raise what is wrong with a report's parameters, before anything runs."""
    problems = []
    if lang not in LANGUAGES:
        numbers = {"value": f'"{lang}"', "choices": ", ".join(LANGUAGES)}
        problems.append(Finding("value-choice", numbers=numbers, place=Place("report", field="lang")))
    try:
        if date:
            Date.fromisoformat(date)
    except ValueError:
        problems.append(Finding("type-date", numbers={"value": f'"{date}"'}, place=Place("report", field="date")))
    if not target.parent.is_dir():
        problems.append(Finding("folder-missing", place=Place(str(target.parent))))
    elif target.is_dir():
        problems.append(Finding("file-folder", place=Place(str(target))))
    if problems:
        raise InputError(problems)


def execute(notebook: Path, parameters: Mapping[str, object], folder: Path, page: Mapping[str, str]) -> str:
    """Execute the notebook in a kernel of its own and render what it shows."""
    try:
        from .kernel import kernel

        # Kernel and renderer take long to load, each about as long as papermill: let all three load at once.
        with kernel(folder) as running, ThreadPoolExecutor(1) as beside:
            exporter = beside.submit(_exporter)
            from papermill import execute_notebook
            from papermill.exceptions import PapermillExecutionError

            try:
                executed = execute_notebook(
                    str(notebook),
                    None,
                    parameters=dict(parameters),
                    kernel_name=running.kernel_name,
                    km=running,
                    progress_bar=False,
                    log_output=False,
                )
            except PapermillExecutionError as error:
                raise ReportError(f"The report could not be made: {error.ename}: {error.evalue}") from None
            body, _ = exporter.result().from_notebook_node(executed, resources={"ipk": page})
    except ImportError as error:
        raise ReportError(f"Reports need more packages: pip install 'ippoolkit[notebooks]' ({error}).") from None
    return str(body)


def _exporter() -> TemplateExporter:
    from nbconvert.exporters.templateexporter import TemplateExporter

    own = Path(__file__).parent / "template"
    exporter = TemplateExporter(template_file=str(own / "page.html.j2"), extra_template_basedirs=[str(own)])
    exporter.template  # noqa: B018 (compiled on first use)
    return exporter
