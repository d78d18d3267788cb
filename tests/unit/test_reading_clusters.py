"""Dumps of clusters in every form: what is unknown, what is none, what is rounded, and what cannot be used."""

import json

import pytest

from ippoolkit.audit.cluster_index import ClusterIndex
from ippoolkit.audit.cluster_metrics import cluster_metrics
from ippoolkit.errors import InputError
from ippoolkit.model import ALL_KINDS
from ippoolkit.read import read
from tests.helpers import RECORDINGS, codes_of, unpack, unpack_files

DUMPS = ("ippools", "ipamblocks", "nodes", "pods", "services", "blockaffinities", "ipamhandles", "namespaces")


def metrics_of(*paths, **options):
    reading = read(*paths, **options)
    return cluster_metrics(ClusterIndex(reading.scenario.cluster), reading.reported)


def codes(reading):
    return [note.code for note in reading.notes]


def unpack_error(name, tmp_path):
    return unpack(RECORDINGS / f"clusters-errors/{name}.gz", tmp_path)


def test_a_kind_without_a_dump_is_unknown_not_none(tmp_path):
    reading = read(*unpack_files("s05", tmp_path, "kubectl-ippools.json", "kubectl-ipamblocks.json"))
    assert reading.scenario.cluster.unknown == tuple(kind for kind in ALL_KINDS if kind not in ("IPPool", "IPAMBlock"))
    metrics = cluster_metrics(ClusterIndex(reading.scenario.cluster))
    assert metrics.pools[0]["allocated"] == 69
    assert metrics.pools[0]["free"] is None  # reservations would be taken off
    assert metrics.totals["leaked"] is None
    assert metrics.totals["pods"] is None


def test_an_empty_list_of_kubectl_leaves_its_kind_unknown_until_told_otherwise(tmp_path):
    paths = unpack_files("s12", tmp_path, "kubectl-ippools.json", "kubectl-ipamblocks.json")
    assert metrics_of(*paths).totals["blocks"] is None
    assert metrics_of(*paths, empty_kinds=["IPAMBlock"]).totals["blocks"] == 0


def test_an_empty_list_that_names_its_kind_is_none(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"kind": "IPAMBlockList", "apiVersion": "crd.projectcalico.org/v1", "metadata": {}, "items": []}')
    assert metrics_of(path).totals["blocks"] == 0


def test_null_is_a_configuration_that_nobody_made(tmp_path):
    config = metrics_of(*unpack_files("s01", tmp_path, "ipamconfig.yaml", "kubectl-ippools.json")).config
    assert config["stored"] is False
    assert config["strictAffinity"] is False


def test_what_kubectl_says_of_missing_rights_names_the_kinds(tmp_path):
    stdout = unpack_error("kubectl-partial-403.stdout", tmp_path)
    stderr = unpack_error("kubectl-partial-403.stderr", tmp_path)
    notes = read(stdout, stderr).notes
    assert [note.subject for note in notes if note.code == "kind-forbidden"] == ["Pod"]
    both = tmp_path / "both.txt"  # as with 2>&1
    both.write_text(stderr.read_text() + stdout.read_text())
    reading = read(both)
    assert [note.subject for note in reading.notes if note.code == "kind-forbidden"] == ["Pod"]
    assert reading.scenario.cluster.pools


def test_files_that_hold_only_errors_give_no_cluster(tmp_path):
    with pytest.raises(InputError, match="no IP pool and no other object"):
        read(
            unpack_error("kubectl-several-403.stderr", tmp_path), unpack_error("calicoctl-server-down.stderr", tmp_path)
        )


def test_figures_above_99999_come_rounded_and_are_marked(tmp_path):
    texts = unpack_files("s13", tmp_path, "ipam-show.txt")
    figures = metrics_of(*texts)
    assert ("pools", "fd66::/108", "free") in figures.rounded
    assert {row["cidr"]: row["free"] for row in figures.pools} == {
        "10.66.0.0/20": 4024,
        "10.67.0.0/20": 4091,
        "fd66::/108": 1048500,
    }
    dumps = unpack_files("s13", tmp_path, *(f"kubectl-{kind}.json" for kind in DUMPS), "ipreservations.yaml")
    exact = metrics_of(*texts, *dumps)
    assert not exact.rounded
    assert exact.pools[2]["free"] == 1048506
    assert exact.notes == ()


def test_a_capacity_is_exact_where_the_table_is_clamped(tmp_path):
    figures = metrics_of(*unpack_files("s12", tmp_path, "ipam-show.txt"))
    assert [row["capacity"] for row in figures.pools if ":" in row["cidr"]] == [2**64]


def test_tables_of_older_releases_have_no_reserved_addresses_and_no_assignment_mode(tmp_path):
    old = tmp_path / "old.txt"
    old.write_text(
        "+----------+---------------+-----------+------------+------------+\n"
        "| GROUPING |     CIDR      | IPS TOTAL | IPS IN USE |  IPS FREE  |\n"
        "+----------+---------------+-----------+------------+------------+\n"
        "| IP Pool  | 10.244.0.0/18 |     16384 |    67 (0%) | 16317 (100%) |\n"
        "+----------+---------------+-----------+------------+------------+\n"
        "NAME                CIDR           NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   SELECTOR   \n"
        "default-ipv4-pool   10.244.0.0/18   true   Never     Always      true       false              !has(x)    \n"
    )
    (pool,) = metrics_of(old).pools
    assert (pool["name"], pool["allocated"], pool["free"], pool["disabled"]) == ("default-ipv4-pool", 67, 16317, True)
    assert pool["nodeSelector"] == "!has(x)"
    assert pool["reserved"] is None
    assert pool["assignmentMode"] is None


def test_texts_of_another_time_than_the_dumps_are_told(tmp_path):
    dumps = unpack_files("s05", tmp_path, "kubectl-ippools.json", "kubectl-ipamblocks.json")
    text_files = unpack_files("s05", tmp_path, "ipam-show.txt")[0]
    text_files.write_text(text_files.read_text().replace("   69 (2%)", "   71 (2%)"))
    (note,) = metrics_of(*dumps, text_files).notes
    assert (note.code, note.params["told"], note.params["counted"]) == ("figure-differs", 71, 69)


def test_a_check_without_all_addresses_lists_no_blocks(tmp_path):
    figures = metrics_of(*unpack_files("s05", tmp_path, "ipam-check-problems.txt"))
    assert figures.totals["blocks"] == 7
    assert figures.totals["leaked"] == 14
    assert figures.totals["leaked_handles"] is None  # counted there, but not listed
    assert figures.totals["borrowed"] is None


def test_a_check_that_was_cut_off_is_told_and_lists_nothing(tmp_path):
    (path,) = unpack_files("s05", tmp_path, "ipam-check.txt")
    path.write_text("\n".join(path.read_text().splitlines()[:150]))
    reading = read(path)
    assert "check-cut" in codes(reading)
    metrics = cluster_metrics(ClusterIndex(reading.scenario.cluster), reading.reported)
    assert metrics.totals["leaked"] is None
    assert metrics.totals["allocations"] == 69


def test_windows_and_cooling_addresses_and_blocks_without_affinity_in_a_check(tmp_path):
    path = tmp_path / "check.txt"
    path.write_text(
        "Checking IPAM for inconsistencies...\n\nLoading all IPAM blocks...\nFound 2 IPAM blocks.\n"
        " IPAM block 10.0.0.0/26 affinity=host:win-1:\n"
        "  IP belongs to Reserved for Windows\n"
        "  10.0.0.0 allocated; attrs Main:windows-reserved-ipam-handle Extra:note=windows host-reserved\n"
        "  10.0.0.4 allocated; attrs Main:<none> Extra:\n"
        " IPAM block 10.0.0.64/26 affinity=<none>:\n"
        "  10.0.0.65 allocated; attrs Main:k8s-pod-network.1 Extra:namespace=a,node=win-1,pod=p,timestamp=x\n"
        "IPAM blocks record 3 allocations.\n\nLoading all IPAM pools...\n  10.0.0.0/24\nFound 1 active IP pools.\n"
        "\nCheck complete; found 1 problems.\n"
    )
    figures = metrics_of(path)
    assert figures.totals["windows_reserved"] == 1
    assert figures.totals["cooling_down"] == 1
    assert figures.totals["blocks_without_affinity"] == 1
    assert figures.nodes[0]["borrowed_in"] == 1
    assert figures.pools[0]["blocks_without_affinity"] == 1


# ---- bad input


def test_a_truncated_file_is_told_and_the_others_are_read(tmp_path):
    pods, pools = unpack_files("s05", tmp_path, "kubectl-pods.json", "kubectl-ippools.json")[::-1][:2]
    pods, pools = sorted((pods, pools), key=lambda path: path.name, reverse=True)
    pods.write_text(pods.read_text()[:5000])
    reading = read(pools, pods)
    (note,) = [note for note in reading.notes if note.code == "json-syntax"]
    assert note.place.file == str(pods)
    assert note.place.line > 1
    assert reading.has_unreadable_file
    assert "Pod" in reading.scenario.cluster.unknown
    assert "IPPool" not in reading.scenario.cluster.unknown


def block(**spec):
    attributes = [{"handle_id": "h", "secondary": {"node": "n"}}]
    spec_fields = {
        "cidr": "10.0.0.0/30",
        "affinity": "host:n",
        "allocations": [0, None, None, None],
        "attributes": attributes,
    }
    return {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPAMBlock",
        "metadata": {"name": "b"},
        "spec": {**spec_fields, "unallocated": [1, 2, 3], **spec},
    }


def write_list(tmp_path, *items):
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return path


def test_a_block_whose_allocations_name_no_attribute_is_counted_and_told(tmp_path):
    reading = read(write_list(tmp_path, block(allocations=[0, 7, None, None])))
    (note,) = [note for note in reading.notes if note.code == "block-attribute"]
    assert note.params["ordinal"] == 1
    assert "allocations[1]" in note.place.field
    assert cluster_metrics(ClusterIndex(reading.scenario.cluster)).totals["allocations"] == 2


def test_an_object_twice_is_counted_once_and_told(tmp_path):
    reading = read(write_list(tmp_path, block(), block()))
    assert "object-twice" in codes(reading)
    assert len(reading.scenario.cluster.blocks) == 1


def test_of_two_moments_the_later_counts_and_it_is_told(tmp_path):
    early, late = block(), block(allocations=[None] * 4)
    early["metadata"]["resourceVersion"], late["metadata"]["resourceVersion"] = "900", "1000"
    for order in ((early, late), (late, early)):
        reading = read(write_list(tmp_path, *order))
        assert "object-differs" in codes(reading)
        assert reading.scenario.cluster.blocks[0].allocations == ()


def test_sequence_numbers_that_a_tool_has_rounded_are_told(tmp_path):
    exact = [block(cidr=f"10.0.0.{4 * n}/30", sequenceNumber=1795399464474764737 + n) for n in range(4)]
    assert "sequence-rounded" not in codes(read(write_list(tmp_path, *exact)))
    bent = [block(cidr=f"10.0.0.{4 * n}/30", sequenceNumber=float(1795399464474764737 + n)) for n in range(4)]
    assert "sequence-rounded" in codes(read(write_list(tmp_path, *bent)))


def test_an_annotation_that_is_no_list_is_told_and_the_pod_counts(tmp_path):
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "annotations": {"cni.projectcalico.org/ipv4pools": "a"}},
    }
    reading = read(write_list(tmp_path, pod))
    assert "annotation-pools" in codes(reading)
    assert len(reading.scenario.cluster.pods) == 1


@pytest.mark.parametrize(
    "item",
    [
        block(cidr="10.0.0.1/30"),
        block(cidr=7),
        {"kind": "IPAMBlock", "spec": "none"},
        {"kind": "Pod", "metadata": []},
        {"kind": "Pod", "metadata": {"name": ""}},
        {"kind": "Node", "metadata": {"name": "n", "annotations": {"projectcalico.org/IPv4VXLANTunnelAddr": "x"}}},
    ],
    ids=range(6),
)
def test_an_object_that_cannot_be_used_is_told_with_its_place(item, tmp_path):
    good = block()
    reading = read(write_list(tmp_path, good, item))
    notes = [note for note in reading.notes if note.severity == "error"]
    assert notes
    assert all("items[1]" in note.place.field for note in notes)
    assert len(reading.scenario.cluster.blocks) == 1


def test_files_beside_the_point_are_named(tmp_path):
    (tmp_path / "readme.json").write_text('{"a": 1}')
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\x00")
    unpack_files("s05", tmp_path, "kubectl-ippools.json")
    reading = read(tmp_path)
    assert codes_of(reading.notes) >= {"file-unread", "file-binary"}
    assert reading.scenario.cluster.pools


def test_a_large_file_is_mapped_and_gives_the_same(tmp_path, monkeypatch):
    from ippoolkit.read import text_files

    paths = unpack_files("s05", tmp_path, "kubectl-ippools.json", "kubectl-ipamblocks.json")
    before = read(*paths).scenario
    monkeypatch.setattr(text_files, "MAP_FILES_FROM_BYTES", 1)
    assert read(*paths).scenario == before
