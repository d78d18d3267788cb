"""The planner: one frozen scenario, controls that replace it, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets
from pydantic import ValidationError

from ..capacity import block_sizes, growth, nodes
from ..cidr import Cidr, CidrError
from ..errors import describe
from ..findings import N_, Finding, language
from ..limits import DEFAULT_BLOCK_SIZE
from ..limits import block_sizes as allowed_sizes
from ..model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ..model.editing import as_group, with_group, with_pool
from ..read import load
from ..rules import check
from ..view.html import findings_html, table_html, tiles_html, verdict_html
from ..view.look import style
from ..write import manifests, scenario_yaml
from .controls import ENCAPSULATIONS, Controls
from .look import planner_style

_REST_AFTER = 0.03  # seconds without a further change before the tabs follow


class Planner(ipw.VBox):  # type: ignore[misc]
    """A planner for a scenario: move the sliders, and verdict, tables and chart follow.

    Parameters
    ----------
    scenario
        A scenario, or the path of anything that `ippoolkit.load` reads; an empty /16 if left out.
    lang
        Language: ``en`` or ``zh``.

    Attributes
    ----------
    scenario
        The scenario as it stands; assign another to show it.
    """

    scenario = traitlets.Instance(Scenario)

    def __init__(self, scenario: Scenario | str | Path | None = None, lang: str = "en") -> None:
        self.lang = lang
        self.words = language(lang)
        self._pool = ""
        self._later: asyncio.TimerHandle | None = None
        self._controls = Controls(self.words, self._edit)
        self._verdict, self._tiles, self._status = ipw.HTML(), ipw.HTML(), ipw.HTML()
        self._status.add_class("ipk-status")
        self._tabs = ipw.Tab([ipw.HTML() for _ in self._pages()])
        self._tabs.titles = [self.words.text(title) for title, _ in self._pages()]
        self._tabs.add_class("ipk-tabs")
        self._tabs.observe(lambda _: self._show_tab(), "selected_index")
        result = ipw.VBox([self._verdict, self._status, self._tiles, self._tabs])
        result.add_class("ipk-result")
        body = ipw.HBox([self._controls.box, result])
        body.add_class("ipk-body")
        given = scenario if isinstance(scenario, Scenario) else load(scenario) if scenario else _blank()
        super().__init__([ipw.HTML(f"<style>{style()}{planner_style()}</style>"), body], scenario=given)
        self.add_class("ipk")
        self.add_class("ipk-planner")
        self._tabs.selected_index = 0
        self._show()
        self.observe(lambda _: self._show(), "scenario")

    @property
    def pool(self) -> IPPool | None:
        """The pool that the controls edit."""
        pools = self.scenario.cluster.pools
        return next((pool for pool in pools if pool.name == self._pool), pools[0] if pools else None)

    def _edit(self, control: str) -> None:
        """Replace the scenario by what one control now says; say why where that cannot be."""
        try:
            edited = self._edited(control)
        except (CidrError, ValidationError) as error:
            self._refuse(error)
            return
        if edited == self.scenario:  # another pool to show, or a refused text put right again
            self._show()
        self.scenario = edited

    def _edited(self, control: str) -> Scenario:
        controls, scenario = self._controls, self.scenario
        of_group = {"nodes": "nodes", "pods": "pods_per_node", "busiest": "pods_on_busiest_node"}
        match control:
            case "pool":
                self._pool = controls.pool.value
                return scenario
            case "strict":
                ipam = replace(scenario.cluster.ipam, strict_affinity=controls.strict.value)
                return replace(scenario, cluster=replace(scenario.cluster, ipam=ipam))
            case "growth":
                return with_group(scenario, nodes_per_month=controls.growth.value)
            case "pods":
                busiest = max(controls.busiest.value, controls.pods.value)
                return with_group(scenario, pods_per_node=controls.pods.value, pods_on_busiest_node=busiest)
            case "nodes" | "busiest":
                return with_group(scenario, **{of_group[control]: getattr(controls, control).value})
        pool = self.pool
        assert pool is not None
        return with_pool(scenario, pool.name, **self._pool_changes(control, pool))

    def _pool_changes(self, control: str, pool: IPPool) -> dict[str, Any]:
        controls = self._controls
        match control:
            case "cidr":
                return _fitting(pool, Cidr.parse(controls.cidr.value.strip()))
            case "prefix":
                return _fitting(pool, pool.cidr.at_prefix(controls.prefix.value))
            case "blocksize":
                return {"block_size": controls.block_size.value}
        ipip, vxlan = ENCAPSULATIONS[controls.encapsulation.value]
        return {"ipip_mode": ipip, "vxlan_mode": vxlan}

    def _refuse(self, error: CidrError | ValidationError) -> None:
        """Say beside the field what is wrong; the last good result stays."""
        if isinstance(error, CidrError):
            finding = Finding(error.code, numbers=error.numbers)
        else:
            detail = error.errors(include_url=False)[0]
            finding = Finding(detail["type"], numbers=detail.get("ctx", {}))
        self._controls.error.value = f'<span role="alert">{escape(describe(finding, self.lang))}</span>'
        self._status.value = escape(self.words.text(N_("Shown is the last result that could be computed.")))

    def _show(self) -> None:
        """Show the scenario: the verdict at once, the rest when no further change comes."""
        pool = self.pool
        self._controls.show(self.scenario, pool, as_group(self.scenario), self._about(pool))
        self._verdict.value = verdict_html(self.scenario, self.lang)
        self._status.value = ""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        try:
            self._later = asyncio.get_running_loop().call_later(_REST_AFTER, self._show_rest)
        except RuntimeError:  # no event loop: nobody is dragging
            self._show_rest()

    def _show_rest(self) -> None:
        self._tiles.value = tiles_html(self.scenario, self.lang)
        self._show_tab()

    def _show_tab(self) -> None:
        index = self._tabs.selected_index
        if index is not None:
            self._tabs.children[index].value = self._pages()[index][1]()

    def _pages(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            (N_("Block sizes"), self._block_sizes),
            (N_("Nodes"), lambda: table_html("nodes", nodes(self.scenario, lang=self.lang), lang=self.lang)),
            (N_("Over time"), lambda: table_html("growth", growth(self.scenario, lang=self.lang), lang=self.lang)),
            (N_("Findings"), lambda: findings_html(check(self.scenario), self.lang)),
            (N_("Manifest"), lambda: _text(manifests(self.scenario.cluster.pools))),
            (N_("Scenario"), lambda: _text(scenario_yaml(self.scenario))),
        ]

    def _block_sizes(self) -> str:
        from ..figures import block_sizes as draw
        from ..figures import svg

        if (pool := self.pool) is None:
            return ""
        table = block_sizes(self.scenario, pool.name, lang=self.lang)
        title = self.words.say(N_("Pool {pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})
        figure = draw(table, chosen=pool.block_size, lang=self.lang)
        html = table_html("block_sizes", table, lang=self.lang, chosen=pool.block_size, caption=title)
        return f"{html}<figure>{svg(figure, title)}</figure>"

    def _about(self, pool: IPPool | None) -> str:
        if pool is None:
            return ""
        template = N_("{blocks:block} of {addresses:address}. Cannot be changed later without recreating pods.")
        numbers = {"blocks": pool.blocks, "addresses": pool.block_addresses}
        return f'<p class="ipk-hint">{escape(self.words.say(template, numbers))}</p>'


def _fitting(pool: IPPool, cidr: Cidr) -> dict[str, Any]:
    """Return what changes with another range: a blockSize that does not fit it moves to the nearest that does."""
    least = allowed_sizes(cidr.version, cidr.prefix).start
    if cidr.version == pool.version:
        return {"cidr": cidr, "block_size": max(pool.block_size, least)}
    return {"cidr": cidr, "block_size": max(DEFAULT_BLOCK_SIZE[cidr.version], least), "ipip_mode": "Never"}


def _blank() -> Scenario:
    pool = IPPool(name="default-ipv4-ippool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always", nat_outgoing=True)
    group = NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110)
    return Scenario(name="new plan", cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,)))


def _text(text: str) -> str:
    return f'<pre class="yaml" tabindex="0">{escape(text)}</pre>'
