"""A verdict: fits, tight, fails or idle, the finding behind it, and the limit that binds first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ..answer import answer_html
from ..calico.releases import Release
from ..findings import N_, Finding, Severity


class Status(StrEnum):
    """A verdict in one word."""

    FITS = N_("fits")
    TIGHT = N_("tight")
    FAILS = N_("fails")
    IDLE = N_("idle")  # serves no pods, so there is nothing to judge

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return (Status.FAILS, Status.TIGHT, Status.IDLE, Status.FITS).index(self)


SEVERITY_OF_STATUS = {
    Status.FITS: Severity.OK,
    Status.TIGHT: Severity.WARNING,
    Status.FAILS: Severity.ERROR,
    Status.IDLE: Severity.INFO,
}

LIMIT_BLOCKS = N_("blocks")
LIMIT_BLOCKS_PER_NODE = N_("blocks per node")
LIMIT_ADDRESSES = N_("addresses")
LIMIT_STRICT_AFFINITY = "strictAffinity"
LIMIT_SELECTORS = "nodeSelector"
LIMIT_UNKNOWN = N_("unknown")
LIMIT_MAX_PODS = N_("kubelet max-pods")

# What binds behind each code of a verdict.
LIMIT_BY_CODE: dict[str, str] = {
    "blocks-short": LIMIT_BLOCKS,
    "blocks-elsewhere": LIMIT_BLOCKS,
    "growth-blocks": LIMIT_BLOCKS,
    "borrowing": LIMIT_BLOCKS,
    "growth-borrowing": LIMIT_BLOCKS,
    "no-spare": LIMIT_BLOCKS,
    "block-cap": LIMIT_BLOCKS_PER_NODE,
    "growth-cap": LIMIT_BLOCKS_PER_NODE,
    "addresses-short": LIMIT_ADDRESSES,
    "growth-addresses": LIMIT_ADDRESSES,
    "strict-short": LIMIT_STRICT_AFFINITY,
    "strict-blocks-short": LIMIT_STRICT_AFFINITY,
    "growth-strict": LIMIT_STRICT_AFFINITY,
    "auto-allocate-off": "autoAllocateBlocks",
    "windows-block": "Windows",
    "node-no-pool": LIMIT_SELECTORS,
    "no-pool": LIMIT_BLOCKS,
}


@dataclass(frozen=True)
class Verdict:
    """Whether a plan fits the pools of one IP version, the finding behind it, and the limit that binds first.

    Attributes
    ----------
    status
        Fits, tight, fails or idle.
    code
        Code of the finding, as in docs/rules.md.
    limit
        What binds first, in English.
    subject
        The IP version, as ``IPv4``.
    params
        Numbers of the finding: counts of addresses, blocks, nodes and pods are exact Python ints.
    release
        The release of Calico by which the plan was judged.
    """

    status: Status
    code: str
    limit: str
    subject: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    release: Release | None = field(default=None, compare=False, repr=False)

    _repr_html_ = answer_html

    @cached_property
    def finding(self) -> Finding:
        """The verdict as a finding."""
        severity = Severity.ERROR if self.code == "pools-not-read" else SEVERITY_OF_STATUS[self.status]
        return Finding(self.code, self.subject, self.params, severity_override=severity, release=self.release)


def no_pool_verdict(*, pools_were_read: bool = True) -> Verdict:
    """Return the verdict on a plan without any pool: what was not read may be there."""
    if not pools_were_read:
        return Verdict(Status.IDLE, "pools-not-read", LIMIT_UNKNOWN)
    return Verdict(Status.FAILS, "no-pool", LIMIT_BLOCKS)
