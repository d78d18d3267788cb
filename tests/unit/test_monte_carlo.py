"""Monte Carlo: what must be so in every run, and runs that do not depend on how they are divided."""

import json

import numpy as np
import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.parallel import executor
from ippoolkit.simulation.monte_carlo import Distribution, Future, monte_carlo
from tests.helpers import ROOT
from tests.helpers import run_command as run


def scenario(cidr="10.0.0.0/20", nodes=5, pods=20, **more):
    group = ipk.NodeGroup(nodes=nodes, pods_per_node=pods)
    cluster = ipk.Cluster(pools=(ipk.IPPool(name="p", cidr=cidr),), **more)
    return ipk.Scenario(cluster=cluster, plan=ipk.Plan(groups=(group,)))


def at_end(result, figure):
    fan = result.fan()
    row = fan[(fan["figure"] == figure) & (fan["day"] == fan["day"].max())].iloc[0]
    return row["p10"], row["p50"], row["p90"]


def test_without_growth_the_number_of_pods_stays():
    result = monte_carlo(scenario(), Future(days=40, lifetime=Distribution(5)), runs=8)
    assert at_end(result, "pods") == (100, 100, 100)
    assert at_end(result, "addresses_used") == (100, 100, 100)
    assert result.failed_runs == 0
    # A fifth of the pods a day ends and is replaced: 40 operations a day.
    assert result.operations == pytest.approx(8 * 40 * 40, rel=0.05)


def test_growth_fills_the_pool_and_names_what_fails_first():
    result = monte_carlo(
        scenario("10.0.0.0/24", nodes=4, pods=40),
        Future(days=60, growth=Distribution(4), lifetime=Distribution(0)),
        runs=5,
    )
    failures = result.first_failures
    assert result.failed_runs == 5
    # 160 of 256 addresses in use, 4 more a day: the 257th pod comes on day 24 (from 0).
    assert set(failures["day"]) == {24}
    assert set(failures["limit"]) == {"addresses"}
    assert result.failure_summary["runs"].sum() == 5
    assert max(at_end(result, "addresses_used")) == 256


def test_nodes_join_and_leave():
    result = monte_carlo(
        scenario(),
        Future(days=90, nodes_per_month=Distribution(10), nodes_leaving_per_month=Distribution(2)),
        runs=20,
        seed=3,
    )
    low, middle, high = at_end(result, "nodes")
    assert low < middle < high
    assert middle == pytest.approx(5 + 3 * 8, abs=6)
    assert at_end(result, "pods")[1] == 100  # pods of nodes that leave come again elsewhere


def test_borrowed_addresses_and_routes_are_counted():
    # Two blocks for five nodes: three nodes borrow.
    result = monte_carlo(scenario("10.0.0.0/25", pods=10), Future(days=10), runs=3)
    borrowed, blocks, routes = (at_end(result, name)[1] for name in ("borrowed", "blocks_used", "routes"))
    assert borrowed > 10
    assert routes == pytest.approx(blocks + borrowed, abs=10)


def test_runs_do_not_depend_on_how_they_are_divided():
    future = Future(days=30, growth=Distribution(2, 1), nodes_per_month=Distribution(2))
    alone = monte_carlo(scenario(), future, runs=12, seed=5)
    with executor(jobs=2) as pool:
        divided = monte_carlo(scenario(), future, runs=12, seed=5, pool=pool, jobs=2)
    assert np.array_equal(alone.figures[:, :, 0], divided.figures[:, :, 0])
    assert not np.array_equal(alone.figures, monte_carlo(scenario(), future, runs=12, seed=6).figures)


def test_distributions_are_drawn_for_each_run():
    result = monte_carlo(scenario(), Future(days=50, growth=Distribution(3, 1)), runs=30)
    low, middle, high = at_end(result, "pods")
    assert middle == pytest.approx(100 + 50 * 3, abs=25)
    assert high - low == pytest.approx(2 * 1.28 * 50, abs=50)


def test_the_command_prints_and_writes_a_chart(tmp_path):
    chart = tmp_path / "fan.svg"
    result = run(
        "simulate",
        ROOT / "data/kubespray.yaml",
        "--runs",
        4,
        "--days",
        20,
        "--growth",
        "3,1",
        "--jobs",
        1,
        "--chart",
        chart,
        "--json",
    )
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert data["runs"] == 4
    assert {row["figure"] for row in data["fan"]} >= {"addresses_used", "borrowed", "routes", "idle_blocks"}
    assert chart.read_text().startswith("<svg")
    assert run("simulate", ROOT / "data/kubespray.yaml", "--runs", 2, "--growth", "much").exit_code == 2


def test_growth_comes_from_a_history(tmp_path):
    from ippoolkit.forecasting import forecast
    from ippoolkit.forecasting.monthly_growth import daily_growth

    rows = "".join(f"2026-{1 + day // 28:02}-{1 + day % 28:02},p,{100 + 2 * day},1024\n" for day in range(140))
    (tmp_path / "h.csv").write_text("time,pool,in_use,capacity\n" + rows)
    mean, deviation = daily_growth(forecast(tmp_path / "h.csv"))
    assert mean == pytest.approx(2, rel=0.1)
    assert 0 <= deviation < 0.5


def test_a_problem_in_a_part_is_the_callers(monkeypatch):
    bad = scenario()
    with executor(jobs=1) as pool, pytest.raises((InputError, ipk.IppoolkitError)):
        monte_carlo(bad, Future(days=5, lifetime="x"), runs=1, pool=pool)
