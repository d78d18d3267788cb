"""What manifests would mean beside what is there: the findings on the scenario that they would make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..findings import Finding, Severity
from ..judges import Datastore, Resource, filled
from ..kinds import IP_POOL, IP_RESERVATION, IPAM_CONFIGURATION, Kind
from ..model import Scenario
from ..read import as_model
from .plan import standing


def meaning(before: Scenario, stores: Iterable[Datastore], subjects: set[str]) -> list[Finding]:
    """Return what is to be said of the cluster with what any judge accepted, and was not to be said before.

    Parameters
    ----------
    before
        The cluster as it is.
    stores
        The datastores afterwards.
    subjects
        The objects under review, as ``Kind/name``: of these everything is said, news or not.
    """
    after = _with(before, list(stores))
    known = {_same(finding) for finding in standing(before)}
    # What a judge refuses is said of the manifest itself.
    return [
        finding
        for finding in standing(after)
        if not finding.rule.judges and (finding.subject in subjects or _same(finding) not in known)
    ]


def _same(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.subject


def _with(before: Scenario, stores: list[Datastore]) -> Scenario:
    cluster = before.cluster
    ipam = _objects(IPAM_CONFIGURATION, stores)
    return replace(
        before,
        cluster=replace(
            cluster,
            pools=tuple(_objects(IP_POOL, stores)),
            reservations=tuple(_objects(IP_RESERVATION, stores)),
            ipam=ipam[0] if ipam else cluster.ipam,
        ),
    )


def _objects(kind: Kind, stores: list[Datastore]) -> list[Any]:
    """Return the objects of a kind that any store has, as the model has them; what it does not take is left out."""
    found: dict[str, Any] = {}
    for store in stores:
        for name, stored in store.objects[kind.name].items():
            value = {"metadata": {**stored.metadata, "name": name}, "spec": filled(kind, stored.spec)}
            if name not in found and (item := as_model(kind.name, value)) is not None:
                found[name] = item
    return list(found.values())


def placed(finding: Finding, resource: Resource) -> Finding:
    """Return a finding on a scenario at the field of the manifest that its rule is about."""
    path = finding.rule.on.rpartition(" ")[2].split(".") if finding.rule.on else []
    if finding.severity == Severity.OK:
        path = []
    return replace(finding, place=resource.place(*path))
