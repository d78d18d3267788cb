"""Random clusters and changes: an issued runbook breaks no promise, and what one is refused for does happen.

The procedure is carried out once more beside the rehearsal, one request of the CNI plugin at a time.
"""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ippoolkit import IPPool, Namespace
from ippoolkit.change import Change, runbook
from ippoolkit.change.cluster_state import ClusterState
from ippoolkit.change.recreate_order import group_pods
from ippoolkit.change.rehearsed_pods import SURGE_PARTS
from ippoolkit.cidr import Cidr
from ippoolkit.ipam import IpamError
from tests.clusters import OWNERS, cluster
from tests.conformance.utilization import utilization
from tests.helpers import codes_of

SIZES = st.sampled_from((26, 27, 28, 29))


@st.composite
def changes(draw):
    """A cluster, and a change of it."""
    prefix = draw(st.integers(23, 26))
    size = draw(SIZES)
    more = draw(
        st.sampled_from(
            (
                (IPPool(name="more", cidr="10.50.0.0/26", block_size=28),),
                (),
                (IPPool(name="a-pool", cidr="10.50.0.0/25", block_size=28, vxlan_mode="Always"),),
                (IPPool(name="some", cidr="10.50.0.0/24", block_size=27, node_selector="rack == 'b'"),),
                (IPPool(name="shut", cidr="10.50.0.0/24", disabled=True),),
            )
        )
    )
    spaces = draw(
        st.sampled_from(
            (
                (),
                (Namespace(name="default"), Namespace(name="web", ipv4_pools=("old",))),
                (Namespace(name="default"), Namespace(name="web", ipv4_pools=("old", "more"))),
            )
        )
    )
    scenario = cluster(
        draw(st.integers(1, 9)),
        draw(st.integers(0, 30)),
        f"10.244.0.0/{prefix}",
        size,
        strict=draw(st.booleans()),
        more=more,
        spaces=spaces if not spaces or more[:1] or "more" not in spaces[1].ipv4_pools else (),
        labels=lambda number: {"rack": "ab"[number % 2]},
        owners=draw(st.sampled_from((("",), OWNERS))),
    )
    if draw(st.booleans()):  # templates that name the pool
        pods = tuple(
            replace(pod, ipv4_pools=("old",)) if pod.owner in ("DaemonSet", "StatefulSet") else pod
            for pod in scenario.cluster.pods
        )
        scenario = replace(scenario, cluster=replace(scenario.cluster, pods=pods))
    kind = draw(st.sampled_from(("block-size", "migrate", "retire", "split", "block-size", "migrate", "grow")))
    cidr = draw(st.one_of(st.none(), st.integers(22, 29).map(lambda bits: Cidr.parse(f"10.9.0.0/{bits}"))))
    change = Change(
        kind,
        "old",
        block_size=draw(SIZES.filter(lambda other: other != size)),
        prefix=prefix + draw(st.integers(1, 2)),
        new_name="new",
        cidr=cidr if kind in ("migrate", "grow") else None,
        temporary_cidr=cidr if kind in ("block-size", "split") else None,
        install=draw(st.sampled_from(("manifest", "operator", "kubespray"))),
        order=draw(st.sampled_from(("namespace", "workload", "node"))),
        batches=draw(st.integers(1, 5)),
    )
    return scenario, change


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes())
def test_an_issued_runbook_breaks_no_promise_and_a_refused_one_has_a_real_reason(drawn):
    scenario, change = drawn
    change_runbook = runbook(scenario, change)
    if not change_runbook.is_issued:
        assert any(finding.severity == "error" for finding in change_runbook.findings)
    if not change_runbook.results:
        return
    replay = Replay(scenario.cluster, change_runbook.change)
    for result in change_runbook.results:
        broken = replay.carry_out(result.step)
        assert broken == codes_of(result.failures), (result.step, broken)
        assert not (change_runbook.is_issued and broken)
        assert result.recreated_pods == replay.recreated
        if not broken:
            in_use = {row["name"]: row["inUse"] for row in utilization(replay.ipam)[1:]}  # the first is of no pool
            assert {usage.pool: usage.pods + usage.tunnels for usage in result.usage} == in_use
            for pool, most in replay.most.items():
                states = [usage for state in result.surge_usage for usage in state if usage.pool == pool]
                assert most <= max(usage.pods + usage.tunnels for usage in states)


class Replay:
    """The pods and tunnels of a cluster, and what becomes of them, step by step."""

    def __init__(self, cluster, change):
        self.cluster, self.change = cluster, change
        self.cluster_state = ClusterState.from_cluster(cluster)
        self.ipam = self.cluster_state.ipam
        self.handles = {(pod.namespace, pod.name): pod.name for pod in cluster.pods}
        self.named = {space.name: space.ipv4_pools for space in cluster.namespaces}
        self.restarted = set()
        self.own = {(pod.namespace, pod.name): pod.ipv4_pools for pod in cluster.pods}
        self.rounds = self.recreated = 0

    def carry_out(self, step):
        """Carry one step out; return the codes of what it breaks."""
        broken, before = set(), dict(self.cluster_state.tunnel_addresses)
        self.recreated = 0
        self.most = {}  # addresses in use of each pool while new pods have started and old ones have not ended
        try:
            broken |= self._act(step)
        except IpamError:
            broken.add("change-refused")
        for tunnel in {*before, *self.cluster_state.tunnel_addresses}:
            now = self.cluster_state.tunnel_addresses.get(tunnel)
            is_held = now is not None and now in self.ipam.requests.ips_by_handle(tunnel.handle)
            was = before.get(tunnel)
            if not is_held and (was is not None or now is not None):
                broken.add("change-tunnels-lost")
            elif now != was and self._block_of(now)["affinity"] != f"host:{tunnel.node}":
                broken.add("change-tunnels-borrowed")
        self.check_addresses()
        return broken

    def _act(self, step):
        pool = step.pool
        if step.action == "create":
            self.ipam.resources.create_pool(pool)
            return self._settle()
        if step.action == "annotate":
            self.named = {
                space: tuple(
                    step.target_pool if name in (pool.name, str(pool.cidr)) else name for name in names if name
                )
                for space, names in self.named.items()
            }
            self.named = {space: tuple(filter(None, names)) for space, names in self.named.items()}
            return self._roll_templates_out(pool, step.target_pool)
        if step.action == "disable":
            changed = {"node_selector": "!all()"} if step.managed else {"disabled": True}
            self.ipam.resources.change_pool(pool.name, **changed)
            if not step.managed:
                return self._settle()
        if step.action == "restart":
            return self._settle()
        if step.action == "recreate":
            return self._recreate(pool)
        if step.action == "delete":
            in_use = any(row["inUse"] for row in utilization(self.ipam) if row["name"] == pool.name)
            self.ipam.resources.delete_pool(pool.name)
            return self._settle() | ({"change-delete-in-use"} if in_use else set())
        return set()

    def _settle(self):
        return (
            {"change-tunnels-lost"} if any(moved.failed for moved in self.cluster_state.reconcile_tunnels()) else set()
        )

    def _recreate(self, pool):
        pods = self.cluster.pods
        inside = [place for place in range(len(pods)) if self._is_in(pods[place], pool)]
        inside = [place for place in range(len(pods)) if place in inside or self._goes_along(place, inside)]
        self.restarted |= {self._workload(pods[place]) for place in inside}
        groups = [group.pod_indices for group in group_pods(pods, inside, self.change.order, self.change.batches)]
        return ({"change-pods-without"} if self._roll(groups) else set()) | self._strict()

    def _roll_templates_out(self, pool, target):
        """Let the templates that name a pool name another: their workloads roll out, one after the other."""
        rolling = {}
        for place, pod in enumerate(self.cluster.pods):
            key = pod.namespace, pod.name
            if pool.name in self.own[key]:
                self.own[key] = (target,) if target else ()
                rolling.setdefault(self._workload(pod), []).append(place)
        return {"change-pods-without"} if self._roll([rolling[workload] for workload in sorted(rolling)]) else set()

    def _roll(self, groups):
        """Recreate groups of pods; return whether one got no address."""
        self.rounds += 1
        failed = False
        for group in groups:
            self.recreated += len(group)
            for part in np.array_split(group, SURGE_PARTS):
                new = [(self.cluster.pods[place], f"{self.cluster.pods[place].name} {self.rounds}") for place in part]
                for pod, handle in new:
                    named = self.own[pod.namespace, pod.name] or self.named[pod.namespace]
                    failed |= not self.ipam.requests.assign(
                        pod.node, handle, 1, ipv4_pools=named, namespace_labels={}
                    ).v4
                for row in utilization(self.ipam)[1:]:
                    self.most[row["name"]] = max(self.most.get(row["name"], 0), row["inUse"])
                for pod, handle in new:
                    self.ipam.requests.release_handle(self._handle(pod))
                    self.handles[pod.namespace, pod.name] = handle
        return failed

    def _is_in(self, pod, pool):
        return any(address in pool.cidr for address in self.ipam.requests.ips_by_handle(self._handle(pod)))

    @staticmethod
    def _workload(pod):
        """What the name of a pod says that made it; those of the clusters here have no name left for a ReplicaSet."""
        return pod.namespace, pod.owner, pod.name.split("-")[0] if pod.owner in ("DaemonSet", "StatefulSet") else ""

    def _goes_along(self, place, inside):
        """Whether a pod is recreated although it is not in the pool: with its workload, or with its node."""
        pods = self.cluster.pods
        pod, leaving = pods[place], [pods[pod] for pod in inside]
        owners = any(pod.owner for pod in pods)
        if self.change.order == "node":
            return bool(pod.owner or not owners) and any(leaving_pod.node == pod.node for leaving_pod in leaving)
        kind = {"ReplicaSet": 1, "DaemonSet": 2, "StatefulSet": 3}.get(pod.owner, 0)
        if owners and not kind:
            return False
        near = [leaving_pod for leaving_pod in leaving if leaving_pod.namespace == pod.namespace]
        if self.change.order == "workload":
            near = [near_pod for near_pod in near if near_pod.owner == pod.owner]
        workload = self._workload(pod)
        all_restart = not workload[2] or workload in {*map(self._workload, leaving), *self.restarted}
        return bool(near) and all_restart

    def _strict(self):
        serving = [pool for pool in self.ipam.store.pools.values() if pool.serves("Workload")]
        blocks = [block for block in self.ipam.blocks() if any(block["cidr"] in pool.cidr for pool in serving)]
        owners = {block["affinity"] for block in blocks}
        without = [
            name
            for name, node in self.ipam.store.nodes.items()
            if f"host:{name}" not in owners and any(pool.selects_node(node.labels) for pool in serving)
        ]
        free = sum(pool.block_count for pool in serving) - len(blocks)
        return {"change-nodes-without"} if self.ipam.store.config.strict_affinity and len(without) > free else set()

    def _handle(self, pod):
        return self.handles[pod.namespace, pod.name]

    def _block_of(self, address):
        return next(block for block in self.ipam.blocks() if address in block["cidr"])

    def check_addresses(self):
        """No address is given twice, however the step ended."""
        addresses = [
            block["cidr"].first + ordinal
            for block in self.ipam.blocks()
            for ordinals in block["allocated"].values()
            for ordinal in ordinals
        ]
        assert len(addresses) == len(set(addresses))


def test_the_replay_itself_notices_what_breaks():
    scenario = cluster(nodes=6, pods=3, strict=True)
    change = Change("block-size", "old", block_size=27, temporary_cidr=Cidr.parse("10.9.0.0/25"))
    change_runbook = runbook(scenario, change)
    replay = Replay(scenario.cluster, replace(change, batches=1))
    assert [replay.carry_out(result.step) for result in change_runbook.results][-1] == {"change-tunnels-lost"}
