"""kube-controllers beside the engine: its clock, leaked addresses, nodes that are gone."""

from __future__ import annotations

from dataclasses import dataclass

from ..calico.limits import DEFAULT_LEAK_GRACE_PERIOD
from . import blocks, layout, node_controller
from .cni_requests import CniRequests
from .state_store import MICROSECONDS


@dataclass(slots=True)
class KubeControllers(CniRequests):
    """Adds time, and what kube-controllers does in it."""

    def start_controllers(
        self, leak_grace_period: float = DEFAULT_LEAK_GRACE_PERIOD, *, first_tick: float | None = None
    ) -> None:
        """Start kube-controllers, or start it anew: its clocks are in its memory only.

        Parameters
        ----------
        grace
            leakGracePeriod in seconds; 0 for none, and then it collects nothing but the blocks of nodes that are gone.
        first_tick
            Seconds from now to its first tick; left out, half the grace period.
        """
        meta = self.state.meta
        meta[layout.GRACE_PERIOD] = round(leak_grace_period * MICROSECONDS)
        period = int(meta[layout.GRACE_PERIOD]) // 2 or node_controller.TICK_WITHOUT_GRACE_PERIOD
        now = int(meta[layout.NOW])
        meta[layout.NEXT_TICK] = now + (period if first_tick is None else round(first_tick * MICROSECONDS))
        meta[layout.RANDOM_STATE] = self.seed % 2147483646 + 1
        meta[layout.SEEN_EMPTY_LENGTH] = meta[layout.DIRTY_COUNT] = 0
        meta[layout.NEXT_SYNC] = -1
        self.state.is_dirty[:] = 0
        self.state.wide[:, [layout.EMPTY_SINCE, layout.FIRST_SEEN_EMPTY]] = -1
        for node in self.nodes.values():
            blocks.mark_node_dirty(self.state, node.number, blocks.SYNC_DELAY)
        self._leak_candidates = dict.fromkeys(self._leak_candidates, -1)
        for handle in self._leak_candidates:
            self._controller_tasks.append((now + blocks.SYNC_DELAY, "suspect", handle))

    @property
    def _looks_at_few(self) -> bool:
        """Whether a change makes kube-controllers look at the nodes concerned only."""
        return self.release.has("gc-dirty-nodes")

    def stop_controllers(self) -> None:
        """Stop kube-controllers; what it knew is lost."""
        self.state.meta[layout.NEXT_TICK] = self.state.meta[layout.NEXT_SYNC] = -1

    def advance(self, seconds: float) -> None:
        """Let time pass, with what kube-controllers does in it."""
        until = int(self.state.meta[layout.NOW]) + round(seconds * MICROSECONDS)
        while True:
            next_task = min((task_time for task_time, _, _ in self._controller_tasks), default=until + 1)
            next_tick = int(self.state.meta[layout.NEXT_TICK]) if self._leak_candidates else -1
            # Before v3.30 a change anywhere makes kube-controllers look at all leaks.
            next_sync = int(self.state.meta[layout.NEXT_SYNC]) if next_tick >= 0 and not self._looks_at_few else -1
            event_time = min([next_task, *(time for time in (next_tick, next_sync) if time >= 0)])
            if event_time > until:
                break
            node_controller.run_until(self.state, event_time)
            self._run_due_tasks(event_time, is_tick=event_time in (next_tick, next_sync))
        node_controller.run_until(self.state, until)

    def delete_kubernetes_node(self, name: str) -> None:
        """Delete a node as kubectl does: kube-controllers gives back what it held once its pods are gone."""
        node = self._existing_node(name)
        node.exists = False
        self.state.alive[node.number] = 2 if set(self._handles_of_node(node.number)) - self._tunnel_handles else 0
        self._refresh(node=name)
        self._controller_tasks.append((int(self.state.meta[layout.NOW]) + 2 * blocks.SYNC_DELAY, "node", name))

    def leak_pod(self, handle: str, *, at_tick: bool = False) -> None:
        """Delete a pod without freeing what it holds; `at_tick`: it only changed, which is noticed at a tick."""
        check_time = int(self.state.meta[layout.NOW]) + blocks.SYNC_DELAY
        node_name = self.node_of_handle(handle)
        if node_name in self.nodes and not self.nodes[node_name].exists:
            self._controller_tasks.append((check_time, "free", handle))
        elif at_tick:
            self._leak_candidates[handle] = -2
        else:
            self._leak_candidates[handle] = -1
            self._controller_tasks.append((check_time, "suspect", handle))

    def _run_due_tasks(self, now: int, *, is_tick: bool) -> None:
        """Do what is due of kube-controllers' work on addresses, and at a tick release the leaked."""
        due_tasks = [task for task in self._controller_tasks if task[0] <= now]
        self._controller_tasks = [task for task in self._controller_tasks if task[0] > now]
        for _, action, target in due_tasks:
            if action == "suspect" and self._leak_candidates.get(target) == -1:
                self._leak_candidates[target] = now
            elif action == "free":
                self._release_if_held(target)
                self._clean_up_node(self.node_of_handle(target))
            elif action == "node":
                self._clean_up_node(target)
        if is_tick and (grace := int(self.state.meta[layout.GRACE_PERIOD])):
            for handle, since in list(self._leak_candidates.items()):
                if since == -2:
                    self._leak_candidates[handle] = now
                elif 0 <= since < now - grace:
                    del self._leak_candidates[handle]
                    self._release_if_held(handle)

    def _release_if_held(self, handle: str) -> None:
        number = self.handles.get(handle, -1)
        if number >= 0 and self.state.handles[number, layout.FIRST_ADDRESS] >= 0:
            self.release_handle(handle)

    def _clean_up_node(self, name: str) -> None:
        """Give back what a node that is gone still holds, once no pod of it is left."""
        if name not in self.nodes or self.nodes[name].exists:
            return
        number = self.nodes[name].number
        handles = self._handles_of_node(number)
        if self._tunnel_handles.issuperset(handles):
            for handle in handles:
                self._release_if_held(handle)
            self.state.alive[number] = 0
            blocks.mark_node_dirty(self.state, number, 0)
