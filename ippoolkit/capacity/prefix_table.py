"""The trade-off of prefix and block size at once: every range a pool could have, at every size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Scenario
from .block_size_table import block_size_row, chosen_pool, pool_at_each_block_size
from .table_columns import BLOCK_SIZES, PREFIXES, build_frame

if TYPE_CHECKING:
    import pandas as pd

USUAL_PREFIXES = {4: range(8, 29), 6: range(48, 125, 4)}


def prefixes(
    scenario: Scenario, pool: str | None = None, *, prefix_lengths: Iterable[int] | None = None, lang: str = "en"
) -> pd.DataFrame:
    """Compare all block sizes of a pool for ranges of several prefix lengths.

    Parameters
    ----------
    scenario
        The design.
    pool
        Name of the pool; the first by name if left out. Its range is widened or cut, its first address stays inside.
    among
        Prefix lengths; 8 to 28 (IPv4) or every fourth from 48 to 124 (IPv6) if left out.
    lang
        Language of the verdict's reason.

    Returns
    -------
    pandas.DataFrame
        A row a prefix and size, ascending; the prefix and the columns of `block_sizes`.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    base_pool = chosen_pool(scenario, pool)
    rows = []
    for prefix in USUAL_PREFIXES[base_pool.version] if prefix_lengths is None else prefix_lengths:
        resized_pool = replace(
            base_pool, cidr=base_pool.cidr.with_prefix(prefix), block_size=max(base_pool.block_size, prefix)
        )
        rows += [
            (prefix, *block_size_row(pool_at_size, lang))
            for pool_at_size in pool_at_each_block_size(scenario, resized_pool)
        ]
    return build_frame((*PREFIXES, *BLOCK_SIZES), rows)
