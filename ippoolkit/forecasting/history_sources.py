"""Any mix of sources to one history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ..calico.limits import DEFAULT_BLOCK_SIZE
from ..errors import InputError
from ..findings import Finding, Place
from ..model import Scenario
from ..read.input_files import InputFile, read_input_files
from ..read.json_text import load_json
from ..read.text_files import decode_text
from .csv_history import MOST_PROBLEMS, looks_like_csv, read_csv
from .dated_dumps import dated_groups, read_dumps
from .pool_history import History, HistoryCollector, PoolHistory
from .prometheus_answers import looks_like_answer, read_prometheus
from .prometheus_server import PrometheusConnection, is_url, read_url

PEEKED = 4096
# Addresses of a block, of either family, where Calico's default block size is not changed.
DEFAULT_BLOCK = 2 ** (32 - DEFAULT_BLOCK_SIZE[4])


def read_history(
    *sources: str | Path,
    pools: Scenario | None = None,
    capacities: Mapping[str, int] | None = None,
    connection: PrometheusConnection | None = None,
    until: datetime | None = None,
) -> History:
    """Read the histories of pools.

    Parameters
    ----------
    sources
        CSV files, JSON answers of Prometheus' ``query_range``, archives of such, folders of dated dumps, addresses of
        a Prometheus (``http://…``); ``-`` is standard input.
    pools
        Scenario whose pools say how many addresses and blocks there are, where the sources do not.
    capacities
        Addresses of pools, by name, where neither says.
    connection
        How to reach a Prometheus.
    until
        Where to end what a Prometheus is asked for; now if left out.

    Raises
    ------
    InputError
        With every problem of every source.
    """
    collector = HistoryCollector()
    problems: list[Finding] = []
    for source in sources:
        try:
            problems += _read(source, collector, connection or PrometheusConnection(), until)
        except InputError as error:
            problems += error.problems
    if not problems and not collector.rows:
        problems = [Finding("history-empty", place=Place(str(source))) for source in sources]
    if problems:
        raise InputError(problems[:MOST_PROBLEMS] + _more(len(problems) - MOST_PROBLEMS, sources))
    sizes: dict[str, tuple[int | None, int | None]] = {name: (size, None) for name, size in (capacities or {}).items()}
    if pools is not None:
        sizes |= {pool.name: (pool.cidr.size, pool.block_count) for pool in pools.cluster.pools}
    history = collector.history(sizes)
    assumed = [_with_default_blocks(pool) for pool in history.pools]
    notes = [
        Finding("history-block-size", pool.pool, {"size": DEFAULT_BLOCK})
        for original, pool in zip(history.pools, assumed, strict=True)
        if original is not pool
    ]
    return History(tuple(assumed), (*history.notes, *notes))


def is_history(source: str | Path) -> bool:
    """Tell whether a source is a history, rather than a scenario, a manifest, a dump, or nothing that can be read."""
    path = Path(source)
    if is_url(str(source)):
        return True
    if str(source) == "-":
        return False
    if path.is_dir():
        return len(dated_groups(path)[0]) > 1
    return any(map(_is_history_file, read_input_files(source, [])))


def _is_history_file(file: InputFile) -> bool:
    suffix = Path(file.name).suffix.lower()
    if suffix == ".csv":
        return True
    try:
        text = decode_text(file.data, file.name)
    except InputError:  # whoever reads it says what is wrong
        return False
    if suffix != ".json":
        return looks_like_csv(text[:PEEKED])
    try:
        return looks_like_answer(load_json(text))
    except ValueError:
        return False


def _more(count: int, sources: Iterable[str | Path]) -> list[Finding]:
    if count <= 0:
        return []
    return [Finding("problems-more", params={"count": count}, place=Place(", ".join(map(str, sources))))]


def _read(
    source: str | Path, collector: HistoryCollector, connection: PrometheusConnection, until: datetime | None
) -> list[Finding]:
    if is_url(str(source)):
        return read_url(str(source), connection, until, collector)
    path = Path(source)
    if str(source) != "-" and path.is_dir():
        return read_dumps(path, collector)
    problems: list[Finding] = []
    for file in read_input_files(source, problems):
        problems += _read_file(file, collector)
    return problems


def _read_file(file: InputFile, collector: HistoryCollector) -> list[Finding]:
    text = decode_text(file.data, file.name)
    if not text.strip():
        return [Finding("file-empty", place=Place(file.name))]
    if text.lstrip("\ufeff \r\n\t")[:1] in "{[":
        return _read_json(text, file.name, collector)
    if looks_like_csv(text) or Path(file.name).suffix.lower() == ".csv":
        return read_csv(text, file.name, collector)
    return [Finding("history-form", place=Place(file.name))]


def _read_json(text: str, name: str, collector: HistoryCollector) -> list[Finding]:
    try:
        document = load_json(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        reason = getattr(error, "msg", str(error))
        return [Finding("json-syntax", params={"reason": reason}, place=Place(name, line))]
    if not looks_like_answer(document):
        return [Finding("history-form", place=Place(name))]
    return read_prometheus(document, name, collector)


def _with_default_blocks(pool: PoolHistory) -> PoolHistory:
    """Fill in how many blocks there are, where blocks in use are known and Calico's default size agrees with them."""
    rows = pool.measurements
    counted = [row for row in rows if row.blocks_in_use is not None and row.capacity is not None]
    if not counted or any(row.blocks is not None for row in rows):
        return pool
    for row in counted:
        blocks = (row.capacity or 0) // DEFAULT_BLOCK
        if (row.blocks_in_use or 0) > blocks or (row.in_use or 0) > (row.blocks_in_use or 0) * DEFAULT_BLOCK:
            return pool
    measurements = (row if row.capacity is None else replace(row, blocks=row.capacity // DEFAULT_BLOCK) for row in rows)
    return replace(pool, measurements=tuple(measurements))
