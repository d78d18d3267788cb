"""The backtest that is shown: what the forecaster would have said in the past, beside what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, Positions
from .decompose import Decomposition
from .mixture import FREEDOM, BacktestErrors, Mixture, arrival_share, mix
from .paths import STRETCH

WINDOWS = 8
DRAWS = 300
# How many windows it takes until the backtest's own width counts as much as what holds in general.
SHRINKAGE = 12.0
LEAST_STRETCH, MOST_STRETCH = 0.7, 1.6


@dataclass(frozen=True, slots=True)
class Backtest:
    """How good forecasts of this history would have been.

    Attributes
    ----------
    windows
        Days of the history from which was forecast, up to `WINDOWS`.
    forecasts
        Forecasts compared with what came: several horizons a window.
    coverage
        Share of what came that lay between P10 and P90; None without windows.
    error, line_error
        Mean absolute error of P50, and of the straight line through all that was known (``predict_linear``), in
        addresses or blocks; None without windows.
    stretch
        What the widths of the forecast are multiplied by, since its past was covered too seldom or too often.
    """

    windows: int
    forecasts: int
    coverage: float | None
    error: float | None
    line_error: float | None
    stretch: float


NO_BACKTEST = Backtest(0, 0, None, None, None, 1.0)


def backtest(
    values: FloatArray,
    decomposition: Decomposition,
    errors: BacktestErrors,
    steps_to_capacity: float,
    rng: np.random.Generator,
) -> Backtest:
    """Forecast from up to `WINDOWS` days of the history with what was known then.

    The weekly profile and the sizes of jumps are those of the whole history; weights and widths are those of the day.
    """
    size = values.size
    usable = [index for index, end in enumerate(errors.origins) if max(8, 0.4 * size) <= end < size - 1]
    compared_origins = (
        [usable[position] for position in np.unique(np.linspace(0, len(usable) - 1, WINDOWS).astype(int))]
        if usable
        else []
    )
    inside: list[bool] = []
    misses: list[float] = []
    ratios: list[float] = []
    line_misses: list[float] = []
    noise = float(decomposition.noise.std())
    for index in compared_origins:
        end = int(errors.origins[index])
        horizons = errors.horizons[errors.horizons < size - end]
        known = errors.origins[:, None] + errors.horizons <= end
        if not horizons.size or not known.any():
            continue
        slope, start = np.polyfit(np.arange(end + 1), values[: end + 1], 1)
        drawn = _draw(
            decomposition,
            errors,
            index,
            mix(errors, decomposition.adjusted, end, noise, steps_to_capacity),
            horizons=horizons,
            rng=rng,
        )
        low, middle, high = np.quantile(drawn, (0.1, 0.5, 0.9), axis=0)
        later_jumps = np.array(
            [
                decomposition.sizes[(decomposition.jumps > end) & (decomposition.jumps <= end + ahead)].sum()
                for ahead in horizons
            ]
        )
        actual = decomposition.adjusted[end + horizons] + later_jumps
        inside += ((low <= actual) & (actual <= high)).tolist()
        misses += np.abs(middle - actual).tolist()
        width = np.where(actual > middle, high - middle, middle - low)
        ratios += (np.abs(actual - middle) / np.maximum(width, 0.5)).tolist()
        line_misses += np.abs(start + slope * (end + horizons) - values[end + horizons]).tolist()
    if not inside:
        return NO_BACKTEST
    windows = len(compared_origins)
    usual_ratio = float(np.quantile(ratios, 0.8))
    stretch = float(np.clip(usual_ratio, 0.25, 4) ** (windows / (windows + SHRINKAGE)))
    return Backtest(
        windows,
        len(inside),
        float(np.mean(inside)),
        float(np.mean(misses)),
        float(np.mean(line_misses)),
        float(np.clip(stretch, LEAST_STRETCH, MOST_STRETCH)),
    )


def _draw(
    decomposition: Decomposition,
    errors: BacktestErrors,
    index: int,
    mixture: Mixture,
    *,
    horizons: Positions,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw values from the mixture so many steps after an origin, shape (draws, horizons)."""
    end = int(errors.origins[index])
    choice = rng.choice(mixture.weights.size, DRAWS, p=mixture.weights)
    level = np.array([model.level[index] for model in errors.models])[choice]
    slope = np.array([model.slope[index] for model in errors.models])[choice]
    is_logarithmic = np.array([model.logarithmic for model in errors.models])[choice]
    noise = float(decomposition.noise.std())
    single_value_variance = np.where(
        is_logarithmic, (noise / max(1.0, float(decomposition.adjusted[end]))) ** 2, noise**2
    )[:, None]
    variance = mixture.variance[choice] @ np.stack((np.ones(horizons.size), horizons, horizons**2))
    # As on the paths: what the trend may miss is stretched, the noise of a single day is not.
    scale = STRETCH**2 * (FREEDOM / rng.chisquare(FREEDOM, DRAWS))[:, None]
    spread = np.sqrt(np.maximum(variance - single_value_variance, 0) * scale + single_value_variance)
    drawn = level[:, None] + slope[:, None] * horizons + rng.standard_normal((DRAWS, 1)) * spread
    drawn[is_logarithmic] = np.exp(np.minimum(drawn[is_logarithmic], 50))
    past_jumps = decomposition.sizes[decomposition.jumps <= end]
    arriving = rng.random(DRAWS) < arrival_share(past_jumps.size)
    if past_jumps.size:
        count = rng.poisson(np.outer(arriving * (past_jumps.size + 0.5) / (end + 1), horizons))
        drawn += count * rng.choice(past_jumps, DRAWS)[:, None]
    return drawn
