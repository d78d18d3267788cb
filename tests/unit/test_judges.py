"""What calicoctl and the API server make of manifests, beside what was recorded."""

import json

import pytest

from ippoolkit.calico.pool_rules import POOL_CHECKS
from ippoolkit.findings import RULES
from ippoolkit.manifests import (
    ApiServer,
    Calicoctl,
    CalicoctlOptions,
    Datastore,
    configure_ipam,
    convert_to_v3,
    find_kind,
    parse_manifests,
)
from tests.helpers import codes_of, stored_objects

POOL = """\
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: p1
spec:
  cidr: 10.0.0.0/16
"""
SECOND_POOL = POOL.replace("p1", "p2").replace("10.0", "10.1")


def verdicts(text, action="create", existing=()):
    """Codes and fields of calicoctl and of the CRD, for a file on top of what exists."""
    refusals = []
    for judge in (Calicoctl(), ApiServer()):
        for manifest in existing:
            assert judge.run("apply", parse_manifests(manifest, "existing")).accepted
        outcome = judge.run(action, parse_manifests(text, "file"))
        refused = [f"{note.code} {note.place.field}".strip() for note in outcome.findings if note.refused_by]
        assert outcome.accepted == (not refused)
        refusals.append(refused)
    return tuple(refusals)


def test_every_rule_on_a_pool_is_in_the_table_of_rules():
    for code in POOL_CHECKS:
        assert RULES[code].refused_by
        assert RULES[code].applies_to.startswith("IPPool")
        assert RULES[code].calico_messages


def test_both_accept():
    assert verdicts(POOL) == ([], [])


def test_the_api_server_turns_nothing_into_text():
    assert verdicts(POOL.replace("p1", "010")) == ([], ["type-text metadata.name"])
    assert verdicts(POOL + "  nodeSelector: yes\n") == (
        ["selector-syntax spec.nodeSelector"],
        ["type-text spec.nodeSelector"],
    )
    labels = POOL.replace("name: p1", "name: p1\n  labels: {a: 1, b: [x]}")
    assert verdicts(labels) == (
        ["type-text metadata.labels.b"],
        ["type-text metadata.labels.a", "type-text metadata.labels.b"],
    )


def test_all_problems_of_all_objects_at_once():
    text = (
        POOL.replace("10.0.0.0/16", "10.0.0.9/16")
        + "  blockSize: '26'\n  bogus: 1\n---\n"
        + SECOND_POOL
        + "  blockSize: 40\n"
    )
    calicoctl, crd = verdicts(text)
    sizes = ["block-size-range spec.blockSize", "cidr-host-bits spec.cidr"]
    assert sorted(calicoctl) == [*sizes, "field-unknown spec.bogus", "type-quoted spec.blockSize"]
    assert sorted(crd) == [*sizes, "type-quoted spec.blockSize"]


def test_with_one_unknown_key_calicoctl_keeps_nothing():
    calicoctl, server = Calicoctl(), ApiServer()
    text = POOL + "---\n" + SECOND_POOL + "  bogus: 1\n"
    outcome = calicoctl.run("create", parse_manifests(text, "file"))
    assert [result.accepted for result in outcome.results] == [False, False]
    assert stored_objects(calicoctl.store, find_kind("ippool")) == {}
    assert server.run("create", parse_manifests(text, "file")).accepted
    assert set(server.store.objects["IPPool"]) == {"p1", "p2"}


def test_with_one_refused_object_calicoctl_keeps_the_others():
    calicoctl = Calicoctl()
    text = POOL + "---\n" + POOL.replace("p1", "p2") + "---\n" + SECOND_POOL.replace("p2", "p3")
    outcome = calicoctl.run("create", parse_manifests(text, "file"))
    assert [result.accepted for result in outcome.results] == [True, False, True]
    assert set(stored_objects(calicoctl.store, find_kind("ippool"))) == {"p1", "p3"}


def test_what_only_the_api_server_lets_through():
    sized = POOL + "  blockSize: 27\n"
    assert verdicts(POOL, "apply", [sized]) == (["block-size-changed spec.blockSize"], [])
    slips = ApiServer()
    slips.run("apply", parse_manifests(sized, "file"))
    outcome = slips.run("apply", parse_manifests(POOL, "file"))
    assert [(note.code, dict(note.params)) for note in outcome.findings] == [
        ("block-size-slips", {"before": 27, "after": 26})
    ]
    assert verdicts(POOL.replace("p1", "p2"), "apply", [POOL]) == (["pools-overlap spec.cidr"], [])


def test_a_version_of_the_object_that_is_not_the_stored_one():
    versioned = POOL.replace("name: p1", "name: p1\n  resourceVersion: '7'")
    created, refused = "resource-version-new metadata.resourceVersion", "resource-version metadata.resourceVersion"
    assert verdicts(versioned) == ([created], [created])
    assert verdicts(versioned, "apply") == ([], [created])
    assert verdicts(versioned, "replace", [POOL]) == ([refused], [refused])


def test_options_of_calicoctl():
    def is_accepted(action, text, **options):
        calicoctl = Calicoctl()
        calicoctl.run("create", parse_manifests(POOL, "file"))
        return Calicoctl(calicoctl.store, CalicoctlOptions(**options)).run(action, parse_manifests(text, "f")).accepted

    assert not is_accepted("create", POOL)
    assert is_accepted("create", POOL, skip_existing=True)
    assert not is_accepted("create", POOL + "  blockSize: 40\n", skip_existing=True)
    assert not is_accepted("delete", SECOND_POOL)
    assert is_accepted("delete", SECOND_POOL, skip_not_exists=True)
    assert not is_accepted("apply", "[]")
    assert is_accepted("apply", "[]", skip_empty=True)
    assert not is_accepted("apply", POOL, namespace="kube-system")


def test_a_patch_that_changes_the_kind_or_the_name():
    calicoctl = Calicoctl()
    for text in (POOL, SECOND_POOL):
        calicoctl.run("create", parse_manifests(text, "file"))
    pool = find_kind("pool")
    for body, code in [
        ('{"kind": "IPReservation"}', "field-unknown"),
        ('{"kind": "Fancy"}', "kind-unknown"),
        ('{"apiVersion": "v1"}', "kind-unknown"),
        ('{"metadata": {"name": "p9"}}', "exists-not"),
        ("[]", "patch-body"),
        ("{", "patch-body"),
        ("null", "patch-body"),
        ('{"spec": {"blockSize": 1e999}}', "patch-body"),
        ('{"spec": {"blockSize": NaN}}', "patch-body"),
        ('{"spec": {"blockSize": 1e30}}', "value-high"),
        ('{"spec": {"cidr": null}}', "field-missing"),
        ('{"spec": {"blocksize": 27}}', "block-size-changed"),
    ]:
        outcome = calicoctl.patch(pool, "p1", body)
        assert not outcome.accepted
        assert code in codes_of(outcome.findings)
    assert calicoctl.patch(pool, "p1", '{"spec": {"disabled": true}}').accepted
    assert stored_objects(calicoctl.store, pool)["p1"]["spec"]["disabled"] is True


def test_a_patch_leaves_labels_and_annotations():
    calicoctl = Calicoctl()
    labelled = POOL.replace("name: p1", "name: p1\n  labels: {a: b}\n  annotations: {c: d}")
    assert calicoctl.run("create", parse_manifests(labelled, "file")).accepted
    assert calicoctl.patch(
        find_kind("pool"), "p1", '{"spec": {"disabled": true}, "metadata": {"labels": {"e": "f"}}}'
    ).accepted
    stored = stored_objects(calicoctl.store, find_kind("pool"))["p1"]
    assert (stored["labels"], stored["annotations"]) == ({"a": "b", "e": "f"}, {"c": "d"})


def test_deleting_a_pool_gives_its_empty_blocks_back():
    from ippoolkit.cidr import Cidr
    from ippoolkit.model import Allocation, Block

    store = Datastore()
    calicoctl = Calicoctl(store)
    calicoctl.run("create", parse_manifests(POOL, "file"))
    empty, used = Cidr.parse("10.0.0.0/26"), Cidr.parse("10.0.0.64/26")
    store.blocks = {
        empty: Block(cidr=empty, affinity="host:a"),
        used: Block(cidr=used, affinity="host:a", allocations=(Allocation(ordinal=1),)),
    }
    assert calicoctl.delete(find_kind("ippool"), "p1").accepted
    assert list(store.blocks) == [used]
    assert store.blocks[used].affinity == ""
    recreation = calicoctl.run("create", parse_manifests(POOL + "  blockSize: 27\n", "file"))
    assert [note.code for note in recreation.findings] == ["blocks-of-other-size"]


@pytest.mark.parametrize("name", ["ippool", "IPPools", "IPP", "pool", "ipamconfig", "reservation"])
def test_names_of_kinds(name):
    assert find_kind(name) is not None


def test_ipam_configure():
    store = Datastore()
    assert [note.code for note in configure_ipam(store, ["--max-blocks-per-host=4"])] == ["configure-max"]
    assert configure_ipam(store, ["--strictaffinity", "true", "--max-blocks-per-host=+4"]) == []
    assert store.ipam_options["maxBlocksPerHost"] == 4
    assert [note.code for note in configure_ipam(store, ["--strictaffinity=false"])] == ["configure-max"]
    assert [note.code for note in configure_ipam(store, ["--auto-allocate-blocks"])] == ["configure-option"]
    assert [note.code for note in configure_ipam(store, ["-x"])] == ["configure-option"]


def test_conversion_from_the_datastores_own_form(tmp_path):
    path = tmp_path / "old.yaml"
    own = "  name: p1\n  uid: x\n  annotations: {projectcalico.org/metadata: '{}'}"
    old = POOL.replace("projectcalico.org/v3", "crd.projectcalico.org/v1").replace("  name: p1", own)
    path.write_text(
        old
        + "---\napiVersion: crd.projectcalico.org/v1\nkind: IPAMConfig\nmetadata: {name: default}\nspec: {strictAffinity: true}\n"
    )
    assert verdicts(path.read_text())[0] != []
    converted = convert_to_v3([path])
    assert verdicts(converted) == ([], [])
    assert "uid" not in converted
    assert "kind: IPAMConfiguration" in converted


def _object(spec, *, kind="IPPool", name="p", more=""):
    return f"apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n{more}"


def _by(judge, text, action="apply"):
    outcome = judge.run(action, parse_manifests(text, "f"))
    return outcome.accepted, [note.code for note in outcome.findings if note.refused_by]


def test_a_number_beyond_64_bits_is_no_integer_to_the_crd():
    largest = _object("cidr: 10.0.0.0/16, blockSize: 9223372036854775807")
    assert _by(ApiServer(), largest) == (False, ["type-whole", "value-high", "block-size-range"])
    assert "type-whole" not in _by(Calicoctl(), largest)[1]


def test_what_calicoctl_says_of_documents_without_a_name_of_namespaces_and_of_a_status():
    nameless = "apiVersion: projectcalico.org/v3\nkind: IPPool\n"
    assert _by(Calicoctl(), nameless, "delete") == (False, ["exists-not"])
    in_namespace = Calicoctl(options=CalicoctlOptions(namespace="ns"))
    assert _by(in_namespace, _object("cidr: 10.0.0.0/16")) == (False, ["namespace-given"])
    calicoctl = Calicoctl()
    assert _by(calicoctl, _object("cidr: 10.0.0.0/16", more="status: {conditions: []}\n"))[0]
    assert "status" not in stored_objects(calicoctl.store, find_kind("IPPool"))["p"]


def test_documents_that_yaml_and_json_read_otherwise():
    pool_json = (
        '{"apiVersion":"projectcalico.org/v3","kind":"IPPool","metadata":{"name":"%s"},"spec":{"cidr":"10.%d.0.0/16"}}'
    )
    calicoctl = Calicoctl()
    assert _by(calicoctl, f"{pool_json % ('a', 0)}\n{pool_json % ('b', 1)}")[0]
    assert list(stored_objects(calicoctl.store, find_kind("IPPool"))) == ["a"]  # the second of two objects is not read
    assert _by(Calicoctl(), _object("cidr: 10.0.0.0/16", name="*x")) == (False, ["yaml-alias"])
    twice = _object("cidr: 10.0.0.0/16, cidr: 10.1.0.0/16")
    assert _by(ApiServer(), twice) == (True, [])
    assert _by(Calicoctl(), twice) == (False, ["yaml-duplicate"])


def test_fields_that_hold_null_or_a_number_below_their_range():
    assert _by(ApiServer(), _object("cidr: 10.0.0.0/16, allowedUses: [Workload, null]")) == (False, ["type-text"])
    config = _object(
        "strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: -1", kind="IPAMConfiguration", name="default"
    )
    assert _by(Calicoctl(), config) == (False, ["value-low"])


def test_ipam_configure_refuses_unknown_options_and_both_off_even_where_it_is_so():
    assert [note.code for note in configure_ipam(Datastore(), ["--auto-allocate-blocks=true"])] == ["configure-option"]
    stored = {"strict_affinity": False, "auto_allocate_blocks": False}
    refused = configure_ipam(Datastore(ipam_options=stored), ["--strictaffinity=false"])
    assert [note.code for note in refused] == ["configure-both-off"]


@pytest.mark.parametrize("between", ["\n", " ", "\n\n"])
def test_calicoctl_reads_the_first_of_json_objects_in_a_row_and_kubectl_all(between):
    objects = [
        {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": name}, "spec": {"cidr": cidr}}
        for name, cidr in (("a", "10.0.0.0/16"), ("b", "10.1.0.0/16"))
    ]
    manifests = parse_manifests(between.join(json.dumps(value, indent=1) for value in objects), "pools.json")
    calicoctl = Calicoctl().run("apply", manifests)
    assert calicoctl.accepted
    assert [result.resource.name for result in calicoctl.results] == ["a"]
    assert [note.code for note in calicoctl.notes] == ["json-not-first"]
    assert [result.resource.name for result in ApiServer().run("apply", manifests).results] == ["a", "b"]
