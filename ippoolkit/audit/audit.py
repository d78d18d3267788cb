"""`Audit`: everything that is said about a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ..findings import Finding, by_gravity
from ..model import Scenario
from ..read.cluster import ClusterReading, read_cluster
from ..read.harvest import AnyPath
from .checks import CHECKS, Site
from .doubts import doubts
from .figures import Figures, figures
from .index import Index


@dataclass(frozen=True)
class Audit:
    """A cluster, its figures, and what is wrong with it.

    `unchecked` names the checks that were left out, each with the kinds of object that they would need.
    """

    reading: ClusterReading
    figures: Figures
    findings: tuple[Finding, ...]
    unchecked: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def scenario(self) -> Scenario:
        """The cluster as a scenario, to plan on."""
        return self.reading.scenario

    @cached_property
    def site(self) -> Site:
        """The cluster as checks look at it."""
        return Site(self.scenario)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is to be said on how the cluster was read."""
        return (*self.reading.notes, *self.figures.notes)

    @property
    def pools(self) -> pd.DataFrame:
        """A row a pool; columns as in docs/audit.md, None for unknown."""
        return _frame(self.figures.pools)

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node; columns as in docs/audit.md, None for unknown."""
        return _frame(self.figures.nodes)


def audit(*paths: AnyPath, none: Iterable[str] = ()) -> Audit:
    """Read a cluster and say what is wrong with it.

    Parameters
    ----------
    paths
        Folders and files in any mix of what kubectl and calicoctl print; a snapshot or another scenario file.
    none
        Kinds that are known to have no objects, where kubectl's empty lists leave it open.

    Raises
    ------
    InputError
        Where nothing at all could be read.
    """
    return audit_of(read_cluster(*paths, none=none))


def audit_of(reading: ClusterReading) -> Audit:
    """Say what is wrong with a cluster that was read."""
    scenario = reading.scenario
    index = Index(scenario.cluster)
    site = Site(scenario, index)
    counted = figures(index, reading.told)
    found: list[Finding] = list(doubts(index, reading.newest))
    unchecked = []
    for check in CHECKS:
        missing = tuple(kind for kind in check.needs if kind in scenario.cluster.unknown)
        if missing:
            unchecked.append((check.of.__name__, missing))
        else:
            found += check.of(site)
    return Audit(reading, counted, tuple(by_gravity(found)), tuple(unchecked))


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, dtype=object)
    return made.where(made.notna(), None)
