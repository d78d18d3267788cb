"""Pastes, tables and cut files of every kind that people bring, with inputs of our own, through every command."""

import zipfile

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit, audit_reading
from ippoolkit.model.scenario_edits import with_scaled_groups
from ippoolkit.read import read, recognize
from ippoolkit.read.calico_messages import message_findings
from ippoolkit.read.kubectl_tables import parse_block_name
from ippoolkit.read.reader import read_text
from tests.helpers import FIELD, finding_of, output_text
from tests.helpers import run_command as run

PASTES = FIELD / "pastes"


def findings_of(*names):
    result = audit(*(PASTES / name for name in names))
    return {finding.code: finding for finding in (*result.findings, *result.notes)}


# K1: what a text tells raises what a dump would


def test_reserved_addresses_count_against_what_is_free():
    nearly_full = findings_of("show-reserved.txt")["pool-nearly-full"].params
    assert (nearly_full["used"], nearly_full["free"]) == (200, 6)


def test_figures_that_contradict_their_range_or_each_other():
    result = audit(PASTES / "contradict.txt")
    rows = [note.place.line for note in result.notes if note.code == "row-contradicts"]
    assert rows == [4, 5, 6]
    outside = finding_of(result.findings, "blocks-outside-reported").params
    assert (outside["count"], outside["which"], outside["addresses"]) == (1, "10.9.0.0/26", 64)


def test_nodes_and_leaks_of_ipam_check_by_their_numbers():
    result = run("audit", PASTES / "check-leaks.txt")
    assert "Leaked, as calicoctl reports: 1,251 addresses (not listed)" in output_text(result)
    assert "node-a 1,024" in output_text(result)
    assert output_text(result).count("unknown") <= 3  # said once, not in every cell


def test_pools_of_a_table_are_held_against_the_nodes_and_each_other(tmp_path):
    (tmp_path / "pools.txt").write_text(
        "NAME   CIDR           SELECTOR\na      10.60.0.0/16   all()\nb      10.60.8.0/24   all()\n"
    )
    result = run("audit", tmp_path, FIELD / "09-eks-vpc/nodes.txt")
    assert result.exit_code == 1
    assert {"pool-over-nodes", "pools-overlap"} <= _codes(result)


def _codes(result):
    return {part.partition("]")[0] for part in result.output.split("[")[1:]}


def test_capacity_of_a_text_says_that_the_pool_is_full_and_what_its_block_rows_tell():
    result = run("capacity", FIELD / "30-diff-show/fri")
    assert result.exit_code == 1
    assert {"pool-full", "pool-from-text-sized"} <= _codes(result)


def test_active_pools_of_ipam_check_are_planned_on():
    result = run("capacity", FIELD / "05-check-no-alloc/check.txt")
    assert "10.2.0.0/16 is known from a table only" in output_text(result)
    assert "in-use-not-allocated" in _codes(result)


def test_an_empty_table_of_borrowed_addresses_means_none_unless_some_cannot_be_told():
    empty = (
        (FIELD / "01-show-blocks-prompts/borrowed-only.txt")
        .read_text()
        .split("\n", 1)[1]
        .replace("[root@k8s-mst-1 ~]#\n", "")
    )
    assert audit_reading(read_text(empty)).metrics.totals["borrowed"] == 0
    note = "\nNote: found 3 IP allocations without an explicit node association. Unable to determine if they are borrowed.\n"
    assert audit_reading(read_text(empty + note)).metrics.totals["borrowed"] is None


def test_blocks_outside_all_pools_in_a_part_of_ipam_check():
    text = (
        (PASTES / "check-leaks.txt")
        .read_text()
        .replace("10.244.2.0/26 affinity=<none>", "10.99.2.0/26 affinity=<none>")
    )
    findings = {finding.code: finding for finding in audit_reading(read_text(text)).findings}
    assert findings["blocks-outside-reported"].params["which"] == "10.99.2.0/26"


# K2: layouts


def test_tabs_that_were_expanded_and_three_tables_without_a_gap():
    (row,) = audit(PASTES / "expanded-tabs.txt").metrics.pools
    assert (row["cidr"], row["allocated"], row["free"]) == ("10.42.0.0/16", 4027, 61509)
    findings = findings_of("three-tables.txt")
    assert {"borrowed-reported", "configuration-no-blocks", "pool-nearly-full", "range-special"} <= set(findings)


# K3: names, routes, labels


@pytest.mark.parametrize(
    ("name", "node", "cidr"),
    [
        ("worker-2-10-244-1-64-26", "worker-2", "10.244.1.64/26"),
        ("ip-10-0-1-7.ec2.internal-10-244-1-0-26", "ip-10-0-1-7.ec2.internal", "10.244.1.0/26"),
        ("blockaffinity.crd.projectcalico.org/n1-10-0-0-0-29", "n1", "10.0.0.0/29"),
        ("worker-2-fd00-10-244--40-122", "worker-2", "fd00:10:244::40/122"),
        ("node-1-2001-db8-1-2-3-4-5-0-122", "node-1", "2001:db8:1:2:3:4:5:0/122"),
        ("10-244-1-0-26", "", "10.244.1.0/26"),
        ("fd00-10-244--40-122", "", "fd00:10:244::40/122"),
    ],
)
def test_names_of_affinities_and_blocks(name, node, cidr):
    parsed = parse_block_name(name)
    assert (parsed[0], str(parsed[1])) == (node, cidr)


@pytest.mark.parametrize("name", ["default-ipv4-ippool", "worker-1", "10-244-1-0", "n-999-1-1-1-26", "n-10-0-0-0-99"])
def test_other_names_are_no_blocks(name):
    assert parse_block_name(name) is None


def test_a_block_that_two_nodes_claim_and_blocks_by_name_only():
    assert "(worker-2)" in findings_of("affinities.txt")["blocks-overlap-listed"].params["second"]
    assert findings_of("block-names.txt")["blocks-listed"].params["count"] == 4


@pytest.mark.parametrize(
    ("name", "borrowed"),
    [
        ("routes-ipip.txt", ["10.244.99.3 [10.244.99.0/26 via 192.168.1.21]", "10.244.30.90 [10.244.30.64/26]"]),
        ("routes-ipv6.txt", ["fd00:10:244:bb00::5"]),
        ("routes-vxlan.txt", ["10.42.1.130"]),
    ],
)
def test_routes_of_each_encapsulation_tell_borrowed_addresses(name, borrowed):
    result = audit(PASTES / name)
    assert [note.params["which"] for note in result.notes if note.code == "routes-borrowed"] == borrowed


def test_the_gateway_of_a_vxlan_route_is_no_address_of_a_node():
    assert read(PASTES / "routes-vxlan.txt").scenario.networks.nodes == ()
    assert len(read(PASTES / "routes-ipip.txt").scenario.networks.nodes) == 2


def test_labels_of_a_table_of_nodes_select_pools(tmp_path):
    result = run("pools-for", "-c", PASTES / "nodes-labels.txt", "-c", PASTES / "pools-wide.txt", "--node", "win-1")
    assert "does not match win-1" in output_text(result)
    nodes = tmp_path / "nodes.txt"
    nodes.write_text("NAME      STATUS   ROLES    AGE   VERSION\nm1-ipv6   Ready    <none>   5d    v1.27.4\n")
    without = run("pools-for", "-c", nodes, "-c", PASTES / "pools-wide.txt", "--node", "m1-ipv6")
    assert without.exit_code == 2
    assert "does not show labels" in output_text(without)
    anywhere = run("pools-for", "-c", FIELD / "07-dual-wide/paste.txt", "--node", "m1-ipv6")
    assert anywhere.exit_code == 0  # all() selects a node whatever its labels
    assert "default-ipv6-ippool" in output_text(anywhere)


# K4: pastes as they are, through check and convert too


def test_quoted_parts_of_a_mail():
    result = run("audit", PASTES / "mail.txt")
    assert result.exit_code == 1
    assert {"pool-full", "lines-unread"} <= _codes(result)
    checked = run("check", PASTES / "mail.txt")
    assert checked.exit_code == 0
    assert "calicoctl accepts 1 of 1 object" in checked.output
    assert "not a manifest, so it is not judged" in output_text(checked)


def test_here_documents_are_judged_each_at_its_lines():
    result = run("check", PASTES / "heredoc.txt", "--by", "kubectl")
    assert "heredoc.txt:9: spec.nodeSelector: nodeSelector has(rack) && is not a valid selector" in result.output
    assert "heredoc.txt:16: spec.cidr: 10.10.8.0/21 overlaps 10.10.0.0/20" in result.output
    assert run("convert", PASTES / "heredoc.txt").output.count("kind: IPPool") == 2


@pytest.mark.parametrize("command", ["check", "convert"])
def test_a_table_is_refused_as_what_it_is(command):
    result = run(command, FIELD / "07-dual-wide/wide.txt")
    assert result.exit_code == 2
    assert "table of IP pools: there is no manifest here to judge" in output_text(result)


def test_manifests_of_an_archive_and_a_folder_are_judged(tmp_path):
    pool = (FIELD / "27-eks-churn/pool.yaml").read_text()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("pools/pool.yaml", pool)
        archive.writestr("notes.txt", "nothing of ours\n")
    assert "calicoctl accepts 1 of 1 object" in run("check", tmp_path / "a.zip").output
    (tmp_path / "a.zip").unlink()
    (tmp_path / "pool.yaml").write_text(pool)
    assert run("check", tmp_path).exit_code == 0


PROMPTS = {
    "root": "[root@m1 ~]# ",
    "user": "user@box:~/calico$ ",
    "zsh": "user@h ~ % ",
    "oh-my-zsh": "➜  ~ ",
    "arrow": "❯ ",
    "mac": "MacBook-Pro:~ jane$ ",
    "shell": "bash-5.1$ ",
    "busybox": "/ # ",
    "environment": "(prod) user@box:~$ ",
    "PowerShell": "PS C:\\Users\\admin> ",
    "cmd": "C:\\k>",
    "none": "",
}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_prompt_parts_two_tables_without_a_gap(prompt):
    text = (
        f"{PROMPTS[prompt]}kubectl get nodes\nNAME   STATUS   ROLES    AGE   VERSION\nn1     Ready    <none>   12d   v1.28.2\n"
        f"{PROMPTS[prompt]}calicoctl get ippool -o wide\nNAME   CIDR          NAT\np      10.4.0.0/16   true\n"
        f"{PROMPTS[prompt]}exit\n"
    )
    reading = read_text(text)
    kinds = [piece.kind for piece in reading.pieces]
    assert kinds[:4] == ["command", "nodes", "command", "pools"]
    assert audit_reading(reading).metrics.totals["nodes"] == 1
    assert [str(reported.pool.cidr) for reported in reading.reported_pools] == ["10.4.0.0/16"]


def test_numbered_lines_and_code_by_indentation():
    table = (FIELD / "02-quoted-show/show.txt").read_text().splitlines()
    numbered = "".join(f"{number:6}\t{line}\n" for number, line in enumerate(table, 1))
    indented = "Output:\n\n" + "".join(f"    {line}\n" for line in table) + "\nThanks!\n"
    for text in (numbered, indented):
        (row,) = audit_reading(read_text(text)).metrics.pools
        assert row["allocated"] == 15402


def test_each_line_of_json_lines_is_judged(tmp_path):
    pool = '{"apiVersion":"crd.projectcalico.org/v1","kind":"IPPool","metadata":{"name":"%s"},"spec":{"cidr":"%s"}}\n'
    (tmp_path / "pools.json").write_text(pool % ("a", "10.0.0.0/16") + pool % ("b", "10.0.128.0/17"))
    result = run("check", tmp_path / "pools.json", "--by", "kubectl")
    assert "pools.json:2: spec.cidr: 10.0.128.0/17 overlaps" in result.output


def test_a_quoted_manifest_behind_a_greeting():
    pool = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.0.0.0/16}\n"
    reading = read_text("Hi,\n\n" + "".join(f"> {line}\n" for line in pool.splitlines()))
    assert [pool.name for pool in reading.scenario.cluster.pools] == ["p"]


def test_lists_of_a_described_pool_are_kept():
    text = (
        "Name:         p\nAPI Version:  crd.projectcalico.org/v1\nKind:         IPPool\nMetadata:\n  Generation:  1\nSpec:\n"
        "  Allowed Uses:\n    LoadBalancer\n  Block Size:  28\n  Cidr:        10.50.0.0/24\n  Disabled:    true\n"
        "Events:        <none>\n"
    )
    (pool,) = read_text(text).scenario.cluster.pools
    assert (pool.allowed_uses, pool.disabled, pool.block_size) == (("LoadBalancer",), True, 28)


def test_two_texts_that_differ_are_not_said_to_be_counted(tmp_path):
    row = "GROUPING   CIDR           IPS TOTAL   IPS IN USE   IPS FREE\nIP Pool    10.42.8.0/24   256         %d (0%%)     %d (0%%)\n"
    (tmp_path / "a.txt").write_text(row % (100, 156))
    (tmp_path / "b.txt").write_text(row % (200, 56))
    (tmp_path / "README.md").write_text("Notes: see `a`: and b: c\n")
    result = run("audit", tmp_path)
    assert result.exit_code == 0
    assert "allocated of 10.42.8.0/24 is reported as 200 here, and as 100 in" in output_text(result)


# K6 and N2: the plan knows what the cluster told


def test_planned_nodes_keep_the_addresses_of_those_they_replace():
    folder = FIELD / "09-eks-vpc"
    result = run("capacity", folder / "new.yaml", folder / "nodes.json", "--pods-per-node", "20")
    assert result.exit_code == 1
    assert "contains 2 addresses of nodes" in output_text(result)
    node = ipk.Node(name="n", networks=(ipk.Cidr.parse("192.0.2.0/24"),))
    scenario = ipk.Scenario(cluster=ipk.Cluster(nodes=(node,)))
    assert [str(cidr) for cidr in with_scaled_groups(scenario, nodes=3).networks.nodes] == ["192.0.2.0/24"]


def test_nodes_of_an_inventory_have_not_lost_a_tunnel():
    assert "node-without-tunnel" not in _codes(run("audit", FIELD / "08-dual-show/inv"))


def test_a_windows_node_without_tunnel_address_is_told_who_sets_it():
    result = run("audit", FIELD / "26-windows/dump.yaml")
    assert "EnsureVXLANTunnelAddr" in result.output
    assert "node-without-tunnel]" not in result.output


# K8


def test_the_event_is_explained_where_it_is_seen():
    for name in ("events.txt", "describes.txt"):
        assert "node-ranges-event" in findings_of(name)


# K10: partial is not clean


def test_a_block_that_does_not_list_each_address_was_cut(tmp_path):
    lines = (FIELD / "24-eks-leaked-blocks/ipamblocks.yaml").read_text().splitlines(keepends=True)
    for count, code in ((60, "file-cut"), (120, "block-length")):
        (tmp_path / "cut.yaml").write_text("".join(lines[:count]))
        result = run("audit", tmp_path / "cut.yaml")
        assert result.exit_code == 2
        assert code in _codes(result)


def test_a_pool_of_a_table_is_judged_and_taken_beside_a_dump(tmp_path):
    folder = FIELD / "24-eks-leaked-blocks"
    result = run("audit", folder / "pool.yaml", folder / "ipamblocks.yaml", FIELD / "02-quoted-show/show.txt")
    assert result.exit_code == 1
    assert "pool-nearly-full" in _codes(result)
    free = run("free", FIELD / "07-dual-wide/wide.txt", "--within", "100.80.0.0/15", "--prefix", "16")
    assert free.output.splitlines()[1].strip() == "100.81.0.0/16"


def test_a_report_of_a_folder_of_texts_tells_of_the_full_pool(tmp_path):
    assert run("report", FIELD / "30-diff-show/fri", "-o", tmp_path / "r.md").exit_code == 0
    assert "All of 256 addresses are in use" in (tmp_path / "r.md").read_text()


@pytest.mark.parametrize("name", ["cutlist.yaml", "cutcidr.yaml"])
def test_cut_files_are_told_as_cut_by_every_command(name):
    for command in ("audit", "capacity", "scenario"):
        result = run(command, PASTES / name)
        assert result.exit_code == 2, command
        assert "it was cut" in output_text(result)
    assert "the file may have been cut" in output_text(run("check", PASTES / name))


def test_a_row_that_cannot_be_read_is_an_error_and_the_rest_is_read():
    result = run("audit", PASTES / "cut-row.txt")
    assert result.exit_code == 1
    assert {"table-row", "blocks-incomplete", "pool-usage-reported"} <= _codes(result)


def test_a_plan_without_pools_or_pods_that_were_read_is_unknown(tmp_path):
    result = run("capacity", FIELD / "25-block-quirks/block.yaml")
    assert result.exit_code == 1
    assert "No IP pool was read: whether the plan fits is unknown." in output_text(result)
    assert "Fails" not in result.output
    assert "pods-not-read" in _codes(run("capacity", FIELD / "26-windows/dump.yaml"))
    (tmp_path / "names.txt").write_text("NAME                  AGE\ndefault-ipv4-ippool   41d\n")
    assert "Listed by name only: 1 object (default-ipv4-ippool)" in output_text(run("audit", tmp_path / "names.txt"))


def test_a_diff_repeats_what_is_wrong_with_the_earlier_side_and_counts_the_blocks_left():
    result = run("diff", FIELD / "30-diff-show/mon", FIELD / "30-diff-show/fri", "--days", "4")
    assert result.exit_code == 1
    assert "Left to claim: 0 of 4 blocks." in output_text(result)
    assert "its listed blocks (3) hold 192" in output_text(result)
    assert "blocks unknown 4 unknown" in output_text(result)


def test_an_event_below_a_table_is_no_row_of_it():
    event = (
        "Warning  FailedCreatePodSandBox  failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; "
        "No more free affine blocks and strict affinity enabled"
    )
    text = f"NAME    STATUS   ROLES    AGE   VERSION\nnode1   Ready    <none>   10d   v1.30.1\n{event}\n"
    table, below = recognize(text)
    assert (table.kind, table.last_line) == ("nodes", 2)
    assert below.first_line == 3
    [finding] = message_findings([(3, event)], "paste")
    assert finding.params["message"].startswith("Assigned 0 out of 1")  # from a whole word on
