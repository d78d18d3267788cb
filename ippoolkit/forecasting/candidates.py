"""The forecasters that compete on a pool's history: lines, drifts and levels over several windows, in two scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, Positions

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
    level: FloatArray
    slope: FloatArray

    def ahead(self, origins: Positions | slice, steps: FloatArray) -> FloatArray:
        """Return the forecast from each origin so many steps on, shape (origins, steps), in its own scale."""
        return np.asarray(self.level[origins, None] + self.slope[origins, None] * steps)


def candidates(adjusted: FloatArray, origins: Positions) -> list[Forecaster]:
    """Return all candidates; the logarithm is looked at where every value is 1 or more.

    Parameters
    ----------
    adjusted
        Shape (n,): the history.
    origins
        Shape (origins,): the last position that each forecast may look at.
    """
    scales = [(False, adjusted)]
    if adjusted.min() >= 1:
        scales.append((True, np.log(adjusted)))
    forecasters = []
    for logarithmic, series in scales:
        sums = _RunningSums.from_series(series)
        forecasters += [
            Forecaster(f"line-{width}", logarithmic, *sums.line(origins, width))
            for width in _windows(LINE_WINDOWS, adjusted.size)
        ]
        forecasters += [
            Forecaster(f"drift-{width}", logarithmic, *sums.drift(origins, width))
            for width in _windows(DRIFT_WINDOWS, adjusted.size)
        ]
        forecasters.append(Forecaster("bend", logarithmic, *_bend(series, origins)))
        if not logarithmic:
            for width in _windows(LEVEL_WINDOWS, adjusted.size):
                mean = sums.mean(origins, width)
                forecasters.append(Forecaster(f"level-{width}", logarithmic, mean, np.zeros(origins.size)))
    return forecasters


def _windows(widths: tuple[int, ...], size: int) -> list[int]:
    """Return the windows worth comparing: those that fit, and the first that takes in all."""
    fit = [width for width in widths if width < 0.8 * size]
    return fit + ([widths[-1]] if len(fit) < len(widths) else [])


@dataclass(frozen=True, slots=True)
class _RunningSums:
    """Running sums of a series, from which a window's mean and line come at once."""

    series: FloatArray
    plain: FloatArray
    timed: FloatArray

    @classmethod
    def from_series(cls, series: FloatArray) -> _RunningSums:
        time = np.arange(series.size)
        return cls(
            series, np.concatenate(([0.0], np.cumsum(series))), np.concatenate(([0.0], np.cumsum(series * time)))
        )

    def mean(self, ends: Positions, width: int) -> FloatArray:
        start = np.maximum(0, ends + 1 - width)
        return np.asarray((self.plain[ends + 1] - self.plain[start]) / (ends + 1 - start))

    def line(self, ends: Positions, width: int) -> tuple[FloatArray, FloatArray]:
        start = np.maximum(0, ends + 1 - width)
        count = (ends + 1 - start).astype(float)
        middle = (start + ends) / 2
        total = self.plain[ends + 1] - self.plain[start]
        timed = self.timed[ends + 1] - self.timed[start] - middle * total
        slope = timed / np.maximum(count * (count**2 - 1) / 12, 1e-9)
        return total / count + slope * (ends - middle), slope

    def drift(self, ends: Positions, width: int) -> tuple[FloatArray, FloatArray]:
        """Return a mean of the last values, and the mean change since the first of the window."""
        start = np.maximum(0, ends + 1 - width)
        points = np.clip((ends + 1 - start) // 4, 1, 3)
        last_mean = (self.plain[ends + 1] - self.plain[ends + 1 - points]) / points
        first_mean = (self.plain[start + points] - self.plain[start]) / points
        return last_mean, (last_mean - first_mean) / np.maximum(ends + 1 - start - points, 1)


def _bend(series: FloatArray, origins: Positions) -> tuple[FloatArray, FloatArray]:
    """Return the end of the best line with one bend; where none is worth it, the plain line's.

    All sums that least squares need come from running sums, for every origin and every knot at once.
    """
    size = series.size
    center = float(series.mean())
    centered, time = series - center, np.arange(size) / size
    knots = np.unique(np.linspace(4, size - LEAST_AFTER, min(40, max(1, size - 12))).astype(np.intp))
    knots = knots[(knots > 0) & (knots < size)]
    plain, once, twice = (
        np.concatenate(([0.0], np.cumsum(terms))) for terms in (centered, centered * time, centered * centered)
    )
    ones, times, squares = (np.concatenate(([0.0], np.cumsum(terms))) for terms in (np.ones(size), time, time**2))
    end = origins[:, None] + 1
    sums_from = np.minimum(knots, end)  # a knot that is not reached yet has nothing after it
    knot = knots / size

    def sums_after_knot(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[end] - sums[sums_from])

    gram = np.empty((origins.size, knots.size, 3, 3))
    gram[..., 0, 0], gram[..., 0, 1], gram[..., 1, 1] = ones[end], times[end], squares[end]
    gram[..., 0, 2] = sums_after_knot(times) - knot * sums_after_knot(ones)
    gram[..., 1, 2] = sums_after_knot(squares) - knot * sums_after_knot(times)
    gram[..., 2, 2] = sums_after_knot(squares) - 2 * knot * sums_after_knot(times) + knot**2 * sums_after_knot(ones)
    for row, column in ((1, 0), (2, 0), (2, 1)):
        gram[..., row, column] = gram[..., column, row]
    moments = np.empty((origins.size, knots.size, 3))
    moments[..., 0], moments[..., 1] = plain[end], once[end]
    moments[..., 2] = sums_after_knot(once) - knot * sums_after_knot(plain)
    total = twice[origins + 1]
    straight = np.linalg.solve(gram[:, 0, :2, :2] + 1e-12 * np.eye(2), moments[:, 0, :2, None])[..., 0]
    errors = total - (straight * moments[:, 0, :2]).sum(axis=1)
    fits = np.linalg.solve(gram + 1e-9 * np.eye(3), moments[..., None])[..., 0]
    residuals = total[:, None] - (fits * moments).sum(axis=2)
    residuals[(knots > origins[:, None] - LEAST_AFTER) | (origins[:, None] < LEAST_BENT)] = np.inf
    best = residuals.argmin(axis=1)
    rows = np.arange(origins.size)
    # The noise may stay a while, so that a bend is worth a good deal more than one parameter.
    has_bend = residuals[rows, best] < errors * (1 - np.minimum(0.5, 20 / (origins + 1)))
    coefficients = fits[rows, best]
    end_time = origins / size
    level = np.where(
        has_bend,
        coefficients[:, 0] + coefficients[:, 1] * end_time + coefficients[:, 2] * (end_time - knot[best]),
        straight[:, 0] + straight[:, 1] * end_time,
    )
    slope = np.where(has_bend, coefficients[:, 1] + coefficients[:, 2], straight[:, 1]) / size
    return level + center, slope
