"""Calibration of the forecaster on histories of known processes, and its speed.

Run ``python benchmarks/forecast.py [--seed S] [--pools N]``. Each family is a process that goes on after the history
ends, so that the true day on which a pool runs out is known. The seeds below were not used while the forecaster was
written: to tune it, use others.
"""

from __future__ import annotations

import argparse
import time
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
    observed: Array
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
    persistence, noise = rng.uniform(0.3, 0.8), np.empty(days.size)
    noise[0] = white[0]
    for day in range(1, days.size):
        noise[day] = persistence * noise[day - 1] + np.sqrt(1 - persistence**2) * white[day]
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
    observed, later = values[:end], values[end:]
    if family in CALM:
        capacity = int(observed[-30 * per_day :].max() * rng.uniform(1.15, 2))
    elif rng.random() < 0.5:
        capacity = int(observed.max() * rng.uniform(1.03, 2.5))
    else:
        ahead = int(np.exp(rng.uniform(np.log(8), np.log(600)))) * per_day
        capacity = int(max(later[:ahead].max(), observed.max() + 1))
    reached = np.flatnonzero(later >= capacity)
    return Process(family, observed, capacity, int(reached[0]) // per_day + 1 if reached.size else None, per_day)


@dataclass(frozen=True)
class Score:
    """One pool: what was said, what came, and what the straight line said."""

    family: str
    days: int | None
    p10: float
    p50: float
    p90: float
    line: float


def score(generated: Process, name: str) -> Score:
    """Forecast one history and compare with what came."""
    from ippoolkit.forecasting.exhaustion import exhaustion, random_generator, to_regular_series

    values = generated.observed.astype(float)
    grid = to_regular_series(np.arange(values.size) // generated.per_day, values)
    days = exhaustion(grid, generated.capacity, AHEAD, random_generator(0, name, "addresses")).days
    p10, p50, p90 = np.quantile(days, (0.1, 0.5, 0.9), method="inverted_cdf")
    slope, start = np.polyfit(np.arange(grid.values.size), grid.values, 1)
    line = (generated.capacity - start) / slope - (grid.values.size - 1) if slope > 0 else AHEAD
    return Score(generated.family, generated.days, p10, p50, p90, float(np.clip(line, 1, AHEAD)))


def print_scores(scores: list[Score]) -> dict[str, float]:
    """Print figures for each family, and return those of all together."""
    heading = f"{'family':14}{'run out':>8}{'covered':>9}{'error':>8}{'of line':>9}{'calm':>6}{'no alarm':>10}"
    print(heading)
    for family in (*FAMILIES, "all"):
        chosen = [score for score in scores if family in {score.family, "all"}]
        ending = [score for score in chosen if score.days is not None]
        calm = [score for score in chosen if score.family in CALM and score.days is None]
        covered = np.mean([score.p10 <= score.days <= score.p90 for score in ending]) if ending else np.nan
        error = np.median([abs(np.log(min(score.p50, AHEAD) / score.days)) for score in ending]) if ending else np.nan
        line = np.median([abs(np.log(score.line / score.days)) for score in ending]) if ending else np.nan
        quiet = np.mean([np.isinf(score.p10) for score in calm]) if calm else np.nan
        print(f"{family:14}{len(ending):8}{covered:9.2f}{error:8.3f}{line:9.3f}{len(calm):6}{quiet:10.2f}")
    return {"covered": float(covered), "error_ratio": float(error / line), "calm_without_alarm": float(quiet)}


def main() -> None:
    """Measure calibration, and how many pools a minute are forecast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=MEASURED)
    parser.add_argument("--pools", type=int, default=40, help="of each family")
    options = parser.parse_args()
    processes = [process(family, options.seed + number) for family in FAMILIES for number in range(options.pools)]
    begin = time.perf_counter()
    scores = [score(generated, f"{generated.family}-{number}") for number, generated in enumerate(processes)]
    took = time.perf_counter() - begin
    figures = print_scores(scores)
    print({name: round(value, 3) for name, value in figures.items()})
    year = [process(family, options.seed + number, 365) for family in FAMILIES for number in range(25)]
    begin = time.perf_counter()
    for number, generated in enumerate(year):
        score(generated, str(number))
    print(
        f"{len(scores)} pools of 90 to 365 days: {took:.1f} s; 225 pools of a year: {time.perf_counter() - begin:.1f} s"
    )


if __name__ == "__main__":
    main()
