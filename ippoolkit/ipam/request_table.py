"""Requests for addresses as compiled code takes them: what many requests have in common is worked out once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..cidr import ADDRESS_BITS, IPVersion
from . import batch_events


@dataclass(slots=True)
class RequestTable:
    """Requests by number, and the ranges of all of them."""

    _ranges: list[list[int]] = field(default_factory=list)
    _requests: list[tuple[int, ...]] = field(default_factory=list)

    def add(
        self, ranges_by_version: Mapping[IPVersion, NDArray[np.int64]], max_blocks: int, *, windows: bool = False
    ) -> int:
        """Add a request, with its ranges of each family and its cap on blocks; return its number."""
        row: list[int] = []
        for version in ADDRESS_BITS:
            ranges = ranges_by_version[version].tolist() if version in ranges_by_version else []
            row += [len(self._ranges), len(ranges)]
            self._ranges += ranges
        self._requests.append((*row, max_blocks, int(windows)))
        return len(self._requests) - 1

    def to_arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ranges, and the requests with the columns of `batch_events`."""
        ranges = np.array(self._ranges, np.int64).reshape(-1, 3)
        return ranges, np.array(self._requests, np.int64).reshape(-1, batch_events.REQUEST_WIDTH)


def assignment_kind(versions: Collection[IPVersion]) -> int:
    """Return the kind of event that asks for an address of each of these families."""
    if len(versions) > 1:
        return batch_events.ASSIGN_BOTH
    return batch_events.ASSIGN_IPV6 if 6 in versions else batch_events.ASSIGN_IPV4
