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
from .yaml_text import Inline, dump

_SCENARIO = TypeAdapter(Scenario)
SCHEMA_HINT = "# yaml-language-server: $schema="


def save(scenario: Scenario, path: str | Path, *, schema: str = "") -> Path:
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
        text = json.dumps(plain(scenario), indent=1, ensure_ascii=False) + "\n"
    else:
        text = (f"{SCHEMA_HINT}{schema}\n" if schema else "") + scenario_yaml(scenario)
    return write_text(target, text)


def scenario_yaml(scenario: Scenario) -> str:
    """Return the scenario file's text: settings a line each, nodes, pods and the like an object a line."""
    fields = plain(scenario)
    cluster: dict[str, Any] = fields.get("cluster", {})
    for many in ("nodes", "namespaces", "pods", "blocks"):
        if many in cluster:
            cluster[many] = [Inline(item) for item in cluster[many]]
    return dump(fields)


def plain(scenario: Scenario) -> dict[str, Any]:
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
    target = Path(path)
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        problem = Finding("file-unwritable", numbers={"reason": error.strerror or str(error)}, place=Place(str(path)))
        raise InputError([problem]) from None
    return target
