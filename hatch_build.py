"""The build compiles the texts of other languages: nothing is parsed when they are used."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TextsBuildHook(BuildHookInterface):
    """Writes a .mo file beside each .po file, into wheels and editable installations alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Compile the catalogues."""
        for source in (Path(self.root) / "ippoolkit/locale").glob("*.po"):
            with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, read_po(po, locale=source.stem))
        build_data["artifacts"].append("ippoolkit/locale/*.mo")
