"""What a report's kernel and the process that asked for it agree on: it loads nothing."""

from __future__ import annotations

from typing import Any

SECTION_MIME = "application/vnd.ippoolkit.piece+json"  # of what a cell hands over for exports
FORMATS_VARIABLE = "IPPOOLKIT_FORMATS"  # in a kernel's environment: what the report is to be made as
ENTRIES_KEY = "entries"  # the key of a file that says what became of each report of a batch
JSON_INTEGER_LIMIT = 2**53  # whole numbers from here on travel as text: not every reader of JSON keeps them


def encode_cell(value: Any) -> Any:
    """Return a cell of a table as it survives JSON."""
    return {"int": str(value)} if isinstance(value, int) and abs(value) >= JSON_INTEGER_LIMIT else value


def decode_cell(value: Any) -> Any:
    """Return a cell as it was before `sent`."""
    return int(value["int"]) if isinstance(value, dict) else value
