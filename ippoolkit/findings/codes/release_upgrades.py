"""What changes with the release of Calico."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

_GAINS = N_("Calico {release} changes this: {what}")
_LOSES = N_("Calico {release} does not do what {before} does: {what}")
_SOURCE = N_("Source: {source}.")

RELEASES = (
    error(
        "upgrade-verdict-worse", N_("The verdict becomes worse with Calico {release}. Before: {before} After: {after}")
    ),
    warning("upgrade-verdict", N_("The verdict changes with Calico {release}. Before: {before} After: {after}")),
    error(
        "upgrade-refused",
        N_("{door} of Calico {release} refuses it: {reason}"),
        N_("Correct it before the upgrade: it is refused at its next change."),
    ),
    warning("upgrade-gains", _GAINS, _SOURCE, source_key="calico-source"),
    warning("upgrade-loses", _LOSES, _SOURCE, source_key="calico-source"),
    info("upgrade-gains-minor", _GAINS, _SOURCE, source_key="calico-source"),
    info("upgrade-loses-minor", _LOSES, _SOURCE, source_key="calico-source"),
)
