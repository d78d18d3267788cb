"""Pastes as people bring them: prompts, quoting, fences and colours taken off, then cut into pieces by content.

A piece is a table, the output of one command, or YAML or JSON. Line numbers stay those of the file, so that whatever is
said of a piece names the line that its reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from ..findings import Finding, Place
from .calico_messages import find_meaning
from .kubectl_tables import POD_ROW
from .piece_kinds import find_table_kind
from .table_layout import NumberedLine, NumberedLines, is_frame_line, is_table_line, split_heading

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]{0,200}\x07|\x1b[()][0-9A-B]")
# Blanks of web pages and chats that stand for common ones, and marks without a width.
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"), " ") | dict.fromkeys(
    map(ord, "\u200b\u2060\ufeff")
)
_QUOTE = re.compile(r"(?:> ?)+")
_MAX_UNREAD_NOTES = 3  # of one paste; more are put together
_ELIDED = re.compile(r"\s*\.\.\.\s*$")
_GREP_PREFIX = re.compile(r"[\w./-]{1,200}\.(?:ya?ml|ini|conf|cfg|json|env):(?:\d{1,6}:)?(?=\s*[\w\"'#-])")
_LINE_NUMBER = re.compile(r"\s{0,6}(\d{1,5})(?:[:|]\s?|\t| {1,2})")
_NUMBERED_LINES_LEAST, _NUMBERED_LINES_TRIED = 3, 50
_FRAME_PARTS = ("+--", "|--", "──")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_COMMANDS = (
    "kubectl|calicoctl|microk8s|oc|k3s|rke|rke2|helm|talosctl|kops|ip|ip6?tables|cat|sudo|docker|crictl|ssh|exit|grep|"
    "kubectl-calico|calico-node|minikube|eksctl|juju|less|echo|cd|ls|route|etcdctl|birdcl|kubeadm|jq|yq|wc|awk|sed|head|tail|"
    "watch|curl|nerdctl|ctr|systemctl|journalctl|calicoctl\\.sh|ansible|ansible-playbook|cp|mv|rm|vi|vim|nano|k|alias|export"
)
_PROMPT = re.compile(
    r"(?:\([\w.-]{1,60}\) ?)?(?:\[[^\]\s]{1,80}(?: [^\]]{1,80})?\]"
    r"|[\w.-]{1,64}@[\w.-]{1,128}[^\s#$%>]{0,120}(?: [~/][^\s#$%>]{0,120})?|[\w.-]{1,64}:[~/]\S{0,80}(?: [\w.-]{1,32})?"
    r"|~?\]?[\w~/.-]{0,60}\]?) ?[#$%❯➜](?:\s+(?P<command>\S.*)?)?$"
)
_COMMAND = re.compile(rf"(?:\$ |# |% |> )?(?:sudo )?(?:\.[/\\])?(?:{_COMMANDS})(?:\.exe)? +[\w./-]")
_WINDOWS_PROMPT = re.compile(r"(?:PS )?[A-Za-z]:\\[^<>|?*]{0,200}>(?:\s|\S|$)")
_ARROW_PROMPT = re.compile(r"[❯➜] +\S")
_KNOWN_COMMAND = re.compile(rf"(?:{_COMMANDS})\b")
_ROUTE = re.compile(
    r"(?:blackhole |unreachable )?(?:default|[\da-fA-F:.]+(?:/\d+)?) (?:.*\b(?:via|dev|proto)\b .*|proto .*)$"
)
_CHECK_START = "Checking IPAM for inconsistencies"
# The same output, pasted from its middle.
_CHECK_PARTS = ("Loading all IPAM ", "Loading all nodes", "Loading all workload endpoints", "Scanning for IP")
_CHECK_END = "Check complete"
_SHOW_IP = re.compile(r"(?:IP )?[\da-fA-F:.]+ is (?:in use|not )")
_NODE_STATUS = ("Calico process is running", "IPv4 BGP status", "IPv6 BGP status", "No IPv4 peers", "No IPv6 peers")
_NOTE_LINE = re.compile(r"Note: ")
_DESCRIBE = re.compile(r"Name: {2,}\S")
_DESCRIBE_FIELD = re.compile(r"[A-Z][\w -]{1,40}:(?:\s|$)")
_DOCUMENT_START = re.compile(r"(?:apiVersion:|kind:|version:|items:|---\s*$|\{|\[\s*(?:\{|$)|- apiVersion:|- kind:)")
_KEY_LINE = re.compile(r"[\"']?[A-Za-z_][\w./-]*[\"']?:(?:\s|$)")
_DOCUMENT_LINE = re.compile(r"[\"'{}\[\]<*&?!#%,-]|\.\.\.|[\w./-]+:(?:\s|$)")
_SHELL_LINE = re.compile(
    r"[A-Z]{2,12}$"  # the end of a here-document
    r"|[^\s/]+/\S+ (?:created|configured|unchanged|patched|replaced|deleted|serverside-applied)$"
    r"|Successfully \w+ \d+ '\w+' resource|No resources found"
)
_ERROR_LINE = re.compile(
    r"Error from server|error: |Error: |failed to get resources: |connection is unauthorized|"
    r"unable to get Cluster Information|Use --allow-version-mismatch|E\d{4} |The connection to the server"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file that belong together, and what they are: a key of `PIECE_KINDS`."""

    kind: str
    lines: tuple[NumberedLine, ...]

    @property
    def command(self) -> str:
        """The lines as one command, continued lines joined."""
        return " ".join(line.strip().removesuffix("\\") for _, line in self.lines)

    @property
    def span(self) -> tuple[int, int]:
        """The numbers of its first line and its last."""
        return self.lines[0][0], self.lines[-1][0]

    @property
    def text(self) -> str:
        """The lines as a text whose line numbers are those of the file."""
        first = self.lines[0][0]
        return "\n".join([*[""] * (first - 1), *(line for _, line in self.lines)]) + "\n"


def clean_lines(text: str, *, plain_blanks: bool = True) -> NumberedLines:
    """Return the lines of a text with their numbers, without colours, quoting and the indentation that all share.

    With `plain_blanks` the blanks of web pages and chats become common ones: in YAML they would be letters.
    """
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if plain_blanks and not text.isascii():
        text = text.translate(_BLANKS)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if lines and not lines[-1]:
        lines.pop()
    # Mails quote with it, and shells show it before the lines of a here-document; no YAML begins a line with it.
    lines = [_QUOTE.sub("", line, count=1) if line[:1] == ">" else line for line in lines]
    written = [line for line in lines if line.strip()]
    if written and all(_GREP_PREFIX.match(line) for line in written):  # what grep prints of several files
        lines = [_GREP_PREFIX.sub("", line, count=1) for line in lines]
    if _is_numbered(lines):
        lines = [_LINE_NUMBER.sub("", line, count=1) for line in lines]
    if any(frame in text for frame in _FRAME_PARTS):
        lines = _without_code_indentation(lines)
    margin = _margin(lines)
    return [(number, line[margin:]) for number, line in enumerate(lines, 1)]


def _margin(lines: list[str]) -> int:
    """Return the indentation that all lines share."""
    return min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)


def _is_numbered(lines: list[str]) -> bool:
    """Whether each line begins with its number, as `cat -n` and editors show it."""
    written = islice((line for line in lines if line.strip()), _NUMBERED_LINES_TRIED)
    matches = [_LINE_NUMBER.match(line) for line in written]
    numbers = [int(match[1]) for match in matches if match]
    return len(numbers) == len(matches) >= _NUMBERED_LINES_LEAST and all(
        0 < later - earlier < _NUMBERED_LINES_TRIED for earlier, later in pairwise(numbers)
    )


def _without_code_indentation(lines: list[str]) -> list[str]:
    """Shift tables to the margin that stand indented behind a blank line, as code does in Markdown."""
    shifted, start = list(lines), 0
    while start < len(lines):
        end = start
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith(("    ", "\t"))):
            end += 1
        block = [line.expandtabs(4) for line in lines[start:end]]
        is_behind_blank = start == 0 or (bool(block) and not block[0].strip())
        is_scalar = start > 0 and lines[start - 1].rstrip().endswith(("|", "|-", ">", ">-"))
        margin = _margin(block)
        if is_behind_blank and not is_scalar and any(is_frame_line(line[margin:]) for line in block):
            shifted[start:end] = [line[margin:] for line in block]
        start = end + 1
    return shifted


def is_flat(piece: Piece) -> bool:
    """Whether no line of a piece is indented or an item: what is no YAML then is prose, such as the head of a mail."""
    return not any(line[:1] in tuple(" \t-{[") for _, line in piece.lines if line.strip())


def is_command_line(line: str) -> bool:
    """Whether a line is a shell's prompt, with or without a command, a command alone, or what it says when done."""
    if _SHELL_LINE.match(line) or _WINDOWS_PROMPT.match(line) or _ARROW_PROMPT.match(line):
        return True
    if match := _PROMPT.match(line):
        command, prompt = match["command"] or "", line.strip()
        if "@" in prompt.split(" ")[0] or prompt.startswith(("[", "(")) or _KNOWN_COMMAND.match(command):
            return not prompt.startswith("#") or bool(_KNOWN_COMMAND.match(command))
    return bool(_COMMAND.match(line)) and ": " not in line.split("'", maxsplit=1)[0].split('"', maxsplit=1)[0]


def is_error_line(line: str) -> bool:
    """Whether a line is what a command wrote to standard error."""
    return bool(_ERROR_LINE.match(line))


def table_kind(line: str) -> str | None:
    """Return what the table under a heading is, None where the line is no heading."""
    return find_table_kind(split_heading(line))


def is_paste(lines: NumberedLines) -> bool:
    """Whether a text is more than one document: whether any of its lines is a prompt, a fence, a table, a report."""
    return any(_starts_piece(line) or POD_ROW.match(line) for _, line in lines)


def _starts_piece(line: str) -> bool:
    if not line or line[0] in " \t-#":  # the # of a comment is more likely than that of root's prompt
        return False
    return bool(_FENCE.match(line)) or _piece_start(line) is not None


def _piece_start(line: str) -> str | None:
    """Return the kind of piece that a line begins, `frame` for a table with frames; None for other lines."""
    if is_command_line(line):
        return "command"
    if is_error_line(line):
        return "error"
    if line.startswith((_CHECK_START, *_CHECK_PARTS)):
        return "ipam-check"
    if _SHOW_IP.match(line):
        return "address"
    if line.startswith(_NODE_STATUS):
        return "bgp-peers"
    if _DESCRIBE.match(line):
        return "describe"
    if is_table_line(line) or is_frame_line(line):
        return "frame"
    return table_kind(line) or ("routes" if _ROUTE.match(line) else None)


def split_pieces(lines: NumberedLines) -> Iterator[Piece]:
    """Cut a paste into pieces, in the order of its lines."""
    # People write ... where they leave lines out; YAML would end the document there.
    lines = [(number, "" if _ELIDED.match(line) else line) for number, line in lines]
    index = 0
    while index < len(lines):
        line = lines[index][1]
        if not line.strip() or _FENCE.match(line):
            index += 1
            continue
        kind, end = _piece_at(lines, index)
        end = max(end, index + 1)
        yield Piece(kind, tuple(lines[index:end]))
        index = end


def _piece_at(lines: NumberedLines, start: int) -> tuple[str, int]:
    """Return what the piece is that begins at an index, and where it ends."""
    line = lines[start][1]
    kind = "command" if is_command_line(line.strip()) else _piece_start(line)
    match kind:
        case "command":
            return kind, 1 + _end_while(lines, start, lambda text: text.rstrip().endswith("\\"))
        case "error":
            return kind, start + 1
        case "ipam-check":
            return kind, _end_of_check(lines, start)
        case "address":
            return kind, _end_while(lines, start + 1, lambda text: text.startswith((" ", "Attributes", "IP ")))
        case "bgp-peers" if line.startswith(_NODE_STATUS):
            return kind, _end_of_node_status(lines, start)
        case "describe":
            return kind, _end_while(lines, start, lambda text: text[0] in " \t" or bool(_DESCRIBE_FIELD.match(text)))
        case "frame":
            end = _end_of_framed_table(lines, start)
            return next(filter(None, (table_kind(text) for _, text in lines[start:end])), "unrecognized"), end
        case "routes":
            return kind, _end_while(lines, start, lambda text: bool(_ROUTE.match(text)) or text.startswith((" ", "\t")))
        case str():
            return kind, _end_while(lines, start + 1, _is_row)
    if POD_ROW.match(line):
        return "pods", _end_while(lines, start, lambda text: bool(POD_ROW.match(text)))
    if _is_document_line(line):
        end = _end_of_document(lines, start)
        written = [text for _, text in lines[start:end] if text.strip() and not text.startswith("#")]
        is_prose = len(written) == 1 and line.rstrip().endswith(":")  # `Output:`
        return ("unrecognized" if is_prose else "document"), end
    return "unrecognized", _end_while(
        lines, start, lambda text: not (_starts_piece(text) or _DOCUMENT_START.match(text) or POD_ROW.match(text))
    )


def _is_row(line: str) -> bool:
    """Whether a line belongs to the table above it: an event pasted right below is no row."""
    return not _starts_piece(line) and not _is_document_line(line) and find_meaning(line) is None


def _is_document_line(line: str) -> bool:
    return bool(_KEY_LINE.match(line) or _DOCUMENT_START.match(line))


def _end_while(lines: NumberedLines, start: int, belongs: Callable[[str], bool]) -> int:
    end = start
    while end < len(lines) and lines[end][1].strip() and belongs(lines[end][1]):
        end += 1
    return end


def _end_of_check(lines: NumberedLines, start: int) -> int:
    for index in range(start, len(lines)):
        line = lines[index][1]
        if line.startswith(_CHECK_END):
            return index + 1
        if index > start and (is_command_line(line) or line.startswith((_CHECK_START, "```")) or table_kind(line)):
            return index
    return len(lines)


def _end_of_node_status(lines: NumberedLines, start: int) -> int:
    end = start
    while end < len(lines):
        line = lines[end][1]
        if line.strip() and not (is_table_line(line) or is_frame_line(line) or line.startswith(_NODE_STATUS)):
            break
        end += 1
    return end


def _end_of_framed_table(lines: NumberedLines, start: int) -> int:
    """Find the end of a table with frames: its rows, and a note below it."""
    end, headings = start, 0
    while end < len(lines):
        line = lines[end][1]
        if is_table_line(line) or is_frame_line(line):
            headings += table_kind(line) is not None
            if headings > 1 and table_kind(line):
                break
            end += 1
        elif not line.strip() and end + 1 < len(lines) and _NOTE_LINE.match(lines[end + 1][1]):
            end += 2
        elif _NOTE_LINE.match(line):
            end += 1
        else:
            break
    return end


def _end_of_document(lines: NumberedLines, start: int) -> int:
    for index in range(start + 1, len(lines)):
        line = lines[index][1]
        if line and line[0] not in " \t-" and (_starts_piece(line) or not _DOCUMENT_LINE.match(line)):
            return index
    return len(lines)


def unread_line_findings(pieces: list[Piece], name: str) -> list[Finding]:
    """Name what was not recognized, with its lines; much of it in one note."""
    if len(pieces) > _MAX_UNREAD_NOTES:
        spans = (f"{first}-{last}" if last > first else str(first) for first, last in (piece.span for piece in pieces))
        params = {
            "line": pieces[0].lines[0][1].strip()[:80],
            "count": sum(len(piece.lines) for piece in pieces),
            "lines": ", ".join(spans),
        }
        return [Finding("lines-unread-several", params=params, place=Place(name, pieces[0].lines[0][0]))]
    return [
        Finding(
            "lines-unread",
            params={"line": piece.lines[0][1].strip()[:80], "count": len(piece.lines)},
            place=Place(name, piece.lines[0][0]),
        )
        for piece in pieces
    ]
