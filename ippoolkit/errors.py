"""The tree of the kit's exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .findings import Finding, Place


class IppoolkitError(Exception):
    """Anything the kit refuses to do, in words that a user understands."""

    def describe(self, lang: str = "en") -> str:  # noqa: ARG002 (for those that speak more than one)
        """Say what is the matter, and what to do, in the reader's language."""
        return str(self)


class InputError(IppoolkitError, ValueError):
    """Input that cannot be used, with every problem in it."""

    def __init__(self, problems: Iterable[Finding]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.describe())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)

    def describe(self, lang: str = "en") -> str:
        """List the problems, one a line, each with its place and what to do."""
        return "\n".join(describe_finding(problem, lang) for problem in self.problems)


def input_error(code: str, place: Place | None = None, /, **params: object) -> InputError:
    """Return the error of input with one problem."""
    return InputError([Finding(code, params=params, place=place)])


class FindingError(IppoolkitError):
    """What one finding says; `finding` says it in any language."""

    def __init__(self, code: str, **params: object) -> None:
        self.finding = Finding(code, params=params)
        super().__init__(self.finding.full_message())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.finding)

    def describe(self, lang: str = "en") -> str:
        """Say what is the matter, and what to do, in the reader's language."""
        return self.finding.full_message(lang)


def _restore(kind: type[FindingError], finding: Finding) -> FindingError:
    """Return an error that came from another process."""
    return kind(finding.code, **finding.params)


class ReportError(FindingError):
    """A report that could not be made."""


def describe_finding(finding: Finding, lang: str = "en") -> str:
    """Put a finding on one line: place or subject, message, remedy."""
    return ": ".join(filter(None, (finding.location(lang), finding.full_message(lang))))
