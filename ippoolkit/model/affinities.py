"""What Calico keeps beside its blocks: a node's claim on a block, the index from a handle to its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from .field_types import CidrField, IntField, model_class


@model_class
class BlockAffinity:
    """A node's claim on a block."""

    cidr: CidrField = Field(description="The block's range.")
    node: str = Field(description="Who claims it: a node, or load-balancer.")
    type: str = Field(default="host", description="host or virtual.")
    state: str = Field(default="confirmed", description="pending, confirmed or pendingDeletion.")


@model_class
class IPAMHandle:
    """The index from an allocation's handle to the blocks that hold its addresses."""

    handle_id: Annotated[str, Field(alias="handleID")] = Field(description="The handle, as allocations name it.")
    block: Mapping[str, IntField] = Field(default_factory=dict, description="Addresses it holds, by the block's range.")
