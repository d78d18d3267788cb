"""What a runbook expects is what a user sees: figures after each step, what is recreated, what the checks print."""

import os
import shlex
import subprocess
from dataclasses import replace

from ippoolkit import Namespace, Pod
from ippoolkit.change import Change, render_runbook, runbook, runbook_script
from ippoolkit.change.change_arguments import parse_change
from ippoolkit.change.recreate_order import Workload, workload_of
from ippoolkit.change.step_commands import step_commands
from ippoolkit.figures.runbook_chart import draw_timeline
from ippoolkit.read import read
from ippoolkit.report.runbook_files import render_runbook_markdown
from ippoolkit.report.sections.runbook_report import RunbookReport
from ippoolkit.write import save_scenario
from ippoolkit.write.v3_manifests import to_manifests_yaml
from tests.clusters import cluster
from tests.helpers import ROOT, codes_of, run_command


def kubean_runbook(**options):
    """Change the blockSize of the recorded cluster's fullest pool."""
    scenario = read(ROOT / "data/kubean.yaml").scenario
    return runbook(scenario, parse_change(scenario.cluster, "block-size", pool="default-pool", to=27, **options))


def test_the_picture_calls_steps_as_the_table_does():
    change_runbook = kubean_runbook()
    texts = [text.get_text() for text in draw_timeline(change_runbook.timeline).axes[0].get_xticklabels()]
    assert {"0", "1", "4.1", "4.2", "5"} <= set(texts)
    page = RunbookReport(change_runbook).timeline().markdown
    assert all(f"| {text} |" in page for text in texts)


def usage(result, pool):
    """Pods and tunnels of a pool after a step."""
    pool_usage = next(usage for usage in result.usage if usage.pool == pool)
    return pool_usage.pods, pool_usage.tunnels


def test_the_figures_of_a_step_are_those_after_the_rollouts_that_it_causes():
    change_runbook = kubean_runbook()
    assert [result.step.action for result in change_runbook.results[1:4]] == ["annotate", "disable", "recreate"]
    patched, disabled = change_runbook.results[1:3]
    assert [usage(patched, pool)[0] for pool in ("default-pool", "temporary-pool")] == [59, 2]
    assert patched.recreated_pods == 2
    assert usage(disabled, "default-pool") == (59, 0)
    moved_back, disabled_again = change_runbook.results[6:8]
    assert [usage(moved_back, pool)[0] for pool in ("default-pool", "temporary-pool")] == [2, 54]
    assert usage(disabled_again, "temporary-pool") == (54, 0)
    steps = render_runbook(change_runbook).steps
    assert "default-pool has 65 in use: 59 of pods, 6 of tunnels" in steps[1].expected
    assert dict(steps[1].explanations)["Pods"].startswith("2 pods of the workloads whose template changes")
    assert "default-pool keeps 59 in use" in steps[2].expected
    script = runbook_script(render_runbook(change_runbook))
    assert shlex.quote(steps[1].expected) in script  # what it asks is what there is to be seen
    assert "temporary-pool has 59 in use: 54 of pods, 5 of tunnels" in steps[6].expected
    assert "temporary-pool keeps 54 in use" in steps[7].expected
    plain = replace(
        change_runbook.scenario, cluster=replace(cluster().cluster, namespaces=(Namespace("default", {}, ("old",)),))
    )
    unpatched = runbook(plain, Change("block-size", "old", block_size=27))
    assert unpatched.results[1].step.action == "annotate"
    assert unpatched.results[1].recreated_pods == 0
    assert dict(render_runbook(unpatched).steps[1].explanations)["Pods"] == "Pods keep their addresses."


def test_what_a_step_expects_is_what_calicoctl_shows_of_pods_and_tunnels():
    change_runbook = kubean_runbook()
    for step in render_runbook(change_runbook).steps:
        action, pool = step.result.step.action, step.result.step.pool.name
        if action in ("annotate", "disable"):
            pods, tunnels = usage(step.result, pool)
            assert f"{pods + tunnels} in use: {pods} of pods, {tunnels} of tunnels" in step.expected
            assert "calicoctl ipam show" in step.check_commands
            assert "cool down" not in step.expected
    ipam = replace(change_runbook.scenario.cluster.ipam, ip_cooldown_seconds=60)
    cooling = runbook(
        replace(change_runbook.scenario, cluster=replace(change_runbook.scenario.cluster, ipam=ipam)),
        change_runbook.change,
    )
    assert cooling.cooldown_seconds == 60
    cooldown_texts = [step.expected for step in render_runbook(cooling).steps if "cool down" in step.expected]
    assert len(cooldown_texts) == 6


def test_pods_that_restart_although_they_are_in_another_pool_are_told_and_count_at_the_peak():
    change_runbook = kubean_runbook()
    assert [result.recreated_elsewhere for result in change_runbook.results] == [0] * 8 + [5, 0]
    impacts = [dict(step.explanations)["Pods"] for step in render_runbook(change_runbook).steps]
    assert "5 of them hold addresses of other pools: their workload has pods in temporary-pool too" in impacts[8]
    assert "of other pools" not in impacts[3]
    before = usage(change_runbook.results[7], "extra-ippool")[0]
    peak = {pool.name: usage for pool, usage in change_runbook.peaks}["extra-ippool"]
    assert (before, peak.pods) == (24, 29)  # each new pod starts before the old one ends
    assert peak.free == 4096 - 29 - 1
    page = render_runbook_markdown(RunbookReport(change_runbook))
    assert "| extra-ippool | 29 | 1 | 3 | 0 | 4,066 |" in page
    assert "| default-pool-ipv6 | 137 |" in page  # at each end of a step it is what it was
    assert "5 of them hold addresses of other pools: they are on the same nodes" not in page
    by_node = render_runbook_markdown(RunbookReport(kubean_runbook(order="node")))
    assert "of them hold addresses of other pools: they are on the same nodes" in by_node


def test_a_row_of_the_table_is_named_by_the_group_that_it_covers():
    page = render_runbook_markdown(RunbookReport(kubean_runbook()))
    title = "Recreate the pods that hold addresses of default-pool"
    assert f"| 4.1 | {title}: kube-system |" in page
    assert f"| 4.2 | {title}: app |" in page
    assert f"| {title}" not in page.replace(f"4.1 | {title}", "").replace(f"4.2 | {title}", "")
    unsplit = render_runbook_markdown(RunbookReport(kubean_runbook(batches=1)))
    assert f"| 4 | {title}: " in unsplit


KUBECTL_NAMES = """Deployment/coredns
Deployment/pinned
Deployment/pinned-default
Deployment/web
"""


def restarted_workloads(change_runbook, step, tmp_path):
    """What the commands of a step restart in namespaces that all hold the same workloads."""
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "shown").write_text(KUBECTL_NAMES)
    tool = 'case "$*" in *go-template=*) cat "${0%/*}/shown" ;; *"rollout restart"*) echo "$*" ;; esac'
    (tools / "kubectl").write_text(f"#!/usr/bin/env bash\n{tool}\n")
    (tools / "kubectl").chmod(0o755)
    lines = [line for _, group in step_commands(change_runbook)[step].groups for line in group]
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    script = "set -euo pipefail\n" + "\n".join(lines)
    ran = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return [line.split("--namespace=")[1] for line in ran.stdout.splitlines()]


def test_workloads_without_a_pod_in_the_pool_are_not_restarted_and_every_recreation_counts(tmp_path):
    change_runbook = kubean_runbook()
    pods = {(pod.namespace, pod.name): pod for pod in change_runbook.scenario.cluster.pods}
    pool = change_runbook.changed_pool.cidr
    inside = [
        pod for pod in pods.values() if not pod.host_network and any(address in pool for address in pod.addresses)
    ]
    assert len(inside) == 61
    assert [result.recreated_pods for result in change_runbook.results] == [0, 2, 0, 59, 0, 0, 2, 0, 59, 0]
    assert change_runbook.recreated_pods == 122
    for step in (3, 8):
        assert [
            (workload.namespace, workload.kind, workload.name) for workload in change_runbook.results[step].left_alone
        ] == [
            ("app", "Deployment", "pinned"),
            ("app", "Deployment", "pinned-default"),
        ]
        assert restarted_workloads(change_runbook, step, tmp_path) == [
            *(f"kube-system {workload}" for workload in KUBECTL_NAMES.split()),
            "app Deployment/coredns",
            "app Deployment/web",
        ]
    assert "app/pinned, app/pinned-default" in dict(render_runbook(change_runbook).steps[3].explanations)["Order"]


def test_a_workload_with_one_pod_in_the_pool_is_recreated_whole():
    scenario = read(ROOT / "data/kubean.yaml").scenario
    pinned = [pod for pod in scenario.cluster.pods if workload_of(pod) == Workload("app", "Deployment", "pinned")]
    assert pinned
    renamed = {pod.name: pod.name.replace("pinned-", "web-") for pod in pinned}
    merged = tuple(replace(pod, name=renamed.get(pod.name, pod.name)) for pod in scenario.cluster.pods)
    change = Change("block-size", "default-pool", block_size=27)
    change_runbook = runbook(replace(scenario, cluster=replace(scenario.cluster, pods=merged)), change)
    assert change_runbook.results[3].recreated_pods == 59 + len(pinned)


def test_on_emptied_nodes_pods_of_other_pools_count_too():
    change_runbook = kubean_runbook(order="node")
    cluster_ = change_runbook.scenario.cluster
    movable = [pod for pod in cluster_.pods if pod.addresses and not pod.host_network and pod.owner]
    recreations = [result for result in change_runbook.results if result.step.action == "recreate"]
    assert recreations[0].recreated_pods == len(movable) == 80
    assert "those with addresses of other pools too" in render_runbook_markdown(RunbookReport(change_runbook)).replace(
        "\n", " "
    )


def test_a_name_that_kubernetes_cut_is_no_workloads_name():
    long = "a" * 47
    pod = Pod(name=f"{long}-5d8f7c9b4-x2x4z", owner="ReplicaSet")
    assert len(pod.name) == 63
    assert workload_of(pod) is None
    assert workload_of(replace(pod, name="web-5d8f7c9b4-x2x4z")).name == "web"
    assert workload_of(replace(pod, name="a" * 61 + "-0", owner="StatefulSet")).kind == "StatefulSet"
    assert workload_of(replace(pod, owner="Job")) is None


def test_pods_and_tunnels_that_stay_in_another_pool_are_warned_of():
    change_runbook = kubean_runbook()
    by_code = {finding.code: finding for finding in change_runbook.findings if finding.code.endswith("-elsewhere")}
    moved = [
        change_runbook.results[-1].usage[place].pods - usage_before.pods
        for place, usage_before in enumerate(change_runbook.initial_usage)
        if usage_before.pool == "extra-ippool"
    ]
    assert moved == [by_code["change-pods-elsewhere"].params["count"]] == [5]
    assert (
        usage(change_runbook.results[-1], "extra-ippool")[1] == by_code["change-tunnels-elsewhere"].params["count"] == 1
    )
    for finding in by_code.values():
        assert finding.severity == "warning"
        assert "extra-ippool keeps" in finding.message()
        assert "node6" in finding.message()
        assert "default-pool, extra-ippool" in finding.message()
    assert not [
        code for code in codes_of(runbook(cluster(), Change("migrate", "old")).findings) if code.endswith("-elsewhere")
    ]
    assert not [
        code for code in codes_of(runbook(cluster(), Change("split", "old", prefix=21)).findings) if "elsewhere" in code
    ]


def test_the_peak_of_a_pool_that_is_made_again_is_its_own():
    change_runbook = kubean_runbook()
    peaks = {(pool.name, pool.block_size): usage for pool, usage in change_runbook.peaks}
    assert {name for name, _ in peaks} == {"default-pool", "default-pool-ipv6", "extra-ippool", "temporary-pool"}
    old, new = peaks["default-pool", 26], peaks["default-pool", 27]
    assert (old.blocks, old.pods + old.tunnels) == (6, 67)
    assert (new.blocks, new.pods + new.tunnels) == (5, 61)
    last = {usage.pool: usage for usage in change_runbook.results[-1].usage}["default-pool"]
    assert (new.blocks, new.pods, new.tunnels) == (last.blocks, last.pods, last.tunnels)
    checks = [check.expected for check in render_runbook(change_runbook).checks if "large enough" in check.purpose]
    assert "new default-pool with blockSize 27 has 5 of 512 blocks and 61 of 16,384 addresses" in checks[1]
    page = render_runbook_markdown(RunbookReport(change_runbook))
    assert "| default-pool, blockSize 26 | 61 | 6 |" in page
    assert "| default-pool, blockSize 27 | 56 | 5 |" in page


def test_routes_at_the_peak_are_told_by_ip_version():
    change_runbook = kubean_runbook()
    table = change_runbook.timeline
    by_version = table.assign(six=table["pool"].str.endswith("ipv6")).groupby(["six", "step", "batch"])["routes"].sum()
    assert change_runbook.peak_routes == {4: by_version[False].max(), 6: by_version[True].max()} == {4: 14, 6: 6}
    assert "**14 + 6** routes at the peak: IPv4 + IPv6" in render_runbook_markdown(RunbookReport(change_runbook))


def test_the_check_for_the_pools_name_lists_objects_and_takes_the_name_as_a_word():
    check = next(check for check in render_runbook(kubean_runbook()).checks if "name the pool" in check.purpose)
    assert "Deployment app/pinned-default" in check.expected
    assert "786ns" not in check.expected  # a pod is none of what the command lists
    lines = [
        r'ConfigMap kube-system/a "map[data:map[x:net: default-pool\nmore]]"',
        r'ConfigMap kube-system/b "map[data:map[x:net:\ndefault-pool]]"',
        r'ConfigMap kube-system/c "map[x:\\ndefault-pool\\n]"',
        r'Deployment app/d "map[ipv4pools:[\"default-pool\"]]"',
        r'ConfigMap kube-system/e "map[x:--cluster-cidr=10.244.0.0/18]"',
        r'ConfigMap kube-system/f "map[x:default-pool-ipv6 my-default-pool 110.244.0.0/18 10.244.0.0/180]"',
    ]
    for line in check.command.splitlines():
        command = line.split(" | ", 1)[1]
        result = subprocess.run(
            ["bash", "-c", command], input="\n".join(lines), capture_output=True, text=True, check=True
        )
        assert [line.split("/")[1] for line in result.stdout.splitlines()] == ["a", "b", "c", "d", "e"]
    texts = [check.command for check in render_runbook(kubean_runbook()).checks]
    texts += [line for step in render_runbook(kubean_runbook()).steps for line in step.check_commands]
    assert not [text for text in texts if "-A -o yaml" in text]  # of which grep would lose the names


def test_settings_that_were_not_read_are_said_to_be_defaults():
    def settings(change_runbook):
        return next(
            check.expected for check in render_runbook(change_runbook).checks if "IPAM settings" in check.purpose
        )

    assert "no IPAMConfiguration was read" in settings(kubean_runbook())
    assert "was read" not in settings(runbook(cluster(strict=True), Change("grow", "old")))


def test_a_manifest_is_compared_with_the_pools_of_its_moment(tmp_path):
    change_runbook = kubean_runbook()
    pools = list(change_runbook.scenario.cluster.pools)
    for step in render_runbook(change_runbook).steps:
        if step.commands.manifest:
            dump, judge = step.note_commands
            assert dump.startswith("calicoctl get ippools -o yaml > ")
            existing = tmp_path / dump.split(" > ")[1]
            existing.write_text(to_manifests_yaml(pools))
            file = tmp_path / step.commands.manifest_path
            file.parent.mkdir(exist_ok=True)
            file.write_text(step.commands.manifest)
            words = shlex.split(judge)
            assert words[0] == "ippoolkit"
            result = run_command(*([word if "/" not in word else str(file) for word in words[1:-1]] + [str(existing)]))
            assert result.exit_code == 0, result.output
        change = step.result.step
        if change.action == "create":
            pools.append(change.pool)
        if change.action == "delete":
            pools = [pool for pool in pools if pool.name != change.pool.name]


def test_without_blocks_dumps_and_scenarios_are_refused_alike(tmp_path):
    scenario = read(ROOT / "data/kubean.yaml").scenario
    bare = replace(scenario, cluster=replace(scenario.cluster, blocks=(), unknown=()))
    dumps = [path for path in sorted((ROOT / "data/kubean").iterdir()) if "blocks" not in path.name]
    empty = tmp_path / "empty.json"
    empty.write_text('{"apiVersion": "v1", "items": [], "kind": "List"}')

    def run_refused(*files, none=()):
        arguments = [word for file in files for word in ("--cluster", str(file))]
        arguments += [word for kind in none for word in ("--none", kind)]
        result = run_command("runbook", "block-size", *arguments, "--pool", "default-pool", "--to", "27")
        assert result.exit_code == 1, result.output
        return result

    results = [
        run_refused(save_scenario(bare, tmp_path / "bare.yaml")),
        run_refused(*dumps),
        run_refused(*dumps, none=["IPAMBlock"]),
        run_refused(*dumps, empty),
    ]
    assert len({result.stdout for result in results}) == 1
    assert "80 pods have addresses" in " ".join(results[0].stdout.split())
    assert "list is empty" in results[-1].stderr
    unread = run_refused(*(path for path in dumps if "nodes" not in path.name))
    assert "Node" in unread.stdout
    assert "--none KIND" in " ".join(unread.stdout.split())
    wrong = run_command("runbook", "retire", "--cluster", dumps[0], "--pool", "x", "--none", "Nonsense")
    assert wrong.exit_code == 2
