"""The forecaster: from one history to the days on which it reaches the capacity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray
from .backtest import NO_BACKTEST, Backtest, backtest
from .decompose import decompose
from .mixture import backtest_errors, growth_rate, mix
from .paths import first_passage

Days = npt.NDArray[np.int64]

LEAST_POINTS = 8
# Where the straight lines do not rise, horizons of all lengths count.
NEVER = 1e9


@dataclass(frozen=True, slots=True)
class RegularSeries:
    """A history with one value each so many days: the highest of each day, gaps filled in on a straight line.

    Attributes
    ----------
    last_day
        Day of the last value, counted from 1970-01-01.
    step
        Days between two values: 1, or more where the history is sparser.
    values
        Shape (n,).
    measured
        Shape (n,): which values were measured.
    """

    last_day: int
    step: int
    values: FloatArray
    measured: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """When the capacity is reached: a sample of days after the last value (infinite: not within the horizon)."""

    days: FloatArray
    backtest: Backtest
    growth: float


def to_regular_series(days: Days, values: FloatArray) -> RegularSeries:
    """Put measurements on a regular grid.

    Parameters
    ----------
    days
        Shape (rows,), ascending, repeated where a day has several values: days since 1970-01-01.
    values
        Shape (rows,).
    """
    measured_days, starts, counts = np.unique(days, return_index=True, return_counts=True)
    highest = np.maximum.reduceat(values, starts)
    usual_count = float(np.median(counts))
    # A day that has just begun has not had its peak.
    if usual_count >= 4 and counts[-1] < usual_count / 2 and measured_days.size > LEAST_POINTS:
        measured_days, highest = measured_days[:-1], highest[:-1]
    if measured_days.size < 2:
        return RegularSeries(int(measured_days[-1]), 1, highest, np.ones(measured_days.size, dtype=np.bool_))
    step = max(1, round(float(np.median(np.diff(measured_days)))))
    last_day = int(measured_days[-1])
    count = (last_day - int(measured_days[0])) // step + 1
    grid = last_day - step * np.arange(count)[::-1]
    nearest = np.clip(np.searchsorted(measured_days, grid), 0, measured_days.size - 1)
    previous = np.clip(nearest - 1, 0, measured_days.size - 1)
    gap = np.minimum(np.abs(measured_days[nearest] - grid), np.abs(measured_days[previous] - grid))
    return RegularSeries(last_day, step, np.interp(grid, measured_days, highest), np.asarray(gap * 2 <= step))


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
    decomposition = decompose(values, step, grid.measured)
    errors = backtest_errors(decomposition)
    slope = float(np.median([model.slope[-1] for model in errors.models if not model.logarithmic]))
    steps_to_capacity = (capacity - float(decomposition.adjusted[-1])) / slope if slope > 0 else NEVER
    past_forecasts = (
        backtest(values, decomposition, errors, steps_to_capacity, rng) if values.size > LEAST_POINTS else NO_BACKTEST
    )
    mixture = mix(errors, decomposition.adjusted, values.size - 1, float(decomposition.noise.std()), steps_to_capacity)
    reached = first_passage(
        decomposition, errors.models, mixture, capacity, -(-days // step), rng=rng, stretch=past_forecasts.stretch
    )
    if step > 1:  # some day between two values
        reached = np.ceil((reached - rng.random(reached.size)) * step)
    growth = growth_rate(decomposition, errors.models, mixture) / step
    return Exhaustion(np.where(reached <= days, reached, np.inf), past_forecasts, growth)


def random_generator(seed: int, *names: str) -> np.random.Generator:
    """Return the source of chance that belongs to these names, whatever else is forecast."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype=np.uint32).tolist()])
