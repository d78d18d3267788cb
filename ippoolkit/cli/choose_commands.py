"""What to choose, and where there is room, on the command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from ..findings import N_, get_language
from .app import (
    CalicoOption,
    JsonOption,
    LanguageOption,
    app,
    console,
    errors_reported,
    has_errors,
    print_json,
    print_reading_errors,
    with_release,
)
from .capacity_commands import with_plan_options

_ONE_POOL_ONLY = N_(
    "On a new cluster give the installer this range and blockSize, or keep it from making a pool of its own "
    "(docs/choosing.md); the cluster CIDR has to contain the pools."
)
_LOOKS_LIKE_CIDR = re.compile(r"[0-9A-Fa-f:][0-9A-Fa-f:.]*[.:][0-9A-Fa-f:.]*/\w*")


class SeveralValues(TyperCommand):
    """A command whose --within and --taken are followed by any number of ranges."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give each range behind the first its option."""
        spread: list[str] = []
        option = ""
        for arg in args:
            if option and spread[-1] != option and _LOOKS_LIKE_CIDR.fullmatch(arg) and not Path(arg).exists():
                spread.append(option)
            elif arg.startswith("-") or (option and spread[-1] != option):
                option = arg if arg in ("--within", "--taken") else ""
            spread.append(arg)
        return super().parse_args(ctx, spread)


WithinOption = Annotated[
    list[str] | None, typer.Option("--within", metavar="CIDR…", help="Where pools may lie. Several, or repeated.")
]
TakenOption = Annotated[
    list[str] | None, typer.Option("--taken", metavar="CIDR…", help="Networks in use. Several, or repeated.")
]


@app.command(cls=SeveralValues)
def recommend(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="A scenario or a cluster's dumps: what is there, and what is asked.", show_default=False),
    ] = None,
    nodes: Annotated[int | None, typer.Option(help="How many nodes.")] = None,
    pods_per_node: Annotated[
        int | None, typer.Option(help="Pods with an address on each of them (default: 110).")
    ] = None,
    family: Annotated[
        Literal["4", "6", "dual"] | None, typer.Option(help="IP family of the pods (default: 4).")
    ] = None,
    encapsulation: Annotated[
        Literal["vxlan", "ipip", "none"] | None,
        typer.Option(
            help="Encapsulation; a tunnel takes an address on each node, and ipip needs BGP (default: vxlan)."
        ),
    ] = None,
    racks: Annotated[int | None, typer.Option(help="Racks, each with a pool of its own (default: 1).")] = None,
    rack_label: Annotated[str | None, typer.Option(help="Label of a node that names its rack (default: rack).")] = None,
    headroom: Annotated[
        int | None, typer.Option(help="Nodes that must fit beyond these, in percent (default: 0).")
    ] = None,
    max_routes: Annotated[
        int | None, typer.Option(help="Most routes that the table of a node or router takes.")
    ] = None,
    max_blocks_per_host: Annotated[int | None, typer.Option(help="Blocks a node may hold (default: 20).")] = None,
    within: WithinOption = None,
    taken: TakenOption = None,
    by: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Month until which the nodes grow.")] = None,
    nodes_per_month: Annotated[float | None, typer.Option(help="Nodes added a month until then.")] = None,
    pods_per_month: Annotated[float | None, typer.Option(help="Pods added on each node a month until then.")] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE,…",
            help="A group of nodes instead of --nodes: name, nodes, pods-per-node, os, max-blocks, nodes-per-month, "
            "pods-per-month, pools (groups that name the same share them). Of a group that the files have NAME=N "
            "says how many nodes it is to have. Repeatable.",
        ),
    ] = None,
    pick: Annotated[list[int] | None, typer.Option(help="Take the design of this number instead.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the picked design as a scenario.")] = None,
    manifests: Annotated[Path | None, typer.Option(help="Write its IPPools.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List the designs that fail too, each with the rule.")] = False,
    today: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="When growth starts (default: today).")
    ] = None,
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Find every design of pools worth having: exit status 0 one is picked, 1 nothing fits, 2 unusable input."""
    from ..choose import change_options, option_parsing
    from ..choose import recommend as recommend_designs
    from ..model import Scenario
    from ..view.recommendation_formats import print_recommendation, recommendation_as_dict
    from ..write import save_scenario, to_manifests_yaml, write_atomically

    with errors_reported(lang):
        scenario, requirement_fields, status = _read_design(files, lang)
        group, sizes = option_parsing.split_groups(group or [])
        if sizes:
            scenario = with_plan_options(scenario or Scenario(), None, sizes)
        arguments = option_parsing.parse_arguments(
            {
                "nodes": nodes,
                "pods_per_node": pods_per_node,
                "family": family,
                "encapsulation": encapsulation,
                "racks": racks,
                "rack_label": rack_label,
                "headroom": headroom,
                "max_routes": max_routes,
                "max_blocks_per_host": max_blocks_per_host,
                "within": within,
                "by": by,
                "nodes_per_month": nodes_per_month,
                "pods_per_node_per_month": pods_per_month,
            },
            group,
            taken or [],
            today,
        )
        if calico:
            scenario = with_release(scenario or Scenario(name="recommended"), calico, lang)
        fields = {**requirement_fields, **arguments.fields}
        recommendation = recommend_designs(
            scenario, taken=arguments.taken, pick=pick or (), today=arguments.today, **fields
        )
        cluster_arguments = [*_repeated("--cluster", files or ()), *(("--calico", calico) if calico else ())]
        has_pools = scenario is not None and scenario.cluster.pools
        options = change_options(recommendation, cluster_arguments) if has_pools else []
        written: list[Path] = []  # before anything is printed: a reader such as head may leave early
        if recommendation.holds and out is not None:
            written.append(save_scenario(recommendation.as_scenario(name=out.stem[:253] or "recommended"), out))
        if recommendation.holds and manifests is not None:
            text = to_manifests_yaml(recommendation.pools, recommendation.scenario.release)
            written.append(write_atomically(manifests, text))
        if as_json:
            print_json(recommendation_as_dict(recommendation, options, every=every, lang=lang))
        else:
            print_recommendation(console(), recommendation, options, every=every, lang=lang)
        for path in written:
            typer.echo(path, err=as_json)
        if manifests is not None and manifests in written:
            check = shlex.join(["ippoolkit", "check", str(manifests), *_repeated("--existing", files or ())])
            params = {"check": check, "file": shlex.quote(str(manifests))}
            next_step = get_language(lang).render(N_("Next: {check}; then calicoctl create -f {file}"), params)
            typer.echo(next_step, err=True)
            if not recommendation.scenario.cluster.pools:
                typer.echo(get_language(lang).translate(_ONE_POOL_ONLY), err=True)
    raise typer.Exit(max(status, int(not recommendation.holds)))


@app.command(cls=SeveralValues)
def free(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Scenarios, dumps, address plans (CSV), ip route; - for stdin.", show_default=False),
    ] = None,
    within: WithinOption = None,
    taken: TakenOption = None,
    prefix: Annotated[int | None, typer.Option(help="Prefix length of the ranges wanted.")] = None,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many ranges.")] = 1,
    family: Annotated[
        Literal["4", "6"] | None,
        typer.Option(help="Their IP family (default: that of --within, IPv4 where it has both)."),
    ] = None,
    special: Annotated[bool, typer.Option("--special", help="Offer special-purpose ranges too.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw the space into a file: .html, .svg or .png.")] = None,
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Find ranges that are free: exit status 0 found, 1 no room, 2 unusable input."""
    from ..choose import free as find_free_ranges
    from ..view.free_ranges_formats import draw_free_ranges, free_ranges_as_json, print_free_ranges

    with errors_reported(lang):
        free_ranges = find_free_ranges(
            *(files or ()),
            within=within,
            taken=taken or (),
            prefix=prefix,
            count=count,
            family=None if family is None else 4 if family == "4" else 6,
            special=special,
        )
        if as_json:
            typer.echo(free_ranges_as_json(free_ranges, lang))
        else:
            print_free_ranges(console(), free_ranges, lang=lang)
        if picture is not None:
            typer.echo(draw_free_ranges(free_ranges, picture, lang=lang), err=as_json)
    raise typer.Exit(int(not free_ranges.is_complete or has_errors(free_ranges.notes)))


def _read_design(files: list[Path] | None, lang: str) -> tuple[Any, dict[str, Any], int]:
    """Return the design without pools that an installer would only create, what these ask for, and the exit status."""
    from ..choose.requirements_source import without_planned_pools
    from ..read import read

    if not files:
        return None, {}, 0
    reading = read(*files, strict=True).design
    status = print_reading_errors(reading, lang)
    return *without_planned_pools(reading.scenario, reading.planned_pools), status


def _repeated(option: str, files: Iterable[Path]) -> list[str]:
    """Return the arguments that give an option each of several files."""
    return [argument for file in files for argument in (option, str(file))]
