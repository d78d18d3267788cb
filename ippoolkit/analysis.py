"""One scenario, analysed: demand, verdicts, tables and findings, each computed once, when first wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .answer import answer_html
from .capacity.block_size_table import block_size_table, chosen_pool, prefix_table
from .capacity.choice_table import Choice, choice_table, find_choices
from .capacity.demand import Demand
from .capacity.evaluation import PlanEvaluation
from .capacity.key_metrics import METRIC_COLUMN, KeyMetrics, comparison_column, key_metrics
from .capacity.plan_tables import growth_table, node_table
from .capacity.plans_by_pools import PlansByPools
from .capacity.pool_table import Usage, pool_table
from .capacity.verdict import Verdict, no_pool_verdict
from .findings import Finding, fit_to_release, get_language
from .model import Scenario
from .read import load

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """Everything that closed arithmetic says about one scenario.

    Nothing is computed before it is asked for, and nothing twice: views, reports and widgets that show the same
    scenario share one `Analysis`. It never changes; a changed scenario gets another.

    Parameters
    ----------
    scenario
        The design.
    reported_usage
        Addresses and blocks in use that texts tell, by the pool's range, as `Reading.reported_usage` has them.

    Examples
    --------
    >>> import ippoolkit as ipk
    >>> pool = ipk.IPPool(name="pool", cidr="10.233.64.0/18", block_size=24)
    >>> plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=70, pods_per_node=60),))
    >>> analysis = ipk.capacity(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=plan))
    >>> analysis.verdict.status.value
    'fails'
    >>> [f"{choice.change} /{choice.value}" for choice in analysis.choices]
    ['blockSize /26', 'prefix /17', 'add a pool /21']
    """

    scenario: Scenario
    reported_usage: Mapping[str, Usage] = field(default_factory=dict)
    _tables: dict[tuple[object, ...], pd.DataFrame] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        return f"<Analysis of {self.scenario.name!r}: {self.verdict.status.value}, {self.verdict.finding.message()}>"

    _repr_html_ = answer_html

    @cached_property
    def _plans_by_pools(self) -> PlansByPools:
        return PlansByPools(self.scenario)

    @cached_property
    def plans(self) -> tuple[PlanEvaluation, ...]:
        """The plan of each IP version, all its pools together, from its start to the end of its horizon; IPv4 first."""
        return tuple(self._plans_by_pools.on_own_pools())

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What existing and planned nodes draw from the pools, for each IP version that has pools; IPv4 first."""
        return tuple(plan.demand for plan in self.plans)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict for each IP version; one that says so where there is no pool."""
        release, cluster = self.scenario.release, self.scenario.cluster
        return tuple(replace(plan.verdict, release=release) for plan in self.plans) or (
            no_pool_verdict(pools_were_read=bool(cluster.pools) or cluster.has_read("IPPool")),
        )

    @cached_property
    def verdict(self) -> Verdict:
        """The worst of the verdicts."""
        return min(self.verdicts, key=lambda verdict: verdict.status.rank)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The nearest changes of one thing that make a plan fit which does not, each with the changed scenario."""
        return tuple(find_choices(self._plans_by_pools))

    @cached_property
    def metrics(self) -> KeyMetrics | None:
        """The few numbers that sum up the IP version whose verdict is worst; None without a pool."""
        return key_metrics(self.plans)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything there is to say about the design, most severe first; the verdicts lead their severity."""
        from .capacity.design_rules import check_design  # takes long to load: the first verdict need not wait for it

        findings = check_design(self.scenario, self.plans, self.verdicts)
        return tuple(fit_to_release(findings, self.scenario.release))

    def pools(self, *, lang: str = "en") -> pd.DataFrame:
        """List the pools of a scenario, by name.

        Parameters
        ----------
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each pool; columns as in docs/tables.md. `addresses_used` and `blocks_used` are missing where
            nothing is known of blocks, nodes or pods.
        """
        return self._table(("pools", lang), lambda: pool_table(self.scenario, lang, self.reported_usage))

    def block_sizes(self, pool: str | None = None, *, lang: str = "en") -> pd.DataFrame:
        """Compare all block sizes of one pool.

        The pool is judged as if it served alone every node that it selects; existing nodes count with the addresses
        that they hold in it.

        Parameters
        ----------
        pool
            Name of the pool; the first by name if left out.
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each block size that Calico takes for the pool, ascending; columns as in docs/tables.md.

        Raises
        ------
        KeyError
            When there is no such pool.

        Examples
        --------
        >>> import ippoolkit as ipk
        >>> pool = ipk.IPPool(name="pool", cidr="10.233.64.0/18", vxlan_mode="Always")
        >>> plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110),))
        >>> table = ipk.capacity(ipk.Scenario(cluster=ipk.Cluster(pools=(pool,)), plan=plan)).block_sizes()
        >>> table.loc[table.block_size.isin([24, 26, 30]), ["block_size", "blocks", "nodes_fit", "verdict"]]
            block_size  blocks  nodes_fit verdict
        4           24      64         64   fails
        6           26     256        256    fits
        10          30    4096        256   fails
        """
        described_pool = chosen_pool(self.scenario, pool)
        return self._table(
            ("block_sizes", described_pool.name, lang),
            lambda: block_size_table(self._plans_by_pools, described_pool, lang),
        )

    def prefixes(
        self, pool: str | None = None, *, prefix_lengths: Iterable[int] | None = None, lang: str = "en"
    ) -> pd.DataFrame:
        """Compare all block sizes of a pool for ranges of several prefix lengths.

        Parameters
        ----------
        pool
            Name of the pool; the first by name if left out. Its range is widened or cut, its first address stays
            inside.
        prefix_lengths
            Prefix lengths; 8 to 28 (IPv4) or every fourth from 48 to 124 (IPv6) if left out.
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each prefix and block size, ascending; the prefix and the columns of `block_sizes`.

        Raises
        ------
        KeyError
            When there is no such pool.
        """
        described_pool = chosen_pool(self.scenario, pool)
        lengths = None if prefix_lengths is None else tuple(prefix_lengths)
        return self._table(
            ("prefixes", described_pool.name, lengths, lang),
            lambda: prefix_table(self._plans_by_pools, described_pool, lengths, lang),
        )

    def nodes(self, *, lang: str = "en") -> pd.DataFrame:
        """List the nodes that exist, one by one, and the planned groups.

        Parameters
        ----------
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each node or group and IP version; columns as in docs/tables.md.
        """
        return self._table(("nodes", lang), lambda: node_table(self.scenario, self.plans, lang))

    def growth(self, *, lang: str = "en") -> pd.DataFrame:
        """Follow the plan over its horizon, all pools of an IP version together.

        Parameters
        ----------
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each month, from month 0, and IP version; columns as in docs/tables.md.
        """
        return self._table(("growth", lang), lambda: growth_table(self.plans, self.scenario.plan.months, lang))

    def choice_table(self, *, lang: str = "en") -> pd.DataFrame:
        """List the nearest changes of one thing that make a plan fit which does not.

        Parameters
        ----------
        lang
            Language of the texts in the table: ``en`` or ``zh``.

        Returns
        -------
        pandas.DataFrame
            A row for each change; columns as in docs/tables.md. Empty where the plan fits or no single change helps.
        """
        return self._table(("choices", lang), lambda: choice_table(self.choices, lang))

    def _table(self, key: tuple[object, ...], compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a copy of a table, which whoever gets it may change."""
        if key not in self._tables:
            self._tables[key] = compute()
        return self._tables[key].copy()


Source = Scenario | Analysis | str | Path


def scenario_of(source: Source) -> Scenario:
    """Return the scenario that a verb of the Python API is given, itself or as the path of what can be read.

    Raises
    ------
    InputError
        Where the path cannot be read: all its problems.
    """
    if isinstance(source, str | Path):
        return load(source)
    return source.scenario if isinstance(source, Analysis) else source


def analyse(source: Source) -> Analysis:
    """Return the analysis of a scenario; an `Analysis` is returned as it is.

    Parameters
    ----------
    source
        A scenario, its analysis, or a path.

    Returns
    -------
    Analysis
        Demand, verdicts, tables and findings, each worked out when it is first asked for.
    """
    return source if isinstance(source, Analysis) else Analysis(scenario_of(source))


def compare(analyses: Mapping[str, Analysis], *, lang: str = "en") -> pd.DataFrame:
    """Return plans side by side; see `ippoolkit.comparison`."""
    import pandas as pd  # takes long to load: verdicts do without

    language = get_language(lang)
    columns = {
        name: comparison_column(analysis.scenario, analysis.verdict, analysis.metrics, language)
        for name, analysis in analyses.items()
    }
    metric_names = list(next(iter(columns.values()), {}))
    return pd.DataFrame(
        {METRIC_COLUMN: metric_names, **{name: list(values.values()) for name, values in columns.items()}}, dtype=object
    )
