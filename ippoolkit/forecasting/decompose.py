"""What a history is made of: a weekly profile, jumps such as a team's arrival, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray, Positions

WEEK = 7
# Noise is that of the last so many values, or of the last half of the history.
NOISE_POINTS = 90
# Weeks of the history that the weekly profile is taken from, and the share of the variance it has to explain.
PROFILE_WEEKS = 12
PROFILE_SHARE = 0.25
# An increment of so many robust standard deviations, also as a share of the level, which stays, is a jump.
JUMP = 4.5
RELATIVE_JUMP = 4.0
STAYS = 0.6


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A history on a regular grid, taken apart: ``values = adjusted + season + jumps so far - jumps in all``.

    Attributes
    ----------
    adjusted
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
        Deviations of the adjusted history from its moving mean: what blocks of noise are drawn from.
    """

    adjusted: FloatArray
    profile: FloatArray
    relative: bool
    jumps: Positions
    sizes: FloatArray
    noise: FloatArray


def decompose(values: FloatArray, step: int, measured: npt.NDArray[np.bool_] | None = None) -> Decomposition:
    """Take a history apart.

    Parameters
    ----------
    values
        Shape (n,): one value a step, without gaps.
    step
        Days between two values; a weekly profile is looked for where it is 1.
    measured
        Which values were measured, not filled in; all if left out. Noise is drawn from these only.
    """
    profile, relative = _profile(values) if step == 1 else (np.zeros(WEEK), False)
    level = _moving_mean(values, WEEK)
    season = profile[np.arange(values.size) % WEEK] * (level if relative else 1.0)
    adjusted = values - season
    jumps, sizes = _jumps(adjusted)
    if jumps.size:
        jump_sizes = np.zeros(values.size)
        np.add.at(jump_sizes, jumps, sizes)
        adjusted = adjusted + sizes.sum() - np.cumsum(jump_sizes)
    noise_points = np.ones(adjusted.size, dtype=np.bool_) if measured is None else measured.copy()
    noise_points[[0, -1]] = False
    noise_points[: max(0, adjusted.size - max(NOISE_POINTS, adjusted.size // 2))] = False
    noise = _noise(adjusted)[noise_points] if noise_points.any() else np.zeros(1)
    return Decomposition(adjusted, profile, relative, jumps, sizes, noise)


def _moving_mean(values: FloatArray, width: int) -> FloatArray:
    """Return the centred moving mean; towards the ends of fewer values, so that a trend does not bias it."""
    return _moving_sums(values, width) / _widths(values.size, width)


def _widths(size: int, width: int) -> FloatArray:
    position = np.arange(size)
    half = np.minimum(np.minimum(position, size - 1 - position), width // 2)
    return np.asarray(2 * half + 1, dtype=float)


def _moving_sums(values: FloatArray, width: int) -> FloatArray:
    position, half = np.arange(values.size), (_widths(values.size, width).astype(int) - 1) // 2
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(sums[position + half + 1] - sums[position - half])


def _profile(values: FloatArray) -> tuple[FloatArray, bool]:
    """Return the weekly profile, as a share of the level where that explains more; zeros where there is none."""
    no_profile = np.zeros(WEEK), False
    if values.size < 3 * WEEK:
        return no_profile
    level = _moving_mean(values, WEEK)
    inner = slice(WEEK // 2, values.size - WEEK // 2)
    weekday = (np.arange(values.size) % WEEK)[inner]
    deviation = (values - level)[inner]
    total = float(np.var(deviation))
    if total <= 0:
        return no_profile
    best, least_unexplained = no_profile, (1 - PROFILE_SHARE) * total
    recent = slice(-PROFILE_WEEKS * WEEK, None)
    for relative in (False, True):
        scale = np.maximum(level[inner], 1.0) if relative else np.ones(deviation.size)
        ratio = (deviation / scale)[recent]
        days = weekday[recent]
        profile = np.array([np.median(ratio[days == day]) for day in range(WEEK)])
        profile -= profile.mean()
        squares = np.median(deviation**2)
        share = np.median((deviation - profile[weekday] * scale) ** 2) / squares if squares > 0 else 1.0
        unexplained = float(share) * total
        if unexplained < least_unexplained * (0.9 if relative else 1.0):
            best, least_unexplained = (profile, relative), unexplained
    return best


def _jumps(adjusted: FloatArray) -> tuple[Positions, FloatArray]:
    """Return where the level jumps and stays, and by how much."""
    no_jumps = np.zeros(0, dtype=np.intp), np.zeros(0)
    if adjusted.size < 8:
        return no_jumps
    increments = np.diff(adjusted)
    middle = np.median(increments)
    spread = 1.4826 * np.median(np.abs(increments - middle))
    # Whole numbers: where most steps are equal the median deviation is 0.
    spread = max(spread, 1.0, 0.001 * float(np.abs(adjusted).mean()))
    large = np.abs(increments - middle) > JUMP * spread
    # Where growth is exponential the last increments are all large, but no larger for their level.
    level = np.maximum(_moving_mean(adjusted, 2 * WEEK), 1.0)
    shares = increments / level[1:]
    centered = np.abs(shares - np.median(shares))
    large &= centered > RELATIVE_JUMP * 1.4826 * np.median(centered)
    jumps: list[int] = []
    sizes: list[float] = []
    for index in np.flatnonzero(large) + 1:
        if jumps and index - jumps[-1] < 3:
            continue
        before, after = adjusted[max(0, index - 5) : index], adjusted[index : index + 5]
        moved = float(np.median(after) - np.median(before) - middle * min(5, after.size))
        jump = float(increments[index - 1] - middle)
        if np.sign(moved) == np.sign(jump) and abs(moved) > max(STAYS * abs(jump), 4 * spread):
            jumps.append(int(index))
            sizes.append(moved)
    return np.array(jumps, dtype=np.intp), np.array(sizes)


def _noise(adjusted: FloatArray) -> FloatArray:
    """Return the deviations from the moving mean, at their full size; 0 where nothing stands on both sides."""
    width = int(np.clip(adjusted.size // 4, 3, 2 * WEEK + 1))
    widths = _widths(adjusted.size, width)
    return np.asarray((adjusted - _moving_mean(adjusted, width)) * np.sqrt(widths / np.maximum(widths - 1, 1)))
