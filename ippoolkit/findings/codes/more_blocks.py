"""What gives pools and nodes more blocks: remedies of rules on what an audit counted and on what a text reports."""

from __future__ import annotations

from ...texts import N_

ADD_POOL_OR_REPLACE = N_(
    "{addition} Or replace the pool by one with smaller blocks, as a blockSize cannot be edited: ippoolkit capacity "
    "INPUT shows which would hold."
)
STEPS_TO_MORE_BLOCKS = N_("ippoolkit runbook grow adds the pool; ippoolkit runbook block-size replaces it.")
ADD_ANOTHER_POOL = N_("A pool's CIDR cannot be changed, so add another pool.")
# Of nodes that hold as many blocks as they may; the second where calicoctl cannot set maxBlocksPerHost.
MOVE_PODS_OR_RAISE_CAP = N_(
    "Move pods away, raise maxBlocksPerHost (strictAffinity only), or use a pool of larger blocks."
)
MOVE_PODS = N_("Move pods away, or use a pool of larger blocks.")
