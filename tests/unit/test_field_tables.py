"""Tables and pastes that tell of nodes, pods, services and blocks, through every command; inputs of our own."""

import tarfile

import pytest
import yaml

from ippoolkit.audit import audit_reading
from ippoolkit.read.reader import read_text
from tests.helpers import finding_of, output_text
from tests.helpers import run_command as run

POOL = (
    "apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata:\n  name: pods\nspec:\n  cidr: 10.42.0.0/24\n"
    "  blockSize: 26\n  vxlanMode: Always\n  nodeSelector: {selector}\n"
)
NODES = (
    "$ kubectl get nodes -o wide\n"
    "NAME    STATUS   ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE"
    "                         KERNEL-VERSION    CONTAINER-RUNTIME\n"
    "lin-1   Ready    control-plane   9d    v1.29.0   10.0.0.4      <none>        Ubuntu 22.04.4 LTS"
    "               5.15.0-101        containerd://1.7.13\n"
    "win-1   Ready    <none>          9d    v1.29.0   10.0.0.5      <none>        Windows Server 2019 Datacenter"
    "   10.0.17763.5576   containerd://1.7.13\n"
)
SHOW = "| GROUPING | CIDR | IPS TOTAL | IPS IN USE | IPS FREE |\n|---|---|---|---|---|\n"


def findings_in(text):
    result = audit_reading(read_text(text))
    return {finding.code: finding for finding in (*result.findings, *result.notes)}


@pytest.fixture
def paste(tmp_path):
    def write(text, name="paste.txt"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


# Nodes


def test_the_os_image_makes_a_windows_node_in_every_command(paste):
    path = paste(NODES + "$ kubectl get ippool pods -o yaml\n" + POOL.format(selector="all()"))
    assert "windows-strict-unknown" in run("audit", path).output
    capacity = run("capacity", path)
    assert "win-1" in capacity.output
    assert "60: blocks per node" in output_text(capacity)  # of 64 Windows keeps four
    nodes = {node["name"]: node for node in yaml.safe_load(run("scenario", path).stdout)["cluster"]["nodes"]}
    assert nodes["win-1"]["labels"] == {"kubernetes.io/os": "windows"}
    assert nodes["lin-1"]["labels"] == {
        "kubernetes.io/os": "linux",
        "node-role.kubernetes.io/control-plane": "",
    }
    assert "pods" in run("pools-for", "-c", path, "--node", "win-1").output


def test_a_label_that_the_table_does_not_show_leaves_its_nodes_out(paste):
    path = paste(NODES + POOL.format(selector="rack == 'a'"))
    reading = read_text(path.read_text())
    assert reading.scenario.cluster.nodes == ()
    hidden = finding_of(reading.notes, "nodes-labels-hidden")
    assert hidden.params == {"count": 2, "labels": "rack"}
    by_role = read_text(NODES + POOL.format(selector="has(node-role.kubernetes.io/control-plane)"))
    assert len(by_role.scenario.cluster.nodes) == 2


def test_calicoctls_table_of_nodes_has_the_prefix_of_their_network():
    text = "NAME    ASN       IPV4           IPV6\nm1      (64512)   10.42.0.7/26   <none>\n"
    findings = findings_in(text + "\n" + POOL.format(selector="all()"))
    assert "10.42.0.7" in findings["pool-over-nodes"].params["which"]


# Pods

PODS = (
    "$ kubectl get pods -A -o wide\n"
    "NAMESPACE     NAME           READY   STATUS              RESTARTS      AGE   IP            NODE   NOMINATED NODE"
    "   READINESS GATES\n"
    "kube-system   proxy-1        1/1     Running             1 (6m ago)    7m    192.0.2.11    w1     <none>           <none>\n"
    "kube-system   calico-1       1/1     Running             0             7m    192.0.2.11    w1     <none>           <none>\n"
    "shop          web-1          1/1     Running             0             3m    10.42.0.7     w1     <none>           <none>\n"
    "shop          web-2          1/1     Running             0             3m    10.42.0.7     w2     <none>           <none>\n"
    "shop          web-3          0/1     ContainerCreating   0             3m    <none>        w2     <none>           <none>\n"
    "shop          old            1/1     Running             0             3m    172.18.0.8    w2     <none>           <none>\n"
)


def test_a_table_of_all_pods_is_planned_on_and_audited(paste):
    text = PODS + POOL.format(selector="all()")
    reading = read_text(text)
    pods = {pod.name: pod for pod in reading.scenario.cluster.pods}
    assert [name for name, pod in pods.items() if pod.host_network] == ["proxy-1", "calico-1", "old"]
    assert "Pod" in reading.scenario.cluster.unknown  # no runbook rests on a table
    findings = findings_in(text)
    assert findings["address-twice-reported"].params["which"] == "10.42.0.7"
    assert findings["pods-without-address"].params["which"] == "shop/web-3"
    assert findings["pods-outside-pools"].params["which"] == "shop/old 172.18.0.8"
    assert "Holds 2 nodes with 3 pods" in output_text(run("capacity", paste(text)))


def test_pods_that_grep_left_without_a_heading():
    rows = (
        "Hello, since Monday:\n"
        "pod-1    0/3   Init:0/1   0            2m57s   <none>        k70   <none>   <none>\n"
        "pod-2    3/3   Running    2 (7d ago)   9d      10.42.0.20    k73   <none>   <none>\n"
    )
    reading = read_text(rows)
    assert [(name, node) for name, node, _ in reading.waiting_pods] == [("pod-1", "k70")]


def test_pods_being_started_where_the_table_does_not_show_addresses(paste):
    text = (
        "NAME    READY   STATUS              RESTARTS   AGE\n"
        "web-0   0/1     ContainerCreating   0          14m\n"
        "web-1   1/1     Running             0          14m\n"
    )
    assert findings_in(text)["pods-starting"].params["which"] == "web-0"
    assert "pods-starting" in run("capacity", paste(text + "\n" + POOL.format(selector="all()"))).output


# Blocks

BORROWED = (
    "| IP | BORROWING-NODE | BLOCK | BLOCK OWNER | TYPE | ALLOCATED-TO |\n|---|---|---|---|---|---|\n"
    "| 10.40.0.70 | w5 | 10.40.0.64/27 | w1 | pod | default/web-0 |\n"
    "| 10.40.0.71 | w5 | 10.40.0.64/27 | w1 | pod | default/web-1 |\n"
)


def test_borrowed_addresses_count_for_the_pool_of_their_block():
    pools = SHOW + "| IP Pool | 10.40.0.0/24 | 256 | 98 (38%) | 158 (62%) |\n"
    pools += "| IP Pool | 10.41.0.0/24 | 256 | 12 (5%) | 244 (95%) |\n"
    rows = audit_reading(read_text(f"{BORROWED}\n$ calicoctl ipam show\n{pools}")).pools.set_index("cidr")
    assert rows["borrowed"].to_dict() == {"10.40.0.0/24": 2, "10.41.0.0/24": 0}
    assert rows.loc["10.40.0.0/24", "block_size"] == 27
    without_pools = audit_reading(read_text(BORROWED))
    assert without_pools.pools.empty
    assert without_pools.metrics.totals["borrowed"] == 2


def test_blocks_of_ipam_check_that_overlap_and_differ_in_size(paste):
    text = (
        "Checking IPAM for inconsistencies...\n\nLoading all IPAM blocks...\nFound 3 IPAM blocks.\n"
        " IPAM block 10.64.96.0/19 affinity=host:s05:\n IPAM block 10.64.96.0/21 affinity=host:l03:\n"
        " IPAM block 10.64.104.0/21 affinity=host:s15:\n IPAM block 10.65.0.0/21 affinity=host:s01:\n"
        "IPAM blocks record 1887 allocations.\n\nLoading all IPAM pools...\n  10.64.0.0/16\nFound 1 active IP pools.\n\n"
        "Check complete; found 0 problems.\n"
    )
    findings = findings_in(text)
    overlap = findings["blocks-overlap-listed"].params
    assert (overlap["count"], overlap["first"], overlap["second"]) == (2, "10.64.96.0/19 (s05)", "10.64.96.0/21 (l03)")
    assert findings["block-sizes-mixed"].params["sizes"] == "/19: 1, /21: 2"
    assert findings["blocks-outside-reported"].params["addresses"] == "?"  # it lists none, which is not the same as 0
    capacity = run("capacity", paste(text))
    assert "with blockSize 21" in output_text(capacity)
    assert "blocks-overlap-listed" in capacity.output


def test_a_node_with_blocks_that_is_not_in_the_table_of_nodes():
    text = (
        "$ kubectl get blockaffinities\nNAME                AGE\nw1-10-42-0-0-26     84d\nw2-10-42-0-64-26    3d\n"
        "$ kubectl get nodes\nNAME   STATUS   ROLES    AGE   VERSION\nw2     Ready    worker   3d    v1.20.4\n"
    )
    params = findings_in(text)["node-gone-listed"].params
    assert (params["which"], params["blocks"]) == ("w1: 1", 1)


def test_a_small_pool_of_a_table_has_blocks_that_fit():
    pool = read_text("NAME   CIDR            SELECTOR\na      10.42.1.0/28    all()\n").design.scenario.cluster.pools[0]
    assert (pool.block_size, pool.block_count) == (28, 1)


# Services, Calico v2, annotations


def test_a_cluster_ip_inside_a_pool_is_an_overlap(paste):
    table = "NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
    table += "kubernetes   ClusterIP   10.42.0.1    <none>        443/TCP   5d\n"
    text = f"{table}\n{POOL.format(selector='all()')}"
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes}\nspec: {type: ClusterIP, clusterIP: 10.42.0.1}\n"
    )
    for both in (text, POOL.format(selector="all()") + "---\n" + service):
        assert findings_in(both)["pool-overlaps-services"].params["network"] == "10.42.0.1/32"
    assert run("capacity", paste(text)).exit_code == 1


V2_POOL = (
    "apiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: 10.253.7.0/16\nspec:\n"
    "  ipip: {enabled: true, mode: cross-subnet}\n  nat-outgoing: true\n---\n"
    "- apiVersion: v1\n  kind: ipPool\n  metadata: {cidr: 'fd80:24e2:f998:72d6::/64'}\n"
)


def test_a_pool_of_calico_v2_is_named_and_converted(paste):
    path = paste(V2_POOL, "pools.yaml")
    check = run("check", path)
    assert check.exit_code == 1
    assert "kind-v2" in check.output
    converted = run("convert", path)
    first, second = yaml.safe_load_all(converted.stdout)
    assert first["metadata"]["name"] == "10-253-0-0-16"
    assert first["spec"] == {
        "cidr": "10.253.0.0/16",
        "ipipMode": "CrossSubnet",
        "vxlanMode": "Never",
        "natOutgoing": True,
        "disabled": False,
        "nodeSelector": "all()",
        "allowedUses": ["Workload", "Tunnel"],
        "blockSize": 26,
    }
    assert (second["metadata"]["name"], second["spec"]["blockSize"]) == ("fd80-24e2-f998-72d6---64", 122)
    assert second["spec"]["ipipMode"] == "Never"
    assert run("check", paste(converted.stdout, "v3.yaml"), "--by", "calicoctl").exit_code == 0
    assert "pool-of-v2" in run("audit", path).output
    assert "10-253-0-0-16" in run("capacity", path).output


def test_the_table_of_calico_v2_has_no_names():
    text = "CIDR                       NAT     IPIP\n10.253.0.0/16              true    true\n"
    (reported,) = read_text(text).reported_pools
    assert (str(reported.pool.cidr), reported.pool.ipip_mode, reported.pool.nat_outgoing) == (
        "10.253.0.0/16",
        "Always",
        True,
    )


@pytest.mark.parametrize("command", ["audit", "capacity", "scenario", "recommend --nodes 3", "pools-for --node n1 -c"])
def test_a_malformed_annotation_is_an_error_and_the_rest_is_answered(command, paste):
    path = paste(
        POOL.format(selector="all()")
        + "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  annotations:\n"
        "    cni.projectcalico.org/ipv4pools: '[pods]'\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n",
        "dump.yaml",
    )
    result = run(*command.split(), path)
    assert result.exit_code == 1
    assert "[pods] is not a JSON list of pool names" in output_text(result)
    assert "pods" in result.stdout


# What decides, and was not given

TWO_POOLS = (
    "NAME   CIDR           NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   SELECTOR\n"
    "a      10.42.0.0/24   true   Never      Always      false      false              all()\n"
    "b      10.43.0.0/24   true   Never      Always      false      false              rack == “b”\n"
)


@pytest.mark.parametrize("command", ["audit", "capacity"])
def test_the_cni_configuration_is_missed_once_where_there_are_several_pools(command, paste):
    both = run(command, paste(TWO_POOLS))
    assert both.output.count("[cni-unknown]") == 1
    assert "selector-syntax" in both.output  # the same verdict in both commands
    single = run(command, paste("\n".join(TWO_POOLS.splitlines()[:2]) + "\n"))
    assert "[cni-unknown]" not in single.output


@pytest.mark.parametrize("command", ["audit", "capacity"])
def test_strict_affinity_without_nodes_is_explained(command, paste):
    table = "| PROPERTY | VALUE |\n|---|---|\n| StrictAffinity | true |\n"
    text = f"$ calicoctl ipam show --show-configuration\n{table}\n$ calicoctl get ippools -o wide\n{TWO_POOLS}"
    assert run(command, paste(text)).output.count("[strict-no-nodes]") == 1


# Pastes as they are


def test_blanks_of_web_pages_are_blanks_in_tables_and_letters_in_yaml(paste):
    table = SHOW + "| IP Pool | 10.40.0.0/24 | 256 | 198 (77%) | 58 (23%) |\n"
    assert audit_reading(read_text(table.replace(" ", "\u00a0"))).pools["addresses_used"].tolist() == [198]
    broken = paste(POOL.format(selector="all()").replace("  blockSize", "\u00a0 blockSize"), "pool.yaml")
    assert run("check", broken).exit_code == 2
    assert run("audit", broken).exit_code == 2


def test_the_head_of_a_mail_is_prose(paste):
    mail = f"From: ops@example.com\nSubject: Re: [users] pool: full?\n\n> > is it full?\n> yes:\n>\n{SHOW}"
    mail += "| IP Pool | 10.40.0.0/24 | 256 | 256 (100%) | 0 (0%) |\n"
    path = paste(mail)
    assert {"pool-full", "lines-unread"} <= {part.partition("]")[0] for part in run("audit", path).output.split("[")}
    assert run("audit", path).exit_code == 1
    assert run("capacity", path).exit_code == 1


def test_much_prose_is_one_note():
    lines = "\n\n".join(f"Paragraph {number} says something." for number in range(5))
    reading = read_text(f"{lines}\n\n{SHOW}| IP Pool | 10.40.0.0/24 | 256 | 1 (0%) | 255 (99%) |\n")
    (note,) = (note for note in reading.notes if note.code.startswith("lines-unread"))
    assert note.params["lines"] == "1, 3, 5, 7, 9"


def test_described_objects_of_calico():
    text = (
        "Name:         w1-10-42-0-0-26\nAPI Version:  crd.projectcalico.org/v1\nKind:         BlockAffinity\nSpec:\n"
        "  Cidr:     10.42.0.0/26\n  Deleted:  false\n  Node:     w1\n  State:    confirmed\nEvents:     <none>\n"
    )
    (affinity,) = read_text(text).scenario.cluster.affinities
    assert (affinity.node, str(affinity.cidr), affinity.state) == ("w1", "10.42.0.0/26", "confirmed")


def test_free_takes_what_the_others_take(paste, tmp_path):
    table = SHOW + "| IP Pool | 10.40.0.0/22 | 1024 | 420 (41%) | 604 (59%) |\n"
    with tarfile.open(tmp_path / "dump.tar.gz", "w:gz") as archive:
        archive.add(paste(table), arcname="show.txt")
    options = ("--within", "10.40.0.0/21", "--prefix", "22")
    assert "10.40.4.0/22" in run("free", tmp_path / "dump.tar.gz", *options).output
    assert "10.40.4.0/22" in run("free", "-", *options, stdin=table).output
    cut = run("free", paste(table + "| Block | 10.40.0.192/2"), *options)
    assert (cut.exit_code, "10.40.4.0/22" in cut.output) == (1, True)


def test_check_takes_an_ini_inventory(paste):
    inventory = "[all]\nnode1 ansible_host=10.3.0.1\n\n[kube_control_plane]\nnode1\n\n[kube_node]\nnode1\n\n"
    inventory += "[k8s_cluster:children]\nkube_control_plane\nkube_node\n"
    result = run("check", paste(inventory, "inventory.ini"))
    assert result.exit_code == 0
    assert "10.233.64.0/18" in result.output


def test_pools_for_without_pools_or_nodes_says_so(paste):
    assert "No node was read" in run("pools-for", "-c", paste(TWO_POOLS), "--coverage").output
    nodes = "NAME   STATUS   ROLES    AGE   VERSION\nw2     Ready    worker   3d    v1.20.4\n"
    no_pools = run("pools-for", "-c", paste(nodes), "--coverage")
    assert (no_pools.exit_code, "No IP pool was read" in no_pools.output) == (2, True)


def test_messages_of_calico_node_and_of_the_plugin_are_explained():
    log = (
        "2024-07-27 12:32:22 [FATAL][45] allocateip.go 302: Unable to autoassign an address - pools are likely exhausted.\n"
        "error getting IP from IPAM: resource already exists: 172.16.102.20\n"
    )
    messages = [note for note in read_text(log).notes if note.code == "calico-message"]
    assert len(messages) == 2


DESCRIBED_POD = (
    "Name:             web-0\nNamespace:        shop\nNode:             w5/10.0.0.15\nStatus:           Pending\n"
    'IP:               \nAnnotations:      cni.projectcalico.org/ipv4pools: ["pool-b"]\nEvents:\n'
    "  Type     Reason                  Age   From     Message\n  ----     ------                  ----  ----     -------\n"
    '  Warning  FailedCreatePodSandBox  12s   kubelet  failed (add): the given pool ("pool-b") does not exist, or is '
    "not enabled\n"
)


def test_a_described_pod_is_a_pod_and_not_all_of_them():
    reading = read_text(DESCRIBED_POD)
    (pod,) = reading.scenario.cluster.pods
    assert (pod.namespace, pod.name, pod.node, pod.ipv4_pools) == ("shop", "web-0", "w5", ("pool-b",))
    assert reading.scenario.cluster.nodes == ()
    assert {"Pod", "Node"} <= set(reading.scenario.cluster.unknown)
    findings = findings_in(DESCRIBED_POD)
    assert findings["pods-without-address"].params["which"] == "shop/web-0"
    assert "calico-message" in findings


def test_one_described_node_is_not_all_nodes():
    node = (
        "Name:               w3\nRoles:              <none>\nLabels:             kubernetes.io/os=windows\n"
        "Addresses:\n  InternalIP:  10.42.0.17\nAllocatable:\n  pods:  60\nPodCIDR:            10.42.9.0/24\n"
    )
    cluster = read_text(node).scenario.cluster
    assert (cluster.nodes[0].windows, cluster.nodes[0].max_pods, "Node" in cluster.unknown) == (True, 60, True)


def test_blocks_without_a_node_are_counted():
    text = (
        "Checking IPAM for inconsistencies...\n\nLoading all IPAM blocks...\nFound 2 IPAM blocks.\n"
        " IPAM block 10.64.0.0/26 affinity=host:w1:\n IPAM block 10.64.0.64/26 affinity=<none>:\n"
        "IPAM blocks record 4 allocations.\n\nCheck complete; found 0 problems.\n"
    )
    assert findings_in(text)["blocks-without-affinity-reported"].params["count"] == 1


def test_addresses_that_a_table_shows_are_redacted(paste, tmp_path):
    report = tmp_path / "report.md"
    assert run("audit", paste(PODS + POOL.format(selector="all()")), "--redact", "-o", report).exit_code == 1
    text = report.read_text()
    assert "address-twice-reported" in text
    assert not any(name in text for name in ("10.42.0.7", "172.18.0.8", "shop/", "web-3"))


@pytest.mark.parametrize("command", ["audit", "capacity"])
def test_more_nodes_than_a_table_shows_blocks_is_an_error(tmp_path, command):
    (tmp_path / "paste.txt").write_text(
        "GROUPING   CIDR            IPS TOTAL   IPS IN USE   IPS FREE\n"
        "IP Pool    10.48.0.0/24    256         141 (55%)    115 (45%)\n"
        "Block      10.48.0.0/26    64          40 (62%)     24 (38%)\n"
        "$ kubectl get nodes\n"
        "NAME   STATUS   ROLES    AGE   VERSION\n"
        + "".join(f"n{number}     Ready    <none>   90d   v1.31.2\n" for number in range(6))
    )
    result = run(command, tmp_path / "paste.txt")
    assert "at least 2 of the nodes have none" in " ".join(result.output.split())
    assert result.exit_code == 1


def test_errors_beside_the_verdict_of_a_plan_count_at_its_head(tmp_path):
    pool = "{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.0.0.0/16}}"
    node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.0.1.5}]}}"
    (tmp_path / "cluster.yaml").write_text(f"{pool}\n---\n{node}\n")
    result = run("capacity", tmp_path / "cluster.yaml", "--pods-per-node", "10")
    assert result.exit_code == 1
    head = result.output.split("Pools")[0]
    assert f"Besides: {result.output.count('error: ')} error" in head
