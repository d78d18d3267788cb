"""Histories from dumps: a folder with a dump or a snapshot of the cluster for each date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..audit import audit
from ..errors import InputError
from ..findings import Finding, Place
from ..read.input_files import list_files
from .pool_history import HistoryCollector, Measurement

# 2026-01-31, 20260131, 2026-01-31T06:00:00Z, 2026-01-31_0600: in the name of a file or of a folder.
DATE = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?:[T_ -]?(\d\d)[:.-]?(\d\d)(?:[:.-]?(\d\d))?Z?)?(?!\d)")


def dated_groups(folder: Path) -> tuple[dict[datetime, list[Path]], list[Finding]]:
    """Return the files of a folder by the date in their path, the innermost first; and those without one."""
    groups: dict[datetime, list[Path]] = defaultdict(list)
    problems = []
    for file in list_files(folder):
        date = date_in(reversed(file.relative_to(folder).parts))
        if date is None:
            problems.append(Finding("dump-undated", place=Place(str(file))))
        else:
            groups[date].append(file)
    return dict(sorted(groups.items())), problems


def date_in(names: Iterable[str]) -> datetime | None:
    """Return the first date in any of the names."""
    for name in names:
        for match in DATE.finditer(name):
            try:
                year, month, day, hour, minute, second = (int(digits or 0) for digits in match.groups())
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            except ValueError:
                continue
    return None


def read_dumps(folder: Path, collector: HistoryCollector) -> list[Finding]:
    """Read every dump of a folder; return every problem."""
    groups, problems = dated_groups(folder)
    if not groups and not problems:
        return [Finding("folder-empty", place=Place(str(folder)))]
    for date, files in groups.items():
        try:
            pools = audit(*files).metrics.pools
        except InputError as error:
            problems += error.problems
            continue
        for pool in pools:
            collector.add(str(pool["name"]), measurement(date, pool))
    return problems


def measurement(time: datetime, pool: Mapping[Any, Any]) -> Measurement:
    """Return the row that one pool of an audit is."""
    return Measurement(
        time,
        in_use=pool["allocated"],
        capacity=pool["capacity"],
        blocks_in_use=pool["blocks_allocated"],
        blocks=pool["blocks_total"],
    )
