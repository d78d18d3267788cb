"""What manifests would mean beside what is there: the findings on the scenario that they would make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..calico.kinds import IP_POOL, IP_RESERVATION, IPAM_CONFIGURATION, ResourceKind
from ..capacity.design_rules.check import design_findings
from ..findings import Finding, Severity
from ..model import Scenario
from ..read import to_model
from . import Datastore, Resource, apply_defaults


def impact_findings(existing: Scenario, datastores: Iterable[Datastore], subjects: set[str]) -> list[Finding]:
    """Return the findings on the cluster with what any judge accepted that it did not have before.

    Parameters
    ----------
    existing
        The cluster as it is.
    datastores
        The datastores afterwards.
    subjects
        The objects under review, as ``Kind/name``: of these every finding is returned, new or not.
    """
    after = _scenario_with_stored_objects(existing, list(datastores))
    known_findings = {_identity(finding) for finding in design_findings(existing)}
    # What a judge refuses is said of the manifest itself; where none of those asked does, it is a warning.
    return [
        replace(finding, severity_override=Severity.WARNING) if finding.rule.refused_by else finding
        for finding in design_findings(after)
        if finding.subject in subjects or _identity(finding) not in known_findings
    ]


def _identity(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.subject


def _scenario_with_stored_objects(existing: Scenario, datastores: list[Datastore]) -> Scenario:
    cluster = existing.cluster
    ipam_configurations = _model_objects(IPAM_CONFIGURATION, datastores)
    return replace(
        existing,
        cluster=replace(
            cluster,
            pools=tuple(_model_objects(IP_POOL, datastores)),
            reservations=tuple(_model_objects(IP_RESERVATION, datastores)),
            ipam=ipam_configurations[0] if ipam_configurations else cluster.ipam,
        ),
    )


def _model_objects(kind: ResourceKind, datastores: list[Datastore]) -> list[Any]:
    """Return the objects of a kind that any store has, as the model has them; what it does not take is left out."""
    object_by_name: dict[str, Any] = {}
    for datastore in datastores:
        for name, stored in datastore.objects[kind.name].items():
            document = {"metadata": {**stored.metadata, "name": name}, "spec": apply_defaults(kind, stored.spec)}
            if name not in object_by_name and (model_object := to_model(kind.name, document)) is not None:
                object_by_name[name] = model_object
    return list(object_by_name.values())


def at_manifest_field(finding: Finding, resource: Resource) -> Finding:
    """Return a finding on a scenario at the field of the manifest that its rule is about."""
    fields = [field.rpartition(" ")[2] for field in finding.rule.applies_to.split(",")]
    matching_fields = [field for field in fields if field.rpartition(".")[2] == finding.params.get("field")]
    path = (matching_fields or fields)[-1].split(".") if finding.rule.applies_to else []
    if finding.severity == Severity.OK:
        path = []
    return replace(finding, place=resource.place(*path))
