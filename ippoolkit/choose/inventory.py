"""Files of any kind to the networks that they say are in use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..address_space import ListedNetwork, networks_in_use
from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding
from ..read import read
from ..read.network_lists import networks_in_documents, read_networks
from ..read.text_files import parse_documents, read_text


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


def _read(file: str | Path, problems: list[Finding]) -> Inventory:
    if Path(file).is_dir():
        return _cluster(file, [])
    name, text = read_text(file)
    if (listed := read_networks(text, name, problems)) is not None:
        return Inventory(tuple(listed))
    try:
        documents_networks = networks_in_documents(parse_documents(text, name), problems)
    except InputError:
        documents_networks = []  # a table of calicoctl, or nothing that can be read: that is said below
    return _cluster(file, documents_networks)


def _cluster(file: str | Path, documents_networks: list[ListedNetwork]) -> Inventory:
    try:
        reading = read(file).design
    except InputError:
        if not documents_networks:
            raise
        return Inventory(tuple(documents_networks))
    scenario = reading.scenario
    return Inventory(
        (*networks_in_use(scenario, str(file)), *documents_networks), scenario.networks.cluster, reading.notes
    )
