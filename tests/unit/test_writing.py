import json

import jsonschema
import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.read import scenario_schema
from ippoolkit.write import dump_yaml, scenario_to_dict, scenario_to_yaml, write_atomically
from tests.helpers import ROOT, plan, unpack_files


def test_a_pool_is_written_as_calicoctl_prints_it(tmp_path):
    recorded_pool = unpack_files("s01", tmp_path, "ippools.yaml")[0]
    (pool,) = ipk.load(recorded_pool).cluster.pools
    assert ipk.to_manifests_yaml([pool]) == (
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: default-pool\nspec:\n"
        "  allowedUses: [Workload, Tunnel]\n  assignmentMode: Automatic\n  blockSize: 26\n  cidr: 10.233.64.0/18\n"
        "  ipipMode: Never\n  natOutgoing: true\n  nodeSelector: all()\n  vxlanMode: Always\n"
    )


def test_manifests_are_read_back_as_they_were(tmp_path):
    pools = [
        ipk.IPPool(name="a", cidr="10.0.0.0/16", node_selector="!has(x) && y == 'no'", disabled=True),
        ipk.IPPool(name="y", cidr="fd00::/64", allowed_uses=("LoadBalancer",), labels={"on": "off", "1": "010"}),
        ipk.IPPool(
            name="n",
            cidr="10.9.0.0/16",
            namespace_selector="a in {'b'}",
            allowed_uses=("Workload",),
            assignment_mode="Manual",
            disable_bgp_export=True,
            annotations={"k": "line\nbreak: #x"},
        ),
    ]
    config = ipk.IPAMConfig(strict_affinity=True, max_blocks_per_host=3, ip_cooldown_seconds=60)
    reservation = ipk.IPReservation(name="r", reserved_cidrs=("10.0.0.0/28", "fd00::1/128"))
    path = tmp_path / "all.yaml"
    path.write_text(ipk.to_manifests_yaml([*pools, config, reservation]))
    cluster = ipk.load(path).cluster
    assert list(cluster.pools) == pools
    assert cluster.ipam == config
    assert cluster.reservations == (reservation,)


@pytest.mark.parametrize(
    "text", ["y", "NO", "010", "1_0", "0b1", "~", "null", "1e3", "", " a", "a: b", "#", "é", "-", "a\nb", "'"]
)
def test_texts_that_yaml_would_read_otherwise_are_quoted(tmp_path, text):
    path = tmp_path / "s.yaml"
    path.write_text(dump_yaml({"version": 1, "name": text or "x", "description": text}))
    assert ipk.load(path).description == text


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
def test_a_scenario_survives_saving(tmp_path, name):
    for sample in ("kubespray", "kubean"):
        scenario = ipk.load(ROOT / f"data/{sample}.yaml")
        assert ipk.load(ipk.save_scenario(scenario, tmp_path / name)) == scenario


def test_blocks_survive_saving(tmp_path):
    names = [f"kubectl-{kind}.json" for kind in ("ippools", "nodes", "pods", "ipamblocks", "ipamconfigs")]
    scenario = ipk.load(*unpack_files("s13", tmp_path, *names))
    assert any(entry.released_at for block in scenario.cluster.blocks for entry in block.allocations)
    assert ipk.load(ipk.save_scenario(scenario, tmp_path / "s.yaml")) == scenario


def test_defaults_are_left_out_and_saving_twice_gives_the_same_bytes(tmp_path):
    assert scenario_to_yaml(ipk.Scenario()) == "version: 1\nname: scenario\n"
    scenario = plan()
    first = ipk.save_scenario(scenario, tmp_path / "a.yaml").read_bytes()
    assert ipk.save_scenario(ipk.load(tmp_path / "a.yaml"), tmp_path / "b.yaml").read_bytes() == first


def test_the_schema_takes_what_is_saved_and_refuses_what_is_refused():
    check = jsonschema.Draft202012Validator(scenario_schema())
    for sample in ("kubespray", "kubean"):
        check.validate(scenario_to_dict(ipk.load(ROOT / f"data/{sample}.yaml")))
    assert not check.is_valid({"name": "x"})
    assert not check.is_valid({"version": 1, "extra": 1})
    assert not check.is_valid({"version": 1, "cluster": {"pools": [{"name": "p"}]}})
    assert not check.is_valid({"version": 1, "plan": {"groups": [{"nodes": "70"}]}})


def test_the_published_schema_is_current():
    assert json.loads((ROOT / "docs/scenario.schema.json").read_text()) == scenario_schema()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "s.yaml"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        ipk.save_scenario(ipk.Scenario(), tmp_path / "no" / "s.yaml")


def test_a_file_of_an_earlier_version_is_read_without_what_it_no_longer_needs(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("""version: 1
cluster:
  blocks: [{cidr: 10.0.0.0/26, claimedAt: '2026-11-23T02:03:40Z'}]
  affinities: [{cidr: 10.0.0.0/26, node: node-1, deleted: true}]
  handles: [{handleID: h, deleted: false}]
""")
    cluster = ipk.load(path).cluster
    assert (cluster.blocks[0].affinity, cluster.affinities[0].node, cluster.handles[0].handle_id) == ("", "node-1", "h")
    path.write_text("version: 1\ncluster:\n  nodes: [{name: node-1, deleted: true}]\n")
    with pytest.raises(InputError, match="deleted"):
        ipk.load(path)
