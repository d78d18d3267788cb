"""Patches: a JSON object, merged into what is stored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..read.validation import short_value


def parse_patch(text: str) -> dict[str, Any]:
    """Read the body of a patch.

    Raises
    ------
    ValueError
        With the reason, where it is no JSON object.
    """
    try:
        value = json.loads(text, parse_float=_parse_finite, parse_constant=_parse_finite)
    except json.JSONDecodeError as error:
        raise ValueError(error.msg) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError(short_value(value))  # noqa: TRY004 (one error for whatever is wrong with the text)
    return value


def apply_merge_patch(stored: Any, changes: Any) -> Any:
    """Merge a JSON patch: null removes, objects are merged, all else is replaced."""
    if not isinstance(changes, Mapping):
        return changes
    result = dict(stored) if isinstance(stored, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif key != "$patch":
            result[key] = apply_merge_patch(result.get(key), value)
    return result


def _parse_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
