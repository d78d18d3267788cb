"""Which release of Calico an input is of, recognised by the objects and texts that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..calico.releases import Release, UnknownReleaseError
from .document import Document
from .plain_values import get_value, iter_objects

# In the order of trust: what Calico itself wrote, what runs, what an installer was to install.
_SOURCES = ("ClusterInformation", "version", "image", "installer")
_IMAGE = re.compile(r"(?:^|/)calico/node(?:-windows)?:(v3\.[0-9]{1,4}\.[0-9]{1,4})")
_VERSION_TEXT = re.compile(r"^Cluster Version:\s*(v3\.[0-9]{1,4}\.[0-9]{1,4})", re.MULTILINE)
_MAX_TEXT = 1 << 20  # characters of a text that are searched


def release_in_text(text: str) -> str:
    """Return the release that `calicoctl version` printed; empty where there is none."""
    match = _VERSION_TEXT.search(text[:_MAX_TEXT])
    return match[1] if match else ""


def find_release(documents: Iterable[Document], from_text: str = "") -> str:
    """Return the release that documents name, the most trusted one first; empty where none does."""
    versions: dict[str, str] = {"version": from_text} if from_text else {}
    for document in documents:
        for _, value in iter_objects(document.value):
            for source, text in _named_releases(value):
                if source not in versions and _is_release(text):
                    versions[source] = text
    return next((versions[source] for source in _SOURCES if source in versions), "")


def _named_releases(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match value:
        case {"kind": "ClusterInformation", "spec": {"calicoVersion": str(version)}}:
            yield "ClusterInformation", version
        case {"kind": "DaemonSet", "spec": {"template": {"spec": {"containers": list(containers)}}}}:
            for container in containers:
                image = get_value(container, "image")
                if isinstance(image, str) and (match := _IMAGE.search(image)):
                    yield "image", match[1]
        case {"kind": "Installation", "status": {"calicoVersion": str(version)}}:
            yield "installer", version
        case {"calico_version": str(version)}:
            yield "installer", version


def _is_release(text: str) -> bool:
    try:
        Release.parse(text)
    except UnknownReleaseError as error:
        return error.is_too_old  # the model refuses it, with the reason
    return True
