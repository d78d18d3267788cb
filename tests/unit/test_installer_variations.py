"""Installers' files in further variations: node groups, templates, commands, nodes' networks, whole definitions."""

import pytest

from ippoolkit.errors import InputError
from ippoolkit.model import Cluster, IPPool, Node, NodeGroup, Plan, Scenario
from ippoolkit.model.scenario_edits import with_scaled_groups
from ippoolkit.read.reader import read_installer, read_text
from tests.helpers import codes_of
from tests.helpers import run_command as run

KOPS = """\
kind: Cluster
apiVersion: kops.k8s.io/v1alpha2
metadata: {name: c}
spec: {networking: {calico: {}}, subnets: [{cidr: 172.21.0.0/20}]}
---
kind: InstanceGroup
apiVersion: kops.k8s.io/v1alpha2
metadata: {name: control}
spec: {role: ControlPlane, minSize: 3, maxSize: 3}
---
kind: InstanceGroup
apiVersion: kops.k8s.io/v1alpha2
metadata: {name: spot}
spec: {role: Node, minSize: 4, maxSize: 12, nodeLabels: {lifecycle: spot}, kubelet: {maxPods: 58}}
---
kind: InstanceGroup
apiVersion: kops.k8s.io/v1alpha2
metadata: {name: jump}
spec: {role: Bastion, minSize: 1, maxSize: 1}
---
kind: InstanceGroup
apiVersion: kops.k8s.io/v1alpha2
metadata: {name: open}
spec: {role: Node}
"""
OKD = """\
compute: [{name: worker, replicas: 30}]
controlPlane: {name: master, replicas: 3}
networking:
  networkType: Calico
  clusterNetwork: [{cidr: 10.140.0.0/21, hostPrefix: 24}]
"""
EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: e}
vpc: {cidr: 10.80.0.0/16}
nodeGroups:
- {name: linux, desiredCapacity: 6, maxSize: 9, labels: {tier: web}, maxPodsPerNode: 80}
- {name: win, amiFamily: WindowsServer2022CoreContainer, minSize: 2}
managedNodeGroups: [{name: later}]
"""
RANCHER = """\
apiVersion: provisioning.cattle.io/v1
kind: Cluster
spec:
  rkeConfig:
    chartValues: {rke2-calico: {installation: {calicoNetwork: {ipPools: [{cidr: 10.60.0.0/18, blockSize: 25}]}}}}
    machineGlobalConfig: {cni: calico, cluster-cidr: 10.60.0.0/16}
    machinePools: [{name: app, quantity: 8, labels: {tier: app}}]
"""
CLUSTER_API = """\
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: c}
spec: {clusterNetwork: {pods: {cidrBlocks: [10.61.0.0/16]}}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: md}
spec: {replicas: 7}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: cp}
spec: {replicas: 3}
"""
KIND = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: {disableDefaultCNI: true, podSubnet: 10.62.0.0/16}
nodes: [{role: control-plane}, {role: worker}, {role: worker}]
"""
CONTROL_PLANE = {"node-role.kubernetes.io/control-plane": ""}


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (KOPS, [("control", 3, CONTROL_PLANE, 110, "linux"), ("spot", 12, {"lifecycle": "spot"}, 58, "linux")]),
        (
            OKD,
            [
                ("master", 3, {"node-role.kubernetes.io/master": ""}, 110, "linux"),
                ("worker", 30, {"node-role.kubernetes.io/worker": ""}, 110, "linux"),
            ],
        ),
        (EKSCTL, [("linux", 6, {"tier": "web"}, 80, "linux"), ("win", 2, {}, 110, "windows")]),
        (RANCHER, [("app", 8, {"tier": "app"}, 110, "linux")]),
        (CLUSTER_API, [("md", 7, {}, 110, "linux"), ("cp", 3, CONTROL_PLANE, 110, "linux")]),
        (KIND, [("control-plane", 1, CONTROL_PLANE, 110, "linux"), ("worker", 2, {}, 110, "linux")]),
    ],
    ids=["kops", "OKD", "eksctl", "Rancher", "Cluster API", "kind"],
)
def test_groups_of_nodes_whose_number_is_told_are_planned(text, groups):
    plan = read_text(text).scenario.plan
    assert [(g.name, g.nodes, dict(g.labels), g.max_pods, g.os) for g in plan.groups] == groups


@pytest.mark.parametrize(("text", "name"), [(KOPS, "open"), (EKSCTL, "later")])
def test_a_group_without_a_number_is_named_and_not_planned(text, name):
    notes = read_text(text).notes
    assert [note.params["name"] for note in notes if note.code == "group-uncounted"] == [name]


def test_nodes_that_exist_are_not_planned_again():
    node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
    scenario = read_text(KOPS + node).scenario
    assert not scenario.plan.groups
    assert len(scenario.cluster.nodes) == 1


def scenario_of_two_kinds():
    gpu, unlabelled = ({"gpu": "yes"}, {})
    nodes = [Node(name=f"g{index}", labels=gpu) for index in range(10)]
    nodes += [Node(name=f"n{index}", labels=unlabelled) for index in range(40)]
    pools = (
        IPPool(name="gpu", cidr="10.0.0.0/18", node_selector="gpu == 'yes'"),
        IPPool(name="rest", cidr="10.1.0.0/18", node_selector="!has(gpu)"),
    )
    groups = (NodeGroup(name="extra", nodes=10, pods_per_node=20),)
    return Scenario(cluster=Cluster(pools=pools, nodes=tuple(nodes)), plan=Plan(groups=groups))


def sizes(scenario):
    return {group.name: group.nodes for group in scenario.plan.groups}


@pytest.mark.parametrize(
    ("counts", "total", "expected"),
    [
        ({"gpu-yes": 30}, None, {"gpu-yes": 30, "nodes-2": 40, "extra": 10}),
        ({"gpu=yes": 30}, None, {"gpu-yes": 30, "nodes-2": 40, "extra": 10}),
        ({"extra": 0}, None, {"gpu-yes": 10, "nodes-2": 40, "extra": 0}),
        ({"gpu-yes": 30}, 130, {"gpu-yes": 30, "nodes-2": 80, "extra": 20}),
        ({}, 120, {"gpu-yes": 20, "nodes-2": 80, "extra": 20}),
    ],
)
def test_one_group_is_scaled_and_the_others_share_the_rest(counts, total, expected):
    changes = {} if total is None else {"nodes": total}
    scaled = with_scaled_groups(scenario_of_two_kinds(), counts, **changes)
    assert sizes(scaled) == expected
    assert scaled.plan.groups[0].labels == {"gpu": "yes"}


@pytest.mark.parametrize(("counts", "code"), [({"none": 3}, "group-unknown"), ({"gpu-yes": 90}, "group-sum")])
def test_a_group_that_is_not_there_or_does_not_fit_is_an_error(counts, code):
    with pytest.raises(InputError) as error:
        with_scaled_groups(scenario_of_two_kinds(), counts, nodes=80)
    assert [problem.code for problem in error.value.problems] == [code]


@pytest.mark.parametrize("command", ["capacity", "simulate", "recommend"])
def test_the_commands_scale_a_group(tmp_path, command):
    (tmp_path / "kops.yaml").write_text(KOPS)
    options = ["--pods-per-node", "20", "--json"]
    result = run(command, tmp_path, "--group", "spot=5", *options)
    assert result.exit_code == 0, result.output
    unknown = run(command, tmp_path, "--group", "nobody=5", *options)
    assert unknown.exit_code == 2
    assert "control (3), spot (12)" in " ".join(unknown.output.split())


def test_a_number_that_is_none_is_named(tmp_path):
    (tmp_path / "kops.yaml").write_text(KOPS)
    result = run("capacity", tmp_path, "--group", "spot")
    assert result.exit_code == 2
    assert '"spot"' in result.output


def test_recommend_makes_room_for_pods_that_nobody_counted(tmp_path):
    (tmp_path / "kops.yaml").write_text(KOPS)
    result = run("recommend", tmp_path, "--within", "10.0.0.0/8")
    assert "choose-pods-assumed" in result.output
    assert "blockSize 32" not in result.output
    shared_out = run("recommend", tmp_path, "--nodes", "60", "--pods-per-node", "30", "--within", "10.0.0.0/8")
    assert shared_out.exit_code == 0


def codes(text, name="input.yaml"):
    return codes_of(read_text(text, name).notes)


def pools_of(text):
    return {str(pool.cidr): (pool.block_size, pool.encapsulation) for pool in read_text(text).scenario.cluster.pools}


HELM = "installation: {calicoNetwork: {ipPools: [{cidr: %s, blockSize: %s}]}}\n"
HELM_CHART = """\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: calico}
spec:
  chart: tigera-operator
  set: {"installation.calicoNetwork.ipPools[0].blockSize": "28"}
  valuesContent: "installation: {calicoNetwork: {ipPools: [{cidr: 10.9.0.0/16}]}}"
"""
K0S = """\
apiVersion: k0s.k0sproject.io/v1beta1
kind: ClusterConfig
spec: {network: {provider: calico, podCIDR: 10.63.0.0/16, calico: {mode: ipip, overlay: CrossSubnet}}}
"""
ANCHORS = """\
common: &pool {blockSize: 28, encapsulation: VXLAN}
installation:
  calicoNetwork:
    ipPools:
    - {<<: *pool, cidr: 10.1.0.0/20}
    - {<<: *pool, cidr: 10.2.0.0/20, blockSize: 27}
"""


@pytest.mark.parametrize(
    ("text", "pools"),
    [
        (ANCHORS, {"10.1.0.0/20": (28, "VXLAN Always"), "10.2.0.0/20": (27, "VXLAN Always")}),
        (HELM_CHART, {"10.9.0.0/16": (28, "IPIP Always")}),
        (RANCHER, {"10.60.0.0/18": (25, "IPIP Always")}),
        (KIND, {"10.62.0.0/16": (26, "IPIP Always")}),
        (K0S, {"10.63.0.0/16": (26, "IPIP CrossSubnet")}),
        (
            "extraCNIEnv: {IPv4_CLUSTER_CIDR: 10.4.0.0/16, IPv6_CLUSTER_CIDR: 'fd04::/64'}\n",
            {"10.4.0.0/16": (26, "VXLAN Always"), "fd04::/64": (122, "None")},
        ),
        (
            (
                "$ helm install calico projectcalico/tigera-operator \\\n  --set installation.calicoNetwork.ipPools[0].cidr"
                "=10.8.0.0/16,installation.calicoNetwork.ipPools[0].blockSize=25\n"
            ),
            {"10.8.0.0/16": (25, "IPIP Always")},
        ),
    ],
    ids=["anchors", "set of a HelmChart", "Rancher", "kind", "k0s", "MicroK8s", "helm --set"],
)
def test_the_pools_of_a_variation(text, pools):
    assert pools_of(text) == pools


@pytest.mark.parametrize(
    ("cidr", "size", "codes"),
    [
        ('"{{ .Values.pods }}"', "26", ["setting-template"]),
        ("10.0.0.0/16", '"${BLOCK_SIZE}"', ["setting-template"]),
        ("{{ .Values.pods }}", "26", ["yaml-key"]),
    ],
)
def test_what_a_template_engine_has_not_filled_in_is_refused(tmp_path, cidr, size, codes):
    path = tmp_path / "values.yaml"
    path.write_text(HELM % (cidr, size))
    with pytest.raises(InputError) as error:
        read_installer(path)
    assert [problem.code for problem in error.value.problems] == codes


def test_a_range_that_is_none_is_not_dropped(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("cni: calico\ncluster-cidr: 10.42.0.0\n")
    with pytest.raises(InputError) as error:
        read_installer(path)
    assert [problem.code for problem in error.value.problems] == ["cidr-syntax"]


TALOS = """\
machine:
  type: worker
  network: {interfaces: [{interface: eth0, addresses: [10.244.9.5/24], vlans: [{addresses: [10.7.0.2/24]}]}]}
cluster: {network: {podSubnets: [10.244.0.0/16], cni: {name: none}}}
"""
AUTODETECTION = """\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork:
    nodeAddressAutodetectionV4: {cidrs: [%s]}
    ipPools: [{cidr: 192.168.0.0/16}]
"""


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        (TALOS, ["10.244.9.0/24", "10.7.0.0/24"]),
        (AUTODETECTION % "192.168.7.0/24", ["192.168.7.0/24"]),
        (AUTODETECTION % "192.0.0.0/8", []),  # does not tell where in it the nodes are
        (AUTODETECTION % "10.0.0.0/8", []),
        ("$ eksctl create cluster --name x\n", ["192.168.0.0/16"]),
        ("$ eksctl create cluster --name x --vpc-cidr 10.3.0.0/16\n", ["10.3.0.0/16"]),
    ],
)
def test_networks_of_nodes(text, networks):
    assert [str(cidr) for cidr in read_text(text).scenario.networks.nodes] == networks


def test_the_ranges_of_kube_proxy_and_kubeadm_are_compared_within_a_file():
    text = (
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.5.0.0/16}\n"
        "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.5.0.0/17\n"
    )
    assert "installer-ranges-differ" in codes(text)


def test_flags_of_microk8s_services(tmp_path):
    (tmp_path / "kube-proxy").write_text("--kubeconfig=${SNAP_DATA}/proxy.config\n--cluster-cidr=10.1.0.0/16\n")
    (tmp_path / "kube-apiserver").write_text("# flags\n--service-cluster-ip-range=10.152.183.0/24\n")
    (tmp_path / "cni.yaml").write_text(
        "kind: DaemonSet\napiVersion: apps/v1\nmetadata: {name: calico-node}\nspec: {template: {spec: {containers: "
        "[{name: calico-node, env: [{name: CALICO_IPV4POOL_CIDR, value: 10.1.0.0/16}]}]}}}\n"
    )
    networks = read_installer(tmp_path).scenario.networks
    assert [str(cidr) for cidr in (*networks.cluster, *networks.services)] == ["10.1.0.0/16", "10.152.183.0/24"]


INVENTORY = "[kube_node]\nw[1:3]\n[k8s_cluster:children]\nkube_node\n"


@pytest.fixture
def kubespray(tmp_path):
    (tmp_path / "inventory.ini").write_text(INVENTORY)
    for folder in ("group_vars/k8s_cluster", "group_vars/all", "host_vars"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "group_vars/all/all.yml").write_text("ansible_user: x\n")
    (tmp_path / "group_vars/k8s_cluster/k8s.yml").write_text("kube_pods_subnet: 10.66.0.0/18\n")
    (tmp_path / "host_vars/w2.yml").write_text("ip: 10.66.1.9\nnode_labels: {rack: r2}\nansible_port: 22\n")
    return tmp_path


def test_host_vars_of_kubespray(kubespray):
    reading = read_installer(kubespray)
    node = reading.scenario.cluster.nodes[1]
    assert (node.name, dict(node.labels)["rack"], [str(address) for address in node.addresses]) == (
        "w2",
        "r2",
        ["10.66.1.9"],
    )
    unused = {note.params["names"] for note in reading.notes if note.code == "settings-unused"}
    assert unused == {"ansible_user", "ansible_port"}


@pytest.mark.parametrize(
    ("written", "cidr", "is_known"),
    [
        ("'{{ kube_pods_subnet }}'", "10.66.0.0/18", True),
        ("\"{{ missing | default('10.70.0.0/18') }}\"", "10.70.0.0/18", True),
        ("\"{{ missing | default('10.70.0.0/18', true) }}\"", "10.70.0.0/18", True),
        ("\"{{ lookup('env', 'CIDR') }}\"", "10.66.0.0/18", False),
        ("'{{ calico_pool_cidr }}'", "10.66.0.0/18", False),  # itself
    ],
)
def test_references_between_variables(kubespray, written, cidr, is_known):
    (kubespray / "group_vars/k8s_cluster/calico.yml").write_text(f"calico_pool_cidr: {written}\n")
    reading = read_installer(kubespray)
    assert str(reading.scenario.cluster.pools[0].cidr) == cidr
    assert ("setting-elsewhere" not in codes_of(reading.notes)) == is_known


def test_check_and_the_other_commands_agree(kubespray):
    """A node's address inside the pool is an error in each of them."""
    for command in (["check"], ["capacity"], ["audit"], ["from-installer", "-o", kubespray / "out.yaml"]):
        result = run(*command, kubespray)
        assert result.exit_code == 1, command
        assert "10.66.1.9" in result.output, command
        (kubespray / "out.yaml").unlink(missing_ok=True)


def test_check_reads_ranges_and_nodes_of_a_paste(tmp_path):
    path = tmp_path / "paste.txt"
    path.write_text(
        "$ kubeadm init --pod-network-cidr=192.168.0.0/16\n$ kubectl get nodes -o wide\n"
        "NAME  STATUS  ROLES          AGE  VERSION  INTERNAL-IP    EXTERNAL-IP\n"
        "n1    Ready   control-plane  1d   v1.29.0  192.168.1.10   <none>\n"
    )
    result = run("check", path)
    assert result.exit_code == 1
    assert "192.168.1.10" in result.output


def test_a_broken_file_in_a_folder_is_not_skipped_by_check(tmp_path):
    (tmp_path / "a.yaml").write_text("apiVersion: [\n")
    assert run("check", tmp_path).exit_code == 2


def test_an_input_with_nothing_in_it_names_what_was_skipped(tmp_path):
    path = tmp_path / "shoot.yaml"
    path.write_text("apiVersion: core.gardener.cloud/v1beta1\nkind: Shoot\nmetadata: {name: s}\nspec: {}\n")
    result = run("from-installer", path)
    assert result.exit_code == 2
    assert "Shoot" in result.output


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("n[01:05:2]", ["n01", "n03", "n05"]),
        ("n[a:c]", ["na", "nb", "nc"]),
        ("r[1:2]n[1:2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
        ("n[1:c]", ["n[1:c]"]),
    ],
)
def test_ranges_of_hosts_as_ansible_has_them(written, names):
    reading = read_text(f"[kube_node]\n{written}\n[k8s_cluster:children]\nkube_node\n")
    assert [node.name for node in reading.scenario.cluster.nodes] == names


def test_a_range_of_ranges_that_is_too_large_is_refused_at_once():
    reading = read_text("[kube_node]\nr[1:99999]n[1:99999]\n[k8s_cluster:children]\nkube_node\n")
    assert "host-range" in codes_of(reading.notes)
    assert not reading.scenario.cluster.nodes


def test_labels_of_a_host_in_an_ini_inventory():
    reading = read_text('[kube_node]\nn1 node_labels=\'{"gpu":"yes"}\'\n[k8s_cluster:children]\nkube_node\n')
    assert reading.scenario.cluster.nodes[0].labels["gpu"] == "yes"


def test_settings_of_rke2_in_several_files(tmp_path):
    (tmp_path / "config.yaml.d").mkdir()
    (tmp_path / "config.yaml.d/10-cni.yaml").write_text("cni: calico\ncluster-cidr: 10.11.0.0/20\n")
    (tmp_path / "config.yaml").write_text("tls-san: [x]\nnode-ip: 10.11.0.9\nkubelet-arg: [max-pods=250]\n")
    reading = read_installer(tmp_path)
    assert [str(cidr) for cidr in reading.scenario.networks.nodes] == ["10.11.0.9/32"]
    assert codes_of(reading.notes) >= {"installer-pool", "settings-unused"}
    assert "plugin-other" not in codes_of(reading.notes)


def test_the_address_in_a_master_configuration():
    reading = read_text(
        "apiVersion: kubeadm.k8s.io/v1alpha1\nkind: MasterConfiguration\napi: {advertiseAddress: 10.32.0.5}\n"
        "networking: {podSubnet: 10.32.0.0/16}\n"
    )
    assert [str(cidr) for cidr in reading.scenario.networks.nodes] == ["10.32.0.5/32"]


@pytest.mark.parametrize("pool", ['"10.1.0.0/16"', "null"])
def test_a_pool_of_an_installation_that_is_no_mapping_is_not_dropped(tmp_path, pool):
    path = tmp_path / "installation.yaml"
    path.write_text(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n"
        f"spec: {{calicoNetwork: {{ipPools: [{{cidr: 10.2.0.0/16}}, {pool}]}}}}\n"
    )
    with pytest.raises(InputError):
        read_installer(path)
