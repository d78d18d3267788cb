"""How calicoctl types a YAML scalar: the rules of go-yaml v2 (YAML 1.1 without base 60 and timestamps)."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TypeGuard

Scalar = None | bool | int | float | str

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEAN_BY_SPELLING = {
    spelling: value
    for value, words in ((True, ("y", "yes", "true", "on")), (False, ("n", "no", "false", "off")))
    for word in words
    for spelling in (word, word.title(), word.upper())
}
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NOT_A_NUMBER = {".nan", ".NaN", ".NAN"}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MAX_DIGITS = 400  # more are kept as text: nothing here counts that far


def resolve_plain_scalar(text: str) -> Scalar:
    """Type a plain (unquoted) scalar."""
    if text in _NULLS:
        return None
    if text in _BOOLEAN_BY_SPELLING:
        return _BOOLEAN_BY_SPELLING[text]
    if text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    if infinity_match := _INFINITY.fullmatch(text):
        return float(infinity_match[1] + "inf")
    if text in _NOT_A_NUMBER:
        return float("nan")
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        return text
    if integer_match := _INTEGER.fullmatch(digits):
        sign, *by_base = integer_match.groups()
        number, base = next(
            (digit_text, radix) for digit_text, radix in zip(by_base, (16, 2, 8, 10), strict=True) if digit_text
        )
        value = int(sign + number, base)
        if -(1 << 63) <= value < 1 << 64:
            return value  # Go's integers end here; what is longer is read on as a decimal fraction, or stays text
    number = float(digits) if _FLOAT.fullmatch(digits) else math.inf
    return number if math.isfinite(number) else text  # 1e400 is beyond Go's floats too, and stays text


def to_go_string(value: object) -> object:
    """Turn a scalar into the text that a Go string field makes of it; leave what is no scalar as it is.

    >>> printed(True), printed(8), printed(1.5), printed(26.0), printed(1e6)
    ('true', '8', '1.5', '26', '1e+06')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _format_go_float(value)
        case None:
            return ""
    return value


def _format_go_float(value: float) -> str:
    """Print as Go's FormatFloat(value, 'g', -1) does: the shortest digits, an exponent from a million on."""
    if value == 0 or not math.isfinite(value):
        return str(value).removesuffix(".0")
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    power = len(digits) + int(exponent) - 1
    if -4 <= power < 6:
        return f"{Decimal(repr(value)).normalize():f}"
    mantissa = "".join(map(str, digits))
    mantissa = mantissa[0] + ("." + mantissa[1:] if len(mantissa) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"


def is_digits(value: object) -> TypeGuard[str]:
    """Whether a value is text of decimal digits that fits an int64, as quoted numbers are: at most 18 of them."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18
