"""Runbooks: issued where every step holds, refused with the reason where one does not, and safe to run."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ippoolkit import IPPool, Namespace
from ippoolkit.change import Change, render_runbook, runbook, runbook_script
from ippoolkit.change.change_arguments import parse_change
from ippoolkit.change.step_commands import step_commands
from ippoolkit.cidr import Cidr
from ippoolkit.errors import InputError
from ippoolkit.manifests.manifest_review import review
from ippoolkit.model import Networks
from ippoolkit.read import read
from ippoolkit.report.runbook_files import render_runbook_files, render_runbook_markdown
from ippoolkit.report.sections.runbook_report import RunbookReport
from ippoolkit.write import save_scenario
from tests.clusters import cluster
from tests.helpers import ROOT, codes_of, finding_of, run_command, unpack_cluster


def rehearse(files, kind, **options):
    """Read a cluster and rehearse a change on it."""
    scenario = read(files).scenario
    return runbook(scenario, parse_change(scenario.cluster, kind, **options))


def test_a_changed_block_size_ends_with_all_pods_in_blocks_of_the_new_size():
    change_runbook = runbook(cluster(), Change("block-size", "old", block_size=27))
    assert change_runbook.is_issued
    assert [result.step.action for result in change_runbook.results] == [
        "create",
        "disable",
        "recreate",
        "delete",
        "create",
        "disable",
        "recreate",
        "delete",
    ]
    (last,) = change_runbook.results[-1].usage
    assert (last.pool, last.pods, last.tunnels, last.blocks, last.borrowed) == ("old", 20, 4, 4, 0)
    assert last.free == 4096 - 24
    closed = {usage.pool: usage for usage in change_runbook.results[1].usage}
    assert (closed["old"].tunnels, closed["temporary-pool"].tunnels) == (0, 4)  # before any pod is touched


def test_what_is_recorded_of_a_closed_pool_is_what_the_rehearsal_says():
    change_runbook = runbook(cluster(), Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"), new_name="new"))
    after = {usage.pool: usage for usage in change_runbook.results[2].usage}
    assert after["old"].pods == 0
    assert after["old"].empty == after["old"].blocks == 4  # one empty affine block a node stays
    assert [usage.pool for usage in change_runbook.results[-1].usage] == ["new"]


def test_a_temporary_pool_that_is_too_small_is_refused_with_a_better_one():
    change = Change("block-size", "old", block_size=27, temporary_cidr=Cidr.parse("10.9.0.0/25"))
    change_runbook = runbook(cluster(nodes=6, strict=True), change)
    assert not change_runbook.is_issued
    assert "change-tunnels-lost" in codes_of(change_runbook.findings)
    better = finding_of(change_runbook.findings, "change-better")
    assert better.params["option"] == "--temporary"
    assert runbook(
        cluster(nodes=6, strict=True), replace(change, temporary_cidr=Cidr.parse(better.params["value"]))
    ).is_issued


def test_a_temporary_pool_is_rather_small_than_outside_the_cluster_cidr():
    scenario = cluster(cidr="10.244.0.0/18")
    pool = scenario.cluster.pool("old")
    change = Change("block-size", "old", block_size=27)

    def within(cluster_cidr):
        networks = replace(scenario.networks, cluster=(Cidr.parse(cluster_cidr),))
        return runbook(replace(scenario, networks=networks), change)

    roomy, narrow, full = within("10.244.0.0/16"), within("10.244.0.0/17"), within("10.244.0.0/18")
    assert [change_runbook.created_pools[0].cidr for change_runbook in (roomy, narrow)] == [
        Cidr.parse("10.244.64.0/18")
    ] * 2
    assert not roomy.has_warnings
    partly = replace(
        scenario,
        networks=replace(
            scenario.networks, cluster=(Cidr.parse("10.244.0.0/17"),), peers=(Cidr.parse("10.244.64.0/19"),)
        ),
    )
    assert runbook(partly, change).created_pools[0].cidr == Cidr.parse("10.244.96.0/19")
    assert full.is_issued
    assert "change-outside-full" in codes_of(full.findings)
    (outside_finding,) = [finding for finding in full.findings if finding.code == "change-outside-full"]
    assert "which has no /18 left" in outside_finding.message()
    assert "--temporary" in outside_finding.remedy()
    elsewhere = replace(change, temporary_cidr=Cidr.parse("10.9.0.0/18"))
    networks = replace(scenario.networks, cluster=(Cidr.parse("10.244.0.0/16"),))
    (outside_finding,) = [
        finding
        for finding in runbook(replace(scenario, networks=networks), elsewhere).findings
        if finding.code == "change-outside"
    ]
    assert "--temporary 10.244.64.0/18" in outside_finding.remedy()
    outside, inside = (
        next(check for check in render_runbook(change_runbook).checks if "service-cluster-ip-range" in check.command)
        for change_runbook in (full, roomy)
    )
    assert f"does not contain {full.created_pools[0].cidr}" in outside.expected
    assert "cluster-cidr contains" not in outside.expected
    assert "inside the cluster CIDR" not in outside.purpose
    assert "cluster-cidr contains all of" in inside.expected
    page = render_runbook_markdown(RunbookReport(full))
    assert "**Issued, with warnings.**" in page
    assert f"{full.created_pools[0].cidr} is outside the cluster CIDR {pool.cidr}" in page.partition("##")[0]


def test_tunnels_on_borrowed_blocks_are_refused():
    change = Change("block-size", "old", block_size=27, temporary_cidr=Cidr.parse("10.9.0.0/25"))
    change_runbook = runbook(cluster(nodes=6), change)
    assert "change-tunnels-borrowed" in codes_of(change_runbook.findings)
    assert "Refused" in render_runbook_markdown(RunbookReport(change_runbook))


def test_leaked_addresses_stand_in_the_way_of_the_new_size():
    scenario = cluster()
    leaked = replace(scenario, cluster=replace(scenario.cluster, pods=scenario.cluster.pods[1:]))
    change_runbook = runbook(leaked, Change("block-size", "old", block_size=27))
    assert "change-delete-in-use" in codes_of(change_runbook.findings)


def test_changing_in_place_is_foreseen_with_the_very_addresses():
    scenario = cluster(nodes=8, pods=40, cidr="10.244.0.0/22")
    change_runbook = runbook(scenario, Change("block-size", "old", block_size=27))
    (in_place,) = [finding for finding in change_runbook.findings if finding.code == "change-in-place"]
    assert in_place.params["count"] > 0
    used = {str(pod.addresses[0]) for pod in scenario.cluster.pods}
    used |= {str(node.tunnels[0].address) for node in scenario.cluster.nodes}
    assert set(in_place.params["which"].split(", ")) <= used


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Change("block-size", "nowhere", block_size=27), "change-pool-missing"),
        (Change("block-size", "old", block_size=26), "change-nothing"),
        (Change("block-size", "old", block_size=40), "change-unusable"),
        (Change("migrate", "old", cidr=Cidr.parse("10.244.8.0/24"), new_name="new"), "change-overlaps"),
        (Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"), new_name="old"), "change-name-taken"),
        (Change("retire", "old"), "change-tunnels-lost"),
        (Change("split", "old", prefix=20), "change-unusable"),
        (Change("grow", "old", new_name="-o"), "change-name-unusable"),
        (Change("migrate", "old", cidr=Cidr.parse("169.254.0.0/20"), new_name="new"), "change-refused"),
        (Change("block-size", "old", block_size=27, temporary_cidr=Cidr.parse("10.9.0.0/27")), "change-unusable"),
    ],
)
def test_refused_with_the_reason(change, code):
    change_runbook = runbook(cluster(), change)
    assert not change_runbook.is_issued
    assert code in codes_of(change_runbook.findings)


@pytest.mark.parametrize("kind", ["split", "grow", "migrate"])
@pytest.mark.parametrize("install", ["manifest", "operator", "kubespray"])
def test_other_changes_are_issued_and_their_manifests_accepted(kind, install, tmp_path):
    change = Change(kind, "old", prefix=21, install=install)
    change_runbook = runbook(cluster(), change)
    assert change_runbook.is_issued
    for path, text in render_runbook_files(RunbookReport(change_runbook)).items():
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
    change_runbook = runbook(
        replace(named, cluster=replace(named.cluster, pools=pools)), Change("block-size", "old", block_size=27)
    )
    assert "change-pods-without" in codes_of(change_runbook.findings)  # they name a pool that is disabled
    spaces = (Namespace(name="default", ipv4_pools=("old",)),)
    change_runbook = runbook(
        replace(named, cluster=replace(named.cluster, namespaces=spaces)), Change("block-size", "old", block_size=27)
    )
    assert change_runbook.is_issued
    assert "change-annotated" in codes_of(change_runbook.findings)
    assert 'cni.projectcalico.org/ipv4pools=["temporary-pool"]' in runbook_script(render_runbook(change_runbook))
    assert 'cni.projectcalico.org/ipv4pools=["old"]' in runbook_script(render_runbook(change_runbook))


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
    change_runbook = runbook(cluster(name=name, space=name), Change("block-size", name, block_size=27))
    assert change_runbook.is_issued
    for path, text in render_runbook_files(RunbookReport(change_runbook)).items():
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
*"-o yaml"*) if [ "${0##*/}" = calicoctl ]; then printf '  cidr: 10.244.0.0/20\\n  blockSize: 26\\n  cidr: 10.244.16.0/20\\n'; fi ;;
*"go-template="*) echo Deployment/web ;;
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
        ["bash", folder / "runbook.sh", *arguments],
        input=answers,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ran, log.read_text()


def test_a_script_takes_no_manifest_of_another_runbook(tmp_path):
    """A kill while a runbook is written over another one leaves new manifests beside the old script."""
    old, new = (render_runbook(runbook(cluster(), Change("block-size", "old", block_size=size))) for size in (27, 28))
    (tmp_path / "runbook.sh").write_text(runbook_script(old))
    (tmp_path / "manifests").mkdir()
    for path, text in new.manifests.items():
        (tmp_path / path).write_text(text)
    ran, log = run(tmp_path, "yes\n" * 20)
    assert ran.returncode == 1
    assert "does not belong to this script" in ran.stderr
    assert " create " not in log


def test_a_script_stops_before_what_cannot_be_undone_and_begins_at_any_step(tmp_path):
    rendered = render_runbook(runbook(cluster(), Change("block-size", "old", block_size=27)))
    (tmp_path / "runbook.sh").write_text(runbook_script(rendered))
    (tmp_path / "manifests").mkdir()
    for path, text in rendered.manifests.items():
        (tmp_path / path).write_text(text)
    ran, log = run(tmp_path, "yes\nno\n")
    assert ran.returncode == 1
    assert "rollout restart" not in log
    assert "delete ippool" not in log
    ran, log = run(tmp_path, "no\n", "3")
    assert "patch ippool" not in log
    ran, log = run(tmp_path, "", "x")
    assert (ran.returncode, log) == (2, "")


def test_the_command_line_writes_all_files(tmp_path):
    dump = save_scenario(cluster(), tmp_path / "cluster.yaml")
    common = ["--cluster", str(dump), "--pool", "old"]
    result = run_command("runbook", "block-size", *common, "--to", "27", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "Issued" in result.stderr
    assert (tmp_path / "out/runbook.sh").stat().st_mode & 0o100
    assert (tmp_path / "out/manifests/01-ippool.yaml").exists()
    refused = run_command("runbook", "retire", *common, "-o", tmp_path / "none", "--lang", "zh")
    assert refused.exit_code == 1
    assert "拒绝" in refused.output
    assert "**" not in refused.output  # no Markdown
    assert not (tmp_path / "none").exists()
    unknown = run_command("runbook", "retire", "--cluster", dump, "--pool", "nowhere")
    assert unknown.exit_code == 2
    assert unknown.output == "Pool nowhere does not exist; existing pools: old. Choose one of these.\n"
    bad = run_command("runbook", "block-size", *common, "--to", "27", "--temporary", "10.0.0.0/33")
    assert bad.exit_code == 2
    assert "10.0.0.0/33" in bad.output


def test_a_recorded_cluster(tmp_path):
    unpack_cluster("s08", tmp_path, "kubectl-*.json")
    common = ["--cluster", str(tmp_path), "--pool", "default-ipv4-ippool"]
    assert run_command("runbook", "block-size", *common, "--to", "27", "--short").exit_code == 0
    long = run_command("runbook", "block-size", *common, "--to", "27", "--lang", "zh").output
    assert "| default-ipv4-ippool | 46 | 4 | 4 |" in long


def commands_by_action(change_runbook):
    return {
        result.step.action: commands
        for result, commands in zip(change_runbook.results, step_commands(change_runbook), strict=True)
    }


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("namespace", [("web",), ("default",)]),
        ("workload", [("deployments", "web"), ("deployments", "default"), ("daemonsets", "default"), ("", "web")]),
        ("node", [("w00",), ("w01",), ("w02",)]),
    ],
)
def test_pods_are_recreated_in_the_order_that_is_asked_for(order, keys):
    spaces = (Namespace(name="default"), Namespace(name="web"))
    owners = ("ReplicaSet", "ReplicaSet", "DaemonSet", "Job", "ReplicaSet")
    change_runbook = runbook(
        cluster(nodes=3, spaces=spaces, owners=owners),
        Change("block-size", "old", block_size=27, order=order, batches=20),
    )
    recreated = change_runbook.results[2]
    assert [key for group in recreated.groups for key in group] == keys
    assert len(recreated.usage_per_batch) == len(recreated.groups)
    at_last = {usage.pool: usage.pods for usage in recreated.usage_per_batch[-1]}
    assert at_last == {"old": 0, "temporary-pool": 15}
    lines = "\n".join(line for _, group in commands_by_action(change_runbook)["recreate"].groups for line in group)
    assert "delete" not in lines
    assert ("eviction" in lines) == (order == "node")
    assert ("if not .spec.template.spec.hostNetwork" in lines) == (order != "node")
    assert ("spec.hostNetwork=false" in lines) == (order == "node")
    assert "change-bare" in codes_of(change_runbook.findings)


def test_groups_are_no_more_than_asked_for_and_as_even_as_namespaces_allow():
    change_runbook = runbook(cluster(nodes=6, pods=4), Change("migrate", "old", order="node", batches=3))
    assert [len(group) for group in change_runbook.results[2].groups] == [2, 2, 2]
    assert [{h.pool: h.pods for h in usage}["old"] for usage in change_runbook.results[2].usage_per_batch] == [16, 8, 0]


def test_pools_of_the_operator_go_through_the_installation():
    scenario = cluster()
    mine = replace(scenario.cluster.pools[0], labels={"app.kubernetes.io/managed-by": "tigera-operator"})
    pools = (mine, IPPool(name="own", cidr="10.77.0.0/24", disabled=True))
    scenario = replace(scenario, cluster=replace(scenario.cluster, pools=pools))
    change_runbook = runbook(scenario, Change("block-size", "old", block_size=27, install="operator"))
    assert change_runbook.is_issued
    assert [result.step.action for result in change_runbook.results] == [
        "create",
        "disable",
        "restart",
        "recreate",
        "delete",
        "create",
        "disable",
        "recreate",
        "delete",
    ]
    listed = [
        [
            (pool["name"], pool["blockSize"], pool["nodeSelector"])
            for pool in installation["spec"]["calicoNetwork"]["ipPools"]
        ]
        for installation in (
            yaml.safe_load(commands.manifest)
            for commands in step_commands(change_runbook)
            if "installation" in commands.manifest_path
        )
    ]
    assert listed == [[("old", 26, "!all()")], [], [("old", 27, "all()")]]
    usage_by_pool = {usage.pool: usage for usage in change_runbook.results[1].usage}
    assert usage_by_pool["old"].tunnels == 4  # they only follow once calico-node is restarted
    assert {usage.pool: usage.tunnels for usage in change_runbook.results[2].usage}["old"] == 0
    temporary = [
        commands
        for result, commands in zip(change_runbook.results, step_commands(change_runbook), strict=True)
        if not result.step.managed
    ]
    assert any("calicoctl patch ippool temporary-pool" in line for commands in temporary for line in commands.calicoctl)


def test_the_operator_refuses_a_pool_outside_the_cluster_cidr():
    scenario = replace(cluster(), networks=Networks(cluster=("10.244.0.0/16",)))
    change = Change("migrate", "old", cidr=Cidr.parse("10.250.0.0/20"), new_name="new")
    assert codes_of(runbook(scenario, change).findings) >= {"change-outside"}
    assert runbook(scenario, change).is_issued
    assert "change-operator-outside" in codes_of(runbook(scenario, replace(change, install="operator")).findings)
    assert runbook(scenario, replace(change, cidr=None)).created_pools[0].cidr in Cidr.parse("10.244.0.0/16")


def test_kubesprays_inventory_says_what_there_is_in_the_end():
    change_runbook = runbook(cluster(), Change("block-size", "old", block_size=27, install="kubespray"))
    assert yaml.safe_load(commands_by_action(change_runbook)["inventory"].manifest) == {
        "calico_pool_name": "old",
        "calico_pool_cidr": "10.244.0.0/20",
        "calico_pool_blocksize": 27,
    }


def test_everything_that_is_wrong_with_what_is_asked_for_is_told_at_once(tmp_path):
    dump = save_scenario(cluster(), tmp_path / "cluster.yaml")
    with pytest.raises(InputError) as caught:
        rehearse(dump, "melt", cidr="10.0.0.0/33", temporary="x", install="helm", order="random", batches=0)
    fields = {problem.place.field for problem in caught.value.problems}
    assert fields == {"change", "install", "order", "batches", "to-cidr", "temporary"}


def test_each_step_says_why_what_pods_see_what_is_right_and_the_way_back():
    change_runbook = runbook(cluster(), Change("block-size", "old", block_size=27))
    for lang in ("en", "zh"):
        for step in render_runbook(change_runbook, lang).steps:
            assert all(text for _, text in step.explanations)
            assert step.expected
            assert step.check_commands
            assert (
                step.result.step.action == "inventory"
                or step.commands.calicoctl
                or step.commands.kubectl
                or (step.commands.groups)
            )
    text = render_runbook_markdown(RunbookReport(change_runbook))
    short = render_runbook_markdown(RunbookReport(change_runbook, short=True))
    assert "How to undo it" in text
    assert "Way back" not in short
    command_lines = [
        line for line in text.splitlines() if re.match(r"calicoctl (?!.* > )|kubectl (get|patch)|### \d", line)
    ]
    assert len(command_lines) > 30
    assert all(line in short for line in command_lines)
    for code in ("change-early", "change-kubectl-delete", "change-two-at-once", "change-surge"):
        assert text.count(f"[{code}") == 1  # beside the step that it is about


def test_the_page_shows_hostile_names_as_text():
    name = "<script>alert(1)</script>"
    page = render_runbook_files(RunbookReport(runbook(cluster(name=name), Change("block-size", name, block_size=27))))[
        "runbook.html"
    ]
    assert name not in page
    assert "&lt;script&gt;" in page


def test_calicos_host_for_load_balancers_gets_no_tunnel(tmp_path):
    unpack_cluster("s08", tmp_path, "kubectl-*.json")
    change_runbook = rehearse(tmp_path, "block-size", to=27)
    assert change_runbook.change.pool == "default-ipv4-ippool"  # the fullest, where none is named
    tunnels = {
        (usage.pool, usage.tunnels)
        for result in change_runbook.results
        for usage in result.usage
        if usage.pool != "temporary-pool"
    }
    assert max(count for _, count in tunnels) == 4


def test_an_ipv6_pool_moves_beside_itself():
    change_runbook = rehearse(ROOT / "data/kubean.yaml", "block-size", pool="default-pool-ipv6", to=123)
    assert change_runbook.is_issued
    assert str(change_runbook.created_pools[0].cidr) == "fd85:ee78:d8a6:8607::/112"
    last = {usage.pool: usage for usage in change_runbook.results[-1].usage}["default-pool-ipv6"]
    assert last.pods == 80  # 12 are on the host's network
    assert last.free == 2**16 - 80


def test_templates_of_workloads_that_name_the_pool_are_corrected_on_the_way_and_back():
    change_runbook = rehearse(ROOT / "data/kubean.yaml", "block-size", pool="default-pool", to=27)
    kubectl = [line for commands in step_commands(change_runbook) for line in commands.kubectl]
    lines = [line for line in kubectl if "patch deployment" in line]
    assert kubectl.count("kubectl rollout status deployment pinned-default --namespace=app --timeout=30m") == 2
    assert [line.split(" -p ")[0] for line in lines] == [
        "kubectl patch deployment pinned-default --namespace=app --type=merge",
    ] * 2
    patches = [json.loads(shlex.split(line)[-1])["spec"]["template"]["metadata"]["annotations"] for line in lines]
    key = "cni.projectcalico.org/ipv4pools"
    assert [json.loads(patch[key]) for patch in patches] == [["temporary-pool"], ["default-pool"]]


@pytest.mark.parametrize("order", ["namespace", "workload", "node"])
@pytest.mark.parametrize("install", ["manifest", "operator", "kubespray"])
def test_shellcheck_finds_nothing_in_the_script_of_a_recorded_cluster(order, install, tmp_path):
    change_runbook = rehearse(
        ROOT / "data/kubean.yaml", "block-size", pool="default-pool", order=order, install=install
    )
    (tmp_path / "runbook.sh").write_text(runbook_script(render_runbook(change_runbook)))
    shellcheck = Path(sys.executable).parent / "shellcheck"
    checked = subprocess.run([shellcheck, "runbook.sh"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_released_addresses_cool_down_before_their_pool_is_deleted():
    change_runbook = runbook(cluster(cooldown=600), Change("block-size", "old", block_size=27))
    assert change_runbook.is_issued
    text = runbook_script(render_runbook(change_runbook))
    assert text.count("sleep 600") == 2
    step = render_runbook(change_runbook).steps[2]
    assert "another 600 seconds" in dict(step.explanations)["Wait"]
    assert "sleep 600" not in runbook_script(
        render_runbook(runbook(cluster(), Change("block-size", "old", block_size=27)))
    )


def test_wireguard_is_on_where_nodes_have_its_addresses(tmp_path):
    unpack_cluster("s13", tmp_path, "kubectl-*.json")
    assert rehearse(tmp_path, "block-size", pool="v4-vxlan", to=27).is_issued
    assert rehearse(tmp_path, "grow", pool="v4-ipip").is_issued


@pytest.mark.parametrize(
    "change",
    [
        Change("block-size", "old", block_size=40),
        Change("split", "old", prefix=20),
        Change("migrate", "old", cidr=Cidr.parse("169.254.0.0/20"), new_name="new"),
    ],
)
def test_reasons_are_in_the_readers_language_too(change):
    refusal = runbook(cluster(), change).findings[0]
    for text in (refusal.message("zh"), refusal.as_dict("zh")["numbers"]["reason"]):
        assert re.search("[\u4e00-\u9fff]", text)
        assert not re.search("[a-z]+ [a-z]+ [a-z]+", text)
    json.dumps(refusal.as_dict("zh"))


def test_without_owners_workloads_are_gone_through_by_namespace_and_it_says_so():
    change = Change("block-size", "old", block_size=27, order="workload")
    change_runbook = runbook(cluster(owners=("",)), change)
    assert change_runbook.change.order == "namespace"
    assert "change-owners-unknown" in codes_of(change_runbook.findings)
    assert "Namespace by namespace" in render_runbook_markdown(RunbookReport(change_runbook))
    assert "change-owners-unknown" not in codes_of(runbook(cluster(owners=("ReplicaSet",)), change).findings)
