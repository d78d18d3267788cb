"""The forecasters that compete on a pool's history: lines, drifts and levels over several windows, in two scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

LINE_WINDOWS = (10, 20, 40, 80, 160, 400)
DRIFT_WINDOWS = (20, 60, 120, 400)
LEVEL_WINDOWS = (5, 30, 400)
# A bend leaves at least so many values after it.
LEAST_AFTER = 8
LEAST_BENT = 20


@dataclass(frozen=True, slots=True)
class Forecaster:
    """A forecaster: its name, and the line it draws from each origin.

    Attributes
    ----------
    name
        What kind it is and over how many values it looks.
    logarithmic
        Whether level and slope are those of the logarithm.
    level, slope
        Shape (origins,): the value at the origin, the change a step.
    """

    name: str
    logarithmic: bool
    level: Array
    slope: Array

    def ahead(self, origins: Positions | slice, steps: Array) -> Array:
        """Return the forecast from each origin so many steps on, shape (origins, steps), in its own scale."""
        return np.asarray(self.level[origins, None] + self.slope[origins, None] * steps)


def candidates(rest: Array, origins: Positions) -> list[Forecaster]:
    """Return all candidates; the logarithm is looked at where every value is 1 or more.

    Parameters
    ----------
    rest
        Shape (n,): the history.
    origins
        Shape (origins,): the last position that each forecast may look at.
    """
    scales = [(False, rest)]
    if rest.min() >= 1:
        scales.append((True, np.log(rest)))
    result = []
    for logarithmic, series in scales:
        sums = _Sums.of(series)
        result += [
            Forecaster(f"line-{width}", logarithmic, *sums.line(origins, width))
            for width in _windows(LINE_WINDOWS, rest.size)
        ]
        result += [
            Forecaster(f"drift-{width}", logarithmic, *sums.drift(origins, width))
            for width in _windows(DRIFT_WINDOWS, rest.size)
        ]
        result.append(Forecaster("bend", logarithmic, *_bend(series, origins)))
        if not logarithmic:
            for width in _windows(LEVEL_WINDOWS, rest.size):
                mean = sums.mean(origins, width)
                result.append(Forecaster(f"level-{width}", logarithmic, mean, np.zeros(origins.size)))
    return result


def _windows(widths: tuple[int, ...], size: int) -> list[int]:
    """Return the windows worth comparing: those that fit, and the first that takes in all."""
    fit = [width for width in widths if width < 0.8 * size]
    return fit + ([widths[-1]] if len(fit) < len(widths) else [])


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums of a series, from which a window's mean and line come at once."""

    series: Array
    plain: Array
    timed: Array

    @classmethod
    def of(cls, series: Array) -> _Sums:
        time = np.arange(series.size)
        return cls(
            series, np.concatenate(([0.0], np.cumsum(series))), np.concatenate(([0.0], np.cumsum(series * time)))
        )

    def mean(self, ends: Positions, width: int) -> Array:
        start = np.maximum(0, ends + 1 - width)
        return np.asarray((self.plain[ends + 1] - self.plain[start]) / (ends + 1 - start))

    def line(self, ends: Positions, width: int) -> tuple[Array, Array]:
        start = np.maximum(0, ends + 1 - width)
        count = (ends + 1 - start).astype(float)
        middle = (start + ends) / 2
        total = self.plain[ends + 1] - self.plain[start]
        timed = self.timed[ends + 1] - self.timed[start] - middle * total
        slope = timed / np.maximum(count * (count**2 - 1) / 12, 1e-9)
        return total / count + slope * (ends - middle), slope

    def drift(self, ends: Positions, width: int) -> tuple[Array, Array]:
        """Return a mean of the last values, and the mean change since the first of the window."""
        start = np.maximum(0, ends + 1 - width)
        few = np.clip((ends + 1 - start) // 4, 1, 3)
        last = (self.plain[ends + 1] - self.plain[ends + 1 - few]) / few
        first = (self.plain[start + few] - self.plain[start]) / few
        return last, (last - first) / np.maximum(ends + 1 - start - few, 1)


def _bend(series: Array, origins: Positions) -> tuple[Array, Array]:
    """Return the end of the best line with one bend; where none is worth it, the plain line's.

    All sums that least squares need come from running sums, for every origin and every knot at once.
    """
    size = series.size
    center = float(series.mean())
    y, time = series - center, np.arange(size) / size
    knots = np.unique(np.linspace(4, size - LEAST_AFTER, min(40, max(1, size - 12))).astype(np.intp))
    knots = knots[(knots > 0) & (knots < size)]
    plain, once, twice = (np.concatenate(([0.0], np.cumsum(part))) for part in (y, y * time, y * y))
    ones, times, squares = (np.concatenate(([0.0], np.cumsum(part))) for part in (np.ones(size), time, time**2))
    end = origins[:, None] + 1
    after = np.minimum(knots, end)  # a knot that is not reached yet has nothing after it
    knot = knots / size

    def since(sums: Array) -> Array:
        return np.asarray(sums[end] - sums[after])

    gram = np.empty((origins.size, knots.size, 3, 3))
    gram[..., 0, 0], gram[..., 0, 1], gram[..., 1, 1] = ones[end], times[end], squares[end]
    gram[..., 0, 2] = since(times) - knot * since(ones)
    gram[..., 1, 2] = since(squares) - knot * since(times)
    gram[..., 2, 2] = since(squares) - 2 * knot * since(times) + knot**2 * since(ones)
    for row, column in ((1, 0), (2, 0), (2, 1)):
        gram[..., row, column] = gram[..., column, row]
    right = np.empty((origins.size, knots.size, 3))
    right[..., 0], right[..., 1] = plain[end], once[end]
    right[..., 2] = since(once) - knot * since(plain)
    total = twice[origins + 1]
    straight = np.linalg.solve(gram[:, 0, :2, :2] + 1e-12 * np.eye(2), right[:, 0, :2, None])[..., 0]
    errors = total - (straight * right[:, 0, :2]).sum(axis=1)
    fits = np.linalg.solve(gram + 1e-9 * np.eye(3), right[..., None])[..., 0]
    left = total[:, None] - (fits * right).sum(axis=2)
    left[(knots > origins[:, None] - LEAST_AFTER) | (origins[:, None] < LEAST_BENT)] = np.inf
    best = left.argmin(axis=1)
    rows = np.arange(origins.size)
    # The noise may stay a while, so that a bend is worth a good deal more than one parameter.
    bent = left[rows, best] < errors * (1 - np.minimum(0.5, 20 / (origins + 1)))
    three = fits[rows, best]
    now = origins / size
    level = np.where(
        bent,
        three[:, 0] + three[:, 1] * now + three[:, 2] * (now - knot[best]),
        straight[:, 0] + straight[:, 1] * now,
    )
    slope = np.where(bent, three[:, 1] + three[:, 2], straight[:, 1]) / size
    return level + center, slope
