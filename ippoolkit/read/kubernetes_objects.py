"""The kinds of object that are read, each with how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..findings import Place
from .calico_fields import CALICO_KIND_READERS
from .core_fields import CORE_KIND_READERS
from .document import Document
from .object_source import KindReader, ObjectSource, read_object

KIND_READERS: dict[str, tuple[KindReader, ...]] = CALICO_KIND_READERS | CORE_KIND_READERS


def to_model(kind: str, value: Mapping[str, Any]) -> Any | None:
    """Turn an object into its model class; None where it does not fit."""
    return read_object(KIND_READERS[kind][0], ObjectSource(value, Document.at_place(Place(""), value)))
