"""What to save of a cluster for audits and runbooks, and the commands that save it."""

from __future__ import annotations

from ..model import KindName

# A change is rehearsed with every block, node and pod.
RUNBOOK_KINDS: tuple[KindName, ...] = ("IPPool", "IPAMBlock", "Node", "Pod")
# A file a kind: where one may not be listed, the others are there. README.md and docs/how-to/no-block.md show the same.
SAVE_COMMANDS = (
    "mkdir -p dumps",
    "for kind in ippools ipamblocks ipamconfigs; do kubectl get $kind.crd.projectcalico.org -o json > dumps/$kind.json; done",  # noqa: E501 (one line to copy)
    "for kind in nodes namespaces pods; do kubectl get $kind -A -o json > dumps/$kind.json; done",
)
