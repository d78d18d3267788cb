"""Files that come with the kit: notebooks, sample data, documentation."""

from __future__ import annotations

from pathlib import Path

_PACKAGE_FOLDER = Path(__file__).parent


def kit_folder(name: str) -> Path:
    """Return a folder of the kit, which an installation has in the package and a checkout beside it."""
    installed = _PACKAGE_FOLDER / name
    return installed if installed.is_dir() else _PACKAGE_FOLDER.parent / name
