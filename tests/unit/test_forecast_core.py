"""The forecaster on histories whose future is known."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from ippoolkit.forecasting import History, Measurement, PoolHistory, forecast
from ippoolkit.forecasting.backtest import WINDOWS
from ippoolkit.forecasting.decompose import decompose
from ippoolkit.forecasting.exhaustion import to_regular_series

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def history(values, capacity=1000, name="pool", step=1.0, **more):
    rows = tuple(
        Measurement(START + timedelta(days=step * place), int(value), capacity, **more)
        for place, value in enumerate(values)
    )
    return History((PoolHistory(name, rows),))


def only(values, capacity=1000, **options):
    (pool,) = forecast(history(values, capacity), **options).pools
    return pool


def noise(size, spread, seed=0):
    return np.random.default_rng(seed).normal(0, spread, size)


def test_steady_growth_runs_out_when_the_line_does():
    pool = only(200 + 2 * np.arange(200) + noise(200, 5))
    # 598 on the last day, 402 to go at 2 a day; peaks of the noise come earlier.
    true = date(2026, 7, 19) + timedelta(days=201)
    assert pool.p10 <= pool.p50 <= pool.p90
    assert abs((pool.p50 - true).days) < 25
    assert (pool.p90 - pool.p10).days < 120


def test_growth_without_noise_is_certain():
    pool = only(100 + np.arange(100), capacity=300)
    # 199 on 10 April; 300 is reached 101 days later.
    assert abs((pool.p50 - date(2026, 4, 10)).days - 101) <= 3


@pytest.mark.parametrize(
    "values",
    [
        np.full(200, 500),
        500 + noise(200, 10),
        800 - 2 * np.arange(200) + noise(200, 10),
        np.zeros(60),
        500 + 100 * (np.arange(200) > 120) + noise(200, 8),
    ],
    ids=["constant", "flat", "decline", "unused", "one level shift"],
)
def test_calm_pools_get_no_date(values):
    pool = only(values)
    assert (pool.p10, pool.p50, pool.p90) == (None, None, None)
    assert max(pool.probability.values()) < 0.1


def test_one_finished_level_shift_is_not_taken_for_growth():
    shifted = 300 + np.arange(200) * 0.5 + 300 * (np.arange(200) >= 150) + noise(200, 5)
    pool = only(shifted, capacity=800)
    # 700 on the last day and half an address a day: about 200 days, where a line through everything says 40.
    assert 120 < (pool.p50 - date(2026, 7, 19)).days < 280


def test_a_change_of_slope_is_followed():
    time = np.arange(200)
    pool = only(200 + 0.2 * time + 4 * np.maximum(0, time - 150) + noise(200, 4), capacity=1000)
    days = (1000 - 440) / 4.2
    assert abs((pool.p50 - date(2026, 7, 19)).days - days) < 0.25 * days


def test_exponential_growth_is_sooner_than_its_line():
    values = 100 * 2 ** (np.arange(240) / 80)
    pool = only(values, capacity=3200)
    assert abs((pool.p50 - date(2026, 8, 28)).days - 160) < 20


def test_teams_that_arrive_in_steps_go_on_to_arrive_after_a_quiet_month():
    arrivals = np.zeros(240)
    arrivals[[20, 45, 80, 105, 140, 170, 200]] = 60
    pool = only(200 + np.cumsum(arrivals) + noise(240, 2), capacity=1000)
    # Seven arrivals of 60 in 240 days, and 380 to go.
    assert 90 < (pool.p50 - date(2026, 8, 28)).days < 420
    assert pool.p90 > pool.p50 + timedelta(days=20)


def test_a_weekly_profile_is_found_and_its_peaks_count():
    time = np.arange(140)
    weekly = np.array([0, 40, 80, 40, 0, -150, -160])[time % 7]
    parts = decompose(1000 + 2.0 * time + weekly + noise(140, 4), 1)
    assert np.argmax(parts.profile) == 2
    assert parts.profile.max() == pytest.approx(100, abs=12)
    assert len(parts.jumps) == 0


def test_daily_cycles_count_with_their_peaks():
    rows = []
    for hour in range(24 * 60):
        value = 500 + hour / 24 + 80 * np.sin(2 * np.pi * hour / 24)
        rows.append(Measurement(START.replace(hour=0) + timedelta(hours=hour), int(value), 700))
    (pool,) = forecast(History((PoolHistory("p", tuple(rows)),))).pools
    # The peaks are 80 above the mean: 560 + 80 at the end, one more a day.
    assert 45 <= (pool.p50 - date(2026, 3, 1)).days <= 75


def test_a_day_that_has_just_begun_is_left_out():
    days = np.repeat(np.arange(10), 24)[:-20]
    grid = to_regular_series(days, np.ones(days.size))
    assert (grid.last_day, grid.values.size) == (8, 9)


def test_gaps_are_filled_but_not_counted_as_points():
    grid = to_regular_series(np.array([0, 1, 2, 3, 9, 10, 11, 12]), np.arange(8.0))
    assert grid.values.size == 13
    assert grid.measured.sum() == 8


def test_weekly_measurements_make_a_weekly_grid():
    grid = to_regular_series(np.arange(0, 140, 7), np.arange(20.0))
    assert (grid.step, grid.values.size) == (7, 20)
    pool = forecast(history(100 + 7 * np.arange(30), capacity=600, step=7)).pools[0]
    # 303 on the last day, one a day.
    assert abs((pool.p50 - date(2026, 7, 23)).days - 297) < 25


def test_fewer_than_8_points_give_no_date_and_the_reason():
    pool = only(range(7))
    assert (pool.p50, pool.probability) == (None, None)
    assert pool.reason.code == "forecast-few"
    assert pool.reason.params == {"count": 7, "least": 8}
    assert only(range(8)).reason is None


def test_a_full_pool_is_full_today():
    pool = only([*range(990, 1000), 1000], capacity=1000)
    assert pool.p10 == pool.p90 == date(2026, 1, 11)
    assert pool.probability[30] == 1


def test_rows_above_the_capacity_are_said_and_accepted():
    result = forecast(history([*range(995, 1005), *range(900, 930)], 1000))
    (note,) = result.notes
    assert note.code == "history-above-capacity"
    assert note.params["count"] == 4
    assert (note.params["value"], note.params["bound"]) == (1001, 1000)


def test_later_measurements_are_not_looked_at():
    values = [*range(100, 160), *([900] * 60)]
    early = forecast(history(values), as_of="2026-03-01")
    assert early == forecast(history(values[:60]), as_of="2026-03-01")
    assert early.pools[0].in_use == 159


def test_a_forecast_from_a_later_day_counts_from_that_day():
    values = 100 + 2 * np.arange(100)
    now, later = (forecast(history(values), as_of=day).pools[0] for day in ("2026-04-10", "2026-05-10"))
    assert abs((now.p50 - later.p50).days) <= 4
    assert later.p10 > date(2026, 5, 10)


def test_the_limit_that_is_reached_first_is_named():
    rows = tuple(
        Measurement(START + timedelta(days=day), 100 + day, 2048, blocks_in_use=10 + day // 5, blocks=32)
        for day in range(60)
    )
    result = forecast(History((PoolHistory("p", rows),)))
    assert result.pools[0].limit == "blocks"
    assert [limit.limit for limit in result.limits] == ["blocks", "addresses"]


def test_chance_belongs_to_the_pool_not_to_its_place():
    noisy = {
        name: history(300 + np.arange(90) + noise(90, 20, seed)).pools[0].measurements
        for seed, name in enumerate("abc")
    }
    pools = [PoolHistory(name, rows) for name, rows in noisy.items()]
    forward, reversed_order = (forecast(History(tuple(order))) for order in (pools, pools[::-1]))
    assert forward == reversed_order
    assert forecast(History((pools[1],))).pools[0] in forward.pools
    assert forecast(History(tuple(pools)), seed=1) != forward


def test_sizes_of_ipv6_are_exact():
    pool = only(range(1, 60), capacity=2**80)
    assert pool.capacity == 2**80
    assert pool.p10 is None


def test_the_backtest_is_shown():
    pool = only(200 + 2 * np.arange(200) + noise(200, 5))
    assert pool.backtest.windows == WINDOWS
    assert pool.backtest.forecasts > 20
    assert 0.5 <= pool.backtest.coverage <= 1
    assert 0 < pool.backtest.error < 20


def test_the_backtest_shows_that_the_line_was_worse_after_a_shift():
    shifted = 300 + 300 * (np.arange(200) >= 60) + noise(200, 5)
    past = only(shifted).backtest
    assert past.error < past.line_error / 3


def test_the_horizon_ends_what_is_looked_at():
    values = 100 + np.arange(100)
    assert only(values, capacity=400).p50 is not None
    assert only(values, capacity=400, horizon_days=90).p50 is None
