"""What is recommended, why, and what becomes of it; free ranges on the command line."""

import json
import re
import shlex
from datetime import date

import pytest

import ippoolkit as ipk
from ippoolkit.analysis import analyse
from ippoolkit.choose import (
    change_options,
    change_options_table,
    designs_table,
    recommend,
    routes_table,
    scenario_routes,
)
from ippoolkit.errors import InputError
from ippoolkit.model import BGPConfiguration, BGPPeer, Block
from ippoolkit.model.scenario_edits import with_pool
from ippoolkit.simulation import place_planned_pods
from ippoolkit.write.redaction import redact_scenarios
from tests.brute_force import brute_force, design_row, is_in_private_ranges, undominated
from tests.helpers import ROOT, codes_of, finding_of, plan
from tests.helpers import run_command as run

SAMPLE = ROOT / "data/kubespray.yaml"
TODAY = date(2026, 11, 26)


def picked_sizes(recommendation):
    return [(p.design.family, p.design.prefix, p.design.block_size) for p in recommendation.picks]


def reasons(recommendation):
    return [reason.code for reason in recommendation.reasons]


# ---- the search and the pick


def test_the_issue_of_two_racks_by_hand():
    # 111 addresses a node: one block of 128. 50 nodes a rack: 64 blocks, /19. Routes: 50 + 1.
    recommendation = recommend(nodes=100, pods_per_node=110, racks=2, max_routes=2000)
    (pick,) = recommendation.picks
    design = pick.design
    assert (design.prefix, design.block_size, design.pools) == (19, 25, 2)
    assert (design.addresses, design.routes, design.nodes_fit) == (2 * 2**13, 51, 128)
    assert recommendation.holds
    assert len(pick.cidrs) == 2


def test_without_encapsulation_no_tunnel_takes_an_address():
    design = recommend(nodes=10, pods_per_node=64, encapsulation="none").picks[0].design
    assert (design.block_size, design.unused_per_node) == (26, 0)


def test_ipip_on_ipv6_becomes_vxlan():
    recommendation = recommend(nodes=10, family="dual", encapsulation="ipip")
    modes = [(pool.version, pool.ipip_mode, pool.vxlan_mode) for pool in recommendation.pools]
    assert modes == [(4, "Always", "Never"), (6, "Never", "Always")]
    assert "choose-ipip-ipv6" in reasons(recommendation)


def test_what_the_next_ones_buy_is_said():
    messages = [reason.message() for reason in recommend(nodes=128, pods_per_node=110).reasons]
    assert any("Twice the addresses (/17, blockSize 25): 256 nodes instead of 128" in text for text in messages)


def test_growth_counts_until_the_month():
    recommendation = recommend(nodes=12, pods_per_node=60, nodes_per_month=12.5, by="2027-06", today=TODAY)
    assert recommendation.months == 7
    assert recommendation.designs[0].space.need.kinds[0].nodes == 12 + 88
    scenario = recommendation.as_scenario()
    assert scenario.plan.groups[0].nodes_after(7) == 100


@pytest.mark.parametrize(
    ("wanted", "code", "by"),
    [
        ({"nodes": 100, "max_routes": 50}, "choose-relax-routes", 50),
        ({"nodes": 1, "pods_per_node": 200_000}, "choose-relax-cap", 29),
        ({"nodes": 1_000_000, "pods_per_node": 110}, "choose-relax-pool-nodes", None),  # no room for more racks
        ({"nodes": 1_000_000, "pods_per_node": 110, "within": ["0.0.0.0/0"]}, "choose-relax-pool", None),
    ],
)
def test_where_nothing_holds_the_rule_to_relax_is_named(wanted, code, by):
    recommendation = recommend(**wanted)
    assert not recommendation.holds
    assert recommendation.picks == ()
    reason = finding_of(recommendation.reasons, code)
    if by is not None:
        assert reason.params["by"] == by


def test_what_is_said_to_be_enough_is_enough():
    for wanted in ({"nodes": 100, "max_routes": 50}, {"nodes": 7, "pods_per_node": 3000, "max_routes": 3}):
        reason = recommend(**wanted).reasons[0]
        assert recommend(**wanted | {"max_routes": wanted["max_routes"] + reason.params["by"]}).holds
    reason = finding_of(recommend(nodes=1, pods_per_node=200_000).reasons, "choose-relax-cap")
    assert recommend(nodes=1, pods_per_node=200_000, max_blocks_per_host=20 + reason.params["by"]).holds
    million = {"nodes": 1_000_000, "pods_per_node": 110, "within": ["0.0.0.0/0"]}
    reason = finding_of(recommend(**million).reasons, "choose-relax-pool")
    assert recommend(**million, racks=reason.params["racks"]).holds


def test_groups_with_pools_of_their_own_share_the_limit_on_routes():
    groups = [{"name": "small", "nodes": 40, "pods_per_node": 200}, {"name": "gpu", "nodes": 8, "pools": "gpu"}]
    free = recommend(groups=groups)
    assert [p.design.prefix for p in free.picks] == [18, 22]
    routes = sum(p.design.routes for p in free.picks)
    tight = recommend(groups=groups, max_routes=routes)
    assert sum(p.design.routes for p in tight.picks) <= routes
    assert "choose-relax-routes-together" in reasons(recommend(groups=groups, max_routes=47))


def test_windows_nodes_have_one_block_and_no_ipv6():
    recommendation = recommend(
        groups=[{"name": "win", "nodes": 4, "pods_per_node": 100, "os": "windows"}], family="dual"
    )
    assert [p.design.family for p in recommendation.picks] == [4]
    assert recommendation.picks[0].design.block_size == 25  # 101 and 4 kept back
    assert recommendation.as_scenario().cluster.ipam.strict_affinity


# ---- where


def test_pools_lie_within_and_clear_of_what_is_there():
    recommendation = recommend(ipk.load(SAMPLE), nodes=12, pods_per_node=60, within=["10.233.0.0/16"])
    for pick in recommendation.picks:
        for cidr in pick.cidrs:
            assert cidr in ipk.Cidr.parse("10.233.0.0/16")
            assert not any(cidr.overlaps(pool.cidr) for pool in ipk.load(SAMPLE).cluster.pools)


def test_no_room_says_what_is_free():
    recommendation = recommend(nodes=100, within=["10.0.0.0/20"])
    assert not recommendation.holds
    reason = recommendation.reasons[0]
    assert (reason.code, reason.params["largest"]) == ("choose-no-room", "10.0.0.0/20")
    taken = ["10.0.0.0/17", "10.0.128.0/18"]
    full = recommend(nodes=100, within=["10.0.0.0/16"], taken=[*taken, "10.0.192.0/19"])
    released = finding_of(full.reasons, "free-release")
    assert released.params["networks"] == "10.0.192.0/19 (networks.peers)"
    assert recommend(nodes=100, within=["10.0.0.0/16"], taken=taken).holds


NEWCOMER = {"nodes": 80, "pods_per_node": 60, "encapsulation": "ipip", "within": ["10.64.0.0/12"]}


def test_designs_without_a_free_range_are_not_offered():
    recommendation = recommend(**NEWCOMER, taken=["10.64.0.0/16"])
    # A /12 of which a /16 is taken has room for a /13, not for a /12.
    assert {design.prefix for _, design in recommendation.listed()} == set(range(13, 20))
    numbers = range(1, len(recommendation.listed()) + 1)
    assert all(recommend(**NEWCOMER, taken=["10.64.0.0/16"], pick=[number]).holds for number in numbers)
    every = designs_table(recommendation, every=True)
    assert set(every.loc[(every.prefix < 13) & (every.block_size == 26), "breaks"]) == {"no free range"}
    racks = recommend(nodes=80, racks=3, within=["10.64.0.0/12"], taken=["10.64.0.0/14"])
    assert min(design.prefix for _, design in racks.listed()) == 14  # three of them are free


def test_a_design_picked_by_hand_is_not_called_the_cheapest():
    cheapest, by_hand = (recommend(**NEWCOMER, pick=[number]).reasons[0] for number in (1, 2))
    assert cheapest.code == "choose-picked"
    assert by_hand.code == "choose-picked-by-hand"
    assert (by_hand.params["addresses"], by_hand.params["least"]) == (2**14, 2**13)
    # With pools of their own the groups share the table: what is picked for one of them is not its cheapest.
    groups = [
        {"name": "a", "nodes": 9, "pods_per_node": 40},
        {"name": "b", "nodes": 9, "pods_per_node": 40, "pools": "b"},
    ]
    assert reasons(recommend(groups=groups, max_routes=27)).count("choose-picked-together") == 2


def test_sets_of_pools_that_have_no_room_together_are_not_called_picked():
    groups = [{"name": name, "nodes": 10, "pods_per_node": 60, "pools": name} for name in "ab"]
    recommendation = recommend(groups=groups, within=["10.0.0.0/22"])
    assert not recommendation.holds
    assert reasons(recommendation).count("choose-picked") == 1  # there is room for one of them
    assert recommendation.reasons[0].code == "choose-no-room-at-all"


def test_a_rolling_update_that_overfills_a_nodes_blocks_is_told():
    surge = finding_of(recommend(**NEWCOMER).reasons, "choose-surge")
    # 61 of 64 addresses; 25% of 60 pods are 15; 128 blocks for 80 nodes.
    assert [surge.params[name] for name in ("own", "spare", "surge", "left", "nodes")] == [1, 3, 15, 48, 80]
    enough = recommend(**NEWCOMER | {"pods_per_node": 75})
    assert "choose-surge" not in reasons(enough)
    assert "choose-surge" not in reasons(recommend(nodes=80, pods_per_node=50))  # 13 more, and 13 to spare
    full = recommend(nodes=80, pods_per_node=110)  # kubelet starts no more than 110
    assert "choose-surge" not in reasons(full)
    windows = recommend(groups=[{"nodes": 4, "pods_per_node": 58, "os": "windows"}])  # one block, 59 of 60 addresses
    assert "choose-surge-capped" in reasons(windows)


# ---- what becomes of it: the same numbers wherever they are asked for

NEEDS = [
    {"nodes": 100, "pods_per_node": 110, "racks": 2, "max_routes": 2000},
    {"nodes": 100, "pods_per_node": 110, "racks": 3, "headroom": 10, "family": "dual"},
    {"nodes": 40, "pods_per_node": 63, "encapsulation": "ipip", "headroom": 50, "family": "dual"},
    {"nodes": 7, "pods_per_node": 0, "encapsulation": "none", "racks": 7},
    {"nodes": 12, "pods_per_node": 60, "nodes_per_month": 12.5, "by": "2027-06", "racks": 4, "today": TODAY},
    {"nodes": 9, "pods_per_node": 300, "max_blocks_per_host": 30, "family": 6},
    {"groups": [{"name": "a", "nodes": 30, "pods_per_node": 20}, {"name": "b", "nodes": 5, "pods_per_node": 200}]},
    {
        "groups": [
            {"name": "a", "nodes": 30, "pods_per_node": 20},
            {"name": "gpu", "nodes": 5, "pods_per_node": 200, "pools": "gpu"},
            {"name": "win", "nodes": 4, "pods_per_node": 40, "os": "windows", "pools": "win"},
        ],
        "racks": 2,
    },
]


@pytest.mark.parametrize("need", NEEDS, ids=range(len(NEEDS)))
def test_capacity_says_of_the_scenario_what_was_recommended(need):
    recommendation = recommend(**need)
    assert recommendation.holds
    scenario = recommendation.as_scenario()
    for version in sorted({pick.design.family for pick in recommendation.picks}):
        verdict = next(v for v in analyse(scenario).verdicts if v.subject == f"IPv{version}")
        assert verdict.code in ("holds", "holds-growing", "no-spare")
        most = sum(pick.design.nodes_fit for pick in recommendation.picks if pick.design.family == version)
        assert verdict.params["most"] == most


@pytest.mark.parametrize("need", NEEDS[:4] + NEEDS[6:], ids=range(len(NEEDS) - 2))
def test_the_engine_fills_it_without_borrowing(need):
    result = place_planned_pods(recommend(**need).as_scenario())
    assert set(result.timeline["borrowed"]) == {0}
    assert result.failures.empty


@pytest.mark.parametrize("need", NEEDS, ids=range(len(NEEDS)))
def test_every_judge_takes_the_manifests(need, tmp_path):
    recommendation = recommend(**need)
    path = tmp_path / "pools.yaml"
    path.write_text(ipk.to_manifests_yaml(recommendation.pools))
    review = ipk.check(path)
    assert review.accepted
    assert len(review.objects) == sum(pick.design.pools for pick in recommendation.picks)


def test_a_scenario_comes_back_as_it_was_written(tmp_path):
    scenario = recommend(**NEEDS[-1]).as_scenario(name="chosen")
    assert ipk.load(ipk.save_scenario(scenario, tmp_path / "s.yaml")) == scenario


def test_what_was_said_on_the_command_line_is_in_the_scenario(tmp_path):
    path = tmp_path / "plan.yaml"
    result = run(
        "recommend",
        *("--group", "name=a,nodes=30,pods-per-node=60,nodes-per-month=2", "--group", "name=b,nodes=4,pools=b"),
        *("--encapsulation", "ipip", "--racks", 2, "--rack-label", "zone", "--headroom", 10, "--max-routes", 500),
        *("--max-blocks-per-host", 10, "--within", "10.64.0.0/12", "--taken", "10.64.0.0/16", "192.168.0.0/24"),
        *("--by", "2027-06", "--date", TODAY, "--calico", "v3.30", "-o", path),
    )
    assert result.exit_code == 0
    scenario = ipk.load(path)
    assert ipk.load(ipk.save_scenario(scenario, tmp_path / "again.yaml")) == scenario
    needed = scenario.requirements
    assert [(group.name, group.nodes, group.pools) for group in needed.groups] == [("a", 30, ""), ("b", 4, "b")]
    assert (needed.encapsulation, needed.racks, needed.rack_label, needed.headroom) == ("ipip", 2, "zone", 10)
    assert (needed.max_routes, needed.max_blocks_per_host, needed.by) == (500, 10, "2027-06")
    assert (needed.groups[0].nodes_per_month, scenario.plan.months) == (2, 7)
    assert list(map(str, needed.within)) == ["10.64.0.0/12"]
    assert list(map(str, scenario.networks.peers)) == ["10.64.0.0/16", "192.168.0.0/24"]
    assert scenario.release.has("crd-native") == ipk.Scenario(calico="v3.30").release.has("crd-native")


def test_what_was_said_to_be_taken_is_heeded_by_whatever_reads_the_scenario(tmp_path):
    network = ipk.Cidr.parse("10.64.0.0/16")
    path = ipk.save_scenario(recommend(**NEWCOMER, taken=[network]).as_scenario(), tmp_path / "plan.yaml")
    (offer,) = ipk.free(path, within=["10.64.0.0/12"], prefix=16).offers
    assert not offer.overlaps(network)
    again = recommend(ipk.load(path))
    assert not any(cidr.overlaps(network) for pick in again.picks for cidr in pick.cidrs)
    assert all(not option.cidr.overlaps(network) for option in change_options(again) if option.cidr)
    moved = with_pool(ipk.load(path), "pods-ipv4", cidr=ipk.Cidr.parse("10.64.32.0/19"))
    assert "pool-overlaps-peers" in codes_of(ipk.capacity(moved).findings)


def test_what_nodes_and_pods_use_is_in_use_in_the_scenario_too():
    cluster = ipk.Cluster(
        pools=(ipk.IPPool(name="p", cidr="10.0.0.0/24"),),
        nodes=(
            ipk.Node(name="n1", addresses=("192.168.0.4",)),
            ipk.Node(name="n2", addresses=("192.168.0.5",), networks=("10.9.0.0/16",)),
        ),
        pods=(ipk.Pod(name="x", node="n1", addresses=("10.0.0.7",)),),
    )
    scenario = recommend(ipk.Scenario(cluster=cluster), pods_per_node=60, within=["10.0.0.0/8"]).as_scenario()
    assert list(map(str, scenario.networks.peers)) == ["10.9.0.0/16", "192.168.0.4/31"]


def test_requirements_of_a_scenario_are_what_is_asked(tmp_path):
    path = tmp_path / "need.yaml"
    path.write_text(
        "version: 1\nrequirements:\n  racks: 2\n  maxRoutes: 2000\n  by: 2027-06\n"
        "  groups: [{nodes: 100, podsPerNode: 110}]\n  within: [10.0.0.0/8]\n"
    )
    recommendation = recommend(ipk.load(path), today=TODAY)
    assert picked_sizes(recommendation) == [(4, 19, 25)]
    assert picked_sizes(recommend(ipk.load(path), nodes=400, today=TODAY)) == [(4, 17, 25)]


def scenario_of_racks(values, *, label="rack", pools=("10.0.0.0/20",)):
    nodes = tuple(
        ipk.Node(name=f"n{number}", labels={label: value} if value else {}) for number, value in enumerate(values)
    )
    pools = tuple(ipk.IPPool(name=f"old-{number}", cidr=cidr) for number, cidr in enumerate(pools))
    return ipk.Scenario(cluster=ipk.Cluster(pools=pools, nodes=nodes))


def test_pools_of_racks_select_the_labels_that_nodes_have():
    recommendation = recommend(scenario_of_racks("ABAB", label="topology.kubernetes.io/rack"), pods_per_node=30)
    assert [(pool.name, pool.node_selector) for pool in recommendation.pools] == [
        ("pods-rack-a-ipv4", "topology.kubernetes.io/rack == 'A'"),
        ("pods-rack-b-ipv4", "topology.kubernetes.io/rack == 'B'"),
    ]
    assert not {"choose-rack-unlabelled", "choose-rack-fuller"} & codes_of(recommendation.reasons)
    for node in recommendation.scenario.cluster.nodes:
        assert sum(pool.selects_node(node.labels) for pool in recommendation.pools) == 1
    assert {pool.node_selector for pool in recommend(scenario_of_racks("aAaA"), pods_per_node=1).pools} == {
        "rack == 'a'",
        "rack == 'A'",
    }
    assert len({pool.name for pool in recommend(scenario_of_racks("aAaA"), pods_per_node=1).pools}) == 2
    assert [pool.node_selector for pool in recommend(scenario_of_racks("ab"), racks=3).pools][-1] == "rack == '1'"


def test_nodes_that_pools_of_racks_do_not_fit_are_told():
    codes = codes_of(recommend(scenario_of_racks(["a"] * 6 + ["b", ""]), pods_per_node=30).reasons)
    assert {"choose-rack-unlabelled", "choose-rack-fuller"} <= codes
    assert "choose-rack-more" in codes_of(recommend(scenario_of_racks("abc"), racks=2).reasons)


def test_a_cap_that_calicoctl_of_the_release_cannot_set_is_warned_of():
    def codes(release, **wanted):
        return codes_of(recommend(ipk.Scenario(calico=release), nodes=10, **wanted).reasons)

    assert "choose-cap-release" in codes("v3.29.7", max_blocks_per_host=4)
    assert "choose-cap-release" not in codes("v3.30.7", max_blocks_per_host=4)
    assert "choose-cap-release" not in codes("v3.29.7")


@pytest.mark.parametrize(("release", "mode"), [("v3.22.5", "Never"), ("v3.23.5", "Always")])
def test_ipv6_pools_have_vxlan_where_the_release_takes_it(release, mode):
    recommendation = recommend(ipk.Scenario(calico=release), nodes=10, family="dual")
    assert [pool.vxlan_mode for pool in recommendation.pools] == ["Always", mode]
    assert ("choose-bare-ipv6" in codes_of(recommendation.reasons)) == (mode == "Never")


# ---- routes


def test_routes_by_hand():
    table = routes_table(recommend(nodes=100, pods_per_node=110, racks=3, max_routes=60))
    rows = table[["node", "router", "spine", "reflector", "sessions", "fits"]].to_numpy().tolist()
    assert rows == [
        [100, 0, 0, 0, 0, False],
        [100, 0, 0, 0, 99, False],
        [100, 0, 0, 100, 2, False],
        [100, 100, 100, 0, 1, False],
        [36, 36, 3, 0, 1, True],  # 34 of its own rack and the 2 others
    ]


# ---- a cluster that exists


def test_a_cluster_that_holds_needs_nothing():
    scenario = ipk.load(SAMPLE)
    (keep,) = change_options(recommend(scenario, nodes=12, pods_per_node=60))
    assert (keep.kind, keep.holds, keep.pods_recreated) == ("keep", True, 0)


def test_ways_for_a_cluster_that_outgrows_its_pool():
    scenario = plan("10.0.0.0/22", size=26, nodes=10, pods=60)
    recommendation = recommend(scenario, nodes=20, pods_per_node=40, within=["10.0.0.0/16"])
    by_kind = {option.kind: option for option in change_options(recommendation)}
    assert not by_kind["keep"].holds
    assert by_kind["second-pool"].holds
    assert by_kind["second-pool"].command[:2] == ("runbook", "grow")
    assert by_kind["migrate"].holds
    assert all(not by_kind[kind].cidr.overlaps(scenario.cluster.pools[0].cidr) for kind in ("second-pool", "migrate"))


PASTE = """\
$ calicoctl ipam show --show-blocks
+----------+-----------------+-----------+------------+-----------+
| GROUPING |      CIDR       | IPS TOTAL | IPS IN USE | IPS FREE  |
+----------+-----------------+-----------+------------+-----------+
| IP Pool  | 10.48.0.0/25    |       128 | 77 (60%)   | 51 (40%)  |
| Block    | 10.48.0.0/26    |        64 | 40 (62%)   | 24 (38%)  |
| Block    | 10.48.0.64/26   |        64 | 37 (58%)   | 27 (42%)  |
+----------+-----------------+-----------+------------+-----------+
$ kubectl get nodes
NAME    STATUS   ROLES    AGE   VERSION
n1      Ready    <none>   90d   v1.31.2
n2      Ready    <none>   90d   v1.31.2
n3      Ready    <none>   90d   v1.31.2
"""


def test_pods_that_were_not_read_are_unknown_and_no_change_is_left_out(tmp_path):
    dump = tmp_path / "my dump.txt"
    dump.write_text(PASTE)
    for options, holding in (
        (("--pods-per-node", 35), {"second-pool", "migrate", "block-size"}),  # 108 addresses, in blocks of 8
        ((), {"second-pool", "migrate"}),
    ):
        result = run("recommend", dump, *options, "--json")
        changes = {change["change"]: change for change in json.loads(result.stdout)["changes"]}
        assert set(changes) == {"keep", "second-pool", "migrate", "block-size"}
        assert {kind for kind, change in changes.items() if change["holds"]} == holding
        assert (changes["second-pool"]["pods_recreated"], changes["second-pool"]["blocks_released"]) == (0, 0)
        for kind in ("migrate", "block-size"):
            assert changes[kind]["pods_recreated"] is None
            assert changes[kind]["blocks_released"] is None
        for kind in holding:
            issued = run(*changes[kind]["command"][1:])
            assert issued.exit_code == 1  # a command that runs; its answer is that pods were not read
            assert "Missing from the input, or given as an empty list: IPPool, IPAMBlock, Node, Pod" in issued.stdout
    table = change_options_table(change_options(recommend(ipk.load(dump)), ["--cluster", str(dump)]))
    commands = table.loc[table.holds, "command"]
    assert [shlex.split(command)[-1] for command in commands] == [str(dump)] * len(holding)


# ---- what cannot be


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"nodes": 0},
        {"nodes": 1, "racks": 0},
        {"nodes": 1, "headroom": -1},
        {"nodes": 1, "by": "June"},
        {"nodes": 1, "family": 5},
        {"nodes": 1, "within": ["10.0.0.1/8"]},
        {"nodes": 1, "colour": "red"},
    ],
)
def test_needs_that_make_no_sense_are_refused(wanted):
    with pytest.raises(InputError):
        recommend(**wanted)


# ---- the command line


def test_recommend_prints_json_that_a_brute_force_agrees_with():
    result = run("recommend", "--nodes", 90, "--pods-per-node", 31, "--racks", 3, "--headroom", 15, "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    designs = brute_force(4, nodes=90, addresses=31 + 1, racks=3, headroom=15, max_routes=None, cap=20)
    designs = undominated([design for design in designs if is_in_private_ranges(design, 4, racks=3)])
    assert sorted(map(design_row, data["designs"])) == sorted(designs)
    assert data["picked"]["addresses"] == min(design["addresses"] for design in data["designs"])
    assert data["picked"]["cidrs"]
    assert data["reasons"][0]["code"] == "choose-picked"


def test_recommend_says_when_nothing_fits():
    result = run("recommend", "--nodes", 100, "--max-routes", 10, "--json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["designs"], data["picked"]) == ([], None)
    assert "max-routes" in data["reasons"][0]["message"]


def test_recommend_writes_what_it_picked(tmp_path):
    scenario, pools = tmp_path / "s.yaml", tmp_path / "p.yaml"
    result = run("recommend", "--nodes", 40, "--racks", 2, "-o", scenario, "--manifests", pools)
    assert result.exit_code == 0
    assert run("capacity", scenario).exit_code == 0
    next_step = re.fullmatch(
        r"Next: ippoolkit (check .*); then calicoctl create -f (.*)\nOn a new cluster .*\n", result.stderr
    )
    assert next_step is not None
    assert next_step[2] == str(pools)
    assert run(*shlex.split(next_step[1])).exit_code == 0
    second = run("recommend", "--nodes", 40, "--racks", 2, "--pick", 2, "--json")
    assert json.loads(second.stdout)["picked"]["blockSize"] == json.loads(second.stdout)["designs"][1]["blockSize"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--nodes"),
        (("--nodes", "5", "--within", "10.0.0.1/8", "10.0.0.0/40"), "10.0.0.0/40"),
        (("--nodes", "5", "--pick", "99"), "99"),
        (("--nodes", "5", "--by", "soon"), "by"),
        (("--group", "nodes=3,colour=red"), "colour=red"),
        (("--nodes", "-3"), "-3"),
    ],
)
def test_recommend_names_what_it_cannot_use(arguments, message):
    result = run("recommend", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_free_offers_best_fit_and_prints_json():
    result = run(
        "free",
        "--within",
        "10.0.0.0/24",
        "--taken",
        "10.0.0.0/26",
        "10.0.0.192/27",
        "--prefix",
        27,
        "--count",
        2,
        "--json",
    )
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["within"] == ["10.0.0.0/24"]
    assert data["taken"] == [
        {"cidr": "10.0.0.0/26", "where": "--taken"},
        {"cidr": "10.0.0.192/27", "where": "--taken"},
    ]
    assert data["free"] == ["10.0.0.64/26", "10.0.0.128/26", "10.0.0.224/27"]
    assert data["offers"] == ["10.0.0.224/27", "10.0.0.64/27"]


def test_free_says_what_to_release():
    result = run("free", "--within", "10.0.0.0/24", "--taken", "10.0.0.0/26", "10.0.0.128/25", "--prefix", 25)
    assert result.exit_code == 1
    assert "10.0.0.64/26" in result.stdout
    assert "10.0.0.0/25 would be free without 10.0.0.0/26" in result.stdout


def test_free_lists_every_bad_cidr():
    result = run("free", "--within", "10.0.0.0/33", "--taken", "10.0.0.1/8", "--taken", "banana", "--prefix", 24)
    assert result.exit_code == 2
    assert all(text in result.stderr for text in ("10.0.0.0/33", "10.0.0.1/8", "banana"))


def test_special_purpose_ranges_are_offered_only_when_asked_for():
    def offers(*more):
        return json.loads(run("free", "--within", "100.0.0.0/9", "--prefix", 10, *more, "--json").stdout)["offers"]

    assert offers() == ["100.0.0.0/10"]
    assert offers("--count", 2) == ["100.0.0.0/10"]
    assert offers("--count", 2, "--special") == ["100.0.0.0/10", "100.64.0.0/10"]
    named = run("free", "--within", "100.64.0.0/10", "--prefix", 16, "--json")
    assert json.loads(named.stdout)["offers"] == ["100.64.0.0/16"]


def test_free_reads_files_of_all_kinds(tmp_path):
    plan_file, routes = tmp_path / "plan.csv", tmp_path / "routes.txt"
    plan_file.write_text("Prefix,Description\n10.233.0.0/18,services\n")
    routes.write_text("10.233.128.0/18 via 10.0.0.1 dev eth0\n")
    result = run("free", plan_file, routes, SAMPLE, "--within", "10.233.0.0/16", "--prefix", 18, "--json")
    data = json.loads(result.stdout)
    assert data["offers"] == ["10.233.192.0/18"]
    assert any(network["where"].endswith("plan.csv:2: services") for network in data["taken"])
    assert any("pool default-pool" in network["where"] for network in data["taken"])


@pytest.mark.parametrize("ending", ["html", "svg", "png"])
def test_free_draws_the_space(tmp_path, ending):
    path = tmp_path / f"space.{ending}"
    result = run("free", "--within", "10.0.0.0/24", "--taken", "10.0.0.0/26", "--picture", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert path.stat().st_size > 1000


def test_the_json_of_a_cluster_names_the_changes_and_their_commands(tmp_path):
    path = ipk.save_scenario(plan("10.0.0.0/22", size=26, nodes=10, pods=60), tmp_path / "small.yaml")
    result = run("recommend", path, "--nodes", 20, "--pods-per-node", 40, "--within", "10.0.0.0/16", "--json")
    assert result.exit_code == 0
    changes = json.loads(result.stdout)["changes"]
    assert {change["change"] for change in changes} == {"keep", "block-size", "second-pool", "migrate"}
    assert changes[0]["change"] == "second-pool"
    assert changes[0]["command"][:3] == ["ippoolkit", "runbook", "grow"]
    text = run("recommend", path, "--nodes", 20, "--pods-per-node", 40, "--within", "10.0.0.0/16", COLUMNS="120")
    assert "ippoolkit runbook grow" in text.stdout


def test_bgp_settings_say_how_routes_travel(tmp_path):
    path = tmp_path / "bgp.yaml"
    path.write_text(
        """\
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, asNumber: "1.10", logSeverityScreen: Info}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: rack-a}
spec: {nodeSelector: rack == 'a', peerIP: 192.168.1.1, asNumber: 65001}
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: a}
spec: {cidr: 10.0.0.0/20, blockSize: 26, nodeSelector: rack == 'a'}
"""
    )
    scenario = ipk.load(path)
    assert not scenario.cluster.bgp.node_to_node_mesh_enabled
    assert scenario.cluster.bgp.as_number == (1 << 16) + 10
    assert scenario.cluster.bgp_peers[0].peer_ip == "192.168.1.1"
    assert ipk.load(ipk.save_scenario(scenario, tmp_path / "s.yaml")) == scenario
    group = ipk.NodeGroup(nodes=5, pods_per_node=100, labels={"rack": "a"})
    planned = ipk.Scenario(cluster=scenario.cluster, plan=ipk.Plan(groups=(group,)))
    table = scenario_routes(planned, max_routes=9)
    row = table[table["in_use"]].iloc[0]
    assert (row["peering"], row["node"], row["router"], row["fits"]) == ("top-of-rack routers", 10, 10, False)


def scenario_with_bgp(*documents, nodes=(), blocks=(), groups=(), pools=()):
    """Return a scenario of these BGP objects, and of what is planned or there."""
    bgp = next((document for document in documents if isinstance(document, BGPConfiguration)), None)
    peers = tuple(document for document in documents if isinstance(document, BGPPeer))
    cluster = ipk.Cluster(pools=pools, bgp=bgp, bgp_peers=peers, nodes=nodes, blocks=blocks)
    return ipk.Scenario(cluster=cluster, plan=ipk.Plan(groups=groups))


def used_row(table):
    (row,) = table[table["in_use"]].to_dict("records")
    return {name: row[name] for name in ("peering", "node", "router", "spine", "reflector", "sessions", "racks")}


def test_routes_of_racks_with_an_as_number_each():
    peers = [
        BGPPeer(
            name=f"tor-{rack}-{number}",
            node_selector=f"rack == '{rack}'",
            peer_ip=f"10.9.{number}.1",
            as_number=65001 + index,
        )
        for index, rack in enumerate("ab")
        for number in (1, 2)
    ]
    groups = tuple(
        ipk.NodeGroup(name=rack, nodes=nodes, pods_per_node=50, labels={"rack": rack})
        for rack, nodes in (("a", 10), ("b", 6))
    )
    shared = (ipk.IPPool(name="all", cidr="10.0.0.0/16"),)
    mesh_off = BGPConfiguration(node_to_node_mesh_enabled=False)
    table = scenario_routes(scenario_with_bgp(mesh_off, *peers, groups=groups, pools=shared))
    assert used_row(table) == {
        "peering": "top-of-rack routers",
        "node": 16,
        "router": 16,
        "spine": 16,
        "reflector": 0,
        "sessions": 2,
        "racks": "2 (AS 65001, 65002)",
    }
    # One pool for both racks: no router can announce it alone.
    assert "top-of-rack routers, a rack's pool as one" not in set(table["peering"])
    own = tuple(
        ipk.IPPool(name=rack, cidr=f"10.{index}.0.0/16", node_selector=f"rack == '{rack}'")
        for index, rack in enumerate("ab")
    )
    table = scenario_routes(scenario_with_bgp(mesh_off, *peers, groups=groups, pools=own))
    (aggregated,) = table[table["peering"].str.contains("as one")].to_dict("records")
    assert (aggregated["node"], aggregated["spine"]) == (11, 2)


def test_routes_through_reflectors_count_the_sessions_with_those_that_are_read():
    nodes = tuple(
        ipk.Node(name=f"n{i}", labels={"rr": "yes"} if i < 3 else {}, route_reflector_cluster_id="1" if i < 3 else "")
        for i in range(8)
    )
    blocks = tuple(Block(cidr=f"10.0.0.{64 * i}/26", affinity=f"host:n{i}") for i in range(4))
    peer = BGPPeer(name="to-reflectors", node_selector="all()", peer_selector="rr == 'yes'")
    mesh_off = BGPConfiguration(node_to_node_mesh_enabled=False)
    pools = (ipk.IPPool(name="p", cidr="10.0.0.0/16"),)
    used = used_row(scenario_routes(scenario_with_bgp(mesh_off, peer, nodes=nodes, blocks=blocks, pools=pools)))
    assert (used["peering"], used["node"], used["reflector"], used["sessions"]) == ("route reflectors", 4, 4, 3)


def test_a_pool_that_bgp_does_not_announce_stays_in_no_table_but_the_nodes_own():
    groups = (ipk.NodeGroup(name="a", nodes=5, pods_per_node=50),)
    pools = (ipk.IPPool(name="p", cidr="10.0.0.0/16", vxlan_mode="Always", disable_bgp_export=True),)
    table = scenario_routes(scenario_with_bgp(BGPConfiguration(), groups=groups, pools=pools)).set_index("peering")
    assert list(table["node"]) == [5, 0, 0, 0]
    assert table.loc["full mesh of nodes", "sessions"] == 4
    nodes = tuple(ipk.Node(name=f"n{i}", as_number=65000 + i) for i in range(2))
    blocks = tuple(Block(cidr=f"10.0.0.{64 * i}/26", affinity=f"host:n{i % 2}") for i in range(4))
    table = scenario_routes(scenario_with_bgp(BGPConfiguration(), nodes=nodes, blocks=blocks, pools=pools))
    assert (list(table["node"]), set(table["racks"])) == ([4, 0, 0, 0], {"2 (AS 65000, 65001)"})


def test_what_nodes_say_of_bgp_is_read(tmp_path):
    (tmp_path / "calico.yaml").write_text(
        """\
apiVersion: projectcalico.org/v3
kind: Node
metadata: {name: n1}
spec: {bgp: {asNumber: 65001, routeReflectorClusterID: 244.0.0.1, ipv4Address: 192.168.0.1/24}}
"""
    )
    (tmp_path / "nodes.json").write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [
                    {
                        "apiVersion": "v1",
                        "kind": "Node",
                        "metadata": {
                            "name": name,
                            "annotations": {
                                "projectcalico.org/ASNumber": number,
                                "projectcalico.org/RouteReflectorClusterID": "244.0.0.2",
                            },
                        },
                    }
                    for name, number in (("n2", "1.10"), ("n3", "x"))
                ],
            }
        )
    )
    nodes = {node.name: node for node in ipk.load(tmp_path).cluster.nodes}
    assert [(nodes[name].as_number, nodes[name].route_reflector_cluster_id) for name in ("n1", "n2", "n3")] == [
        (65001, "244.0.0.1"),
        ((1 << 16) + 10, "244.0.0.2"),
        (0, "244.0.0.2"),
    ]


def test_routes_of_a_plan_count_borrowed_addresses():
    # 16 blocks; 10 nodes of 100 addresses need 2 each: two nodes find none and borrow 200 addresses.
    table = scenario_routes(plan("10.0.0.0/22", nodes=10, pods=99, busiest=99))
    assert set(table["node"]) == {16 + 200}


def test_redacted_scenarios_keep_no_names_of_peers():
    scenario = plan()
    peers = (BGPPeer(name="spine-berlin", peer_ip="10.1.2.3", node_selector="rack == 'berlin'"),)
    cluster = ipk.Cluster(pools=scenario.cluster.pools, bgp_peers=peers)
    (redacted,) = redact_scenarios([ipk.Scenario(cluster=cluster, plan=scenario.plan)])
    assert "berlin" not in str(redacted)
    assert "10.1.2.3" not in str(redacted)
