"""What a plan is told, and why: the limits one by one."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from tests.helpers import codes_of, plan


def verdict(scenario):
    judged = ipk.capacity(scenario).verdict
    return judged.status.value, judged.code, judged.limit


def strict(scenario):
    ipam = replace(scenario.cluster.ipam, strict_affinity=True)
    return replace(scenario, cluster=replace(scenario.cluster, ipam=ipam))


def with_pools(scenario, *pools, **cluster):
    return replace(scenario, cluster=replace(scenario.cluster, pools=pools, **cluster))


def test_fewer_blocks_than_nodes_fail_at_the_first_node_without():
    judged = ipk.capacity(plan(size=24)).verdict
    assert (judged.status, judged.code, judged.params["first"]) == ("fails", "blocks-short", 65)
    assert judged.finding.message() == "64 blocks for 70 nodes that need 70, 1 per typical node: node 65 gets none."


def test_enough_blocks_fit():
    judged = ipk.capacity(plan()).verdict
    assert (judged.status, judged.code) == ("fits", "holds")
    assert judged.finding.message() == "Holds 70 nodes with 4,200 pods; capacity for up to 256 nodes."


def test_a_busiest_node_beyond_its_cap_fails():
    judged = ipk.capacity(plan(size=30)).verdict
    assert (judged.code, judged.params["need"], judged.params["cap"], judged.params["first"]) == (
        "block-cap",
        28,
        20,
        80,
    )


def test_the_configured_cap_counts():
    low = with_pools(plan(busiest=100), *plan().cluster.pools, ipam=ipk.IPAMConfig(max_blocks_per_host=1))
    assert verdict(low) == ("fails", "block-cap", "blocks per node")  # 101 addresses need 2 blocks


def test_blocks_for_all_but_not_of_their_own_is_tight_by_borrowing():
    # 100 addresses a node need 2 blocks of 64; 15 nodes would need 30 of the 16 there are... but 16 >= 15.
    scenario = plan("10.0.0.0/22", nodes=10, pods=99, busiest=99)  # 16 blocks, 20 needed, 1,000 of 1,024 addresses
    assert verdict(scenario) == ("tight", "borrowing", "blocks")
    assert ipk.capacity(scenario).verdict.params["borrowed"] == 200  # nodes 9 and 10 find no block


def test_the_same_under_strict_affinity_fails():
    scenario = strict(plan("10.0.0.0/22", nodes=10, pods=99, busiest=99))
    judged = ipk.capacity(scenario).verdict
    assert (judged.status, judged.code) == ("fails", "strict-short")
    assert judged.params["first"] == 8 * 99 + 1  # the first pod of node 9


def test_addresses_that_run_out_fail_at_the_first_pod_without():
    scenario = plan("10.0.0.0/22", nodes=10, pods=110, busiest=110)  # 1,110 addresses wanted, 1,024 there
    judged = ipk.capacity(scenario).verdict
    assert (judged.status, judged.code, judged.limit) == ("fails", "addresses-short", "addresses")
    # 8 nodes in blocks of their own; then 136 addresses to borrow: node 9 takes 111, node 10 gets 25, its tunnel first
    assert judged.params["first"] == 9 * 110 + 24 + 1


def test_growth_that_runs_into_a_limit_is_tight_with_its_month():
    scenario = plan(size=24, nodes=60, nodes_per_month=2)
    judged = ipk.capacity(scenario).verdict
    assert (judged.status, judged.code) == ("tight", "growth-blocks")
    assert judged.finding.message() == "Holds 60 nodes today; in month 3, node 65 of 66 gets no block."


def test_growth_of_pods_runs_into_the_cap():
    judged = ipk.capacity(plan(size=29, pods_per_node_per_month=10)).verdict
    assert (judged.status, judged.code) == ("tight", "growth-cap")
    assert judged.params["month"] == 5  # 110 + 50 + 1 tunnel = 161 > 160


def test_a_plan_without_a_block_for_a_replacement_is_tight():
    judged = ipk.capacity(plan(size=24, nodes=64)).verdict
    assert (judged.status, judged.code) == ("tight", "no-spare")
    assert verdict(plan(size=24, nodes=63))[0] == "fits"


def test_a_node_without_pods_needs_a_block_for_its_tunnel():
    assert verdict(plan("10.0.0.0/26", nodes=2, pods=0, busiest=0))[1] == "blocks-short"


def test_all_addresses_of_a_block_are_usable():
    # One /26 block holds 63 pods and a tunnel, the first and the last address included.
    assert verdict(plan("10.0.0.0/25", nodes=1, pods=63, busiest=63))[:2] == ("fits", "holds")
    assert (
        ipk.capacity(plan("10.0.0.0/25", nodes=1, pods=63, busiest=63))
        .block_sizes()
        .set_index("block_size")
        .blocks_per_node[26]
        == 1
    )
    assert (
        ipk.capacity(plan("10.0.0.0/25", nodes=1, pods=64, busiest=64))
        .block_sizes()
        .set_index("block_size")
        .blocks_per_node[26]
        == 2
    )


def test_a_second_pool_takes_over_where_the_first_ends():
    first = ipk.IPPool(name="a", cidr="10.0.0.0/20", block_size=24, vxlan_mode="Always")  # 16 blocks
    second = ipk.IPPool(name="b", cidr="10.1.0.0/18", block_size=26, vxlan_mode="Always")  # 256 blocks
    scenario = with_pools(plan(nodes=70), first, second)
    judged = ipk.capacity(scenario).verdict
    assert judged.status == "fits"
    assert judged.params["most"] == 16 + 256


def test_a_selector_keeps_a_pool_for_its_nodes():
    everywhere = ipk.IPPool(name="a", cidr="10.0.0.0/24", block_size=26)  # 4 blocks
    special = ipk.IPPool(name="b", cidr="10.1.0.0/18", node_selector='type == "test"')
    assert verdict(with_pools(plan(nodes=5), everywhere, special))[1] == "blocks-short"
    assert verdict(with_pools(plan(nodes=5, labels={"type": "test"}), everywhere, special))[0] == "fits"
    mixed = with_pools(plan(nodes=5), everywhere, replace(special, node_selector="rack == '1'"))
    mixed = replace(
        mixed, plan=ipk.Plan(groups=(*mixed.plan.groups, ipk.NodeGroup(name="r", nodes=1, labels={"rack": "1"})))
    )
    assert ipk.capacity(mixed).verdict.finding.message() == (
        "Node 5 of 6 gets no block: the pools that serve it have none left."
    )
    only = with_pools(plan(nodes=5), special)
    assert verdict(only) == ("fails", "node-no-pool", "nodeSelector")


@pytest.mark.parametrize(
    "fields",
    [
        {"disabled": True},
        {"assignment_mode": "Manual"},
        {"allowed_uses": ("LoadBalancer",)},
        {"allowed_uses": ("Tunnel",)},
        {"namespace_selector": "a == 'b'", "allowed_uses": ("Workload",)},
    ],
)
def test_pools_that_serve_no_pods_automatically_do_not_count(fields):
    code = "no-pool" if "LoadBalancer" in fields.get("allowed_uses", ()) else "node-no-pool"
    assert verdict(with_pools(plan(), ipk.IPPool(name="p", cidr="10.0.0.0/16", **fields)))[1] == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"disabled": True}, "disabled"),
        ({"assignment_mode": "Manual"}, "on request only"),
        ({"allowed_uses": ("LoadBalancer",)}, "LoadBalancer only"),
        ({"allowed_uses": ("Tunnel",)}, "no Workload"),
        ({"node_selector": "a == 'b'"}, "selects no node"),
    ],
)
def test_an_idle_pool_says_why_at_every_size(fields, code):
    table = ipk.capacity(with_pools(plan(), ipk.IPPool(name="p", cidr="10.0.0.0/20", **fields))).block_sizes()
    assert set(table.verdict) == {"idle"}
    assert set(table.reason) == {code}
    assert list(table.block_size) == list(range(20, 33))


def test_block_allocation_turned_off_fails():
    off = with_pools(plan(), *plan().cluster.pools, ipam=ipk.IPAMConfig(auto_allocate_blocks=False))
    assert verdict(off)[1] == "auto-allocate-off"


def test_reserved_addresses_are_not_planned_with():
    half = ipk.IPReservation(name="r", reserved_cidrs=("10.233.64.0/19",))
    scenario = with_pools(plan(size=26), *plan().cluster.pools, reservations=(half,))
    assert ipk.capacity(scenario).verdict.params["most"] == 128
    # One address of a block reserved: 63 are left, which 60 pods and a tunnel still fit into.
    reservation = ipk.IPReservation(name="r", reserved_cidrs=("10.233.64.0/32",))
    scenario = with_pools(plan(size=26), *plan().cluster.pools, reservations=(reservation,))
    assert ipk.capacity(scenario).verdict.params["most"] == 256


def test_the_cap_counts_blocks_of_all_pools_of_a_node():
    small = (ipk.IPPool(name=name, cidr=f"10.{number}.0.0/27", block_size=29) for number, name in enumerate("abcdefgh"))
    scenario = with_pools(plan(nodes=1, pods=200, busiest=200), *small)  # 8 pools of 4 blocks of 8
    judged = ipk.capacity(scenario).verdict
    assert (judged.code, judged.params["need"], judged.params["first"]) == ("block-cap", 25, 161)


def test_each_tunnel_takes_an_address():
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16", ipip_mode="Always")
    second_pool = ipk.IPPool(name="q", cidr="10.1.0.0/16", vxlan_mode="CrossSubnet")
    nodes = ipk.capacity(with_pools(plan(), pool, second_pool, wireguard_enabled=True)).nodes()
    assert nodes.tunnels_per_node[0] == 3
    # The VXLAN address comes from q, so a node holds a block there too.
    assert nodes.blocks_per_node[0] == 2


def test_windows_nodes_keep_four_addresses_of_a_block_back():
    scenario = strict(plan("10.0.0.0/16", nodes=3, pods=60, busiest=60, os="windows"))
    table = ipk.capacity(scenario).block_sizes().set_index("block_size")
    assert table.pods_per_node_max[26] == 64 - 4  # one block; the tunnel has one of the four that are kept back
    assert table.verdict[26] == "fits"
    assert table.reason[30] == "no address left on Windows nodes"
    assert verdict(strict(plan("10.0.0.0/16", nodes=3, pods=61, busiest=61, os="windows")))[1] == "block-cap"


def test_windows_nodes_draw_no_ipv6():
    pools = (ipk.IPPool(name="a", cidr="10.0.0.0/16"), ipk.IPPool(name="b", cidr="fd00::/112"))
    scenario = strict(with_pools(plan(nodes=3, pods=20, busiest=20, os="windows"), *pools))
    assert ipk.capacity(scenario).verdicts[0].params["nodes"] == 3
    assert list(ipk.capacity(scenario).nodes().family) == [4]


def test_both_families_are_judged_and_the_worse_leads():
    pools = (ipk.IPPool(name="a", cidr="10.0.0.0/16"), ipk.IPPool(name="b", cidr="fd00::/120"))  # 4 blocks of IPv6
    scenario = with_pools(plan(), *pools)
    assert [judged.status for judged in ipk.capacity(scenario).verdicts] == ["fits", "fails"]
    assert ipk.capacity(scenario).verdict.subject == "IPv6"


def test_without_pools_nothing_holds():
    assert verdict(with_pools(plan())) == ("fails", "no-pool", "blocks")


def test_without_nodes_the_pools_room_is_told():
    judged = ipk.capacity(replace(plan(), plan=ipk.Plan())).verdict
    assert (judged.status, judged.code, judged.params["most"]) == ("idle", "plan-empty", 256)


def test_a_whole_internet_of_ipv6_is_judged_exactly():
    judged = ipk.capacity(plan("::/0", size=122)).verdict
    assert judged.params["most"] == 2**122
    assert judged.finding.message() == "Holds 70 nodes with 4,200 pods; capacity for up to 2^122 nodes."


def test_a_choice_makes_the_plan_fit():
    scenario = plan(size=24, nodes_per_month=5)
    chosen = ipk.capacity(scenario).choices
    assert {choice.change for choice in chosen} == {"blockSize", "prefix", "add a pool"}
    for choice in chosen:
        assert ipk.capacity(choice.scenario).verdict.status == "fits"
        assert choice.nodes_fit >= 130
        assert "pools-overlap" not in codes_of(ipk.capacity(choice.scenario).findings)
    assert ipk.capacity(plan()).choices == ()


def test_a_further_pool_takes_a_range_that_is_free():
    def ranges(**networks):
        pool = ipk.IPPool(name="b", cidr="10.244.0.0/24")
        group = ipk.NodeGroup(nodes=70, pods_per_node=60)
        scenario = ipk.Scenario(
            cluster=ipk.Cluster(pools=(pool,)), plan=ipk.Plan(groups=(group,)), networks=ipk.Networks(**networks)
        )
        return {
            choice.change: [(pool.name, str(pool.cidr)) for pool in choice.scenario.cluster.pools[1:]]
            for choice in ipk.capacity(scenario).choices
        }

    assert ranges(cluster=("10.244.0.0/16",))["add a pool"] == [("b-2", "10.244.32.0/19")]
    # The cluster CIDR is full: a private range that nothing else is in.
    full = ranges(cluster=("10.244.0.0/24",), nodes=("192.168.0.0/24",), peers=("10.0.0.0/8", "172.16.0.0/12"))
    assert full["add a pool"] == [("b-2", "192.168.32.0/19")]
    nowhere = ranges(peers=("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
    assert "add a pool" not in nowhere
