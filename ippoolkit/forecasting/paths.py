"""Paths into the future, and the day on which each first reaches the capacity."""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray, Positions
from .candidates import Forecaster
from .decompose import WEEK, Decomposition
from .mixture import FREEDOM, LEAST_SLOPE_ERROR, Mixture, arrival_share

PATHS = 1000
NOISE_BLOCK = 7
CHUNK = 128
# Standard deviations that no walk leaves.
FAR_WALK = 5.5
STRETCH = 0.85
LEVEL_TRUST = 0.25
# How much of it a level is thought to hide.
SLOPE_ERROR = 0.75
DISPERSION = 2.5
SIZE_SPREAD = 0.7


def first_passage(
    decomposition: Decomposition,
    models: list[Forecaster],
    mixture: Mixture,
    capacity: float,
    steps: int,
    *,
    rng: np.random.Generator,
    stretch: float = 1.0,
) -> FloatArray:
    """Return the step on which each path first reaches the capacity, from 1; infinity where none does.

    Parameters
    ----------
    decomposition
        The history taken apart.
    models
        The candidates; their last origin is the end of the history.
    mixture
        Their weights and errors.
    capacity
        Addresses or blocks.
    steps
        How far to look.
    rng
        Source of all chance.
    stretch
        What the standard deviations of level, drift and slope are multiplied by.
    """
    choice = _shares(mixture.weights, rng)
    scale = STRETCH * stretch * np.sqrt(FREEDOM / rng.chisquare(FREEDOM, PATHS))
    is_logarithmic = np.array([model.logarithmic for model in models])[choice]
    slope = np.array([model.slope[-1] for model in models])[choice]
    noise_sd = float(decomposition.noise.std())
    level_now = max(float(decomposition.adjusted[-min(7, decomposition.adjusted.size) :].mean()), 1.0)
    noise_var = np.where(is_logarithmic, (noise_sd / level_now) ** 2, noise_sd**2)
    constant, walk, tilt = mixture.variance[choice].T
    constant = np.sqrt(np.maximum(constant - noise_var, 0)) * scale
    walk = np.sqrt(walk) * scale
    # A slope that was no larger than the errors of the slope is little evidence of growth.
    trusted = np.where(slope == 0, LEVEL_TRUST, slope**2 / np.maximum(slope**2 + tilt, 1e-300))
    slope = slope * trusted
    tilt = np.maximum(np.sqrt(tilt * trusted) * scale, LEAST_SLOPE_ERROR * np.abs(slope))
    # What a level cannot see: a slope that is lost in the noise.
    tilt = np.where(slope == 0, np.maximum(tilt, hidden_slope(decomposition.adjusted) * scale), tilt)
    level = np.array([model.level[-1] for model in models])[choice] + constant * rng.standard_normal(PATHS)
    slope = slope + tilt * rng.standard_normal(PATHS)
    arriving = rng.random(PATHS) < arrival_share(decomposition.jumps.size)
    size = decomposition.adjusted.size
    # Both how often and how large are known from a few arrivals only.
    count = decomposition.jumps.size
    rate = np.where(arriving, rng.gamma((count + 0.5) / DISPERSION, DISPERSION / size, PATHS), 0.0)
    larger = rng.lognormal(0, SIZE_SPREAD / np.sqrt(max(1, count)), PATHS)

    reached = np.full(PATHS, np.inf)
    # Most paths of a calm pool never come near: they need not be walked.
    farthest = level + np.maximum(slope, 0) * steps + FAR_WALK * walk * np.sqrt(steps)
    farthest = np.where(is_logarithmic, np.exp(np.minimum(farthest, 50)), farthest)
    farthest = (
        farthest * (1 + decomposition.profile.max())
        if decomposition.relative
        else farthest + decomposition.profile.max()
    )
    alive = np.flatnonzero((farthest + decomposition.noise.max() >= capacity) | arriving)
    walked, jumped = np.zeros(PATHS), np.zeros(PATHS)
    for start in range(0, steps if alive.size else 0, CHUNK):
        length = min(CHUNK, steps - start)
        ahead = np.arange(start + 1, start + length + 1)
        moves = rng.standard_normal((alive.size, length), dtype=np.float32) * walk[alive, None]
        drifted = walked[alive, None] + np.cumsum(moves, axis=1)
        walked[alive] = drifted[:, -1]
        values = level[alive, None] + slope[alive, None] * ahead + drifted
        rows = is_logarithmic[alive]
        values[rows] = np.exp(np.minimum(values[rows], 50))
        if decomposition.jumps.size:
            arrivals = rng.random((alive.size, length), dtype=np.float32) < rate[alive, None]
            row, column = np.nonzero(arrivals)
            jumps = np.zeros(arrivals.shape)
            jumps[row, column] = (
                decomposition.sizes[rng.integers(decomposition.sizes.size, size=row.size)] * larger[alive[row]]
            )
            jumps = jumped[alive, None] + np.cumsum(jumps, axis=1)
            jumped[alive] = jumps[:, -1]
            values += jumps
        season = decomposition.profile[(size - 1 + ahead) % WEEK]
        values += season * np.maximum(values, 0) if decomposition.relative else season
        blocks = -(-length // NOISE_BLOCK)
        begin = rng.integers(decomposition.noise.size, size=(alive.size, blocks))
        picked = (begin[:, :, None] + np.arange(NOISE_BLOCK)) % decomposition.noise.size
        values += decomposition.noise[picked.reshape(alive.size, -1)[:, :length]]
        over = values >= capacity
        hit = over.any(axis=1)
        reached[alive[hit]] = start + 1 + over[hit].argmax(axis=1)
        alive = alive[~hit]
        if not alive.size:
            break
    return reached


def hidden_slope(adjusted: FloatArray) -> float:
    """Return the standard error of the slope of the line through all values."""
    time = np.arange(adjusted.size) - (adjusted.size - 1) / 2
    spread = float((time**2).sum())
    slope = float((time * adjusted).sum()) / spread
    misses = adjusted - adjusted.mean() - slope * time
    return SLOPE_ERROR * float(np.sqrt((misses**2).sum() / max(1, adjusted.size - 2) / spread))


def _shares(weights: FloatArray, rng: np.random.Generator) -> Positions:
    """Return which candidate each path follows, each as often as its weight says."""
    points = (np.arange(PATHS) + rng.random()) / PATHS
    return np.minimum(np.searchsorted(np.cumsum(weights), points), weights.size - 1)
