"""A report as Markdown, for pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from ...findings import replace_unprintable
from ..execution import ExecutedNotebook
from ..sections.section import PICTURE_LINK


def render_markdown(executed_notebook: ExecutedNotebook, picture_files: Mapping[str, str]) -> str:
    """Return the text; `picture_files` maps pictures to their files: those without one are named only."""

    def linked(found: re.Match[str]) -> str:
        alt, name = found[1], unquote(found[2])
        return f"![{alt}]({quote(picture_files[name])})" if name in picture_files else ""

    parts = []
    for output in executed_notebook.outputs:
        if "text/markdown" in output:
            parts.append(PICTURE_LINK.sub(linked, "".join(output["text/markdown"])))
        elif "text/plain" in output:
            text = replace_unprintable("".join(output["text/plain"]).replace("\n", "\0")).replace("\ufffd", "\n")
            parts.append("\n".join(f"    {line}" for line in text.splitlines()))
    text = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"
