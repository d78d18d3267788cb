"""The fields of the change planner's form, and what they edit: a change that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..calico.limits import allowed_block_sizes
from ..change import Change
from ..change.change_arguments import MAX_BATCHES, parse_change
from ..change.steps import MAX_SPLIT_BITS
from ..findings import N_, Language
from ..model import Scenario
from .form_fields import Field, FieldKind, FieldState, FormSection

_USUAL_MAX_BATCHES = 20  # how far the slider reaches unless more are asked for


@dataclass(frozen=True)
class ChangeRequest:
    """A change of a cluster's pools as it is asked for; `change` is what it comes to."""

    scenario: Scenario
    kind: str = "block-size"
    pool: str = ""
    to: int = 0
    cidr: str = ""
    temporary: str = ""
    name: str = ""
    install: str = "manifest"
    order: str = "namespace"
    batches: int = 4
    short: bool = False

    @cached_property
    def change(self) -> Change:
        """The change.

        Raises
        ------
        InputError
            With everything that is wrong with what is asked for.
        """
        texts = {name: getattr(self, name) if self.has_field(name) else "" for name in ("cidr", "temporary", "name")}
        return parse_change(
            self.scenario.cluster,
            self.kind,
            self.pool,
            int(self.to),
            install=self.install,
            order=self.order,
            batches=int(self.batches),
            **texts,
        )

    def has_field(self, name: str) -> bool:
        """Whether this kind of change has a field."""
        return self.kind in _KINDS_WITH_FIELD.get(name, (self.kind,))

    def report_parameters(self, change: Change) -> dict[str, Any]:
        """Return the parameters with which the notebook of changes makes the same; ranges that were chosen are kept."""
        names = ("pool", "install", "order", "batches", "short", "name")
        return {
            **{name: getattr(self, name) for name in names},
            "change": self.kind,
            "to": change.prefix if change.kind == "split" else change.block_size,
            "cidr": str(change.cidr or ""),
            "temporary": str(change.temporary_cidr or ""),
        }


_CHOICES = {
    "kind": {
        "block-size": N_("change its blockSize"),
        "migrate": N_("move to another pool"),
        "split": N_("split it"),
        "grow": N_("add a pool beside it"),
        "retire": N_("take it out of service"),
    },
    "install": {
        "manifest": N_("a manifest"),
        "operator": N_("the Tigera operator"),
        "kubespray": N_("Kubespray"),
    },
    "order": {
        "namespace": N_("by namespace"),
        "workload": N_("by kind of workload"),
        "node": N_("by node"),
    },
}
_KINDS_WITH_FIELD = {
    "to": ("block-size", "migrate", "split", "grow"),
    "cidr": ("migrate", "grow"),
    "name": ("migrate", "grow"),
    "temporary": ("block-size", "split"),
    "order": ("block-size", "migrate", "split", "retire"),
    "batches": ("block-size", "migrate", "split", "retire"),
}

GetState = Callable[[ChangeRequest, Language], FieldState]


def _edit(name: str) -> Callable[[ChangeRequest, Any], ChangeRequest]:
    def edit(request: ChangeRequest, value: Any) -> ChangeRequest:
        changes: dict[str, Any] = {name: value}
        if name in ("kind", "pool"):
            changes["to"] = 0  # of another pool or kind of change the number means something else
        return replace(request, **changes)

    return edit


def _value(name: str) -> GetState:
    return lambda request, _: {"value": getattr(request, name), "hidden": not request.has_field(name)}


def _choice(name: str) -> GetState:
    def get_state(request: ChangeRequest, language: Language) -> FieldState:
        options = [[choice, language.translate(label)] for choice, label in _CHOICES[name].items()]
        state = {**_value(name)(request, language), "options": options}
        if not state["value"]:  # left to the kit: what it takes
            state["value"] = getattr(request.change, name)
        return state

    return get_state


def _range(name: str, attribute: str) -> GetState:
    def get_state(request: ChangeRequest, language: Language) -> FieldState:
        state, chosen_range = _value(name)(request, language), getattr(request.change, attribute)
        if chosen_range and not state["value"]:
            state["hint"] = language.render(N_("chosen: {cidr}"), {"cidr": str(chosen_range)})
        return state

    return get_state


def _pool_state(request: ChangeRequest, _: Language) -> FieldState:
    return {"value": request.change.pool, "options": sorted(pool.name for pool in request.scenario.cluster.pools)}


def _batches_state(request: ChangeRequest, language: Language) -> FieldState:
    max_batches = _USUAL_MAX_BATCHES if request.batches <= _USUAL_MAX_BATCHES else MAX_BATCHES
    return {**_value("batches")(request, language), "min": 1, "max": max_batches}


def _size_state(request: ChangeRequest, _: Language) -> FieldState:
    change = request.change
    old_pool = next((pool for pool in request.scenario.cluster.pools if pool.name == change.pool), None)
    if old_pool is None or not request.has_field("to"):
        return {"value": 0, "hidden": True}
    if change.kind == "split":
        longest = min(old_pool.cidr.prefix + MAX_SPLIT_BITS, old_pool.block_size)
        return {"value": change.prefix, "min": old_pool.cidr.prefix + 1, "max": longest}
    sizes = allowed_block_sizes(old_pool.version, (change.cidr or old_pool.cidr).prefix)
    return {"value": change.block_size or old_pool.block_size, "min": sizes.start, "max": sizes.stop - 1}


def _field(
    attribute: str,
    label: str,
    kind: FieldKind,
    get_state: GetState,
    help_text: str = "",
    *,
    name: str = "",
) -> Field[ChangeRequest]:
    """Return the field that edits an attribute of the request; it has its name unless another is given."""
    return Field(name or attribute, label, kind, get_state, _edit(attribute), help_text)


SECTIONS: tuple[FormSection[ChangeRequest], ...] = (
    FormSection(
        N_("What is changed"),
        (
            _field("kind", N_("Change"), "select", _choice("kind"), N_("What to do with the pool."), name="change"),
            _field("pool", N_("Pool"), "select", _pool_state, N_("The pool to change or leave.")),
            _field(
                "to", N_("New blockSize"), "slider", _size_state, N_("For a split: the prefix length of the parts.")
            ),
            _field(
                "cidr",
                N_("Range of the new pool"),
                "text",
                _range("cidr", "cidr"),
                N_("Chosen if left empty, inside the cluster CIDR."),
            ),
            _field(
                "temporary",
                N_("Range of the temporary pool"),
                "text",
                _range("temporary", "temporary_cidr"),
                N_("Chosen if left empty."),
            ),
            _field(
                "name",
                N_("Name of the new pool"),
                "text",
                _value("name"),
                N_("Derived from the old pool's name if left empty."),
                name="new-name",
            ),
        ),
    ),
    FormSection(
        N_("How it is done"),
        (
            _field(
                "install",
                N_("Calico was installed by"),
                "select",
                _choice("install"),
                N_("The operator and Kubespray revert changes that are not made in their own configuration."),
            ),
            _field(
                "order",
                N_("Pods are recreated"),
                "select",
                _choice("order"),
                N_("Always by rollouts or evictions; pods are never deleted directly."),
            ),
            _field(
                "batches",
                N_("Groups at most"),
                "slider",
                _batches_state,
                N_("The script pauses between groups of pods for a check."),
            ),
            _field("short", N_("Short form, for experts"), "check", _value("short")),
        ),
    ),
)
