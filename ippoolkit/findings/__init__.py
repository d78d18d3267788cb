"""What the kit says: findings, the rules behind them, their sources and their words."""

from ..texts import N_, Words
from .codes import RULES, Rule
from .finding import Finding, Place, Severity, by_gravity
from .language import LANGUAGES, Language, language, printable, short
from .sources import SOURCES, Source

__all__ = [
    "LANGUAGES",
    "N_",
    "RULES",
    "SOURCES",
    "Finding",
    "Language",
    "Place",
    "Rule",
    "Severity",
    "Source",
    "Words",
    "by_gravity",
    "language",
    "printable",
    "short",
]
