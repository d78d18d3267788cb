"""JupyterLab from the command line."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FindingError, IppoolkitError
from .app import LanguageOption, app, errors_reported


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; created if missing.")] = Path(
        "ippoolkit-lab"
    ),
    lang: LanguageOption = "en",
) -> None:
    """Copy the notebooks, sample data and documentation to a folder, and open it in JupyterLab with the planner.

    Files that are there already stay. Further options go to jupyter lab: --no-browser, --port 9000.
    """
    with errors_reported(lang):
        if find_spec("jupyterlab") is None:
            raise FindingError("extra-missing", package="jupyterlab", extra="notebooks")
        from ..widgets.lab import open_lab

        try:
            open_lab(folder, context.args)
        except OSError as error:
            raise IppoolkitError(str(error)) from error
