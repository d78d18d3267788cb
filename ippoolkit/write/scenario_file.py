"""Files that are there whole or not at all."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..errors import InputError
from ..findings import Finding, Place
from ..model import Scenario
from .yaml_dump import FlowMapping, dump_yaml

_SCENARIO = TypeAdapter(Scenario)
SCHEMA_COMMENT = "# yaml-language-server: $schema="


def save_scenario(scenario: Scenario, path: str | Path, *, schema: str = "") -> Path:
    """Write a scenario as YAML, or as JSON where the name ends in ``.json``.

    Parameters
    ----------
    scenario
        What to write; fields at their default are left out.
    path
        Where to; an existing file is replaced at once.
    schema
        Path of the JSON schema, written into the first line of YAML for editors.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    target = Path(path)
    if target.suffix == ".json":
        text = json.dumps(scenario_to_dict(scenario), indent=1, ensure_ascii=False) + "\n"
    else:
        text = (f"{SCHEMA_COMMENT}{schema}\n" if schema else "") + scenario_to_yaml(scenario)
    return write_text(target, text)


def scenario_to_yaml(scenario: Scenario) -> str:
    """Return the scenario file's text: settings a line each, nodes, pods and the like an object a line."""
    fields = scenario_to_dict(scenario)
    cluster: dict[str, Any] = fields.get("cluster", {})
    for list_field in ("nodes", "namespaces", "pods", "blocks"):
        if list_field in cluster:
            cluster[list_field] = [FlowMapping(item) for item in cluster[list_field]]
    return dump_yaml(fields)


def scenario_to_dict(scenario: Scenario) -> dict[str, Any]:
    """Return a Scenario as dicts, lists and scalars, without what is at its default."""
    fields = _SCENARIO.dump_python(scenario, by_alias=True, exclude_defaults=True, mode="json")
    return {"version": scenario.version, "name": scenario.name, **fields}


def write_text(path: str | Path, text: str) -> Path:
    """Write a text file beside its place and rename it into it.

    Raises
    ------
    InputError
        Where the folder is missing or not writable.
    """
    return write_bytes(path, text.encode())


def write_bytes(path: str | Path, content: bytes) -> Path:
    """Write a file beside its place and rename it into it.

    Raises
    ------
    InputError
        Where the folder is missing or not writable.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        try:
            with temporary.open("xb") as file:
                file.write(content)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        problem = Finding("file-unwritable", params={"reason": error.strerror or str(error)}, place=Place(str(path)))
        raise InputError([problem]) from None
    return target
