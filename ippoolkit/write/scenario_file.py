"""Scenario files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..model import Scenario
from .atomic import write_atomically
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

    Returns
    -------
    pathlib.Path
        The file.

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
    return write_atomically(target, text)


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
