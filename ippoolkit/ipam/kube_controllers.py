"""kube-controllers beside the engine: its clock, leaked addresses, nodes that are gone."""

from __future__ import annotations

from ..calico.limits import DEFAULT_LEAK_GRACE_PERIOD
from . import blocks, layout, node_controller
from .cni_requests import CniRequests
from .state_store import MICROSECONDS


class KubeControllers:
    """The time that passes, and what kube-controllers does in it."""

    __slots__ = ("_tasks", "requests", "resources", "store")

    def __init__(self, requests: CniRequests) -> None:
        self.requests = requests
        self.resources = requests.resources
        self.store = requests.store
        self._tasks: list[tuple[int, str, str]] = []  # what comes next: when, what, whom

    def start(self, leak_grace_period: float = DEFAULT_LEAK_GRACE_PERIOD, *, first_tick: float | None = None) -> None:
        """Start kube-controllers, or restart it: its clocks are in its memory only.

        Parameters
        ----------
        leak_grace_period
            leakGracePeriod in seconds; 0 for none, and then it collects nothing but the blocks of nodes that are gone.
        first_tick
            Seconds from now to its first tick; left out, half the grace period.
        """
        meta = self.store.state.meta
        meta[layout.GRACE_PERIOD] = round(leak_grace_period * MICROSECONDS)
        period = int(meta[layout.GRACE_PERIOD]) // 2 or node_controller.TICK_WITHOUT_GRACE_PERIOD
        now = int(meta[layout.NOW])
        meta[layout.NEXT_TICK] = now + (period if first_tick is None else round(first_tick * MICROSECONDS))
        meta[layout.RANDOM_STATE] = self.store.seed % 2147483646 + 1
        meta[layout.SEEN_EMPTY_LENGTH] = meta[layout.DIRTY_COUNT] = 0
        meta[layout.NEXT_SYNC] = -1
        self.store.state.is_dirty[:] = 0
        self.store.state.wide[:, [layout.EMPTY_SINCE, layout.FIRST_SEEN_EMPTY]] = -1
        for node in self.store.nodes.values():
            blocks.mark_node_dirty(self.store.state, node.number, blocks.SYNC_DELAY)
        self.store.leak_candidates = dict.fromkeys(self.store.leak_candidates, -1)
        for handle in self.store.leak_candidates:
            self._tasks.append((now + blocks.SYNC_DELAY, "suspect", handle))

    def stop(self) -> None:
        """Stop kube-controllers; what it knew is lost."""
        self.store.state.meta[layout.NEXT_TICK] = self.store.state.meta[layout.NEXT_SYNC] = -1

    def advance(self, seconds: float) -> None:
        """Let time pass, with what kube-controllers does in it."""
        until = int(self.store.state.meta[layout.NOW]) + round(seconds * MICROSECONDS)
        while True:
            next_task = min((task_time for task_time, _, _ in self._tasks), default=until + 1)
            next_tick = int(self.store.state.meta[layout.NEXT_TICK]) if self.store.leak_candidates else -1
            # Before v3.30 a change anywhere makes kube-controllers look at all leaks, not only at the nodes concerned.
            looks_at_all = next_tick >= 0 and not self.store.release.has("gc-dirty-nodes")
            next_sync = int(self.store.state.meta[layout.NEXT_SYNC]) if looks_at_all else -1
            event_time = min([next_task, *(time for time in (next_tick, next_sync) if time >= 0)])
            if event_time > until:
                break
            node_controller.run_until(self.store.state, event_time)
            self._run_due_tasks(event_time, is_tick=event_time in (next_tick, next_sync))
        node_controller.run_until(self.store.state, until)

    def delete_node(self, name: str) -> None:
        """Delete a node as kubectl does: kube-controllers gives back what it held once its pods are gone."""
        node = self.resources.existing_node(name)
        node.exists = False
        self.store.state.exists[node.number] = (
            2 if set(self.store.handles_of_node(node.number)) - self.store.tunnel_handles else 0
        )
        self.resources.refresh(node=name)
        self._tasks.append((int(self.store.state.meta[layout.NOW]) + 2 * blocks.SYNC_DELAY, "node", name))

    def leak_pod(self, handle: str, *, at_tick: bool = False) -> None:
        """Delete a pod without freeing what it holds; `at_tick`: it only changed, which is noticed at a tick."""
        check_time = int(self.store.state.meta[layout.NOW]) + blocks.SYNC_DELAY
        node_name = self.store.node_of_handle(handle)
        if node_name in self.store.nodes and not self.store.nodes[node_name].exists:
            self._tasks.append((check_time, "free", handle))
        elif at_tick:
            self.store.leak_candidates[handle] = -2
        else:
            self.store.leak_candidates[handle] = -1
            self._tasks.append((check_time, "suspect", handle))

    def _run_due_tasks(self, now: int, *, is_tick: bool) -> None:
        """Do what is due of kube-controllers' work on addresses, and at a tick release the leaked."""
        due_tasks = [task for task in self._tasks if task[0] <= now]
        self._tasks = [task for task in self._tasks if task[0] > now]
        for _, action, target in due_tasks:
            if action == "suspect" and self.store.leak_candidates.get(target) == -1:
                self.store.leak_candidates[target] = now
            elif action == "free":
                self._release_if_held(target)
                self._clean_up_node(self.store.node_of_handle(target))
            elif action == "node":
                self._clean_up_node(target)
        if is_tick and (grace := int(self.store.state.meta[layout.GRACE_PERIOD])):
            for handle, since in list(self.store.leak_candidates.items()):
                if since == -2:
                    self.store.leak_candidates[handle] = now
                elif 0 <= since < now - grace:
                    del self.store.leak_candidates[handle]
                    self._release_if_held(handle)

    def _release_if_held(self, handle: str) -> None:
        if self.store.addresses_of_handle(handle):
            self.requests.release_handle(handle)

    def _clean_up_node(self, name: str) -> None:
        """Give back what a node that is gone still holds, once no pod of it is left."""
        if name not in self.store.nodes or self.store.nodes[name].exists:
            return
        number = self.store.nodes[name].number
        handles = self.store.handles_of_node(number)
        if self.store.tunnel_handles.issuperset(handles):
            for handle in handles:
                self._release_if_held(handle)
            self.store.state.exists[number] = 0
            blocks.mark_node_dirty(self.store.state, number, 0)
