"""Calibration of the forecaster on histories of known processes, and its speed.

Run ``python benchmarks/forecast.py [--seed S] [--pools N]``. Each family is a process that goes on after the history
ends, so that the true day on which a pool runs out is known. The seeds below were not used while the forecaster was
written: to tune it, use others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

AHEAD = 5 * 365
MEASURED = 20_261_126


@dataclass(frozen=True)
class Process:
    """One history of a known process: what was seen, the capacity, and in how many days it runs out (None: never)."""

    family: str
    seen: Array
    capacity: int
    days: int | None
    per_day: int = 1


def _weekly(rng: np.random.Generator, days: Array) -> Array:
    base, slope = rng.uniform(200, 3000), rng.uniform(0.5, 6)
    profile = rng.uniform(0.03, 0.15) * base * np.array([0, 0.1, 0.2, 0.1, 0, -0.8, -1.0])
    return base + slope * days + profile[(days.astype(int) + rng.integers(7)) % 7] + _noise(rng, days, base * 0.01)


def _daily(rng: np.random.Generator, days: Array) -> Array:
    base, slope = rng.uniform(200, 3000), rng.uniform(0.5, 6)
    wave = rng.uniform(0.03, 0.15) * base * np.sin(2 * np.pi * (days + rng.uniform()))
    return base + slope * days + wave + _noise(rng, days, base * 0.01)


def _level_shift(rng: np.random.Generator, days: Array, length: int) -> Array:
    base, slope = rng.uniform(500, 3000), rng.uniform(0.5, 5)
    moved = rng.choice([-1, 1], p=[0.3, 0.7]) * rng.uniform(0.15, 0.6) * base
    on = rng.uniform(0.25, 0.85) * length
    return np.maximum(0, base + slope * days + moved * (days >= on)) + _noise(rng, days, base * 0.01)


def _slope_change(rng: np.random.Generator, days: Array, length: int) -> Array:
    base, slope = rng.uniform(500, 3000), rng.uniform(0, 3)
    later = slope * rng.uniform(2, 5) + 1 if rng.random() < 0.7 else slope * rng.uniform(0.2, 0.5) + 0.3
    on = rng.uniform(0.3, 0.8) * length
    return base + slope * days + (later - slope) * np.maximum(0, days - on) + _noise(rng, days, base * 0.01)


def _exponential(rng: np.random.Generator, days: Array) -> Array:
    base, yearly = rng.uniform(100, 1500), rng.uniform(1.4, 5)
    return base * yearly ** (days / 365) * np.exp(_noise(rng, days, 0.015))


def _teams(rng: np.random.Generator, days: Array) -> Array:
    base, every, size = rng.uniform(200, 2000), rng.uniform(12, 60), rng.uniform(30, 150)
    arrive = rng.random(days.size) < 1 / every
    return base + np.cumsum(arrive * size * rng.lognormal(0, 0.5, days.size)) + _noise(rng, days, base * 0.006)


def _decline(rng: np.random.Generator, days: Array) -> Array:
    base, slope = rng.uniform(800, 3000), rng.uniform(0.3, 4)
    return np.maximum(0, base - slope * days) + _noise(rng, days, base * 0.01)


def _flat(rng: np.random.Generator, days: Array) -> Array:
    base = rng.uniform(300, 3000)
    return base + _noise(rng, days, base * rng.uniform(0.005, 0.03))


def _growth(rng: np.random.Generator, days: Array) -> Array:
    base, slope = rng.uniform(200, 3000), rng.uniform(0.5, 8)
    return base + slope * days + _noise(rng, days, base * rng.uniform(0.005, 0.03))


def _noise(rng: np.random.Generator, days: Array, sd: float) -> Array:
    """Return noise that stays a while: half white, half of order one."""
    white = rng.normal(0, sd, days.size)
    if rng.random() < 0.5:
        return white
    kept, noise = rng.uniform(0.3, 0.8), np.empty(days.size)
    noise[0] = white[0]
    for day in range(1, days.size):
        noise[day] = kept * noise[day - 1] + np.sqrt(1 - kept**2) * white[day]
    return noise


FAMILIES: dict[str, Callable[..., Array]] = {
    "weekly": _weekly,
    "daily": _daily,
    "level shift": _level_shift,
    "slope change": _slope_change,
    "exponential": _exponential,
    "teams": _teams,
    "decline": _decline,
    "flat": _flat,
    "growth": _growth,
}
CALM = ("decline", "flat")


def process(family: str, seed: int, length: int | None = None) -> Process:
    """Return a history of 90 to 365 days, and the day on which it runs out.

    The capacity is drawn for one half of the pools without a look at the future, for the other such that it is reached
    within two years.
    """
    rng = np.random.default_rng([seed, *family.encode()])
    length = length or int(rng.integers(90, 366))
    per_day = 24 if family == "daily" else 1
    days = np.arange((length + AHEAD) * per_day) / per_day
    more = (length,) if family in {"level shift", "slope change"} else ()
    values = np.round(np.maximum(0, FAMILIES[family](rng, days, *more)))
    end = length * per_day
    seen, later = values[:end], values[end:]
    if family in CALM:
        capacity = int(seen[-30 * per_day :].max() * rng.uniform(1.15, 2))
    elif rng.random() < 0.5:
        capacity = int(seen.max() * rng.uniform(1.03, 2.5))
    else:
        ahead = int(np.exp(rng.uniform(np.log(8), np.log(600)))) * per_day
        capacity = int(max(later[:ahead].max(), seen.max() + 1))
    reached = np.flatnonzero(later >= capacity)
    return Process(family, seen, capacity, int(reached[0]) // per_day + 1 if reached.size else None, per_day)
