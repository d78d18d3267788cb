"""A report as Markdown, for pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from ...findings import printable
from ..run import Executed

_PICTURE = re.compile(r"!\[((?:[^\]\\]|\\.)*)\]\(picture:([^)]*)\)")


def markdown(executed: Executed, pictures: Mapping[str, str]) -> str:
    """Return the text; `pictures` says under which file name each of them is, those without are named only."""

    def linked(found: re.Match[str]) -> str:
        alt, name = found[1], unquote(found[2])
        return f"![{alt}]({quote(pictures[name])})" if name in pictures else ""

    parts = []
    for output in executed.outputs:
        if "text/markdown" in output:
            parts.append(_PICTURE.sub(linked, "".join(output["text/markdown"])))
        elif "text/plain" in output:
            text = printable("".join(output["text/plain"]).replace("\n", "\0")).replace("\ufffd", "\n")
            parts.append("\n".join(f"    {line}" for line in text.splitlines()))
    text = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"
