"""Patches: a JSON object, merged into what is stored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..read.checking import short


def as_json(text: str) -> dict[str, Any]:
    """Read the body of a patch.

    Raises
    ------
    ValueError
        With the reason, where it is no JSON object.
    """
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(error.msg) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError(short(value))  # noqa: TRY004 (one error for whatever is wrong with the text)
    return value


def merged(before: Any, changes: Any) -> Any:
    """Merge a JSON patch: null removes, objects are merged, all else is replaced."""
    if not isinstance(changes, Mapping):
        return changes
    made = dict(before) if isinstance(before, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            made.pop(key, None)
        elif key != "$patch":
            made[key] = merged(made.get(key), value)
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
