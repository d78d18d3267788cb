"""A recorded verdict of the CRD alone: accepted or not, the unknown fields, the spec after defaulting, the reasons."""

import re
from dataclasses import replace

from ippoolkit.calico.kinds import KINDS, V1, V3
from ippoolkit.manifests import ApiServer, Datastore, parse_manifests
from tests.conformance.ipam import release_of
from tests.conformance.reasons import unnamed

KEYS = {"accepted", "errors", "unknown_fields", "spec_after_defaulting", "update"}
# What the API server says of a rule that could not be worked out: the field's own problem is the reason.
_FOLLOWS = re.compile(
    r"invalid data, expected|no such key|evaluating rule:|Checked value must be of type|some validation rules were not"
)


def differences(case):
    """Return what differs from the recording; None for a case that it asks to ignore."""
    if case.get("ignore"):
        return None
    if case["of"] is None:
        return ["there is no manifest of this id beside the recording"]
    release = release_of(case)
    store = Datastore(release=release)
    group = case.get("group") or (V3 if release.has("crd-native") else V1)
    if case["update"]:
        for text in case["of"]["existing"]:
            for document in parse_manifests(text, "existing").documents:
                ApiServer(store).add_existing(_in_group(document.value, group))
    manifests = parse_manifests(case["of"]["manifest"], "manifest")
    documents = tuple(replace(document, value=_in_group(document.value, group)) for document in manifests.documents)
    outcome = ApiServer(store).run("apply", replace(manifests, documents=documents))
    # What Kubernetes asks of every object's metadata is not in these recordings.
    reasons = [note for note in outcome.findings if "crd" in note.refused_by]
    if bool(reasons) == case["accepted"]:
        return [f"{'refused' if reasons else 'accepted'}: {[note.message() for note in reasons] or case['errors']}"]
    mismatches = []
    if len(outcome.results) != 1:
        return [f"{len(outcome.results)} objects"]
    spec, recorded = outcome.results[0].resource.spec, case["spec_after_defaulting"]
    # Of another release what is refused has no spec of its own in the recording.
    is_recorded = case["accepted"] or "calico" not in case
    if is_recorded and isinstance(recorded, dict) and _numbers(spec) != _numbers(recorded):
        mismatches.append(f"spec {spec}; recorded: {recorded}")
    # The fields of metadata are every object's, and not in these recordings either.
    fields = [note.place.field for note in outcome.findings if note.code == "field-dropped"]
    dropped = sorted(field for field in fields if not field.startswith("metadata."))
    if dropped != sorted(case["unknown_fields"]):
        mismatches.append(f"drops {dropped}; recorded: {case['unknown_fields']}")
    lines = [error for error in case["errors"] if not _FOLLOWS.search(error)]
    mismatches += unnamed(lines, reasons)
    return mismatches


def _in_group(value, group):
    """A document in the group whose CRD judges it; its kind goes by another name in the first one."""
    if group == V3 or not isinstance(value, dict):
        return value
    kind = value.get("kind")
    return {**value, "apiVersion": group, "kind": KINDS[kind].v1_name if kind in KINDS else kind}


def _numbers(spec):
    """Whole numbers beyond 64 bits as the recording has them, in floating point."""
    return {
        key: float(value) if isinstance(value, int) and abs(value) >= 2**63 else value for key, value in spec.items()
    }
