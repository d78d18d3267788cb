"""One pasted terminal session with tables of calicoctl and kubectl: what it tells is said, what it cannot tell too."""

import json
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.audit.runbook_dumps import name_dumps_for_runbooks
from ippoolkit.audit.without_block import borrow_meanwhile, outcome_without_block
from ippoolkit.capacity.demand import compute_demand
from ippoolkit.findings import RULES, Finding
from ippoolkit.model import Allocation, Block, BlockUsage, IPAMConfig
from ippoolkit.read.dump_commands import RUNBOOK_KINDS, SAVE_COMMANDS
from ippoolkit.write.redaction import redact_scenarios
from ippoolkit.write.v3_manifests import to_manifest
from tests.helpers import ROOT, finding_of, run_command
from tests.pasted_session import IN_USE, NODES, finding, session


def blocks_dump(path, *owners):
    items = [
        {
            "apiVersion": "crd.projectcalico.org/v1",
            "kind": "IPAMBlock",
            "metadata": {"name": f"10-60-0-{64 * index}-26"},
            "spec": {
                "cidr": f"10.60.0.{64 * index}/26",
                "affinity": f"host:{owner}",
                "allocations": [0] * IN_USE[index] + [None] * (64 - IN_USE[index]),
                "unallocated": list(range(IN_USE[index], 64)),
                "attributes": [{"handle_id": "h", "secondary": {"node": owner}}],
            },
        }
        for index, owner in enumerate(owners)
    ]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return path


# Which nodes have no block


def test_the_youngest_nodes_are_named_as_likely_where_nothing_says_whose_the_blocks_are():
    shortage = finding(session(strict=True, ages={"a": "300d", "b": "300d", "c": "5h30m", "d": "2d"}))
    assert "at least 2 of the nodes have none. Their names are unknown" in shortage.message()
    assert "Likely the youngest, c, d: nodes claim" in shortage.message()
    assert "kubectl get ipamblocks.crd.projectcalico.org -o json" in shortage.remedy()


@pytest.mark.parametrize("age", ["300d", "<unknown>"])
def test_no_node_is_named_where_ages_do_not_tell_them_apart(age):
    message = finding(session(strict=True, ages=dict.fromkeys(NODES, age))).message()
    assert "Their names are unknown" in message
    assert "youngest" not in message


def test_creation_times_of_objects_tell_the_youngest_too(tmp_path):
    nodes = [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "creationTimestamp": created}}
        for name, created in {
            "p": "2024-01-01T00:00:00Z",
            "q": "2026-05-01T00:00:00Z",
            "r": "2024-02-01T00:00:00Z",
        }.items()
    ]
    (tmp_path / "nodes.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes}))
    (tmp_path / "show.txt").write_text(session(strict=False, ages={}).split("$ kubectl")[0])
    shortage = finding_of(audit(tmp_path).findings, "blocks-fewer-reported")
    assert "Likely the youngest, q:" in shortage.message()


def test_the_command_that_is_named_names_the_nodes(session_file, tmp_path):
    result = run_command("audit", session_file, blocks_dump(tmp_path / "ipamblocks.json", "east", "west"))
    assert "Without one: mid, new1, new2." in result.stdout
    assert "To know which nodes" not in result.stdout


# What happens on them: known strictAffinity is not said with an "or"


@pytest.mark.parametrize(
    ("strict", "message"),
    [
        (True, "strictAffinity is true: new pods get no address on a node"),
        (False, "strictAffinity is false: a node without a free address in its own blocks borrows"),
        (None, "strictAffinity was not read: if true,"),
    ],
)
def test_findings_say_what_happens_as_far_as_strict_affinity_is_known(strict, message):
    for code in ("blocks-fewer-reported", "pool-blocks-claimed"):
        assert message in finding(session(strict), code).message()
    relief = "--strictaffinity=false lets nodes borrow at once; each borrowed address is a route of its own (/32)"
    assert (relief in finding(session(strict)).remedy()) == (strict is True)


def test_a_full_pool_lends_nothing():
    assert "No address is free" in outcome_without_block(ipk.Scenario(), 0)
    strict = ipk.Scenario(cluster=ipk.Cluster(ipam=IPAMConfig(strict_affinity=True)))
    assert borrow_meanwhile(strict, 0, 4) == ()


def test_windows_nodes_keep_strict_affinity():
    shortage = finding(session(strict=True, windows=("mid",)))
    assert "--strictaffinity=false" not in shortage.remedy()
    assert "the Windows nodes (mid) need it to be true" in shortage.remedy()


def test_a_cap_of_blocks_is_given_up_with_borrowing_and_releases_without_the_option_say_nothing():
    config = IPAMConfig(strict_affinity=True, max_blocks_per_host=4)
    scenario = ipk.Scenario(cluster=ipk.Cluster(ipam=config))
    (advice,) = borrow_meanwhile(scenario, 5, 6)
    assert advice.text.params["command"].endswith("--strictaffinity=false --max-blocks-per-host=0")
    assert advice.text.params["bits"] == 128
    assert borrow_meanwhile(ipk.Scenario(cluster=scenario.cluster, calico="v3.25"), 5, 4) == ()


# Remedies that name a runbook


def test_remedies_say_which_dumps_a_runbook_needs_and_only_those_that_name_one():
    remedy = finding(session(strict=True)).remedy()
    assert "ippoolkit runbook first needs dumps of IPPool, IPAMBlock, Node, Pod" in remedy
    lacks_pods = ipk.Cluster(unknown=("Pod", "Service"))
    named, unnamed = name_dumps_for_runbooks([Finding("blocks-gone"), Finding("blocks-few")], lacks_pods)
    assert [advice.text.params["kinds"] for advice in named.advice] == ["Pod"]
    assert not unnamed.advice
    assert name_dumps_for_runbooks([named], ipk.Cluster()) == [named]
    assert RULES["blocks-fewer-reported"].steps


def test_the_refusal_gives_the_commands_that_readme_and_the_how_to_give(session_file, tmp_path):
    result = run_command("runbook", "grow", "--cluster", session_file, "--pool", "10.60.0.0/25", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stdout.startswith("Add a pool beside 10.60.0.0/25\n")
    for command in SAVE_COMMANDS:
        assert f"  {command}\n" in result.stdout  # whole, to be copied
        for document in ("README.md", "docs/how-to/no-block.md"):
            assert command in (ROOT / document).read_text()
    assert len(RUNBOOK_KINDS) == 4


# Capacity


def test_pods_that_were_not_read_are_no_zero(session_file, tmp_path):
    answer = json.loads(run_command("capacity", session_file, "--json").stdout)
    assert answer["verdict"]["code"] == "blocks-short"
    assert "pods" not in answer["verdict"]["numbers"]
    assert {row["pods"] for row in answer["nodes"]} == {None}
    assert [(row["addresses_used"], row["blocks_used"]) for row in answer["pools"]] == [(91, 2)]
    roomy = tmp_path / "roomy.yaml"
    roomy.write_text(
        "version: 1\ncluster:\n  pools: [{name: p, cidr: 10.0.0.0/24}]\n  nodes: [{name: a}, {name: b}]\n"
        "  unknown: [Pod]\n"
    )
    message = ipk.capacity(ipk.load(roomy)).verdict.finding.message()
    assert message.startswith("Blocks for each of 2 nodes, with capacity for up to 4 nodes.")
    assert "--pods-per-node" in message
    assert ipk.capacity(ipk.load(roomy)).growth()["pods"].isna().all()


def test_no_verdict_stands_alone_beside_an_error(session_file):
    lines = run_command("capacity", session_file, "--nodes", "2", "--pods-per-node", "5").stdout.splitlines()
    head = "\n".join(lines[: lines.index("Pools")])
    assert "Besides: 1 error, listed at the end.\nIPv4: 5 nodes, but 2 blocks" in head
    severities = [line.split(":")[0] for line in lines if line.split(":")[0] in ("error", "warning", "info", "ok")]
    assert severities == sorted(severities, key=("error", "warning", "info", "ok").index)


# Pools: what serves whom, and what they are called


@pytest.mark.parametrize("with_blocks", [False, True])
def test_a_pool_whose_blocks_are_all_claimed_is_no_plain_answer(session_file, tmp_path, with_blocks):
    files = [session_file, *([blocks_dump(tmp_path / "blocks.json", "east", "west")] if with_blocks else [])]
    options = [part for file in files for part in ("--cluster", file)]

    def ask(node):
        result = run_command("pools-for", *options, "--node", node, "--namespace", "default", "--json")
        (*_, row) = json.loads(result.stdout)
        return result.exit_code, row["order"], row["why"]

    status, order, why = ask("new1")
    assert (status, order) == (1, None)
    assert "All 2 blocks are claimed, and none with a free address is known to be new1's" in why
    assert "strictAffinity is true" in why
    status, order, why = ask("east")  # old enough to have one of the two, and with the blocks it is known to
    assert status == 0
    assert order
    assert ("All 2 blocks" in why) != with_blocks


def test_a_node_that_borrows_or_may_borrow_gets_an_address(tmp_path):
    for strict in (False, None):
        (tmp_path / "session.txt").write_text(session(strict))
        options = ("--cluster", tmp_path / "session.txt", "--node", "new1", "--namespace", "default")
        result = run_command("pools-for", *options, "--json")
        (row,) = json.loads(result.stdout)
        assert (result.exit_code, row["order"], row["code"]) == (0, 1, "pool-claimed-for-node")


def test_a_pool_without_a_known_name_is_called_one_thing(session_file):
    name = "10.60.0.0/25"
    assert finding(session(strict=True), "pool-blocks-claimed").subject == f"IPPool/{name}"
    assert ipk.load(session_file).cluster.pools[0].name == name
    assert f"2 blocks in {name}:" in finding(session(strict=True)).message()
    printed = run_command("capacity", session_file).stdout
    assert "Block sizes for 10.60.0.0/25; now /26" in printed
    assert "10.60.0.0-25" not in printed


def test_a_manifest_of_a_pool_without_a_known_name_has_one_that_kubernetes_takes(session_file):
    pool = ipk.load(session_file).cluster.pools[0]
    assert (pool.is_unnamed, pool.object_name) == (True, "10.60.0.0-25")
    assert to_manifest(pool)["metadata"] == {"name": "10.60.0.0-25"}
    ipv6 = ipk.IPPool(name="fd00::/64", cidr="fd00::/64")
    assert ipv6.object_name == "fd00---64"
    assert ipk.IPPool(name="a/b", cidr="fd00::/64").object_name == "a/b"


@pytest.mark.parametrize("text", ["blue", "10.61.0.0/24", "10.61.0.0-24"])
def test_commands_take_a_pool_by_its_name_or_its_range(text, tmp_path):
    path = tmp_path / "cluster.yaml"
    path.write_text(
        "version: 1\ncluster:\n  pools: [{name: blue, cidr: 10.61.0.0/24}, {name: other, cidr: 10.62.0.0/24}]\n"
        "  nodes: [{name: a}]\n  namespaces: [{name: shop}]\n"
    )
    result = run_command("pools-for", "--cluster", path, "--who-can-use", text)
    assert "shop" in result.stdout
    cluster = ipk.load(path).cluster
    assert cluster.pool(text).name == "blue"
    from ippoolkit.change.change_arguments import parse_change

    assert parse_change(cluster, "retire", text).pool == "blue"


def test_a_name_goes_before_another_pools_range():
    pools = (ipk.IPPool(name="a", cidr="10.1.0.0/24"), ipk.IPPool(name="10.1.0.0-24", cidr="10.2.0.0/24"))
    assert ipk.Cluster(pools=pools).pool("10.1.0.0-24").name == "10.1.0.0-24"


# Pages


def test_pages_leave_out_columns_of_which_nothing_is_known(session_file, tmp_path):
    page = tmp_path / "page.md"
    run_command("audit", session_file, "-o", page)
    text = page.read_text()
    assert "\neast, mid, new1, new2, west\n" in text  # a column of names is a sentence
    assert "max-pods |" not in text
    assert "Unknown for lack of IPAMBlock, Node, Pod: blocks; own; borrowed" in text
    assert "| unknown" not in text
    printed = run_command("audit", session_file).stdout
    assert "Nodes: east, mid, new1, new2, west\n" in printed
    assert "Unknown for lack of" in printed


def test_no_map_is_drawn_where_nothing_tells_what_is_claimed(session_file, tmp_path):
    run_command("report", session_file, "-o", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "No map: neither IPAMBlock objects nor pods were read." in text
    assert "0 of 2 blocks claimed" not in text


def test_nothing_is_called_enough_where_the_pods_were_not_read(session_file):
    printed = run_command("capacity", session_file).stdout
    assert "fits: blocks for each of 5 nodes; pods not read" in printed
    assert "sufficient" not in printed
    planned = run_command("capacity", session_file, "--nodes", 5, "--pods-per-node", 10).stdout
    assert "sufficient" in planned


@pytest.mark.parametrize(("size", "needed", "fits"), [(26, 5, False), (27, 2 + 2 + 3, False), (28, 4 + 3 + 3, False)])
def test_the_addresses_in_use_of_listed_blocks_are_counted_at_each_block_size(session_file, size, needed, fits):
    scenario = ipk.load(session_file)
    row = ipk.capacity(scenario).block_sizes().set_index("block_size").loc[size]
    assert row["spare_blocks"] == (1 << (size - 25)) - needed
    assert (row["verdict"] == "fits") == fits


def test_blocks_of_unknown_nodes_leave_the_nodes_that_have_one_and_never_more_nodes_than_there_are():
    nodes = tuple(ipk.Node(name=name) for name in "ab")
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/24", block_size=26)
    usage = tuple(BlockUsage(cidr=f"10.0.0.{64 * i}/26", used=used) for i, used in enumerate((60, 50, 20)))
    cluster = ipk.Cluster(pools=(pool,), nodes=nodes, unknown=("Pod",), block_usage=usage)
    existing = compute_demand(ipk.Scenario(cluster=cluster), 4).existing
    assert [(load.nodes, load.pods) for load in existing.loads] == [(1, 70), (1, 60), (0, 0)]
    assert len(existing.load_of_node) == 2
    assert "130 addresses in use" in " ".join(f.message() for f in ipk.capacity(ipk.Scenario(cluster=cluster)).findings)


def blocks_without_pods():
    """Return three nodes, two of which have blocks with 40 addresses of pods; what else blocks hold is none of theirs."""
    pods = [Allocation(ordinal=ordinal, node="a") for ordinal in range(40)]
    other_allocations = [
        Allocation(ordinal=40, node="a", type="vxlanTunnelAddress"),
        Allocation(ordinal=41, released_at="2026-01-01T00:00:00Z"),
        Allocation(ordinal=42, handle="windows-reserved-ipam-handle"),
    ]
    blocks = (
        Block(cidr="10.0.0.0/26", affinity="host:a", allocations=(*pods, *other_allocations)),
        Block(cidr="10.0.0.64/26", affinity="host:b", allocations=[replace(pod, node="b") for pod in pods]),
    )
    return ipk.Scenario(
        cluster=ipk.Cluster(
            pools=(ipk.IPPool(name="p", cidr="10.0.0.0/24"),),
            nodes=tuple(ipk.Node(name=name) for name in "abc"),
            unknown=("Pod",),
            blocks=blocks,
        )
    )


def test_where_blocks_were_read_and_pods_were_not_their_addresses_count_for_their_nodes():
    scenario = blocks_without_pods()
    assert [(load.nodes, load.pods) for load in compute_demand(scenario, 4).existing.loads] == [(2, 40), (1, 0)]
    messages = " ".join(finding.message() for finding in ipk.capacity(scenario).findings)
    assert "counts the 80 addresses that blocks hold for them" in messages
    smaller = ipk.with_pool(scenario, "p", block_size=27)
    assert smaller.cluster.blocks == ()
    assert compute_demand(smaller, 4).existing.loads[0].pods == 40
    row = ipk.capacity(scenario).block_sizes().set_index("block_size").loc[27]
    assert row["spare_blocks"] == 8 - (2 + 2 + 1)
    assert ipk.capacity(smaller).block_sizes().set_index("block_size").loc[27]["spare_blocks"] == row["spare_blocks"]


@pytest.mark.parametrize(("strict", "status"), [(False, "tight"), (True, "fails")])
def test_only_borrowing_makes_up_for_a_block_that_is_missing(strict, status):
    nodes = tuple(ipk.Node(name=name) for name in "abc")
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/25", block_size=27)
    cluster = ipk.Cluster(
        pools=(pool,),
        nodes=nodes,
        unknown=("Pod",),
        block_usage=tuple(BlockUsage(cidr=f"10.0.0.{64 * i}/26", used=40) for i in range(2)),
        ipam=IPAMConfig(strict_affinity=strict),
    )
    verdict = ipk.capacity(ipk.Scenario(cluster=cluster)).verdict  # two nodes need two of the four blocks each
    assert verdict.status == status
    assert verdict.finding.message().startswith("5 blocks needed, 4 available")


def test_usage_of_blocks_is_kept_in_files_and_relocated_where_names_are_hidden(session_file, tmp_path):
    plain = tmp_path / "plain.yaml"
    run_command("scenario", session_file, "-o", plain)
    scenario = ipk.load(plain)
    assert [block.used for block in scenario.cluster.block_usage] == list(IN_USE)
    hidden = redact_scenarios([scenario])[0].cluster
    assert [block.used for block in hidden.block_usage] == list(IN_USE)
    assert all(block.cidr in hidden.pools[0].cidr for block in hidden.block_usage)


def test_the_remedy_names_commands_that_work_with_what_was_read(session_file):
    remedy = finding(session(strict=True)).remedy()
    for named in ("ippoolkit free INPUT --within CIDR --prefix 24", "ippoolkit capacity INPUT"):
        assert named in remedy
    free = run_command("free", session_file, "--within", "10.60.0.0/16", "--prefix", "24")
    assert free.exit_code == 0
    assert "10.60.1.0/24" in free.stdout
