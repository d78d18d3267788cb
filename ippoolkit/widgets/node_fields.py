"""The fields of the planner's form that edit groups of nodes and the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..errors import InputError
from ..findings import N_, Finding, Language
from .editor_state import EditorState
from .form_fields import MAX_COUNT, Field, FieldState, FormSection
from .target import month_name, months_until, with_target

Edit = Callable[[EditorState, Any], EditorState]
# How far a slider for nodes or pods reaches; it widens by itself where a value comes near its end.
SLIDER_MAXIMA = (100, 250, 1000, 5000, 20_000, 100_000, MAX_COUNT)


def _group_state(editor: EditorState, language: Language) -> FieldState:
    names = [group.name for group in editor.scenario.plan.groups]
    all_nodes_text = language.translate(N_("all nodes"))
    options = [["", all_nodes_text], *([name, name] for name in names)]
    has_choice = len(names) + bool(editor.scenario.cluster.nodes) > 1 or bool(editor.group_name)
    existing_nodes = len(editor.scenario.cluster.nodes)
    hint = language.render(
        N_("{n:node} exist. Moving a slider replaces them with planned nodes."), {"n": existing_nodes}
    )
    selected = editor.group_name if editor.group_name in names else ""
    return {
        "value": selected,
        "options": options,
        "hidden": not has_choice,
        "hint": hint if existing_nodes and not selected else "",
    }


def _group_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    def get_state(editor: EditorState, _: Language) -> FieldState:
        value, minimum = getattr(editor.group, field), 0
        if field == "pods_on_busiest_node":
            minimum = editor.group.pods_per_node
            value = max(value, minimum)
        value = int(value) if float(value).is_integer() else value
        return {"value": value, "min": minimum, "max": _slider_max(value)}

    return get_state


def _slider_max(value: float) -> int:
    return next(maximum for maximum in SLIDER_MAXIMA if value <= 0.9 * maximum or maximum == SLIDER_MAXIMA[-1])


def _set_pods(editor: EditorState, value: Any) -> EditorState:
    busiest = max(value, editor.group.pods_on_busiest_node)
    return editor.with_group(pods_per_node=value, pods_on_busiest_node=busiest)


def _set_busiest(editor: EditorState, value: Any) -> EditorState:
    if value < (minimum := editor.group.pods_per_node):
        raise InputError([Finding("value-low", params={"value": value, "bound": minimum})])
    return editor.with_group(pods_on_busiest_node=value)


def _nodes_in_the_end(editor: EditorState) -> int:
    return editor.group.nodes_after(editor.scenario.plan.months)


def _target_state(editor: EditorState, _: Language) -> FieldState:
    nodes = _nodes_in_the_end(editor)
    return {"value": nodes, "min": editor.group.nodes, "max": _slider_max(nodes)}


def _set_by(editor: EditorState, value: str) -> EditorState:
    return with_target(editor, _nodes_in_the_end(editor), months_until(editor.today, value))


def _labels_state(editor: EditorState, _: Language) -> FieldState:
    return {"value": ", ".join(f"{key}={value}" for key, value in editor.group.labels.items())}


def _set_labels(editor: EditorState, value: str) -> EditorState:
    pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
    return editor.with_group(labels={key.strip(): text.strip() for key, _, text in pairs})


def _set_group(attribute: str) -> Edit:
    return lambda editor, value: editor.with_group(**{attribute: value})


def _slider(
    name: str, label: str, attribute: str, help_text: str, edit: Edit | None = None, *, source: str = "blocks"
) -> Field[EditorState]:
    """Return the slider of an attribute of the group shown."""
    return Field(name, label, "slider", _group_value(attribute), edit or _set_group(attribute), help_text, source)


def _number(name: str, label: str, attribute: str, help_text: str, source: str) -> Field[EditorState]:
    """Return the number field of an attribute of the group shown."""

    def get_state(editor: EditorState, _: Language) -> FieldState:
        return {"value": getattr(editor.group, attribute), "min": 0, "max": MAX_COUNT}

    return Field(name, label, "number", get_state, _set_group(attribute), help_text, source)


NODES_SECTION = FormSection(
    N_("Nodes"),
    (
        Field(
            "group",
            N_("Group shown"),
            "select",
            _group_state,
            lambda editor, value: replace(editor, group_name=value),
            N_(
                "Nodes that are planned in the same way. Groups can have different labels, so that "
                "different pools select them."
            ),
            "ippool",
        ),
        _slider("nodes", N_("Nodes"), "nodes", N_("Each node that runs pods needs its own block.")),
        _slider(
            "pods",
            N_("Pods on a typical node"),
            "pods_per_node",
            N_("Average number of pods with their own address; host-network pods use none."),
            _set_pods,
        ),
        _slider(
            "busiest",
            N_("Pods on the busiest node"),
            "pods_on_busiest_node",
            N_("The busiest node shows whether the cap on blocks is reached; kubelet runs 110 pods by default."),
            _set_busiest,
            source="kubelet",
        ),
        _slider(
            "growth",
            N_("Nodes added a month"),
            "nodes_per_month",
            N_("Growth determines when blocks run out. 0.5 means one node every two months."),
            lambda editor, value: editor.with_group(nodes_per_month=float(value)),
        ),
        Field(
            "months",
            N_("Horizon in months"),
            "number",
            lambda editor, _: {"value": editor.scenario.plan.months, "min": 0, "max": 600},
            lambda editor, value: editor.with_plan(months=value),
            N_("How far ahead growth is computed."),
            "blocks",
        ),
        Field(
            "target",
            N_("Nodes in the end"),
            "slider",
            _target_state,
            with_target,
            N_("Number of nodes at the end of the horizon; sets how many are added a month."),
            "blocks",
        ),
        Field(
            "by",
            N_("By month"),
            "text",
            lambda editor, _: {"value": month_name(editor.today, editor.scenario.plan.months)},
            _set_by,
            N_("The end of the horizon, such as 2027-06; the nodes in the end stay."),
            "blocks",
        ),
    ),
)
NODE_DETAILS_SECTION = FormSection(
    N_("More on these nodes"),
    (
        Field(
            "os",
            N_("Operating system"),
            "select",
            lambda editor, _: {"value": editor.group.os, "options": ["linux", "windows"]},
            _set_group("os"),
            N_("Windows nodes hold one block, reserve 4 of its addresses, and have no IPv6."),
            "windows",
        ),
        Field(
            "labels",
            N_("Labels"),
            "text",
            _labels_state,
            _set_labels,
            N_("Labels that nodeSelectors match: rack=a, zone=b."),
            "labels",
        ),
        _number(
            "maxpods",
            N_("kubelet's max-pods"),
            "max_pods",
            N_("Pods that kubelet runs per node, 110 by default."),
            "kubelet",
        ),
        _number(
            "nodecap",
            N_("Blocks a node may hold"),
            "max_blocks",
            N_("For this group only; 0 uses maxBlocksPerHost."),
            "ipamconfig",
        ),
        Field(
            "groupname",
            N_("Name"),
            "text",
            lambda editor, _: {"value": editor.group.name, "hidden": not editor.group_name},
            lambda editor, value: editor.with_group(name=value.strip()),
            N_("Name of the group."),
            "labels",
        ),
        Field("add-group", N_("Add a group"), "button", lambda *_: {}, lambda editor, _: editor.add_group()),
        Field(
            "remove-group",
            N_("Remove this group"),
            "button",
            lambda editor, _: {"hidden": not editor.group_name},
            lambda editor, _: editor.remove_group(),
        ),
    ),
    is_folded=True,
)
