"""What stands on the planner's screen, packed into a text that fits a link: scenario, pins, pool, group and tab."""

from __future__ import annotations

import base64
import json
import os
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qs

from ..errors import InputError
from ..findings import Finding
from ..model import Scenario
from ..read.json_text import load_json
from ..write import scenario_to_yaml
from .editor_state import EditorState
from .scenario_files import load_uploaded

MAX_LINK_LENGTH = 30_000  # characters: servers refuse longer addresses
_MAX_UNPACKED_BYTES = 20_000_000
_QUERY_NAME = "plan"


@dataclass(frozen=True, slots=True)
class SavedState:
    """What is brought back."""

    scenario: Scenario
    pins: tuple[Scenario, ...] = ()
    pool: str = ""
    group: str = ""
    tab: int = 0

    @property
    def editor(self) -> EditorState:
        """What the fields show."""
        return EditorState(self.scenario, self.pool, self.group)

    def pack(self) -> str:
        """Return it as letters, digits, ``-`` and ``_``."""
        pins = [scenario_to_yaml(pin) for pin in self.pins]
        values = [scenario_to_yaml(self.scenario), pins, self.pool, self.group, self.tab]
        packed = zlib.compress(json.dumps(values, ensure_ascii=False).encode(), 9)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack_state(packed: str) -> SavedState:
    """Return the state that `SavedState.pack` wrote.

    Raises
    ------
    InputError
        Where it is damaged or cut short.
    """
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), _MAX_UNPACKED_BYTES)
        values = load_json(data)
    except (ValueError, zlib.error):
        values = None
    match values:
        case [str(scenario), [*pins], str(pool), str(group), int(tab)] if all(isinstance(pin, str) for pin in pins):
            loaded, *loaded_pins = (load_uploaded(["link.yaml"], [text.encode()]) for text in (scenario, *pins))
            return SavedState(loaded, tuple(loaded_pins), pool, group, max(tab, 0))
    raise InputError([Finding("link-damaged")])


def state_of_address() -> str:
    """Return the state that the address of Voilà's page carries; empty where there is none."""
    return parse_qs(os.environ.get("QUERY_STRING", "")).get(_QUERY_NAME, [""])[0]


def is_standalone_page() -> bool:
    """Whether the planner is a page of its own (Voilà), whose address can carry a state."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
