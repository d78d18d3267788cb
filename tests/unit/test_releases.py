"""Which release of Calico is meant, what it does otherwise, and what an upgrade changes."""

import json
import re
from dataclasses import replace

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit_reading
from ippoolkit.calico.differences import BEGINNING, DIFFERENCES, FOREVER
from ippoolkit.calico.releases import NEWEST, Release, UnknownReleaseError, changes_between
from ippoolkit.change import Change, render_runbook, runbook, runbook_script
from ippoolkit.cidr import Cidr
from ippoolkit.errors import InputError
from ippoolkit.findings.codes import RULES
from ippoolkit.ipam import Ipam, IpamError
from ippoolkit.manifests import AggregatedServer, Calicoctl, Datastore, configure_ipam, parse_manifests
from ippoolkit.manifests.ipam_configure import configure_command
from ippoolkit.manifests.manifest_review import Decision, review_text
from ippoolkit.read import Reading
from ippoolkit.release_upgrade import upgrade
from ippoolkit.report.sections.capacity_report import CapacityReport
from ippoolkit.report.sections.runbook_report import RunbookReport
from ippoolkit.view.markdown import verdict_markdown
from tests.clusters import cluster
from tests.helpers import codes_of, run_command

POOL = """\
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: p}
spec: {cidr: 10.0.0.0/22, blockSize: 26, allowedUses: [Workload], namespaceSelector: "team == 'a'"}
"""
CONFIG = """\
apiVersion: projectcalico.org/v3
kind: IPAMConfiguration
metadata: {name: default}
spec: {strictAffinity: true, autoAllocateBlocks: false}
"""


def scenario(**fields):
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/22", block_size=26, namespace_selector="team == 'a'")
    plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=10, pods_per_node=20),))
    return ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=plan, **fields)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("v3.29.7", "v3.29.7"),
        ("3.31", "v3.31.7"),
        ("v3.32.x", "v3.32.1"),
        ("v3.33.0", "v3.33"),
        ("v3.30.1-rc1", "v3.30.1"),
    ],
)
def test_how_a_release_is_written(text, meant):
    assert str(Release.parse(text)) == meant


@pytest.mark.parametrize("text", ["", "3", "v4.0.0", "latest", "v3.20.6", "3.31.7.1"])
def test_what_is_no_release(text):
    with pytest.raises(UnknownReleaseError):
        Release.parse(text)


def test_a_newer_release_behaves_as_the_newest_known():
    newer = Release.parse("v3.99.0")
    assert not newer.is_known
    assert changes_between(newer, NEWEST) == []


def test_every_difference_has_a_beginning_or_an_end():
    assert len({difference.id for difference in DIFFERENCES}) == len(DIFFERENCES)
    for difference in DIFFERENCES:
        assert difference.since > BEGINNING or difference.until < FOREVER
        assert difference.since < difference.until


def test_a_backport_is_a_range_of_its_own():
    has = {
        text: Release.parse(text).has("pool-delete-leaves-old-blocks")
        for text in ("3.29", "v3.30.4", "3.30", "v3.31.0", "3.31")
    }
    assert has == {"3.29": False, "v3.30.4": True, "3.30": False, "v3.31.0": True, "3.31": False}


@pytest.mark.parametrize(
    "document",
    [
        {
            "apiVersion": "crd.projectcalico.org/v1",
            "kind": "ClusterInformation",
            "metadata": {"name": "default"},
            "spec": {"calicoVersion": "v3.29.7"},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": "calico-node"},
            "spec": {"template": {"spec": {"containers": [{"image": "quay.io/calico/node:v3.29.7"}]}}},
        },
    ],
)
def test_a_dump_tells_its_release(document, tmp_path):
    (tmp_path / "release.json").write_text(json.dumps(document))
    (tmp_path / "pool.yaml").write_text(POOL)
    assert ipk.read(tmp_path).scenario.release == Release(29, 7)


def test_a_scenario_names_its_release(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text("version: 1\ncalico: 3.31\n")
    assert ipk.load(file).calico == "v3.31.7"
    for text, code in (("v3.20.1", "release-old"), ("newest", "release-unknown")):
        file.write_text(f"version: 1\ncalico: {text}\n")
        with pytest.raises(InputError) as caught:
            ipk.load(file)
        assert [problem.code for problem in caught.value.problems] == [code]


def test_a_field_that_the_release_drops_opens_the_pool():
    old, new = (review_text(POOL, "f", ipk.Scenario(calico=release)) for release in ("v3.30.7", "v3.31.7"))
    assert "pool-open" in codes_of(old.findings)
    assert "pool-open" not in codes_of(new.findings)
    assert old.objects[0].decisions == {"calicoctl": Decision.REFUSED, "kubectl": Decision.ACCEPTED}


def test_calico_apiserver_forces_automatic_allocation():
    server = AggregatedServer(Datastore(release=Release.parse("3.29")))
    result = server.run("apply", parse_manifests(CONFIG, "f"))
    assert result.accepted
    assert codes_of(result.findings) == {"field-dropped", "auto-allocate-forced"}
    assert next(iter(server.store.objects["IPAMConfiguration"].values())).spec["autoAllocateBlocks"] is True
    wrong = server.run("apply", parse_manifests(POOL.replace("blockSize: 26", "blockSize: 40"), "f"))
    assert {judge for finding in wrong.findings for judge in finding.refused_by} == {"apiserver"}


def test_calicoctl_knows_the_configuration_late():
    for release, accepted in (("3.32", False), ("3.33", True)):
        calicoctl = Calicoctl(Datastore(release=Release.parse(release)))
        assert calicoctl.run("apply", parse_manifests(CONFIG, "f")).accepted is accepted


def test_ipam_configure_of_older_releases():
    def codes(release, *args):
        return [finding.code for finding in configure_ipam(Datastore(release=Release.parse(release)), args)]

    assert codes("3.29", "--strictaffinity=true", "--max-blocks-per-host=4") == ["configure-option"]
    assert "configure-strict-missing" in codes("3.31", "--max-blocks-per-host=4")
    assert codes("3.33", "--auto-allocate-blocks=true") == ["configure-option"]


def test_reclaim_came_with_v3_32():
    def count_served(release):
        ipam = Ipam(release=Release.parse(release))
        ipam.resources.create_pool(ipk.IPPool(name="p", cidr="10.0.0.0/30", block_size=30))
        ipam.resources.configure(strict_affinity=True)
        for node in ("a", "b"):
            ipam.resources.create_node(node)
        ipam.requests.assign("a", "h", 1)
        ipam.requests.release_handle("h")
        ipam.controllers.advance(120)
        return len(ipam.requests.assign("b", "i", 1).v4)

    assert (count_served("3.31"), count_served("3.32")) == (0, 1)


def test_uses_of_older_releases():
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/24", allowed_uses=("LoadBalancer",))
    with pytest.raises(IpamError) as caught:
        Ipam(release=Release.parse("3.29")).resources.create_pool(pool)
    assert caught.value.finding.code == "value-choice"
    Ipam(release=Release.parse("3.30")).resources.create_pool(pool)


def test_a_selector_that_is_dropped_counts_in_the_verdict():
    assert ipk.capacity(scenario(calico="v3.30.7")).verdict.status.value == "fits"
    assert ipk.capacity(scenario()).verdict.status.value != "fits"


def test_an_upgrade_says_what_changes_for_this_cluster():
    result = upgrade(scenario(calico="v3.30.7"), NEWEST)
    differences = {finding.params.get("difference", finding.code) for finding in result.findings}
    assert {"upgrade-verdict-worse", "namespace-selector", "crd-rules-first"} <= differences
    assert not differences & {"reservation-cidrs-only", "ip-cooldown", "loadbalancer"}  # of no matter here
    assert result.has_problems
    assert upgrade(scenario(), NEWEST).findings == ()
    down = upgrade(replace(scenario(), calico="v3.33"), Release.parse("3.30"))
    assert "upgrade-loses" in codes_of(down.findings)


def test_the_commands_take_a_release(tmp_path):
    (tmp_path / "pool.yaml").write_text(POOL)
    checked = run_command("check", tmp_path / "pool.yaml", "--calico", "v3.30.7", "--json")
    assert json.loads(checked.stdout)["calico"] == "v3.30.7"
    assert run_command("check", tmp_path / "pool.yaml", "--calico", "3.19").exit_code == 2
    upgraded = run_command("upgrade", tmp_path / "pool.yaml", "--calico", "3.30", "--to", "3.33", "--json")
    answer = json.loads(upgraded.stdout)
    assert (answer["before"], answer["after"]) == ("v3.30.7", "v3.33")
    result = run_command("upgrade", tmp_path / "pool.yaml", "--calico", "3.30", "--to", "3.33", "--lang", "zh")
    assert "从 Calico v3.30.7 到 v3.33" in result.stdout


def test_ipam_configure_is_judged_on_what_exists(tmp_path):
    (tmp_path / "s.yaml").write_text("version: 1\ncluster: {ipam: {strictAffinity: true, maxBlocksPerHost: 4}}\n")
    refused = run_command("configure", "-e", tmp_path / "s.yaml", "--json", "--", "--strictaffinity=false")
    assert refused.exit_code == 1
    assert [finding["code"] for finding in json.loads(refused.stdout)["findings"]] == ["configure-max"]
    accepted = run_command("configure", "--", "--strictaffinity=true", "--max-blocks-per-host=8")
    assert accepted.exit_code == 0
    assert "maxBlocksPerHost: 8" in accepted.stdout
    assert run_command("configure", "--", "--auto-allocate-blocks=false").exit_code == 1


@pytest.mark.parametrize(
    ("release", "warns"), [("v3.29.7", False), ("v3.30.4", True), ("v3.31.0", True), ("3.31", False)]
)
def test_a_runbook_is_for_the_release_of_the_cluster(release, warns):
    change_runbook = runbook(
        replace(cluster(), calico=release), Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"))
    )
    assert change_runbook.is_issued
    assert ("change-delete-leaves-blocks" in codes_of(change_runbook.findings)) == warns
    rendered = render_runbook(change_runbook)
    assert rendered.checks[0].command == "calicoctl version"
    assert str(Release.parse(release)) in rendered.checks[0].expected
    assert f"Calico {Release.parse(release)} rules" in str(RunbookReport(change_runbook).title().html)


def test_a_release_without_cooldown_waits_for_none():
    cools = cluster()
    cools = replace(cools, cluster=replace(cools.cluster, ipam=replace(cools.cluster.ipam, ip_cooldown_seconds=90)))
    change = Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20"))
    newest, older = (runbook(replace(cools, calico=release), change) for release in ("", "v3.29.7"))
    assert (newest.cooldown_seconds, older.cooldown_seconds) == (90, 0)
    assert "sleep 90" in runbook_script(render_runbook(newest))
    assert "sleep 90" not in runbook_script(render_runbook(older))


def test_a_pool_that_the_release_refuses_refuses_the_runbook():
    scenario = cluster()
    pools = tuple(replace(pool, namespace_selector="team == 'a'") for pool in scenario.cluster.pools)
    older = replace(scenario, calico="v3.30.7", cluster=replace(scenario.cluster, pools=pools))
    change_runbook = runbook(older, Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20")))
    assert "change-refused" in codes_of(change_runbook.findings)


def test_manifests_are_written_for_the_release():
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/22")
    older = Release.parse("v3.29.7")
    assert "assignmentMode" in ipk.to_manifests_yaml([pool])
    text = ipk.to_manifests_yaml([pool, ipk.IPAMConfig()], older)
    assert not {"assignmentMode", "ipCooldownSeconds", "kubeVirtVMAddressPersistence"} & set(
        text.replace(":", "").split()
    )
    assert (
        Calicoctl(Datastore(release=older))
        .run("apply", parse_manifests(ipk.to_manifests_yaml([pool], older), "p.yaml"))
        .accepted
    )
    # What somebody asked for is not lost without a word: it is written, and refused.
    manual = replace(pool, assignment_mode="Manual")
    assert "assignmentMode: Manual" in ipk.to_manifests_yaml([manual], older)
    refused = upgrade(ipk.Scenario(calico="v3.33", cluster=ipk.Cluster(pools=(pool,))), older)
    assert "upgrade-refused" not in codes_of(refused.findings)


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("v3.29.7", "calicoctl ipam configure --strictaffinity=true"),
        ("v3.30.7", "calicoctl ipam configure --strictaffinity=true --max-blocks-per-host=8"),
        ("v3.33", "calicoctl ipam configure --strictaffinity=true --max-blocks-per-host=8 --ip-cooldown-seconds=60"),
    ],
)
def test_the_command_that_sets_the_configuration_is_one_that_the_release_takes(release, command):
    config = ipk.IPAMConfig(strict_affinity=True, max_blocks_per_host=8, ip_cooldown_seconds=60)
    assert configure_command(config, Release.parse(release)) == command
    assert configure_ipam(Datastore(release=Release.parse(release)), command.split()[3:]) == []


def test_a_report_gives_what_calicoctl_of_the_release_takes(tmp_path):
    older, newest = (
        CapacityReport(ipk.save_scenario(scenario(calico=release), tmp_path / f"{release}.yaml"))
        for release in ("v3.31.7", "v3.33")
    )
    assert "calicoctl ipam configure --strictaffinity=false" in older.manifests().html
    assert "kind: IPAMConfiguration" not in older.manifests().markdown
    assert "kind: IPAMConfiguration" in newest.manifests().markdown
    assert "Calico v3.31.7 rules" in older.title().html


def test_every_command_answers_for_the_release_that_is_asked(tmp_path):
    path = str(ipk.save_scenario(cluster(), tmp_path / "cluster.yaml"))
    plan = str(ipk.save_scenario(scenario(), tmp_path / "plan.yaml"))
    for command in (
        ["capacity", plan],
        ["audit", path],
        ["simulate", plan],
        ["recommend", "--nodes", "10"],
        ["recommend", plan],
    ):
        answer = run_command(*command, "--calico", "v3.30.7", "--json")
        assert json.loads(answer.stdout)["calico"] == "v3.30.7", command
        assert "Calico v3.29.7" in run_command(*command, "--calico", "v3.29.7").stdout, command
        assert run_command(*command, "--calico", "3.19").exit_code == 2
    result = run_command("runbook", "migrate", "-c", path, "--from", "old", "--calico", "v3.29.7")
    assert result.exit_code == 0
    assert "this runbook is written for Calico v3.29.7" in result.stdout
    newer = run_command("capacity", plan, "--calico", "v3.99.1", "--json")
    assert "is newer than the newest release known" in newer.stderr
    assert run_command("audit", "--each", path, "--calico", "v3.30.7").exit_code == 2


def test_the_json_of_every_command_names_the_release(tmp_path):
    path = str(ipk.save_scenario(replace(cluster(), calico="v3.29.7"), tmp_path / "cluster.yaml"))
    later = str(ipk.save_scenario(replace(cluster(), calico="v3.30.7"), tmp_path / "later.yaml"))

    def answer(*command):
        return json.loads(run_command(*command).stdout)

    configured = answer("configure", "--json", "--calico", "3.29", "--", "--strictaffinity=true")
    assert configured["calico"] == "v3.29.7"
    changed = answer("diff", path, later, "--json")
    assert (changed["calico_before"], changed["calico"]) == ("v3.29.7", "v3.30.7")
    clusters = answer("audit", "--each", path, later, "--json", "--jobs", 1)["clusters"]
    assert {row["calico"] for row in clusters} == {"v3.29.7", "v3.30.7"}
    node = cluster().cluster.nodes[0].name
    for options in (["--node", node], ["--coverage"]):
        rows = answer("pools-for", "-c", path, *options, "--json")
        assert rows
        assert {row["calico"] for row in rows} == {"v3.29.7"}
        output = run_command("pools-for", "-c", path, *options).stdout
        assert "Calico v3.29.7" in output


def test_vxlan_over_ipv6_came_with_v3_23():
    pool = POOL.replace("10.0.0.0/22, blockSize: 26", "fd00::/112, vxlanMode: Always").replace(
        ", allowedUses: [Workload], namespaceSelector: \"team == 'a'\"", ""
    )
    for release, accepted in (("v3.22.5", False), ("v3.23.5", True), ("v3.33", True)):
        result = Calicoctl(Datastore(release=Release.parse(release))).run("create", parse_manifests(pool, "f"))
        assert result.accepted is accepted
        assert codes_of(result.findings) == (set() if accepted else {"vxlan-ipv6"})


def test_calico_apiserver_serves_the_configuration_from_v3_24_and_a_field_of_it_from_v3_32():
    def codes(release):
        server = AggregatedServer(Datastore(release=Release.parse(release)))
        result = server.run("apply", parse_manifests(CONFIG, "f"))
        return result.accepted, codes_of(result.findings)

    assert codes("3.23") == (False, {"kind-not-served"})
    assert codes("3.29") == (True, {"field-dropped", "auto-allocate-forced"})
    assert codes("3.32") == (True, {"auto-allocate-forced"})


def test_wireguard_takes_an_ipv6_address_from_v3_24_on():
    pool = ipk.IPPool(name="p", cidr="fd00::/112", block_size=122)
    wireguard_cluster = ipk.Cluster(pools=(pool,), wireguard_enabled_v6=True)
    plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=3, pods_per_node=64),))
    blocks = {
        release: int(
            ipk.capacity(ipk.Scenario(calico=release, cluster=wireguard_cluster, plan=plan))
            .growth()["blocks_needed"]
            .iloc[0]
        )
        for release in ("v3.23.5", "v3.24.6")
    }
    assert blocks == {"v3.23.5": 3, "v3.24.6": 6}


def test_every_answer_in_a_notebook_names_the_release():
    older = replace(cluster(), calico="v3.29.7")
    analysis = ipk.capacity(scenario(calico="v3.29.7"))
    change_runbook = runbook(older, Change("migrate", "old", cidr=Cidr.parse("10.245.0.0/20")))
    for answer in (analysis, audit_reading(Reading(older)), change_runbook):
        assert "By the rules of Calico v3.29.7" in answer._repr_html_()
    assert "By the rules of Calico v3.29.7" in verdict_markdown(analysis)


@pytest.mark.parametrize(("release", "advises"), [("v3.29.7", False), ("v3.30.7", True), ("", True)])
def test_a_cap_is_advised_only_where_calicoctl_sets_it(release, advises):
    pool = ipk.IPPool(name="p", cidr="10.0.0.0/16", block_size=30)
    plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=2, pods_per_node=100),))
    design = ipk.Scenario(calico=release, cluster=ipk.Cluster(pools=(pool,)), plan=plan)
    analysis = ipk.capacity(design)
    assert analysis.verdict.code == "block-cap"
    remedies = [finding.remedy() for finding in (analysis.verdict.finding, *analysis.findings)]
    assert any("maxBlocksPerHost" in remedy for remedy in remedies) == advises
    assert "Make the blocks larger (a smaller blockSize)" in analysis.verdict.finding.remedy()


def test_no_rule_advises_a_cap_to_those_who_cannot_set_it():
    for rule in RULES.values():
        if "maxBlocksPerHost" in rule.remedy and not rule.code.startswith("configure-"):
            assert rule.remedy_without_cap, rule.code


def test_a_runbook_uses_no_option_that_an_older_calicoctl_lacks():
    rendered = render_runbook(runbook(replace(cluster(), calico="3.21"), Change("block-size", "old", block_size=27)))
    lines = [*(check.command for check in rendered.checks)]
    for step in rendered.steps:
        lines += [*step.commands.calicoctl, *step.check_commands]
    options = {
        word.partition("=")[0]
        for line in lines
        for part in re.split(r"[|;&]+", line)
        if part.strip().startswith("calicoctl")
        for word in part.split()
        if word.startswith("-")
    }
    # In calicoctl of every release from v3.21 on.
    assert options == {"-f", "-o", "-p", "--show-blocks", "--show-configuration"}
