"""No manifest, patch or option of any kind ends in anything but findings; judging again changes nothing."""

import contextlib
import json

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ippoolkit.calico.kinds import KINDS, METADATA_FIELDS
from ippoolkit.errors import InputError
from ippoolkit.manifests import (
    ApiServer,
    Calicoctl,
    Datastore,
    configure_ipam,
    effective_ipam_options,
    find_kind,
    parse_manifests,
)
from ippoolkit.manifests.manifest_review import ACTIONS, review
from tests.helpers import stored_objects

POOL = find_kind("IPPool")
texts = st.text(max_size=20) | st.sampled_from(
    [
        "10.0.0.0/16",
        "fd00::/64",
        "::ffff:10.0.0.0/112",
        "010.0.0.0/8",
        "all()",
        "!has(x)",
        "Workload",
        "LoadBalancer",
        "Never",
        "Always",
        "",
        "26",
        "p1",
        "default",
        "\ud800",
        "1e400",
        "2026-01-01T00:00:00Z",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.integers(10**18, 10**30)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
fields = st.sampled_from([name for kind in KINDS.values() for name in kind.fields] + ["CIDR", "blocksize", "bogus"])
specs = st.dictionaries(fields, values, max_size=6)
metadata = st.dictionaries(st.sampled_from([*METADATA_FIELDS, "Name", "bogus"]), values, max_size=4)
objects = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from(["projectcalico.org/v3", "crd.projectcalico.org/v1", "v1"]) | values,
        "kind": st.sampled_from([*KINDS, "IPPoolList", "List", "IPAMConfig", "Node"]) | values,
    },
    optional={"metadata": metadata | values, "spec": specs | values, "status": values, "items": values},
)
documents = objects | st.lists(objects, max_size=3) | values


def assert_messages(outcome):
    """Every finding can be put into words, in both languages."""
    for note in outcome.findings:
        assert note.message("en")
        assert note.message("zh")
        assert note.remedy("en") is not None
        assert json.dumps(note.as_dict())
    assert outcome.accepted or any(note.refused_by for note in outcome.findings)


@given(st.lists(documents, max_size=3), st.sampled_from(ACTIONS))
@example([{"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "spec": {"blockSize": float("inf")}}], "create")
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_manifest_says(given_documents, action):
    for text in (
        "\n---\n".join(json.dumps(document) for document in given_documents),
        yaml.safe_dump_all(given_documents, allow_unicode=False),
    ):
        for judge in (Calicoctl(), ApiServer()):
            for _ in range(2):
                assert_messages(judge.run(action, parse_manifests(text, "file")))


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("\n---")
@example("--- ---\n---")
@example("a: &a [*a]")
@example("%YAML 3.0\n---\n")
def test_whatever_a_file_holds(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8")
    result = review([path])
    assert result.accepted or result.unreadable_files or any(note.refused_by for note in result.findings)
    with contextlib.suppress(InputError):
        review([path], [path])


@given(specs | values, specs | values)
def test_whatever_a_patch_says(spec, changes):
    calicoctl = Calicoctl()
    calicoctl.add_existing(
        {"kind": "IPPool", "metadata": {"name": "p1"}, "spec": spec if isinstance(spec, dict) else {}}
    )
    assert_messages(calicoctl.patch(POOL, "p1", json.dumps({"spec": changes})))
    assert_messages(calicoctl.patch(POOL, "p1", json.dumps(changes)))
    assert_messages(calicoctl.delete(POOL, "p1", "p2"))


@given(st.text())
@example("[" * 100_000)
@example('{"spec": ' * 5_000)
def test_whatever_stands_for_a_patch(body):
    calicoctl = Calicoctl()
    calicoctl.add_existing({"kind": "IPPool", "metadata": {"name": "p1"}, "spec": {"cidr": "10.0.0.0/16"}})
    assert_messages(calicoctl.patch(POOL, "p1", body))


options = st.sampled_from(
    [
        "--strictaffinity",
        "--auto-allocate-blocks",
        "--max-blocks-per-host",
        "--ip-cooldown-seconds",
        "--kubevirt-ip-persistence",
        "-c",
        "--",
        "-",
        "word",
    ]
)
language = options | st.builds("{}={}".format, options, texts | st.integers().map(str)) | st.text()


@given(
    st.lists(language, max_size=5),
    st.none() | st.dictionaries(st.sampled_from(["strict_affinity"]), st.booleans()),
)
def test_whatever_options_are_given(args, stored):
    store = Datastore(ipam_options=stored)
    before = effective_ipam_options(store.ipam_options)
    for note in configure_ipam(store, args):
        assert note.message("zh")
        assert effective_ipam_options(store.ipam_options) == before


@given(specs)
def test_what_is_stored_is_taken_again(spec):
    calicoctl = Calicoctl()
    value = {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": "p1"}}
    spec = {"cidr": "10.0.0.0/16"} | {name: item for name, item in spec.items() if name in POOL.fields}
    if calicoctl.run("create", parse_manifests(json.dumps({**value, "spec": spec}), "file")).accepted:
        stored = stored_objects(calicoctl.store, POOL)
        text = json.dumps({**value, **stored["p1"]})
        assert calicoctl.run("apply", parse_manifests(text, "file")).accepted
        assert stored_objects(calicoctl.store, POOL) == stored
