"""Runbooks: issued where every step holds, refused with the reason where one does not, and safe to run."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ippoolkit import Cluster, IPAMConfig, IPPool, Namespace, Node, Pod, Scenario
from ippoolkit.change import Change, Rehearsal, runbook, script, steps
from ippoolkit.cidr import Cidr, address_of
from ippoolkit.cli import app
from ippoolkit.ipam import Ipam
from ippoolkit.model import Allocation, Block, Tunnel
from ippoolkit.report.pieces.change import ChangeReport
from ippoolkit.report.runbook import runbook_files, runbook_text
from ippoolkit.rules.review import review
from ippoolkit.write import save
from tests.helpers import RECORDINGS, unpacked

RUNNER = CliRunner()


def cluster(nodes=4, pods=5, cidr="10.244.0.0/20", size=26, name="old", strict=False, space="default"):  # noqa: FBT002, PLR0917
    """A cluster as the engine itself fills it: one pool, nodes with VXLAN tunnels, pods in one namespace."""
    pool = IPPool(name=name, cidr=cidr, block_size=size, vxlan_mode="Always")
    ipam = Ipam(config=IPAMConfig(strict_affinity=strict))
    ipam.create_pool(pool)
    nodes_, pods_, holders = [], [], {}
    for number in range(nodes):
        node = f"w{number:02d}"
        ipam.create_node(node)
        got = ipam.assign(node, f"vxlan-tunnel-addr-{node}", 1, use="Tunnel").v4
        holders[f"vxlan-tunnel-addr-{node}"] = (node, "")
        nodes_.append(Node(name=node, tunnels=(Tunnel(type="vxlan", address=str(got[0])),) if got else ()))
        for each in range(pods):
            pod = f"{node}-{each}"
            if got := ipam.assign(node, pod, 1).v4:
                holders[pod] = (node, pod)
                pods_.append(Pod(name=pod, namespace=space, node=node, addresses=(str(got[0]),)))
    blocks = []
    for block in ipam.blocks():
        held = [
            Allocation(
                ordinal=ordinal, handle=handle, node=holders[handle][0], pod=holders[handle][1], namespace=space,
                type="" if holders[handle][1] else "vxlanTunnelAddress",
            )
            for handle, ordinals in block["allocated"].items()
            for ordinal in ordinals
        ]  # fmt: skip
        held.sort(key=lambda each: each.ordinal)
        blocks.append(
            Block(cidr=block["cidr"], affinity=block["affinity"], allocations=held, unallocated=block["free"])
        )
    return Scenario(
        cluster=Cluster(
            pools=(pool,), ipam=IPAMConfig(strict_affinity=strict), nodes=nodes_, pods=pods_, blocks=blocks,
            namespaces=(Namespace(name=space),),
        )
    )  # fmt: skip


def codes(made):
    return {finding.code for finding in made.findings}


def test_a_changed_block_size_ends_with_all_pods_in_blocks_of_the_new_size():
    made = runbook(cluster(), Change("block-size", "old", size=27))
    assert made.issued
    assert [each.step.action for each in made.done] == [
        "create", "close", "recreate", "delete", "create", "close", "recreate", "delete",
    ]  # fmt: skip
    (last,) = made.done[-1].held
    assert (last.pool, last.pods, last.tunnels, last.blocks, last.borrowed) == ("old", 20, 4, 4, 0)
    assert last.free == 4096 - 24
    closed = {held.pool: held for held in made.done[1].held}
    assert (closed["old"].tunnels, closed["temporary-pool"].tunnels) == (0, 4)  # before any pod is touched


def test_what_is_recorded_of_a_closed_pool_is_what_the_rehearsal_says():
    made = runbook(cluster(), Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"), name="new"))
    after = {held.pool: held for held in made.done[2].held}
    assert after["old"].pods == 0
    assert after["old"].empty == after["old"].blocks == 4  # one empty affine block a node stays
    assert [held.pool for held in made.done[-1].held] == ["new"]


def test_a_temporary_pool_that_is_too_small_is_refused_with_a_better_one():
    change = Change("block-size", "old", size=27, temporary=Cidr.parse("10.9.0.0/25"))
    made = runbook(cluster(nodes=6, strict=True), change)
    assert not made.issued
    assert "change-tunnels-lost" in codes(made)
    better = next(finding for finding in made.findings if finding.code == "change-better")
    assert better.numbers["option"] == "--temporary"
    assert runbook(cluster(nodes=6, strict=True), replace(change, temporary=Cidr.parse(better.numbers["value"]))).issued


def test_tunnels_on_borrowed_blocks_are_refused():
    change = Change("block-size", "old", size=27, temporary=Cidr.parse("10.9.0.0/25"))
    made = runbook(cluster(nodes=6), change)
    assert "change-tunnels-borrowed" in codes(made)
    assert "Refused" in runbook_text(ChangeReport(made))


def test_leaked_addresses_stand_in_the_way_of_the_new_size():
    scenario = cluster()
    leaked = replace(scenario, cluster=replace(scenario.cluster, pods=scenario.cluster.pods[1:]))
    made = runbook(leaked, Change("block-size", "old", size=27))
    assert "change-delete-in-use" in codes(made)


def test_changing_in_place_is_foreseen_with_the_very_addresses():
    scenario = cluster(nodes=8, pods=40, cidr="10.244.0.0/22")
    made = runbook(scenario, Change("block-size", "old", size=27))
    (told,) = [finding for finding in made.findings if finding.code == "change-in-place"]
    assert told.numbers["count"] > 0
    used = {str(pod.addresses[0]) for pod in scenario.cluster.pods}
    used |= {str(node.tunnels[0].address) for node in scenario.cluster.nodes}
    assert set(told.numbers["which"].split(", ")) <= used


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Change("block-size", "nowhere", size=27), "change-pool-missing"),
        (Change("block-size", "old", size=26), "change-nothing"),
        (Change("block-size", "old", size=40), "change-unusable"),
        (Change("migrate", "old", cidr=Cidr.parse("10.244.8.0/24"), name="new"), "change-overlaps"),
        (Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"), name="old"), "change-name-taken"),
        (Change("retire", "old"), "change-tunnels-lost"),
        (Change("split", "old", prefix=20), "change-unusable"),
        (Change("grow", "old", name="-o"), "change-name-unusable"),
    ],
)
def test_refused_with_the_reason(change, code):
    made = runbook(cluster(), change)
    assert not made.issued
    assert code in codes(made)


@pytest.mark.parametrize("kind", ["split", "grow", "migrate"])
@pytest.mark.parametrize("install", ["manifest", "operator", "kubespray"])
def test_other_changes_are_issued_and_their_manifests_accepted(kind, install, tmp_path):
    change = Change(kind, "old", prefix=21, install=install)
    made = runbook(cluster(), change)
    assert made.issued
    for path, text in runbook_files(ChangeReport(made)).items():
        (tmp_path / Path(path).name).write_text(text)
        if path.endswith("ippool.yaml"):
            verdict = review([tmp_path / Path(path).name])  # by calicoctl and by the API server
            assert verdict.accepted
            assert not [finding for finding in verdict.findings if finding.severity == "error"]


def test_annotations_are_corrected_on_the_way_and_back():
    scenario = cluster()
    spaces = (Namespace(name="default", ipv4_pools=("old", "other")),)
    named = replace(scenario, cluster=replace(scenario.cluster, namespaces=spaces))
    pools = (*scenario.cluster.pools, IPPool(name="other", cidr="10.50.0.0/24", disabled=True))
    made = runbook(replace(named, cluster=replace(named.cluster, pools=pools)), Change("block-size", "old", size=27))
    assert "change-pods-without" in codes(made)  # they name a pool that is disabled
    spaces = (Namespace(name="default", ipv4_pools=("old",)),)
    made = runbook(
        replace(named, cluster=replace(named.cluster, namespaces=spaces)), Change("block-size", "old", size=27)
    )
    assert made.issued
    assert "change-annotated" in codes(made)
    assert 'cni.projectcalico.org/ipv4pools=["temporary-pool"]' in script(made)
    assert 'cni.projectcalico.org/ipv4pools=["old"]' in script(made)


HOSTILE = [
    "a'; touch PWNED; '",
    "$(touch PWNED)",
    "`touch PWNED`",
    'x" ; touch PWNED ; "',
    "a b",
    "*",
    "a\\'b",
    "é🙂",
    "x;y|z&",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_ends_a_quote(name, tmp_path):
    made = runbook(cluster(name=name, space=name), Change("block-size", name, size=27))
    assert made.issued
    for path, text in runbook_files(ChangeReport(made)).items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)
    shellcheck = Path(sys.executable).parent / "shellcheck"
    checked = subprocess.run([shellcheck, "runbook.sh"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    ran, log = run(tmp_path, "yes\n" * 20)
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "PWNED").exists()
    assert f"--namespace={name}" in log


TOOL = """#!/usr/bin/env bash
printf '%s\\n' "${0##*/} $*" >> "$LOG"
case "$*" in
*"-o yaml"*) if [ "${0##*/}" = calicoctl ]; then printf '  cidr: 10.244.0.0/20\\n  blockSize: 26\\n  cidr: 10.0.0.0/20\\n'; fi ;;
*"-o name"*) echo deployment.apps/web ;;
esac
"""


def run(folder, answers, *arguments):
    """Run a script with tools that only write down how they were called."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("calicoctl", "kubectl", "sleep"):
        (tools / name).write_text(TOOL)
        (tools / name).chmod(0o755)
    log = folder / "log"
    log.write_text("")
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LOG": str(log)}
    ran = subprocess.run(
        ["bash", folder / "runbook.sh", *arguments], input=answers, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    return ran, log.read_text()


def test_a_script_stops_before_what_cannot_be_undone_and_begins_at_any_step(tmp_path):
    (tmp_path / "runbook.sh").write_text(script(runbook(cluster(), Change("block-size", "old", size=27))))
    ran, log = run(tmp_path, "yes\nno\n")
    assert ran.returncode == 1
    assert "rollout restart" not in log
    assert "delete ippool" not in log
    ran, log = run(tmp_path, "no\n", "3")
    assert "patch ippool" not in log
    ran, log = run(tmp_path, "", "x")
    assert (ran.returncode, log) == (2, "")


def test_the_command_line_writes_all_files(tmp_path):
    dump = save(cluster(), tmp_path / "cluster.yaml")
    common = ["--cluster", str(dump), "--pool", "old"]
    result = RUNNER.invoke(app, ["runbook", "block-size", *common, "--to", "27", "-o", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out/runbook.sh").stat().st_mode & 0o100
    assert (tmp_path / "out/manifests/01-ippool.yaml").exists()
    refused = RUNNER.invoke(app, ["runbook", "retire", *common, "-o", str(tmp_path / "none"), "--lang", "zh"])
    assert refused.exit_code == 1
    assert "拒绝" in refused.output
    assert not (tmp_path / "none").exists()
    bad = RUNNER.invoke(app, ["runbook", "block-size", *common, "--to", "27", "--temporary", "10.0.0.0/33"])
    assert bad.exit_code == 2
    assert "10.0.0.0/33" in bad.output


def test_a_recorded_cluster(tmp_path):
    for path in (RECORDINGS / "clusters/s08").glob("kubectl-*.json.gz"):
        unpacked(path, tmp_path)
    common = ["--cluster", str(tmp_path), "--pool", "default-ipv4-ippool"]
    assert RUNNER.invoke(app, ["runbook", "block-size", *common, "--to", "27", "--short"]).exit_code == 0
    long = RUNNER.invoke(app, ["runbook", "block-size", *common, "--to", "27", "--lang", "zh"]).output
    assert "| default-ipv4-ippool | 46 | 4 | 4 |" in long


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 9), st.integers(0, 30), st.integers(23, 27), st.sampled_from((26, 27, 28, 29)), st.booleans(),
    st.sampled_from(("block-size", "migrate", "split", "retire")), st.integers(22, 29), st.sampled_from((26, 27, 28, 29)),
)  # fmt: skip
def test_an_issued_runbook_breaks_no_promise_and_a_refused_one_has_a_real_reason(  # noqa: PLR0917
    nodes,
    pods,
    prefix,
    size,
    strict,
    kind,
    room,
    to,
):
    scenario = cluster(nodes, pods, f"10.244.0.0/{prefix}", max(size, prefix), strict=strict)
    range_ = Cidr.parse(f"10.9.0.0/{room}")
    change = Change(kind, "old", size=to, prefix=prefix + 1, cidr=range_, temporary=range_, name="new", batches=3)
    change = replace(change, temporary=None) if kind == "migrate" else replace(change, cidr=None)
    made = runbook(scenario, change)
    if not made.issued:
        assert any(finding.severity == "error" for finding in made.findings)
        if made.done and made.done[-1].broken:  # the reason is real: without the refusal the step does break that
            again = Rehearsal(scenario.cluster, batches=3)
            last = [again.carry_out(step) for step in steps(scenario.cluster, change)[: len(made.done)]][-1]
            assert {finding.code for finding in last.broken} == {finding.code for finding in made.done[-1].broken}
        return
    again = Rehearsal(scenario.cluster, batches=3)
    first = set(again.stage.announced.values())  # where tunnels were before, in a full pool perhaps in others' blocks
    for done in made.done:
        again.carry_out(done.step)
        blocks = again.stage.ipam.blocks()
        held = [address for block in blocks for address in _addresses(block)]
        assert len(held) == len(set(held))
        for handle in again.now:
            assert again.stage.ipam.addresses_of(again.stage.ipam.handle_name(int(handle)))
        for tunnel, address in again.stage.announced.items():
            (home,) = [block for block in blocks if address in block["cidr"]]
            assert address in again.stage.ipam.addresses_of(tunnel.handle)
            assert home["affinity"] == f"host:{tunnel.node}" or address in first


def _addresses(block):
    for ordinals in block["allocated"].values():
        yield from (address_of(4, block["cidr"].first + ordinal) for ordinal in ordinals)
