"""What a history is made of: a weekly profile, jumps such as a team's arrival, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WEEK = 7
# Weeks of the history that the weekly profile is taken from, and the share of the variance it has to explain.
PROFILE_WEEKS = 12
PROFILE_SHARE = 0.25
# An increment of so many robust standard deviations, which stays, is a jump.
JUMP = 4.5
STAYS = 0.6


@dataclass(frozen=True, slots=True)
class Parts:
    """A history on a regular grid, taken apart: ``values = rest + season + jumps so far - jumps in all``.

    Attributes
    ----------
    rest
        History at today's level: without the weekly profile, earlier values moved by the jumps that followed.
    profile
        Mean deviation of each day of a week, from the first day of the grid on; zeros where there is none.
    relative
        Whether the profile grows with the level; then it is a share of the level.
    jumps
        Positions in the grid of the first values after a jump, ascending.
    sizes
        Size of each jump, in addresses or blocks.
    noise
        Deviations of the rest from its moving mean: what blocks of noise are drawn from.
    """

    rest: Array
    profile: Array
    relative: bool
    jumps: npt.NDArray[np.intp]
    sizes: Array
    noise: Array


def decompose(values: Array, step: int) -> Parts:
    """Take a history apart.

    Parameters
    ----------
    values
        Shape (n,): one value a step, without gaps.
    step
        Days between two values; a weekly profile is looked for where it is 1.
    """
    profile, relative = _profile(values) if step == 1 else (np.zeros(WEEK), False)
    level = _moving_mean(values, WEEK)
    season = profile[np.arange(values.size) % WEEK] * (level if relative else 1.0)
    rest = values - season
    jumps, sizes = _jumps(rest)
    if jumps.size:
        later = np.zeros(values.size)
        np.add.at(later, jumps, sizes)
        rest = rest + sizes.sum() - np.cumsum(later)
    return Parts(rest, profile, relative, jumps, sizes, _noise(rest))


def _moving_mean(values: Array, width: int) -> Array:
    """Return the centred moving mean; near the ends of what is there."""
    width = min(width, values.size)
    sums = np.concatenate(([0.0], np.cumsum(values)))
    position = np.arange(values.size)
    low = np.maximum(0, position - width // 2)
    high = np.minimum(values.size, position + width // 2 + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low))


def _profile(values: Array) -> tuple[Array, bool]:
    """Return the weekly profile, as a share of the level where that explains more; zeros where there is none."""
    nothing = np.zeros(WEEK), False
    if values.size < 3 * WEEK:
        return nothing
    level = _moving_mean(values, WEEK)
    inner = slice(WEEK // 2, values.size - WEEK // 2)
    weekday = (np.arange(values.size) % WEEK)[inner]
    deviation = (values - level)[inner]
    total = float(np.var(deviation))
    if total <= 0:
        return nothing
    best, left = nothing, (1 - PROFILE_SHARE) * total
    recent = slice(-PROFILE_WEEKS * WEEK, None)
    for relative in (False, True):
        scale = np.maximum(level[inner], 1.0) if relative else np.ones(deviation.size)
        ratio = (deviation / scale)[recent]
        days = weekday[recent]
        profile = np.array([np.median(ratio[days == day]) for day in range(WEEK)])
        profile -= profile.mean()
        unexplained = float(np.median((deviation - profile[weekday] * scale) ** 2) / np.median(deviation**2)) * total \
            if np.median(deviation**2) > 0 else total
        if unexplained < left * (0.9 if relative else 1.0):
            best, left = (profile, relative), unexplained
    return best


def _jumps(rest: Array) -> tuple[npt.NDArray[np.intp], Array]:
    """Return where the level jumps and stays, and by how much."""
    none = np.zeros(0, dtype=np.intp), np.zeros(0)
    if rest.size < 8:
        return none
    increments = np.diff(rest)
    middle = np.median(increments)
    spread = 1.4826 * np.median(np.abs(increments - middle))
    # Whole numbers: where most steps are equal the median deviation is 0.
    spread = max(spread, 1.0, 0.001 * float(np.abs(rest).mean()))
    found: list[int] = []
    sizes: list[float] = []
    for at in np.flatnonzero(np.abs(increments - middle) > JUMP * spread) + 1:
        if found and at - found[-1] < 3:
            continue
        before, after = rest[max(0, at - 5) : at], rest[at : at + 5]
        moved = float(np.median(after) - np.median(before) - middle * min(5, after.size))
        jump = float(increments[at - 1] - middle)
        if np.sign(moved) == np.sign(jump) and abs(moved) > max(STAYS * abs(jump), 4 * spread):
            found.append(int(at))
            sizes.append(moved)
    return np.array(found, dtype=np.intp), np.array(sizes)


def _noise(rest: Array) -> Array:
    """Return the deviations from the moving mean of 15 values, at their full size."""
    width = min(15, rest.size // 2 * 2 - 1)
    noise = rest - _moving_mean(rest, width)
    noise *= np.sqrt(width / max(1, width - 1))
    return np.asarray(noise - noise.mean())
