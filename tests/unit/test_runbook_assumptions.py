"""What a runbook takes for granted where the dumps do not say it: the networks around, the installer; and as JSON."""

import json
from dataclasses import replace

import pytest

from ippoolkit.change.change_arguments import parse_change
from ippoolkit.change.free_ranges import free_range
from ippoolkit.cidr import Cidr
from ippoolkit.read import read
from tests.clusters import cluster
from tests.helpers import ROOT, run_command


def dumped_runbook(*options):
    """The runbook of the recorded dumps, which say nothing of the networks around, as the command line writes it."""
    files = [word for path in sorted((ROOT / "data/kubean").iterdir()) for word in ("--cluster", str(path))]
    result = run_command("runbook", "block-size", *files, "--pool", "default-pool", "--to", "27", *options)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_temporary_range_is_beside_the_pool_and_what_is_unknown_around_it_is_said():
    page = dumped_runbook()
    assert "Create temporary-pool: 10.244.64.0/18" in page
    assert "The cluster CIDR and the services' network are unknown. 10.244.64.0/18 is clear of all pools" in page
    assert "The cluster CIDR contains 10.244.0.0/21, in which the podCIDRs of the nodes are" in page
    assert "write the runbook again with --temporary" in page
    assert "write the runbook again with --calico" in page
    assert "Other guides" not in page


@pytest.mark.parametrize(
    ("pool", "peers", "nearest"),
    [
        ("10.244.0.0/18", (), "10.244.64.0/18"),
        ("10.244.64.0/18", (), "10.244.0.0/18"),
        ("10.244.0.0/18", ("10.244.64.0/20",), "10.244.128.0/18"),
        ("10.244.0.0/18", ("10.244.0.0/16",), "10.245.0.0/18"),
        ("10.233.64.0/18", (), "10.233.128.0/18"),  # Kubespray has its services beside its pods
        ("192.168.0.0/16", (), "10.0.0.0/16"),  # nothing is left of its private block
        ("100.64.0.0/18", (), "10.0.0.0/18"),
    ],
)
def test_the_nearest_free_range_is_chosen(pool, peers, nearest):
    scenario_with_pool = cluster(cidr=pool)
    scenario = replace(
        scenario_with_pool,
        networks=replace(scenario_with_pool.networks, cluster=(), services=(), peers=[*map(Cidr.parse, peers)]),
    )
    prefix = Cidr.parse(pool).prefix
    assert free_range(scenario, prefix, Cidr.parse(pool)) == Cidr.parse(nearest)


def test_an_installer_that_was_not_given_is_said_to_be_assumed():
    page = dumped_runbook()
    assert "installer not given: taken as manifest" in page
    assert "--install kubespray" in page
    manifest_page = dumped_runbook("--install", "manifest")
    assert "installed by manifest" in manifest_page
    assert "change-installer-assumed" not in manifest_page
    scenario = read(ROOT / "data/kubean.yaml").scenario
    labels = {"app.kubernetes.io/managed-by": "tigera-operator"}
    pools = tuple(replace(pool, labels=labels) for pool in scenario.cluster.pools)
    labelled = parse_change(replace(scenario.cluster, pools=pools), "block-size", pool="default-pool", to=27)
    assert (labelled.install, labelled.is_install_assumed) == ("operator", False)


def test_a_runbook_as_json_has_what_the_page_has(tmp_path):
    document = json.loads(dumped_runbook("--json", "-o", str(tmp_path / "change")))
    assert (tmp_path / "change/runbook.sh").exists()
    assert document["issued"] is True
    assert document["recreated_pods"] == 122
    assert {peak["pool"]: peak["pods"] for peak in document["peaks"]}["extra-ippool"] == 29
    assert [step["number"] for step in document["steps"]] == list(range(1, 11))
    assert "65 in use" in document["steps"][1]["expected"]
    assert document["steps"][0]["commands"]["calicoctl"] == ["calicoctl create -f manifests/01-ippool.yaml"]
    assert {row["step"] for row in document["timeline"]} == set(range(11))
    for pool, size in (("none", "27"), ("default-pool", "26")):  # no such pool; nothing to change
        words = ["--cluster", str(ROOT / "data/kubean.yaml"), "--pool", pool, "--to", size, "--json"]
        refused = run_command("runbook", "block-size", *words)
        assert refused.exit_code == (1 if pool == "default-pool" else 2)
    assert json.loads(refused.stdout)["issued"] is False
    assert json.loads(refused.stdout)["findings"][0]["code"] == "change-nothing"
