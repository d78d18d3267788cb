"""What is said of many clusters on one page, worst first: each method is one cell of its notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from ...analysis import analyse
from ...capacity.verdict import Status
from ...cidr import Cidr
from ...errors import InputError
from ...findings import N_
from ..run_context import current_run, read_at_hand
from .base_report import BaseReport
from .history_outlook import forecast_scenario, outlook_summary
from .report_table import CellValue
from .scenario_summary import summarise_scenario
from .section import Section, SectionPart, heading_part, paragraph, tiles_part

MAX_OVERLAPS = 200  # that a page lists


class FleetReport(BaseReport):
    """Many clusters, ready to be listed.

    Parameters
    ----------
    scenarios
        Paths of scenario files or of anything else that `ippoolkit.read` reads. In a batch of reports those that are
        done are listed too.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.
    history
        Folder with the history of each cluster, called after it, or one history with the pools of all.

    Raises
    ------
    ValueError
        For a language that there is not.
    """

    def __init__(
        self, scenarios: Sequence[str | Path], lang: str = "en", date: str = "", history: Sequence[str] = ()
    ) -> None:
        super().__init__(lang, date)
        self.history = history
        run = current_run()
        self.entries: list[dict[str, Any]] = [self._entry_from_file(path) for path in scenarios]
        self.entries += [dict(entry) for entry in run.entries] if run is not None else []
        _name_apart(self.entries)

    @cached_property
    def entries_by_severity(self) -> list[dict[str, Any]]:
        """Entries with a verdict, worst first; of like verdicts first what runs out first, then what is fullest."""
        return sorted((entry for entry in self.entries if entry.get("word")), key=_severity_key)

    def title(self) -> Section:
        """Return the head: how many clusters, when, by which rules."""
        params = {"clusters": len(self.entries)}
        title = self.language.render(N_("{clusters} clusters"), params)
        return Section((self.header_part(N_("Fleet report"), title, (self._verdict_counts_sentence(),)),))

    def counts(self) -> Section:
        """Return how many clusters have which verdict."""
        verdict_counts = Counter(entry["word"] for entry in self.entries_by_severity)
        boxes = [
            (
                str(verdict_counts[word.value]),
                self.language.translate(word.value),
                word.value if verdict_counts[word.value] else "",
            )
            for word in (Status.FAILS, Status.TIGHT, Status.FITS, Status.IDLE)
            if verdict_counts[word.value] or word is not Status.IDLE
        ]
        if failed := sum("error" in entry for entry in self.entries):
            boxes.append((str(failed), self.language.translate(N_("no report")), Status.FAILS.value))
        boxes += self._totals()
        return Section((tiles_part(boxes),), {"facts": [[label, value] for value, label, _ in boxes]})

    def _totals(self) -> list[tuple[str, str, str]]:
        """Return what all clusters together have and need."""
        labels = (
            ("nodes", "", N_("nodes in all")),
            ("blocks_needed", "blocks", N_("blocks needed / in the pools")),
            ("addresses_needed", "addresses", N_("addresses needed / in the pools")),
        )
        boxes = []
        for name, available_name, label in labels:
            values = [
                self.language.format_number(sum(int(entry.get(key, 0)) for entry in self.entries_by_severity))
                for key in (name, available_name)
                if key
            ]
            boxes.append(("\u00a0/ ".join(values), self.language.translate(label), ""))
        return boxes

    def clusters(self) -> Section:
        """Return all clusters, worst first, each with its verdict, its numbers and a link."""
        headings = [
            N_("cluster"),
            N_("verdict"),
            N_("why"),
            N_("nodes"),
            N_("blocks used"),
            N_("addresses used"),
            N_("runs out"),
            N_("what to change"),
        ]
        # Only where some cluster has a history is there anything to say of it.
        has_history = any("measured_outlook" in entry for entry in self.entries_by_severity)
        if has_history:
            headings.append(N_("runs out, as measured"))
        rows, cell_classes, links = [], [], {}
        for entry in self.entries_by_severity:
            if entry.get("link"):
                links[self.language.format_number(entry["name"])] = entry["link"]
            measured = (entry.get("measured_outlook"),) if has_history else ()
            rows.append((*self._cluster_row(entry), *measured))
            shares = [f"share share-{_share_step(entry, quantity)}" for quantity in ("blocks", "addresses")]
            cell_classes.append(("", f"{entry['word']} whole", "", "", *shares, *[""] * (len(headings) - 6)))
        title = N_("Clusters, worst first")
        caption = self.language.translate(title)
        clusters_table = self.table("clusters", headings, rows, marks=cell_classes, links=links, caption=caption)
        return self.section(title, clusters_table, *self._parts_without_verdict(), *self._failure_parts())

    def limits(self) -> Section:
        """Return what binds how many clusters that do not fit."""
        failing = [
            entry for entry in self.entries_by_severity if entry["word"] in (Status.FAILS.value, Status.TIGHT.value)
        ]
        limit_counts = Counter(entry["limit"] for entry in failing if entry.get("limit"))
        if not limit_counts:
            return Section(())
        rows = [(self.language.translate(limit), cluster_count) for limit, cluster_count in limit_counts.most_common()]
        return self.section(N_("Binding limits"), self.table("limits", (N_("limit"), N_("clusters")), rows))

    def overlaps(self) -> Section:
        """Return the pools of different clusters that share addresses: fine until the clusters are routed together."""
        pools = sorted(
            (
                (cidr.version, cidr.first, cidr.last, entry["name"], name, str(cidr))
                for entry in self.entries_by_severity
                for name, text in entry.get("pools", ())
                if (cidr := Cidr.parse_or_none(text)) is not None
            ),
            key=itemgetter(slice(3)),
        )
        rows: list[tuple[str, ...]] = []
        open_pools: list[tuple[int, int, int, str, str, str]] = []
        for pool in pools:
            open_pools = [open_pool for open_pool in open_pools if open_pool[0] == pool[0] and open_pool[2] >= pool[1]]
            rows += [(*open_pool[3:], *pool[3:]) for open_pool in open_pools if open_pool[3] != pool[3]][
                : MAX_OVERLAPS - len(rows)
            ]
            open_pools.append(pool)
        if not rows:
            return Section(())
        headings = (N_("cluster"), N_("pool"), N_("CIDR")) * 2
        note = N_("These pools share addresses. That is fine as long as there is no routing between the clusters.")
        return self.section(
            N_("Overlapping pools"), paragraph(self.language.translate(note)), self.table("overlaps", headings, rows)
        )

    def _entry_from_file(self, path: str | Path) -> dict[str, Any]:
        try:
            scenario = read_at_hand(path).scenario
            measured = forecast_scenario(scenario, self.history)
            return summarise_scenario(analyse(scenario), self.lang) | outlook_summary(measured, scenario, self.lang)
        except InputError as error:
            return {"name": Path(path).stem, "error": error.describe(self.lang)}

    def _cluster_row(self, entry: dict[str, Any]) -> tuple[CellValue, ...]:
        language = self.language
        month = entry.get("month")
        runs_out = (
            language.translate("now")
            if month == 0
            else language.render("month {month}", {"month": month})
            if month
            else None
        )
        return (
            entry["name"],
            language.translate(entry["word"]),
            entry["sentence"],
            int(entry["nodes"]) if "nodes" in entry else None,
            _usage_percent(entry, "blocks"),
            _usage_percent(entry, "addresses"),
            runs_out,
            entry["change"] or None,
        )

    def _parts_without_verdict(self) -> list[SectionPart]:
        """List reports of templates that come to no verdict."""
        without_verdict = [entry for entry in self.entries if not entry.get("word") and "error" not in entry]
        if not without_verdict:
            return []
        rows = [(entry["name"],) for entry in without_verdict]
        links = {
            self.language.format_number(entry["name"]): entry["link"] for entry in without_verdict if entry.get("link")
        }
        return [self.table("reports", (N_("report"),), rows, links=links)]

    def _failure_parts(self) -> list[SectionPart]:
        failed = [entry for entry in self.entries if "error" in entry]
        if not failed:
            return []
        rows = [(entry["name"], entry["error"]) for entry in failed]
        note = N_("These inputs could not be read. Fix them and run the same command again.")
        return [
            heading_part(self.language.translate(N_("No report")), 3),
            paragraph(self.language.translate(note)),
            self.table("problems", (N_("cluster"), N_("problem")), rows),
        ]

    def _verdict_counts_sentence(self) -> str:
        verdict_counts = Counter(entry["word"] for entry in self.entries_by_severity)
        params = {word: verdict_counts[word] for word in ("fails", "tight", "fits", "idle")}
        return self.language.render(N_("{fails} fail, {tight} tight, {fits} fit, {idle} idle."), params)


def _severity_key(entry: dict[str, Any]) -> tuple[int, float, float, str]:
    months = [month for month in (entry.get("month"), entry.get("measured_months")) if month is not None]
    fullest_ratio = max(_usage_ratio(entry, "blocks"), _usage_ratio(entry, "addresses"))
    return Status(entry["word"]).rank, min(months, default=float("inf")), -fullest_ratio, entry["name"]


def _name_apart(entries: list[dict[str, Any]]) -> None:
    """Distinguish inputs of one name: by the file of their report, else by their place."""
    counts = Counter(entry["name"] for entry in entries)
    for number, entry in enumerate(entries, 1):
        if counts[entry["name"]] > 1:
            entry["name"] = f"{entry['name']} ({Path(entry['link']).stem if entry.get('link') else number})"


def _share_step(entry: dict[str, Any], quantity: str) -> int:
    """Return how much is used in percent, in steps of five, to be drawn as a bar."""
    return min(100, max(0, round(_usage_ratio(entry, quantity) * 20) * 5))


def _usage_ratio(entry: dict[str, Any], quantity: str) -> float:
    available = int(entry.get(quantity, 0))
    return int(entry[f"{quantity}_needed"]) / available if available else 0.0


def _usage_percent(entry: dict[str, Any], quantity: str) -> str | None:
    available = int(entry.get(quantity, 0))
    return f"{int(entry[f'{quantity}_needed']) * 100 // available}%" if available else None
