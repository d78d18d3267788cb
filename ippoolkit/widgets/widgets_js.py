"""The planner's parts on the page, each an anywidget with its own small script: fields, HTML, the address map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_STATIC = Path(__file__).parent / "static"


def _read_script(name: str) -> str:
    # As text: anywidget follows changes of a file, and so holds on to every widget that was made of it.
    return (_STATIC / name).read_text(encoding="utf-8")


class Form(anywidget.AnyWidget):
    """The fields; sends ``{name, value, number}`` and waits until that number is done before it sends the next."""

    _esm = _read_script("form.js")
    sections: Any = traitlets.List().tag(sync=True)
    state: Any = traitlets.Dict().tag(sync=True)
    prefix: Any = traitlets.Unicode("ipk-").tag(sync=True)  # of each field's CSS class, one for each form of a page

    def __init__(self, sections: list[dict[str, Any]], set_field: Callable[[str, Any], None], **traits: Any) -> None:
        super().__init__(sections=sections, **traits)
        self._set_field = set_field
        self._names = {field["name"] for section in sections for field in section["fields"]}
        self.on_msg(self._on_change)

    def _on_change(self, _: Any, message: dict[str, Any], __: Any) -> None:
        try:
            if message.get("name") in self._names:
                self._set_field(message["name"], message.get("value"))
        finally:
            self.send({"acknowledged": message.get("number", 0)})


class HtmlPane(anywidget.AnyWidget):
    """A part of the page as HTML; sends ``{action, value}`` for whatever carries ``data-action``."""

    _esm = _read_script("pane.js")
    html: Any = traitlets.Unicode().tag(sync=True)


class AddressMapWidget(anywidget.AnyWidget):
    """The address map; sends the actions ``open`` (with a cell's index), ``back``, ``pool`` and ``find``."""

    _esm = _read_script("map.js")
    labels: Any = traitlets.Dict().tag(sync=True)
    view: Any = traitlets.Dict().tag(sync=True)


def planner_stylesheet() -> str:
    """Return the planner's own style sheet, to go behind that of all pieces."""
    return (_STATIC / "planner.css").read_text(encoding="utf-8")
