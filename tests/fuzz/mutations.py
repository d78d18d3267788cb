"""How documents are broken: by bytes, by lines, by tokens, and by the values of their tree."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import yaml

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53,
    2**63 - 1,
    2**64,
    10**30,
    1e308,
    0.5,
    -0.0,
    "",
    " ",
    "null",
    "~",
    "yes",
    "0",
    "-1",
    "1e9999",
    "9" * 5000,
    "0x10",
    "010",
    "NaN",
    "a" * 300,
    "a" * 70_000,
    "a." * 4000,
    "$x$ ^_{",
    "=1+1",
    "@cmd",
    "../../etc/passwd",
    "\u202eabc",
    "\x1b[31m",
    "\x00",
    "é集\U0001f600",
    "<script>alert(1)</script>",
    "](http://x)",
    "| a |",
    "'; rm -rf /",
    "$(id)",
    "`id`",
    "{braces}",
    "{0}",
    "%s%n",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "0.0.0.0/0",
    "::/0",
    "::",
    "fd00::/128",
    "255.255.255.255/32",
    "10.0.0.0/33",
    "fe80::1%eth0",
    "1.2.3",
    "010.0.0.0/8",
    "all()",
    "!all()",
    "has(",
    "a == ",
    "(" * 3000,
    "!" * 3000,
    "has(a) && " * 500 + "all()",
    "worker[1:99999999]",
    "[1:1000000][1:1000000]",
    "2026-01-01T00:00:00Z",
    "9999-99-99T99:99:99Z",
    "host:",
    "host:n1",
    "virtual:x",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"a": {}},
    ["a"] * 50,
    [1, "a", {}],
)
TOKENS = (
    b"\n",
    b"\r\n",
    b"\t",
    b"---\n",
    b"...\n",
    b"- ",
    b": ",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"'",
    b"&a ",
    b"*a",
    b"!!",
    b"!!python/object:os.system ",
    b"|\n",
    b">\n",
    b"#",
    b"<<: ",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\x00",
    b"\\u0000",
    b"\\ud800",
    b",",
    b"%YAML 9.9\n",
    b"kind: List\n",
    b"items: 5\n",
    b"+-----+\n",
    b"| |\n",
    b"Error: ",
    b"apiVersion: v1\n",
    b"status: {}\n",
    b"[all]\n",
    b"[kube_node]\n",
)
_WORD = re.compile(rb"[A-Za-z0-9_./:-]+")


def mutate(content: bytes, dice: random.Random) -> bytes:
    """Return a broken document: one to four mutations one after another."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 4))):
        content = dice.choice((_tree, _tree, _tree, _lines, _bytes, _token, _token))(content, dice)
    return content[:2_000_000]


def _bytes(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    position = dice.randrange(len(data) + 1)
    match dice.randrange(5):
        case 0:
            data[position:position] = dice.choice(TOKENS) * dice.choice((1, 1, 2, 100))
        case 1:
            del data[position : position + dice.choice((1, 2, 10, 1000))]
        case 2 if data:
            data[position % len(data)] = dice.randrange(256)
        case 3:
            data = data[:position]
        case _:
            end = position + dice.choice((1, 10, 200))
            data[position:position] = bytes(data[position:end]) * dice.choice((1, 2, 50))
    return bytes(data)


def _lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(6):
        case 0:
            del lines[first]
        case 1:
            lines[first:first] = [lines[second]] * dice.choice((1, 2, 20))
        case 2:
            lines[first], lines[second] = lines[second], lines[first]
        case 3:
            lines[first] = b" " * dice.choice((1, 2, 4, 100)) + lines[first]
        case 4:
            lines[first] = lines[first].lstrip()
        case _:
            lines[first] = lines[first].rstrip(b"\n") * dice.choice((2, 100)) + b"\n"
    return b"".join(lines)


def _token(content: bytes, dice: random.Random) -> bytes:
    words = list(_WORD.finditer(content))
    if not words:
        return content
    word = dice.choice(words)
    value = dice.choice(HOSTILE)
    text = value if isinstance(value, str) else json.dumps(value)
    replacement = dice.choice(
        (text.encode("utf-8", "surrogatepass"), dice.choice(words)[0], b"9" * dice.choice((1, 4, 20, 5000)))
    )
    return content[: word.start()] + replacement + content[word.end() :]


def _tree(content: bytes, dice: random.Random) -> bytes:
    """Replace, remove, repeat or wrap one value of a YAML or JSON document; other texts get a token."""
    text = content.decode(errors="replace")
    is_json = text.lstrip().startswith(("{", "["))
    try:
        document = json.loads(text) if is_json else yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError, RecursionError):
        return _token(content, dice)
    places: list[tuple[Any, Any]] = []
    _collect(document, places)
    if not places:
        return _token(content, dice)
    parent, key = dice.choice(places)
    value = parent[key]
    match dice.randrange(8):
        case 0 | 1 | 2 | 3:
            parent[key] = dice.choice(HOSTILE)
        case 4:
            parent[key] = dice.choice(([value], {"x": value}, str(value), [value] * 30))
        case 5 if isinstance(parent, dict):
            parent[dice.choice(("x", "", "kind", "items", "spec", "name", "é", 5 if not is_json else "5"))] = (
                parent.pop(key)
            )
        case 6:
            source, source_key = dice.choice(places)
            parent[key] = json.loads(json.dumps(source[source_key], default=str))
        case _:
            del parent[key]
    if is_json:
        return json.dumps(document, default=str, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    return yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode(
        "utf-8", "surrogatepass"
    )


def _collect(value: Any, places: list[tuple[Any, Any]]) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        places.append((value, key))
        _collect(item, places)
