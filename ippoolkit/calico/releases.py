"""The releases of Calico: how they are named, which is meant, and what each of them does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .differences import DIFFERENCES, Difference

# The last patch of each minor release that is known; the newest is the one whose behaviour the kit has without notice.
LAST_PATCHES: dict[int, int] = {
    21: 6,
    22: 5,
    23: 5,
    24: 6,
    25: 2,
    26: 5,
    27: 5,
    28: 5,
    29: 7,
    30: 7,
    31: 7,
    32: 1,
    33: 0,
}
OLDEST_MINOR = min(LAST_PATCHES)

_VERSION = re.compile(r"v?3\.(\d{1,4})(?:\.(\d{1,4}|x))?(?:[-+][0-9A-Za-z.+-]*)?", re.ASCII)


class UnknownReleaseError(ValueError):
    """A text that names no release of Calico, or one that is too old."""

    def __init__(self, text: str, *, is_too_old: bool = False) -> None:
        super().__init__(text)
        self.is_too_old = is_too_old
        self.code = "release-old" if is_too_old else "release-unknown"
        self.params = {"release": text, "oldest": f"v3.{OLDEST_MINOR}", "newest": str(NEWEST)}


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release of Calico 3, by its minor and patch numbers."""

    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Release:
        """Read a release such as ``v3.29.7`` or ``3.31``, which means its last patch.

        Raises
        ------
        UnknownReleaseError
            Where the text is no version of Calico 3, or one before v3.21.
        """
        match = _VERSION.fullmatch(text.strip())
        if match is None:
            raise UnknownReleaseError(text)
        minor = int(match[1])
        if minor < OLDEST_MINOR:
            raise UnknownReleaseError(text, is_too_old=True)
        if match[2] in (None, "x"):
            return cls(minor, LAST_PATCHES.get(minor, 0))
        return cls(minor, int(match[2]))

    @property
    def is_known(self) -> bool:
        """Whether it is not newer than the newest release that is known; one that is behaves as the newest."""
        return (self.minor, self.patch) <= (NEWEST.minor, 1 << 16)

    def has(self, difference: str) -> bool:
        """Whether this release has a behaviour of the table of differences."""
        return difference in _behaviours(min((self.minor, self.patch), (NEWEST.minor, 1 << 15)))

    def __str__(self) -> str:
        # No patch of the newest release is known: it is named as its line is.
        return f"v3.{self.minor}" if self == NEWEST else f"v3.{self.minor}.{self.patch}"


NEWEST = Release(max(LAST_PATCHES), LAST_PATCHES[max(LAST_PATCHES)])


@cache
def _behaviours(version: tuple[int, int]) -> frozenset[str]:
    return frozenset(difference.id for difference in DIFFERENCES if difference.applies_to(version))


def changes_between(before: Release, after: Release) -> list[tuple[Difference, bool]]:
    """Return the behaviours in which two releases differ, those that matter most first.

    Returns
    -------
    list of tuple
        Each difference with whether the second release has it; the first has it where the second has not.
    """
    changed = [
        (difference, after.has(difference.id))
        for difference in DIFFERENCES
        if before.has(difference.id) != after.has(difference.id)
    ]
    return sorted(changed, key=lambda change: change[0].impact)
