"""A simulation as a piece of a page."""

from __future__ import annotations

from html import escape

from ..findings import N_, get_language
from ..simulation import Simulation
from .html import remark_html, text_table_html
from .simulation_terminal import INTERRUPTED, NO_FAILURES, shown_tables, text_columns
from .verdict_parts import release_text

_MAX_ROWS = 36  # of a table; the end of a timeline counts


def simulation_html(simulation: Simulation) -> str:
    """Return the end of the timeline, and the first requests that failed."""
    language = get_language("en")
    parts = [f'<p class="ipk-source">{escape(release_text(simulation.cluster.scenario.release, language))}</p>']
    if simulation.interrupted:
        parts.append(f"<p>{escape(language.translate(INTERRUPTED))}</p>")
    for title, table in shown_tables(simulation, language).items():
        parts.append(f"<h3>{escape(title)}</h3>")
        parts.append(text_table_html(text_columns(table.tail(_MAX_ROWS), language), caption=title))
        if (hidden := len(table) - _MAX_ROWS) > 0:
            parts.append(remark_html(language.render(N_("and {count} more"), {"count": hidden})))
    if not simulation.cluster.failures:
        parts.append(f"<p>{escape(language.translate(NO_FAILURES))}</p>")
    return "".join(parts)
