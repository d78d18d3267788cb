"""Lifetimes and node growth fitted to made-up histories whose rates are known."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

import ippoolkit as ipk
from ippoolkit.forecasting.turnover import fitted_turnover

BEGIN = date(2026, 1, 1)


def write_dump(folder, day, nodes, pods):
    pools = (ipk.IPPool(name="pool", cidr="10.0.0.0/16"),)
    cluster = ipk.Cluster(
        pools=pools,
        nodes=tuple(ipk.Node(name=name) for name in nodes),
        pods=tuple(ipk.Pod(name=name, node=node, addresses=(address,)) for name, node, address in pods),
    )
    ipk.save_scenario(ipk.Scenario(cluster=cluster), folder / f"{BEGIN + timedelta(days=day)}.json")


def test_lifetimes_are_those_that_the_dumps_were_made_with(tmp_path):
    rng = np.random.default_rng(11)
    serial = 300
    pods = [(f"p{number}", "n0", f"10.0.{number // 250}.{number % 250}") for number in range(300)]
    last = 0
    for day in (0, 2, 3, 7, 9):
        gap, last = day - last, day
        running = []
        for pod in pods:
            if rng.random() < np.exp(-gap / 6):
                running.append(pod)
            else:
                running.append((f"p{serial}", "n0", f"10.0.{serial // 250}.{serial % 250}"))
                serial += 1
        pods = running
        write_dump(tmp_path, day, ["n0"], pods)
    lifetime = fitted_turnover(tmp_path).lifetime
    assert lifetime.mean == pytest.approx(6, rel=0.15)
    assert 0 < lifetime.deviation < 1


def test_a_recreated_pod_of_the_same_name_has_ended(tmp_path):
    write_dump(tmp_path, 0, ["n0"], [("db-0", "n0", "10.0.0.1"), ("db-1", "n0", "10.0.0.2")])
    write_dump(tmp_path, 1, ["n0"], [("db-0", "n0", "10.0.0.9"), ("db-1", "n0", "10.0.0.2")])
    assert fitted_turnover(tmp_path).lifetime.mean == pytest.approx(1 / np.log(2))


def test_pods_that_end_with_their_node_are_no_short_lives(tmp_path):
    write_dump(tmp_path, 0, ["n0", "n1"], [("a", "n0", "10.0.0.1"), ("b", "n1", "10.0.0.2")])
    write_dump(tmp_path, 10, ["n0", "n2"], [("a", "n0", "10.0.0.1")])
    turnover = fitted_turnover(tmp_path)
    assert turnover.lifetime.mean == 0
    assert turnover.joining.mean == turnover.leaving.mean == pytest.approx(365 / 120)


def test_pods_that_never_last_until_the_next_dump_tell_no_lifetime(tmp_path):
    write_dump(tmp_path, 0, ["n0"], [("a", "n0", "10.0.0.1")])
    write_dump(tmp_path, 10, ["n0"], [("b", "n0", "10.0.0.2")])
    assert fitted_turnover(tmp_path).lifetime is None


def test_series_of_nodes_tell_who_came_and_went(tmp_path):
    spans = {"n0": (0, 60), "n1": (0, 20), "n2": (30, 60), "no_affinity": (5, 60)}
    result = [
        {
            "metric": {"__name__": "ipam_blocks", "ippool": "p", "node": node},
            "values": [[86400 * day, "1"] for day in range(first, last + 1)],
        }
        for node, (first, last) in spans.items()
    ]
    path = tmp_path / "range.json"
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    turnover = fitted_turnover(path)
    assert turnover.lifetime is None
    assert turnover.joining.mean == turnover.leaving.mean == pytest.approx(365 / 12 / 60)


def test_a_csv_tells_neither(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("time,pool,in_use,capacity\n2026-01-01,a,1,2\n")
    turnover = fitted_turnover(path)
    assert (turnover.lifetime, turnover.joining, turnover.leaving) == (None, None, None)
