"""The command line: the kit's tables, reports and scenarios from files; a module for each group of commands."""

import sys
from pathlib import Path

from . import (
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
)
from .app import app

__all__ = [
    "alert_commands",
    "app",
    "capacity_commands",
    "choose_commands",
    "cluster_commands",
    "forecast_commands",
    "installer_commands",
    "lab_commands",
    "main",
    "manifest_commands",
    "report_commands",
    "runbook_commands",
    "simulation_commands",
]


def main() -> None:
    """Run the command line: as ``ippoolkit``, and as kubectl's plugin ``kubectl ippool``."""
    is_kubectl_plugin = Path(sys.argv[0]).stem == "kubectl-ippool"
    app(prog_name="kubectl ippool" if is_kubectl_plugin else None)
