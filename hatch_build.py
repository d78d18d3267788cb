"""The build compiles the texts of other languages: nothing is parsed when they are used."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.utils import get_reproducible_timestamp


class TextsBuildHook(BuildHookInterface):
    """Writes a .mo file beside each .po file, into wheels and editable installations alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Compile the catalogues."""
        # Not the time of day, so that the same sources always give the same wheel.
        date = datetime.fromtimestamp(get_reproducible_timestamp(), UTC)
        for source in (Path(self.root) / "ippoolkit/locale").glob("*.po"):
            with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
                catalogue = read_po(po, locale=source.stem)
                catalogue.creation_date = catalogue.revision_date = date
                write_mo(mo, catalogue)
        build_data["artifacts"].append("ippoolkit/locale/*.mo")
