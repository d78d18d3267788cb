"""Files of any kind to the networks that they say are in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..address_space import ListedNetwork, networks_in_use
from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding
from ..read import Reading, read
from ..read.input_files import InputFile, read_input_files
from ..read.network_lists import networks_in_documents, read_networks
from ..read.pastes import table_kind
from ..read.reader import read_files
from ..read.text_files import decode_text, parse_documents


@dataclass(frozen=True, slots=True)
class Inventory:
    """Networks in use, the cluster CIDRs that files name, and remarks on what was not understood."""

    taken: tuple[ListedNetwork, ...] = ()
    cluster: tuple[Cidr, ...] = ()
    notes: tuple[Finding, ...] = ()


def read_inventory(files: Iterable[str | Path]) -> Inventory:
    """Read address plans, routing tables, scenarios and dumps.

    Parameters
    ----------
    files
        CSV exports, what ``ip route`` prints, and whatever else the kit reads; ``-`` is standard input.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    taken: list[ListedNetwork] = []
    cluster: list[Cidr] = []
    notes: list[Finding] = []
    problems: list[Finding] = []
    for file in files:
        try:
            inventory = _read(file, problems)
        except InputError as error:
            problems += error.problems
            continue
        taken += inventory.taken
        cluster += inventory.cluster
        notes += inventory.notes
    if problems:
        raise InputError(problems)
    return Inventory(tuple(taken), tuple(cluster), tuple(notes))


def _read(path: str | Path, problems: list[Finding]) -> Inventory:
    if Path(path).is_dir():
        return _cluster(lambda: read(path), str(path), [])
    taken: list[ListedNetwork] = []
    cluster_files: list[InputFile] = []
    for file in read_input_files(path, problems):
        text = decode_text(file.data, file.name)
        is_table = any(table_kind(line) for line in text.splitlines())  # of kubectl or calicoctl, and no address plan
        if not is_table and (listed := read_networks(text, file.name, problems)) is not None:
            taken += listed
            continue
        cluster_files.append(file)
        with suppress(InputError):  # a table, or nothing that can be read: that is said below
            taken += networks_in_documents(parse_documents(text, file.name), problems)
    return _cluster(lambda: read_files(cluster_files), str(path), taken) if cluster_files else Inventory(tuple(taken))


def _cluster(read_cluster: Callable[[], Reading], name: str, listed_networks: list[ListedNetwork]) -> Inventory:
    try:
        reading = read_cluster().design
    except InputError:
        if not listed_networks:
            raise
        return Inventory(tuple(listed_networks))
    scenario = reading.scenario
    return Inventory((*networks_in_use(scenario, name), *listed_networks), scenario.networks.cluster, reading.notes)
