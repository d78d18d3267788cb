"""Simulations: workloads, traces, tables, walks, the command."""

import json
from dataclasses import replace

import numpy as np
import pytest

import ippoolkit as ipk
from ippoolkit.cidr import Cidr
from ippoolkit.errors import InputError
from ippoolkit.ipam import Ipam
from ippoolkit.model import Allocation, Block
from ippoolkit.simulation import (
    Autoscale,
    Churn,
    Growth,
    InitialRollout,
    NodeReplacement,
    Trace,
    block_search_order,
    borrowed_addresses,
    place_planned_pods,
    simulate,
)
from tests.helpers import ROOT, engine_state, plan
from tests.helpers import run_command as run

SAMPLE = ROOT / "data/kubespray.yaml"


def last(simulation, pool="pool"):
    rows = simulation.timeline[simulation.timeline["pool"] == pool]
    return rows.iloc[-1].to_dict()


def with_config(scenario, **config):
    return replace(scenario, cluster=replace(scenario.cluster, ipam=ipk.IPAMConfig(**config)))


def test_the_plan_comes_up_as_the_tables_say():
    simulation = simulate(plan())  # 70 nodes, 60 pods each, 110 on the busiest; /18 in blocks of /26
    assert last(simulation) == {
        "day": 0,
        "pool": "pool",
        "addresses_used": 70 * 60 + 50 + 70,
        "blocks_used": 71,
        "blocks_without_affinity": 0,
        "borrowed": 0,
        "failures": 0,
    }
    assert len(simulation.blocks) == 71
    assert simulation.nodes["addresses_used"].sum() == 70 * 60 + 50 + 70
    assert simulation.pods["address"].is_unique
    assert simulation.failures.empty


@pytest.mark.parametrize("order", ["even", "by-node", "random"])
def test_the_order_decides_who_borrows(order):
    scenario = plan(cidr="10.0.0.0/24", size=26, nodes=6, pods=20, busiest=20)
    simulation = simulate(scenario, InitialRollout(order))
    assert last(simulation)["addresses_used"] == 6 * 21
    assert last(simulation)["blocks_used"] == 4
    assert last(simulation)["borrowed"] == 2 * 21  # two nodes got no block


def test_placing_in_one_call_is_bringing_up_node_after_node():
    for scenario in (plan(nodes=30), plan(cidr="10.0.0.0/24", size=27, nodes=10, pods=20, busiest=20)):
        placed, simulated = (
            place_planned_pods(scenario),
            simulate(scenario, InitialRollout("by-node"), controllers=False),
        )
        columns = ["addresses_used", "blocks_used", "blocks_without_affinity", "borrowed"]
        assert placed.timeline[columns].equals(simulated.timeline[columns])
        assert list(placed.pods["address"]) == list(simulated.pods["address"])


def test_what_ipam_refuses_is_told(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\ncluster: {pools: [{name: a, cidr: 10.0.0.0/24}, {name: b, cidr: 10.0.0.0/16}]}\n")
    result = run("simulate", path)
    assert result.exit_code == 1
    assert "overlaps 10.0.0.0/24 of pool a" in result.stderr
    assert "Traceback" not in result.stderr


def test_failures_say_why():
    scenario = plan(cidr="10.0.0.0/26", size=28, nodes=6, pods=20, busiest=20)
    simulation = simulate(scenario)
    assert last(simulation)["failures"] == 6 * 21 - 64
    assert set(simulation.failures["code"]) == {"ipam-exhausted"}
    strict = simulate(with_config(scenario, strict_affinity=True))
    assert set(strict.failures["code"]) == {"ipam-strict"}
    capped = simulate(with_config(plan(nodes=1, pods=200, busiest=200), strict_affinity=True, max_blocks_per_host=2))
    assert set(capped.failures["code"]) == {"ipam-block-limit"}
    assert "2 blocks" in capped.failures["reason"][0]
    assert last(capped)["addresses_used"] == 128


def test_windows_has_no_ipv6_and_needs_larger_blocks():
    pools = (ipk.IPPool(name="v4", cidr="10.0.0.0/22", block_size=26), ipk.IPPool(name="v6", cidr="fd00::/64"))
    group = ipk.NodeGroup(nodes=2, pods_per_node=5, os="windows")
    config = ipk.IPAMConfig(strict_affinity=True)
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=pools, ipam=config), plan=ipk.Plan(groups=(group,)))
    simulation = simulate(scenario)
    assert simulation.failures.empty
    assert last(simulation, "v4")["addresses_used"] == 2 * (5 + 4)  # with the four that each block keeps back
    assert last(simulation, "v6")["addresses_used"] == 0
    assert place_planned_pods(scenario).pods["family"].eq(4).all()
    small = replace(pools[0], block_size=30)
    simulation = simulate(replace(scenario, cluster=replace(scenario.cluster, pools=(small,))))
    assert set(simulation.failures["code"]) == {"ipam-no-pools"}


def test_churn_keeps_the_number_of_pods():
    simulation = simulate(plan(nodes=20), InitialRollout(), Churn(days=10, daily_share=0.2))
    assert set(simulation.timeline["addresses_used"]) == {20 * 60 + 50 + 20}
    seeded = simulate(plan(nodes=20), InitialRollout(), Churn(days=10, daily_share=0.2, seed=1))
    assert list(seeded.blocks["block"]) != list(simulation.blocks["block"]) or not seeded.pods.equals(simulation.pods)


def test_pods_that_arrive_and_end():
    simulation = simulate(
        plan(nodes=5, pods=0, busiest=0),
        InitialRollout(),
        Churn(days=20, daily_share=0, arrivals_per_day=100, mean_lifetime=0.5),
    )
    counts = simulation.timeline["addresses_used"]
    assert 20 < counts.iloc[-1] < 150


def test_nodes_are_replaced_by_ones_of_new_names():
    simulation = simulate(plan(nodes=10), InitialRollout(), NodeReplacement(days=20, interval_days=10))
    assert len(simulation.nodes) == 10
    assert all(name.endswith("~20") for name in simulation.nodes["node"])
    assert last(simulation)["addresses_used"] == 10 * 60 + 50 + 10
    assert {row.affinity.removeprefix("host:") for row in simulation.blocks.itertuples()} <= set(
        simulation.nodes["node"]
    )


def test_without_kube_controllers_blocks_of_nodes_that_are_gone_stay():
    with_them = simulate(plan(nodes=10), InitialRollout(), Autoscale(days=3, nodes_per_day=2))
    without = simulate(plan(nodes=10), InitialRollout(), Autoscale(days=3, nodes_per_day=2), controllers=False)
    assert last(without)["blocks_used"] == last(with_them)["blocks_used"] + 6


def test_growth_follows_the_plan():
    simulation = simulate(plan(nodes=5, nodes_per_month=10), InitialRollout(), Growth(days=73))
    assert len(simulation.nodes) == 5 + 24


def test_the_same_inputs_give_the_same_bytes():
    def once(seed):
        simulation = simulate(
            plan(nodes=10),
            InitialRollout("random", seed),
            Churn(days=3),
            NodeReplacement(days=3, interval_days=2),
            seed=seed,
        )
        return engine_state(simulation.cluster.ipam)

    assert once(1) == once(1)
    assert once(1) != once(2)


def test_a_copy_goes_its_own_way():
    ipam = Ipam(seed=3)
    ipam.resources.create_pool(ipk.IPPool(name="p", cidr="10.0.0.0/24", block_size=28))
    ipam.resources.create_node("n", {"a": "b"})
    ipam.resources.create_reservation("r", [Cidr.parse("10.0.0.0/29")])
    ipam.controllers.start()
    ipam.requests.assign("n", "h", 3)
    copied = ipam.copy()
    for engine in (ipam, copied):
        engine.requests.assign("n", "h2", 20)
        engine.controllers.advance(5000)
    assert engine_state(copied) == engine_state(ipam)
    copied.requests.release_handle("h2")
    assert engine_state(copied) != engine_state(ipam)


def test_what_exists_is_where_it_starts():
    scenario = ipk.load(SAMPLE)
    simulation = simulate(scenario)
    initial_addresses = {str(address) for pod in scenario.cluster.pods for address in pod.addresses}
    assert initial_addresses <= set(simulation.pods["address"])
    block = Block(
        cidr="10.0.0.64/26",
        affinity="host:a",
        unallocated=(9, *range(1, 9), *range(10, 64)),
        allocations=(Allocation(ordinal=0, handle="h", node="b"),),
    )
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/24")
    nodes = (ipk.Node(name="a"), ipk.Node(name="b"))
    pods = (ipk.Pod(name="new", node="a"),)
    simulation = simulate(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), nodes=nodes, blocks=(block,), pods=pods)))
    assert list(simulation.pods["address"]) == ["10.0.0.64", "10.0.0.73"]
    assert list(borrowed_addresses(simulation, "a")["node"]) == ["b"]


def test_a_tunnel_keeps_its_address_in_a_pool_for_tunnels_only():
    pools = (
        ipk.IPPool(name="pods", cidr="10.0.0.0/24", block_size=26),
        ipk.IPPool(name="tunnels", cidr="10.0.1.0/24", block_size=26, vxlan_mode="Always", allowed_uses=("Tunnel",)),
    )
    node = ipk.Node(name="a", tunnels=({"type": "vxlan", "address": "10.0.1.7"},))
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=pools, nodes=(node,)))
    assert list(place_planned_pods(scenario).pods["address"]) == ["10.0.1.7"]


def test_pods_of_dumps_give_their_addresses_back():
    allocations = tuple(
        Allocation(ordinal=n, handle=f"k8s-pod-network.{n}", node="a", namespace="default", pod=f"p{n}")
        for n in range(1, 9)
    )
    tunnel = Allocation(ordinal=0, handle="vxlan-tunnel-addr-a", node="a", type="vxlanTunnelAddress")
    block = Block(
        cidr="10.0.0.64/26", affinity="host:a", allocations=(tunnel, *allocations), unallocated=tuple(range(9, 64))
    )
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/24", vxlan_mode="Always")
    pods = tuple(ipk.Pod(name=f"p{n}", node="a", addresses=(f"10.0.0.{64 + n}",)) for n in range(1, 9))
    nodes = (ipk.Node(name="a", tunnels=({"type": "vxlan", "address": "10.0.0.64"},)), ipk.Node(name="b"))
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), nodes=nodes, blocks=(block,), pods=pods))
    simulation = simulate(scenario, InitialRollout(), Churn(5, daily_share=1.0))
    assert last(simulation, "p")["addresses_used"] == 9
    simulation = simulate(scenario, InitialRollout(), NodeReplacement(1, interval_days=1))
    assert sorted(simulation.pods["pod"]) == sorted(
        [f"default/p{n}" for n in range(1, 9)] + ["tunnels of a~1", "tunnels of b~1"]
    )


def test_a_pod_that_starts_again_and_again(tmp_path):
    lines = ["time,event,node,pod", *(f"{n},pod-start,n{n % 3},p" for n in range(500))]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/20")
    for config in (ipk.IPAMConfig(), ipk.IPAMConfig(ip_cooldown_seconds=1000)):
        scenario = ipk.Scenario(cluster=ipk.Cluster(pools=(pool,), ipam=config))
        simulation = simulate(scenario, Trace.read(tmp_path / "t.csv"))
        assert list(simulation.pods["pod"]) == ["p"]


def test_a_handle_of_many_addresses_is_released_in_bulk():
    cluster = simulate(
        ipk.Scenario(cluster=ipk.Cluster(pools=(ipk.IPPool(name="p", cidr="10.0.0.0/20"),))), InitialRollout()
    ).cluster
    node = cluster.add_node("n", {})
    cluster.ipam.resources.configure(ip_cooldown_seconds=5)
    cluster.ipam.requests.assign("n", "many", 700)
    pods = cluster.add_pods(["many"])
    cluster.run_events(cluster.pod_end_events(pods, np.zeros(1, np.int64)))
    cluster.run_events(cluster.pod_start_events(cluster.add_pods(["next"]), np.array([node]), np.array([6_000_000])))
    assert sum(len(block["allocated"].get("next", ())) for block in cluster.ipam.blocks()) == 1
    for block in cluster.ipam.blocks():
        allocated = [ordinal for ordinals in block["allocated"].values() for ordinal in ordinals]
        assert sorted([*block["free"], *allocated, *block["cooling"]]) == list(range(64))


def test_a_group_keeps_its_cap_when_its_nodes_are_replaced():
    simulation = simulate(
        plan(nodes=3, pods=60, busiest=60, max_blocks=1), InitialRollout(), NodeReplacement(1, interval_days=1)
    )
    assert simulation.blocks["affinity"].value_counts().max() == 1


def test_which_blocks_a_node_will_claim():
    scenario = plan(cidr="192.168.0.0/16")
    assert list(block_search_order(scenario, "node-000", "pool", count=3)["block"]) == [
        "192.168.55.64/26",
        "192.168.55.128/26",
        "192.168.55.192/26",
    ]
    assert block_search_order(scenario, "node-000", "pool", count=2000)["block"].nunique() == 1024
    with pytest.raises(KeyError):
        block_search_order(scenario, "node-000", "nope")
    with pytest.raises(ValueError, match="by the clock"):
        block_search_order(plan(cidr="10.0.0.0/24", size=32), "node-000", "pool")


CSV = """\
time,event,node,pod,labels
0,node-join,n1,,zone=a;x=y
1,pod-start,n1,p1,
2,pod-start,n1,p2,
90000,pod-end,,p1,
"""


def test_a_trace_of_ones_own(tmp_path):
    (tmp_path / "t.csv").write_text(CSV)
    rows = [
        {"time": 0, "event": "node-join", "node": "n1", "labels": {"zone": "a", "x": "y"}},
        {"time": 1, "event": "pod-start", "node": "n1", "pod": "p1"},
        {"time": 2, "event": "pod-start", "node": "n1", "pod": "p2"},
        {"time": 90000, "event": "pod-end", "pod": "p1"},
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    scenario = replace(plan(), plan=ipk.Plan())
    simulations = [simulate(scenario, Trace.read(tmp_path / name)) for name in ("t.csv", "t.jsonl")]
    assert list(simulations[0].timeline["addresses_used"]) == [0, 3, 2]
    assert engine_state(simulations[0].cluster.ipam) == engine_state(simulations[1].cluster.ipam)
    assert simulations[0].cluster.ipam.store.nodes["n1"].labels == {"zone": "a", "x": "y"}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [("file-empty", None, "")]),
        ("time,event\n-1,dance\n", [("value-choice", 2, "event"), ("trace-time", 2, "time")]),
        ("time,event,pod\nx,pod-start,p\n", [("trace-time", 2, "time"), ("field-missing", 2, "node")]),
        ('{"time": 1}\n[1]\n{"time"', [("value-choice", 1, "event"), ("type-mapping", 2, ""), ("json-syntax", 3, "")]),
        (
            '{"time": 1e999, "event": "node-join", "node": {}, "labels": []}',
            [("trace-time", 1, "time"), ("field-missing", 1, "node")],
        ),
    ],
)
def test_all_problems_of_a_trace_at_once(text, problems, tmp_path):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError) as error:
        Trace.read(tmp_path / "t.csv")
    assert [(p.code, p.place.line, p.place.field) for p in error.value.problems] == problems


def test_the_command(tmp_path):
    result = run("simulate", SAMPLE, "--days", 3, "--churn", 0.1, "--replace-every", 2, "--progress")
    assert result.exit_code == 0
    assert "Timeline" in result.stdout
    assert "No request failed." in result.stdout
    assert "3/3" in result.stderr
    data = json.loads(run("simulate", SAMPLE, "--nodes", 3, "--pods-per-node", 4, "--json").stdout)
    assert (len(data["nodes"]), len(data["pods"])) == (3, 3 * (4 + 1))  # a tunnel on each
    data = json.loads(run("simulate", SAMPLE, "--json").stdout)
    assert set(data) == {"calico", "interrupted", "timeline", "failures", "blocks", "nodes", "pods"}
    (tmp_path / "t.csv").write_text(CSV)
    assert "\n时间线" in run("simulate", SAMPLE, "--trace", tmp_path / "t.csv", "--lang", "zh").stdout
    for wrong in (["simulate", "nope"], ["simulate", SAMPLE, "--trace", "nope"], ["simulate", SAMPLE, "--days", -1]):
        result = run(*wrong)
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr


def test_an_interrupt_keeps_what_was_computed():
    def stop(day, days):
        if day == 2:
            raise KeyboardInterrupt

    simulation = simulate(plan(nodes=5), InitialRollout(), Churn(days=10), progress=stop)
    assert simulation.interrupted
    assert list(simulation.timeline["day"]) == [0, 1, 2]


def test_columns_have_their_types_where_there_are_no_rows():
    empty = simulate(ipk.Scenario())
    with_rows = simulate(plan(size=24, nodes=70))
    for name in ("timeline", "blocks", "nodes", "pods"):
        assert list(getattr(empty, name).dtypes) == list(getattr(with_rows, name).dtypes), name
    assert empty.failures.dtypes["day"] == "float64"
