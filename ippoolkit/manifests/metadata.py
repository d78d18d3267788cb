"""What Kubernetes, and calicoctl after it, ask of any object's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..calico.limits import MAX_ANNOTATIONS_BYTES, MAX_LABEL_LENGTH, MAX_NAME_LENGTH
from ..findings import N_, LocalizedText
from .resource import ResourceFindings

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")

# Why a key or a value is refused.
_TOO_LONG = LocalizedText(N_("it has more than 63 characters"))
_BAD_CHARACTERS = LocalizedText(
    N_("it may contain only letters, digits, -, _ and ., and must begin and end with a letter or digit")
)
_EMPTY_NAME = LocalizedText(N_("there is nothing after the /"))
_SEVERAL_SLASHES = LocalizedText(N_("it has more than one /"))
_BAD_PREFIX = LocalizedText(N_("the part before the / must be a lowercase DNS name"))
_VALID = LocalizedText("")


def check_metadata(metadata: Mapping[str, Any], findings: ResourceFindings) -> None:
    """Check name, labels and annotations."""
    name = metadata.get("name")
    name = name if isinstance(name, str) else ""
    if _byte_length(name) > MAX_NAME_LENGTH:
        findings.add("name-length", "metadata", "name", length=len(name))
    elif not _SUBDOMAIN.fullmatch(name):
        findings.add("name-syntax", "metadata", "name", name=name)
    for key, value in _iter_texts(metadata, "labels"):
        if reason := _key_error(key):
            findings.add("label-key", "metadata", "labels", key, key=key, reason=reason)
        if reason := _value_error(value):
            findings.add("label-value", "metadata", "labels", key, value=value, reason=reason)
    size = 0
    for key, value in _iter_texts(metadata, "annotations"):
        size += _byte_length(key) + _byte_length(value)
        if reason := _key_error(key.lower()):
            findings.add("label-key", "metadata", "annotations", key, key=key, reason=reason)
    if size > MAX_ANNOTATIONS_BYTES:
        findings.add("annotations-large", "metadata", "annotations", size=size, most=MAX_ANNOTATIONS_BYTES)


def _iter_texts(metadata: Mapping[str, Any], field: str) -> Iterator[tuple[str, str]]:
    mapping = metadata.get(field)
    if isinstance(mapping, Mapping):
        yield from ((key, value) for key, value in mapping.items() if isinstance(value, str))


def _byte_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _value_error(value: str) -> LocalizedText:
    if _byte_length(value) > MAX_LABEL_LENGTH:
        return _TOO_LONG
    return _VALID if not value or _NAME.fullmatch(value) else _BAD_CHARACTERS


def _key_error(key: str) -> LocalizedText:
    prefix, slash, name = key.partition("/")
    if not slash:
        prefix, name = "", key
    elif not prefix or _byte_length(prefix) > MAX_NAME_LENGTH or not _SUBDOMAIN.fullmatch(prefix):
        return _BAD_PREFIX
    if "/" in name:
        return _SEVERAL_SLASHES
    if not name:
        return _EMPTY_NAME if slash else _BAD_CHARACTERS
    if _byte_length(name) > MAX_LABEL_LENGTH:
        return _TOO_LONG
    return _VALID if _NAME.fullmatch(name) else _BAD_CHARACTERS
