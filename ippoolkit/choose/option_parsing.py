"""What is typed on the command line, to what is asked of a design; all problems are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..cidr import Cidr, CidrError
from ..errors import InputError
from ..findings import Finding
from ..yaml_scalars import is_digits

_GROUP_KEYS = {
    "name": "name",
    "nodes": "nodes",
    "pods-per-node": "pods_per_node",
    "nodes-per-month": "nodes_per_month",
    "pods-per-month": "pods_per_node_per_month",
    "os": "os",
    "max-blocks": "max_blocks",
    "pools": "pools",
}
_TEXTS = ("name", "os", "pools")


@dataclass(frozen=True, slots=True)
class ChooseArguments:
    """Fields for `recommend`, networks that are in use, and the day on which growth starts."""

    fields: Mapping[str, Any]
    taken: tuple[Cidr, ...]
    today: date


def parse_arguments(
    options: Mapping[str, Any], groups: Iterable[str], taken: Iterable[str], today: str | None
) -> ChooseArguments:
    """Turn options into what `recommend` takes.

    Raises
    ------
    InputError
        With every CIDR, group and date that cannot be read.
    """
    problems: list[Finding] = []
    fields = {name: value for name, value in options.items() if value is not None}
    if fields.get("family") in ("4", "6"):
        fields["family"] = int(fields["family"])
    if "within" in fields:
        fields["within"] = tuple(parse_cidrs(fields["within"], "--within", problems))
    if group_fields := [_group(group, problems) for group in groups]:
        fields["groups"] = group_fields
    networks = tuple(parse_cidrs(taken, "--taken", problems))
    day = date.today()  # noqa: DTZ011 (a planner's own day)
    try:
        day = date.fromisoformat(today) if today else day
    except ValueError:
        problems.append(Finding("date-syntax", "--date", {"date": today}))
    if problems:
        raise InputError(problems)
    return ChooseArguments(fields, networks, day)


def split_groups(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Part groups that are described from numbers of nodes, NAME=N, for groups that there are."""
    sizes = [
        text
        for text in texts
        if "," not in text and text.partition("=")[0].strip() not in _GROUP_KEYS and is_digits(text.rpartition("=")[2])
    ]
    return [text for text in texts if text not in sizes], sizes


def parse_cidrs(texts: Iterable[str], option: str, problems: list[Finding]) -> list[Cidr]:
    """Read CIDRs, several of them in one text where commas or blanks part them."""
    cidrs = []
    for text in texts:
        for token in text.replace(",", " ").split() or [text]:
            try:
                cidrs.append(Cidr.parse(token))
            except CidrError as error:
                problems.append(Finding(error.code, option, error.params))
    return cidrs


def _group(text: str, problems: list[Finding]) -> dict[str, Any]:
    group: dict[str, Any] = {}
    for assignment in text.split(","):
        key, equals, value = (side.strip() for side in assignment.partition("="))
        name = _GROUP_KEYS.get(key)
        if not equals or name is None:
            keys = ", ".join(_GROUP_KEYS)
            problems.append(Finding("choose-group-key", "--group", {"text": assignment.strip(), "keys": keys}))
            continue
        try:
            group[name] = value if name in _TEXTS else float(value) if name.endswith("month") else int(value)
        except ValueError:
            problems.append(Finding("type-number", "--group", {"value": value}))
    return group
