"""Recorded clusters, read from dumps: the figures that need no more than the dumps are the real client's."""

import pytest

import ippoolkit as ipk
from tests.helpers import CLUSTERS, expected_metrics, unpack_files

KINDS = ("ippools", "nodes", "namespaces", "pods", "ipamconfigs", "ipamconfigurations", "ipreservations")
JSON = tuple(f"kubectl-{kind}.json" for kind in KINDS)


@pytest.fixture
def load(tmp_path):
    return lambda cluster, *names: ipk.load(*unpack_files(cluster, tmp_path, *names))


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_pools_and_configuration(cluster, load):
    scenario, truth = load(cluster, *JSON), expected_metrics(cluster)
    pools = {pool.name: pool for pool in scenario.cluster.pools}
    assert set(pools) == {pool["name"] for pool in truth["pools"]}
    for pool in truth["pools"]:
        ours = pools[pool["name"]]
        assert str(ours.cidr) == pool["cidr"]
        assert ours.block_size == pool["blockSize"]
        assert ours.disabled == pool["disabled"]
        assert list(ours.allowed_uses) == pool["allowedUses"]
        assert ours.assignment_mode == pool["assignmentMode"]
        assert ours.block_count == pool["blocks_total"]
        assert min(ours.cidr.size, 2**63 - 1) == pool["capacity"]  # Calico's own figure is clamped there
        selected = [node.name for node in scenario.cluster.nodes if ours.selects_node(node.labels)]
        assert selected == pool["selected_nodes"]
    ipam = scenario.cluster.ipam
    config = truth["config"]
    assert ipam.strict_affinity == config["strictAffinity"]
    assert ipam.auto_allocate_blocks == config["autoAllocateBlocks"]
    assert ipam.max_blocks_per_host == config["maxBlocksPerHost"]
    assert ipam.ip_cooldown_seconds == config["ipCooldownSeconds"]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_pods_and_tunnels(cluster, load):
    scenario, truth = load(cluster, *JSON), expected_metrics(cluster)["totals"]
    pods, nodes = scenario.cluster.pods, scenario.cluster.nodes
    assert len(nodes) == truth["nodes"]
    assert len(pods) == truth["pods"]
    assert sum(pod.host_network for pod in pods) == truth["pods_host_network"]
    tunnels = [tunnel.address.version for node in nodes for tunnel in node.tunnels]
    assert tunnels.count(4) == truth["tunnel_addresses_v4"]
    assert tunnels.count(6) == truth["tunnel_addresses_v6"]
    assert sum(pod.finished for pod in pods) == truth["pods_finished"]
    workloads = {address for pod in pods if pod.node and not pod.host_network for address in pod.addresses}
    doubly = len(truth["ips_with_several_owners"])
    assert len(workloads) in (truth["workload_ips"], truth["workload_ips"] - doubly)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_use_from_the_blocks_themselves(cluster, load):
    scenario = load(cluster, *JSON, "kubectl-ipamblocks.json")
    if not scenario.cluster.blocks:
        assert cluster == "s12"  # nothing exists there, and nothing is known
        return
    table = ipk.capacity(scenario).pools().set_index("pool")
    for pool in expected_metrics(cluster)["pools"]:
        assert table.addresses_used[pool["name"]] == pool["allocated"]
        assert table.blocks_used[pool["name"]] == pool["blocks_allocated"]


@pytest.mark.parametrize("cluster", ["s01", "s02", "s03", "v3-s02"])
def test_use_from_pods_and_tunnels_alone(cluster, load):
    """Where nothing leaks, who holds an address tells as much as the blocks."""
    table = ipk.capacity(load(cluster, *JSON)).pools().set_index("pool")
    for pool in expected_metrics(cluster)["pools"]:
        assert table.addresses_used[pool["name"]] == pool["allocated"]
        assert table.blocks_used[pool["name"]] == pool["blocks_allocated"]


@pytest.mark.parametrize("cluster", ["s01", "s02", "v3-s02"])
def test_blocks_needed_are_the_blocks_that_the_real_cluster_claimed(cluster, load):
    scenario = load(cluster, *JSON)
    for pool in expected_metrics(cluster)["pools"]:
        row = ipk.capacity(scenario).block_sizes(pool["name"]).set_index("block_size").loc[pool["blockSize"]]
        assert row.blocks - row.spare_blocks == pool["blocks_allocated"]


def test_a_recorded_cluster_with_too_few_blocks_fails_at_the_node_that_has_none(load):
    scenario, truth = load("s03", *JSON), expected_metrics("s03")
    without = [node["name"] for node in truth["nodes"] if not node["blocks"]]
    verdict = ipk.capacity(scenario).verdict
    assert verdict.status == "fails"
    assert verdict.code == "blocks-short"
    assert verdict.params["first"] == len(truth["nodes"]) - len(without) + 1


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_yaml_and_json_of_both_programs_say_the_same(cluster, load):
    by_kubectl = load(cluster, "kubectl-ippools.json").cluster
    assert load(cluster, "ippools.yaml").cluster.pools == by_kubectl.pools
    assert load(cluster, "ippools.json").cluster.pools == by_kubectl.pools
    everything = load(cluster, "kubectl-all.yaml").cluster  # one List of mixed kinds
    assert everything.pools == by_kubectl.pools
    assert everything.nodes == (load(cluster, "kubectl-nodes.json").cluster.nodes if everything.nodes else ())
