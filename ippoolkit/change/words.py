"""What is said of each step."""

from __future__ import annotations

from ..findings import N_

TITLE = {
    "create": N_("Create {pool}: {cidr}, blockSize {size:d}"),
    "annotate": N_("Let annotations that name {pool} name {to}"),
    "close": N_("Take {pool} out of use"),
    "restart": N_("Restart calico-node, so that tunnels leave {pool}"),
    "recreate": N_("Recreate the pods that hold addresses of {pool}"),
    "delete": N_("Delete {pool}"),
}
WHY = {
    "create": N_(
        "Another pool must be there before any pod or tunnel leaves one. Blocks are made when nodes need them."
    ),
    "annotate": N_("Pods that name a pool which is disabled or gone get no address."),
    "close": N_("Nodes stay with the blocks they have: without this, recreated pods would come back into {pool}."),
    "restart": N_("calico-node does not look at its tunnels when only a selector changes."),
    "recreate": N_("A pod keeps its address until it is recreated. Pods on the host's network are left alone."),
    "delete": N_("calicoctl releases its empty blocks, which kubectl would leave in the way of another blockSize."),
}
SEES = {
    "create": N_("Pods are kept."),
    "annotate": N_("Pods are kept; new ones of these namespaces go to the named pool."),
    "close": N_("Pods are kept. Tunnels change their address: connections between nodes may stall for seconds."),
    "restart": N_("Pods are kept. Tunnels change their address: connections between nodes may stall for seconds."),
    "recreate": N_(
        "{count:pod} are recreated with another address, workload by workload, at the pace of their own rollout; "
        "those that no workload owns are to be deleted by hand."
    ),
    "delete": N_("Pods are kept."),
}
WAIT = {
    "create": N_("Until every node shows the tunnel it should have; a few seconds."),
    "annotate": N_("Nothing to wait for."),
    "close": N_("Until the tunnel of every node is out of {cidr}; a few seconds. Write no other pool before."),
    "restart": N_("Until the rollout is over and the tunnel of every node is out of {cidr}."),
    "recreate": N_("Until every rollout is over and nothing of {cidr} is in use."),
    "delete": N_("Nothing to wait for."),
}
BACK = {
    "create": N_("Delete the new pool again with calicoctl."),
    "annotate": N_("Put the old annotation back."),
    "close": N_("Take {pool} into use again with the same command and the old value."),
    "restart": N_("Take {pool} into use again, and restart calico-node once more."),
    "recreate": N_(
        "Take {pool} into use again, close the other pool, and recreate the pods once more; "
        "their old addresses are gone."
    ),
    "delete": N_("Create {pool} again as it was, as long as no pool took its range; there is no other way back."),
}
SAID = ((N_("Why"), WHY), (N_("What pods see"), SEES), (N_("Wait"), WAIT), (N_("Way back"), BACK))
