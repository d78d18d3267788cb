"""An audit in a terminal and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..audit import Audit
from ..audit.columns import NODES, POOLS, TOTALS, Figure
from ..audit.headroom import by_node
from ..findings import N_, Finding, Language, Severity, language, printable
from .text import STYLES, print_findings

UNKNOWN = N_("unknown")
_POOLS = ("name", "cidr", "blockSize", "capacity", "allocated", "free", "blocks_total", "blocks_allocated", "borrowed")
_NODES = (
    "name", "blocks", "own_allocated", "borrowed_in", "borrowed_out", "free_in_own_blocks", "calico_pods_with_ip",
    "pod_capacity",
)  # fmt: skip
COLUMNS: Mapping[str, Sequence[Figure]] = {"pools": POOLS, "nodes": NODES}
SHOWN: Mapping[str, Sequence[str]] = {"pools": _POOLS, "nodes": _NODES}
MOST_NODES = 25


def as_data(audit: Audit, lang: str = "en") -> dict[str, Any]:
    """Return everything as dicts, lists and scalars; None stands for unknown."""
    figures = audit.figures
    return {
        "cluster": audit.scenario.name,
        "unknown": list(audit.scenario.cluster.unknown),
        "pools": figures.pools,
        "nodes": figures.nodes,
        "totals": figures.totals,
        "config": figures.config,
        "rounded": [list(each) for each in sorted(figures.rounded)],
        "headroom": headroom_rows(audit),
        "findings": [finding.as_dict(lang) for finding in audit.findings],
        "notes": [finding.as_dict(lang) for finding in audit.notes],
        "unchecked": [{"check": name, "needs": list(kinds)} for name, kinds in audit.unchecked],
    }


def headroom_rows(audit: Audit) -> list[dict[str, Any]]:
    """Return how many pods each node still takes; nothing where that is unknown."""
    if not audit.scenario.cluster.knows("IPPool", "IPAMBlock", "Node"):
        return []
    return [
        {
            "node": room.node, "family": room.version, "pods": room.pods, "blocks": room.held, "cap": room.cap,
            "own": room.own, "new": room.new, "borrow": room.borrow, "limit": room.limit,
        }
        for room in audit.site.rooms
    ]  # fmt: skip


def verdict(audit: Audit, lang: str = "en") -> tuple[Severity, str]:
    """Return the gravest severity, and the whole in a sentence."""
    words = language(lang)
    grave = Counter(finding.severity for finding in audit.findings)
    totals = audit.figures.totals
    parts = [
        words.say(N_("{n:error}, {w:warning}."), {"n": grave[Severity.ERROR], "w": grave[Severity.WARNING]}),
    ]
    known = {
        "nodes": N_("{n:node}"), "pods": N_("{n:pod}"), "blocks": N_("{n:block}"),
        "allocations": N_("{n:address} in use"),
    }  # fmt: skip
    counted = [words.say(text, {"n": totals[name]}) for name, text in known.items() if totals.get(name) is not None]
    worst = min((finding.severity for finding in audit.findings), key=lambda each: each.rank, default=Severity.OK)
    parts += [words.say(N_("{word}."), {"word": words.text(N_(", ")).join(counted)})] if counted else []
    return worst, " ".join(parts)


def print_audit(console: Console, audit: Audit, *, lang: str = "en") -> None:
    """Print the whole, the pools, the fullest nodes, the findings, and what is unknown."""
    words = language(lang)
    worst, sentence = verdict(audit, lang)
    console.print(Text.assemble((f"{printable(audit.scenario.name)}: ", "bold"), (sentence, STYLES[worst])))
    console.print()
    figures = audit.figures
    _print(console, words, "pools", figures.pools, words.text(N_("Pools")), figures.rounded)
    _print(console, words, "nodes", *_nodes(audit, words), figures.rounded)
    print_findings(console, audit.findings, lang=lang)
    print_findings(console, audit.notes, lang=lang)
    if told := unchecked(audit, lang):
        console.print(Text(told, style=STYLES[Severity.WARNING]))


def worst_finding(audit: Audit) -> Finding | None:
    """Return the finding to see to first; none where nothing is wrong."""
    return next((finding for finding in audit.findings if finding.severity.rank < Severity.INFO.rank), None)


def unchecked(audit: Audit, lang: str = "en") -> str:
    """Say how many checks were left out, and what they need; empty where there are none."""
    if not audit.unchecked:
        return ""
    named = {kind for _, kinds in audit.unchecked for kind in kinds}
    numbers = {"count": len(audit.unchecked), "kinds": ", ".join(sorted(named))}
    return language(lang).say(N_("{count} checks were left out: they need {kinds}."), numbers)


def _nodes(audit: Audit, words: Language) -> tuple[list[dict[str, Any]], str]:
    """Return the nodes that take fewest pods more, first; in a terminal only so many."""
    rows = fullest(audit)
    title = words.text(N_("Nodes"))
    if len(rows) > MOST_NODES:
        numbers = {"shown": MOST_NODES, "nodes": len(rows)}
        title = words.say(N_("Nodes: the {shown} of {nodes} that take fewest pods more"), numbers)
    return rows[:MOST_NODES], title


def fullest(audit: Audit) -> list[dict[str, Any]]:
    """Return the rows of nodes, those first that take fewest pods more, where that is known."""
    if not audit.scenario.cluster.knows("IPPool", "IPAMBlock", "Node"):
        return audit.figures.nodes
    rooms = by_node(audit.site.rooms)
    rows = audit.figures.nodes
    return sorted(rows, key=lambda row: (rooms[row["name"]].pods if row["name"] in rooms else -1, row["name"]))


def _print(  # noqa: PLR0917
    console: Console,
    words: Language,
    table: str,
    rows: Sequence[dict[str, Any]],
    title: str,
    rounded: frozenset[tuple[str, str, str]],
) -> None:
    """Print rows of figures; what is unknown says so, what is rounded is marked."""
    if not rows:
        return
    shown = SHOWN[table]
    by_name = {column.name: column for column in COLUMNS[table]}
    printed = Table(title=Text(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in shown:
        left = name in ("name", "cidr")
        printed.add_column(words.text(by_name[name].heading), justify="left" if left else "right", overflow="fold")
    key = "cidr" if table == "pools" else "name"
    for row in rows:
        cells = [cell(row.get(name), words, rounded=(table, row[key], name) in rounded) for name in shown]
        printed.add_row(*map(Text, cells))
    console.print(printed)
    console.print()


def cell(value: object, words: Language, *, rounded: bool = False) -> str:
    """Return a figure as text."""
    if value is None:
        return words.text(UNKNOWN)
    if isinstance(value, bool):
        return words.text(N_("yes") if value else N_("no"))
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(name))}: {words.number(count)}" for name, count in value.items())
    if isinstance(value, list | tuple):
        return printable(", ".join(map(str, value)))
    return ("≈" if rounded else "") + words.number(value)


def totals_rows(audit: Audit) -> list[tuple[Figure, object]]:
    """Return the totals that are counts, each with its figure."""
    totals = audit.figures.totals
    return [(each, totals.get(each.name)) for each in TOTALS if not isinstance(totals.get(each.name), list)]


HEADINGS = {
    "family": N_("IP"), "order": N_("order"), "pool": N_("pool"), "cidr": N_("CIDR"), "why": N_("why not"),
    "code": N_("code"),
    "node": N_("node"), "namespace": N_("namespace"), "by": N_("named by"), "gaps": N_("no pool for"),
    "of": N_("of"), "figure": N_("figure"), "old": N_("before"), "new": N_("now"), "change": N_("change"),
}  # fmt: skip


def print_frame(console: Console, data: Any, *, lang: str = "en") -> None:
    """Print a table of an audit; what is None is left empty."""
    words = language(lang)
    shown = [name for name in data.columns if name != "code"]
    printed = Table(box=None, pad_edge=False)
    for name in shown:
        right = name in ("order", "old", "new", "change")
        heading = words.text(HEADINGS[name]) if name in HEADINGS else printable(name)
        printed.add_column(heading, justify="right" if right else "left", overflow="fold")
    for row in data[shown].itertuples(index=False):
        printed.add_row(*(Text("" if value is None else cell(value, words)) for value in row))
    console.print(printed)
    console.print()
