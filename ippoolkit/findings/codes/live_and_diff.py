"""Reading a running cluster, and two dumps of one compared."""

from __future__ import annotations

from ...texts import N_
from .more_blocks import ADD_ANOTHER_POOL
from .rule import Rule

LIVE_AND_DIFF = (
    Rule("diff-added", "info", N_("Added: {count:object} of kind {kind} ({which}).")),
    Rule("diff-gone", "info", N_("Removed: {count:object} of kind {kind} ({which}).")),
    Rule("diff-changed", "info", N_("{field} changed from {before} to {after}.")),
    Rule(
        "diff-size-changed",
        "error",
        N_(
            "{field} changed from {before} to {after}: an existing pool does not allow this, so it "
            "was recreated or changed in place."
        ),
        N_("Check for overlapping blocks."),
        source_key="ippool",
    ),
    Rule(
        "diff-use",
        "info",
        N_("Addresses in use: {addresses:+d}; blocks: {blocks:+d}; blocks left: {left}."),
        source_key="blocks",
    ),
    Rule("diff-use-addresses", "info", N_("Addresses in use: {addresses:+d}; {free} left."), source_key="blocks"),
    Rule("diff-blocks-left", "info", N_("Left to claim: {left} of {blocks:block}."), source_key="blocks"),
    Rule(
        "diff-pace",
        "info",
        N_(
            "Addresses in use: {addresses:+d}; blocks: {blocks:+d} in {span} days; at this rate the "
            "{left} remaining blocks last {days} days."
        ),
        N_("Plan another pool before then."),
        source_key="blocks",
    ),
    Rule("diff-findings-gone", "ok", N_("No longer found: {which}.")),
    Rule(
        "diff-findings-unknown",
        "warning",
        N_("The newer dump does not show what these findings need; whether they still hold is unknown: {which}."),
        N_("Save the same dumps as before."),
    ),
    Rule(
        "live-config",
        "error",
        N_("The kubeconfig cannot be used: {reason}."),
        N_("Check its path, and the context with kubectl config get-contexts."),
    ),
    Rule(
        "live-login",
        "error",
        N_("The cluster does not accept the login of the kubeconfig (401)."),
        N_("Log in again; tokens expire."),
        source_key="rbac",
    ),
    Rule(
        "live-connection",
        "error",
        N_("The cluster does not answer: {reason}."),
        N_("Check that kubectl can reach it with the same kubeconfig."),
    ),
    Rule(
        "live-missing",
        "warning",
        N_("The cluster has no {kind}: is Calico installed, with the Kubernetes datastore?"),
        N_("With etcd, use saved calicoctl output instead."),
    ),
    Rule(
        "live-failed",
        "warning",
        N_("Listing {kind} failed: {message}"),
        N_("Try again; figures that need it are unknown."),
    ),
    Rule(
        "live-expired",
        "info",
        N_("The list of {kind} expired during reading and was continued: its pages were taken at two different times."),
    ),
    Rule(
        "diff-unknown",
        "info",
        N_("Known on one side only, and not compared: {figures}."),
        N_("Save the same output both times."),
    ),
    Rule(
        "diff-pace-addresses",
        "warning",
        N_("{addresses} addresses more in {span} days, {free} left: full in about {days} days at this pace."),
        ADD_ANOTHER_POOL,
        source_key="blocks",
    ),
)
