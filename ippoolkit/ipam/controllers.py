"""kube-controllers beside the engine: its clock, leaked addresses, nodes that are gone."""

from __future__ import annotations

from dataclasses import dataclass

from . import blocks, control, layout
from .memory import MICRO
from .requests import Requests


@dataclass(slots=True)
class Controllers(Requests):
    """Adds time, and what kube-controllers does in it."""

    def start_controllers(self, grace: float = 900.0, *, first_tick: float | None = None) -> None:
        """Start kube-controllers, or start it anew: its clocks are in its memory only.

        Parameters
        ----------
        grace
            leakGracePeriod in seconds; 0 for none, and then it collects nothing but the blocks of nodes that are gone.
        first_tick
            Seconds from now to its first tick; left out, half the grace period.
        """
        meta = self.state.meta
        meta[layout.GRACE] = round(grace * MICRO)
        period = int(meta[layout.GRACE]) // 2 or control.RARE
        now = int(meta[layout.NOW])
        meta[layout.TICK_AT] = now + (period if first_tick is None else round(first_tick * MICRO))
        meta[layout.DICE] = self.seed % 2147483646 + 1
        meta[layout.LOOK_LEN] = meta[layout.DIRTY] = 0
        meta[layout.SYNC_AT] = -1
        self.state.is_dirty[:] = 0
        self.state.wide[:, layout.SEEN] = -1
        for node in self.nodes.values():
            blocks.soil(self.state, node.number, blocks.BATCH)
        self._suspects = dict.fromkeys(self._suspects, -1)
        for handle in self._suspects:
            self._due.append((now + blocks.BATCH, "suspect", handle))

    def stop_controllers(self) -> None:
        """Stop kube-controllers; what it knew is lost."""
        self.state.meta[layout.TICK_AT] = self.state.meta[layout.SYNC_AT] = -1

    def sleep(self, seconds: float) -> None:
        """Let time pass, with what kube-controllers does in it."""
        until = int(self.state.meta[layout.NOW]) + round(seconds * MICRO)
        while True:
            due = min((at for at, _, _ in self._due), default=until + 1)
            tick = int(self.state.meta[layout.TICK_AT]) if self._suspects else -1
            at = min(due, tick if tick >= 0 else due)
            if at > until:
                break
            control.catch_up(self.state, at)
            self._act(at, ticked=at == tick)
        control.catch_up(self.state, until)

    def remove_node(self, name: str) -> None:
        """Delete a node as kubectl does: kube-controllers gives back what it held once its pods are gone."""
        node = self._existing(name)
        node.exists = False
        self.state.alive[node.number] = 2 if set(self._holding(node.number)) - self._tunnels else 0
        self._changed(node=name)
        self._due.append((int(self.state.meta[layout.NOW]) + 2 * blocks.BATCH, "node", name))

    def lose_pod(self, handle: str, *, at_tick: bool = False) -> None:
        """Delete a pod without freeing what it holds; `at_tick`: it only changed, which is noticed at a tick."""
        soon = int(self.state.meta[layout.NOW]) + blocks.BATCH
        host = self.holder(handle)
        if host in self.nodes and not self.nodes[host].exists:
            self._due.append((soon, "free", handle))
        elif at_tick:
            self._suspects[handle] = -2
        else:
            self._suspects[handle] = -1
            self._due.append((soon, "suspect", handle))

    def _act(self, now: int, *, ticked: bool) -> None:
        """Do what is due of kube-controllers' work on addresses, and at a tick release the leaked."""
        due = [each for each in self._due if each[0] <= now]
        self._due = [each for each in self._due if each[0] > now]
        for _, what, whom in due:
            if what == "suspect" and self._suspects.get(whom) == -1:
                self._suspects[whom] = now
            elif what == "free":
                self._free(whom)
                self._clean_up(self.holder(whom))
            elif what == "node":
                self._clean_up(whom)
        if ticked and (grace := int(self.state.meta[layout.GRACE])):
            for handle, since in list(self._suspects.items()):
                if since == -2:
                    self._suspects[handle] = now
                elif 0 <= since < now - grace:
                    del self._suspects[handle]
                    self._free(handle)

    def _free(self, handle: str) -> None:
        number = self.handles.get(handle, -1)
        if number >= 0 and self.state.handles[number, layout.FIRST] >= 0:
            self.release(handle)

    def _clean_up(self, name: str) -> None:
        """Give back what a node that is gone still holds, once no pod of it is left."""
        if name not in self.nodes or self.nodes[name].exists:
            return
        number = self.nodes[name].number
        left = self._holding(number)
        if self._tunnels.issuperset(left):
            for handle in left:
                self._free(handle)
            self.state.alive[number] = 0
            blocks.soil(self.state, number, 0)
