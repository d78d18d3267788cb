import math

import pytest

from ippoolkit.yaml_scalars import resolve_plain_scalar, to_go_string


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("nULL", "nULL"),
        ("y", True),
        ("Yes", True),
        ("ON", True),
        ("n", False),
        ("off", False),
        ("yES", "yES"),
        ("26", 26),
        ("+5", 5),
        ("-3", -3),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("010", 8),
        ("08", 8.0),
        ("26e0", 26.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        ("-", "-"),
        ("+", "+"),
        (".", "."),
        ("1:30", "1:30"),
        ("2022-05-12T14:34:03Z", "2022-05-12T14:34:03Z"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("all()", "all()"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_types_plain_scalars_as_go_yaml_does(text, value):
    resolved = resolve_plain_scalar(text)
    assert resolved == value
    assert type(resolved) is type(value)


def test_not_a_number_is_a_float():
    assert math.isnan(resolve_plain_scalar(".nan"))


def test_a_number_of_absurd_length_stays_text():
    assert resolve_plain_scalar("9" * 5000) == "9" * 5000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (8, "8"),
        (1.5, "1.5"),
        (1e20, "1e+20"),
        (26.0, "26"),
        (1e6, "1e+06"),
        (123456.0, "123456"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (0.0, "0"),
        (-2.5e-7, "-2.5e-07"),
        (None, ""),
        ("x", "x"),
    ],
)
def test_prints_scalars_as_go_does(value, text):
    assert to_go_string(value) == text
