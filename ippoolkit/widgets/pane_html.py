"""Pieces of HTML that several panes show: messages, errors, progress, buttons, texts to copy."""

from __future__ import annotations

from html import escape

from ..findings import N_, Language

COMPILING_MESSAGE = N_("Compiling the engine for this machine (once only); this takes up to a minute.")
NO_POOL_MESSAGE = N_("No pool yet. Load one, or add one on the left.")


def message_html(text: str) -> str:
    """Return a sentence that stands where there is nothing else to show."""
    return f'<p class="ipk-empty">{escape(text)}</p>'


def error_html(text: str) -> str:
    """Return what is wrong, which screen readers say at once."""
    return f'<p class="ipk-field-error" role="alert">{escape(text)}</p>'


def progress_html(text: str, done: int = 0, total: int = 1) -> str:
    """Return a bar with what is going on; as long as nothing is done it only moves."""
    amount = f' value="{done}" max="{total}"' if done else ""
    return f'<p><progress aria-label="{escape(text)}"{amount}></progress> {escape(text)}</p>'


def button_html(action: str, text: str, classes: str = "", *, value: str = "", text_of: str = "") -> str:
    """Return a button that sends an action, with a value or with what stands in a text box."""
    attributes = f' class="{classes}"' if classes else ""
    attributes += f' data-action="{action}"'
    attributes += f' data-value="{escape(value)}"' if value else ""
    attributes += f' data-text-of="{escape(text_of)}"' if text_of else ""
    return f'<button type="button"{attributes}>{escape(text)}</button>'


def buttons_html(*buttons: str) -> str:
    """Return buttons in a row; nothing where there are none."""
    return f'<p class="ipk-buttons">{"".join(buttons)}</p>' if any(buttons) else ""


def file_button_html(action: str, text: str, accept: str, *, label: str = "", classes: str = "ipk-button") -> str:
    """Return a button that sends files of the reader's machine with an action.

    Parameters
    ----------
    action
        What is sent.
    text
        What stands on the button.
    accept
        Endings of the files, with commas between.
    label
        What screen readers say; the text if left out.
    classes
        CSS classes.
    """
    return (
        f'<label class="{classes}">{escape(text)}<input type="file" multiple data-action="{action}" '
        f'accept="{accept}" aria-label="{escape(label or text)}"></label>'
    )


def code_block_html(name: str, text: str, language: Language, *, has_title: bool = False) -> str:
    """Return a text with buttons that copy it and save it as a file of this name."""
    copy, download = (escape(language.translate(label)) for label in (N_("Copy"), N_("Download")))
    key = escape(name)
    title = f"<h3>{key}</h3>" if has_title else ""
    buttons = buttons_html(
        f'<button type="button" data-copy="{key}">{copy}</button>',
        f'<button type="button" data-download="{key}">{download}</button>',
    )
    return f'{title}{buttons}<pre class="yaml" tabindex="0" data-text="{key}">{escape(text)}</pre>'
