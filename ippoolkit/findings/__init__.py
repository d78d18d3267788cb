"""What the kit says: findings, the rules behind them, their sources and their words."""

from ..texts import N_, LocalizedText
from .advice import Advice, Purpose
from .codes import RULES, Rule
from .dates import LocalizedDate
from .finding import Finding, Place, Severity, fit_to_release, sort_by_severity
from .language import LANGUAGES, Language, abbreviate_names, format_short_count, get_language, replace_unprintable
from .sources import SOURCES, Source

__all__ = [
    "LANGUAGES",
    "N_",
    "RULES",
    "SOURCES",
    "Advice",
    "Finding",
    "Language",
    "LocalizedDate",
    "LocalizedText",
    "Place",
    "Purpose",
    "Rule",
    "Severity",
    "Source",
    "abbreviate_names",
    "fit_to_release",
    "format_short_count",
    "get_language",
    "replace_unprintable",
    "sort_by_severity",
]
