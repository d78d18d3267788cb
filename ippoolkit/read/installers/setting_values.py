"""Values of installers' settings: lists and texts with commas, numbers in quotes, flags, ranges, templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...cidr import Cidr
from ...yaml_scalars import is_digits
from ..plain_values import get_list, get_mappings

_PATH_PART = re.compile(r"([^.\[\]]{1,200})|\[(\d{1,3})\]")
_TEMPLATE_MARKS = ("{{", "${", "$(", "{%")


def split_list(value: object) -> list[str]:
    """Return the CIDRs of a list, or of a text with commas."""
    parts = value if isinstance(value, list | tuple) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def is_template(value: object) -> bool:
    """Whether a value is an expression that a template engine, a shell or an installer has yet to fill in."""
    return isinstance(value, str) and any(mark in value for mark in _TEMPLATE_MARKS)


def canonical_pool(text: str) -> str:
    """Return a pool's name as it is, a pool's range as Calico compares it: parsed, without host bits."""
    return str(Cidr.parse_or_none(text) or text)


def parse_number(value: object) -> object:
    """Return a number that stands in quotes, as installers take it."""
    return int(value) if is_digits(value) else value


def positive_number(value: object) -> int:
    """Return a number of pods or nodes, 0 where the value is none."""
    return parse_count(value) or 0


def parse_count(value: object) -> int | None:
    """Return a number of nodes, None where the value is none."""
    number = parse_number(value)
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= 1_000_000 else None


def parse_arguments(value: object) -> dict[str, str]:
    """Return command-line arguments: a mapping, a list of `name=value`, or a list of mappings with name and value."""
    if isinstance(value, Mapping):
        return {str(key).lstrip("-"): str(argument) for key, argument in value.items()}
    arguments: dict[str, str] = {}
    for item in value if isinstance(value, list) else [value] if isinstance(value, str) else []:
        if isinstance(item, Mapping):
            arguments[str(item.get("name", "")).lstrip("-")] = str(item.get("value", ""))
        else:
            name, _, text = str(item).partition("=")
            arguments[name.lstrip("-")] = text
    return arguments


def parse_container_arguments(pod_spec: Mapping[str, Any]) -> dict[str, str]:
    """Return the command-line arguments of a pod's containers."""
    arguments: dict[str, str] = {}
    for container in get_mappings(pod_spec, "containers"):
        arguments |= parse_arguments([*get_list(container, "command"), *get_list(container, "args")])
    return arguments


def typed_value(text: str) -> Any:
    """Return a value of an INI inventory as Ansible types it: numbers and booleans, text otherwise."""
    text = text.strip("\"'")
    booleans = {"true": True, "yes": True, "false": False, "no": False}
    return booleans.get(text.lower(), parse_number(text))


def with_assignments(values: Mapping[str, Any], assignments: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Return values with what `--set a.b[0].c=value` changes; a path that does not fit what is there is left out."""
    root: dict[str, Any] = dict(values)
    for path, value in assignments:
        keys = [int(index) if index else name for name, index in _PATH_PART.findall(path)]
        if keys and isinstance(keys[0], str):
            _assign(root, keys, typed_value(value) if isinstance(value, str) else value)
    return root


def _assign(root: dict[str, Any], keys: list[str | int], value: object) -> None:
    target: Any = root
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        is_last = following is None
        if isinstance(key, int) != isinstance(target, list):
            return
        if isinstance(key, int):
            target += [{} for _ in range(key + 1 - len(target))]
        inner = target[key] if isinstance(key, int) else target.get(key)
        child: Any = [] if isinstance(following, int) else {}
        if isinstance(inner, list | Mapping) and isinstance(inner, list) == isinstance(child, list):
            child = list(inner) if isinstance(inner, list) else dict(inner)
        target[key] = value if is_last else child
        target = target[key]
