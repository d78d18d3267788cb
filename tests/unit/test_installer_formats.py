"""Installers' files in the forms that people have them: the right pools, where each value comes from, what is not used."""

import json

import pytest

from ippoolkit.capacity.design_rules.check import design_findings
from ippoolkit.errors import InputError
from ippoolkit.read.reader import read_installer, read_text
from tests.helpers import codes_of, finding_of, run_command


def write_files(folder, **files):
    """Write files (`_` in a name is a dot), return their paths."""
    paths = []
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_text(text)
        paths.append(path)
    return paths


def pools_of(reading):
    return {
        pool.name: (str(pool.cidr), pool.block_size, pool.encapsulation, pool.nat_outgoing)
        for pool in reading.scenario.cluster.pools
    }


IPV4, IPV6 = "default-ipv4-ippool", "default-ipv6-ippool"
INSTALLATION = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n"
KUBEADM_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta3
    kind: ClusterConfiguration
    networking: {podSubnet: "10.30.0.0/16,fd00:30::/56", serviceSubnet: 10.31.0.0/16}
"""
RKE2_CHART = """\
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: rke2-calico, namespace: kube-system}
spec:
  valuesContent: |-
    installation:
      calicoNetwork:
        mtu: 8900
"""
KUBEKEY = """\
apiVersion: kubekey.kubesphere.io/v1alpha2
kind: Cluster
spec:
  hosts:
  - {name: node1, internalAddress: "10.0.0.2,fd00:1::2"}
  - {name: "node[2:4]", internalAddress: "10.0.0.[3:5]"}
  kubernetes: {nodeCidrMaskSize: 25, nodeCidrMaskSizeIPv6: 120, maxPods: 150}
  network:
    calico: {ipipMode: Never, vxlanMode: CrossSubnet}
    kubePodsCIDR: 10.233.64.0/18,fc00:64::/112
"""
KOPS = "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: c}\nspec:\n"
DAEMON_SET = """\
kind: DaemonSet
apiVersion: extensions/v1beta1
metadata: {name: calico-node}
spec:
  template:
    spec:
      containers:
      - name: calico-node
        env:
        - {name: CALICO_IPV4POOL_CIDR, value: 10.1.0.0/16}
        - {name: CALICO_IPV4POOL_VXLAN, value: CrossSubnet}
        - {name: FELIX_IPV6SUPPORT, value: "false"}
"""

CASES = {
    "RKE2 with both families": (
        "cni: [multus, calico]\ncluster-cidr: 10.52.0.0/16,fd00:52::/56\n",
        {IPV4: ("10.52.0.0/16", 26, "VXLAN Always", True), IPV6: ("fd00:52::/56", 122, "VXLAN Always", True)},
    ),
    "RKE2 with nothing but its plugin": ("cni: calico\n", {IPV4: ("10.42.0.0/16", 26, "VXLAN Always", True)}),
    "RKE2 with its default plugin": ("cluster-cidr: 10.52.0.0/16\nprofile: cis\n", {}),
    "RKE2's chart without pools": (RKE2_CHART, {IPV4: ("10.42.0.0/16", 26, "VXLAN Always", True)}),
    "k3s without flannel": (
        "flannel-backend: none\ncluster-cidr: 10.42.0.0/18\n",
        {IPV4: ("10.42.0.0/18", 26, "IPIP Always", True)},
    ),
    "k3s with flannel": ("flannel-backend: vxlan\ncluster-cidr: 10.42.0.0/18\n", {}),
    "RKE1 without services": (
        "nodes:\n- {address: 192.0.2.11, role: [worker]}\nnetwork: {plugin: calico}\n",
        {IPV4: ("10.42.0.0/16", 26, "IPIP Always", True)},
    ),
    "RKE1 in Rancher": (
        (
            "rancher_kubernetes_engine_config:\n  network: {plugin: calico}\n"
            "  services: {kube_controller: {cluster_cidr: 10.10.0.0/16}}\n"
        ),
        {IPV4: ("10.10.0.0/16", 26, "IPIP Always", True)},
    ),
    "kops, half of what is not masqueraded": (
        f"{KOPS}  nonMasqueradeCIDR: 10.128.0.0/10\n  networking: {{calico: {{}}}}\n",
        {IPV4: ("10.160.0.0/11", 26, "IPIP CrossSubnet", True)},
    ),
    "kops of an older Kubernetes": (
        f"{KOPS}  kubernetesVersion: 1.18.2\n  networking: {{calico: {{}}}}\n",
        {IPV4: ("100.96.0.0/11", 26, "IPIP Always", True)},
    ),
    "kops v1alpha3": (
        KOPS.replace("v1alpha2", "v1alpha3")
        + "  networking: {podCIDR: 100.96.0.0/12, calico: {encapsulationMode: vxlan, vxlanMode: Always}}\n",
        {IPV4: ("100.96.0.0/12", 26, "VXLAN Always", True)},
    ),
    "kops with another plugin": (f"{KOPS}  networking: {{cilium: {{}}}}\n", {}),
    "KubeKey": (
        KUBEKEY,
        {
            "default-pool": ("10.233.64.0/18", 25, "VXLAN CrossSubnet", True),
            "default-pool-ipv6": ("fc00:64::/112", 120, "VXLAN CrossSubnet", False),
        },
    ),
    "install-config of old OKD": (
        "networking:\n  type: Calico\n  clusterNetworks: [{cidr: 10.128.0.0/14, hostSubnetLength: 9}]\n",
        {IPV4: ("10.128.0.0/14", 26, "IPIP Always", True)},
    ),
    "OKD with another plugin": (
        "networking:\n  networkType: OVNKubernetes\n  clusterNetwork: [{cidr: 10.128.0.0/14, hostPrefix: 23}]\n",
        {},
    ),
    "Talos, a patch of the whole network": (
        '- {op: add, path: /cluster/network, value: {podSubnets: ["10.201.0.0/16"], cni: {name: none}}}\n',
        {IPV4: ("10.201.0.0/16", 26, "IPIP Always", True)},
    ),
    "Talos, a patch of one item": (
        "- {op: add, path: /cluster/network/podSubnets/0, value: 10.204.0.0/16}\n",
        {IPV4: ("10.204.0.0/16", 26, "IPIP Always", True)},
    ),
    "Talos, a strategic patch": (
        "cluster: {network: {cni: {name: none}, podSubnets: [10.203.0.0/16]}}\n",
        {IPV4: ("10.203.0.0/16", 26, "IPIP Always", True)},
    ),
    "kubeadm's first form": (
        "apiVersion: kubeadm.k8s.io/v1alpha2\nkind: MasterConfiguration\nnetworking: {podSubnet: 10.217.0.0/16}\n",
        {IPV4: ("10.217.0.0/16", 26, "IPIP Always", True)},
    ),
    "a calico-node of old, by its container": (DAEMON_SET, {IPV4: ("10.1.0.0/16", 26, "VXLAN CrossSubnet", True)}),
    "the variables of calico-node alone": (
        '- name: CALICO_IPV4POOL_CIDR\n  value: "10.244.0.0/16"\n- {name: CALICO_IPV4POOL_BLOCK_SIZE, value: "24"}\n',
        {IPV4: ("10.244.0.0/16", 24, "IPIP Always", True)},
    ),
    "calico-node without a pool": ("- {name: NO_DEFAULT_POOLS, value: 'true'}\n- {name: CALICO_IPV4POOL_IPIP}\n", {}),
    "an Installation on EKS": (
        f"{INSTALLATION}spec: {{kubernetesProvider: EKS, cni: {{type: Calico}}}}\n",
        {IPV4: ("172.16.0.0/16", 26, "VXLAN Always", True)},
    ),
    "an Installation with the VPC's plugin": (f"{INSTALLATION}spec: {{cni: {{type: AmazonVPC}}}}\n", {}),
    "an Installation without pools": (f"{INSTALLATION}spec: {{calicoNetwork: {{ipPools: []}}}}\n", {}),
    "an Installation of nothing": (
        f"{INSTALLATION}spec: {{calicoNetwork: null}}\n",
        {IPV4: ("192.168.0.0/16", 26, "IPIP Always", True)},
    ),
    "several pools of a family": (
        (
            f"{INSTALLATION}spec:\n  calicoNetwork:\n    ipPools:\n"
            "    - {cidr: 10.10.0.0/16, encapsulation: None, natOutgoing: Disabled}\n"
            '    - {cidr: 10.11.0.0/16, blockSize: 24}\n    - {cidr: "fd00:10::/64"}\n'
        ),
        {
            "10.10.0.0-16": ("10.10.0.0/16", 26, "None", False),
            "10.11.0.0-16": ("10.11.0.0/16", 24, "IPIP Always", True),
            "fd00.0010.0000.0000.0000.0000.0000.0000-64": ("fd00:10::/64", 122, "None", False),
        },
    ),
    "values of a chart with the operator's in it": (
        "tigera-operator:\n  installation: {calicoNetwork: {ipPools: [{cidr: 10.7.0.0/16, encapsulation: VXLAN}]}}\n",
        {IPV4: ("10.7.0.0/16", 26, "VXLAN Always", True)},
    ),
    "a chart that is switched off": ("installation: {enabled: false}\n", {}),
    "Flux": (
        (
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: c}\nspec:\n"
            "  chart: {spec: {chart: tigera-operator}}\n"
            "  values: {installation: {calicoNetwork: {ipPools: [{cidr: 10.7.0.0/16, blockSize: 25}]}}}\n"
        ),
        {IPV4: ("10.7.0.0/16", 25, "IPIP Always", True)},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_pools_of_an_installers_file(name, tmp_path):
    text, pools = CASES[name]
    assert pools_of(read_installer(*write_files(tmp_path, input_yaml=text))) == pools


def test_each_value_of_a_pool_has_its_origin(tmp_path):
    config = "cni: calico\ncluster-cidr: 10.52.0.0/16\ntoken: x\n"
    reading = read_installer(*write_files(tmp_path, config_yaml=config, chart_yaml=RKE2_CHART))
    params = finding_of(reading.notes, "installer-pool").params
    assert params["written"] == f"cidr 10.52.0.0/16 ({tmp_path / 'config.yaml'}:2: cluster-cidr)"
    assert params["defaults"] == "blockSize 26, vxlanMode Always, natOutgoing true"
    unused = {note.params["names"] for note in reading.notes if note.code == "settings-unused"}
    assert unused == {"token", "installation.calicoNetwork.mtu"}


def test_rke2_does_not_borrow(tmp_path):
    reading = read_installer(*write_files(tmp_path, config_yaml="cni: calico\n"))
    assert reading.scenario.cluster.ipam.strict_affinity
    assert finding_of(reading.notes, "installer-ipam").params["strictAffinity"] == "true"


def test_the_operator_takes_both_families_from_kubeadm_and_refuses_others(tmp_path):
    installation = f"{INSTALLATION}spec: {{calicoNetwork: {{ipPools: [{{cidr: 10.40.0.0/16}}]}}}}\n"
    paths = write_files(tmp_path, kubeadm_yaml=KUBEADM_CONFIG, bare_yaml=f"{INSTALLATION}spec: {{}}\n")
    assert pools_of(read_installer(*paths)) == {
        IPV4: ("10.30.0.0/16", 26, "IPIP Always", True),
        IPV6: ("fd00:30::/56", 122, "None", False),
    }
    reading = read_installer(paths[0], *write_files(tmp_path, other_yaml=installation))
    assert finding_of(reading.notes, "operator-refuses").params["platform"] == "10.30.0.0/16, fd00:30::/56"
    assert run_command("from-installer", tmp_path).exit_code == 1


def test_a_patch_wins_and_the_difference_is_told(tmp_path):
    machine = "machine: {type: worker}\ncluster: {network: {cni: {name: none}, podSubnets: [10.244.0.0/17]}}\n"
    patch = json.dumps([{"op": "replace", "path": "/cluster/network/podSubnets", "value": ["10.200.0.0/16"]}])
    reading = read_installer(*write_files(tmp_path, worker_yaml=machine, zpatch_json=patch))
    assert pools_of(reading)[IPV4][0] == "10.200.0.0/16"
    assert finding_of(reading.notes, "installer-ranges-differ").params["cidr"] == "10.244.0.0/17"


def test_old_kubespray_makes_the_node_prefix_the_block_size(tmp_path):
    hosts = (
        "[all]\nm1 ip=10.0.0.1\nw[1:2] ansible_ssh_host=192.0.2.9\n[kube-master]\nm1\n[kube-node]\nw[1:2]\n"
        "[k8s-cluster:children]\nkube-node\nkube-master\n[k8s-cluster:vars]\nkube_pods_subnet=10.200.0.0/16\n"
    )
    variables = "kube_network_node_prefix: 25\nnat_outgoing: true\npeer_with_router: false\n"
    reading = read_installer(*write_files(tmp_path, hosts_ini=hosts, calico_yml=variables))
    cluster = reading.scenario.cluster
    assert pools_of(reading) == {"default-pool": ("10.200.0.0/16", 25, "IPIP Always", True)}
    assert finding_of(reading.notes, "kubespray-old").params["size"] == 25
    assert cluster.cni.ipv4_pools == ("10.200.0.0/16",)
    assert {node.name: [str(address) for address in node.addresses] for node in cluster.nodes}["m1"] == ["10.0.0.1"]
    assert finding_of(reading.notes, "settings-unused").params["names"] == "peer_with_router"


def test_a_yaml_inventory_tells_variables_addresses_and_labels(tmp_path):
    hosts = (
        "all:\n  vars: {kube_pods_subnet: 10.77.0.0/16}\n  hosts:\n"
        "    n1: {ip: 10.77.0.9, ansible_host: 192.0.2.1, node_labels: {rack: a}}\n  children:\n"
        "    kube_control_plane: {hosts: {n1: }}\n    k8s_cluster: {children: {kube_control_plane: }}\n"
    )
    scenario = read_installer(*write_files(tmp_path, hosts_yaml=hosts)).scenario
    (node,) = scenario.cluster.nodes
    assert (node.labels["rack"], str(node.addresses[0])) == ("a", "10.77.0.9")
    assert "pool-over-nodes" in codes_of(design_findings(scenario))


def test_networks_of_nodes_on_eks(tmp_path):
    vpcs = json.dumps({"Vpcs": [{"CidrBlock": "172.16.0.0/20", "CidrBlockAssociationSet": []}]})
    installation = f"{INSTALLATION}spec: {{kubernetesProvider: EKS}}\n"
    scenario = read_installer(*write_files(tmp_path, vpcs_json=vpcs, installation_yaml=installation)).scenario
    assert "pool-overlaps-nodes" in codes_of(design_findings(scenario))


def test_the_address_of_kubeadms_first_node_is_held_against_the_pool(tmp_path):
    kubeadm = (
        "apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\nlocalAPIEndpoint: {advertiseAddress: 10.240.0.5}\n"
        "---\napiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.240.0.0/16}\n"
        "---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 200\n"
    )
    scenario = read_installer(*write_files(tmp_path, kubeadm_yaml=kubeadm)).scenario
    assert "pool-over-nodes" in codes_of(design_findings(scenario))


def test_the_flags_of_a_control_plane_tell_its_networks():
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-m1, namespace: kube-system}\n"
        "spec: {hostNetwork: true, nodeName: m1, containers: [{command: [kube-apiserver, "
        "--service-cluster-ip-range=10.50.0.0/16]}]}\n"
    )
    pool = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.50.0.0/18}\n"
    scenario = read_text(f"{pool}---\n{pod}").scenario
    assert "pool-overlaps-services" in codes_of(design_findings(scenario))


def test_every_problem_of_an_installation_names_its_field(tmp_path):
    pools = "[{cidr: 10.10.0.0/16, natOutgoing: true, blockSize: '26'}, {cidr: 10.10.0.0/33}]"
    (path,) = write_files(tmp_path, bad_yaml=f"{INSTALLATION}spec: {{calicoNetwork: {{ipPools: {pools}}}}}\n")
    with pytest.raises(InputError) as caught:
        read_installer(path)
    assert [problem.place.field.removeprefix("spec.calicoNetwork.") for problem in caught.value.problems] == [
        "ipPools[0].natOutgoing",
        "ipPools[0].blockSize",
        "ipPools[1].cidr",
    ]


def test_a_file_beside_an_installers_that_nobody_knows_is_listed(tmp_path):
    paths = write_files(tmp_path, config_yaml="cni: calico\n", other_yaml="replicas: 3\nimage: nginx\n")
    reading = read_installer(*paths)
    assert finding_of(reading.notes, "file-unread").place.file == str(paths[1])
    with pytest.raises(InputError, match=r"other\.yaml"):
        read_installer(paths[1])
