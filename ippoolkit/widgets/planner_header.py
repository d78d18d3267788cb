"""The planner's head: what is planned, where it comes from and goes to; and the drawer below it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..findings import N_, Language
from .saved_state import is_standalone_page


def header_html(
    name: str, samples: Sequence[str], language: Language, *, is_edited: bool, can_undo: bool, can_redo: bool
) -> str:
    """Return the head.

    Parameters
    ----------
    name
        The scenario's name.
    samples
        Names of the samples.
    language
        The reader's language.
    is_edited
        Whether the scenario differs from what was loaded.
    can_undo, can_redo
        Whether there is a step to go back or forward to.
    """
    labels = {
        key: escape(language.translate(text))
        for key, text in {
            "title": N_("IP pool planner"),
            "edited": N_("edited"),
            "undo": N_("Undo"),
            "redo": N_("Redo"),
            "sample": N_("Sample"),
            "load": N_("Load…"),
            "load_help": N_("Load a scenario, an IPPool or dumps of a cluster"),
            "paste": N_("Paste…"),
            "save": N_("Save"),
            "link": N_("Link"),
            "report": N_("Create report"),
        }.items()
    }
    edited = f" · {labels['edited']}" if is_edited else ""
    options = "".join(f"<option>{escape(sample)}</option>" for sample in samples)
    return (
        f'<div class="ipk-bar"><h2>{labels["title"]}</h2><span class="ipk-name">{escape(name)}{edited}</span>'
        '<span class="ipk-buttons">'
        f'<span class="ipk-button-group">{_icon_button("undo", "↶", labels["undo"], is_enabled=can_undo)}'
        f"{_icon_button('redo', '↷', labels['redo'], is_enabled=can_redo)}</span>"
        f'<select data-action="sample" class="ipk-sample" aria-label="{labels["sample"]}">'
        f'<option value="">{labels["sample"]}</option>{options}</select>'
        f'<label class="ipk-load ipk-button">{labels["load"]}<input type="file" multiple data-action="load" '
        f'accept=".yaml,.yml,.json" aria-label="{labels["load_help"]}"></label>'
        f'<button type="button" data-action="paste">{labels["paste"]}</button>'
        f'<button type="button" class="ipk-save" data-action="save">{labels["save"]}</button>'
        f'<button type="button" data-action="link">{labels["link"]}</button>'
        f'<button type="button" class="ipk-primary" data-action="report">{labels["report"]}</button></span></div>'
    )


def paste_html(language: Language) -> str:
    """Return the box for the output of kubectl or calicoctl."""
    translate = language.translate
    label = escape(
        translate(
            N_("Paste manifests, or what kubectl and calicoctl print: YAML, JSON, tables, with prompts or without")
        )
    )
    read, close = translate(N_("Read it")), translate(N_("Close"))
    text_area = '<textarea rows="8" spellcheck="false" data-text="paste"></textarea>'
    return (
        f'<div class="ipk-box"><label>{label}{text_area}</label>'
        f'<p class="ipk-buttons">{button_html("read-pasted", read, "ipk-primary", text_of="paste")}'
        f"{button_html('close', close)}</p></div>"
    )


def link_html(packed_state: str, language: Language) -> str:
    """Return what brings the screen back: an address where the planner is a page, a line of Python in a notebook."""
    translate = language.translate
    if is_standalone_page():
        label, text, attribute = N_("This address restores what you see:"), f"?plan={packed_state}", " data-address"
    else:
        label, text = N_("This line restores what you see:"), f'ippoolkit.Planner(state="{packed_state}")'
        attribute = ""
    copy, close = escape(translate(N_("Copy"))), translate(N_("Close"))
    return (
        f'<div class="ipk-box"><p>{escape(translate(label))}</p>'
        f'<pre class="yaml ipk-link" tabindex="0" data-text="link"{attribute}>{escape(text)}</pre>'
        f'<p class="ipk-buttons"><button type="button" class="ipk-primary" data-copy="link">{copy}</button>'
        f"{button_html('close', close)}</p></div>"
    )


def button_html(action: str, text: str, classes: str = "", *, value: str = "", text_of: str = "") -> str:
    """Return a button that sends an action, with a value or with what stands in a text box."""
    attributes = f' data-value="{escape(value)}"' if value else ""
    attributes += f' data-text-of="{escape(text_of)}"' if text_of else ""
    return f'<button type="button" class="{classes}" data-action="{action}"{attributes}>{escape(text)}</button>'


def _icon_button(action: str, icon: str, label: str, *, is_enabled: bool) -> str:
    disabled = "" if is_enabled else " disabled"
    return (
        f'<button type="button" class="ipk-icon" data-action="{action}" title="{label}" aria-label="{label}"{disabled}>'
        f"{icon}</button>"
    )
