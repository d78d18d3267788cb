"""The planner's head: what is planned, where it comes from and goes to; and the drawer below it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..findings import N_, Language
from .pane_html import button_html, buttons_html, file_button_html
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
    translate = language.translate
    title, sample_label = escape(translate(N_("IP pool planner"))), escape(translate(N_("Sample")))
    undo, redo, edited = translate(N_("Undo")), translate(N_("Redo")), escape(translate(N_("edited")))
    heading = f"{escape(name)} · {edited}" if is_edited else escape(name)
    options = "".join(f"<option>{escape(sample)}</option>" for sample in samples)
    load_help = translate(N_("Load a scenario, an IPPool or dumps of a cluster"))
    buttons = (
        file_button_html(
            "load", translate(N_("Load…")), ".yaml,.yml,.json", label=load_help, classes="ipk-load ipk-button"
        ),
        button_html("paste", translate(N_("Paste…"))),
        button_html("save", translate(N_("Save")), "ipk-save"),
        button_html("link", translate(N_("Link"))),
        button_html("report", translate(N_("Create report")), "ipk-primary"),
    )
    return (
        f'<div class="ipk-bar"><h2>{title}</h2><span class="ipk-name">{heading}</span>'
        '<span class="ipk-buttons">'
        f'<span class="ipk-button-group">{_icon_button("undo", "↶", undo, is_enabled=can_undo)}'
        f"{_icon_button('redo', '↷', redo, is_enabled=can_redo)}</span>"
        f'<select data-action="sample" class="ipk-sample" aria-label="{sample_label}">'
        f'<option value="">{sample_label}</option>{options}</select>{"".join(buttons)}</span></div>'
    )


def paste_html(language: Language) -> str:
    """Return the box for the output of kubectl or calicoctl."""
    translate = language.translate
    label = translate(
        N_("Paste manifests, or what kubectl and calicoctl print: YAML, JSON, tables, with prompts or without")
    )
    text_area = '<textarea rows="8" spellcheck="false" data-text="paste"></textarea>'
    buttons = buttons_html(
        button_html("read-pasted", translate(N_("Read it")), "ipk-primary", text_of="paste"),
        button_html("close", translate(N_("Close"))),
    )
    return f'<div class="ipk-box"><label>{escape(label)}{text_area}</label>{buttons}</div>'


def link_html(packed_state: str, language: Language) -> str:
    """Return what brings the screen back: an address where the planner is a page, a line of Python in a notebook."""
    translate = language.translate
    if is_standalone_page():
        label, text, attribute = N_("This address restores what you see:"), f"?plan={packed_state}", " data-address"
    else:
        label, text = N_("This line restores what you see:"), f'ippoolkit.Planner(state="{packed_state}")'
        attribute = ""
    copy, close = escape(translate(N_("Copy"))), translate(N_("Close"))
    buttons = buttons_html(
        f'<button type="button" class="ipk-primary" data-copy="link">{copy}</button>', button_html("close", close)
    )
    return (
        f'<div class="ipk-box"><p>{escape(translate(label))}</p>'
        f'<pre class="yaml ipk-link" tabindex="0" data-text="link"{attribute}>{escape(text)}</pre>{buttons}</div>'
    )


def _icon_button(action: str, icon: str, text: str, *, is_enabled: bool) -> str:
    label, disabled = escape(text), "" if is_enabled else " disabled"
    return (
        f'<button type="button" class="ipk-icon" data-action="{action}" title="{label}" aria-label="{label}"{disabled}>'
        f"{icon}</button>"
    )
