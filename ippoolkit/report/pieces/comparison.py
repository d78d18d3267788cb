"""What a comparison says of two or more scenarios, side by side: each method is one cell of its notebook."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...capacity import comparison, growth
from ...findings import N_
from ...read.files import load
from ...view.html import boxes_html, comparison_html
from ...view.markdown import plain
from ...write import plain as plain_scenario
from ...write import scenario_yaml
from .page import MOST_ATTACHED, Page
from .piece import Part, Piece, heading, prose, table
from .summary import summarise
from .table import Table, Value

MONTHS_SHOWN = 25
MOST_NAME = 40  # characters of the head of a column
# What exists is compared by number; everything else by value.
_COUNTED = ("nodes", "namespaces", "pods", "blocks")


class Comparison(Page):
    """Scenarios, ready to be shown side by side.

    Parameters
    ----------
    scenarios
        Paths of scenario files, or of anything else that `ippoolkit.load` reads.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    InputError
        Where a file cannot be read.
    ValueError
        For a language that there is not.
    """

    def __init__(self, scenarios: Sequence[str | Path], lang: str = "en", date: str = "") -> None:
        super().__init__(lang, date)
        self.scenarios = [load(path) for path in scenarios]
        times = Counter(scenario.name for scenario in self.scenarios)
        seen: Counter[str] = Counter()
        self.names: list[str] = []
        for scenario in self.scenarios:
            seen[scenario.name] += 1
            several = times[scenario.name] > 1
            self.names.append(f"{scenario.name} ({seen[scenario.name]})" if several else scenario.name)

    @cached_property
    def briefs(self) -> list[str]:
        """The names as columns bear them: the middle of a long one is left out, unless they would be alike then."""
        half = MOST_NAME // 2
        briefs = [name if len(name) <= MOST_NAME else f"{name[:half]}…{name[-half:]}" for name in self.names]
        return briefs if len(set(briefs)) == len(briefs) else self.names

    @cached_property
    def summaries(self) -> list[dict[str, Any]]:
        """Verdict and numbers of each scenario."""
        return [summarise(scenario, self.lang) for scenario in self.scenarios]

    def title(self) -> Piece:
        """Return the head: what is compared, when, by which rules."""
        text = "".join(scenario_yaml(scenario) for scenario in self.scenarios)
        title = " / ".join(self.briefs[:3]) + (" …" if len(self.names) > 3 else "")
        line = self.words.say(N_("{scenarios} scenarios side by side."), {"scenarios": len(self.names)})
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Piece((self.head(N_("Comparison of IP pool designs"), title, (line,), digest),))

    def verdicts(self) -> Piece:
        """Return how each scenario is judged, and what would be enough to mend it."""
        say = self.words.text
        boxes = [
            (self._first(say(one["word"])), name, one["word"])
            for name, one in zip(self.briefs, self.summaries, strict=True)
        ]
        headings = [say(N_("scenario")), say("verdict"), say(N_("what to change"))]
        rows = [
            (name, one["sentence"], one["change"] or None) for name, one in zip(self.names, self.summaries, strict=True)
        ]
        marks = [("", one["word"], "") for one in self.summaries]
        listed = Table.of_rows("verdicts", headings, rows, lang=self.lang, marks=marks, caption=say("verdict"))
        markdown = "\n".join(f"- **{plain(value)}** {plain(label)}" for value, label, _ in boxes)
        return self.section(N_("Verdicts"), Part(boxes_html(boxes), markdown), table(listed))

    def figures(self) -> Piece:
        """Return the numbers that decide, a row each."""
        data = comparison(dict(zip(self.briefs, self.scenarios, strict=True)), lang=self.lang)
        headings = [self.words.text(N_("figure")), *self.names]
        made = Table.of_frame(data, "key figures", lang=self.lang).headed(headings)
        return self.section(N_("Key figures"), table(replace(made, html=comparison_html(data, self.lang))))

    def differences(self) -> Piece:
        """Return every parameter that is not the same in all."""
        flat = [dict(_flat(plain_scenario(scenario))) for scenario in self.scenarios]
        keys = dict.fromkeys(key for one in flat for key in one)
        rows = [[key, *(one.get(key) for one in flat)] for key in keys if len({one.get(key) for one in flat}) > 1]
        if not rows:
            return self.section(N_("Differences"), prose(self.words.text(N_("There are none.")), "ipk-empty"))
        named = self.words.text(N_("parameter"))
        made = Table.of_rows("differences", [named, *self.briefs], rows, lang=self.lang, texts_only=True)
        return self.section(N_("Differences"), table(made.headed([named, *self.names])))

    def growth(self) -> Piece:
        """Return the blocks left in each month."""
        tables = [growth(scenario, lang=self.lang) for scenario in self.scenarios]
        spare: list[dict[int, int]] = []
        for data in tables:
            least: dict[int, int] = {}
            for month, left in zip(data["month"], data["spare_blocks"], strict=True):
                least[int(month)] = min(least.get(int(month), left), left)
            spare.append(least)
        months = sorted({month for one in spare for month in one})
        shown = months if len(months) <= MONTHS_SHOWN else months[:: -(-len(months) // MONTHS_SHOWN)]
        rows = [[month, *(one.get(month) for one in spare)] for month in shown]
        marks = [["", *("fails" if (one.get(month) or 0) < 0 else "" for one in spare)] for month in shown]
        say = self.words.text
        caption = say(N_("Spare blocks, month by month"))
        heads = [say("month"), *self.briefs]
        made = Table.of_rows("growth", heads, rows, lang=self.lang, marks=marks, caption=caption)
        return self.section(N_("Spare blocks, month by month"), table(made.headed([say("month"), *self.names])))

    def appendix(self) -> Piece:
        """Return every parameter of each scenario."""
        parts: list[Part] = []
        for name, scenario in zip(self.names, self.scenarios, strict=True):
            parts.append(heading(name, 3))
            parts += self.parameters(scenario_yaml(scenario), MOST_ATTACHED // len(self.scenarios))
        return self.section(N_("Appendix: every parameter"), *parts)

    def _first(self, text: str) -> str:
        return text[:1].upper() + text[1:]


def _flat(value: object, path: str = "") -> Iterator[tuple[str, Value]]:
    """Yield the parameters of a scenario, each with its path; members of lists go by their names."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            at = f"{path}.{key}" if path else str(key)
            if at.startswith("cluster.") and key in _COUNTED:
                yield at, len(item)
            elif at not in ("name", "description", "version"):
                yield from _flat(item, at)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _flat({k: v for k, v in item.items() if k != "name"}, f"{path}[{item.get('name', 'nodes')}]")
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, value  # type: ignore[misc]
