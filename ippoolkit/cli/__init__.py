"""The command line: the kit's tables, reports and scenarios from files; a module for each group of commands."""

from . import audit, capacity, check, choose, installers, report, runbook, simulate
from .app import app

__all__ = ["app", "audit", "capacity", "check", "installers", "main", "report", "runbook", "simulate"]


def main() -> None:
    """Run the command line."""
    app()
