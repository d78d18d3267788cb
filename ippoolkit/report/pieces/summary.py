"""A scenario in one line: what the page that lists many says of each."""

from __future__ import annotations

from typing import Any

from ...capacity.choices import find_choices
from ...capacity.figures import key_figures
from ...capacity.judge import Word
from ...capacity.plan import verdict
from ...findings import language
from ...model import Scenario
from ...view.html import choice_text


def summarise(scenario: Scenario, lang: str) -> dict[str, Any]:
    """Return plain values: the verdict and the numbers behind it; whole numbers as text, for they may be huge."""
    words = language(lang)
    judged = verdict(scenario)
    figures = key_figures(scenario)
    well = judged.word in (Word.FITS, Word.IDLE)
    change = "" if well else next((choice_text(choice, words) for choice in find_choices(scenario)), "")
    made = {
        "name": scenario.name,
        "word": judged.word.value,
        "limit": judged.limit,
        "sentence": judged.finding.sentence(lang),
        "change": change or ("" if well else judged.finding.mend(lang)),
    }
    if figures is None:
        return made
    counts = ("nodes", "pods", "blocks_needed", "blocks", "addresses_needed", "addresses")
    numbers = {name: str(getattr(figures, name)) for name in counts}
    return made | numbers | {"month": figures.first_bad_month, "months": figures.months}
