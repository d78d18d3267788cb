"""Requirements in, all designs worth having out, one of them picked and placed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from ..address_space import PRIVATE, AddressSpace, ListedNetwork, networks_in_use, with_networks_in_use
from ..analysis import Source, scenario_of
from ..answer import answer_html
from ..capacity.design_rules.networks import range_outside_cluster
from ..cidr import Cidr, IPVersion
from ..errors import InputError
from ..findings import Finding
from ..model import IPPool, Requirements, Scenario
from .design_scenario import to_pools, to_scenario
from .family_designs import FamilyDesigns, Pick
from .need import families, groups_of, need_of, pool_sets
from .option_parsing import parse_cidrs
from .racks import rack_remarks
from .reasons import alternatives, no_room, rules_to_relax, surge_remark, why_picked
from .search import PREFIXES, Design, DesignSpace


@dataclass(frozen=True)
class Recommendation:
    """What to choose: every design that no other one beats, the picked ones, and why.

    `picks` are empty where nothing holds; `reasons` then name the rule to relax, and by how much. `months` is how long
    the groups grow; the networks of `scenario` include those that were said to be taken.
    """

    requirements: Requirements
    months: int
    designs: tuple[FamilyDesigns, ...]
    picks: tuple[Pick, ...]
    reasons: tuple[Finding, ...]
    scenario: Scenario

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        designs = (pick.design for pick in self.picks)
        picks = ", ".join(f"{design.pools} of /{design.prefix}, blockSize {design.block_size}" for design in designs)
        return f"<Recommendation: {picks or 'nothing holds'}>"

    @property
    def holds(self) -> bool:
        """Whether there is a design for everything that was asked, and room for its pools."""
        return bool(self.picks) and all(pick.cidrs for pick in self.picks)

    @cached_property
    def pools(self) -> list[IPPool]:
        """The picked pools: for each set of groups and family one a rack."""
        return to_pools(self.requirements, self.scenario, self.picks)

    def as_scenario(self, *, name: str = "") -> Scenario:
        """Return the picked design as a scenario, with the nodes that were asked for."""
        return to_scenario(self.requirements, self.scenario, self.picks, self.months, name=name)

    def listed(self) -> list[tuple[FamilyDesigns, Design]]:
        """Return the designs of all families and sets of pools in the order of their numbers, which count from 1."""
        return _numbered(self.designs)


def recommend(
    source: Source | None = None,
    *,
    requirements: Requirements | Mapping[str, Any] | None = None,
    taken: Iterable[Cidr | str] = (),
    pick: Sequence[int] = (),
    today: date | None = None,
    **fields: Any,
) -> Recommendation:
    """Find every design of pools that is worth having, and pick one.

    Parameters
    ----------
    source
        What is there already, a scenario, its analysis, or the path of anything that `ippoolkit.read` takes: its
        networks and pools are kept clear, and what is not asked for comes from it.
    requirements
        What the pools have to do; left out: the scenario's own.
    taken
        Networks in use beside the scenario's: pools keep clear of them, and the recommended scenario names them.
    pick
        Numbers of designs to take instead of the picked ones, as `Recommendation.listed` counts them from 1.
    today
        When growth starts; matters with `by` only.
    fields
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
    from .requirements_source import lacks_pods, resolve_requirements

    today = today or date.today()  # noqa: DTZ011 (a month is enough)
    scenario = Scenario(name="recommended") if source is None else scenario_of(source)
    base = with_networks_in_use(scenario, _taken_cidrs(taken))
    chosen_requirements = resolve_requirements(base, requirements, fields, today)
    months = chosen_requirements.months(today)
    designs = list(_designs(chosen_requirements, base, months))
    picks, reasons = _pick_designs(designs, chosen_requirements, pick)
    if picks:
        picks, problems = _place_pools(picks, designs)
        reasons = [*problems, *_reasons(picks, designs), *_remarks(picks, designs, chosen_requirements, base, months)]
    if requirements is None and not {"pods_per_node", "groups"} & set(fields) and lacks_pods(base):
        most = max(group.pods_per_node for group in chosen_requirements.groups)
        reasons.append(Finding("choose-pods-assumed", "", {"pods": most}))
    return Recommendation(chosen_requirements, months, tuple(designs), tuple(picks), tuple(reasons), base)


def _designs(requirements: Requirements, scenario: Scenario, months: int) -> Iterator[FamilyDesigns]:
    for version in families(requirements):
        address_space = space_to_search(requirements, scenario, version)
        free_ranges = {prefix: address_space.count_free(prefix, version) for prefix in PREFIXES[version]}
        for pool_set in pool_sets(requirements):
            need = need_of(requirements, pool_set, version, months)
            if need is not None:
                yield FamilyDesigns(pool_set, DesignSpace(version, need, free_ranges), address_space)


def _pick_designs(
    all_designs: Sequence[FamilyDesigns], requirements: Requirements, numbers: Sequence[int]
) -> tuple[list[Pick], list[Finding]]:
    failing = [designs for designs in all_designs if not designs.best]
    if failing:
        return [], [
            reason
            for designs in failing
            for reason in rules_to_relax(designs.space, designs.address_space, _subject(designs, all_designs))
        ]
    picks: list[Pick] = []
    for version in families(requirements):
        family_designs = [designs for designs in all_designs if designs.family == version]
        combination = cheapest_together([designs.best for designs in family_designs], requirements.max_routes)
        if combination is None:
            fewest_routes = sum(min(design.routes for design in designs.best) for designs in family_designs)
            limit = requirements.max_routes or 0
            params = {"least": fewest_routes, "limit": limit, "by": fewest_routes - limit}
            return [], [Finding("choose-relax-routes-together", f"IPv{version}", params)]
        picks += [Pick(designs, design) for designs, design in zip(family_designs, combination, strict=True)]
    listed = _numbered(all_designs)
    if unknown_numbers := [number for number in numbers if not 0 < number <= len(listed)]:
        params = {"count": len(listed)}
        raise InputError(
            [Finding("choose-pick-number", "--pick", params | {"number": number}) for number in unknown_numbers]
        )
    for number in numbers:
        designs, design = listed[number - 1]
        picks = [replace(pick, design=design, by_hand=True) if pick.designs is designs else pick for pick in picks]
    return picks, []


def _numbered(all_designs: Iterable[FamilyDesigns]) -> list[tuple[FamilyDesigns, Design]]:
    return [(designs, design) for designs in all_designs for design in designs.best]


def _reasons(picks: Sequence[Pick], all_designs: Sequence[FamilyDesigns]) -> Iterator[Finding]:
    """Say why the designs were picked that there is room for, and what others would buy."""
    for pick in picks:
        if pick.cidrs:
            subject, best = _subject(pick.designs, all_designs), pick.designs.best
            yield why_picked(pick.design, best, subject, by_hand=pick.by_hand)
            yield from alternatives(pick.design, best, subject)


def _taken_cidrs(taken: Iterable[Cidr | str]) -> list[Cidr]:
    problems: list[Finding] = []
    cidrs = [
        cidr
        for network in taken
        for cidr in ([network] if isinstance(network, Cidr) else parse_cidrs([network], "taken", problems))
    ]
    if problems:
        raise InputError(problems)
    return cidrs


def _remarks(
    picks: Sequence[Pick],
    all_designs: Sequence[FamilyDesigns],
    requirements: Requirements,
    scenario: Scenario,
    months: int,
) -> list[Finding]:
    """Say what a planner should know of the picked designs beside their numbers."""
    remarks = []
    if requirements.encapsulation != "none" and any(pick.design.family == 6 for pick in picks):
        if scenario.release.has("vxlan-ipv6-refused"):
            remarks.append(Finding("choose-bare-ipv6", "IPv6", {"release": str(scenario.release)}))
        elif requirements.encapsulation == "ipip":
            remarks.append(Finding("choose-ipip-ipv6", "IPv6"))
    if requirements.max_blocks_per_host and not scenario.release.has("configure-max-blocks"):
        params = {"release": str(scenario.release), "most": requirements.max_blocks_per_host}
        remarks.append(Finding("choose-cap-release", "", params))
    rack_nodes = sum(group.nodes_after(months) for group in requirements.groups)
    remarks += rack_remarks(
        requirements, scenario, -(-rack_nodes * (100 + requirements.headroom) // (100 * requirements.racks))
    )
    for pick in picks:
        need, subject = pick.designs.space.need, _subject(pick.designs, all_designs)
        if pick.design.nodes_fit == sum(kind.nodes for kind in need.kinds):
            remarks.append(Finding("choose-no-spare", f"IPv{pick.design.family}"))
        # One of several racks' pools stands for all.
        remarks += [
            finding for cidr in pick.cidrs for finding in range_outside_cluster(cidr, scenario.networks, subject)
        ][:1]
        pods = [group.pods_after(months) for group in groups_of(pick.designs.pool_set, pick.design.family)]
        if (surge := surge_remark(pick.design, need, pods, subject)) is not None:
            remarks.append(surge)
    if any(
        ranges_to_search(requirements, scenario, pick.design.family) is PRIVATE[pick.design.family] for pick in picks
    ):
        remarks.append(Finding("choose-private"))
    return remarks


def cheapest_together(choices: Sequence[Sequence[Design]], max_routes: int | None) -> list[Design] | None:
    """Pick a design for each set of pools of a family: fewest addresses, then fewest routes, within one table.

    None where no combination stays within the table.
    """
    cheapest: list[tuple[int, int, tuple[Design, ...]]] = [(0, 0, ())]
    for designs in choices:
        extended = [
            (addresses + design.addresses, routes + design.routes, (*combination, design))
            for addresses, routes, combination in cheapest
            for design in designs
            if max_routes is None or routes + design.routes <= max_routes
        ]
        extended.sort(key=lambda candidate: candidate[:2])
        cheapest = []
        for candidate in extended:
            if not cheapest or candidate[1] < cheapest[-1][1]:
                cheapest.append(candidate)
    return list(cheapest[0][2]) if cheapest else None


def _place_pools(picks: Sequence[Pick], all_designs: Sequence[FamilyDesigns]) -> tuple[list[Pick], list[Finding]]:
    """Give each rack's pool a range: the largest pools first, each range clear of all that is taken."""
    spaces = {pick.design.family: pick.designs.address_space for pick in picks}
    placed: dict[int, tuple[Cidr, ...]] = {}
    problems: list[Finding] = []
    for index, pick in sorted(enumerate(picks), key=lambda numbered_pick: numbered_pick[1].design.prefix):
        design, address_space = pick.design, spaces[pick.design.family]
        offers = address_space.best_fit(design.prefix, design.pools, design.family)
        if len(offers) < design.pools:
            problems += no_room(address_space, design, len(offers), _subject(pick.designs, all_designs))
            continue
        placed[index] = tuple(sorted(offers))
        in_use = (*address_space.in_use, *(ListedNetwork(cidr, "") for cidr in offers))
        spaces[design.family] = replace(address_space, in_use=in_use)
    return [replace(pick, cidrs=placed.get(index, ())) for index, pick in enumerate(picks)], problems


def space_to_search(requirements: Requirements, scenario: Scenario, version: IPVersion) -> AddressSpace:
    """Return where pools of a family may lie, with the networks that are in use."""
    return AddressSpace(ranges_to_search(requirements, scenario, version), tuple(networks_in_use(scenario)))


def ranges_to_search(requirements: Requirements, scenario: Scenario, version: IPVersion) -> tuple[Cidr, ...]:
    """Return where pools of a family may lie: where it was said, else the cluster CIDR, else private ranges."""
    for ranges_named in (requirements.within, scenario.networks.cluster):
        if ranges := tuple(cidr for cidr in ranges_named if cidr.version == version):
            return ranges
    return PRIVATE[version]


def _subject(designs: FamilyDesigns, all_designs: Sequence[FamilyDesigns]) -> str:
    family = f"IPv{designs.family}"
    has_several_sets = len({designs_of_set.pool_set.name for designs_of_set in all_designs}) > 1
    return f"{designs.pool_set.title}, {family}" if has_several_sets else family
