"""Manifests under review: verdicts, what they would mean, and the forms in which it is told."""

import json
from xml.etree import ElementTree as ET

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.manifests.manifest_review import ACTIONS, Decision
from ippoolkit.view.review_formats import review_as_dict, review_as_junit, review_as_sarif
from tests.helpers import ROOT, codes_of, finding_of
from tests.helpers import run_command as run

SAMPLE = ROOT / "data/kubespray.yaml"
OLD = ROOT / "data/default-ipv4-ippool.yaml"
POOL = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: %s}\nspec:\n  cidr: %s\n"
CONFIG = "apiVersion: projectcalico.org/v3\nkind: IPAMConfiguration\nmetadata: {name: default}\nspec: {%s}\n"
RESERVATION = (
    "apiVersion: projectcalico.org/v3\nkind: IPReservation\nmetadata: {name: r}\nspec: {reservedCIDRs: [%s]}\n"
)
CLUSTER = """\
version: 1
cluster:
  pools: [{name: there, cidr: 10.244.0.0/18, vxlanMode: Always}]
  nodes:
  - {name: n1, labels: {zone: a}, podCIDRs: [10.244.0.0/24]}
  - {name: n2, labels: {zone: b}}
  - {name: n3, labels: {zone: b}}
networks: {cluster: [10.244.0.0/16], services: [10.96.0.0/12], nodes: [192.168.0.0/24], peers: [172.16.0.0/12]}
"""


@pytest.fixture
def review(tmp_path):
    def run(*texts, existing=(CLUSTER,), **more):
        def save(kind, number, text):
            path = tmp_path / f"{kind}{number}.yaml"
            path.write_text(text)
            return path

        existing_paths = [save("existing", number, text) for number, text in enumerate(existing)]
        return ipk.check(
            *[save("file", number, text) for number, text in enumerate(texts)], existing=existing_paths, **more
        )

    return run


def codes_and_places(result):
    return {(note.code, note.place.line, note.place.field) for note in result.findings if note.place}


@pytest.mark.parametrize(
    ("text", "code", "line", "field"),
    [
        (POOL % ("p", "10.244.64.0/24") + "  nodeSelector: !has(x)\n", "yaml-tag", 6, "spec.nodeSelector"),
        (CONFIG % "strictAffinity: true", "auto-allocate-absent", 4, "spec.autoAllocateBlocks"),
        (POOL % ("p", "10.244.64.0/24") + "  nodeSelector: zone == 'c'\n", "pool-selects-none", 6, "spec.nodeSelector"),
        (POOL % ("p", "10.244.64.0/24") + "  ipipMode: Always\n", "encapsulation-mixed", 6, "spec.ipipMode"),
        (POOL % ("p", "10.245.0.0/24"), "pool-outside-cluster", 5, "spec.cidr"),
        (POOL % ("p", "10.100.0.0/24"), "pool-overlaps-services", 5, "spec.cidr"),
        (POOL % ("p", "192.168.0.0/16"), "pool-overlaps-nodes", 5, "spec.cidr"),
        (POOL % ("p", "172.20.0.0/16"), "pool-overlaps-peers", 5, "spec.cidr"),
        (POOL % ("p", "10.244.64.0/25"), "pool-blocks-short", 4, "spec.blockSize"),
        (POOL % ("p", "10.244.64.0/18") + "  blockSize: 24\n", "per-node-prefix", 6, "spec.blockSize"),
        (POOL % ("p", "10.9.0.0/16") + "  allowedUses: [LoadBalancer]\n", "loadbalancer-cap", 4, "spec.blockSize"),
    ],
)
def test_warns_of_what_is_accepted_and_hardly_meant(review, text, code, line, field):
    result = review(text)
    assert result.accepted
    assert (code, line, field) in codes_and_places(result)


def test_a_scenario_with_the_pool_says_the_same(review, tmp_path):
    """One rule, one place: the planner and reports say of a design what a review says of its manifests."""
    text = POOL % ("p", "172.20.0.0/25") + "  ipipMode: Always\n  nodeSelector: zone == 'c'\n"
    of_review = codes_of(review(text).findings)
    (tmp_path / "design.yaml").write_text(text)
    design = ipk.load(tmp_path / "existing0.yaml", tmp_path / "design.yaml")
    of_scenario = {note.code for note in ipk.capacity(design).findings if note.subject == "IPPool/p"}
    assert of_review == of_scenario
    assert of_review == {"pool-outside-cluster", "pool-overlaps-peers", "encapsulation-mixed", "pool-selects-none"}


def test_the_pools_of_a_scenario_are_judged(review, tmp_path):
    text = CLUSTER.replace("10.244.0.0/18", "172.20.0.0/16")
    result = review(text, existing=())
    (pool,) = result.objects
    assert pool.subject == "IPPool/there"
    assert ("scenario-pools", 1, "") in codes_and_places(result)
    # Held against the networks that the scenario names, at the line of the pool.
    assert ("pool-overlaps-peers", 3) in {(code, line) for code, line, _ in codes_and_places(result)}
    assert review(CLUSTER, existing=()).accepted
    assert not review(CLUSTER.replace("/18", "/32"), existing=()).accepted
    broken = review(CLUSTER.replace("vxlanMode", "vxlan"), existing=())
    assert broken.unreadable_files
    assert "field-unknown" in {code for code, _, _ in codes_and_places(broken)}


def test_a_reservation_over_a_tenth_of_a_pool_is_told_of_the_pool(review):
    result = review(RESERVATION % "10.244.0.0/20")
    assert [(note.code, note.subject) for note in result.notes] == [("reserved-much", "IPPool/there")]


def test_what_was_there_before_is_not_told_again(review):
    before = CLUSTER.replace("10.244.0.0/18", "10.200.0.0/18")
    assert review(POOL % ("p", "10.244.64.0/24"), existing=[before]).findings == ()
    again = review(POOL % ("there", "10.200.0.0/18") + "  vxlanMode: Always\n", existing=[before])
    assert codes_of(again.findings) == {"pool-outside-cluster"}


def test_a_load_balancer_pool_at_the_cap(review):
    pool = POOL % ("lb", "10.9.0.0/24") + "  allowedUses: [LoadBalancer]\n"
    block = "apiVersion: crd.projectcalico.org/v1\nkind: IPAMBlock\nmetadata: {name: b%d}\nspec: {cidr: 10.9.0.%d/30, affinity: 'virtual:load-balancer', allocations: [], attributes: [], unallocated: []}\n"
    blocks = "---\n".join(block % (n, 4 * n) for n in range(20))
    sized = pool + "  blockSize: 30\n"
    result = review(sized, existing=[CLUSTER, sized, blocks])
    assert "loadbalancer-full" in codes_of(result.findings)
    fewer = "---\n".join(block % (n, 4 * n) for n in range(19))
    assert "loadbalancer-full" not in codes_of(review(sized, existing=[CLUSTER, sized, fewer]).findings)


def test_a_block_size_that_only_the_crd_lets_through(review):
    (object_result,) = review(
        POOL % ("there", "10.244.0.0/18"), existing=[POOL % ("there", "10.244.0.0/18") + "  blockSize: 27\n"]
    ).objects
    assert object_result.decisions == {"calicoctl": Decision.REFUSED, "kubectl": Decision.ACCEPTED}
    assert [note.code for note in object_result.findings] == ["block-size-changed", "block-size-slips"]


def test_overlap_and_blocks_of_another_size_among_what_exists(review):
    block = "apiVersion: crd.projectcalico.org/v1\nkind: IPAMBlock\nmetadata: {name: b}\nspec: {cidr: 10.9.0.0/26, affinity: 'host:n1', allocations: [], attributes: [], unallocated: []}\n"
    result = review(POOL % ("p", "10.9.0.0/24") + "  blockSize: 27\n", existing=[CLUSTER, block])
    assert "blocks-of-other-size" in codes_of(result.findings)
    result = review(POOL % ("p", "10.244.0.0/24"))
    assert [dict(note.params)["other"] for note in result.findings if note.code == "pools-overlap"] == ["there"]


def test_files_are_one_cluster_unless_each_is_alone(review):
    texts = POOL % ("a", "10.244.64.0/24"), POOL % ("b", "10.244.64.0/24")
    assert [result.decisions["calicoctl"] for result in review(*texts).objects] == [Decision.ACCEPTED, Decision.REFUSED]
    assert review(*texts, separately=True).accepted


def test_one_judge_alone(review):
    text = POOL % ("p", "10.244.0.0/24")
    assert not review(text).accepted
    result = review(text, judges=["kubectl"])
    assert result.accepted
    assert result.objects[0].decisions == {"kubectl": Decision.ACCEPTED}
    # kubectl lets the overlap through: it is a warning, refused by nobody who was asked.
    overlap = finding_of(result.findings, "pools-overlap")
    assert overlap.severity == "warning"


def test_actions(review):
    text = POOL % ("there", "10.244.0.0/18")
    answers = {action: review(text, existing=[text], action=action).accepted for action in ACTIONS}
    assert answers == {"create": False, "apply": True, "replace": True, "patch": True, "delete": True}
    patch = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: there}\nspec: {disabled: true}\n"
    assert review(patch, existing=[text], action="patch").accepted
    assert not review(patch, existing=[text], action="replace").accepted


def test_an_object_held_back_by_another_of_its_file(review):
    result = review(POOL % ("a", "10.244.64.0/24") + "---\n" + POOL % ("b", "10.244.65.0/24") + "  bogus: 1\n")
    assert [result.decisions["calicoctl"] for result in result.objects] == [Decision.BLOCKED_BY_FILE, Decision.REFUSED]
    assert [result.decisions["kubectl"] for result in result.objects] == [Decision.ACCEPTED, Decision.ACCEPTED]


def test_the_form_that_kubectl_shows():
    (object_result,) = ipk.check(OLD).objects
    assert object_result.decisions == {"calicoctl": Decision.REFUSED, "kubectl": Decision.REFUSED}
    fields = {note.code: (note.place.field, note.refused_by) for note in object_result.findings}
    assert fields == {
        "kind-v1": ("apiVersion", ("calicoctl",)),
        "resource-version-new": ("metadata.resourceVersion", ("kubernetes",)),  # of an object that is not there
    }
    (object_result,) = ipk.check(OLD, existing=[OLD]).objects
    assert object_result.decisions == {"calicoctl": Decision.REFUSED, "kubectl": Decision.ACCEPTED}


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_judged(review, tmp_path):
    result = ipk.check(tmp_path / "nope.yaml", OLD)
    assert result.unreadable_files == (str(tmp_path / "nope.yaml"),)
    assert len(result.objects) == 1
    result = review("a: [\n", POOL % ("p", "10.244.64.0/24"))
    assert len(result.unreadable_files) == 1
    assert [(note.code, note.place.line) for note in result.notes] == [("yaml-syntax", 2)]
    with pytest.raises(InputError):
        ipk.check(OLD, existing=[tmp_path / "nope.yaml"])


ODD = POOL % ('"odd\\a"', "10.0.0.9/16") + "  bogus: 1\n  nodeSelector: !has(x)\n"


def test_json(review):
    data = json.loads(json.dumps(review_as_dict(review(ODD), "zh")))
    assert data["accepted"] is False
    (judged,) = data["objects"]
    assert judged["verdicts"] == {"calicoctl": "refused", "kubectl": "refused"}
    assert {"code", "severity", "message", "remedy", "source", "judges", "file", "line", "field"} <= set(
        judged["findings"][0]
    )


def test_sarif(review):
    reviewed = review(ODD, "[")
    run = review_as_sarif(reviewed)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(reviewed.findings)
    for result, finding in zip(run["results"], reviewed.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        where = result["locations"][0]
        assert where["physicalLocation"]["region"]["startLine"] == finding.place.line
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"].startswith(finding.message())
    uris = [rule["helpUri"] for rule in rules if "helpUri" in rule]  # the kit's own rules have none
    assert uris
    assert all("://" in uri for uri in uris)


def test_junit(review):
    root = ET.fromstring(review_as_junit(review(ODD, POOL % ("p", "10.245.0.0/24"), "[")))
    first, second, third = root
    assert (first.get("tests"), first.get("failures"), first.get("errors")) == ("3", "2", "0")
    assert "cidr-host-bits" in first[1].find("failure").text
    assert (second.get("failures"), second.get("errors")) == ("0", "0")
    assert "pool-outside-cluster" in second[1].find("system-out").text
    assert third.get("errors") == "1"


def test_the_command(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(POOL % ("p", "10.233.0.0/24"))
    bad.write_text(POOL % ("p", "10.0.0.9/24"))
    result = run("check", good)
    assert result.exit_code == 0
    assert "calicoctl: accepted  kubectl: accepted" in result.stdout
    assert run("check", good, "--strict").exit_code == 0
    assert run("check", good, "--existing", SAMPLE, "--strict").exit_code == 1
    result = run("check", bad)
    assert result.exit_code == 1
    for part in (
        f"{bad}:5: spec.cidr: ",
        "Write 10.0.0.0/24.",
        "cidr-host-bits",
        "refused by calicoctl, crd",
        "https://",
    ):
        assert part in result.stdout
    assert run("check", bad, "--json").exit_code == 1
    assert run("check", good, "--lang", "zh").stdout.count("接受") == 4
    for wrong in (
        ["check", tmp_path / "nope.yaml"],
        ["check", good, "-e", tmp_path / "nope.yaml"],
        ["check", good, "--json", "--sarif"],
        ["check", good, "--action", "drop"],
        ["check"],
    ):
        result = run(*wrong)
        assert result.exit_code == 2
        assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.parametrize("form", ["--json", "--sarif", "--junit"])
def test_forms_of_output_on_bad_input(form, tmp_path):
    result = run("check", tmp_path / "nope.yaml", form)
    assert result.exit_code == 2
    assert "does not exist" in result.stdout


def test_standard_input():
    result = run("check", "-", stdin=POOL % ("p", "10.0.0.0/40"))
    assert result.exit_code == 1
    assert "standard input:5: spec.cidr" in result.stdout


def test_conversion():
    result = run("convert", OLD)
    assert result.exit_code == 0
    assert run("check", "-", stdin=result.stdout).exit_code == 0
    assert run("convert", SAMPLE).exit_code == 2
