"""A recommendation as a scenario: pools, one a rack, and the nodes that fill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil

from ..calico.releases import Release
from ..cidr import Cidr, IPVersion
from ..model import Cluster, GroupRequirement, IPAMConfig, IPPool, NodeGroup, Plan, Requirements, Scenario
from ..model.requirements import Encapsulation
from .need import pool_sets
from .racks import rack_values
from .recommendation import Pick, Recommendation

GROUP_LABEL = "node-group"  # tells sets of pools apart


def scenario_of(recommendation: Recommendation, *, name: str = "") -> Scenario:
    """Return the picked design with the nodes that were asked for.

    Networks and configuration are those of the scenario that it was recommended for; its pools stay, disabled, since
    pools of their ranges are still there until they are retired.

    Parameters
    ----------
    recommendation
        One that holds.
    name
        What to call it; left out: as the scenario that it was recommended for.
    """
    asked, there = recommendation.requirements, recommendation.scenario
    old = tuple(replace(pool, disabled=True) for pool in there.cluster.pools)
    cluster = Cluster(
        pools=(*old, *pools_of(recommendation)),
        ipam=_configuration(asked, there.cluster.ipam),
        reservations=there.cluster.reservations,
    )
    groups = tuple(group for each in asked.groups for group in _planned(recommendation, each))
    return replace(
        there,
        name=name or there.name,
        cluster=cluster,
        plan=Plan(months=recommendation.months, groups=groups),
        requirements=asked,
    )


def pools_of(recommendation: Recommendation) -> list[IPPool]:
    """Return the picked pools: for each set of groups and family one a rack."""
    return [pool for pick in recommendation.picks for pool in _pools(recommendation, pick)]


def _pools(recommendation: Recommendation, pick: Pick) -> Iterator[IPPool]:
    asked = recommendation.requirements
    several = len(pool_sets(asked)) > 1
    values = rack_values(asked, recommendation.scenario)
    for value, rack_name, cidr in zip(values, _distinct_slugs(values), pick.cidrs, strict=False):
        parts = ["pods"]
        terms = []
        if several:
            parts.append(_slug(pick.designs.pool_set.title))
            terms.append(f"{GROUP_LABEL} == '{_slug(pick.designs.pool_set.title)}'")
        if asked.racks > 1:
            parts += ["rack", rack_name]
            quote = '"' if "'" in value else "'"
            terms.append(f"{asked.rack_label} == {quote}{value}{quote}")
        parts.append(f"ipv{cidr.version}")
        encapsulation = encapsulation_of(asked, recommendation.scenario.release, cidr.version)
        yield _pool("-".join(parts), cidr, pick.design.block_size, " && ".join(terms) or "all()", encapsulation)


def encapsulation_of(asked: Requirements, release: Release, version: IPVersion) -> Encapsulation:
    """Return how pods of a family are carried: IPIP takes IPv4 only, and the first releases' VXLAN too."""
    if version == 4 or asked.encapsulation == "none":
        return asked.encapsulation
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


def _distinct_slugs(texts: list[str]) -> list[str]:
    """Return each text as a part of a name; those that come out alike are numbered."""
    slugs = list(map(_slug, texts))
    if len(set(slugs)) == len(slugs):
        return slugs
    return [f"{slug}-{number}" for number, slug in enumerate(slugs, 1)]


def _slug(text: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in text.lower())
    return kept.strip("-")[:50].strip("-") or "pods"


def _planned(recommendation: Recommendation, group: GroupRequirement) -> Iterator[NodeGroup]:
    """Spread a group over the racks: fuller racks first, none fuller in the end than its pool was made for."""
    asked, months = recommendation.requirements, recommendation.months
    sets = pool_sets(asked)
    mine = next(each for each in sets if group in each.groups)
    total = group.nodes_after(months)
    rate = group.nodes_per_month / asked.racks
    for rack, value in enumerate(rack_values(asked, recommendation.scenario), 1):
        final = total // asked.racks + (rack <= total % asked.racks)
        start = max(final - ceil(Fraction(str(rate)) * months), 0)
        labels = dict(group.labels)
        if len(sets) > 1:
            labels[GROUP_LABEL] = _slug(mine.title)
        if asked.racks > 1:
            labels[asked.rack_label] = value
        yield NodeGroup(
            name=f"{group.name}-rack-{value}" if asked.racks > 1 else group.name,
            nodes=start,
            pods_per_node=group.pods_per_node,
            nodes_per_month=rate,
            pods_per_node_per_month=group.pods_per_node_per_month,
            os=group.os,
            max_blocks=group.max_blocks,
            max_pods=max(110, group.pods_after(months)),
            labels=labels,
        )


def _configuration(asked: Requirements, there: IPAMConfig) -> IPAMConfig:
    """Return the configuration that the design rests on: Windows and a cap of its own need strictAffinity."""
    strict = any(group.os == "windows" for group in asked.groups) or asked.max_blocks_per_host > 0
    return replace(
        there,
        strict_affinity=there.strict_affinity or strict,
        max_blocks_per_host=asked.max_blocks_per_host or there.max_blocks_per_host,
        auto_allocate_blocks=True,
    )
