"""Each rule on a design: that it speaks where it should and is silent where it should be."""

from dataclasses import replace

import pytest

import ippoolkit as ipk
from tests.helpers import ROOT, finding_of, plan


def codes(scenario):
    return [finding.code for finding in ipk.capacity(scenario).findings]


def with_pools(*pools, networks=None, **cluster):
    base = plan()
    return replace(base, cluster=replace(base.cluster, pools=pools, **cluster), networks=networks or ipk.Networks())


GOOD = ipk.IPPool(name="good", cidr="10.0.0.0/16", vxlan_mode="Always")


def test_a_good_plan_has_nothing_but_its_verdict():
    assert codes(with_pools(GOOD)) == ["holds"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.0.1.0/24", "10.0.0.0/8"])
def test_overlapping_pools_even_disabled_ones(cidr):
    second = ipk.IPPool(name="other", cidr=cidr, disabled=True)
    overlaps = [f for f in ipk.capacity(with_pools(GOOD, second)).findings if f.code == "pools-overlap"]
    assert len(overlaps) == 1
    assert {overlaps[0].subject.removeprefix("IPPool/"), overlaps[0].params["other"]} == {"good", "other"}


def test_all_pairs_of_overlapping_pools():
    pools = [ipk.IPPool(name=str(i), cidr=f"10.0.0.0/{16 + i}") for i in range(4)]
    assert codes(with_pools(*pools)).count("pools-overlap") == 6


def test_pools_side_by_side_do_not_overlap():
    assert "pools-overlap" not in codes(with_pools(GOOD, ipk.IPPool(name="next", cidr="10.1.0.0/16")))


@pytest.mark.parametrize("kind", ["services", "nodes", "peers"])
def test_pools_inside_networks_around(kind):
    inside = ipk.Networks(**{kind: ("10.0.0.0/12",)})
    assert f"pool-overlaps-{kind}" in codes(with_pools(GOOD, networks=inside))
    beside = ipk.Networks(**{kind: ("10.16.0.0/12",)})
    assert f"pool-overlaps-{kind}" not in codes(with_pools(GOOD, networks=beside))


def test_a_pool_outside_the_cluster_cidr():
    assert "pool-outside-cluster" in codes(with_pools(GOOD, networks=ipk.Networks(cluster=("10.1.0.0/16",))))
    assert "pool-outside-cluster" not in codes(with_pools(GOOD, networks=ipk.Networks(cluster=("10.0.0.0/8",))))
    only_ipv6 = ipk.Networks(cluster=("fd00::/8",))
    assert "pool-outside-cluster" not in codes(with_pools(GOOD, networks=only_ipv6))


@pytest.mark.parametrize("cidr", ["169.254.1.0/24", "128.0.0.0/1", "0.0.0.0/0", "fe80::/64", "::/0"])
def test_link_local_ranges(cidr):
    assert "pool-link-local" in codes(with_pools(ipk.IPPool(name="p", cidr=cidr)))


@pytest.mark.parametrize("cidr", ["169.253.0.0/16", "fe00::/9", "240.0.0.0/8", "127.0.0.0/8"])
def test_other_odd_ranges_are_calicos_to_take(cidr):
    assert "pool-link-local" not in codes(with_pools(ipk.IPPool(name="p", cidr=cidr)))


def test_large_reservations():
    tenth = ipk.IPReservation(name="r", reserved_cidrs=("10.0.0.0/20", "10.0.0.0/20"))  # 4,096 of 65,536: 6%
    assert "reserved-much" not in codes(with_pools(GOOD, reservations=(tenth,)))
    more = ipk.IPReservation(name="r", reserved_cidrs=("10.0.0.0/19",))  # 12.5%
    assert "reserved-much" in codes(with_pools(GOOD, reservations=(more,)))


def test_a_selector_that_does_not_parse():
    broken = replace(GOOD, name="errors found", cidr=ipk.Cidr.parse("10.1.0.0/16"), node_selector="a = 'b'")
    syntax_finding = finding_of(ipk.capacity(with_pools(GOOD, broken)).findings, "selector-syntax")
    assert syntax_finding.message() == "nodeSelector a = 'b' is not a valid selector: expected == at character 3."
    assert "pool-selects-none" not in codes(with_pools(GOOD, broken))


def test_a_pool_that_selects_nothing():
    none = replace(GOOD, name="none", cidr=ipk.Cidr.parse("10.1.0.0/16"), node_selector="has(gpu)")
    assert "pool-selects-none" in codes(with_pools(GOOD, none))
    without_nodes = replace(with_pools(GOOD, none), plan=ipk.Plan())
    assert "pool-selects-none" not in codes(without_nodes)


def test_windows_needs_strict_affinity():
    windows = replace(with_pools(GOOD), plan=ipk.Plan(groups=(ipk.NodeGroup(nodes=2, pods_per_node=10, os="windows"),)))
    assert "windows-strict" in codes(windows)
    strict = replace(windows, cluster=replace(windows.cluster, ipam=ipk.IPAMConfig(strict_affinity=True)))
    assert "windows-strict" not in codes(strict)


def test_more_pods_than_kubelet_runs():
    assert "max-pods" in codes(plan(busiest=111))
    assert "max-pods" not in codes(plan(busiest=110))


def test_tunnels_on_borrowed_addresses_and_the_fixed_block_size():
    findings = ipk.capacity(plan(size=24)).findings
    assert [finding.code for finding in findings] == [
        "blocks-short",
        "tunnels-borrowed",
        "block-size-fixed",
    ]
    assert findings[1].params == {"tunnels": 6, "nodes": 6}


def test_the_extra_pool_of_the_kubean_page_lies_outside_the_cluster_cidr():
    findings = [f for f in ipk.capacity(ipk.load(ROOT / "data/kubean.yaml")).findings if f.severity != "ok"]
    assert [(finding.code, finding.subject) for finding in findings] == [
        ("pool-outside-cluster", "IPPool/extra-ippool"),
        ("cni-unknown", ""),
    ]
