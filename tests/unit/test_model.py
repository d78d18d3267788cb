import dataclasses

import pytest
from pydantic import ValidationError

import ippoolkit as ipk
from ippoolkit.model.scenario_edits import nodes_as_group, with_single_group
from tests.helpers import ROOT, plan


def test_objects_are_frozen_and_checked_when_made():
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16")
    with pytest.raises(dataclasses.FrozenInstanceError):
        pool.block_size = 27
    with pytest.raises(ValidationError):
        ipk.IPPool(name="p", cidr="10.0.0.0/16", block_size=33)
    with pytest.raises(ValidationError):
        dataclasses.replace(pool, block_size=15)


def test_a_pool_knows_whom_it_selects():
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16", node_selector='type=="test"')
    assert pool.selects_node({"type": "test"})
    assert not pool.selects_node({})
    assert not dataclasses.replace(pool, node_selector="type ==").selects_node({"type": "test"})


@pytest.mark.parametrize(
    ("fields", "serves"),
    [
        ({}, True),
        ({"disabled": True}, False),
        ({"assignment_mode": "Manual"}, False),
        ({"allowed_uses": ("Tunnel",)}, False),
        ({"allowed_uses": ("LoadBalancer",)}, False),
    ],
)
def test_what_serves_pods(fields, serves):
    assert ipk.IPPool(name="p", cidr="10.0.0.0/16", **fields).serves("Workload") is serves


def test_existing_and_planned_nodes_sum_up_to_one_group():
    group = nodes_as_group(ipk.load(ROOT / "data/kubespray.yaml"))
    assert group.nodes == 12
    assert group.pods_per_node == 23  # 274 pods on 12 nodes: 22.8
    assert group.pods_on_busiest_node == 110  # the plan's
    assert group.nodes_per_month == 4
    assert group.labels == {"kubernetes.io/os": "linux"}  # what all nodes and the group share


def test_a_group_takes_the_place_of_all_nodes():
    scenario = with_single_group(ipk.load(ROOT / "data/kubespray.yaml"), nodes=70, pods_per_node=60)
    assert scenario.cluster.nodes == scenario.cluster.pods == ()
    (group,) = scenario.plan.groups
    assert (group.nodes, group.pods_per_node, group.pods_on_busiest_node) == (70, 60, 60)
    assert group.nodes_per_month == 4


def test_growth_is_counted_in_decimals():
    group = ipk.NodeGroup(nodes=2, nodes_per_month=0.1)
    assert [group.nodes_after(months) for months in (0, 1, 10, 30, 31)] == [
        2,
        3,
        3,
        5,
        6,
    ]  # not 0.1 * 30 = 3.0000000000000004


def test_one_pool_is_changed_by_name():
    scenario = ipk.load(ROOT / "data/kubean.yaml")
    changed = ipk.with_pool(scenario, "extra-ippool", block_size=28)
    assert [pool.block_size for pool in changed.cluster.pools] == [26, 122, 28]
    with pytest.raises(KeyError):
        ipk.with_pool(scenario, "nope", block_size=28)
    with pytest.raises(ValueError, match=r"blockSize 19 is outside 20\.\.32"):
        ipk.with_pool(scenario, "extra-ippool", block_size=19)


def test_a_busiest_node_stays_where_only_the_number_of_nodes_changes():
    (group,) = with_single_group(plan(busiest=110), nodes=5).plan.groups
    assert group.pods_on_busiest_node == 110
