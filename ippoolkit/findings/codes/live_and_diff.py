"""Reading a running cluster, and two dumps of one compared."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

LIVE_AND_DIFF = (
    Rule("diff-added", "info", "kit", N_("Added: {count:object} of kind {kind} ({which}).")),
    Rule("diff-gone", "info", "kit", N_("Removed: {count:object} of kind {kind} ({which}).")),
    Rule("diff-changed", "info", "kit", N_("{field} changed from {before} to {after}.")),
    Rule(
        "diff-size-changed",
        "error",
        "ippool",
        N_(
            "{field} changed from {before} to {after}: an existing pool does not allow this, so it "
            "was recreated or changed in place."
        ),
        N_("Check for overlapping blocks."),
    ),
    Rule(
        "diff-use", "info", "blocks", N_("Addresses in use: {addresses:+d}; blocks: {blocks:+d}; blocks left: {left}.")
    ),
    Rule("diff-use-addresses", "info", "blocks", N_("Addresses in use: {addresses:+d}; {free} left.")),
    Rule("diff-blocks-left", "info", "blocks", N_("Left to claim: {left} of {blocks:block}.")),
    Rule(
        "diff-pace",
        "info",
        "blocks",
        N_(
            "Addresses in use: {addresses:+d}; blocks: {blocks:+d} in {span} days; at this rate the "
            "{left} remaining blocks last {days} days."
        ),
        N_("Plan another pool before then."),
    ),
    Rule("diff-findings-gone", "ok", "kit", N_("No longer found: {which}.")),
    Rule(
        "diff-findings-unknown",
        "warning",
        "kit",
        N_("The newer dump does not show what these findings need; whether they still hold is unknown: {which}."),
        N_("Save the same dumps as before."),
    ),
    Rule(
        "live-config",
        "error",
        "kit",
        N_("The kubeconfig cannot be used: {reason}."),
        N_("Check its path, and the context with kubectl config get-contexts."),
    ),
    Rule(
        "live-login",
        "error",
        "rbac",
        N_("The cluster does not accept the login of the kubeconfig (401)."),
        N_("Log in again; tokens expire."),
    ),
    Rule(
        "live-connection",
        "error",
        "kit",
        N_("The cluster does not answer: {reason}."),
        N_("Check that kubectl can reach it with the same kubeconfig."),
    ),
    Rule(
        "live-missing",
        "warning",
        "kit",
        N_("The cluster has no {kind}: is Calico installed, with the Kubernetes datastore?"),
        N_("With etcd, use saved calicoctl output instead."),
    ),
    Rule(
        "live-failed",
        "warning",
        "kit",
        N_("Listing {kind} failed: {message}"),
        N_("Try again; figures that need it are unknown."),
    ),
    Rule(
        "live-expired",
        "info",
        "kit",
        N_("The list of {kind} expired during reading and was continued: its pages were taken at two different times."),
    ),
)
