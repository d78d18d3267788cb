"""A recommendation as a scenario: pools, one a rack, and the nodes that fill them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from ..address_space import networks_in_use, with_networks_in_use
from ..calico.releases import Release
from ..cidr import Cidr, IPVersion
from ..model import Cluster, GroupRequirement, IPAMConfig, IPPool, NodeGroup, Plan, Requirements, Scenario
from ..model.requirements import Encapsulation
from .family_designs import Pick
from .need import pool_sets
from .racks import rack_values

GROUP_LABEL = "node-group"  # tells sets of pools apart


def to_scenario(
    requirements: Requirements, scenario: Scenario, picks: Sequence[Pick], months: int, *, name: str = ""
) -> Scenario:
    """Return the picked design with the nodes that were asked for.

    Networks and configuration are those of the scenario that it was recommended for; its pools stay, disabled, since
    pools of their ranges are still there until they are retired. Its nodes and pods do not, so that addresses of theirs
    outside of pools and networks are named as networks in use.

    Parameters
    ----------
    requirements
        What the pools have to do.
    scenario
        The scenario that they were recommended for.
    picks
        The picked designs with their ranges.
    months
        How long the groups grow.
    name
        What to call it; left out: as the scenario that it was recommended for.
    """
    disabled_pools = tuple(replace(pool, disabled=True) for pool in scenario.cluster.pools)
    cluster = Cluster(
        pools=(*disabled_pools, *to_pools(requirements, scenario, picks)),
        ipam=_configuration(requirements, scenario.cluster.ipam),
        reservations=scenario.cluster.reservations,
    )
    groups = tuple(
        group
        for requirement in requirements.groups
        for group in _node_groups(requirements, scenario, requirement, months)
    )
    chosen = replace(
        scenario,
        name=name or scenario.name,
        cluster=cluster,
        plan=Plan(months=months, groups=groups),
        requirements=requirements,
    )
    return with_networks_in_use(chosen, (network.cidr for network in networks_in_use(scenario)))


def to_pools(requirements: Requirements, scenario: Scenario, picks: Sequence[Pick]) -> list[IPPool]:
    """Return the picked pools: for each set of groups and family one a rack."""
    return [pool for pick in picks for pool in _pools(requirements, scenario, pick)]


def _pools(requirements: Requirements, scenario: Scenario, pick: Pick) -> Iterator[IPPool]:
    has_several_sets = len(pool_sets(requirements)) > 1
    label_values = rack_values(requirements, scenario)
    for label_value, slug, cidr in zip(label_values, _distinct_slugs(label_values), pick.cidrs, strict=False):
        name_parts = ["pods"]
        terms = []
        if has_several_sets:
            name_parts.append(_slug(pick.designs.pool_set.title))
            terms.append(f"{GROUP_LABEL} == '{_slug(pick.designs.pool_set.title)}'")
        if requirements.racks > 1:
            name_parts += ["rack", slug]
            quote = '"' if "'" in label_value else "'"
            terms.append(f"{requirements.rack_label} == {quote}{label_value}{quote}")
        name_parts.append(f"ipv{cidr.version}")
        encapsulation = encapsulation_of(requirements, scenario.release, cidr.version)
        yield _pool("-".join(name_parts), cidr, pick.design.block_size, " && ".join(terms) or "all()", encapsulation)


def encapsulation_of(requirements: Requirements, release: Release, version: IPVersion) -> Encapsulation:
    """Return how pods of a family are carried: IPIP takes IPv4 only, and the first releases' VXLAN too."""
    if version == 4 or requirements.encapsulation == "none":
        return requirements.encapsulation
    return "none" if release.has("vxlan-ipv6-refused") else "vxlan"


def _pool(name: str, cidr: Cidr, block_size: int, selector: str, encapsulation: Encapsulation) -> IPPool:
    return IPPool(
        name=name,
        cidr=cidr,
        block_size=block_size,
        node_selector=selector,
        ipip_mode="Always" if encapsulation == "ipip" else "Never",
        vxlan_mode="Always" if encapsulation == "vxlan" else "Never",
        nat_outgoing=encapsulation != "none",
    )


def _distinct_slugs(labels: list[str]) -> list[str]:
    """Return each text as a part of a name; those that come out alike are numbered."""
    slugs = list(map(_slug, labels))
    if len(set(slugs)) == len(slugs):
        return slugs
    return [f"{slug}-{number}" for number, slug in enumerate(slugs, 1)]


def _slug(label: str) -> str:
    letters = "".join(char if char.isascii() and char.isalnum() else "-" for char in label.lower())
    return letters.strip("-")[:50].strip("-") or "pods"


def _node_groups(
    requirements: Requirements, scenario: Scenario, group: GroupRequirement, months: int
) -> Iterator[NodeGroup]:
    """Spread a group over the racks: fuller racks first, none fuller in the end than its pool was made for."""
    sets = pool_sets(requirements)
    pool_set = next(candidate for candidate in sets if group in candidate.groups)
    total = group.nodes_after(months)
    rate = group.nodes_per_month / requirements.racks
    for rack, label_value in enumerate(rack_values(requirements, scenario), 1):
        final = total // requirements.racks + (rack <= total % requirements.racks)
        start = max(final - ceil(Fraction(str(rate)) * months), 0)
        labels = dict(group.labels)
        if len(sets) > 1:
            labels[GROUP_LABEL] = _slug(pool_set.title)
        if requirements.racks > 1:
            labels[requirements.rack_label] = label_value
        yield NodeGroup(
            name=f"{group.name}-rack-{label_value}" if requirements.racks > 1 else group.name,
            nodes=start,
            pods_per_node=group.pods_per_node,
            nodes_per_month=rate,
            pods_per_node_per_month=group.pods_per_node_per_month,
            os=group.os,
            max_blocks=group.max_blocks,
            max_pods=max(110, group.pods_after(months)),
            labels=labels,
        )


def _configuration(requirements: Requirements, current: IPAMConfig) -> IPAMConfig:
    """Return the configuration that the design rests on: Windows and a cap of its own need strictAffinity."""
    strict = any(group.os == "windows" for group in requirements.groups) or requirements.max_blocks_per_host > 0
    return replace(
        current,
        strict_affinity=current.strict_affinity or strict,
        max_blocks_per_host=requirements.max_blocks_per_host or current.max_blocks_per_host,
        auto_allocate_blocks=True,
    )
