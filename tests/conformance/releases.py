"""The complete recordings of an older release, from what differs and the newest release's recordings."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from collections.abc import Iterator
from typing import Any

from tests.conformance.recordings import read_cases
from tests.helpers import RECORDINGS

FOLDER = RECORDINGS / "releases"
RELEASES = sorted(path.name.removesuffix(".tar.xz") for path in (FOLDER / "ipam").iterdir())
# Fields that a release does not know, where the newest writes a default.
_UNKNOWN_FIELDS = {
    "v3.29.7": {"assignmentMode", "ipCooldownSeconds", "kubeVirtVMAddressPersistence"},
    "v3.30.7": {"ipCooldownSeconds", "kubeVirtVMAddressPersistence"},
    "v3.31.7": {"ipCooldownSeconds", "kubeVirtVMAddressPersistence"},
    "v3.32.1": {"ipCooldownSeconds"},
}

Case = dict[str, Any]


def traces(release: str) -> Iterator[list[Case]]:
    """Yield the traces of IPAM, each with its release."""
    packed = lzma.decompress((FOLDER / "ipam" / f"{release}.tar.xz").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive.getmembers():
            text = archive.extractfile(member).read().decode()
            if member.name.endswith(".jsonl"):
                lines = [json.loads(line) for line in text.splitlines()]
                yield [{**lines[0], "calico": release}, *lines[1:]]
            else:
                for name in text.split():
                    lines = read_cases(RECORDINGS / "ipam" / f"{name.removesuffix('.jsonl')}.jsonl.gz")
                    yield [{**lines[0], "calico": release}, *lines[1:]]


def manifests(release: str) -> list[Case]:
    """Return every recorded run of calicoctl."""
    changed = {row["id"]: row for row in _differing(f"manifests-{release}")}
    cases = []
    for case in read_cases(RECORDINGS / "manifests.jsonl.gz"):
        row = changed.get(case["id"], {})
        known = {
            key: _without(value, _UNKNOWN_FIELDS[release]) if key in ("stored", "after", "ipam_config") else value
            for key, value in case.items()
        }
        if row and "after" not in row and row["accepted"] != case["accepted"]:
            known = {key: value for key, value in known.items() if key != "ipam_config"} | {"after": None}
        cases.append({**known, **row, "calico": release})
    return cases


def crd_verdicts(release: str) -> list[Case]:
    """Return every recorded verdict of the CRDs, of each group."""
    changed = {(row["id"], row["group"]): row for row in _differing(f"crd-{release}")}
    manifest_of = {case["id"]: case for case in read_cases(RECORDINGS / "manifests.jsonl.gz")}
    return [
        {
            **case,
            "group": group,
            **changed.get((case["id"], group), {}),
            "calico": release,
            "of": manifest_of.get(case["id"]),
        }
        for group in sorted({group for _, group in changed})
        for case in read_cases(RECORDINGS / "crd-verdicts.jsonl.gz")
    ]


def _differing(name: str) -> list[Case]:
    return read_cases(FOLDER / f"{name}.jsonl.gz")


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return value
