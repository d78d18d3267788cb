"""What is asked of a design: said outright, written in the scenario, or taken from the cluster that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import InputError
from ..findings import Finding
from ..model import GroupRequirement, IPPool, NodeGroup, Requirements, Scenario
from ..model.scenario_edits import nodes_as_group, with_scaled_groups
from ..read.document import field_name
from ..read.validation import finding_from_pydantic
from .racks import labelled_racks, rack_label_of

_REQUIREMENTS = TypeAdapter(Requirements)
_OF_GROUP = frozenset(field.name for field in fields(GroupRequirement))
# What all groups of a plan take together: nodes are shared out among them, the others each of them has.
_SCALED = frozenset({"nodes", "pods_per_node", "nodes_per_month", "pods_per_node_per_month", "max_blocks"})


def resolve_requirements(
    scenario: Scenario, requirements: Requirements | Mapping[str, Any] | None, overrides: Mapping[str, Any], today: date
) -> Requirements:
    """Return what is asked: single fields before whole requirements, these before what the scenario tells.

    Raises
    ------
    InputError
        With every field that is unknown or out of bounds; where nobody says how many nodes there are to be.
    """
    base = (
        _checked(requirements) if requirements is not None else scenario.requirements or _from_cluster(scenario, today)
    )
    group_overrides = {
        name: override for name, override in overrides.items() if name in _OF_GROUP and override is not None
    }
    other_overrides = {
        name: override for name, override in overrides.items() if name not in _OF_GROUP and override is not None
    }
    if base is None:
        if "groups" not in other_overrides and "nodes" not in group_overrides:
            raise InputError([Finding("choose-nodes-missing")])
        return _checked({"groups": [group_overrides], **other_overrides})
    if group_overrides:
        if (
            requirements is None
            and scenario.requirements is None
            and not {"nodes_per_month", "by"} & {*group_overrides, *other_overrides}
        ):
            # Nodes that are said outright are all there are to be: the scenario's growth is not on top of them.
            group_overrides = {"nodes_per_month": 0.0, **group_overrides}
        is_scaled = requirements is None and scenario.requirements is None and set(group_overrides) <= _SCALED
        if len(base.groups) > 1 and is_scaled:
            scaled = _from_cluster(with_scaled_groups(scenario, **group_overrides), today) or base
            return _checked(_plain(scaled) | other_overrides)
        if len(base.groups) > 1:
            raise InputError([Finding("choose-groups-several", params={"fields": ", ".join(sorted(group_overrides))})])
        other_overrides["groups"] = [_plain(base.groups[0]) | group_overrides]
    return _checked(_plain(base) | other_overrides) if other_overrides else base


def _checked(requirements: Requirements | Mapping[str, Any]) -> Requirements:
    if isinstance(requirements, Requirements):
        return requirements
    try:
        return _REQUIREMENTS.validate_python(dict(requirements))
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [
            replace(finding_from_pydantic(detail, detail["loc"]), subject=field_name(detail["loc"]))
            for detail in details
        ]
        raise InputError(problems) from None


def _plain(requirement: Requirements | GroupRequirement) -> dict[str, Any]:
    return {field.name: getattr(requirement, field.name) for field in fields(requirement)}


def _from_cluster(scenario: Scenario, today: date) -> Requirements | None:
    """Take the nodes that exist and are planned for what is asked; None where there are none."""
    cluster, plan = scenario.cluster, scenario.plan
    groups = plan.groups if plan.groups and not cluster.nodes else (nodes_as_group(scenario),)
    group_requirements = tuple(_group(group) for group in groups if group.nodes)
    if not group_requirements:
        return None
    rack_label = rack_label_of(cluster.nodes)
    racks = labelled_racks(cluster.nodes, rack_label)
    month = today.year * 12 + today.month - 1 + plan.months
    grows = any(group.nodes_per_month or group.pods_per_node_per_month for group in group_requirements)
    return Requirements(
        groups=group_requirements,
        **_fields_of_pools(cluster.pools),
        racks=max(len(racks), 1),
        rack_label=rack_label,
        max_blocks_per_host=cluster.ipam.max_blocks_per_host,
        by=f"{month // 12:04}-{month % 12 + 1:02}" if grows else "",
    )


def lacks_pods(scenario: Scenario) -> bool:
    """Whether a scenario has nodes, and nothing in it says how many pods they run."""
    cluster, groups = scenario.cluster, scenario.plan.groups
    has_nodes = bool(cluster.nodes) or any(group.nodes for group in groups)
    has_planned_pods = any(group.pods_per_node or group.pods_on_busiest_node for group in groups)
    return scenario.requirements is None and has_nodes and not has_planned_pods and not cluster.pods


def without_planned_pools(scenario: Scenario, planned: Iterable[str]) -> tuple[Scenario, dict[str, Any]]:
    """Leave out pools that are only planned, so that others can take their place; return what they asked for as well.

    Parameters
    ----------
    scenario
        A design.
    planned
        Names of its pools that do not exist.

    Returns
    -------
    tuple
        The scenario without them, and the fields of `Requirements` that follow from them.
    """
    names = set(planned)
    if not names:
        return scenario, {}
    existing_pools = tuple(pool for pool in scenario.cluster.pools if pool.name not in names)
    without = replace(scenario, cluster=replace(scenario.cluster, pools=existing_pools))
    return without, _fields_of_pools(scenario.cluster.pools)


def _group(group: NodeGroup) -> GroupRequirement:
    return GroupRequirement(
        name=group.name,
        nodes=max(group.nodes, 1),
        # Where no pods are named, as many as kubelet runs: a pool without room for any would be no answer.
        pods_per_node=max(group.pods_per_node, group.pods_on_busiest_node) or group.max_pods,
        nodes_per_month=group.nodes_per_month,
        pods_per_node_per_month=group.pods_per_node_per_month,
        os=group.os,
        max_blocks=group.max_blocks,
        labels=group.labels,
    )


def _fields_of_pools(pools: Sequence[IPPool]) -> dict[str, Any]:
    """Return the fields of `Requirements` that follow from pools: family and encapsulation."""
    versions = {pool.version for pool in pools}
    if not pools or any(pool.vxlan_mode != "Never" for pool in pools):
        encapsulation = "vxlan"
    else:
        encapsulation = "ipip" if any(pool.ipip_mode != "Never" for pool in pools) else "none"
    return {"family": "dual" if len(versions) > 1 else next(iter(versions), 4), "encapsulation": encapsulation}
