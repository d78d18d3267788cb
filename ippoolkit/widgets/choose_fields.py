"""The fields of the tab that proposes: what is needed, from the plan where nothing is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..findings import N_, Language
from ..model import Requirements
from .cidr_lists import join_cidrs
from .form_fields import MAX_COUNT, Field, FieldState, FormSection

_WITHOUT_PLAN = {"family": "4", "encapsulation": "vxlan", "racks": 1, "headroom": 0}


@dataclass(frozen=True, slots=True)
class Need:
    """What the plan needs, None where it has no nodes yet, and what is typed in its place, by `recommend`'s names."""

    requirements: Requirements | None
    today: date
    typed: Mapping[str, Any]

    def value(self, name: str) -> Any:
        """Return what a field shows."""
        return self.typed.get(name, self._planned_value(name))

    def _planned_value(self, name: str) -> Any:
        requirements = self.requirements
        if requirements is None:
            return _WITHOUT_PLAN.get(name, "")
        match name:
            case "nodes":
                return sum(group.nodes for group in requirements.groups)
            case "pods_per_node":
                return max(group.pods_per_node for group in requirements.groups)
            case "max_routes":
                return "" if requirements.max_routes is None else requirements.max_routes
            case "within":
                return join_cidrs(requirements.within)
        return str(requirements.family) if name == "family" else getattr(requirements, name)

    def growth_hint(self, language: Language) -> str:
        """Say how many nodes the designs hold where those of the field grow; those that are typed do not."""
        requirements = self.requirements
        if requirements is None or self.typed.get("nodes"):
            return ""
        months = requirements.months(self.today)
        nodes_now = sum(group.nodes for group in requirements.groups)
        nodes_then = sum(group.nodes_after(months) for group in requirements.groups)
        if nodes_then == nodes_now:
            return ""
        return language.render(
            N_("{nodes:node} after {months:month} of growth"), {"nodes": nodes_then, "months": months}
        )


def _text(name: str, label: str, help_text: str) -> Field[Need]:
    def get_state(need: Need, _: Language) -> FieldState:
        return {"value": need.value(name)}

    return Field(name, label, "text", get_state, _edit(name), help_text)


def _number(name: str, label: str, help_text: str, least: int = 0) -> Field[Need]:
    def get_state(need: Need, language: Language) -> FieldState:
        state = {"value": need.value(name), "min": least, "max": MAX_COUNT}
        return state | ({"hint": need.growth_hint(language)} if name == "nodes" else {})

    return Field(name, label, "number", get_state, _edit(name), help_text)


def _choice(name: str, label: str, help_text: str, options: Mapping[str, str]) -> Field[Need]:
    def get_state(need: Need, language: Language) -> FieldState:
        labels = [[value, language.translate(option)] for value, option in options.items()]
        return {"value": need.value(name), "options": labels}

    return Field(name, label, "select", get_state, _edit(name), help_text)


def _edit(name: str) -> Callable[[Need, Any], Need]:
    return lambda need, value: replace(need, typed={**need.typed, name: value})


NEED_SECTION = FormSection(
    N_("What is needed"),
    (
        _number("nodes", N_("Nodes"), N_("Number of nodes."), least=1),
        _number("pods_per_node", N_("Pods on each"), N_("Pods with an address of their own on each of them.")),
        _choice(
            "family",
            N_("IP family"),
            N_("Addresses of the pods."),
            {"4": "IPv4", "6": "IPv6", "dual": N_("IPv4 and IPv6")},
        ),
        _choice(
            "encapsulation",
            N_("Encapsulation"),
            N_("A tunnel takes an address on every node."),
            {"vxlan": "VXLAN", "ipip": "IPIP", "none": N_("none")},
        ),
        _number("racks", N_("Racks"), N_("Each rack has a pool of its own."), least=1),
        _number("headroom", N_("Headroom in percent"), N_("Nodes that must fit beyond those.")),
        _text(
            "max_routes",
            N_("Routes at most"),
            N_("Most routes in the table of a node or a router; empty: any number."),
        ),
        _text("within", N_("Within"), N_("Where pools may lie; empty: the cluster CIDR, else private ranges.")),
    ),
)
