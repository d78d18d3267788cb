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
from .handles import HandleRegistry
from .layout import State
from .state_store import BlockRange, NodeEntry

VERSION = 1
_POOL, _CONFIG = TypeAdapter(IPPool), TypeAdapter(IPAMConfig)


def dump_engine(ipam: Ipam) -> bytes:
    """Return everything that an engine knows, as an npz file."""
    header = {
        "version": VERSION,
        "datastore": ipam.datastore,
        "seed": ipam.seed,
        "config": _CONFIG.dump_python(ipam.config, by_alias=True, mode="json"),
        "pools": [_POOL.dump_python(pool, by_alias=True, mode="json") for _, pool in sorted(ipam.pools.items())],
        "nodes": [(name, dict(node.labels), node.exists) for name, node in ipam.nodes.items()],
        "reservations": {name: list(map(str, cidrs)) for name, cidrs in ipam.reservations.items()},
        "handles": list(ipam.handles),
        "ranges": [(str(block_range.cidr), block_range.block_size, block_range.pool) for block_range in ipam._ranges],  # noqa: SLF001 (of the same room)
        "tunnels": sorted(ipam._tunnel_handles),  # noqa: SLF001
        "due": ipam._controller_tasks,  # noqa: SLF001
        "suspects": ipam._leak_candidates,  # noqa: SLF001
        "random": ipam._random.getstate(),  # noqa: SLF001
    }
    text = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    stream = io.BytesIO()
    np.savez_compressed(stream, words=text, **ipam.state._asdict())
    return stream.getvalue()


def load_engine(data: bytes) -> Ipam:
    """Return the engine that `dump` made bytes of.

    Raises
    ------
    ValueError
        Where the bytes are something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            header: dict[str, Any] = json.loads(arrays["words"].tobytes())
            state = State(**{name: arrays[name] for name in State._fields})
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ValueError("this is no saved state of the engine") from error
    if header.get("version") != VERSION:
        raise ValueError(f"this state is of version {header.get('version')}, not of {VERSION}")
    ipam = Ipam(header["datastore"], header["seed"], _CONFIG.validate_python(header["config"]))
    ipam.pools = {pool.name: pool for pool in map(_POOL.validate_python, header["pools"])}
    ipam.nodes = {
        name: NodeEntry(number, labels, exists) for number, (name, labels, exists) in enumerate(header["nodes"])
    }
    ipam._node_names = list(ipam.nodes)  # noqa: SLF001
    ipam.reservations = {name: tuple(map(Cidr.parse, cidrs)) for name, cidrs in header["reservations"].items()}
    ipam.handles = HandleRegistry(header["handles"])
    ipam._ranges = [BlockRange(Cidr.parse(cidr), size, pool) for cidr, size, pool in header["ranges"]]  # noqa: SLF001
    ipam._range_indexes = {
        (block_range.cidr, block_range.block_size): range_index for range_index, block_range in enumerate(ipam._ranges)
    }
    ipam._tunnel_handles = set(header["tunnels"])  # noqa: SLF001
    ipam._controller_tasks = [(due, action, target) for due, action, target in header["due"]]  # noqa: SLF001
    ipam._leak_candidates = header["suspects"]  # noqa: SLF001
    version, numbers, gauss = header["random"]
    ipam._random.setstate((version, tuple(numbers), gauss))  # noqa: SLF001
    ipam.state = state
    return ipam
