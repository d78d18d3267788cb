"""A recommendation as plain data and in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..choose import ChangeOption, Recommendation, change_options_table, designs_table, first_designs
from ..choose.choose_tables import RULE_NAMES
from ..choose.family_designs import FamilyDesigns, Pick
from ..choose.search import Design
from ..findings import N_, get_language
from .capacity_terminal import print_table
from .terminal import print_findings, print_release


def recommendation_as_dict(
    recommendation: Recommendation, options: Sequence[ChangeOption] = (), *, every: bool = False, lang: str = "en"
) -> dict[str, Any]:
    """Return a recommendation as dicts, lists and exact numbers.

    `picked` is the design itself; with both families or several sets of pools one a family (`"4"`, `"6"`) and, below
    it, one a set.
    """
    data: dict[str, Any] = {
        "calico": str(recommendation.scenario.release),
        "designs": [_design(designs, design) for designs, design in recommendation.listed()],
        "picked": _picked(recommendation),
        "reasons": [reason.as_dict(lang) for reason in recommendation.reasons],
        "holds": recommendation.holds,
        "months": recommendation.months,
    }
    if every:
        data["failing"] = [
            _design(designs, design) | {"breaks": list(design.breaks)}
            for designs in recommendation.designs
            for design in designs.space.designs()
            if design.breaks
        ]
    if options:
        data["changes"] = [
            {
                "change": option.kind,
                "pool": option.pool,
                "holds": option.holds,
                "cidr": str(option.cidr) if option.cidr else None,
                "blockSize": option.block_size or None,
                "pods_recreated": option.pods_recreated,
                "blocks_released": option.blocks_released,
                "routes": option.routes,
                "addresses": option.addresses,
                "command": ["ippoolkit", *option.command] if option.command else None,
            }
            for option in options
        ]
    return data


def _design(designs: FamilyDesigns, design: Design) -> dict[str, Any]:
    return {
        "family": design.family,
        "prefix": design.prefix,
        "blockSize": design.block_size,
        "pools": design.pools,
        "blocks_per_node": design.blocks_per_node,
        "blocks": design.blocks,
        "addresses": design.addresses,
        "routes": design.routes,
        "nodes_max": design.nodes_fit,
        "unused_per_node": design.unused_per_node,
        "groups": [group.name for group in designs.pool_set.groups],
    }


def _picked(recommendation: Recommendation) -> Any:
    picked = {(pick.designs.family, pick.designs.pool_set.title): _pick(pick) for pick in recommendation.picks}
    if len(picked) <= 1 and len(recommendation.designs) <= 1:
        return next(iter(picked.values()), None)
    if not picked:
        return None
    sets = list(dict.fromkeys(name for _, name in picked))
    families = list(dict.fromkeys(family for family, _ in picked))
    by_family = {
        str(family): {name: picked[family, name] for name in sets if (family, name) in picked} for family in families
    }
    if len(sets) == 1:
        return {family: of_sets[sets[0]] for family, of_sets in by_family.items()}
    return by_family if len(families) > 1 else by_family[str(families[0])]


def _pick(pick: Pick) -> dict[str, Any]:
    return _design(pick.designs, pick.design) | {"cidrs": [str(cidr) for cidr in pick.cidrs]}


def print_recommendation(
    console: Console,
    recommendation: Recommendation,
    options: Sequence[ChangeOption] = (),
    *,
    every: bool = False,
    lang: str = "en",
) -> None:
    """Print the picked designs with their ranges, why, what the next ones buy, and the table to choose from."""
    language = get_language(lang)
    print_release(console, recommendation.scenario.release, lang=lang)
    has_several_sets = len({pick.designs.pool_set.name for pick in recommendation.picks}) > 1
    for pick in recommendation.picks:
        design = pick.design
        params = {
            "pools": design.pools,
            "prefix": design.prefix,
            "size": design.block_size,
            "family": design.family,
            "addresses": design.addresses,
            "most": design.nodes_fit,
            "routes": design.routes,
        }
        head = language.render(N_("IPv{family}: {pools:pool} of /{prefix} with blockSize {size}."), params)
        console.print(Text.assemble((head, "bold green" if pick.cidrs else "bold red")))
        if has_several_sets:
            console.print(Text(language.render(N_("For {groups}."), {"groups": pick.designs.pool_set.title})))
        cidrs_shown = [str(cidr) for cidr in pick.cidrs[:8]]
        if len(pick.cidrs) > len(cidrs_shown):
            cidrs_shown.append(language.render(N_("and {count} more"), {"count": len(pick.cidrs) - len(cidrs_shown)}))
        if cidrs_shown:
            console.print(Text(language.render(N_("Room for it: {cidrs}"), {"cidrs": ", ".join(cidrs_shown)})))
    if recommendation.picks:
        console.print()
    print_findings(console, recommendation.reasons, lang=lang)
    console.print()
    for designs in recommendation.designs:
        table = designs_table(recommendation, every=every, lang=lang)
        rows = table[(table["family"] == designs.family) & (table["pool_set"] == designs.pool_set.title)]
        if not len(rows):
            _print_failing(console, designs, lang)
            continue
        title = language.render(N_("Designs, IPv{family}"), {"family": designs.family})
        shown = rows if every else first_designs(rows)
        print_table(console, "failing_designs" if every else "designs", shown, title=title, lang=lang)
        if len(rows) > len(shown):
            more = language.render(
                N_("{count} larger ones are left out; --json shows them."), {"count": len(rows) - len(shown)}
            )
            console.print(Text(more, style="bright_black"))
            console.print()
        _print_failing(console, designs, lang)
    if options:
        print_table(
            console,
            "change_options",
            change_options_table(list(options), lang=lang),
            title=language.translate(N_("On the cluster as it is")),
            lang=lang,
        )


def _print_failing(console: Console, designs: FamilyDesigns, lang: str) -> None:
    """Say how many designs fail by which rule."""
    language = get_language(lang)
    counts = {rule: int(broken.sum()) for rule, broken in designs.space.broken.items()}
    total = len(designs.space.holds)
    failing = total - int(designs.space.holds.sum())
    counts_text = [
        f"{language.translate(RULE_NAMES[rule])} {language.format_number(count)}"
        for rule, count in counts.items()
        if count
    ]
    params = {"failing": failing, "total": total, "rules": "; ".join(counts_text) or "–"}
    text = language.render(N_("{failing} of {total} designs fail: {rules}. Use --all to list them."), params)
    console.print(Text(text, style="bright_black"))
    console.print()
