"""What a rule is made of."""

from __future__ import annotations

from dataclasses import dataclass

# Who judges a manifest: calicoctl; the CRD's schema and rules in the API server; what that asks of any object;
# calico-apiserver, which serves projectcalico.org/v3 where there is no CRD of it.
CALICOCTL, CRD, KUBERNETES, APISERVER = "calicoctl", "crd", "kubernetes", "apiserver"
CALICOCTL_AND_CRD = (CALICOCTL, CRD)
CALICOCTL_AND_KUBERNETES = (CALICOCTL, KUBERNETES)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, how severe a breach is, the key of its source, and its texts.

    `short_message` is the message cut to what a table's cell can hold, for rules that verdicts rest on. For rules on
    manifests `applies_to` says which kinds or fields, `limit` what is allowed, `refused_by` who refuses a breach,
    `calico_messages` how Calico's own message words it. Where a release of Calico lacks the difference `remedy_needs`,
    `remedy_without` is what to do. `steps` says which runbook takes there.
    """

    code: str
    severity: str
    source_key: str
    message: str
    remedy: str = ""
    short_message: str = ""
    applies_to: str = ""
    limit: str = ""
    refused_by: tuple[str, ...] = ()
    calico_messages: tuple[str, ...] = ()
    remedy_needs: str = ""
    remedy_without: str = ""
    steps: str = ""

    @property
    def names_runbook(self) -> bool:
        """Whether the remedy is a change of pools, to be rehearsed."""
        return bool(self.steps)
