"""The planner's controls: what each edits, its range, and its help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw

from ..findings import N_, Language
from ..limits import block_sizes
from ..model import IPPool, Mode, NodeGroup, Scenario

ENCAPSULATIONS: dict[str, tuple[Mode, Mode]] = {
    "None": ("Never", "Never"),
    "VXLAN Always": ("Never", "Always"),
    "VXLAN CrossSubnet": ("Never", "CrossSubnet"),
    "IPIP Always": ("Always", "Never"),
    "IPIP CrossSubnet": ("CrossSubnet", "Never"),
}
PREFIXES = {4: (8, 32), 6: (32, 128)}
# How far a slider for nodes or pods reaches; it widens by itself where a value comes near its end.
REACHES = (100, 250, 1000, 5000, 20_000, 100_000, 1_000_000)


class Controls:
    """All controls, and one callback for whatever changes in them."""

    def __init__(self, words: Language, changed: Callable[[str], None]) -> None:
        self._changed = changed
        self._setting = False
        say = words.text
        self.pool = ipw.Dropdown(description=say(N_("Pool")), options=[], tooltip=_help(IPPool, "name"))
        self.cidr = ipw.Text(description="CIDR", continuous_update=False, tooltip=_help(IPPool, "cidr"))
        self.prefix = _slider(say(N_("Prefix")), 8, 32, _help(IPPool, "cidr"))
        self.block_size = _slider("blockSize", 20, 32, _help(IPPool, "block_size"))
        self.encapsulation = ipw.Dropdown(
            description=say(N_("Encapsulation")), options=list(ENCAPSULATIONS), tooltip=_help(IPPool, "vxlan_mode")
        )
        self.strict = ipw.Checkbox(description="strictAffinity", indent=False)
        self.nodes = _slider(say(N_("Nodes")), 0, REACHES[0], _help(NodeGroup, "nodes"))
        self.pods = _slider(say(N_("Pods on a typical node")), 0, REACHES[0], _help(NodeGroup, "pods_per_node"))
        self.busiest = _slider(
            say(N_("Pods on the busiest node")), 0, REACHES[0], _help(NodeGroup, "pods_on_busiest_node")
        )
        self.growth = _slider(say(N_("Nodes added a month")), 0, REACHES[0], _help(NodeGroup, "nodes_per_month"))
        self.about = ipw.HTML()
        self.error = ipw.HTML()
        self.error.add_class("ipk-field-error")
        named: dict[str, Any] = {
            "pool": self.pool,
            "cidr": self.cidr,
            "prefix": self.prefix,
            "blocksize": self.block_size,
            "encapsulation": self.encapsulation,
            "strict": self.strict,
            "nodes": self.nodes,
            "pods": self.pods,
            "busiest": self.busiest,
            "growth": self.growth,
        }
        for name, control in named.items():
            control.add_class("ipk-field")
            control.add_class(f"ipk-{name}")
            control.observe(self._on_change(name), "value")
        pool = [self.pool, self.cidr, self.error, self.prefix, self.block_size, self.about, self.encapsulation]
        cluster = [self.nodes, self.pods, self.busiest, self.growth, self.strict]
        titles = [ipw.HTML(f"<h3>{say(title)}</h3>") for title in (N_("Pool"), N_("Cluster"))]
        self.box = ipw.VBox([titles[0], *pool, titles[1], *cluster])
        self.box.add_class("ipk-controls")

    def _on_change(self, name: str) -> Callable[[Any], None]:
        def changed(_: Any) -> None:
            if not self._setting:
                self._changed(name)

        return changed

    def show(self, scenario: Scenario, pool: IPPool | None, group: NodeGroup, about: str) -> None:
        """Set every control to what the scenario says, without calling back."""
        self._setting = True
        try:
            names = [each.name for each in scenario.cluster.pools]
            self.pool.options = names
            self.pool.layout.display = None if len(names) > 1 else "none"
            if pool is not None:
                self.pool.value = pool.name
                self._show_pool(pool, about)
            self.strict.value = scenario.cluster.ipam.strict_affinity
            for slider, value in (
                (self.nodes, group.nodes),
                (self.pods, group.pods_per_node),
                (self.busiest, max(group.pods_on_busiest_node, group.pods_per_node)),
                (self.growth, round(group.nodes_per_month)),
            ):
                set_range(slider, 0, max(slider.max, _reach(value)), value)
        finally:
            self._setting = False

    def _show_pool(self, pool: IPPool, about: str) -> None:
        self.cidr.value = str(pool.cidr)
        low, high = PREFIXES[pool.version]
        set_range(self.prefix, min(low, pool.cidr.prefix), high, pool.cidr.prefix)
        sizes = block_sizes(pool.version, pool.cidr.prefix)
        set_range(self.block_size, sizes.start, sizes.stop - 1, pool.block_size)
        self.encapsulation.options = [name for name in ENCAPSULATIONS if pool.version == 4 or "IPIP" not in name]
        self.encapsulation.value = pool.encapsulation
        self.about.value = about
        self.error.value = ""


def _reach(value: int) -> int:
    return next(reach for reach in REACHES if value <= 0.9 * reach or reach == REACHES[-1])


def set_range(slider: ipw.IntSlider, low: int, high: int, value: int) -> None:
    """Set a slider's bounds and value at once, in an order that never has the bounds cross."""
    with slider.hold_sync():
        if low > slider.max:
            slider.max, slider.min = high, low
        else:
            slider.min, slider.max = low, high
        slider.value = value


def _slider(description: str, low: int, high: int, tooltip: str) -> ipw.IntSlider:
    return ipw.IntSlider(description=description, min=low, max=high, value=low, tooltip=tooltip)


def _help(cls: type, field: str) -> str:
    """Return the model's own description of a field."""
    return str(cls.__pydantic_fields__[field].description)  # type: ignore[attr-defined]
