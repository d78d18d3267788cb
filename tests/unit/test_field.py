"""What people really bring: pastes, tables of every layout, installers' files, dumps with holes; kind by kind."""

import gzip
import io
import json
import sys
import tarfile
import zipfile

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit, audit_reading
from ippoolkit.capacity.design_rules.check import design_findings
from ippoolkit.errors import InputError
from ippoolkit.model.scenario_edits import with_scaled_groups
from ippoolkit.read import read, recognize
from ippoolkit.read.reader import read_installer, read_text
from tests.helpers import FIELD, ROOT, codes_of, finding_of
from tests.helpers import run_command as run


def field_audit(*names):
    return audit(*(FIELD / name for name in names))


def finding_or_note(result, code):
    return finding_of((*result.findings, *result.notes), code)


# K1 and K2: texts raise findings, whatever their layout


def test_columns_of_which_nothing_is_known_are_not_missed_in_a_narrow_terminal():
    result = run("audit", FIELD / "08-dual-show", COLUMNS="80")
    assert "Columns not shown: blocks claimed; addresses." in result.stdout
    assert "Unknown for lack of IPAMBlock: borrowed." in result.stdout


def test_two_tables_between_prompts():
    result = field_audit("01-show-blocks-prompts/paste.txt")
    (row,) = result.metrics.pools
    assert (row["blockSize"], row["blocks_total"], row["blocks_allocated"]) == (26, 1024, 5)
    assert (row["allocated"], result.metrics.totals["borrowed"]) == (53, 0)


def test_centred_headings_and_a_note_below_the_table():
    result = field_audit("01-show-blocks-prompts/borrowed-some.txt")
    borrowed = {row["name"]: (row["borrowed_in"], row["borrowed_out"]) for row in result.metrics.nodes}
    assert borrowed == {"k8s-wrk-7": (2, 0), "k8s-wrk-2": (0, 2)}
    assert finding_or_note(result, "borrowed-unknown").params["count"] == 3
    assert finding_or_note(result, "borrowed-reported").params["count"] == 2


@pytest.mark.parametrize("name", ["show.txt", "show-quoted.txt"])
def test_a_nearly_full_pool_is_a_warning_and_exit_status_1(name):
    file = FIELD / "02-quoted-show" / name
    finding = finding_or_note(audit(file), "pool-nearly-full")
    assert (finding.params["used"], finding.params["free"]) == (15402, 982)
    assert run("audit", file).exit_code == 1


def test_addresses_that_no_block_records():
    result = field_audit("05-check-no-alloc/check.txt")
    finding = finding_or_note(result, "in-use-not-allocated")
    assert finding.params["count"] == 6
    assert "10.2.7.9" in finding.params["all"]
    assert "ipam-other" in codes_of(result.findings)


def test_many_leaks_of_which_only_the_number_is_known():
    text = (
        "Checking IPAM for inconsistencies...\n\nLoading all IPAM blocks...\nFound 40 IPAM blocks.\n"
        "IPAM blocks record 2000 allocations.\n\nFound 1251 IPs that are allocated in IPAM but not actually in use.\n"
        "Found 3 in-use IPs that are not in active IP pools.\nCheck complete; found 1254 problems.\n"
    )
    result = audit_reading(read_text(text))
    assert finding_or_note(result, "leaked-reported").params["count"] == 1251
    assert finding_or_note(result, "in-use-outside-reported").params["count"] == 3


def test_nodes_at_their_cap_are_known_from_affinity_lines():
    blocks = "".join(f" IPAM block 10.0.{number}.0/26 affinity=host:n1:\n" for number in range(20))
    text = (
        "Checking IPAM for inconsistencies...\n\nLoading all IPAM blocks...\nFound 20 IPAM blocks.\n"
        f"{blocks}IPAM blocks record 900 allocations.\n\n  n1 has 900 allocations\nCheck complete; found 0 problems.\n"
    )
    result = audit_reading(read_text(text))
    assert finding_or_note(result, "node-at-cap-reported").params["held"] == 20
    assert next(row for row in result.metrics.nodes if row["name"] == "n1")["allocations"] == 900


def test_the_configuration_in_a_table_counts_in_the_scenario():
    reading = read(FIELD / "06-old-config-table/conf.txt")
    assert reading.scenario.cluster.ipam.strict_affinity
    settings = finding_or_note(audit_reading(reading), "configuration-reported").params["settings"]
    assert settings == "strictAffinity true, autoAllocateBlocks true, maxBlocksPerHost 0 (=20)"


ROUNDED = """\
╭──────────┬───────────────┬───────────┬────────────┬──────────╮
│ GROUPING │     CIDR      │ IPS TOTAL │ IPS IN USE │ IPS FREE │
├──────────┼───────────────┼───────────┼────────────┼──────────┤
│ IP Pool  │ 10.42.8.0/24  │       256 │ 256 (100%) │ 0 (0%)   │
╰──────────┴───────────────┴───────────┴────────────┴──────────╯
"""
NO_FRAME = """\
GROUPING   CIDR           IPS TOTAL   IPS IN USE   IPS FREE
IP Pool    10.42.8.0/24   256         256 (100%)   0 (0%)
"""
MARKDOWN = """\
Here is what I see:

```
| GROUPING | CIDR | IPS TOTAL | IPS IN USE | IPS FREE |
|----------|------|-----------|------------|----------|
| IP Pool | 10.42.8.0/24 | 256 | 256 (100%) | 0 (0%) |
```
"""


@pytest.mark.parametrize(
    "text", [ROUNDED, NO_FRAME, MARKDOWN, f"\x1b[1;32mroot@n1:~#\x1b[0m calicoctl ipam show\n{ROUNDED}"]
)
def test_every_layout_tells_a_full_pool(text):
    assert "pool-full" in codes_of(audit_reading(read_text(text)).findings)


# K3: nothing that a text tells is thrown away


def test_listed_blocks_that_do_not_add_up_are_a_cut_table():
    result = field_audit("17-slash29/show.txt", "17-slash29/pool.yaml")
    note = finding_or_note(result, "blocks-incomplete")
    assert (note.params["used"], note.params["listed"]) == (81, 7)
    assert result.metrics.pools[0]["blocks_allocated"] is None


def test_names_of_affinities_tell_node_and_block():
    reading = read(FIELD / "17-slash29/affinities.txt")
    assert [(node, str(cidr)) for node, cidr, _ in reading.affinities] == [
        ("server1", "10.254.82.0/29"),
        ("server1", "10.254.82.8/29"),
    ]


def test_both_families_in_one_table():
    sizes = {row["cidr"]: row["blockSize"] for row in field_audit("08-dual-show/show.txt").metrics.pools}
    assert sizes == {"10.233.64.0/18": 24, "fd85:ee78:d8a6:8607::1:0/112": 122}


def test_pods_of_a_table_that_wait_for_an_address():
    assert finding_or_note(field_audit("30-diff-show/pods.txt"), "pods-without-address").params["which"] == "shop/web-2"


# K4: pastes as they are


def test_yaml_and_tables_of_one_paste():
    reading = read(FIELD / "07-dual-wide/paste.txt", strict=True).design
    pools = {pool.name: pool for pool in reading.scenario.cluster.pools}
    assert pools["default-ipv6-ippool"].block_size == 120
    assert pools["default-ipv4-ippool"].ipip_mode == "Always"
    assert "pool-from-text" in codes_of(reading.notes)
    assert [str(cidr) for cidr in reading.scenario.networks.nodes] == ["fd00:7c30:100:2000:20c:29ff:febc:5690/128"]


def test_a_paste_is_recognized_line_by_line():
    text = (FIELD / "07-dual-wide/paste.txt").read_text()
    kinds = [(piece.kind, piece.first_line) for piece in recognize(text)]
    assert kinds[:5] == [("command", 1), ("nodes", 2), ("command", 4), ("command", 5), ("document", 6)]
    assert kinds[-1][0] == "pools"


def test_what_is_not_recognized_is_named_with_its_line():
    text = f"{NO_FRAME}\nThe cluster behaves strangely since Monday.\n"
    note = finding_of(read_text(text).notes, "lines-unread")
    assert (note.place.line, note.params["line"]) == (4, "The cluster behaves strangely since Monday.")


def test_routes_tell_borrowed_addresses():
    params = finding_or_note(field_audit("18-routes/routes.txt"), "routes-borrowed").params
    assert (params["count"], params["gateway"], params["blocks"]) == (4, "192.0.2.33", "10.233.125.64/26")


def test_json_lines_are_objects():
    lines = "".join(
        json.dumps(
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{number}"}, "status": {"addresses": []}}
        )
        + "\n"
        for number in range(3)
    )
    assert [node.name for node in read_text(lines).scenario.cluster.nodes] == ["n0", "n1", "n2"]


def test_a_described_node():
    text = (
        "Name:               worker-1\nRoles:              <none>\nLabels:             kubernetes.io/os=windows\n"
        "                    zone=a\nAnnotations:        projectcalico.org/IPv4Address: 192.0.2.7/24\n"
        "Addresses:\n  InternalIP:  192.0.2.7\n  Hostname:    worker-1\nAllocatable:\n  pods:  58\n"
        "PodCIDR:                      10.244.1.0/24\n"
    )
    (node,) = read_text(text).scenario.cluster.nodes
    assert (node.name, node.windows, node.labels["zone"], node.max_pods) == ("worker-1", True, "a", 58)
    assert [str(address) for address in node.addresses] == ["192.0.2.7"]
    assert [str(network) for network in node.networks] == ["192.0.2.0/24"]


@pytest.mark.parametrize("suffix", ["tar.gz", "zip", "yaml.gz"])
def test_archives_are_folders(tmp_path, suffix):
    data = (FIELD / "27-eks-churn/pool.yaml").read_bytes()
    file = tmp_path / f"dump.{suffix}"
    if suffix == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("dump/pool.yaml", data)
    elif suffix == "tar.gz":
        with tarfile.open(file, "w:gz") as archive:
            member = tarfile.TarInfo("dump/pool.yaml")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    else:
        file.write_bytes(gzip.compress(data))
    assert [pool.name for pool in ipk.load(file).cluster.pools] == ["default-ipv4-ippool"]


def test_an_archive_that_grows_without_end_is_refused(tmp_path, monkeypatch):
    input_files = sys.modules["ippoolkit.read.input_files"]
    monkeypatch.setattr(input_files, "MAX_MEMBER_BYTES", 100_000)
    monkeypatch.setattr(input_files, "MAX_ARCHIVE_BYTES", 150_000)
    packed, many = tmp_path / "bomb.gz", tmp_path / "bombs.zip"
    packed.write_bytes(gzip.compress(b" " * 100_001))
    with pytest.raises(InputError, match="at most 100,000 are read"):
        read(packed)
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", b" " * 100_000)
        archive.writestr("b.yaml", b" " * 100_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        read(many)


# K5: what kubectl lets through


def test_an_overlap_in_v1_manifests_is_said_to_kubectl():
    result = run("check", FIELD / "03-notall-overlap/pools-docs-v1.yaml", "--by", "kubectl")
    assert "overlaps 10.150.8.0/22 of pool pool-office" in result.output
    assert "lies inside" in result.output


def test_a_sequence_of_objects_is_converted():
    result = run("convert", FIELD / "03-notall-overlap/pools.yaml")
    assert result.exit_code == 0
    assert result.output.count("apiVersion: projectcalico.org/v3") == 2


# K6: nodes' own addresses


@pytest.mark.parametrize("existing", ["nodes.json", "nodes.txt"])
def test_a_pool_over_the_nodes_is_an_error(existing):
    folder = FIELD / "09-eks-vpc"
    output = run("check", folder / "new.yaml", "--existing", folder / existing).output
    assert "contains 2 addresses of nodes" in output
    assert "10.60.12.31" in output


def test_a_pool_over_the_network_of_a_node():
    scenario = read_text(
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 192.0.2.128/25}\n---\n"
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1, annotations: {projectcalico.org/IPv4Address: 192.0.2.7/24}}\n"
    ).scenario
    assert "pool-overlaps-nodes" in codes_of(design_findings(scenario))


# K7: installers


@pytest.mark.parametrize(
    ("folder", "files", "pool"),
    [
        ("13-rke1", ["rke_cluster.yaml", "calico-node-env.yaml"], "10.2.225.0/24"),
        ("13-rke1", ["calico-node-appsv1.yaml"], "10.2.225.0/24"),
        ("14-kops", ["cluster.yaml"], "100.96.0.0/11"),
        ("15-microk8s", ["ds.yaml"], "10.1.0.0/16"),
        ("20-kubeadm-dual", ["kubeadm.yaml"], "172.16.0.0/24"),
        ("08-dual-show", ["inv"], "10.233.64.0/18"),
    ],
)
def test_installers_files_become_pools(folder, files, pool):
    reading = read_installer(*(FIELD / folder / file for file in files))
    assert str(reading.scenario.cluster.pools[0].cidr) == pool
    assert "installer-pool" in codes_of(reading.notes)


def test_ippools_beside_an_installers_file_win():
    folder = FIELD / "11-quoted-blocksize"
    scenario = read_installer(folder / "kubeadm.yaml", folder / "pools-fixed.yaml").scenario
    assert [pool.name for pool in scenario.cluster.pools] == ["default-ipv4-ippool", "worker-ippool"]
    assert "pool-outside-cluster" in codes_of(design_findings(scenario))


INSTALLERS = {
    "rke2": ("cni: calico\ncluster-cidr: 10.7.0.0/16\nservice-cidr: 10.8.0.0/16\n", "10.7.0.0/16", 26),
    "helm": (
        "installation:\n  calicoNetwork:\n    ipPools:\n    - {cidr: 10.7.0.0/16, blockSize: 24}\n",
        "10.7.0.0/16",
        24,
    ),
    "helm without a network": ("installation:\n  enabled: true\n  calicoNetwork: null\n", "192.168.0.0/16", 26),
    "helm chart config": (
        (
            "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: rke2-calico}\nspec:\n  valuesContent: |-\n"
            "    installation:\n      calicoNetwork:\n        ipPools:\n        - {cidr: 10.7.0.0/16, blockSize: 25}\n"
        ),
        "10.7.0.0/16",
        25,
    ),
    "kubekey": (
        (
            "apiVersion: kubekey.kubesphere.io/v1alpha2\nkind: Cluster\nspec:\n  kubernetes: {nodeCidrMaskSize: 25}\n"
            "  network: {plugin: calico, kubePodsCIDR: 10.7.0.0/16}\n"
        ),
        "10.7.0.0/16",
        25,
    ),
    "okd": (
        (
            "apiVersion: v1\nmetadata: {name: c}\nnetworking:\n  networkType: Calico\n"
            "  clusterNetwork: [{cidr: 10.7.0.0/16, hostPrefix: 23}]\n  serviceNetwork: [172.30.0.0/16]\n"
        ),
        "10.7.0.0/16",
        26,
    ),
    "talos": ("machine: {type: worker}\ncluster:\n  network: {podSubnets: [10.7.0.0/16]}\n", "10.7.0.0/16", 26),
    "talos patch": ('- {op: replace, path: /cluster/network/podSubnets, value: ["10.7.0.0/16"]}\n', "10.7.0.0/16", 26),
    "list": (
        (
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: operator.tigera.io/v1\n  kind: Installation\n"
            "  metadata: {name: default}\n  spec: {calicoNetwork: {ipPools: [{cidr: 10.7.0.0/16}]}}\n"
        ),
        "10.7.0.0/16",
        26,
    ),
    "kubeadm-config": (
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubeadm-config}\ndata:\n  ClusterConfiguration: |\n"
            "    apiVersion: kubeadm.k8s.io/v1beta3\n    kind: ClusterConfiguration\n    networking: {podSubnet: 10.7.0.0/16}\n"
        ),
        "10.7.0.0/16",
        26,
    ),
}


@pytest.mark.parametrize("name", INSTALLERS)
def test_more_installers(name, tmp_path):
    text, cidr, size = INSTALLERS[name]
    file = tmp_path / "input.yaml"
    file.write_text(text)
    (pool,) = read_installer(file).scenario.cluster.pools
    assert (str(pool.cidr), pool.block_size) == (cidr, size)


def test_group_names_and_variables_of_old_kubespray(tmp_path):
    (tmp_path / "hosts.ini").write_text("[kube-master]\nm1\n[kube-node]\nw[1:2]\n[k8s-cluster:children]\nkube-node\n")
    (tmp_path / "k8s-cluster.yml").write_text("kube_pods_subnet: 10.7.0.0/16\nipip: true\n")
    cluster = read_installer(tmp_path).scenario.cluster
    assert [node.name for node in cluster.nodes] == ["m1", "w1", "w2"]
    assert (cluster.pools[0].ipip_mode, cluster.pools[0].vxlan_mode) == ("Always", "Never")


# K8: per-node ranges


def test_too_few_per_node_ranges_are_explained_where_the_input_tells_of_them():
    scenario = read_installer(FIELD / "13-rke1/rke_cluster.yaml", FIELD / "13-rke1/calico-node-env.yaml").scenario
    finding = finding_of(design_findings(scenario), "node-ranges-short")
    assert (finding.params["ranges"], finding.params["nodes"]) == (1, 5)
    assert not {"node-ranges-short", "node-ranges-few"} & codes_of(
        design_findings(ipk.load(FIELD / "15-microk8s/ds-clean.yaml"))
    )


# K9 and K11: plans and inputs that do not fit


def test_a_pool_for_services_is_not_judged_for_pods():
    output = run("capacity", FIELD / "16-lb-pool/lb.yaml", "--nodes", "10").output
    assert "There is no IP pool for pods." in output
    assert "Make the blocks smaller" not in output


def test_a_pool_for_services_that_bgp_does_not_announce():
    folder = FIELD / "16-lb-pool"
    assert "not covered by serviceLoadBalancerIPs" in run("check", folder / "bgp.yaml", folder / "lb.yaml").output


def test_scaling_keeps_labels():
    nodes = tuple(ipk.Node(name=f"n{number}", labels={"type": "test"} if number < 10 else {}) for number in range(50))
    pools = (
        ipk.IPPool(name="a", cidr=ipk.Cidr.parse("10.0.0.0/16"), node_selector='type != "test"'),
        ipk.IPPool(name="b", cidr=ipk.Cidr.parse("10.1.0.0/16"), node_selector='type == "test"'),
    )
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=pools, nodes=nodes))
    groups = with_scaled_groups(scenario, nodes=100, pods_per_node=30).plan.groups
    assert [(group.nodes, dict(group.labels), group.pods_per_node) for group in groups] == [
        (20, {"type": "test"}, 30),
        (80, {}, 30),
    ]


# K10: partial is not clean


def test_a_file_that_was_cut_is_exit_status_2():
    result = run("audit", FIELD / "25-block-quirks/block-truncated.yaml")
    assert result.exit_code == 2
    assert "it was cut" in result.output
    assert "0 blocks" not in result.output


def test_unknown_stays_unknown_through_a_scenario(tmp_path):
    file = tmp_path / "s.yaml"
    assert run("scenario", FIELD / "27-eks-churn/pool.yaml", "-o", file).exit_code == 0
    assert audit(file).metrics.totals["blocks"] is None


def test_an_object_that_cannot_be_read_makes_exit_status_1(tmp_path):
    file = tmp_path / "dump.yaml"
    file.write_text(
        "apiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: n}, status: {podIPs: [{ip: 10.0.0.1}]}}\n"
        "- {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {nodeName: 7}, status: {podIPs: [{ip: what}]}}\n"
    )
    result = run("audit", file)
    assert result.exit_code == 1
    assert "2 errors" in result.output


def test_a_diff_of_tables_tells_the_pace_and_what_one_side_lacks():
    result = run("diff", FIELD / "30-diff-show/mon", FIELD / "30-diff-show/fri", "--days", "4")
    assert "126 addresses more in 4.0 days, 0 left: full in about 0 days" in " ".join(result.output.split())
    assert "Known on one side only" in result.output


def test_a_figure_has_the_same_heading_in_the_table_and_in_what_one_side_lacks():
    sides = FIELD / "01-show-blocks-prompts", FIELD / "02-quoted-show"
    assert (
        "not compared: blocks, allocations, borrowed, empty blocks, 10.233.64.0/18: in use"
        in run("diff", *sides).output
    )
    assert "未比较：块, 分配, 借用, 空块, 10.233.64.0/18：已用" in run("diff", *sides, "--lang", "zh").output


# N1 to N6: one cluster, one truth

CONFLIST = {
    "name": "k8s-pod-network",
    "cniVersion": "0.3.1",
    "plugins": [{"type": "calico", "ipam": {"type": "calico-ipam", "ipv4_pools": ["old"]}}, {"type": "portmap"}],
}
TWO_POOLS = """\
apiVersion: v1
kind: List
items:
- {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: old}, spec: {cidr: 10.0.0.0/16}}
- {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: new}, spec: {cidr: 10.1.0.0/16}}
- {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/os: linux}}}
- {apiVersion: v1, kind: Namespace, metadata: {name: default}}
"""


def test_the_cni_configuration_names_pools(tmp_path):
    (tmp_path / "cluster.yaml").write_text(TWO_POOLS)
    without = run("pools-for", "-c", tmp_path, "--node", "n1", "--namespace", "default")
    assert "The CNI configuration was not read" in without.output
    (tmp_path / "10-calico.conflist").write_text(json.dumps(CONFLIST))
    result = run("pools-for", "-c", tmp_path, "--node", "n1", "--namespace", "default", "--json")
    rows = {row["pool"]: row for row in json.loads(result.stdout)}
    assert rows["old"]["order"] == 1
    assert not rows["new"]["order"]


def test_placeholders_in_the_cni_configuration_of_a_config_map():
    text = json.dumps(CONFLIST).replace('"portmap"', '"portmap", "mtu": __CNI_MTU__')
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "calico-config"}}
    reading = read_text(json.dumps(document | {"data": {"cni_network_config": text}}))
    assert reading.scenario.cluster.cni.ipv4_pools == ("old",)


def test_an_annotation_that_is_no_list_of_names_means_no_address(tmp_path):
    bad = "- {apiVersion: v1, kind: Namespace, metadata: {name: bad, annotations: {cni.projectcalico.org/ipv4pools: new}}}\n"
    (tmp_path / "cluster.yaml").write_text(TWO_POOLS + bad)
    assert run("audit", tmp_path).exit_code == 1
    output = run("pools-for", "-c", tmp_path, "--node", "n1", "--namespace", "bad").output
    assert "not a JSON list of pool names" in output


def test_leaks_need_blocks_and_pods_only():
    folder = FIELD / "24-eks-leaked-blocks"
    result = audit(*(folder / name for name in ("ipamblocks.yaml", "nodes.yaml", "pods.yaml")))
    params = finding_or_note(result, "addresses-leaked").params
    assert (params["count"], params["pods"], params["tunnels"]) == (4, 2, 2)
    assert finding_or_note(result, "leaks-partial").params["kinds"] == "Service"


# N7: address space


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("8.8.0.0/16", "range-public"),
        ("192.0.0.0/24", "range-special"),
        ("192.0.0.0/16", "range-public range-special"),
        ("198.18.0.0/16", "range-special"),
        ("203.0.113.0/24", "range-special"),
        ("224.0.0.0/16", "range-special"),
        ("240.0.0.0/16", "range-special"),
        ("169.254.0.0/17", "range-special"),
        ("2001:db8::/64", "range-special"),
        ("2600:1f00::/64", "range-public"),
        ("100.64.0.0/16", "range-shared"),
        ("192.168.0.0/16", "range-swallows-lans"),
        ("10.0.0.0/16", None),
        ("fd00::/64", None),
    ],
)
def test_the_purpose_of_a_range(cidr, code):
    pool = ipk.IPPool(name="p", cidr=ipk.Cidr.parse(cidr))
    found_codes = codes_of(design_findings(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)))))
    assert {code for code in found_codes if code.startswith("range-")} == set((code or "").split())


def test_the_sample_to_audit_has_blocks_borrowed_addresses_and_a_leak():
    totals = audit(ROOT / "data/borrowed-and-leaked.yaml").metrics.totals
    assert (totals["blocks"], totals["borrowed"], totals["leaked"]) == (4, 18, 3)


# K4 again: pastes from the middle, elided lines, names of files before each line, kubectl describe


def test_ipam_check_pasted_from_its_middle():
    text = (
        "Scanning for IPs that are allocated but not actually in use...\n"
        "  10.244.1.15 leaked; attrs Main:k8s-pod-network.aa Extra:namespace=default,node=w1,pod=old\n"
        "Found 1 IPs that are allocated in IPAM but not actually in use.\n"
    )
    result = audit_reading(read_text(text))
    assert finding_or_note(result, "leaked-reported").params["which"] == "10.244.1.15"
    assert "check-cut" in codes_of(result.notes)


def test_lines_left_out_do_not_end_a_document():
    text = (
        "$ kubectl get installation default -o yaml\napiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n"
        "  name: default\n  ...\nspec:\n  calicoNetwork:\n    ipPools:\n    - {blockSize: 24, cidr: 10.7.0.0/16}\n...\n"
    )
    assert read_text(text).scenario.cluster.pools[0].block_size == 24


def test_what_grep_prints_of_an_inventory():
    text = "a/k8s-cluster.yml:kube_pods_subnet: 10.7.0.0/16\na/k8s-net-calico.yml:calico_pool_blocksize: 25\n"
    assert read_text(text).scenario.cluster.pools[0].block_size == 25


def test_a_described_pool():
    text = (
        "Name:         p\nAPI Version:  crd.projectcalico.org/v1\nKind:         IPPool\nSpec:\n  Block Size:     25\n"
        "  Cidr:           10.7.0.0/16\n  Ipip Mode:      Always\n  Nat Outgoing:   true\n"
    )
    (pool,) = read_text(text).scenario.cluster.pools
    assert (pool.name, pool.block_size, pool.ipip_mode, pool.nat_outgoing) == ("p", 25, "Always", True)


def test_two_inputs_that_define_one_pool_differently():
    pools = "    ipPools: [{cidr: 10.7.0.0/16, blockSize: %d}]\n"
    text = "installation:\n  calicoNetwork:\n" + pools % 26
    installation = "apiVersion: operator.tigera.io/v1\nkind: Installation\nspec:\n  calicoNetwork:\n" + pools % 24
    assert "installer-twice" in codes_of(read_text(f"{text}---\n{installation}").notes)


def test_felix_and_kube_controllers_are_read():
    text = (
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.0.0.0/16, ipipMode: Always}\n"
        "---\napiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\n"
        "spec: {ipipEnabled: false, wireguardEnabled: true}\n"
        "---\napiVersion: projectcalico.org/v3\nkind: KubeControllersConfiguration\nmetadata: {name: default}\n"
        "spec: {controllers: {node: {leakGracePeriod: 0s}}}\n"
    )
    reading = read_text(text)
    assert {"felix-overrides", "leak-grace-off"} <= codes_of(reading.notes)
    assert reading.scenario.cluster.wireguard_enabled


def test_the_nodes_own_blocks_come_first(tmp_path):
    sample = ROOT / "data/borrowed-and-leaked.yaml"
    cluster = ipk.load(sample).cluster
    node = next(block.host for block in cluster.blocks if len(block.allocations) < block.cidr.size)
    assert "blocks of its own" in run("pools-for", "-c", sample, "--node", node).output
