"""What installers are given becomes a scenario, and what is mixed up in it is told."""

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.read.reader import read_installer
from tests.helpers import finding_of, run_command

INI = """\
[kube_control_plane]
master[1:3] ansible_host=10.0.0.1   # three of them
[etcd:children]
kube_control_plane
[kube_node]
worker01
worker02 ip=10.3.0.4
[kube_node:vars]
x=1
[k8s_cluster:children]
kube_node
kube_control_plane
[bastion]
door
"""


@pytest.fixture
def inventory(tmp_path):
    def write(variables, hosts=INI, name="inventory.ini"):
        folder = tmp_path / "mycluster"
        (folder / "group_vars/k8s_cluster").mkdir(parents=True)
        (folder / name).write_text(hosts)
        (folder / "group_vars/k8s_cluster/k8s-cluster.yml").write_text(variables)
        (folder / "group_vars/all.yml").write_text("---\n# nothing\nntp_enabled: false\n")
        return folder

    return write


def codes(reading):
    """What is said beside the pool that the installer would create, and the files that it has no use for."""
    return [
        note.code for note in reading.notes if note.code not in ("installer-pool", "file-unread", "settings-unused")
    ]


def test_kubespray_with_its_defaults(inventory):
    reading = read_installer(inventory("kube_network_plugin: calico\n"))
    scenario = reading.scenario
    (pool,) = scenario.cluster.pools
    assert (pool.name, str(pool.cidr), pool.block_size, pool.vxlan_mode) == (
        "default-pool",
        "10.233.64.0/18",
        26,
        "Always",
    )
    assert [node.name for node in scenario.cluster.nodes] == ["master1", "master2", "master3", "worker01", "worker02"]
    assert [str(cidr) for cidr in scenario.networks.services] == ["10.233.0.0/18"]
    assert codes(reading) == []


def test_kubespray_dual_stack_with_values_of_its_own(inventory):
    text = (
        "ipv6_stack: true\nkube_pods_subnet: 10.244.0.0/16\ncalico_pool_cidr: 10.244.0.0/18\ncalico_pool_blocksize: '27'\n"
        "calico_pool_name: pool\ncalico_vxlan_mode: CrossSubnet\nkubelet_max_pods: 250\n"
    )
    cluster = read_installer(inventory(text)).scenario.cluster
    assert [(pool.name, str(pool.cidr), pool.block_size) for pool in cluster.pools] == [
        ("pool", "10.244.0.0/18", 27),
        ("pool-ipv6", "fd85:ee78:d8a6:8607::1:0/112", 122),
    ]
    assert cluster.nodes[0].max_pods == 250


def test_an_inventory_in_yaml(inventory):
    hosts = (
        "all:\n  hosts: {bastion: {}}\n  children:\n    kube_control_plane: {hosts: {m1: {}}}\n"
        "    kube_node: {hosts: {'w[01:03]': {}}}\n    k8s_cluster: {children: {kube_node: {}, kube_control_plane: {}}}\n"
    )
    nodes = read_installer(inventory("calico_pool_blocksize: 26\n", hosts, "hosts.yaml")).scenario.cluster.nodes
    assert [node.name for node in nodes] == ["m1", "w01", "w02", "w03"]


def test_the_per_node_prefix_taken_for_the_block_size(inventory):
    reading = read_installer(inventory("calico_pool_blocksize: 24\nkube_pods_subnet: 10.233.64.0/20\n"))
    assert codes(reading) == ["prefix-as-size"]
    note = finding_of(reading.notes, "prefix-as-size")
    assert note.place.file.endswith("k8s-cluster.yml")
    assert note.place.line == 1


def test_the_installers_own_check_misleads_both_ways(inventory, tmp_path):
    many = "[kube_node]\nw[1:20]\n"
    reading = read_installer(inventory("kube_pods_subnet: 10.233.64.0/20\n", many))
    (note,) = [note for note in reading.notes if note.code == "prefix-misleads"]
    assert (note.code, note.params["subnets"], note.params["blocks"]) == ("prefix-misleads", 16, 64)


def test_an_ipv6_pool_with_a_size_of_ipv4_is_refused(inventory):
    with pytest.raises(InputError, match="Use the default, 122"):
        read_installer(inventory("ipv6_stack: true\ncalico_pool_blocksize_ipv6: 26\n"))


def test_a_pool_outside_the_cluster_cidr_is_told_by_the_command(inventory, tmp_path):
    folder = inventory("calico_pool_cidr: 10.99.0.0/16\n")
    result = run_command("from-installer", folder, "-o", tmp_path / "plan.yaml")
    assert result.exit_code == 0
    assert "is outside the cluster CIDR" in result.output
    assert ipk.load(tmp_path / "plan.yaml").cluster.pools[0].cidr == ipk.Cidr.parse("10.99.0.0/16")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kube_network_plugin: cilium\n", "other-plugin"),
        ("calico_ipam_host_local: true\n", "host-local"),
        ("kube_pods_subnet: '{{ pods }}'\n", "setting-elsewhere"),
    ],
)
def test_what_an_inventory_says_that_changes_everything(text, code, inventory):
    assert code in codes(read_installer(inventory(text)))


def write_file(tmp_path, text, name="x.yaml"):
    path = tmp_path / name
    path.write_text(text)
    return path


OPERATOR = """\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork:
    ipPools:
    - {cidr: 10.48.0.0/16, encapsulation: VXLANCrossSubnet, natOutgoing: Disabled, nodeSelector: has(a)}
    - {name: six, cidr: "fd00::/64", blockSize: 120, encapsulation: VXLAN}
"""
KUBEADM = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking: {podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: 10.96.0.0/16}
controllerManager:
  extraArgs:
  - {name: node-cidr-mask-size-ipv4, value: "24"}
"""


def test_the_operators_installation(tmp_path):
    four, six = read_installer(write_file(tmp_path, OPERATOR)).scenario.cluster.pools
    assert (four.name, four.block_size, four.vxlan_mode, four.nat_outgoing) == (
        "default-ipv4-ippool",
        26,
        "CrossSubnet",
        False,
    )
    assert (six.name, six.block_size, six.vxlan_mode, six.nat_outgoing) == ("six", 120, "Always", False)
    with pytest.raises(InputError, match="VXLANCrossSubnet, None"):
        read_installer(write_file(tmp_path, OPERATOR.replace("VXLANCrossSubnet", "GENEVE")))


def test_kubeadm_alone_and_with_others(tmp_path):
    kubeadm = write_file(tmp_path, KUBEADM)
    scenario = read_installer(kubeadm).scenario
    assert [str(pool.cidr) for pool in scenario.cluster.pools] == ["10.244.0.0/16", "fd00:10:244::/56"]
    assert [str(cidr) for cidr in scenario.networks.cluster] == ["10.244.0.0/16", "fd00:10:244::/56"]
    both = read_installer(kubeadm, write_file(tmp_path, OPERATOR, "op.yaml")).scenario
    assert [pool.name for pool in both.cluster.pools] == ["default-ipv4-ippool", "six"]
    bare = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {}\n"
    four, six = read_installer(kubeadm, write_file(tmp_path, bare, "bare.yaml")).scenario.cluster.pools
    assert (str(four.cidr), four.ipip_mode, str(six.cidr)) == ("10.244.0.0/16", "Always", "fd00:10:244::/56")


def test_a_mask_that_kube_controller_manager_refuses(tmp_path):
    text = KUBEADM.replace("10.244.0.0/16,fd00:10:244::/56", "10.244.0.0/25")
    assert codes(read_installer(write_file(tmp_path, text))) == ["mask-too-far"]


def test_calico_nodes_manifest_and_environment(tmp_path):
    manifest = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node}
spec:
  template:
    spec:
      containers:
      - name: calico-node
        env:
        - {name: CALICO_IPV4POOL_CIDR, value: 10.1.0.0/16}
        - {name: CALICO_IPV4POOL_BLOCK_SIZE, value: "24"}
        - {name: CALICO_IPV4POOL_VXLAN, value: Always}
        - {name: CALICO_IPV4POOL_NODE_SELECTOR, valueFrom: {configMapKeyRef: {name: c, key: k}}}
"""
    reading = read_installer(write_file(tmp_path, manifest))
    (pool,) = reading.scenario.cluster.pools
    assert (str(pool.cidr), pool.block_size, pool.vxlan_mode, pool.ipip_mode) == ("10.1.0.0/16", 24, "Always", "Never")
    assert codes(reading) == ["setting-elsewhere"]
    shell = "# calico.env\nCALICO_IPV4POOL_CIDR=10.2.0.0/16\nexport CALICO_IPV6POOL_CIDR='fd00::/64'\nCALICO_IPV4POOL_IPIP=Off\n"
    four, six = read_installer(write_file(tmp_path, shell, "calico.env")).scenario.cluster.pools
    assert (str(four.cidr), four.encapsulation, str(six.cidr)) == ("10.2.0.0/16", "None", "fd00::/64")
    (plain,) = read_installer(write_file(tmp_path, "CALICO_IPV4POOL_BLOCK_SIZE: '27'\n")).scenario.cluster.pools
    assert (str(plain.cidr), plain.block_size, plain.ipip_mode) == ("192.168.0.0/16", 27, "Always")


@pytest.mark.parametrize(
    "text", ["a: 1\n", "[]\n", "kind: Pod\napiVersion: v1\n", "kind: Installation\napiVersion: other/v1\n", "\x00", ""]
)
def test_what_is_no_installers(text, tmp_path):
    result = run_command("from-installer", write_file(tmp_path, text))
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "x.yaml" in result.output.replace("\n", "")


@pytest.mark.parametrize(
    "spec",
    [
        "spec: none",
        "spec: {calicoNetwork: [1]}",
        "spec: {calicoNetwork: {ipPools: [1, {cidr: 7}]}}",
        "spec: {calicoNetwork: {ipPools: [{cidr: 10.0.0.1/16}]}}",
    ],
)
def test_installations_that_make_no_sense_are_no_tracebacks(spec, tmp_path):
    text = f"apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {{name: default}}\n{spec}\n"
    assert "Traceback" not in run_command("from-installer", write_file(tmp_path, text)).output
