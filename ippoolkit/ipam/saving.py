"""The engine as bytes, and back: the same inputs give the same bytes."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import BadZipFile

import numpy as np
from pydantic import TypeAdapter

from ..cidr import Cidr
from ..model import IPAMConfig, IPPool
from .engine import Ipam
from .handles import Handles
from .layout import State
from .memory import Node, Range

VERSION = 1
_POOL, _CONFIG = TypeAdapter(IPPool), TypeAdapter(IPAMConfig)


def dump(ipam: Ipam) -> bytes:
    """Return everything that an engine knows, as an npz file."""
    words = {
        "version": VERSION,
        "datastore": ipam.datastore,
        "seed": ipam.seed,
        "config": _CONFIG.dump_python(ipam.config, by_alias=True, mode="json"),
        "pools": [_POOL.dump_python(pool, by_alias=True, mode="json") for _, pool in sorted(ipam.pools.items())],
        "nodes": [(name, dict(node.labels), node.exists) for name, node in ipam.nodes.items()],
        "reservations": {name: list(map(str, cidrs)) for name, cidrs in ipam.reservations.items()},
        "handles": list(ipam.handles),
        "ranges": [(str(each.cidr), each.size, each.pool) for each in ipam._ranges],  # noqa: SLF001 (of the same room)
        "tunnels": sorted(ipam._tunnels),  # noqa: SLF001
        "due": ipam._due,  # noqa: SLF001
        "suspects": ipam._suspects,  # noqa: SLF001
        "random": ipam._random.getstate(),  # noqa: SLF001
    }
    text = np.frombuffer(json.dumps(words, sort_keys=True).encode(), np.uint8)
    stream = io.BytesIO()
    np.savez_compressed(stream, words=text, **ipam.state._asdict())
    return stream.getvalue()


def load(data: bytes) -> Ipam:
    """Return the engine that `dump` made bytes of.

    Raises
    ------
    ValueError
        Where the bytes are something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            words: dict[str, Any] = json.loads(arrays["words"].tobytes())
            state = State(**{name: arrays[name] for name in State._fields})
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ValueError("this is no saved state of the engine") from error
    if words.get("version") != VERSION:
        raise ValueError(f"this state is of version {words.get('version')}, not of {VERSION}")
    ipam = Ipam(words["datastore"], words["seed"], _CONFIG.validate_python(words["config"]))
    ipam.pools = {pool.name: pool for pool in map(_POOL.validate_python, words["pools"])}
    ipam.nodes = {name: Node(at, labels, exists) for at, (name, labels, exists) in enumerate(words["nodes"])}
    ipam._node_names = list(ipam.nodes)  # noqa: SLF001
    ipam.reservations = {name: tuple(map(Cidr.parse, each)) for name, each in words["reservations"].items()}
    ipam.handles = Handles(words["handles"])
    ipam._ranges = [Range(Cidr.parse(cidr), size, pool) for cidr, size, pool in words["ranges"]]  # noqa: SLF001
    ipam._range_of = {(each.cidr, each.size): of for of, each in enumerate(ipam._ranges)}  # noqa: SLF001
    ipam._tunnels = set(words["tunnels"])  # noqa: SLF001
    ipam._due = [(at, what, whom) for at, what, whom in words["due"]]  # noqa: SLF001
    ipam._suspects = words["suspects"]  # noqa: SLF001
    version, numbers, rest = words["random"]
    ipam._random.setstate((version, tuple(numbers), rest))  # noqa: SLF001
    ipam.state = state
    return ipam
