"""The forecaster: from one history to the days on which it reaches the capacity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .backtest import NONE, Backtest, backtest
from .decompose import decompose
from .mixture import backtest_errors, growth_rate, mix
from .paths import first_passage

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

LEAST_POINTS = 8
# Where the straight lines do not rise, horizons of all lengths count.
NEVER = 1e9


@dataclass(frozen=True, slots=True)
class RegularSeries:
    """A history with one value each so many days: the highest of each day, gaps filled in on a straight line.

    Attributes
    ----------
    last
        Day of the last value, counted from 1970-01-01.
    step
        Days between two values: 1, or more where the history is sparser.
    values
        Shape (n,).
    seen
        Shape (n,): which values were measured.
    """

    last: int
    step: int
    values: Array
    seen: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """When the capacity is reached: a sample of days after the last value (infinite: not within the horizon)."""

    days: Array
    backtest: Backtest
    growth: float


def regular(days: Days, values: Array) -> RegularSeries:
    """Put measurements on a regular grid.

    Parameters
    ----------
    days
        Shape (rows,), ascending, repeated where a day has several values: days since 1970-01-01.
    values
        Shape (rows,).
    """
    single, first, counts = np.unique(days, return_index=True, return_counts=True)
    highest = np.maximum.reduceat(values, first)
    usual = float(np.median(counts))
    # A day that has just begun has not had its peak.
    if usual >= 4 and counts[-1] < usual / 2 and single.size > LEAST_POINTS:
        single, highest = single[:-1], highest[:-1]
    if single.size < 2:
        return RegularSeries(int(single[-1]), 1, highest, np.ones(single.size, dtype=np.bool_))
    step = max(1, round(float(np.median(np.diff(single)))))
    last = int(single[-1])
    count = (last - int(single[0])) // step + 1
    grid = last - step * np.arange(count)[::-1]
    nearest = np.clip(np.searchsorted(single, grid), 0, single.size - 1)
    left = np.clip(nearest - 1, 0, single.size - 1)
    gap = np.minimum(np.abs(single[nearest] - grid), np.abs(single[left] - grid))
    return RegularSeries(last, step, np.interp(grid, single, highest), np.asarray(gap * 2 <= step))


def exhaustion(grid: RegularSeries, capacity: float, days: int, rng: np.random.Generator) -> Exhaustion:
    """Return on which days after the last value the capacity is first reached.

    Parameters
    ----------
    grid
        The history, of `LEAST_POINTS` values or more.
    capacity
        Addresses or blocks.
    days
        How far to look, in days.
    rng
        Source of all chance.
    """
    values, step = grid.values, grid.step
    parts = decompose(values, step, grid.seen)
    errors = backtest_errors(parts)
    slope = float(np.median([model.slope[-1] for model in errors.models if not model.logarithmic]))
    far = (capacity - float(parts.rest[-1])) / slope if slope > 0 else NEVER
    past = backtest(values, parts, errors, far, rng) if values.size > LEAST_POINTS else NONE
    mixture = mix(errors, parts.rest, values.size - 1, float(parts.noise.std()), far)
    reached = first_passage(parts, errors.models, mixture, capacity, -(-days // step), rng=rng, stretch=past.stretch)
    if step > 1:  # some day between two values
        reached = np.ceil((reached - rng.random(reached.size)) * step)
    growth = growth_rate(parts, errors.models, mixture) / step
    return Exhaustion(np.where(reached <= days, reached, np.inf), past, growth)


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the source of chance that belongs to these names, whatever else is forecast."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype=np.uint32).tolist()])
