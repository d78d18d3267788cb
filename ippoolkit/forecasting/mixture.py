"""The mixture of forecasters: how well each did on the pool's own history, and how far its forecasts were off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, Positions
from .candidates import Forecaster, candidates
from .decompose import Decomposition

ORIGINS = 40
HORIZONS = np.array([1, 2, 4, 7, 14, 21, 35, 56, 84, 120, 180])
# How sharply a smaller error is preferred: a weight goes with the mean squared error to this power.
SHARPNESS = 8.0
# How much more likely than growth it is, before anything was seen, that nothing changes.
CALM_PRIOR = 3.0
CALM_PARTS = 8
# Half-life of an error in the score, as a share of the history.
MEMORY = 0.35
# Degrees of freedom of the errors' scale: backtests of one history overlap, and are few.
FREEDOM = 8.0
# Share of paths on which teams go on to arrive, after so many arrivals in the history.
ARRIVALS = {0: 0.0, 1: 0.08}
# Least standard deviation of a candidate's slope, as a share of its own slope.
LEAST_SLOPE_ERROR = 0.03


@dataclass(frozen=True, slots=True)
class BacktestErrors:
    """Errors of each candidate in rolling backtests.

    Attributes
    ----------
    origins, horizons
        Positions in the grid from which was forecast, and how many steps ahead.
    counted
        Shape (candidates, origins, horizons): errors in addresses or blocks.
    scaled
        The same in each candidate's own scale.
    """

    models: list[Forecaster]
    origins: Positions
    horizons: Positions
    counted: FloatArray
    scaled: FloatArray


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights of the candidates, and the variance of each one's errors by steps ahead: ``a + b h + c h²``."""

    weights: FloatArray
    variance: FloatArray


def backtest_errors(decomposition: Decomposition) -> BacktestErrors:
    """Forecast from many days of the history, and compare with what came."""
    adjusted = decomposition.adjusted
    first_origin = min(max(7, adjusted.size // 5), adjusted.size - 2)
    origins = np.unique(np.linspace(first_origin, adjusted.size - 1, ORIGINS).astype(np.intp))
    horizons = HORIZONS[max(2, adjusted.size // 2) >= HORIZONS]
    models = candidates(adjusted, origins)
    target = origins[:, None] + horizons
    inside = target < adjusted.size
    actual = np.where(inside, adjusted[np.minimum(target, adjusted.size - 1)], np.nan)
    logged = np.log(np.maximum(actual, 1))
    largest_log = float(np.log(10 * max(adjusted.max(), 1.0)))
    counted, scaled = np.empty((2, len(models), *actual.shape))
    for index, model in enumerate(models):
        ahead = model.ahead(slice(None), horizons)
        if model.logarithmic:
            scaled[index] = logged - ahead
            counted[index] = actual - np.exp(np.minimum(ahead, largest_log))
        else:
            scaled[index] = counted[index] = actual - ahead
    return BacktestErrors(models, origins, horizons, counted, scaled)


def mix(errors: BacktestErrors, adjusted: FloatArray, until: int, noise: float, steps_to_capacity: float) -> Mixture:
    """Weigh the candidates by their errors up to a position of the grid.

    Parameters
    ----------
    errors
        Errors of the backtests.
    adjusted
        The history that they are errors of.
    until
        Only what had come by this position counts.
    noise
        Standard deviation of a single value around the level.
    steps_to_capacity
        Steps until the line would reach the capacity: horizons near it count most.
    """
    target = errors.origins[:, None] + errors.horizons
    known = target <= until
    age = until - target
    recency = np.where(known, 0.5 ** (age / max(1.0, MEMORY * until)), 0.0)
    total = recency.sum(axis=0)
    usable = known.sum(axis=0) >= 2
    if not usable.any():
        usable = known.sum(axis=0) >= 1
    horizons = errors.horizons[usable].astype(float)
    share = recency[:, usable] / total[usable]
    floor = max(noise, 0.5) ** 2

    def mean_squares(values: FloatArray) -> FloatArray:
        return np.asarray((np.nan_to_num(values[:, :, usable]) ** 2 * share).sum(axis=1))

    near = np.exp(-0.5 * (np.log(horizons / np.clip(steps_to_capacity, horizons[0], horizons[-1]))) ** 2)
    squares = mean_squares(errors.counted) + floor
    calm_prior = CALM_PRIOR * calmness(adjusted[: until + 1])
    score = (np.log(squares) * near).sum(axis=1) / near.sum()
    calm = np.array([calm_prior if model.name.startswith("level") else 1.0 for model in errors.models])
    weights = calm * np.exp(-SHARPNESS * (score - score.min()))
    scaled = mean_squares(errors.scaled)
    return Mixture(weights / weights.sum(), _variance(scaled, horizons))


def arrival_share(count: int) -> float:
    """Return on which share of the paths teams go on to arrive, after so many arrivals."""
    return ARRIVALS.get(count, 1.0)


def growth_rate(decomposition: Decomposition, models: Sequence[Forecaster], mixture: Mixture) -> float:
    """Return the growth a step that the mixture expects at the end of the history, jumps that recur included.

    A single jump counts as a shift that is over, as on the paths.
    """
    slopes = np.array([model.slope[-1] for model in models])
    levels = np.array([model.level[-1] for model in models])
    logarithmic = np.array([model.logarithmic for model in models])
    slopes = np.where(logarithmic, slopes * np.exp(np.minimum(levels, 50)), slopes)
    arriving = arrival_share(decomposition.jumps.size) * float(decomposition.sizes.sum()) / decomposition.adjusted.size
    return float(mixture.weights @ slopes) + arriving


def calmness(adjusted: FloatArray) -> float:
    """Return how likely no growth is in the end, beside growth: a t-test on the means of consecutive parts."""
    segments = min(CALM_PARTS, adjusted.size // 3)
    if segments < 3:
        return 1.0
    width = adjusted.size // segments
    means = adjusted[adjusted.size - segments * width :].reshape(segments, width).mean(axis=1)
    increments = np.diff(means)
    error = max(float(increments.std(ddof=1)) / np.sqrt(segments - 1), 1e-9)
    t_statistic = float(increments.mean()) / error
    return float((1 + t_statistic**2 / (segments - 2)) ** (-(segments - 1) / 2))


def _variance(squares: FloatArray, horizons: FloatArray) -> FloatArray:
    """Fit ``a + b h + c h²`` with no negative part to mean squared errors, each weighed by its own size.

    Parameters
    ----------
    squares
        Shape (candidates, horizons).
    horizons
        Steps ahead.

    Returns
    -------
    numpy.ndarray
        Shape (candidates, 3): a, b, c. Of all subsets of the three parts whose least squares are not negative, the one
        that fits best.
    """
    far = float(horizons[-1])
    basis = np.stack((np.ones(horizons.size), horizons / far, (horizons / far) ** 2), axis=1)
    largest = squares.max(axis=1, keepdims=True)
    weighed = basis / np.maximum(squares, np.maximum(largest * 1e-6, 1e-12))[:, :, None]
    gram, moments = weighed.transpose(0, 2, 1) @ weighed, weighed.sum(axis=1)
    best = np.zeros((squares.shape[0], 3))
    best[:, 0] = largest[:, 0]
    least_misfit = np.full(squares.shape[0], np.inf)
    for subset in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
        if len(subset) > horizons.size:
            continue
        columns = list(subset)
        gram_of_subset = gram[:, columns][:, :, columns]
        ridge = 1e-12 * np.trace(gram_of_subset, axis1=1, axis2=2)[:, None, None] * np.eye(len(subset))
        fit = np.linalg.solve(gram_of_subset + ridge, moments[:, columns, None])[..., 0]
        # The squared misfit, but for a constant.
        misfit = -(fit * moments[:, columns]).sum(axis=1)
        better = (fit >= 0).all(axis=1) & (misfit < least_misfit - 1e-9)
        least_misfit[better] = misfit[better]
        best[better] = 0
        best[np.ix_(better, columns)] = fit[better]
    return np.asarray(best / np.array([1, far, far**2]))
