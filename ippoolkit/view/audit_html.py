"""Pieces of a page on an audit: the whole in a sentence, key figures."""

from __future__ import annotations

from ..audit import Audit
from ..findings import N_, Severity, get_language
from .audit_parts import audit_verdict, format_metric, unchecked_message, worst_finding
from .html import render_template
from .verdict_parts import release_text

STATUS_CLASSES = {Severity.ERROR: "fails", Severity.WARNING: "tight", Severity.INFO: "fits", Severity.OK: "fits"}
_SEVERITY_LABELS = {
    Severity.ERROR: N_("Errors found"),
    Severity.WARNING: N_("Warnings found"),
    Severity.INFO: N_("No problem found"),
    Severity.OK: N_("No problem found"),
}
_KEY_FIGURES = (
    ("allocations", N_("addresses in use"), False),
    ("blocks", N_("blocks"), False),
    ("leaked", N_("leaked addresses"), True),
    ("borrowed", N_("borrowed"), True),
    ("pods_without_ip", N_("pods without address"), True),
    ("ips_with_several_owners", N_("used twice"), True),
)


def audit_summary_html(audit: Audit, lang: str = "en") -> str:
    """Return the whole in a sentence, and the first finding as the one to see to."""
    language = get_language(lang)
    worst_severity, sentence = audit_verdict(audit, lang)
    first_problem = worst_finding(audit)
    return render_template(
        "audit_verdict",
        status=STATUS_CLASSES[worst_severity],
        label=audit_label(audit, lang),
        sentence=sentence,
        finding=first_problem,
        parts=first_problem.remedy_parts(lang) if first_problem else (),
        unchecked=unchecked_message(audit, lang),
        source_label=language.translate(N_("Source:")),
        release=release_text(audit.scenario.release, language),
        lang=lang,
    )


def audit_label(audit: Audit, lang: str = "en") -> str:
    """Return the whole in a word."""
    language = get_language(lang)
    is_partial = audit.skipped_checks and worst_finding(audit) is None
    label_text = (
        N_("No problem found in what was read") if is_partial else _SEVERITY_LABELS[audit_verdict(audit, lang)[0]]
    )
    return language.render(N_("{word}."), {"word": language.translate(label_text)})


def audit_tiles(audit: Audit, lang: str = "en") -> list[tuple[str, str, str]]:
    """Return the key figures that are known as texts: value, what it is, and ``fails`` where it is bad."""
    language = get_language(lang)
    tile_texts = []
    for name, caption, is_problem in _KEY_FIGURES:
        value = audit.metrics.totals.get(name)
        count = len(value) if isinstance(value, list) else value
        if count is not None:
            css_class = "fails" if is_problem and count else ""
            tile_texts.append((format_metric(count, language), language.translate(caption), css_class))
    return tile_texts
