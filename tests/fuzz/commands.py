"""What documents are run through: the command lines of each kind of input, and the gates that no command line reaches."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import typer

# A report that failed because of a program error names the exception.
_EXCEPTION_NAME = re.compile(r"(?!ReportError)\w*(?:Error|Exception|Warning|Interrupt|Iteration)\b:")
_DATA = Path(__file__).parent.parent.parent / "data"
# What reads each kind; {} stands for the document, OUT for a file that does not exist yet.
READ = (
    "capacity {}",
    "capacity {} --json --lang zh",
    "scenario {}",
    "audit {}",
    "audit {} --json",
    "convert {}",
    "snapshot {} -o OUT.yaml",
    "snapshot {} -o OUT.json --redact",
    "from-installer {}",
    "recommend {}",
    "free {} --prefix 24",
    "upgrade {} --to v3.29",
    "alerts {}",
    "configure -e {} -- --strictaffinity=true",
    "in-process:paste {}",
)  # fmt: skip (a table of commands)
OBJECTS = (
    *READ,
    "check {}",
    "check {} --json",
    "check {} --sarif",
    "check {} --junit --lang zh",
    "check {} --action delete",
    "check {} --by apiserver --calico v3.30",
    "check {} --each --strict --calico v3.21",
    "check POOL --existing {}",
    "check {} --existing {} --action replace",
    "check {} --action patch --existing KUBEAN",
    "diff {} KUBEAN",
    "diff KUBEAN {} --json",
    "pools-for -c {} --node n1",
    "pools-for -c {} --coverage --json",
    "simulate {}",
    "simulate {} --days 2 --churn 0.1 --json",
    "runbook block-size -c {} --pool default-ipv4-ippool --to 27",
    "runbook retire -c {} --pool p",
    "runbook migrate -c {} --from p",
    "runbook split -c {} --pool p --to 18",
    "runbook grow -c {} --pool p",
    "in-process:report {}",
    "in-process:audit-report {}",
    "in-process:planner {}",
)  # fmt: skip (a table of commands)
COMMANDS = {
    "scenario": OBJECTS,
    "manifest": OBJECTS,
    "dump": (
        *READ,
        "check KUBEAN --existing {}",
        "diff {} KUBEAN",
        "pools-for -c {} --coverage",
        "simulate {}",
        "in-process:audit-report {}",
        "in-process:api-answer {}",
    ),
    "installer": ("from-installer {}", "from-installer {} --lang zh", "capacity {}", "audit {}", "free {} --prefix 24"),
    "networks": ("free {} --prefix 24", "free {} --within 10.0.0.0/8 --prefix 24 --lang zh", "audit {}"),
    "trace": ("simulate POOL --trace {}", "simulate KUBEAN --trace {} --json"),
    "history": ("forecast {}", "forecast {} --json", "alerts {}", "in-process:history-report {}"),
    "template": ("in-process:template {}",),
    "kubeconfig": ("in-process:kubeconfig {}",),
    "link": ("in-process:link {}",),
}  # fmt: skip (a table of commands)


class SilentError(Exception):
    """A command that ended with an error and said nothing."""


def all_commands() -> list[str]:
    """Return every command once."""
    return list(dict.fromkeys(command for commands in COMMANDS.values() for command in commands))


def run_command(command: str, document: Path, folder: Path) -> None:
    """Run a command on a document as a user would; raise whatever the user would see as a traceback."""
    stands_for = {
        "{}": str(document),
        "POOL": str(_DATA / "default-ipv4-ippool.yaml"),
        "KUBEAN": str(_DATA / "kubean"),
        "OUT.yaml": str(folder / "out.yaml"),
        "OUT.json": str(folder / "out.json"),
    }
    arguments = [stands_for.get(part, part) for part in command.split()]
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        if arguments[0].startswith("in-process:"):
            _run_in_process(arguments[0].removeprefix("in-process:"), document)
            return
        status = _run_command_line(arguments)
    output.flush()
    if status and not output.buffer.tell():
        raise SilentError(f"status {status} and not a word")
    if (folder / "out.json").exists():  # what the kit writes it reads, whole
        from ippoolkit.read import load

        load(folder / "out.json")


@cache
def _command_line() -> Any:
    """Return what Typer builds of the commands' signatures: it takes longer than most documents do."""
    from typer.main import get_command

    from ippoolkit.cli import app

    return get_command(app)


def _run_command_line(arguments: list[str]) -> int:
    try:
        status = _command_line().main(arguments, standalone_mode=False)
    except typer.Exit as ended:
        return int(ended.exit_code)
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")):  # options that cannot be
            return 0
        raise
    return int(status or 0)


def _run_in_process(target: str, document: Path) -> None:
    from ippoolkit.errors import FindingError, InputError
    from ippoolkit.live import LiveError

    try:
        _IN_PROCESS[target](document)
    except (InputError, LiveError):
        pass
    except FindingError as error:
        # A built-in template fails with the kit's own words or not at all.
        reason = str(error.finding.params.get("reason", ""))
        if error.finding.code == "report-failed" and _EXCEPTION_NAME.match(reason):
            raise


def _build_report(template: str, formats: tuple[str, ...], document: Path, **parameters: Any) -> None:
    from ippoolkit.report.build import ReportTask, build_report
    from ippoolkit.report.inputs import resolve_inputs
    from ippoolkit.report.options import validate_options

    options = validate_options(template=template, formats=formats, date="2026-01-01", parameters=parameters)
    source = document if "history" not in parameters else _DATA / "default-ipv4-ippool.yaml"
    build_report(ReportTask("r", options, tuple(resolve_inputs([source], allow_partial=template == "audit"))))


def _open_template(document: Path) -> None:
    """Take a notebook to where its cells would run. They do not: a mutated notebook is mutated code."""
    from ippoolkit.report.templates import find_template

    template = find_template(document)
    template.validate({"nodes_shown": 5, "lang": "en"})
    _ = (template.combines_inputs, template.reads_files, template.allows_missing_inputs, template.min_scenarios)
    _prepare_notebook(template)


def _prepare_notebook(template: Any) -> None:
    from nbformat import from_dict
    from papermill import execute_notebook
    from papermill.engines import Engine, papermill_engines

    class NothingRuns(Engine):  # type: ignore[misc]  # papermill has no types
        @classmethod
        def execute_managed_notebook(cls, *_: Any, **__: Any) -> None:
            pass

    papermill_engines.register("nothing-runs", NothingRuns)
    execute_notebook(
        from_dict(json.loads(json.dumps(template.notebook))),
        None,
        parameters=dict(template.defaults),
        engine_name="nothing-runs",
        kernel_name="python3",
        language="python",
        progress_bar=False,
    )


def _read_kubeconfig(document: Path) -> None:
    """Follow a kubeconfig to an answer made here: a mutated one names mutated programs and hosts."""
    from unittest.mock import patch

    from ippoolkit.live.connection import ApiConnection
    from ippoolkit.live.kubeconfig import read_access

    access = read_access(document)
    connection = ApiConnection(access)
    ours, theirs = socket.socketpair()
    theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    with ours, theirs, patch("urllib3.util.connection.create_connection", return_value=ours):
        connection.get("/api/v1/pods", {"limit": "5"})
    connection.close()


def _read_api_answer(document: Path) -> None:
    from ippoolkit.live.api_reader import _parse_error_response, _parse_page, parse_response
    from ippoolkit.read.document_reader import DocumentReader
    from ippoolkit.read.reading_builder import build_reading

    data = document.read_bytes()
    if _parse_page(data, "/api/v1/pods") is None:
        _parse_error_response(500, data)
    reader = DocumentReader()
    reader.add_document(parse_response(data, "page"))
    build_reading(reader, ["cluster"])


def _read_paste(document: Path) -> None:
    from ippoolkit.read import recognize
    from ippoolkit.read.reader import read_text

    text = document.read_bytes().decode(errors="replace")
    recognize(text)
    read_text(text)


@cache
def _planner() -> Any:
    from ippoolkit.widgets import Planner

    return Planner()


def _open_in_planner(document: Path) -> None:
    from ippoolkit.widgets.scenario_files import load_uploaded

    _planner().scenario = load_uploaded([document.name], [document.read_bytes()])


def _follow_link(document: Path) -> None:
    from ippoolkit.widgets.saved_state import unpack_state

    unpack_state(document.read_bytes().decode("latin-1"))


_IN_PROCESS: dict[str, Callable[[Path], None]] = {
    "report": lambda document: _build_report("capacity", ("html", "md", "xlsx"), document),
    "audit-report": lambda document: _build_report("audit", ("html", "md", "xlsx"), document),
    "history-report": lambda document: _build_report("capacity", ("md",), document, history=[str(document)]),
    "template": _open_template,
    "kubeconfig": _read_kubeconfig,
    "api-answer": _read_api_answer,
    "paste": _read_paste,
    "planner": _open_in_planner,
    "link": _follow_link,
}
