"""The forecaster: from a regular history to the days on which it runs out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .backtest import backtest
from .decompose import decompose
from .mixture import backtest_errors, mix
from .paths import first_passage

USE = True
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exhaustion:
    reached: Array
    coverage: float


def exhaustion(values: Array, step: int, capacity: float, days: int, seed: int) -> Exhaustion:
    rng = np.random.default_rng(seed)
    parts = decompose(np.asarray(values, float), step)
    errors = backtest_errors(parts)
    noise = float(parts.noise.std())
    n = parts.rest.size
    slope = np.median([m.slope[-1] for m in errors.models if not m.logarithmic])
    far = (capacity - values[-1]) / slope if slope > 0 else 1e9
    mixture = mix(errors, n - 1, noise, far)
    past = backtest(np.asarray(values, float), parts, errors, far, rng)
    reached = first_passage(parts, errors.models, mixture, capacity, -(-days // step), rng, past.stretch if USE else 1.0)
    return Exhaustion(reached * step, np.nan if past.coverage is None else past.coverage)
