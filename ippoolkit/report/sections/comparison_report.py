"""What a comparison says of two or more scenarios, side by side: each method is one cell of its notebook."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...analysis import analyse, compare
from ...figures.style import shorten_middle
from ...findings import N_
from ...view.html import comparison_html
from ...write import scenario_to_dict, scenario_to_yaml
from ..run_context import read_at_hand
from .base_report import MAX_ATTACHED_BYTES, BaseReport
from .report_table import CellValue, ReportTable
from .scenario_summary import summarise_scenario
from .section import Section, SectionPart, heading_part, table_part, tiles_part

MONTHS_SHOWN = 25
MAX_HEADING_NAME = 40  # characters of the head of a column
# What exists is compared by number; everything else by value.
_COMPARED_BY_COUNT = ("nodes", "namespaces", "pods", "blocks")


class ComparisonReport(BaseReport):
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
        self.scenarios = [read_at_hand(path).scenario for path in scenarios]
        self.analyses = [analyse(scenario) for scenario in self.scenarios]
        name_counts = Counter(scenario.name for scenario in self.scenarios)
        name_numbers: Counter[str] = Counter()
        self.names: list[str] = []
        for scenario in self.scenarios:
            name_numbers[scenario.name] += 1
            is_ambiguous = name_counts[scenario.name] > 1
            self.names.append(f"{scenario.name} ({name_numbers[scenario.name]})" if is_ambiguous else scenario.name)

    @cached_property
    def short_names(self) -> list[str]:
        """The names as columns bear them: the middle of a long one is left out, unless they would be alike then."""
        shortened = [shorten_middle(name, MAX_HEADING_NAME) for name in self.names]
        return shortened if len(set(shortened)) == len(shortened) else self.names

    @cached_property
    def summaries(self) -> list[dict[str, Any]]:
        """Verdict and numbers of each scenario."""
        return [summarise_scenario(analysis, self.lang) for analysis in self.analyses]

    def title(self) -> Section:
        """Return the head: what is compared, when, by which rules."""
        text = "".join(scenario_to_yaml(scenario) for scenario in self.scenarios)
        title = " / ".join(self.short_names[:3]) + (" …" if len(self.names) > 3 else "")
        line = self.language.render(N_("{scenarios} scenarios side by side."), {"scenarios": len(self.names)})
        digest = hashlib.sha256(text.encode()).hexdigest()
        releases = ", ".join(map(str, sorted({scenario.release for scenario in self.scenarios})))
        head = self.header_part(N_("Comparison of IP pool designs"), title, (line,), digest, release=releases)
        facts = [
            [name, analysis.verdict.finding.message(self.lang)]
            for name, analysis in zip(self.names, self.analyses, strict=True)
        ]
        return Section((head,), {"release": releases, "facts": facts})

    def verdicts(self) -> Section:
        """Return how each scenario is judged, and what would be enough to fix it."""
        translate = self.language.translate
        boxes = [
            (translate(scenario_summary["word"]).capitalize(), name, scenario_summary["word"])
            for name, scenario_summary in zip(self.short_names, self.summaries, strict=True)
        ]
        headings = (N_("scenario"), N_("verdict"), N_("what to change"))
        rows = [
            (name, scenario_summary["sentence"], scenario_summary["change"] or None)
            for name, scenario_summary in zip(self.names, self.summaries, strict=True)
        ]
        cell_classes = [("", scenario_summary["word"], "") for scenario_summary in self.summaries]
        verdicts_table = self.table("verdicts", headings, rows, marks=cell_classes, caption=translate("verdict"))
        return self.section(N_("Verdicts"), tiles_part(boxes), verdicts_table)

    def figures(self) -> Section:
        """Return the numbers that decide, a row each."""
        data = compare(dict(zip(self.short_names, self.analyses, strict=True)), lang=self.lang)
        headings = [self.language.translate(N_("metric")), *self.names]
        key_figures_table = ReportTable.from_dataframe(data, "key figures", lang=self.lang).with_headings(headings)
        return self.section(
            N_("Key figures"), table_part(replace(key_figures_table, html=comparison_html(data, self.lang)))
        )

    def differences(self) -> Section:
        """Return every parameter that is not the same in all."""
        flat_scenarios = [dict(_flatten(scenario_to_dict(scenario))) for scenario in self.scenarios]
        keys = dict.fromkeys(key for flat_scenario in flat_scenarios for key in flat_scenario)
        rows = [
            [key, *(flat_scenario.get(key) for flat_scenario in flat_scenarios)]
            for key in keys
            if len({flat_scenario.get(key) for flat_scenario in flat_scenarios}) > 1
        ]
        if not rows:
            return self.section(N_("Differences"), self.remark(N_("No differences.")))
        parameter_heading = self.language.translate(N_("parameter"))
        differences_table = ReportTable.from_rows(
            "differences", [parameter_heading, *self.short_names], rows, lang=self.lang, texts_only=True
        )
        return self.section(
            N_("Differences"), table_part(differences_table.with_headings([parameter_heading, *self.names]))
        )

    def growth(self) -> Section:
        """Return the blocks left in each month."""
        tables = [analysis.growth(lang=self.lang) for analysis in self.analyses]
        # The version with the fewest counts.
        spare_by_month: list[dict[Any, Any]] = [
            table.groupby("month")["spare_blocks"].min().to_dict() for table in tables
        ]
        months = sorted({month for scenario_spare in spare_by_month for month in scenario_spare})
        shown_months = months if len(months) <= MONTHS_SHOWN else months[:: -(-len(months) // MONTHS_SHOWN)]
        rows = [[month, *(scenario_spare.get(month) for scenario_spare in spare_by_month)] for month in shown_months]
        cell_classes = [
            ["", *("fails" if (scenario_spare.get(month) or 0) < 0 else "" for scenario_spare in spare_by_month)]
            for month in shown_months
        ]
        translate = self.language.translate
        caption = translate(N_("Spare blocks, month by month"))
        headings = [translate("month"), *self.short_names]
        growth_table = ReportTable.from_rows(
            "growth", headings, rows, lang=self.lang, marks=cell_classes, caption=caption
        )
        return self.section(
            N_("Spare blocks, month by month"),
            table_part(growth_table.with_headings([translate("month"), *self.names])),
        )

    def appendix(self) -> Section:
        """Return every parameter of each scenario."""
        parts: list[SectionPart] = []
        for name, scenario in zip(self.names, self.scenarios, strict=True):
            parts.append(heading_part(name, 3))
            parts += self.scenario_parts(scenario, MAX_ATTACHED_BYTES // len(self.scenarios))
        return self.section(N_("Appendix: every parameter"), *parts)


def _flatten(value: Any, path: str = "") -> Iterator[tuple[str, CellValue]]:
    """Yield the parameters of a scenario, each with its path; members of lists go by their names."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            item_path = f"{path}.{key}" if path else str(key)
            if item_path.startswith("cluster.") and key in _COMPARED_BY_COUNT:
                yield item_path, len(item)
            elif item_path not in ("name", "description", "version"):
                yield from _flatten(item, item_path)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _flatten({k: v for k, v in item.items() if k != "name"}, f"{path}[{item.get('name', 'nodes')}]")
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, value
