"""What follows from an audit: who may use which pool, snapshots, two dumps compared."""

import json
import re
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.audit.cluster_index import ClusterIndex
from ippoolkit.audit.cluster_metrics import cluster_metrics
from tests.helpers import run_command as run
from tests.helpers import unpack_cluster


@pytest.fixture
def folder(tmp_path):
    return lambda cluster: unpack_cluster(cluster, tmp_path / cluster)


def rows(*arguments):
    return json.loads(run("pools-for", *arguments, "--json").stdout)


def test_the_pools_for_a_pod_in_order_and_why_not_the_others(folder):
    s07, s02 = folder("s07"), folder("s02")
    pool_rows = rows("--cluster", s07, "--node", "zn1", "--namespace", "tenant-a")
    own = [row for row in pool_rows if row["block"]]
    assert [row["order"] for row in own] == list(range(1, len(own) + 1))
    other_rows = [(row["order"] and row["order"] - len(own), row["pool"], row["code"]) for row in pool_rows[len(own) :]]
    assert other_rows == [
        (1, "pool-tenant-a", ""),
        (2, "pool-zone-a", ""),
        (None, "pool-manual", "not-manual"),
        (None, "pool-zone-b", "not-node"),
        (None, "pool-zone-c", "not-node"),
        (None, "pool-zone-d", "not-node"),
    ]
    plain = rows("--cluster", s07, "--node", "zn1", "--namespace", "plain")
    assert {row["pool"]: row["code"] for row in plain}["pool-tenant-a"] == "not-namespace"
    nothing = rows("--cluster", s07, "--node", "zn9", "--namespace", "plain")
    assert nothing[0]["code"] == "no-pool-serves"
    assert all(row["why"] for row in nothing)
    named = rows("--cluster", s02, "--node", "node1", "--namespace", "test-ns")
    v4 = [row for row in named if row["family"] == 4]
    assert (v4[0]["pool"], v4[0]["order"], v4[1]["code"]) == ("extra-ippool", 1, "not-named")


def test_a_pods_own_annotation_goes_first_and_a_disabled_pool_fails_the_request(tmp_path):
    cluster = ipk.Cluster(
        pools=(ipk.IPPool(name="a", cidr="10.0.0.0/24"), ipk.IPPool(name="b", cidr="10.1.0.0/24", disabled=True)),
        nodes=(ipk.Node(name="n"),),
        namespaces=(ipk.Namespace(name="s", ipv4_pools=("b",)),),
        pods=(ipk.Pod(name="p", namespace="s", ipv4_pools=("10.0.0.0/24",)),),
    )
    path = ipk.save_scenario(ipk.Scenario(cluster=cluster), tmp_path / "x.yaml")
    assert rows("-c", path, "--node", "n", "--namespace", "s", "--pod", "p")[0]["pool"] == "a"
    assert rows("-c", path, "--node", "n", "--namespace", "s")[0]["code"] == "named-disabled"
    assert rows("-c", path, "--who-can-use", "b") == []
    assert run("pools-for", "-c", path, "--who-can-use", "b").stdout.startswith(
        "No pod may use b. On n in the namespace s: "
    )
    assert rows("-c", path, "--who-can-use", "a") == [{"node": "n", "namespace": "s", "by": "Pod/p", "calico": "v3.33"}]


def test_who_may_draw_from_a_pool(folder):
    user_rows = rows("-c", folder("s02"), "--who-can-use", "extra-ippool")
    assert {(row["node"], row["by"]) for row in user_rows if row["namespace"] == "default"} == {
        ("node5", ""),
        ("node6", ""),
    }
    assert {row["node"] for row in user_rows if row["by"] == "Namespace/test-ns"} == {f"node{n}" for n in range(1, 7)}


def test_the_coverage_of_nodes_by_pools(folder):
    table = {row["node"]: row for row in rows("-c", folder("s07"), "--coverage")}
    assert table["zn1"]["pool-zone-a"] == "pods, tunnel"
    assert table["zn1"]["pool-tenant-a"] == "some pods"
    assert table["zn1"]["gaps"] == ""
    assert table["zn9"]["gaps"] == "pods IPv4, vxlan IPv4"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--node", "none"],
        ["--who-can-use", "none"],
        ["--node", "zn1", "--namespace", "none"],
        [],
        ["--node", "zn1", "--coverage"],
    ],
)
def test_what_cannot_be_asked(arguments, folder):
    assert run("pools-for", "-c", folder("s07"), *arguments).exit_code == 2


def test_a_table_in_a_terminal_and_in_chinese(folder):
    s07 = folder("s07")
    assert "does not match zn9" in run("pools-for", "-c", s07, "--node", "zn9", "--lang", "en").output.replace(
        "\n", " "
    )
    assert "缺少池" in run("pools-for", "-c", s07, "--coverage", "--lang", "zh").output


# ---- snapshots


@pytest.mark.parametrize("name", ["c.yaml", "c.json"])
@pytest.mark.parametrize("cluster", ["s05", "s13"])
def test_a_snapshot_is_the_cluster(cluster, name, folder, tmp_path):
    dumps = folder(cluster)
    before = audit(dumps)
    assert run("snapshot", dumps, "-o", tmp_path / name).exit_code == 0
    after = audit(tmp_path / name)
    assert after.scenario.cluster == before.scenario.cluster
    assert after.metrics.totals == before.metrics.totals
    # What a range is for is a matter of the addresses, which were replaced.
    codes = [
        [finding.code for finding in snapshot.findings if not finding.code.startswith("range-")]
        for snapshot in (before, after)
    ]
    assert codes[0] == codes[1]
    assert ipk.load(tmp_path / name).cluster == before.scenario.cluster


def test_a_snapshot_knows_what_it_does_not_know(folder, tmp_path):
    run("snapshot", folder("s05") / "kubectl-ippools.json", "-o", tmp_path / "c.yaml")
    cluster = audit(tmp_path / "c.yaml").scenario.cluster
    assert "IPAMBlock" in cluster.unknown
    assert "IPPool" not in cluster.unknown
    assert audit(tmp_path / "c.yaml").metrics.totals["blocks"] is None


@pytest.mark.parametrize("cluster", ["s02", "s05", "s07", "s08"])
def test_a_redacted_snapshot_names_nobody_and_counts_the_same(cluster, folder, tmp_path):
    dumps = folder(cluster)
    before = audit(dumps)
    assert run("snapshot", dumps, "-o", tmp_path / "c.yaml", "--redact").exit_code == 0
    text = (tmp_path / "c.yaml").read_text()
    known = before.scenario.cluster
    handles = {handle.handle_id for handle in known.handles}
    for name in {
        *(n.name for n in known.nodes),
        *(p.name for p in known.pods),
        *handles,
        *(s.name for s in known.services),
    }:
        assert name not in text
    after = audit(tmp_path / "c.yaml")
    counts = {key: value for key, value in before.metrics.totals.items() if isinstance(value, int)}
    assert {key: after.metrics.totals[key] for key in counts} == counts
    # What a range is for is a matter of the addresses, which were replaced.
    codes = [
        [finding.code for finding in snapshot.findings if not finding.code.startswith("range-")]
        for snapshot in (before, after)
    ]
    assert codes[0] == codes[1]


# ---- two dumps compared


def test_what_changed_and_how_long_blocks_last(folder, tmp_path):
    dumps = folder("s05")
    cluster_audit = audit(dumps)
    cluster = cluster_audit.scenario.cluster
    old = replace(cluster, blocks=cluster.blocks[:4], nodes=cluster.nodes[:-1])
    ipk.save_scenario(replace(cluster_audit.scenario, cluster=old), tmp_path / "old.yaml")
    value = json.loads(run("diff", tmp_path / "old.yaml", dumps, "--days", "6", "--json").stdout)
    assert {row["figure"]: row["change"] for row in value["changes"] if not row["of"]}["blocks"] == 3
    pace = next(finding for finding in value["findings"] if finding["code"] == "diff-pace")
    assert (pace["numbers"]["blocks"], pace["numbers"]["left"], pace["numbers"]["days"]) == (3, 57, 114)
    assert next(finding for finding in value["findings"] if finding["code"] == "diff-added")["numbers"]["which"] == "k7"
    text = run("diff", tmp_path / "old.yaml", dumps)
    assert text.exit_code == 0
    assert "[diff-use]" in text.output
    assert "blocks_without_affinity" not in text.output
    assert re.search(r"^ +nodes +\d+ +\d+ +\+\d+$", text.output, re.MULTILINE)


def test_a_pool_made_anew_and_defects_that_are_new_or_gone(folder, tmp_path):
    dumps = folder("s05")
    cluster_audit = audit(dumps)
    cluster = cluster_audit.scenario.cluster
    pool = replace(cluster.pools[0], block_size=25)
    ipk.save_scenario(
        replace(cluster_audit.scenario, cluster=replace(cluster, pools=(pool,), pods=())), tmp_path / "new.yaml"
    )
    value = json.loads(run("diff", dumps, tmp_path / "new.yaml", "--json").stdout)
    codes = {finding["code"] for finding in value["findings"]}
    assert {"diff-size-changed", "block-other-size", "diff-findings-gone"} <= codes
    assert "addresses-leaked" not in codes  # it was there before
    same = json.loads(run("diff", dumps, dumps, "--json").stdout)
    assert same["findings"] == []


def test_figures_need_only_the_model():
    assert cluster_metrics(ClusterIndex(ipk.Cluster())).totals["blocks"] == 0


def test_two_pools_of_a_table_with_one_name_are_two_columns(tmp_path):
    table = "NAME           CIDR\ndefault-pool   10.4.0.0/16\ndefault-pool   10.8.0.0/16\n"
    node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
    (tmp_path / "pools.txt").write_text(table)
    (tmp_path / "nodes.yaml").write_text(node)
    result = run("pools-for", "-c", tmp_path, "--coverage")
    assert "default-pool" in result.output


def test_a_finding_whose_figures_the_newer_dump_lacks_is_not_gone(tmp_path):
    table = "| IP Pool  | 10.65.0.0/24 | 256 | 250 (98%) | 6 (2%) |"
    heading = "| GROUPING | CIDR | IPS TOTAL | IPS IN USE | IPS FREE |"
    (tmp_path / "full.txt").write_text(f"{heading}\n{table}\n")
    (tmp_path / "pools.txt").write_text("NAME   CIDR           SELECTOR\np      10.65.0.0/24   all()\n")
    (tmp_path / "empty.txt").write_text(f"{heading}\n{table.replace('250 (98%) | 6 (2%)', '25 (10%) | 231 (90%)')}\n")
    assert "[diff-findings-unknown]" in run("diff", tmp_path / "full.txt", tmp_path / "pools.txt").output
    assert "[diff-findings-gone]" in run("diff", tmp_path / "full.txt", tmp_path / "empty.txt").output
