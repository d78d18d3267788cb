"""What changes with another release of Calico, on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from .app import (
    CalicoOption,
    FilesArgument,
    LanguageOption,
    app,
    errors_reported,
    parse_named_release,
    parse_release,
    print_answer,
    print_reading_errors,
)


@app.command()
def upgrade(
    files: FilesArgument,
    to: Annotated[str, typer.Option("--to", metavar="RELEASE", help="The release to go to: v3.33, 3.31, v3.29.7.")],
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what changes for a cluster and its plan with another release of Calico, up or down.

    Exit status 0 nothing breaks, 1 a verdict becomes worse or an object is refused, 2 unusable input.
    """
    from ..read import read
    from ..release_upgrade import upgrade as judge
    from ..view.upgrade_terminal import print_upgrade, upgrade_as_dict

    with errors_reported(lang):
        reading = read(*files).design
        result = judge(reading.scenario, parse_named_release(to, "--to"), before=parse_release(calico))
    status = print_reading_errors(reading, lang)
    print_answer(result, upgrade_as_dict, print_upgrade, lang, as_json=as_json)
    raise typer.Exit(max(status, int(result.has_problems)))
