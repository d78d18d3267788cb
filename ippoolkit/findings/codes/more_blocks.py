"""What gives a cluster more blocks: the remedy of every rule on nodes that have none."""

from __future__ import annotations

from ...texts import N_

ADD_POOL_OR_REPLACE = N_(
    "{addition} Or replace the pool by one with smaller blocks, as a blockSize cannot be edited: ippoolkit capacity "
    "INPUT shows which would hold."
)
STEPS_TO_MORE_BLOCKS = N_("ippoolkit runbook grow adds the pool; ippoolkit runbook block-size replaces it.")
