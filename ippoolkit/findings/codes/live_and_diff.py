"""Reading a running cluster, and two dumps of one compared."""

from __future__ import annotations

from ...texts import N_
from .more_blocks import ADD_ANOTHER_POOL
from .rule import error, info, ok, warning

LIVE_AND_DIFF = (
    info("diff-added", N_("Added: {count:object} of kind {kind} ({which}).")),
    info("diff-gone", N_("Removed: {count:object} of kind {kind} ({which}).")),
    info("diff-changed", N_("{field} changed from {before} to {after}.")),
    error(
        "diff-size-changed",
        N_(
            "{field} changed from {before} to {after}: an existing pool does not allow this, so it "
            "was recreated or changed in place."
        ),
        N_("Check for overlapping blocks."),
        source_key="ippool",
    ),
    info(
        "diff-use",
        N_("Addresses in use: {addresses:+d}; blocks: {blocks:+d}; blocks left: {left}."),
        source_key="blocks",
    ),
    info("diff-use-addresses", N_("Addresses in use: {addresses:+d}; {free} left."), source_key="blocks"),
    info("diff-blocks-left", N_("Left to claim: {left} of {blocks:block}."), source_key="blocks"),
    info(
        "diff-pace",
        N_(
            "Addresses in use: {addresses:+d}; blocks: {blocks:+d} in {span} days; at this rate the "
            "{left} remaining blocks last {days} days."
        ),
        N_("Plan another pool before then."),
        source_key="blocks",
    ),
    ok("diff-findings-gone", N_("No longer found: {which}.")),
    warning(
        "diff-findings-unknown",
        N_("The newer dump does not show what these findings need; whether they still hold is unknown: {which}."),
        N_("Save the same dumps as before."),
    ),
    error(
        "live-config",
        N_("The kubeconfig cannot be used: {reason}."),
        N_("Check its path, and the context with kubectl config get-contexts."),
    ),
    error(
        "live-login",
        N_("The cluster does not accept the login of the kubeconfig (401)."),
        N_("Log in again; tokens expire."),
        source_key="rbac",
    ),
    error(
        "live-connection",
        N_("The cluster does not answer: {reason}."),
        N_("Check that kubectl can reach it with the same kubeconfig."),
    ),
    warning(
        "live-missing",
        N_("The cluster has no {kind}: is Calico installed, with the Kubernetes datastore?"),
        N_("With etcd, use saved calicoctl output instead."),
    ),
    warning("live-failed", N_("Listing {kind} failed: {message}"), N_("Try again; figures that need it are unknown.")),
    info(
        "live-expired",
        N_("The list of {kind} expired during reading and was continued: its pages were taken at two different times."),
    ),
    info(
        "diff-unknown",
        N_("Known on one side only, and not compared: {figures}."),
        N_("Save the same output both times."),
    ),
    warning(
        "diff-pace-addresses",
        N_("{addresses} addresses more in {span} days, {free} left: full in about {days} days at this pace."),
        ADD_ANOTHER_POOL,
        source_key="blocks",
    ),
)
