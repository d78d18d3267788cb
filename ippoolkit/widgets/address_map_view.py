"""The address map as the page draws it: cells, how full they are, whose they are, and a search for an address."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..cidr import Address
from ..findings import N_, Language, replace_unprintable
from ..model import IPPool, Scenario
from ..view.cell_text import MAP_UNKNOWN, pool_text
from .background import running_loop
from .pane_html import COMPILING_MESSAGE, NO_POOL_MESSAGE, button_html, message_html
from .widgets_js import AddressMapWidget

if TYPE_CHECKING:
    from ..simulation import Simulation

MAX_NAMES_SHOWN = 12
_MAP_HINT = N_("Point at a cell to see what it holds; click to open one that holds several blocks.")
_CELL_KEY = ("blocks", "claimed", "addresses", "used", "borrowed", "cooling", "reserved", "node")


class AddressMapView:
    """The map of one pool: the whole of it, or a part that was opened.

    Parameters
    ----------
    language
        The reader's language.
    show_pool
        Called with a pool's name where the map is to show another pool.
    traits
        Further traits of the widget.
    """

    def __init__(self, language: Language, show_pool: Callable[[str], None], **traits: Any) -> None:
        self._language = language
        self._show_pool = show_pool
        self.widget = AddressMapWidget(labels=self._labels(), **traits).add_class("ipk-map")
        self.widget.on_msg(self._on_action)
        self._scenario: Scenario | None = None
        self._pool: IPPool | None = None
        self._simulated: tuple[Scenario, Simulation] | None = None
        self._pool_key = ""
        self._open_ranges: list[tuple[int, int]] = []
        self._found: tuple[int, str] | None = None  # block number and what was found there
        self._task: asyncio.Task[None] | None = None

    def show(self, scenario: Scenario, pool: IPPool | None) -> None:
        """Show a pool of a scenario; the parts stay open as long as the pool is cut the same way.

        The first map may have to load or compile the engine. In a notebook the one happens in a thread, the other in a
        process of its own: the fields and the other tabs stay usable.
        """
        self._scenario, self._pool = scenario, pool
        if pool is None:
            self._show_message(NO_POOL_MESSAGE)
            return
        if scenario.cluster.lacks_addresses:
            self._show_message(MAP_UNKNOWN)
            return
        key = f"{pool.name} {pool.cidr} {pool.block_size}"
        if key != self._pool_key:
            self._pool_key = key
            self._open_ranges.clear()
            self._found = None
        if self._simulated is None and (loop := running_loop()) is not None:
            if self._task is None or self._task.done():
                self._show_message(N_("Computing the map."))
                self._task = loop.create_task(self._simulate_in_thread(scenario))
            return
        if self._simulated is None or self._simulated[0] is not scenario:
            self._simulate(scenario)  # once the engine is loaded it answers at once
        self._draw()

    async def _simulate_in_thread(self, scenario: Scenario) -> None:
        if await asyncio.to_thread(_must_compile_engine):
            self._show_message(COMPILING_MESSAGE)
            await asyncio.to_thread(_compile_engine)
        await asyncio.to_thread(self._simulate, scenario)
        if self._scenario is not None:
            self.show(self._scenario, self._pool)

    def _simulate(self, scenario: Scenario) -> None:
        from ..simulation import place_planned_pods  # the engine takes long to load, and is wanted for the map only

        self._simulated = scenario, place_planned_pods(scenario)

    # ---- what comes from the page

    def _on_action(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Open a cell, go back, or look for an address."""
        pool = self._pool
        if pool is None or self._simulated is None:
            return
        match message.get("action"):
            case "open":
                self._open_cell(pool, int(message.get("value", -1)))
            case "back":
                self._found = None
                if self._open_ranges:
                    self._open_ranges.pop()
            case "pool":
                self._show_pool(str(message.get("value", "")))
                return
            case "find":
                self._find(str(message.get("value", "")).strip())
                return
        self._draw()

    def _open_cell(self, pool: IPPool, index: int) -> None:
        cells = self._cells(pool)
        if 0 <= index < len(cells) and cells[index]["blocks"] > 1:
            self._open_ranges.append((cells[index]["first"], cells[index]["blocks"]))

    def _find(self, text: str) -> None:
        """Show the block of an address, in whichever pool it is, and who holds the address."""
        self._found = None
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            self._draw(N_("{text} is not an IP address."), {"text": replace_unprintable(text)})
            return
        assert self._scenario is not None
        pools = [pool for pool in self._scenario.cluster.pools if address in pool.cidr]
        if not pools:
            self._draw(N_("{text} is in none of the pools."), {"text": replace_unprintable(text)})
            return
        pool = pools[0]
        if pool != self._pool:
            self._show_pool(pool.name)
        if self._pool != pool:
            return
        number = pool.cidr.subnet_index_of(address, pool.block_size)
        self._open_ranges.clear()
        while (cells := self._cells(pool)) and cells[0]["blocks"] > 1:
            cell = next(cell for cell in cells if cell["first"] <= number < cell["first"] + cell["blocks"])
            self._open_ranges.append((cell["first"], cell["blocks"]))
        self._found = number, self._holder_text(pool, address, number)
        self._draw()

    def _holder_text(self, pool: IPPool, address: Address, number: int) -> str:
        """Say who holds an address, and whose block it is in."""
        assert self._simulated is not None
        simulation = self._simulated[1]
        cell = next(cell for cell in self._cells(pool) if cell["first"] == number)
        params = {
            "address": str(address),
            "block": str(pool.cidr.subnet(pool.block_size, number)),
            "node": cell["node"],
        }
        pods = simulation.pods
        holders = pods.loc[pods["address"] == str(address)].to_dict("records")
        if holders:
            params |= {"holder": holders[0]["pod"], "holder_node": holders[0]["node"]}
            template = N_("{address} is in use by {holder} on {holder_node}, in block {block}.")
        elif any(
            address in cidr
            for reservation in simulation.cluster.scenario.cluster.reservations
            for cidr in reservation.reserved_cidrs
        ):
            template = N_("{address} is reserved (IPReservation), in block {block}.")
        elif cell["node"]:
            template = N_("{address} is free, in block {block} of {node}.")
        else:
            template = N_("{address} is free; no node holds block {block}.")
        return self._language.render(template, params)

    # ---- what goes to the page

    def _show_message(self, text: str) -> None:
        self.widget.view = {"heading": message_html(self._language.translate(text))}

    def _draw(self, notice: str = "", params: dict[str, Any] | None = None) -> None:
        """Send everything that the page needs to draw the map."""
        from ..figures.address_map_chart import cells_per_row

        pool = self._pool
        assert pool is not None
        assert self._simulated is not None
        cells = self._cells(pool)
        # Most cells are like others: each kind is put into words, and sent, once.
        keys = [tuple(cell[name] for name in _CELL_KEY) for cell in cells]
        kinds = dict(zip(keys, cells, strict=True))
        kind_indexes = {key: index for index, key in enumerate(kinds)}
        nodes = list(dict.fromkeys(cell["node"] for cell in cells if cell["node"]))
        language = self._language
        found_number, hint = self._found or (None, language.translate(_MAP_HINT))
        if notice:
            hint = language.render(notice, params or {})
        self.widget.view = {
            "id": f"{abs(hash(self._pool_key)) % 10**6}",
            "columns": cells_per_row(len(cells)),
            "label": language.render(N_("Address map of pool {pool}: use the arrow keys"), {"pool": pool.name}),
            "heading": self._heading_html(pool, cells),
            "hint": hint,
            "isNotice": bool(notice or self._found),
            "legend": self._legend_html(pool),
            "ranges": [cell["range"] for cell in cells],
            "cells": [kind_indexes[key] for key in keys],
            "kinds": [self._cell_drawing(cell, nodes) for cell in kinds.values()],
            "nodes": [replace_unprintable(node) for node in nodes],
            "found": next((index for index, cell in enumerate(cells) if cell["first"] == found_number), None),
            "pool": pool.name,
            "pools": sorted(pool.name for pool in self._simulated[0].cluster.pools),
        }

    def _cells(self, pool: IPPool) -> Sequence[dict[str, Any]]:
        """Return the cells of the part that is open."""
        from ..simulation.address_map import address_map_rows

        assert self._simulated is not None
        first, count = self._open_ranges[-1] if self._open_ranges else (0, pool.block_count)
        return address_map_rows(self._simulated[1], pool.name, first=first, count=count)

    def _cell_drawing(self, cell: dict[str, Any], nodes: list[str]) -> dict[str, Any]:
        """Return how full cells of a kind are drawn, whose they are, and what is said of them."""
        total = cell["addresses"]
        shares = {name: round(float(cell[name]) / float(total), 4) for name in ("used", "borrowed", "reserved")}
        return {
            **shares,
            "claimed": float(cell["claimed"]) / float(cell["blocks"]),
            "node": nodes.index(cell["node"]) if cell["node"] else None,
            "text": self._cell_text(cell),
        }

    def _cell_text(self, cell: dict[str, Any]) -> str:
        """Say what cells of a kind hold."""
        language = self._language
        if cell["blocks"] > 1:
            parts = [language.render(N_("{claimed} of {blocks:block} claimed"), cell)]
        elif cell["node"]:
            parts = [language.render(N_("block of {node}"), cell)]
        else:
            parts = [language.translate(N_("a block without affinity") if cell["claimed"] else N_("no block yet"))]
        for count, template in (
            ("used", N_("{used} of {addresses:address} in use")),
            ("borrowed", N_("{borrowed} of them borrowed by other nodes")),
            ("cooling", N_("{cooling} in cooldown")),
            ("reserved", N_("{reserved} reserved")),
        ):
            if cell[count]:
                parts.append(language.render(template, cell))
        return ", ".join(parts)

    def _heading_html(self, pool: IPPool, cells: Sequence[dict[str, Any]]) -> str:
        language = self._language
        if not self._open_ranges:
            params = {"pool": pool_text(pool, language), "each": cells[0]["blocks"] if cells else 1}
            title = language.render(N_("Pool {pool}: {each:block} a cell"), params)
            return f"<h3>{escape(title)}</h3>"
        first, count = self._open_ranges[-1]
        params = {"pool": pool.name, "count": count, "first": pool.cidr.subnet(pool.block_size, first)}
        title = language.render(N_("{pool}, {count:block} from {first} on"), params)
        return f"<h3>{escape(title)}</h3>" + button_html("back", language.translate(N_("Back")))

    def _legend_html(self, pool: IPPool) -> str:
        from ..simulation.address_map import nodes_without_blocks

        language = self._language
        labels = {
            "used": N_("in use"),
            "borrowed": N_("borrowed by other nodes"),
            "claimed": N_("free, in a node's block"),
            "free": N_("no block yet"),
            "reserved": N_("reserved"),
        }
        swatches = "".join(
            f'<span class="for-{key}"><i class="{key}"></i>{escape(language.translate(text))}</span>'
            for key, text in labels.items()
        )
        legend = f'<p class="ipk-legend">{swatches}</p>'
        assert self._simulated is not None
        names = nodes_without_blocks(self._simulated[1], pool.name)
        if not names:
            return legend
        more_count = len(names) - MAX_NAMES_SHOWN
        more_text = language.render(N_("and {n:node} more"), {"n": more_count}) if more_count > 0 else ""
        names_html = " ".join(f"<code>{escape(name)}</code>" for name in names[:MAX_NAMES_SHOWN])
        no_block_text = language.translate(N_("No block:"))
        return f'{legend}<p class="ipk-without">{escape(no_block_text)} {names_html} {escape(more_text)}</p>'

    def _labels(self) -> dict[str, str]:
        """Return the texts of the controls, which do not change."""
        labels = {
            "colour": N_("Colour by"),
            "usage": N_("use"),
            "node": N_("node"),
            "find": N_("Find an IP address"),
            "pool": N_("Pool"),
            "moreNodes": N_("and more"),
        }
        return {key: self._language.translate(text) for key, text in labels.items()}


def _must_compile_engine() -> bool:
    """Whether the engine has still to be compiled, which takes a while, once on a machine."""
    from ..ipam.compilation import needs_compiling
    from ..simulation import place_planned_pods  # noqa: F401 (with it comes all that is compiled)

    return needs_compiling()


def _compile_engine() -> None:
    """Wait for another process to compile the engine."""
    from ..simulation.engine_warm_up import start_compiling

    process = start_compiling()
    if process is not None:
        process.wait()
