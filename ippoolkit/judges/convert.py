"""From the form in which the datastore keeps Calico's objects to the one that calicoctl takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..findings import Finding, Place
from ..kinds import KINDS, V1_KINDS, V3
from ..read.objects import OWN_ANNOTATIONS
from ..write import dump
from .apiserver import objects_in
from .text import read_manifests


def v3_of(files: Iterable[str | Path]) -> str:
    """Return the objects of files as documents of projectcalico.org/v3.

    Raises
    ------
    InputError
        Where a file cannot be read, or no file has an object that is the kit's to convert.
    """
    problems: list[Finding] = []
    made: list[str] = []
    names = []
    for file in files:
        try:
            manifests = read_manifests(file)
        except InputError as error:
            problems += error.problems
            continue
        names.append(manifests.file)
        problems += manifests.problems
        for document in manifests.documents:
            made += [dump(_converted(value)) for _, value in objects_in(document) if _known(value)]
    if not made and not problems:
        problems = [Finding("no-resources", place=Place(name)) for name in names]
    if problems:
        raise InputError(problems)
    return "---\n".join(made)


def _known(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("kind") in {*KINDS, *V1_KINDS}


def _converted(value: Mapping[str, Any]) -> dict[str, Any]:
    given = value.get("metadata")
    metadata = dict(given) if isinstance(given, Mapping) else {}
    kept = {key: metadata[key] for key in ("name", "labels", "annotations") if metadata.get(key)}
    if isinstance(kept.get("annotations"), Mapping):
        kept["annotations"] = {key: text for key, text in kept["annotations"].items() if key not in OWN_ANNOTATIONS}
        if not kept["annotations"]:
            del kept["annotations"]
    kind = V1_KINDS.get(value["kind"]) or KINDS[value["kind"]]
    return {"apiVersion": V3, "kind": kind.name, "metadata": kept, "spec": value.get("spec") or {}}
