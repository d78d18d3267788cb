"""A recorded cluster: every figure that the real client computed, from the dumps and from what calicoctl printed."""

import gzip
import json
import re
import shutil
import tempfile
from pathlib import Path

from ippoolkit.audit.cluster_index import ClusterIndex
from ippoolkit.audit.cluster_metrics import cluster_metrics
from ippoolkit.errors import InputError
from ippoolkit.read import read
from ippoolkit.read.api_resources import KIND_BY_RESOURCE

# What the file of several kinds was asked for: `kubectl get ippools,ipamblocks,... -o yaml`.
_ONE_FILE_RESOURCES = ("ippools", "ipamblocks", "blockaffinities", "ipamconfigs", "nodes")
KEYS = {"totals", "pools", "nodes", "config"}
_CLAMP = 2**63 - 1
# What people may have of a cluster: the dumps, one file of several kinds, and what calicoctl prints.
_FORMS = {
    "clusters": "kubectl-*.json",
    "clusters (one file)": "kubectl-all.yaml",
    "clusters (tables)": "*.txt",
    "clusters (calicoctl get)": "ip*.yaml",
    "clusters (all of it)": "*",
}
_NOT_DUMPS = ("expected.json", "commands.json")


def expected_of(file: Path):
    """The figures of a folder's expected.json, packed or not; None where it is something else."""
    if file.name not in ("expected.json", "expected.json.gz"):
        return None
    try:
        raw = file.read_bytes()
        value = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (OSError, ValueError, EOFError):
        return None
    return value if isinstance(value, dict) and set(value) >= KEYS else None


def compare(folder: Path, truth):
    """Yield for each way of reading: its name, how many figures were compared, and what differs."""
    with tempfile.TemporaryDirectory() as temporary:
        files = [_unpacked(file, Path(temporary)) for file in sorted(folder.iterdir()) if file.is_file()]
        for form, pattern in _FORMS.items():
            chosen = [file for file in files if file.match(pattern) and file.name not in _NOT_DUMPS]
            if not chosen:
                continue
            none = _none(files) if form == "clusters" else _none_in_one_file(chosen, form)
            try:
                reading = read(*chosen, empty_kinds=none)
            except InputError as error:
                yield form, 1, [f"{folder.name}: {error}"]
                continue
            counted = cluster_metrics(ClusterIndex(reading.scenario.cluster), reading.reported)
            yield form, *_compared(folder.name, truth, counted, all_known=form == "clusters")


def _unpacked(file, folder):
    if file.suffix != ".gz":
        return Path(shutil.copy(file, folder))
    target = folder / file.name.removesuffix(".gz")
    target.write_bytes(gzip.decompress(file.read_bytes()))
    return target


def _none(files):
    """The kinds whose dump is an empty list that kubectl printed without complaint."""
    commands = next((json.loads(file.read_text()) for file in files if file.name == "commands.json"), [])
    failed = {command["File"] for command in commands if command.get("RC") or command.get("Stderr")}
    for file in files:
        kind = KIND_BY_RESOURCE.get(file.stem.removeprefix("kubectl-"))
        if (
            kind
            and file.suffix == ".json"
            and file.name not in failed
            and json.loads(file.read_text()).get("items") == []
        ):
            yield kind


def _none_in_one_file(chosen, form):
    """The kinds that the one file of a cluster without any pool was asked for, and has nothing of."""
    if form not in ("clusters (one file)", "clusters (all of it)"):
        return ()
    text = "\n".join(file.read_text() for file in chosen)
    if re.search(r"^ *(?:- )?kind: IPPool$", text, re.MULTILINE):
        return ()
    kinds = {KIND_BY_RESOURCE[name] for name in _ONE_FILE_RESOURCES}
    return {kind for kind in kinds if not re.search(rf"^ *(?:- )?kind: (?:{kind}|IPAMConfig)$", text, re.MULTILINE)}


def _compared(name, truth, ours, *, all_known):
    count, differences = 0, []
    for table, row, figure, theirs, value in _pairs(truth, ours):
        if value is None and not all_known:
            continue  # unknown from this
        count += 1
        if (table, row, figure) in ours.rounded:
            same = isinstance(theirs, int) and f"{theirs:.5g}" == f"{value:.5g}"
        else:
            same = theirs == value
        if not same:
            differences.append(f"{name}: {table} {row} {figure} is {value}; recorded: {theirs}")
    return count, differences


def _pairs(truth, ours):
    rows = {row["cidr"]: row for row in ours.pools}
    for pool in truth["pools"]:
        row = rows.get(pool["cidr"], {})
        for figure, theirs in pool.items():
            yield "pools", pool["cidr"], figure, theirs, _clamped(row, figure)
    known = {pool["name"] for pool in truth["pools"]}
    rows = {row["name"]: row for row in ours.nodes}
    for node in truth["nodes"]:
        row = rows.get(node["name"], {})
        for figure, theirs in node.items():
            yield "nodes", node["name"], figure, _plain(theirs, known), _plain(row.get(figure), known)
    for figure, theirs in truth["totals"].items():
        yield "totals", "", figure, _plain(theirs, known), _plain(ours.totals.get(figure), known)
    for figure, theirs in truth["config"].items():
        yield "config", "", figure, theirs, ours.config.get(figure)


def _plain(value, pools):
    """Sort what has no order; blocks outside of all pools have one name."""
    if isinstance(value, dict):
        outside = sum(count for pool, count in value.items() if pool not in pools)
        return {pool: count for pool, count in value.items() if pool in pools} | ({"": outside} if outside else {})
    return sorted(value) if isinstance(value, list) else value


def _clamped(row, figure):
    """A figure of a pool as Calico's 64-bit numbers have it: clamped, then added up beyond their end."""
    value, capacity = row.get(figure), row.get("capacity")
    if capacity is None or capacity <= _CLAMP or figure not in ("capacity", "free") or value is None:
        return value
    if figure == "capacity":
        return _CLAMP
    if row.get("blocks_allocated") is None or row.get("blockSize") is None:
        return min(value, _CLAMP)
    free = value - (capacity - (row["blocks_allocated"] << (128 - row["blockSize"])))
    return (_CLAMP + free + 2**63) % 2**64 - 2**63
