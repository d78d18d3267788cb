"""Files that are there whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from ..errors import InputError, input_error
from ..findings import Place

TEMPORARY_SUFFIX = ".new"  # of files that a killed writer leaves behind


def write_atomically(path: str | Path, content: str | bytes, temporary_dir: Path | None = None) -> Path:
    """Write a file beside its place and rename it into it: the old file stands or the new one, never half of one.

    Parameters
    ----------
    path
        Where to; an existing file is replaced.
    content
        Bytes, or a text that is written as UTF-8 with line feeds.
    temporary_dir
        A folder of the same file system for the file until it is whole; that of the file if left out.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    target = Path(path)
    temporary = (temporary_dir or target.parent) / f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    try:
        try:
            with temporary.open("xb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable_error(target, error) from None
    return target


def make_folder(path: Path) -> None:
    """Create a folder with those above it, where it is missing.

    Raises
    ------
    InputError
        Where it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable_error(path, error) from None


def unwritable_error(path: Path, error: OSError) -> InputError:
    """Return the error of a file or folder that cannot be written."""
    return input_error("file-unwritable", Place(str(path)), reason=error.strerror or str(error))
