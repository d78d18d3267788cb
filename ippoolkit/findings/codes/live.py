"""Reading a running cluster, and two dumps of one compared."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

LIVE = (
    Rule("diff-added", "info", "kit", N_("New since then: {count:object} of kind {kind} ({which}).")),
    Rule("diff-gone", "info", "kit", N_("Gone since then: {count:object} of kind {kind} ({which}).")),
    Rule("diff-changed", "info", "kit", N_("{field} was {before} and is {after}.")),
    Rule(
        "diff-size-changed",
        "error",
        "ippool",
        N_(
            "{field} was {before} and is {after}: neither can be changed while the pool lives, so it was made "
            "anew or changed in place."
        ),
        N_("Look for blocks that overlap."),
    ),
    Rule(
        "diff-use", "info", "blocks", N_("Addresses in use: {addresses:+d}; blocks: {blocks:+d}; blocks left: {left}.")
    ),
    Rule(
        "diff-pace",
        "info",
        "blocks",
        N_(
            "Addresses in use: {addresses:+d}; blocks: {blocks:+d} in {span} days; the {left} blocks left last "
            "{days} days at this pace."
        ),
        N_("Plan a further pool before then."),
    ),
    Rule("diff-findings-gone", "ok", "kit", N_("No longer found: {which}.")),
    Rule(
        "live-package",
        "error",
        "kit",
        N_("Reading a running cluster needs one more package."),
        N_("pip install 'ippoolkit[live]'"),
    ),
    Rule(
        "live-config",
        "error",
        "kit",
        N_("The kubeconfig cannot be used: {reason}"),
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
        N_("Can kubectl reach it with the same kubeconfig?"),
    ),
    Rule(
        "live-missing",
        "warning",
        "kit",
        N_("The cluster has no {kind}: is Calico installed, with the Kubernetes datastore?"),
        N_("With etcd save what calicoctl prints instead."),
    ),
    Rule(
        "live-failed",
        "warning",
        "kit",
        N_("Listing {kind} failed: {message}"),
        N_("Try again; until then what needs it is unknown."),
    ),
    Rule(
        "live-expired",
        "info",
        "kit",
        N_("The list of {kind} expired while it was read, and was gone on with: its pages are of two moments."),
    ),
)
