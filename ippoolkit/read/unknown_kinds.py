"""What was not read is unknown, which is not none: which kinds, why, and what texts tell of them instead."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from ..calico.limits import HIGHEST_MAX_BLOCKS_PER_HOST, MAX_COOLDOWN_SECONDS
from ..findings import Finding, Place
from ..model import ALL_KINDS, Cluster, KindName, Scenario
from .document_reader import DocumentReader
from .reported import ReportedText

_CANONICAL_KIND = {"IPAMConfig": "IPAMConfiguration"} | {kind: kind for kind in ALL_KINDS}


def mark_unknown_kinds(scenario: Scenario, reader: DocumentReader) -> Scenario:
    """Return the scenario with the kinds of which nothing was read, and with what texts tell in their place."""
    collector, reported, cluster = reader.collector, reader.reported, scenario.cluster
    kinds_seen = {_CANONICAL_KIND.get(kind, "") for kind in collector.kinds_seen - collector.lost_kinds()}
    kinds_seen |= reader.installer.kinds_seen
    if reader.ipam_config_known:
        kinds_seen.add("IPAMConfiguration")
    kinds_in_question = set(cluster.unknown) if collector.scenarios else set(ALL_KINDS)
    changes: dict[str, Any] = {}
    if reported.blocks_known and not cluster.blocks and "IPAMBlock" in kinds_in_question - kinds_seen:
        changes["blocks"] = tuple(reported.blocks)
        kinds_seen.add("IPAMBlock")
    if "IPAMConfiguration" in kinds_in_question - kinds_seen and (settings := _reported_configuration(reported)):
        changes["ipam"] = dataclasses.replace(cluster.ipam, **settings)
        changes["ipam_stored"] = None  # calicoctl prints defaults alike
        kinds_seen |= {"IPAMConfiguration"} if "strict_affinity" in settings else set()
    unknown = tuple(kind for kind in ALL_KINDS if kind in kinds_in_question - kinds_seen)
    changes.setdefault("ipam_stored", cluster.ipam_stored or bool(collector.objects.get("ipam")))
    cluster = dataclasses.replace(cluster, unknown=unknown, **changes)
    return dataclasses.replace(scenario, cluster=cluster)


def unknown_kind_findings(cluster: Cluster, forbidden_kinds: Mapping[str, Place]) -> Iterator[Finding]:
    """Say which kinds nothing was read of; what a table tells of nodes is said for itself."""
    unknown = [kind for kind in cluster.unknown if not _is_listed(kind, cluster)]
    for kind in unknown:
        if place := forbidden_kinds.get(kind):
            yield Finding("kind-forbidden", kind, {"kind": kind}, place)
    if not_read := [kind for kind in unknown if kind not in forbidden_kinds]:
        yield Finding("kind-not-read", "", {"kinds": ", ".join(not_read)})


def _reported_configuration(reported: ReportedText) -> dict[str, Any]:
    """Return the fields of the IPAM configuration that a text states, as far as they are valid."""
    figures = {figure.figure: figure.value for figure in reported.figures if figure.table == "config"}
    settings: dict[str, Any] = {}
    for key, name in (("strictAffinity", "strict_affinity"), ("autoAllocateBlocks", "auto_allocate_blocks")):
        if isinstance(figures.get(key), bool):
            settings[name] = figures[key]
    limits = (
        ("maxBlocksPerHost", "max_blocks_per_host", HIGHEST_MAX_BLOCKS_PER_HOST),
        ("ipCooldownSeconds", "ip_cooldown_seconds", MAX_COOLDOWN_SECONDS),
    )
    for key, name, highest in limits:
        count = figures.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= highest:
            settings[name] = count
    return settings


def _is_listed(kind: KindName, cluster: Cluster) -> bool:
    """Whether objects of a kind are known from a table, although not all of them."""
    return bool((kind == "Node" and cluster.nodes) or (kind == "Pod" and cluster.pods))
