"""What changes with the release of Calico."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

_GAINS = N_("Calico {release} changes this: {what}")
_LOSES = N_("Calico {release} does not do what {before} does: {what}")
_SOURCE = N_("Source: {source}.")

RELEASES = (
    Rule(
        "upgrade-verdict-worse",
        "error",
        N_("The verdict becomes worse with Calico {release}. Before: {before} After: {after}"),
    ),
    Rule(
        "upgrade-verdict", "warning", N_("The verdict changes with Calico {release}. Before: {before} After: {after}")
    ),
    Rule(
        "upgrade-refused",
        "error",
        N_("{door} of Calico {release} refuses it: {reason}"),
        N_("Correct it before the upgrade: it is refused at its next change."),
    ),
    Rule("upgrade-gains", "warning", _GAINS, _SOURCE, source_key="calico-source"),
    Rule("upgrade-loses", "warning", _LOSES, _SOURCE, source_key="calico-source"),
    Rule("upgrade-gains-minor", "info", _GAINS, _SOURCE, source_key="calico-source"),
    Rule("upgrade-loses-minor", "info", _LOSES, _SOURCE, source_key="calico-source"),
)
