"""From the form in which the datastore keeps Calico's objects to the one that calicoctl takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..calico.kinds import KINDS, V1_KINDS, V3
from ..calico.v2_pools import is_v2_pool, to_v3_pool
from ..errors import InputError
from ..findings import Finding, Place, Severity
from ..read.calico_fields import MANAGED_ANNOTATIONS
from ..read.plain_values import get_mapping
from ..write import dump_yaml
from .api_server import iter_objects
from .manifest_file import ManifestFile
from .manifest_sources import read_manifest_files


def convert_to_v3(files: Iterable[str | Path]) -> str:
    """Return the objects of files as documents of projectcalico.org/v3.

    Raises
    ------
    InputError
        Where a file cannot be read, or no file has an object that is the kit's to convert.
    """
    problems: list[Finding] = []
    converted: list[str] = []
    manifest_files: list[ManifestFile] = []
    for file in files:
        try:
            manifest_files += read_manifest_files(file)
        except InputError as error:
            problems += error.problems
    for manifests in manifest_files:
        problems += manifests.problems
        problems += (
            note for document in manifests.documents for note in document.notes if note.severity == Severity.ERROR
        )
        for _, _, value in iter_objects(manifests.documents):
            items = value if isinstance(value, list) else [value]
            converted += [dump_yaml(_to_v3(item)) for item in items if _is_convertible(item)]
    if not converted and not problems:
        problems = [Finding("no-resources", place=Place(manifests.file)) for manifests in manifest_files]
    if problems:
        raise InputError(problems)
    return "---\n".join(converted)


def _is_convertible(value: object) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("kind"), str):
        return False
    return value["kind"] in {*KINDS, *V1_KINDS} or is_v2_pool(value)


def _to_v3(value: Mapping[str, Any]) -> dict[str, Any]:
    if is_v2_pool(value):
        return to_v3_pool(value)
    metadata = get_mapping(value, "metadata")
    kept_metadata = {key: metadata[key] for key in ("name", "labels", "annotations") if metadata.get(key)}
    if isinstance(kept_metadata.get("annotations"), Mapping):
        kept_metadata["annotations"] = {
            key: text for key, text in kept_metadata["annotations"].items() if key not in MANAGED_ANNOTATIONS
        }
        if not kept_metadata["annotations"]:
            del kept_metadata["annotations"]
    kind = V1_KINDS.get(value["kind"]) or KINDS[value["kind"]]
    return {"apiVersion": V3, "kind": kind.name, "metadata": kept_metadata, "spec": value.get("spec") or {}}
