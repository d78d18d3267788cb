"""What is said of many clusters on one page, worst first: each method is one cell of its notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import floor
from operator import itemgetter
from pathlib import Path
from typing import Any

from ...analysis import analyse
from ...capacity.verdict import Status
from ...cidr import Cidr
from ...errors import InputError
from ...findings import N_
from ...view.growth import month_text
from ..run_context import current_run, read_at_hand
from .base_report import BaseReport
from .history_outlook import forecast_scenario, outlook_summary
from .report_table import CellValue
from .scenario_summary import summarise_scenario
from .section import Section, SectionPart, heading_part, tiles_part

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
        _distinguish_names(self.entries)

    @cached_property
    def entries_by_severity(self) -> list[dict[str, Any]]:
        """Entries with a verdict, worst first; of like verdicts first what runs out first, then what is fullest."""
        return sorted((entry for entry in self.entries if entry.get("word")), key=_severity_key)

    def title(self) -> Section:
        """Return the head: how many clusters, when, by which rules."""
        params = {"clusters": len(self.entries)}
        title = self.language.render(N_("{clusters} clusters"), params)
        verdict_counts = self._verdict_counts()
        counts = {word.value: verdict_counts[word.value] for word in Status}
        line = self.language.render(N_("{fails} fail, {tight} tight, {fits} fit, {idle} idle."), counts)
        return Section((self.header_part(N_("Fleet report"), title, (line,)),))

    def counts(self) -> Section:
        """Return how many clusters have which verdict."""
        verdict_counts = self._verdict_counts()
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
        rows, cell_classes = [], []
        for entry in self.entries_by_severity:
            measured = (entry.get("measured_outlook"),) if has_history else ()
            rows.append((*self._cluster_row(entry), *measured))
            shares = [f"share share-{_share_step(_usage(entry, quantity))}" for quantity in ("blocks", "addresses")]
            cell_classes.append(("", f"{entry['word']} whole", "", "", *shares, *[""] * (len(headings) - 6)))
        title = N_("Clusters, worst first")
        caption = self.language.translate(title)
        clusters_table = self.table(
            "clusters", headings, rows, marks=cell_classes, links=self._links(self.entries), caption=caption
        )
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
        return self.section(N_("Overlapping pools"), self.sentence(note), self.table("overlaps", headings, rows))

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
        return (
            entry["name"],
            language.translate(entry["word"]),
            entry["sentence"],
            int(entry["nodes"]) if "nodes" in entry else None,
            *(
                None if usage is None else f"{floor(100 * usage)}%"
                for usage in (_usage(entry, "blocks"), _usage(entry, "addresses"))
            ),
            None if month is None else month_text(month, language),
            entry["change"] or None,
        )

    def _parts_without_verdict(self) -> list[SectionPart]:
        """List reports of templates that come to no verdict."""
        without_verdict = [entry for entry in self.entries if not entry.get("word") and "error" not in entry]
        if not without_verdict:
            return []
        rows = [(entry["name"],) for entry in without_verdict]
        return [self.table("reports", (N_("report"),), rows, links=self._links(without_verdict))]

    def _links(self, entries: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Return where the names of entries lead, as they are shown."""
        return {self.language.format_text(entry["name"]): entry["link"] for entry in entries if entry.get("link")}

    def _failure_parts(self) -> list[SectionPart]:
        failed = [entry for entry in self.entries if "error" in entry]
        if not failed:
            return []
        rows = [(entry["name"], entry["error"]) for entry in failed]
        note = N_("These inputs could not be read. Fix them and run the same command again.")
        return [
            heading_part(self.language.translate(N_("No report")), 3),
            self.sentence(note),
            self.table("problems", (N_("cluster"), N_("problem")), rows),
        ]

    def _verdict_counts(self) -> Counter[str]:
        return Counter(entry["word"] for entry in self.entries_by_severity)


def _severity_key(entry: dict[str, Any]) -> tuple[int, float, Fraction | int, str]:
    months = [month for month in (entry.get("month"), entry.get("measured_months")) if month is not None]
    fullest = max(_usage(entry, "blocks") or 0, _usage(entry, "addresses") or 0)
    return Status(entry["word"]).rank, min(months, default=float("inf")), -fullest, entry["name"]


def _distinguish_names(entries: list[dict[str, Any]]) -> None:
    """Distinguish inputs of one name: by the file of their report, else by their place."""
    counts = Counter(entry["name"] for entry in entries)
    for number, entry in enumerate(entries, 1):
        if counts[entry["name"]] > 1:
            entry["name"] = f"{entry['name']} ({Path(entry['link']).stem if entry.get('link') else number})"


def _share_step(usage: Fraction | None) -> int:
    """Return how much is used in percent, in steps of five, to be drawn as a bar."""
    return min(100, max(0, round((usage or 0) * 20) * 5))


def _usage(entry: dict[str, Any], quantity: str) -> Fraction | None:
    """Return the share of blocks or addresses that is needed; None where that is unknown, or there are none."""
    available = int(entry.get(quantity, 0))
    return (
        Fraction(int(entry[f"{quantity}_needed"]), available) if available and f"{quantity}_needed" in entry else None
    )
