"""What is remembered between two moves of a slider, and what makes it be worked out anew."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.caching import cache_last
from ippoolkit.capacity import demand, existing_nodes, supply
from ippoolkit.ipam.handles import HandleRegistry
from tests.helpers import ROOT

CIDR = ipk.load(ROOT / "data/kubespray.yaml").cluster.pools[0].cidr


def test_an_answer_is_worked_out_again_only_when_what_it_follows_from_changes():
    calls = []

    @cache_last(lambda number, beside: number)
    def double(number, beside):
        calls.append((number, beside))
        return 2 * number

    answers = [
        double(number, beside) for number, beside in ((1, 0), (1, 1), (2, 2), (1, 3), (3, 4), (4, 5), (5, 6), (1, 7))
    ]
    assert answers == [2, 2, 4, 2, 6, 8, 10, 2]
    assert calls == [(1, 0), (2, 2), (3, 4), (4, 5), (5, 6), (1, 7)]  # the last four are kept


def _pool(scenario, **changes):
    first, *other_pools = scenario.cluster.pools
    return _cluster(scenario, pools=(replace(first, **changes), *other_pools))


def _cluster(scenario, **changes):
    return replace(scenario, cluster=replace(scenario.cluster, **changes))


CHANGES = {
    "block size": lambda s: _pool(s, block_size=28),
    "range": lambda s: _pool(s, cidr=CIDR),
    "selector": lambda s: _pool(s, node_selector="none == 'x'"),
    "disabled": lambda s: _pool(s, disabled=True),
    "tunnels": lambda s: _pool(s, ipip_mode="Never", vxlan_mode="Never"),
    "wireguard": lambda s: _cluster(s, wireguard_enabled=True),
    "cap": lambda s: _cluster(s, ipam=replace(s.cluster.ipam, strict_affinity=True, max_blocks_per_host=2)),
    "nodes": lambda s: _cluster(s, nodes=s.cluster.nodes[1:]),
    "pods": lambda s: _cluster(s, pods=s.cluster.pods[1:]),
    "reserved": lambda s: _cluster(
        s, reservations=(ipk.IPReservation(name="r", reserved_cidrs=(f"{s.cluster.pools[0].cidr.with_prefix(30)}",)),)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_existing_nodes_draw_follows_every_change(change):
    before = ipk.load(ROOT / "data/kubean.yaml")
    after = CHANGES[change](before)
    for scenario in (before, after, before):
        for version in supply.ip_versions(scenario):
            pools_offer = supply.compute_supply(scenario, version)
            worked_out = existing_nodes.existing_nodes.__wrapped__(scenario, pools_offer)
            assert existing_nodes.existing_nodes(scenario, pools_offer) == worked_out
            computed = demand.compute_demand(scenario, version)
            assert computed.existing == worked_out


def test_handles_of_a_row_of_pods_have_the_numbers_and_names_they_would_have_one_by_one():
    one_by_one, in_a_row = HandleRegistry(["a", "b"]), HandleRegistry(["a", "b"])
    names = [f"pod-{number:06d}" for number in range(1, 6)]
    assert in_a_row.add_series("pod-", 5).tolist() == one_by_one.add(names).tolist()
    assert len(in_a_row) == 7
    assert in_a_row.name_of(4) == "pod-000003"
    assert in_a_row.get("pod-000005") == 6
    assert list(in_a_row) == list(one_by_one)
    # Those that are there already keep their numbers.
    assert in_a_row.add_series("pod-", 6).tolist() == [2, 3, 4, 5, 6, 7]
    assert in_a_row.add(["c", "pod-000001"]).tolist() == [8, 2]
    assert "d" not in in_a_row
