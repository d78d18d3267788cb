"""Requirements in, all designs worth having out, one of them picked and placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from ..address_space import PRIVATE, AddressSpace, ListedNetwork, networks_in_use
from ..cidr import Cidr, IPVersion
from ..errors import InputError
from ..findings import Finding
from ..model import IPPool, Requirements, Scenario
from .need import PoolSet, families, need_of, pool_sets
from .option_parsing import cidrs_from
from .racks import rack_remarks
from .reasons import next_ones, what_to_relax, why_picked
from .search import Design, Space


@dataclass(frozen=True, eq=False)
class FamilyDesigns:
    """All designs of one family for the groups that share pools; `best` are those that no other one beats."""

    pool_set: PoolSet
    space: Space

    @property
    def family(self) -> IPVersion:
        """Address family, 4 or 6."""
        return self.space.family

    @cached_property
    def best(self) -> list[Design]:
        """Fewest addresses first, then fewest routes; empty where nothing holds."""
        return self.space.best()


@dataclass(frozen=True, slots=True)
class Pick:
    """The design that is recommended for one family of a set of pools, and a range for each rack's pool."""

    designs: FamilyDesigns
    design: Design
    cidrs: tuple[Cidr, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """What to choose: every design that no other one beats, the picked ones, and why.

    `picks` are empty where nothing holds; `reasons` then name the rule to relax, and by how much. `months` is how long
    the groups grow.
    """

    requirements: Requirements
    months: int
    designs: tuple[FamilyDesigns, ...]
    picks: tuple[Pick, ...]
    reasons: tuple[Finding, ...]
    scenario: Scenario

    @property
    def holds(self) -> bool:
        """Whether there is a design for everything that was asked, and room for its pools."""
        return bool(self.picks) and all(pick.cidrs for pick in self.picks)

    @cached_property
    def pools(self) -> list[IPPool]:
        """The picked pools: for each set of groups and family one a rack."""
        from .design_scenario import pools_of

        return pools_of(self)

    def as_scenario(self, *, name: str = "") -> Scenario:
        """Return the picked design as a scenario, with the nodes that were asked for."""
        from .design_scenario import scenario_of

        return scenario_of(self, name=name)

    def listed(self) -> list[tuple[FamilyDesigns, Design]]:
        """Return the designs of all families and sets of pools in the order of their numbers, which count from 1."""
        return [(designs, design) for designs in self.designs for design in designs.best]


def recommend(
    scenario: Scenario | None = None,
    *,
    requirements: Requirements | Mapping[str, Any] | None = None,
    taken: Iterable[ListedNetwork | Cidr | str] = (),
    pick: Sequence[int] = (),
    today: date | None = None,
    **wanted: Any,
) -> Recommendation:
    """Find every design of pools that is worth having, and pick one.

    Parameters
    ----------
    scenario
        What is there already: its networks and pools are kept clear, and what is not asked for comes from it.
    requirements
        What the pools have to do; left out: the scenario's own.
    taken
        Networks to keep clear beside the scenario's.
    pick
        Numbers of designs to take instead of the picked ones, as `Recommendation.listed` counts them from 1.
    today
        When growth starts; matters with `by` only.
    wanted
        Fields of `Requirements`, and, for a single group of nodes, of `GroupRequirement`: ``nodes=100,
        pods_per_node=110, racks=2, max_routes=2000``.

    Returns
    -------
    Recommendation
        Designs, picks and reasons; its counts are exact Python ints.

    Raises
    ------
    InputError
        Where what is asked for is out of bounds or contradicts itself, with every problem.
    """
    from .requirements_source import requirements_from

    there = scenario or Scenario(name="recommended")
    asked = requirements_from(there, requirements, wanted, today or date.today())  # noqa: DTZ011 (a month is enough)
    months = asked.months(today or date.today())  # noqa: DTZ011 (a month is enough)
    found = [
        FamilyDesigns(pool_set, Space(version, need))
        for version in families(asked)
        for pool_set in pool_sets(asked)
        if (need := need_of(asked, pool_set, version, months)) is not None
    ]
    picks, reasons = _picked(found, asked, pick)
    if picks:
        picks, problems = _placed(picks, asked, there, _as_taken(taken))
        reasons = [*problems, *reasons, *_remarks(picks, asked, there, months)]
    return Recommendation(asked, months, tuple(found), tuple(picks), tuple(reasons), there)


def _picked(
    found: Sequence[FamilyDesigns], asked: Requirements, numbers: Sequence[int]
) -> tuple[list[Pick], list[Finding]]:
    failing = [designs for designs in found if not designs.best]
    if failing:
        return [], [reason for designs in failing for reason in what_to_relax(designs.space, _subject(designs, found))]
    picks: list[Pick] = []
    for version in families(asked):
        of_family = [designs for designs in found if designs.family == version]
        chosen = cheapest_together([designs.best for designs in of_family], asked.max_routes)
        if chosen is None:
            least = sum(min(each.routes for each in designs.best) for designs in of_family)
            limit = asked.max_routes or 0
            values = {"least": least, "limit": limit, "by": least - limit}
            return [], [Finding("choose-relax-routes-together", f"IPv{version}", values)]
        picks += [Pick(designs, design) for designs, design in zip(of_family, chosen, strict=True)]
    listed = [(designs, design) for designs in found for design in designs.best]
    if bad := [number for number in numbers if not 0 < number <= len(listed)]:
        counts = len(listed)
        raise InputError(
            [Finding("choose-pick-number", "--pick", {"number": number, "count": counts}) for number in bad]
        )
    for number in numbers:
        designs, design = listed[number - 1]
        picks = [replace(each, design=design) if each.designs is designs else each for each in picks]
    reasons = [
        reason
        for each in picks
        for subject in [_subject(each.designs, found)]
        for reason in (why_picked(each.design, subject), *next_ones(each.design, each.designs.best, subject))
    ]
    return picks, reasons


def _as_taken(taken: Iterable[ListedNetwork | Cidr | str]) -> tuple[ListedNetwork, ...]:
    problems: list[Finding] = []
    known = []
    for each in taken:
        if isinstance(each, ListedNetwork):
            known.append(each)
        else:
            cidrs = [each] if isinstance(each, Cidr) else cidrs_from([each], "taken", problems)
            known += [ListedNetwork(cidr, "taken") for cidr in cidrs]
    if problems:
        raise InputError(problems)
    return tuple(known)


def _remarks(picks: Sequence[Pick], asked: Requirements, scenario: Scenario, months: int) -> list[Finding]:
    """Say what a planner should know of the picked designs beside their numbers."""
    remarks = []
    if asked.encapsulation != "none" and any(pick.design.family == 6 for pick in picks):
        if scenario.release.has("vxlan-ipv6-refused"):
            remarks.append(Finding("choose-bare-ipv6", "IPv6", {"release": str(scenario.release)}))
        elif asked.encapsulation == "ipip":
            remarks.append(Finding("choose-ipip-ipv6", "IPv6"))
    if asked.max_blocks_per_host and not scenario.release.has("configure-max-blocks"):
        params = {"release": str(scenario.release), "most": asked.max_blocks_per_host}
        remarks.append(Finding("choose-cap-release", "", params))
    rack_nodes = sum(group.nodes_after(months) for group in asked.groups)
    remarks += rack_remarks(asked, scenario, -(-rack_nodes * (100 + asked.headroom) // (100 * asked.racks)))
    for pick in picks:
        nodes = sum(kind.nodes for kind in pick.designs.space.need.kinds)
        if pick.design.nodes_max == nodes:
            remarks.append(Finding("choose-no-spare", f"IPv{pick.design.family}"))
    if any(where_to_look(asked, scenario, pick.design.family) is PRIVATE[pick.design.family] for pick in picks):
        remarks.append(Finding("choose-private"))
    return remarks


def cheapest_together(choices: Sequence[Sequence[Design]], max_routes: int | None) -> list[Design] | None:
    """Pick a design for each set of pools of a family: fewest addresses, then fewest routes, within one table.

    None where no combination stays within the table.
    """
    partial: list[tuple[int, int, tuple[Design, ...]]] = [(0, 0, ())]
    for designs in choices:
        grown = [
            (addresses + design.addresses, routes + design.routes, (*chosen, design))
            for addresses, routes, chosen in partial
            for design in designs
            if max_routes is None or routes + design.routes <= max_routes
        ]
        grown.sort(key=lambda each: each[:2])
        partial = []
        for each in grown:
            if not partial or each[1] < partial[-1][1]:
                partial.append(each)
    return list(partial[0][2]) if partial else None


def _placed(
    picks: Sequence[Pick], asked: Requirements, scenario: Scenario, taken: Sequence[ListedNetwork]
) -> tuple[list[Pick], list[Finding]]:
    """Give each rack's pool a range: the largest pools first, each range clear of all that is taken."""
    known = [*networks_in_use(scenario), *taken]
    placed: dict[int, tuple[Cidr, ...]] = {}
    problems: list[Finding] = []
    for index, pick in sorted(enumerate(picks), key=lambda each: each[1].design.prefix):
        design = pick.design
        within = where_to_look(asked, scenario, design.family)
        space = AddressSpace(within, tuple(known))
        offers = space.best_fit(design.prefix, design.pools, design.family)
        if len(offers) < design.pools:
            largest = space.largest(design.family)
            values = {
                "prefix": design.prefix,
                "pools": design.pools,
                "found": len(offers),
                "within": ", ".join(map(str, within)),
                "largest": str(largest) if largest else "",
            }
            code = "choose-no-room" if largest else "choose-no-room-at-all"
            problems.append(Finding(code, f"IPv{design.family}", values))
            continue
        placed[index] = tuple(sorted(offers))
        known += [ListedNetwork(cidr, "") for cidr in offers]
    return [replace(pick, cidrs=placed.get(index, ())) for index, pick in enumerate(picks)], problems


def where_to_look(asked: Requirements, scenario: Scenario, version: IPVersion) -> tuple[Cidr, ...]:
    """Return where pools of a family may lie: where it was said, else the cluster CIDR, else private ranges."""
    for said in (asked.within, scenario.networks.cluster):
        if ranges := tuple(cidr for cidr in said if cidr.version == version):
            return ranges
    return PRIVATE[version]


def _subject(designs: FamilyDesigns, found: Sequence[FamilyDesigns]) -> str:
    family = f"IPv{designs.family}"
    several = len({each.pool_set.name for each in found}) > 1
    return f"{designs.pool_set.title}, {family}" if several else family
