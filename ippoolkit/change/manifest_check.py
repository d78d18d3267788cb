"""Whether calicoctl and the API server would take each pool of a procedure, at the moment when it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..findings import Finding, Severity
from ..model import Cluster, Scenario
from ..write.v3_manifests import to_manifests_yaml
from .steps import Step


def check_manifests(scenario: Scenario, steps: Sequence[Step]) -> Iterator[Finding]:
    """Yield why the pools of a procedure would be refused; blocks of other sizes are the rehearsal's to find."""
    from ..manifests.manifest_review import review_text  # the judges take long to load

    cluster = scenario.cluster
    existing_names = [pool.name for pool in cluster.pools]
    pools = {pool.name: pool for pool in cluster.pools}
    for step in steps:
        name = step.pool.name
        if step.action == "create":
            cluster_before = Cluster(pools=tuple(pools.values()), ipam=cluster.ipam, ipam_stored=cluster.ipam_stored)
            # A name that comes from the cluster is none to be refused: commands quote whatever it holds.
            pool = replace(step.pool, name="pool") if name.startswith(tuple(existing_names)) else step.pool
            review = review_text(
                to_manifests_yaml([pool], scenario.release),
                name,
                Scenario(calico=scenario.calico, cluster=cluster_before),
            )
            if not review.accepted:
                reason = next(finding for finding in review.findings if finding.severity is Severity.ERROR)
                yield Finding("change-refused", name, {"pool": name, "reason": reason})
            pools[name] = step.pool
        elif step.action == "disable":
            pools[name] = replace(step.pool, disabled=True)
        elif step.action == "delete":
            pools.pop(name, None)
