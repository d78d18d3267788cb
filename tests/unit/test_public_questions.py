"""Inputs of the kinds that people bring in public questions, rebuilt small, and what the kit says of each."""

import json
import subprocess

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit_reading
from ippoolkit.capacity.design_rules.check import design_findings
from ippoolkit.change.cni_commands import cni_change_commands, cni_show_command
from ippoolkit.change.steps import Change
from ippoolkit.read.reader import read_installer, read_text
from tests.helpers import codes_of, finding_of
from tests.helpers import run_command as run


def node(name, os="linux", addresses=(), **labels):
    annotations = {"projectcalico.org/IPv4Address": addresses[0]} if addresses else {}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/os": os, **labels}, "annotations": annotations},
        "status": {"addresses": [{"type": "InternalIP", "address": text.split("/")[0]} for text in addresses]},
    }


def pool(name, cidr, **spec):
    return {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPPool",
        "metadata": {"name": name},
        "spec": {"cidr": cidr, **spec},
    }


def block(cidr, host, pods, size=64):
    attributes = [
        {"handle_id": f"h{number}", "secondary": {"namespace": "default", "node": host, "pod": f"p{number}"}}
        for number in range(pods)
    ]
    return {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPAMBlock",
        "metadata": {"name": cidr.replace(".", "-").replace("/", "-")},
        "spec": {
            "affinity": f"host:{host}",
            "cidr": cidr,
            "allocations": [*range(pods), *[None] * (size - pods)],
            "attributes": attributes,
            "unallocated": list(range(pods, size)),
            "strictAffinity": False,
        },
    }


def pods_of(cidr, host, count):
    prefix = cidr.rpartition(".")[0]
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"p{number}",
                "namespace": "default",
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u"}],
            },
            "spec": {"nodeName": host},
            "status": {"phase": "Running", "podIP": f"{prefix}.{number}", "podIPs": [{"ip": f"{prefix}.{number}"}]},
        }
        for number in range(count)
    ]


def namespace(name, pools=None):
    annotations = {} if pools is None else {"cni.projectcalico.org/ipv4pools": pools}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "annotations": annotations}}


def dump(folder, *items, name="dump.json"):
    file = folder / name
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}))
    return file


CONFIG = {
    "apiVersion": "crd.projectcalico.org/v1",
    "kind": "IPAMConfig",
    "metadata": {"name": "default"},
    "spec": {"strictAffinity": False, "autoAllocateBlocks": True, "maxBlocksPerHost": 0},
}


# Messages and commands in a paste


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ('network: cannot allocate new block due to per host block limit"', "maxBlocksPerHost"),
        ('failed: error parsing pool "tenant": invalid CIDR address: tenant', "does not exist"),
        ("failed to request 1 IPv4 addresses. IPAM allocated only 0", "free address"),
        (
            "error: IPPool 10.9.0.0/16 is not within the platform's configured pod network CIDR(s) [10.0.0.0/16]",
            "podSubnet",
        ),
    ],
)
def test_calicos_own_messages_are_explained(message, part):
    text = f"$ calicoctl get ippools\nNAME   CIDR          SELECTOR\np      10.0.0.0/16   all()\n\nkubelet: {message}\n"
    assert part in finding_of(read_text(text).notes, "calico-message").message()


def test_the_ranges_of_kubeadm_init():
    reading = read_text("$ kubeadm init --pod-network-cidr=10.128.0.0/20 --service-cidr 10.96.0.0/24\n")
    assert [str(known.cidr) for known in reading.scenario.cluster.pools] == ["10.128.0.0/20"]
    assert [str(cidr) for cidr in reading.scenario.networks.services] == ["10.96.0.0/24"]


def test_a_cni_configuration_that_lacks_a_bracket():
    text = 'CNI config:\n{"cniVersion": "0.3.1", "plugins": [{"type": "calico",\n"ipam": {"type": "calico-ipam", "ipv4_pools": ["10.0.0.1/16"]}\n}\n'
    reading = read_text(text)
    assert reading.scenario.cluster.cni.ipv4_pools == ("10.0.0.0/16",)
    assert finding_of(reading.notes, "cni-not-json").params["pools"] == "10.0.0.0/16"


def test_kubeadm_without_a_pod_range_and_the_operator(tmp_path):
    (tmp_path / "kubeadm.yaml").write_text(
        "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nnetworking: {serviceSubnet: 10.96.0.0/12}\n"
    )
    (tmp_path / "installation.yaml").write_text(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n"
        "spec: {calicoNetwork: {ipPools: [{cidr: 192.168.1.96/29, blockSize: 30}]}}\n"
    )
    assert "no podSubnet" in finding_of(read_installer(tmp_path).notes, "operator-refuses").message()


# Who may draw


def test_named_pools_serve_nodes_that_their_selectors_do_not_match(tmp_path):
    file = dump(
        tmp_path,
        pool("first", "10.9.1.0/24", nodeSelector='rack == "a"'),
        pool("second", "10.9.2.0/24", nodeSelector='rack == "b"'),
        namespace("trusted", '["first", "second"]'),
        node("n1", rack="a"),
    )
    output = " ".join(run("pools-for", "-c", file, "--node", "n1", "--namespace", "trusted").output.split())
    assert 'its nodeSelector rack == "b" does not count' in output


def test_the_nodes_own_blocks_come_first_with_what_is_free_in_them(tmp_path):
    file = dump(
        tmp_path,
        pool("a", "10.80.0.0/24"),
        pool("b", "10.81.0.0/24"),
        CONFIG,
        node("n1"),
        namespace("default"),
        block("10.81.0.64/26", "n1", 5),
    )
    rows = json.loads(run("pools-for", "-c", file, "--node", "n1", "--namespace", "default", "--json").stdout)
    assert [(row["order"], row["pool"], row["block"], row["free"]) for row in rows] == [
        (1, "b", "10.81.0.64/26", 59),
        (2, "a", "", None),
        (3, "b", "", None),
    ]


def test_an_annotation_that_is_a_bare_name_serves_nobody_even_where_a_pool_has_that_name(tmp_path):
    file = dump(tmp_path, pool("main", "10.50.0.0/20"), node("n1"), namespace("bad", "main"))
    result = run("pools-for", "-c", file, "--node", "n1", "--namespace", "bad", "--json")
    rows = json.loads(result.stdout)
    assert rows[0]["code"] == "named-malformed"
    assert not any(row["order"] for row in rows)
    assert result.exit_code == 1
    snapshot = tmp_path / "snapshot.yaml"
    run("snapshot", file, "-o", snapshot)
    assert "annotation-malformed" in run("audit", snapshot, "--json").output


def test_a_windows_node_holds_what_one_block_leaves_in_every_command(tmp_path):
    strict = {**CONFIG, "spec": {**CONFIG["spec"], "strictAffinity": True}}
    file = dump(
        tmp_path,
        pool("main", "10.50.0.0/24", blockSize=26),
        strict,
        node("lin"),
        node("win1", os="windows"),
        node("win2", os="windows"),
        namespace("default"),
        block("10.50.0.0/26", "lin", 5),
        *pods_of("10.50.0.0/26", "lin", 5),
    )
    nodes = ipk.capacity(ipk.load(file)).nodes().set_index("node")
    assert nodes.loc[["win1", "win2"], "pods_per_node_max"].tolist() == [60, 60]
    headroom = finding_of(audit_reading(ipk.read(file)).findings, "next-to-fail")
    assert headroom.params["pods"] == 60


# Runbooks


@pytest.fixture
def cluster_file(tmp_path):
    return dump(
        tmp_path,
        pool("main", "10.70.0.0/20", blockSize=26),
        CONFIG,
        node("n1", addresses=("10.71.0.31/24",)),
        namespace("default"),
        block("10.70.0.0/26", "n1", 5),
        *pods_of("10.70.0.0/26", "n1", 5),
    )


@pytest.mark.parametrize("named", ["main", "10.70.0.0/20"])
def test_a_runbook_changes_the_cni_configuration_before_the_pool_goes(named, cluster_file, tmp_path):
    conflist = {"cniVersion": "0.3.1", "plugins": [{"type": "calico", "ipam": {"ipv4_pools": [named]}}]}
    (tmp_path / "10-calico.conflist").write_text(json.dumps(conflist))
    result = run("runbook", "block-size", "-c", tmp_path, "--pool", "main", "--to", "27")
    assert result.exit_code == 0
    titles = [line for line in result.output.splitlines() if line.startswith("### ") and ". " in line]
    order = [titles.index(next(title for title in titles if part in title)) for part in ("CNI", "Disable main")]
    assert order == sorted(order)


def test_a_runbook_checks_a_cni_configuration_that_was_not_read(cluster_file):
    output = run("runbook", "block-size", "-c", cluster_file, "--pool", "main", "--to", "27").output
    assert "ipv[46]_pools" in output
    kubespray = run(
        "runbook",
        "migrate",
        "-c",
        cluster_file,
        "--from",
        "main",
        "--to-cidr",
        "10.72.0.0/20",
        "--install",
        "kubespray",
    )
    assert "until v2.22" in kubespray.output


@pytest.mark.parametrize(
    "text", ['"ipv4_pools": ["b", "main"]', r"\"ipv4_pools\": [\"main\", \"b\"]", '"ipv4_pools": ["main"]']
)
@pytest.mark.parametrize("target", ["next", ""])
def test_the_commands_on_a_cni_configuration_do_what_they_say(text, target):
    main = ipk.IPPool(name="main", cidr=ipk.Cidr.parse("10.70.0.0/20"))
    (command, *_) = cni_change_commands(Change("retire", "main"), main, target)
    sed = command.split(" | ")[1]
    output = subprocess.run(["bash", "-c", sed], input=text, capture_output=True, text=True, check=True).stdout
    wanted = text.replace("main", target) if target else text.replace('"b", "main"', '"b"')
    wanted = wanted.replace(r"\"main\", ", "").replace('"main"', "") if not target else wanted
    assert output == wanted
    assert "calico-config" in cni_show_command("manifest")


def test_a_pool_over_the_nodes_network_is_not_made_again(tmp_path):
    file = dump(
        tmp_path,
        pool("main", "10.60.0.0/16"),
        CONFIG,
        node("n1", addresses=("10.60.12.31/18",)),
        namespace("default"),
        block("10.60.128.0/26", "n1", 1),
        *pods_of("10.60.128.0/26", "n1", 1),
    )
    assert run("runbook", "block-size", "-c", file, "--pool", "main", "--to", "27").exit_code == 1
    assert run("runbook", "migrate", "-c", file, "--from", "main", "--to-cidr", "10.60.64.0/20").exit_code == 1
    assert "pool-over-nodes" in codes_of(design_findings(ipk.load(file)))


# Installers' files among manifests


def test_check_judges_the_pools_that_an_installer_makes(tmp_path):
    values = tmp_path / "values.yaml"
    values.write_text("installation: {calicoNetwork: {ipPools: [{cidr: 10.7.0.0/16, blockSize: 25}]}}\napiServer: {}\n")
    (tmp_path / "crd.yaml").write_text("replicas: 3\n")
    result = run("check", tmp_path)
    assert result.exit_code == 0
    assert "IPPool default-ipv4-ippool" in result.output
    assert "crd.yaml: Not recognized" in result.output
    values.write_text("installation: {calicoNetwork: {ipPools: [{cidr: 10.7.0.0/28, blockSize: 26}]}}\n")
    assert run("check", values).exit_code == 1


def test_check_prefers_ippools_and_says_where_the_installer_differs(tmp_path):
    (tmp_path / "rke2.yaml").write_text("cni: calico\ncluster-cidr: 10.7.0.0/16\n")
    (tmp_path / "pool.yaml").write_text(
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: default-ipv4-ippool}\n"
        "spec: {cidr: 10.7.0.0/16, blockSize: 24, vxlanMode: Always, natOutgoing: true}\n"
    )
    result = run("check", tmp_path)
    assert "blockSize: 24 / 26" in result.output
    assert result.output.count("IPPool default-ipv4-ippool  ") == 1


# The CNI configuration in every command


def test_pools_that_the_cni_configuration_names_count_alike_everywhere(tmp_path):
    dump(
        tmp_path,
        pool("a", "10.80.0.0/24", nodeSelector='rack == "x"'),
        pool("b", "10.81.0.0/24"),
        CONFIG,
        node("n1"),
        namespace("default"),
        block("10.81.0.64/26", "n1", 1),
        *pods_of("10.81.0.64/26", "n1", 1),
    )
    conflist = tmp_path / "10-calico.conflist"
    plugin = {"type": "calico", "ipam": {"type": "calico-ipam", "ipv4_pools": ["a"]}}
    conflist.write_text(json.dumps({"cniVersion": "0.3.1", "plugins": [plugin]}))
    scenario = ipk.load(tmp_path)
    assert ipk.capacity(scenario).nodes()["pools"].tolist() == ["a"]
    served = ipk.pools_for(scenario, "n1", "default")
    assert served[served["order"].notna()]["pool"].tolist() == ["a"]
    coverage = json.loads(run("pools-for", "-c", tmp_path, "--coverage", "--json").stdout)
    assert [(row["a"], row["b"]) for row in coverage] == [("pods", "tunnel")]
    users = json.loads(run("pools-for", "-c", tmp_path, "--who-can-use", "b", "--json").stdout)
    assert users == []
    assert "cni-pools-only" in codes_of(audit_reading(ipk.read(tmp_path)).findings)
    plugin["ipam"]["ipv4_pools"] = ["gone"]
    conflist.write_text(json.dumps({"cniVersion": "0.3.1", "plugins": [plugin]}))
    assert "cni-pool-missing" in codes_of(audit_reading(ipk.read(tmp_path)).findings)
    assert run("capacity", tmp_path).output.count("cni-pool-missing") == 1


def test_a_design_may_take_the_place_of_a_pool_that_is_only_planned(tmp_path):
    file = tmp_path / "install-config.yaml"
    file.write_text("networking:\n  networkType: Calico\n  clusterNetwork: [{cidr: 10.128.0.0/14, hostPrefix: 23}]\n")
    result = run("recommend", file, "--nodes", "5", "--pods-per-node", "30", "--json")
    assert result.exit_code == 0, result.output
    assert "10.128." in result.stdout
