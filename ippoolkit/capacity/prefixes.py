"""The trade-off of prefix and block size at once: every range a pool could have, at every size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Scenario
from .block_sizes import chosen_pool, row, sizes_of
from .columns import BLOCK_SIZES, PREFIXES, frame

if TYPE_CHECKING:
    import pandas as pd

USUAL = {4: range(8, 29), 6: range(48, 125, 4)}


def prefixes(
    scenario: Scenario, pool: str | None = None, *, among: Iterable[int] | None = None, lang: str = "en"
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
    chosen = chosen_pool(scenario, pool)
    rows = []
    for prefix in USUAL[chosen.version] if among is None else among:
        ranged = replace(chosen, cidr=chosen.cidr.at_prefix(prefix), block_size=max(chosen.block_size, prefix))
        rows += [(prefix, *row(sized, lang)) for sized in sizes_of(scenario, ranged)]
    return frame((*PREFIXES, *BLOCK_SIZES), rows)
