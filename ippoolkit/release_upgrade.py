"""What changes for a cluster and its plan when Calico goes to another release, up or down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .analysis import Analysis, Source, scenario_of
from .answer import answer_html, counted
from .calico.releases import Release, changes_between
from .capacity.design_rules.networks import overlapping_pools
from .capacity.verdict import Verdict
from .findings import Finding, LocalizedText, Severity, sort_by_severity
from .manifests import ApiServer, Calicoctl, Datastore, parse_manifests
from .model import IPPool, IPReservation, Scenario
from .write import to_manifests_yaml

_MAX_IMPACT_OF_WARNINGS = 1


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """The verdict on one IP version by both releases."""

    version: int
    before: Verdict
    after: Verdict

    @property
    def is_changed(self) -> bool:
        """Whether the releases differ in it."""
        return (self.before.status, self.before.code, self.before.params) != (
            self.after.status,
            self.after.code,
            self.after.params,
        )


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A cluster and its plan judged by two releases of Calico.

    Attributes
    ----------
    before, after
        The two releases.
    verdicts
        The verdict on each IP version by both.
    findings
        What changes for this cluster, most severe first.
    """

    before: Release
    after: Release
    verdicts: tuple[VerdictChange, ...]
    findings: tuple[Finding, ...]

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        return f"<Upgrade from {self.before} to {self.after}: {counted(len(self.findings), 'finding')}>"

    @property
    def has_problems(self) -> bool:
        """Whether something that works before does not afterwards."""
        return any(finding.severity == Severity.ERROR for finding in self.findings)


def upgrade(source: Source, to: Release | str, *, before: Release | None = None) -> Upgrade:
    """Judge a scenario by the release that it has and by another one.

    Parameters
    ----------
    source
        What exists and what is planned: a scenario, its analysis, or the path of anything that `ippoolkit.read` takes.
    to
        The release to go to, newer or older: ``"v3.33"``, ``"3.29.7"``.
    before
        The release that runs; the scenario's where it is left out.

    Returns
    -------
    Upgrade
        Verdicts that change, objects that become refused, and behaviour that changes for this cluster, with its source.

    Raises
    ------
    UnknownReleaseError
        A ValueError, where `to` is no release of Calico 3, or one before v3.21.

    Examples
    --------
    >>> import ippoolkit as ipk
    >>> change = ipk.upgrade(ipk.Scenario(calico="v3.30.7"), "v3.33")
    >>> str(change.before), str(change.after)
    ('v3.30.7', 'v3.33')
    """
    scenario = scenario_of(source)
    before = before or scenario.release
    to = Release.parse(to) if isinstance(to, str) else to
    verdicts = tuple(_verdict_changes(scenario, before, to))
    findings = [
        *_verdict_findings(verdicts, to),
        *_refused_objects(scenario, before, to),
        *_behaviour_findings(scenario, before, to),
    ]
    return Upgrade(before, to, verdicts, tuple(sort_by_severity(findings)))


def _verdict_changes(scenario: Scenario, before: Release, after: Release) -> Iterator[VerdictChange]:
    old, new = (Analysis(replace(scenario, calico=str(release))) for release in (before, after))
    for demand, old_verdict, new_verdict in zip(old.demands, old.verdicts, new.verdicts, strict=False):
        yield VerdictChange(demand.supply.version, old_verdict, new_verdict)


def _verdict_findings(verdicts: tuple[VerdictChange, ...], after: Release) -> Iterator[Finding]:
    for change in verdicts:
        if change.is_changed:
            is_worse = change.after.status.rank < change.before.status.rank
            params = {
                "version": change.version,
                "before": change.before.finding.message(),
                "after": change.after.finding.message(),
                "release": str(after),
            }
            yield Finding("upgrade-verdict-worse" if is_worse else "upgrade-verdict", f"IPv{change.version}", params)


def _refused_objects(scenario: Scenario, before: Release, after: Release) -> Iterator[Finding]:
    """Find the objects of a cluster that one release takes and the other refuses, with calicoctl and with kubectl."""
    objects: list[IPPool | IPReservation] = [*scenario.cluster.pools, *scenario.cluster.reservations]
    for item in objects:
        # Written as the older release takes it, so that no field is there which only the other one has.
        manifests = parse_manifests(to_manifests_yaml((item,), min(before, after)), item.name)
        for door, judge in (("calicoctl", Calicoctl), ("kubectl", ApiServer)):
            old, new = (judge(Datastore(release=release)).run("apply", manifests) for release in (before, after))
            if old.accepted and not new.accepted:
                reasons = "; ".join(note.message() for note in new.findings if note.refused_by)
                params = {"door": door, "release": str(after), "reason": reasons}
                yield Finding("upgrade-refused", f"{type(item).__name__}/{item.name}", params)


def _behaviour_findings(scenario: Scenario, before: Release, after: Release) -> Iterator[Finding]:
    for difference, is_gained in changes_between(before, after):
        matters = _MATTERS.get(difference.id)
        if matters is None or not matters(scenario):
            continue
        is_grave = difference.impact <= _MAX_IMPACT_OF_WARNINGS
        code = f"upgrade-{'gains' if is_gained else 'loses'}" + ("" if is_grave else "-minor")
        params = {
            "what": LocalizedText(difference.message),
            "before": str(before),
            "release": str(after),
            "source": difference.source,
            "difference": difference.id,
        }
        yield Finding(code, difference.component, params)


def _has_reservations(scenario: Scenario) -> bool:
    return bool(scenario.cluster.reservations)


def _has_pools(scenario: Scenario) -> bool:
    return bool(scenario.cluster.pools)


def _blocks_may_run_short(scenario: Scenario) -> bool:
    """Whether nodes may find no free block: there are fewer than two for each node, or they must not borrow."""
    cluster = scenario.cluster
    nodes = len(cluster.nodes) + sum(group.nodes_after(scenario.plan.months) for group in scenario.plan.groups)
    serving = [pool for pool in cluster.pools if pool.serves("Workload")]
    return bool(serving) and (cluster.ipam.strict_affinity or sum(pool.block_count for pool in serving) < 2 * nodes)


def _has_limit(scenario: Scenario) -> bool:
    return scenario.cluster.ipam.max_blocks_per_host > 0


def _has_own_configuration(scenario: Scenario) -> bool:
    ipam = scenario.cluster.ipam
    return ipam.strict_affinity or not ipam.auto_allocate_blocks or _has_limit(scenario)


# When a difference between releases matters to a cluster; one without an entry changes no plan.
_MATTERS: dict[str, Callable[[Scenario], bool]] = {
    "loadbalancer": lambda scenario: any("LoadBalancer" in pool.allowed_uses for pool in scenario.cluster.pools),
    "assignment-mode": lambda scenario: any(pool.assignment_mode == "Manual" for pool in scenario.cluster.pools),
    "namespace-selector": lambda scenario: any(pool.namespace_selector for pool in scenario.cluster.pools),
    "ip-cooldown": lambda scenario: scenario.cluster.ipam.ip_cooldown_seconds > 0,
    "kubevirt-persistence": lambda scenario: any(
        pod.owner == "VirtualMachineInstance" for pod in scenario.cluster.pods
    ),
    "calicoctl-ipamconfiguration": _has_own_configuration,
    "ipamconfiguration-api": _has_own_configuration,
    "reservation-cidrs-only": _has_reservations,
    "crd-native": _has_pools,
    "crd-rules-first": _has_pools,
    "crd-rules-all": _has_pools,
    "crd-assignment-default": _has_pools,
    "crd-selector-default": _has_pools,
    "configure-max-blocks": _has_limit,
    "reclaim-empty-blocks": _blocks_may_run_short,
    "assign-ip-checks-use": lambda scenario: any(
        "Workload" not in pool.allowed_uses for pool in scenario.cluster.pools
    ),
    "utilization-reserved": _has_reservations,
    "show-reserved": _has_reservations,
    "pool-deletion-waits": lambda scenario: any(pool.disabled for pool in scenario.cluster.pools),
    "pool-allocatable": lambda scenario: any(overlapping_pools(scenario)),
    "pool-delete-leaves-old-blocks": lambda scenario: bool(scenario.cluster.blocks),
    "tunnel-pools-checked": lambda scenario: any(
        pool.encapsulation != "None" and "Tunnel" not in pool.allowed_uses for pool in scenario.cluster.pools
    ),
    "wireguard-ipv6": lambda scenario: scenario.cluster.wireguard_enabled_v6,
    "ip-families": lambda scenario: len({pool.version for pool in scenario.cluster.pools}) > 1,
    "gc-three-free": lambda scenario: bool(scenario.cluster.nodes or scenario.plan.groups),
    "gc-evicted": lambda scenario: bool(scenario.cluster.pods),
}
