"""A folder to work in, and JupyterLab opened there: the kit's notebooks, sample data and documentation."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import nbformat
from nbformat.sign import NotebookNotary

from ..kit_files import kit_folder
from ..write.atomic import make_folder, write_atomically

_SHARE_FOLDER = Path(__file__).parent / "share"
_FOLDERS = ("notebooks", "data", "docs")
FIRST_NOTEBOOK = "notebooks/planner.ipynb"


def prepare_lab(folder: Path) -> list[Path]:
    """Copy the kit's notebooks, data and documentation into a folder; whatever is there already stays as it is.

    Parameters
    ----------
    folder
        The folder; it is created where it is missing.

    Returns
    -------
    list of pathlib.Path
        The files that were copied.

    Raises
    ------
    InputError
        Where the folder cannot be written to.
    """
    copied = []
    make_folder(folder)
    for name in _FOLDERS:
        source = kit_folder(name)
        if source.resolve() == (folder / name).resolve():
            continue
        for file in sorted(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            target = folder / name / file.relative_to(source)
            if not target.exists():
                make_folder(target.parent)
                write_atomically(target, file.read_bytes())
                copied.append(target)
    return copied


def trust_notebooks(folder: Path) -> None:
    """Sign the folder's notebooks for this user, as ``jupyter trust`` does: those that ask for it run when opened."""
    notary = NotebookNotary()
    try:
        for path in sorted((folder / "notebooks").glob("*.ipynb")):
            notary.sign(nbformat.read(path, as_version=4))
    finally:
        notary.store.close()


def lab_environment() -> dict[str, str]:
    """Return the environment in which JupyterLab and Voilà find what the kit adds to them."""
    paths = [str(_SHARE_FOLDER), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {**os.environ, "JUPYTER_PATH": os.pathsep.join(paths)}


def lab_command(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command that opens the folder in JupyterLab, with further options of ``jupyter lab``."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
        f"--LabApp.app_settings_dir={_SHARE_FOLDER / 'lab' / 'settings'}",
        *(["--allow-root"] if is_root else []),
        *options,
    ]


def open_lab(folder: Path, options: Sequence[str] = ()) -> NoReturn:
    """Prepare a folder, and become the JupyterLab that opens it: whoever ends this process ends that."""
    prepare_lab(folder)
    trust_notebooks(folder)
    command = lab_command(folder, options)
    os.execve(command[0], command, lab_environment())  # noqa: S606 (Jupyter of this environment)
