"""What a rule is made of."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Literal

# Who judges a manifest: calicoctl; the CRD's schema and rules in the API server; what that asks of any object;
# calico-apiserver, which serves projectcalico.org/v3 where there is no CRD of it.
CALICOCTL, CRD, KUBERNETES, APISERVER = "calicoctl", "crd", "kubernetes", "apiserver"
CALICOCTL_AND_CRD = (CALICOCTL, CRD)
CALICOCTL_AND_KUBERNETES = (CALICOCTL, KUBERNETES)
# Rules that serve several kinds name no page of their own: the page of the kind is their source.
SOURCE_OF_KIND = "scenario"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: how severe a breach is, its code, its texts, and the key of its source.

    `short_message` is the message cut to what a table's cell can hold, for rules that verdicts rest on. For rules on
    manifests `applies_to` says which kinds or fields, `limit` what is allowed, `refused_by` who refuses a breach,
    `calico_messages` how Calico's own message words it. `remedy_without_cap` is what to do where a release's calicoctl
    cannot set maxBlocksPerHost. `steps` says which runbook takes there.
    """

    severity: Literal["error", "warning", "info", "ok"]
    code: str
    message: str
    remedy: str = ""
    _: KW_ONLY
    source_key: str = "kit"
    short_message: str = ""
    applies_to: str = ""
    limit: str = ""
    refused_by: tuple[str, ...] = ()
    calico_messages: tuple[str, ...] = ()
    remedy_without_cap: str = ""
    steps: str = ""


# The rows of the tables of rules.
error = partial(Rule, "error")
warning = partial(Rule, "warning")
info = partial(Rule, "info")
ok = partial(Rule, "ok")
