"""Manifests and dumps to the model, without change of meaning."""

import io
import sys
from types import SimpleNamespace

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.read import read
from tests.helpers import ROOT, unpack_files


@pytest.fixture
def pool(tmp_path):
    def load(spec, version="projectcalico.org/v3", metadata="name: p"):
        path = tmp_path / "pool.yaml"
        path.write_text(f"apiVersion: {version}\nkind: IPPool\nmetadata:\n  {metadata}\nspec: {spec}\n")
        return ipk.load(path).cluster.pools[0]

    return load


def test_the_pool_of_the_kubean_page_as_printed():
    pool = ipk.load(ROOT / "data/default-ipv4-ippool.yaml").cluster.pools[0]
    assert pool == ipk.IPPool(
        name="default-ipv4-pool",
        cidr="10.244.0.0/18",
        block_size=26,
        ipip_mode="Never",
        vxlan_mode="Always",
        nat_outgoing=True,
        node_selector="all()",
        allowed_uses=("Workload", "Tunnel"),
    )


@pytest.mark.parametrize(("cidr", "size"), [("10.0.0.0/16", 26), ("fd00::/64", 122)])
@pytest.mark.parametrize("block_size", ["", ", blockSize: 0", ", blockSize: null"])
def test_an_absent_block_size_is_calicos_default(pool, cidr, size, block_size):
    assert pool(f"{{cidr: '{cidr}'{block_size}}}").block_size == size


def test_defaults_are_calicos(pool):
    read_pool = pool("{cidr: 10.0.0.0/16, nodeSelector: '', allowedUses: [], ipipMode: ''}")
    assert read_pool.node_selector == "all()"
    assert read_pool.allowed_uses == ("Workload", "Tunnel")
    assert read_pool.assignment_mode == "Automatic"
    assert read_pool.encapsulation == "None"
    assert not read_pool.nat_outgoing
    assert not read_pool.disabled


def test_a_whole_float_is_a_block_size_and_a_number_a_name(pool):
    read_pool = pool("{cidr: 10.0.0.0/16, blockSize: 26e0}", metadata="name: 010")
    assert read_pool.block_size == 26
    assert read_pool.name == "8"


def test_own_annotations_stay_and_the_datastores_go(pool):
    annotations = 'annotations: {projectcalico.org/metadata: "{}", note: hello}\n  name: p'
    assert pool("{cidr: 10.0.0.0/16}", metadata=annotations).annotations == {"note": "hello"}


def test_a_small_pool_may_exist_while_it_is_disabled(pool):
    assert pool("{cidr: 10.0.0.0/28, disabled: true}").block_count == 0
    with pytest.raises(InputError, match="blocks larger than the pool"):
        pool("{cidr: 10.0.0.0/28}")


def test_several_documents_lists_and_single_objects_add_up(tmp_path):
    path = tmp_path / "all.yaml"
    path.write_text(
        """\
apiVersion: projectcalico.org/v3
kind: IPPoolList
items:
- {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.0.0.0/16}}
- {metadata: {name: b}, spec: {cidr: 10.1.0.0/16}}
---
- {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: c}, spec: {cidr: 10.2.0.0/16}}
---
apiVersion: v1
kind: List
items:
- {apiVersion: projectcalico.org/v3, kind: IPReservation, metadata: {name: r}, spec: {reservedCIDRs: [10.0.0.1/32]}}
- {apiVersion: crd.projectcalico.org/v1, kind: IPAMConfig, metadata: {name: default},
   spec: {strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 4}}
"""
    )
    cluster = ipk.load(path).cluster
    assert [pool.name for pool in cluster.pools] == ["a", "b", "c"]
    assert cluster.reservations[0].reserved_cidrs[0] == ipk.Cidr.parse("10.0.0.1/32")
    assert cluster.ipam == ipk.IPAMConfig(strict_affinity=True, max_blocks_per_host=4)


def test_an_absent_auto_allocate_blocks_is_what_calicoctl_stores_and_is_noted(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "apiVersion: projectcalico.org/v3\nkind: IPAMConfiguration\nmetadata: {name: default}\n"
        "spec: {strictAffinity: true}\n"
    )
    reading = read(path, strict=True)
    assert not reading.scenario.cluster.ipam.auto_allocate_blocks
    assert [note.code for note in reading.notes] == ["auto-allocate-absent"]


def test_calicoctls_nodes_and_kubectls_are_one(tmp_path):
    kubectl = unpack_files("s02", tmp_path, "kubectl-nodes.json")[0]
    path = tmp_path / "calicoctl-nodes.yaml"
    path.write_text(
        """\
apiVersion: projectcalico.org/v3
kind: NodeList
items:
- apiVersion: projectcalico.org/v3
  kind: Node
  metadata: {name: node1, labels: {kubernetes.io/os: linux}}
  spec:
    ipv4VXLANTunnelAddr: 10.244.38.128
    bgp: {ipv4IPIPTunnelAddr: 10.244.38.130}
    wireguard: {interfaceIPv4Address: 10.244.38.131}
"""
    )
    (node,) = ipk.load(path).cluster.nodes
    assert sorted((tunnel.type, str(tunnel.address)) for tunnel in node.tunnels) == [
        ("ipip", "10.244.38.130"),
        ("vxlan", "10.244.38.128"),
        ("wireguard", "10.244.38.131"),
    ]
    for order in ([kubectl, path], [path, kubectl]):
        nodes = {node.name: node for node in ipk.load(*order).cluster.nodes}
        assert len(nodes) == 6
        assert len(nodes["node1"].tunnels) == 3
        assert nodes["node1"].max_pods == 110
        assert "node-role.kubernetes.io/control-plane" in nodes["node1"].labels


def test_a_node_without_the_usual_fields_is_read(tmp_path):
    path = tmp_path / "node.yaml"
    path.write_text("apiVersion: v1\nkind: Node\nmetadata: {name: one}\n")
    assert ipk.load(path).cluster.nodes == (ipk.Node(name="one"),)


def test_a_finished_pod_keeps_no_address(tmp_path):
    path = tmp_path / "pod.yaml"
    path.write_text(
        "apiVersion: v1\nkind: Pod\n"
        "metadata: {name: p, namespace: shop, annotations: {cni.projectcalico.org/podIP: ''}}\n"
        "spec: {nodeName: w}\nstatus: {phase: Succeeded, podIPs: [{ip: 10.0.0.1}]}\n"
    )
    (pod,) = ipk.load(path).cluster.pods
    assert pod.addresses == ()
    assert pod.finished


def test_a_pods_annotation_names_its_pools(tmp_path):
    path = tmp_path / "pod.yaml"
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    cni.projectcalico.org/ipv4pools: '{}'\n"
    )
    path.write_text(text.format('["a", "b"]'))
    assert ipk.load(path).cluster.pods[0].ipv4_pools == ("a", "b")
    path.write_text(text.format("[a]"))
    with pytest.raises(InputError, match="not a JSON list of pool names"):
        ipk.load(path)


def test_what_is_not_needed_is_told_not_dropped(tmp_path):
    path = tmp_path / "all.yaml"
    path.write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\napiVersion: apps/v1\nkind: Deployment\n"
        "metadata: {name: d}\n---\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\n"
        "spec: {cidr: 10.0.0.0/16}\n"
    )
    notes = read(path, strict=True).notes
    assert [(note.code, note.params["kinds"], note.place.file) for note in notes] == [
        ("kind-unread", "1 Secret (v1), 1 Deployment (apps/v1)", str(path))
    ]


def test_an_empty_list_of_kubectl_is_no_proof_of_nothing(tmp_path):
    pools = unpack_files("s01", tmp_path, "kubectl-ippools.json", "kubectl-ipreservations.json")
    assert [note.code for note in read(*pools, strict=True).notes] == ["list-empty"]


def test_a_block_whose_allocations_point_nowhere_is_told(tmp_path):
    path = tmp_path / "block.yaml"
    path.write_text(
        "apiVersion: crd.projectcalico.org/v1\nkind: IPAMBlock\nmetadata: {name: b}\n"
        "spec: {cidr: 10.0.0.0/30, allocations: [0, null, 7, null], attributes: [{handle_id: h}], unallocated: [1, 3]}\n"
    )
    with pytest.raises(InputError, match="Ordinal 2 refers to an attribute that does not exist"):
        ipk.load(path)


def test_a_scenario_and_manifests_together(tmp_path):
    (tmp_path / "s.yaml").write_text("version: 1\nname: base\ncluster: {pools: [{name: a, cidr: 10.0.0.0/16}]}\n")
    (tmp_path / "p.yaml").write_text(
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: b}\nspec: {cidr: 10.1.0.0/16}\n"
    )
    scenario = ipk.load(tmp_path / "s.yaml", tmp_path / "p.yaml")
    assert scenario.name == "base"
    assert [pool.name for pool in scenario.cluster.pools] == ["a", "b"]


def test_standard_input(monkeypatch):
    data = b"version: 1\ncluster: {pools: [{name: a, cidr: 10.0.0.0/16}]}\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert ipk.load("-").cluster.pools[0].name == "a"


def test_the_sample_scenarios_hold_the_recorded_clusters(tmp_path):
    for sample, cluster in (("kubespray", "s01"), ("kubean", "s02")):
        names = (f"kubectl-{kind}.json" for kind in ("ippools", "nodes", "namespaces", "pods", "ipamblocks"))
        recorded_cluster = ipk.load(*unpack_files(cluster, tmp_path, *names)).cluster
        assert ipk.load(ROOT / f"data/{sample}.yaml").cluster == recorded_cluster
    dumps = sorted((ROOT / "data/kubean").iterdir())
    assert ipk.load(*dumps).cluster == ipk.load(ROOT / "data/kubean.yaml").cluster
