"""What Kubernetes, and calicoctl after it, ask of any object's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import N_, Words
from ..limits import MAX_ANNOTATIONS, MAX_LABEL, MAX_NAME
from .resource import Notes

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")

# Why a key or a value is refused.
_LONG = Words(N_("it has more than 63 characters"))
_CHARACTERS = Words(N_("only letters, digits, - _ and . may stand in it, a letter or a digit at both ends"))
_EMPTY = Words(N_("nothing stands behind the /"))
_SLASHES = Words(N_("it has more than one /"))
_PREFIX = Words(N_("what stands before the / must be a name as of a domain, in small letters"))
_RIGHT = Words("")


def check_metadata(metadata: Mapping[str, Any], notes: Notes) -> None:
    """Check name, labels and annotations."""
    name = metadata.get("name")
    name = name if isinstance(name, str) else ""
    if _bytes(name) > MAX_NAME:
        notes.say("name-length", "metadata", "name", length=len(name))
    elif not _SUBDOMAIN.fullmatch(name):
        notes.say("name-syntax", "metadata", "name", name=name)
    for key, value in _texts(metadata, "labels"):
        if reason := _wrong_key(key):
            notes.say("label-key", "metadata", "labels", key, key=key, reason=reason)
        if reason := _wrong_value(value):
            notes.say("label-value", "metadata", "labels", key, value=value, reason=reason)
    size = 0
    for key, value in _texts(metadata, "annotations"):
        size += _bytes(key) + _bytes(value)
        if reason := _wrong_key(key.lower()):
            notes.say("label-key", "metadata", "annotations", key, key=key, reason=reason)
    if size > MAX_ANNOTATIONS:
        notes.say("annotations-large", "metadata", "annotations", size=size, most=MAX_ANNOTATIONS)


def _texts(metadata: Mapping[str, Any], field: str) -> Iterator[tuple[str, str]]:
    given = metadata.get(field)
    if isinstance(given, Mapping):
        yield from ((key, value) for key, value in given.items() if isinstance(value, str))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _wrong_value(value: str) -> Words:
    if _bytes(value) > MAX_LABEL:
        return _LONG
    return _RIGHT if not value or _NAME.fullmatch(value) else _CHARACTERS


def _wrong_key(key: str) -> Words:
    prefix, slash, name = key.partition("/")
    if not slash:
        prefix, name = "", key
    elif not prefix or _bytes(prefix) > MAX_NAME or not _SUBDOMAIN.fullmatch(prefix):
        return _PREFIX
    if "/" in name:
        return _SLASHES
    if not name:
        return _EMPTY if slash else _CHARACTERS
    if _bytes(name) > MAX_LABEL:
        return _LONG
    return _RIGHT if _NAME.fullmatch(name) else _CHARACTERS
