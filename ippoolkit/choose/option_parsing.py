"""What is typed on the command line, to what is asked of a design; all problems are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..address_space import ListedNetwork
from ..cidr import Cidr, CidrError
from ..errors import InputError
from ..findings import Finding

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
class Asked:
    """Fields for `recommend`, networks that are in use, and the day on which growth starts."""

    fields: Mapping[str, Any]
    taken: tuple[ListedNetwork, ...]
    today: date


def wanted_from(options: Mapping[str, Any], groups: Iterable[str], taken: Iterable[str], today: str | None) -> Asked:
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
        fields["within"] = tuple(cidrs_from(fields["within"], "--within", problems))
    if made := [_group(text, problems) for text in groups]:
        fields["groups"] = made
    known = tuple(ListedNetwork(cidr, "--taken") for cidr in cidrs_from(taken, "--taken", problems))
    day = date.today()  # noqa: DTZ011 (a planner's own day)
    try:
        day = date.fromisoformat(today) if today else day
    except ValueError:
        problems.append(Finding("date-syntax", "--date", {"date": today}))
    if problems:
        raise InputError(problems)
    return Asked(fields, known, day)


def cidrs_from(texts: Iterable[str], option: str, problems: list[Finding]) -> list[Cidr]:
    """Read CIDRs, several of them in one text where commas or blanks part them."""
    found = []
    for text in texts:
        for part in text.replace(",", " ").split() or [text]:
            try:
                found.append(Cidr.parse(part))
            except CidrError as error:
                problems.append(Finding(error.code, option, error.params))
    return found


def _group(text: str, problems: list[Finding]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in text.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        name = _GROUP_KEYS.get(key)
        if not equals or name is None:
            keys = ", ".join(_GROUP_KEYS)
            problems.append(Finding("choose-group-key", "--group", {"text": part.strip(), "keys": keys}))
            continue
        try:
            made[name] = value if name in _TEXTS else float(value) if name.endswith("month") else int(value)
        except ValueError:
            problems.append(Finding("type-number", "--group", {"value": value}))
    return made
