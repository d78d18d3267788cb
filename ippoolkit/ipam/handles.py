"""The handles that hold addresses: their numbers by name, their names by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


class HandleRegistry:
    """Names in the order of their numbers; those of a whole row of pods are made when a name is first asked for."""

    __slots__ = ("_names", "_numbers", "_series")

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._series = ("", 0)  # pods behind those in `_names`: what their names begin with, and how many
        self.add(names)

    def __len__(self) -> int:
        return len(self._names) + self._series[1]

    def __iter__(self) -> Iterator[str]:
        self._materialize_series()
        return iter(self._names)

    def get(self, name: str) -> int:
        """Return the number of a handle; -1 for one that nobody knows."""
        self._materialize_series()
        return self._numbers.get(name, -1)

    def name_of(self, number: int) -> str:
        """Return the name of a handle."""
        self._materialize_series()
        return self._names[number]

    def add(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of many handles, new ones if need be."""
        self._materialize_series()
        first = len(self._names)
        self._names += [name for name in dict.fromkeys(names) if name not in self._numbers]
        self._numbers.update(zip(self._names[first:], range(first, len(self._names)), strict=True))
        return np.fromiter(map(self._numbers.__getitem__, names), np.int64, len(names))

    def add_series(self, prefix: str, count: int) -> NDArray[np.int64]:
        """Return the numbers of so many handles, named by a stem and a number from 1 on."""
        self._materialize_series()
        if any(name.startswith(prefix) for name in self._names):
            return self.add(_series_names(prefix, count))
        self._series = prefix, count
        return np.arange(len(self._names), len(self), dtype=np.int64)

    def _materialize_series(self) -> None:
        prefix, count = self._series
        if count:
            self._series = "", 0
            self.add(_series_names(prefix, count))


def _series_names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number + 1:06d}" for number in range(count)]
