"""What is said of many clusters on one page, worst first: each method is one cell of its notebook."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ...capacity.judge import Word
from ...errors import InputError
from ...findings import N_
from ...read.files import load
from ...view.html import boxes_html
from ...view.markdown import plain
from ..mime import ENTRIES
from .page import Page
from .piece import Part, Piece, heading, prose, table
from .summary import summarise
from .table import Table, Value


class Fleet(Page):
    """Many clusters, ready to be listed.

    Parameters
    ----------
    scenarios
        Paths of scenario files or of anything else that `ippoolkit.load` reads, or one JSON file that says what became
        of each report of a batch.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    ValueError
        For a language that there is not.
    """

    def __init__(self, scenarios: Sequence[str | Path], lang: str = "en", date: str = "") -> None:
        super().__init__(lang, date)
        self.entries: list[dict[str, Any]] = []
        for path in scenarios:
            self.entries += _told(Path(path)) or [self._entry(path)]

    @cached_property
    def judged(self) -> list[dict[str, Any]]:
        """Entries with a verdict, worst first; of like verdicts first what runs out first, then what is fullest."""
        return sorted((entry for entry in self.entries if entry.get("word")), key=_gravity)

    def title(self) -> Piece:
        """Return the head: how many clusters, when, by which rules."""
        numbers = {"clusters": len(self.entries)}
        title = self.words.say(N_("{clusters} clusters"), numbers)
        return Piece((self.head(N_("Fleet report"), title, (self._sentence(),)),))

    def counts(self) -> Piece:
        """Return how many clusters have which verdict."""
        count = Counter(entry["word"] for entry in self.judged)
        boxes = [
            (str(count[word.value]), self.words.text(word.value), word.value if count[word.value] else "")
            for word in (Word.FAILS, Word.TIGHT, Word.FITS, Word.IDLE)
            if count[word.value] or word is not Word.IDLE
        ]
        if failed := sum("error" in entry for entry in self.entries):
            boxes.append((str(failed), self.words.text(N_("without a report")), Word.FAILS.value))
        markdown = "\n".join(f"- **{value}** {plain(label)}" for value, label, _ in boxes)
        return Piece((Part(boxes_html(boxes), markdown),))

    def clusters(self) -> Piece:
        """Return all clusters, worst first, each with its verdict, its numbers and a link."""
        say = self.words.text
        heads = [say(N_("cluster")), say("verdict"), say(N_("why")), say("nodes"), say(N_("blocks used")),
                 say(N_("addresses used")), say(N_("runs out")), say(N_("what to change"))]  # fmt: skip
        rows, marks, links = [], [], {}
        for entry in self.judged:
            if entry.get("link"):
                links[self.words.number(entry["name"])] = entry["link"]
            rows.append(self._row(entry))
            marks.append(("", f"{entry['word']} whole", "", "", "", "", "", ""))
        caption = say(N_("Clusters, worst first"))
        made = Table.of_rows("clusters", heads, rows, lang=self.lang, marks=marks, links=links, caption=caption)
        return self.section(N_("Clusters, worst first"), table(made), *self._others(), *self._failures())

    def limits(self) -> Piece:
        """Return what binds how many clusters that do not fit."""
        bad = [entry for entry in self.judged if entry["word"] in (Word.FAILS.value, Word.TIGHT.value)]
        count = Counter(entry["limit"] for entry in bad if entry.get("limit"))
        if not count:
            return Piece(())
        rows = [(self.words.text(limit), number) for limit, number in count.most_common()]
        headings = [self.words.text("limit"), self.words.text(N_("clusters"))]
        made = Table.of_rows("limits", headings, rows, lang=self.lang)
        return self.section(N_("What binds"), table(made))

    def _entry(self, path: str | Path) -> dict[str, Any]:
        try:
            return summarise(load(path), self.lang)
        except InputError as error:
            return {"name": Path(path).stem, "error": error.describe(self.lang)}

    def _row(self, entry: dict[str, Any]) -> tuple[Value, ...]:
        words = self.words
        month = entry.get("month")
        when = words.text("now") if month == 0 else words.say("month {month}", {"month": month}) if month else None
        return (
            entry["name"],
            words.text(entry["word"]),
            entry["sentence"],
            int(entry["nodes"]) if "nodes" in entry else None,
            _share(entry, "blocks"),
            _share(entry, "addresses"),
            when,
            entry["change"] or None,
        )

    def _others(self) -> list[Part]:
        """List reports of templates that come to no verdict."""
        others = [entry for entry in self.entries if not entry.get("word") and "error" not in entry]
        if not others:
            return []
        names = [(entry["name"],) for entry in others]
        links = {self.words.number(entry["name"]): entry["link"] for entry in others if entry.get("link")}
        made = Table.of_rows("reports", [self.words.text(N_("report"))], names, lang=self.lang, links=links)
        return [table(made)]

    def _failures(self) -> list[Part]:
        failed = [entry for entry in self.entries if "error" in entry]
        if not failed:
            return []
        title = self.words.text(N_("Without a report"))
        headings = [self.words.text(N_("cluster")), self.words.text(N_("problem"))]
        rows = [(entry["name"], entry["error"]) for entry in failed]
        note = prose(self.words.text(N_("These inputs could not be used; mend them and run the same command again.")))
        return [heading(title, 3), note, table(Table.of_rows("problems", headings, rows, lang=self.lang))]

    def _sentence(self) -> str:
        count = Counter(entry["word"] for entry in self.judged)
        numbers = {"fails": count["fails"], "tight": count["tight"], "fits": count["fits"]}
        return self.words.say(N_("{fails} fail, {tight} tight, {fits} fit."), numbers)


def _told(path: Path) -> list[dict[str, Any]]:
    """Read what became of a batch's reports; nothing for any other file."""
    if path.suffix != ".json":
        return []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return list(data[ENTRIES]) if isinstance(data, dict) and ENTRIES in data else []


def _gravity(entry: dict[str, Any]) -> tuple[int, float, float, str]:
    month = entry.get("month")
    full = max(_ratio(entry, "blocks"), _ratio(entry, "addresses"))
    return Word(entry["word"]).rank, float("inf") if month is None else month, -full, entry["name"]


def _ratio(entry: dict[str, Any], what: str) -> float:
    there = int(entry.get(what, 0))
    return int(entry[f"{what}_needed"]) / there if there else 0.0


def _share(entry: dict[str, Any], what: str) -> str | None:
    there = int(entry.get(what, 0))
    return f"{int(entry[f'{what}_needed']) * 100 // there}%" if there else None
