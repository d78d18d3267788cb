"""The command line: the kit's tables, reports and scenarios from files; a module for each group of commands."""

import atexit
import gc
import io
import os
import sys
from pathlib import Path

from . import (  # noqa: F401 (each registers its commands)
    alert_commands,
    capacity_commands,
    choose_commands,
    cluster_commands,
    forecast_commands,
    installer_commands,
    lab_commands,
    manifest_commands,
    report_commands,
    runbook_commands,
    simulation_commands,
    upgrade_commands,
)
from .app import app

__all__ = ["app", "main"]

# Python's 700 has it look through all that is imported again and again: a sixth of a command's time.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run the command line, as ``ippoolkit`` or as ``kubectl ippool``; it prints UTF-8 whatever the locale."""
    _prepare_streams()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)  # the process ends: there is nothing to look through once more
    try:
        try:
            app(prog_name="kubectl ippool" if Path(sys.argv[0]).stem == "kubectl-ippool" else None)
        finally:
            sys.stdout.flush()
    except OSError as error:  # of standard output: files are the commands' own business
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"standard output: {error.strerror or error}\n")
        # Nothing more is written when Python ends, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _prepare_streams() -> None:
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:  # closed: the next file to be opened would become standard output
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None or sys.stderr is None:
        sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (a descriptor)
        sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (a descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
