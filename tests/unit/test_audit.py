"""What an audit says, finding by finding: on recorded clusters, and on small ones made for the purpose."""

import json
import re
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit, audit_reading
from ippoolkit.findings import get_language
from ippoolkit.model import Allocation, Block, BlockAffinity, Cluster, IPAMHandle, IPReservation, Pod, Service, Tunnel
from ippoolkit.read import Reading
from tests.helpers import CLUSTERS, ROOT, codes_of, run_command, unpack_cluster


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    return {cluster: unpack_cluster(cluster, tmp_path_factory.mktemp(cluster)) for cluster in CLUSTERS}


def findings_by_code(cluster, **more):
    """The findings on a cluster, by code."""
    cluster_audit = audit_reading(Reading(ipk.Scenario(cluster=replace(cluster, **more))))
    for finding in cluster_audit.findings:
        for lang in ("en", "zh"):
            assert finding.full_message(lang)
    return {finding.code: finding for finding in cluster_audit.findings}


def pool(name="pool", cidr="10.0.0.0/24", size=28, **more):
    return ipk.IPPool(name=name, cidr=cidr, block_size=size, **more)


def node(name, **more):
    return ipk.Node(name=name, **more)


def allocation(ordinal, node="a", pod="", **more):
    return Allocation(
        ordinal=ordinal, handle=f"h-{pod or ordinal}", node=node, namespace="default", pod=pod or f"p{ordinal}", **more
    )


def block(cidr="10.0.0.0/28", affinity="host:a", *allocations):
    return Block(cidr=cidr, affinity=affinity, allocations=allocations)


def pods(*addresses, node="a"):
    return tuple(Pod(name=f"p-{address}", node=node, addresses=(address,)) for address in addresses)


EXPECTED = {
    "s01": {"pods-without-address"},
    "s02": set(),
    "s03": {"blocks-gone", "tunnel-borrowed", "borrowed-addresses", "pool-blocks-short", "together-short"},
    "s05": {
        "address-twice",
        "pod-not-allocated",
        "addresses-leaked",
        "node-without-tunnel",
        "in-use-outside",
        "node-gone",
        "handles-missing",
    },
    "s07": {
        "node-fails-now",
        "node-without-pool",
        "node-without-tunnel-pool",
        "pods-without-address",
        "borrowed-addresses",
    },
    "s08": {"range-special"},  # its load balancers have addresses for documentation
    "s12": set(),
    "s13": {"encapsulation-mixed"},
}


@pytest.mark.parametrize("cluster", EXPECTED)
def test_what_is_wrong_with_a_recorded_cluster(cluster, folders):
    cluster_audit = audit(folders[cluster])
    assert {finding.code for finding in cluster_audit.findings if finding.severity in ("error", "warning")} == EXPECTED[
        cluster
    ]
    for finding in (*cluster_audit.findings, *cluster_audit.notes):
        assert finding.full_message("zh")
        assert finding.source.url


def test_what_people_report_most_comes_first(folders):
    assert [finding.code for finding in audit(folders["s03"]).findings][:2] == ["blocks-gone", "together-short"]


# ---- blocks


def test_blocks_that_are_left_for_nodes_without_one():
    pools, nodes = (pool(),), tuple(node(f"n{n}") for n in range(4))
    blocks = [block(f"10.0.0.{16 * n}/28", f"host:n{n % 2}") for n in range(16)]
    cluster = Cluster(pools=pools, nodes=nodes)
    assert findings_by_code(cluster, blocks=tuple(blocks[:4]))["blocks-left"].params["left"] == 12
    assert findings_by_code(cluster, blocks=tuple(blocks[:15]))["blocks-fewer-than-nodes"].params["which"] == "n2, n3"
    assert findings_by_code(cluster, blocks=tuple(blocks))["blocks-gone"].params["free"] == 256
    wholly = (IPReservation(name="r", reserved_cidrs=("10.0.0.64/26",)),)
    assert findings_by_code(cluster, blocks=tuple(blocks[:4]), reservations=wholly)["blocks-left"].params["left"] == 8


def test_a_node_at_its_cap():
    full = tuple(allocation(n) for n in range(16))
    cluster = Cluster(
        pools=(pool(),), nodes=(node("a"),), ipam=ipk.IPAMConfig(strict_affinity=True, max_blocks_per_host=2)
    )
    half = (block("10.0.0.0/28", "host:a", *full), block("10.0.0.16/28", "host:a", *full[:10]))
    near = findings_by_code(cluster, blocks=half)["node-at-cap"]
    assert (near.params["held"], near.params["cap"], near.params["free"]) == (2, 2, 6)
    both = tuple(replace(claimed, allocations=full) for claimed in half)
    assert findings_by_code(cluster, blocks=both)["node-cap-full"].severity == "error"
    assert "node-fails-now" in findings_by_code(cluster, blocks=both)
    assert "node-at-cap" not in findings_by_code(cluster, blocks=half[:1])


def test_the_node_that_fails_next():
    cluster = Cluster(
        pools=(pool(cidr="10.0.0.0/27"),),
        nodes=(node("a"), node("b")),
        ipam=ipk.IPAMConfig(strict_affinity=True),
        blocks=(
            block("10.0.0.0/28", "host:a", *(allocation(n) for n in range(12))),
            block("10.0.0.16/28", "host:b", allocation(0, "b")),
        ),
        pods=pods(*(f"10.0.0.{n}" for n in range(12))),
    )
    finding = findings_by_code(cluster)["next-to-fail"]
    assert (finding.subject, finding.params["pods"], finding.params["limit"]) == ("Node/a", 4, "ipam-strict")
    assert finding.params["kubelet"] == 98


def test_blocks_that_fit_no_pool():
    cluster = Cluster(pools=(pool(),), nodes=(node("a"),))
    lost = block("10.9.0.0/28", "host:a", allocation(1))
    assert findings_by_code(cluster, blocks=(lost,))["blocks-outside-pools"].params["addresses"] == 1
    changed = (block("10.0.0.0/27", "host:a", allocation(3)), block("10.0.0.0/28", "host:a", allocation(3)))
    codes = findings_by_code(cluster, blocks=changed)
    assert codes["block-other-size"].params["which"] == "10.0.0.0/27"
    assert codes["blocks-overlap"].params["twice"] == 1
    assert "blocks-overlap" not in findings_by_code(cluster, blocks=(block(), block("10.0.0.16/28")))


def test_overlapping_blocks_are_found_behind_others():
    ranges = ("10.0.0.0/24", "10.0.0.0/28", "10.0.0.64/28", "10.0.0.64/30", "10.0.1.0/28")
    assert (
        findings_by_code(Cluster(blocks=tuple(block(cidr) for cidr in ranges)))["blocks-overlap"].params["count"] == 4
    )


def test_blocks_of_nobody_and_of_nodes_that_are_gone():
    cluster = Cluster(pools=(pool(),), nodes=(node("a"),))
    blocks = (
        block("10.0.0.0/28", "", allocation(0)),
        block("10.0.0.16/28", "host:x", allocation(0, "x"), allocation(1)),
        block("10.0.0.32/28"),
    )
    codes = findings_by_code(cluster, blocks=blocks)
    assert codes["blocks-without-affinity"].params["addresses"] == 1
    params = codes["node-gone"].params
    assert (params["which"], params["blocks"], params["addresses"], params["lent"]) == ("x", 1, 1, 1)
    assert codes["blocks-empty"].params["last"] == 1
    assert codes["borrowed-addresses"].params["count"] == 2


def test_claims_that_do_not_fit_the_blocks():
    blocks = (block(), block("10.0.0.16/28", "host:b"))
    claims = (
        BlockAffinity(cidr="10.0.0.0/28", node="a"),
        BlockAffinity(cidr="10.0.0.16/28", node="a"),
        BlockAffinity(cidr="10.0.0.32/28", node="a"),
        BlockAffinity(cidr="10.0.0.48/28", node="a", state="pending"),
    )
    codes = findings_by_code(Cluster(blocks=blocks, affinities=claims))
    assert codes["affinity-pending"].params["which"] == "a 10.0.0.48/28"
    assert codes["affinity-without-block"].params["which"] == "10.0.0.32/28"
    assert codes["block-without-claim"].params["which"] == "10.0.0.16/28"


# ---- addresses


def test_leaks_are_told_from_what_rests_or_is_kept():
    windows = Allocation(ordinal=0, handle="windows-reserved-ipam-handle")
    cooling = Allocation(ordinal=1, released_at="2026-11-23T02:04:11Z")
    tunnel = Allocation(ordinal=2, handle="t", node="a", type="vxlanTunnelAddress")
    service = Allocation(ordinal=3, handle="s", type="LoadBalancer")
    blocks = (block("10.0.0.0/28", "host:a", windows, cooling, tunnel, service, allocation(4), allocation(5)),)
    cluster = Cluster(
        pools=(pool(),),
        blocks=blocks,
        pods=pods("10.0.0.5"),
        nodes=(node("a", tunnels=(Tunnel(type="vxlan", address="10.0.0.2"),)),),
        services=(Service(name="s", addresses=("10.0.0.3",)),),
    )
    codes = findings_by_code(cluster)
    assert codes["addresses-leaked"].params["all"] == ["10.0.0.4"]
    assert codes["windows-kept"].params["count"] == codes["addresses-cooling"].params["count"] == 1
    mute = findings_by_code(cluster, nodes=(node("a"),), services=())
    assert (mute["addresses-leaked"].params["tunnels"], mute["addresses-leaked"].params["services"]) == (1, 1)


def test_tunnels_that_no_block_records():
    tunnels = (Tunnel(type="vxlan", address="10.0.0.2"),)
    codes = findings_by_code(
        Cluster(pools=(pool(vxlan_mode="Always"),), nodes=(node("a", tunnels=tunnels),), blocks=(block(),))
    )
    assert codes["tunnel-not-allocated"].params["which"] == "a"


def test_pods_of_a_disabled_pool_belong_to_neither_list():
    cluster = Cluster(pools=(pool(disabled=True),), nodes=(node("a"),), pods=pods("10.0.0.1"))
    codes = findings_by_code(cluster, blocks=(block("10.0.0.0/28", "host:a", allocation(1)),))
    assert codes["pods-in-disabled-pool"].params["pods"] == 1
    assert "in-use-outside" not in codes
    assert "pod-not-allocated" not in codes
    other_block = (block("10.0.0.16/28", "host:a"),)  # without any, blocks are unknown
    assert findings_by_code(cluster, blocks=other_block)["in-use-outside"].params["count"] == 1


def test_its_tables_have_the_names_and_types_of_the_others():
    small, large = pool(), pool("large", "fd00::/48", 122)
    cluster = Cluster(
        pools=(small, large), blocks=(block(), block("10.0.0.16/28", "host:a", allocation(1))), unknown=("Node",)
    )
    report = audit_reading(Reading(ipk.Scenario(cluster=cluster)))
    assert set(ipk.capacity(ipk.Scenario(cluster=cluster)).pools().columns) >= {
        "pool",
        "block_size",
        "addresses",
        "blocks_used",
    }
    for table in (report.pools, report.nodes):
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in table.columns)
    pools = report.pools.set_index("pool")
    assert pools["addresses"].dtype == object  # one passes 2^63
    assert pools["addresses"].to_dict() == {"pool": 256, "large": 2**80}
    assert pools["block_size"].dtype == pools["blocks_used"].dtype == "Int64"
    assert pools["blocks_used"].to_dict() == {"pool": 2, "large": 0}
    assert pools["selected_nodes"].isna().all()  # nodes were not read
    assert report.metrics.pools[1]["blocks_allocated"] == 2  # JSON keeps Calico's names
    nodes = report.nodes.set_index("node")
    assert nodes["addresses_used"].dtype == "Int64"
    assert nodes.loc["a", "addresses_used_in_own_blocks"] == 1


def test_handles():
    cluster = Cluster(blocks=(block("10.0.0.0/28", "host:a", allocation(1)),), handles=(IPAMHandle(handle_id="other"),))
    codes = findings_by_code(cluster)
    assert codes["handles-missing"].params["which"] == "h-1"
    assert codes["handles-idle"].params["which"] == "other"


def test_a_pool_that_is_full_or_nearly():
    cluster = Cluster(pools=(pool(cidr="10.0.0.0/28"),), nodes=(node("a"),))
    assert "pool-usage" in findings_by_code(cluster, blocks=(block("10.0.0.0/28", "host:a", allocation(1)),))
    assert "pool-nearly-full" in findings_by_code(
        cluster, blocks=(block("10.0.0.0/28", "host:a", *(allocation(n) for n in range(15))),)
    )
    assert "pool-full" in findings_by_code(
        cluster, blocks=(block("10.0.0.0/28", "host:a", *(allocation(n) for n in range(16))),)
    )


def test_reserved_addresses_in_use():
    reserved = (IPReservation(name="r", reserved_cidrs=("10.0.0.4/30",)),)
    cluster = Cluster(
        pools=(pool(),), blocks=(block("10.0.0.0/28", "host:a", allocation(3), allocation(5)),), reservations=reserved
    )
    assert findings_by_code(cluster)["reserved-in-use"].params["count"] == 1


# ---- selection


def test_annotations_that_lead_nowhere():
    cluster = Cluster(
        pools=(pool("old", disabled=True), pool("new", "10.1.0.0/24")),
        namespaces=(
            ipk.Namespace(name="shop", ipv4_pools=("old",)),
            ipk.Namespace(name="b", ipv4_pools=("10.1.0.0/24",)),
        ),
        pods=(Pod(name="x", ipv4_pools=("none",)), Pod(name="y", phase="Succeeded", ipv4_pools=("gone",))),
    )
    codes = findings_by_code(cluster)
    assert codes["annotation-disabled"].params["which"] == "shop"
    assert codes["annotation-missing"].params["pool"] == "none"


def test_pools_that_no_namespace_may_use():
    cluster = Cluster(pools=(pool(namespace_selector="team == 'x'", allowed_uses=("Workload",)),))
    assert "pool-selects-no-namespace" in findings_by_code(cluster)
    team = (ipk.Namespace(name="n", labels={"team": "x"}),)
    assert "pool-selects-no-namespace" not in findings_by_code(cluster, namespaces=team)


def test_a_node_whose_tunnel_has_no_address():
    cluster = Cluster(
        pools=(pool(vxlan_mode="Always", node_selector="has(x)"),), nodes=(node("a"), node("b", labels={"x": ""}))
    )
    codes = findings_by_code(cluster)
    assert codes["node-without-pool"].params["all"] == ["a"]
    assert codes["node-without-tunnel-pool"].params["all"] == ["a"]
    assert codes["node-without-tunnel"].params["all"] == ["b"]


# ---- dumps that do not fit together


def test_pods_of_an_earlier_moment_and_of_one_namespace_are_told(folders):
    cluster_audit = audit(folders["s05"])
    cluster = cluster_audit.scenario.cluster
    late = [
        replace(allocation, timestamp="2026-11-24 00:00:00 +0000 UTC", pod=f"n{allocation.ordinal}")
        for allocation in cluster.blocks[0].allocations
    ]
    blocks = (replace(cluster.blocks[0], allocations=tuple(late)), *cluster.blocks[1:])
    reading = replace(
        cluster_audit.reading, scenario=replace(cluster_audit.scenario, cluster=replace(cluster, blocks=blocks))
    )
    assert "dumps-apart" in codes_of(audit_reading(reading).findings)
    assert "dumps-apart" not in codes_of(cluster_audit.findings)
    cluster = audit(folders["s01"]).scenario.cluster
    pods_of_one_namespace = tuple(pod for pod in cluster.pods if pod.namespace == "data")
    assert "namespaces-partly" in findings_by_code(cluster, pods=pods_of_one_namespace)


# ---- the command


def run(*arguments):
    return run_command("audit", *arguments)


def test_the_command_prints_tables_findings_and_what_is_unknown(folders):
    result = run(folders["s05"])
    assert result.exit_code == 1
    assert ": 2 errors, 5 warnings." in result.output
    assert "[addresses-leaked]" in result.output
    partly = run(folders["s05"] / "ipam-show.txt")
    assert partly.exit_code == 0
    assert "unknown" in partly.output
    assert "were skipped" in partly.output
    assert get_language("zh").translate("unknown") in run(folders["s05"] / "ipam-show.txt", "--lang", "zh").output
    assert "被占用" in run(folders["s05"], "--lang", "zh", "--json").output


def test_json_holds_every_figure_and_finding(folders):
    value = json.loads(run(folders["s05"], "--json").stdout)
    assert value["totals"]["leaked"] == 14
    assert value["unknown"] == []
    assert {finding["code"] for finding in value["findings"]} >= {"addresses-leaked", "blocks-left"}
    assert all({"severity", "numbers", "source", "remedy"} <= set(finding) for finding in value["findings"])
    assert value["headroom"][0]["pods"] > 0


def test_exit_status_2_for_what_cannot_be_read(folders, tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2
    broken = tmp_path / "kubectl-pods.json"
    broken.write_text((folders["s05"] / "kubectl-pods.json").read_text()[:-100])
    result = run(folders["s05"] / "kubectl-ippools.json", broken)
    assert result.exit_code == 2
    assert "[json-syntax]" in result.output
    assert "Traceback" not in result.output
    assert run().exit_code == 2


def test_blocks_that_are_absent_though_pods_have_addresses_are_unknown(tmp_path):
    scenario = ipk.load(ROOT / "data/kubespray.yaml")
    complete = replace(scenario.cluster, unknown=())
    audited = audit(
        ipk.save_scenario(replace(scenario, cluster=replace(complete, blocks=())), tmp_path / "cluster.yaml")
    )
    codes = [finding.code for finding in (*audited.findings, *audited.notes)]
    assert codes.count("blocks-absent") == 1
    assert not {"pod-not-allocated", "tunnel-not-allocated", "blocks-left"} & set(codes)
    assert audited.pools["blocks_used"].isna().all()
