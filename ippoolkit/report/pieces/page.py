"""What the pages of all templates have in common: a language, a date, a head, sections."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from ... import __version__
from ...findings import N_, Finding, language, printable
from ...limits import CALICO_VERSION
from ...view.html import findings_html
from ...view.markdown import findings_markdown, plain
from .piece import Part, Piece, code, heading, prose
from .table import Table

MOST_TEXT = 100_000  # characters of a scenario that a page shows whole
MOST_ATTACHED = 400_000  # bytes of one, packed, that a page carries


class Page:
    """A page of a report in one language.

    Parameters
    ----------
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    ValueError
        For a language that there is not.
    """

    def __init__(self, lang: str, date: str) -> None:
        self.words = language(lang)
        self.lang = lang
        self.date = date

    def head(self, kind: str, title: str, lines: tuple[str, ...], digest: str = "") -> Part:
        """Return the head: what, when, by which rules, of which input; a title; what it is about."""
        say = self.words
        meta = [
            say.text(kind),
            self.date,
            f"ippoolkit {__version__}",
            say.say(N_("rules of Calico {version}"), {"version": CALICO_VERSION}),
            say.say(N_("input {digest}"), {"digest": f"{digest[:4]} {digest[4:8]}"}) if digest else "",
        ]
        kept = [part for part in meta if part]
        spans = "".join(f"<span>{escape(part)}</span>" for part in meta[:-1] if part)
        spans += f'<span class="input">{escape(meta[-1])}</span>' if meta[-1] else ""
        html = [f'<p class="ipk-meta">{spans}</p>']
        html.append(f"<h1>{escape(say.number(title))}</h1>")
        html += [f'<p class="ipk-sub">{escape(printable(" ".join(line.split())))}</p>' for line in lines if line]
        markdown = [f"# {plain(title)}", " · ".join(map(plain, kept)), *(plain(line) for line in lines if line)]
        return Part("\n".join(html), "\n\n".join(markdown))

    def parameters(self, text: str, most: int = MOST_ATTACHED) -> list[Part]:
        """Return a scenario's file, so that a report can be made again; a large one packed, a huge one not at all."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        how = N_("Save this as a file and give it to ippoolkit report. The SHA-256 of the file is {digest}.")
        parts = [prose(self.words.say(how, {"digest": digest}))]
        if len(text) <= MOST_TEXT:
            return [*parts, code(text, "yaml fine")]
        packed = gzip.compress(text.encode(), mtime=0)
        numbers = {"size": len(text.encode())}
        if len(packed) > most:
            told = N_("The scenario ({size:byte}) is too large for a page: keep it beside this report.")
            return [*parts, prose(self.words.say(told, numbers))]
        note = self.words.say(N_("The scenario ({size:byte}) is attached, packed with gzip"), numbers)
        where = f"data:application/gzip;base64,{base64.b64encode(packed).decode()}"
        html = f'<p><a download="scenario.yaml.gz" href="{where}">{escape(note)}</a></p>'
        return [*parts, Part(html, plain(note))]

    def findings_of(self, findings: Sequence[Finding]) -> Part:
        """Return findings as a list, and for exports as a table."""
        texts = (N_("severity"), N_("subject"), N_("finding"), N_("what to do"), N_("rule"), N_("source"))
        rows = [
            (
                self.words.text(finding.severity.value),
                str(finding.place) if finding.place else finding.subject,
                finding.sentence(self.lang),
                finding.mend(self.lang),
                finding.code,
                finding.source.url if "://" in finding.source.url else finding.source.title,
            )
            for finding in findings
        ]
        exported = Table("findings", tuple(map(self.words.text, texts)), tuple(rows))
        return replace(self.listed(findings), table=exported)

    def listed(self, findings: Sequence[Finding]) -> Part:
        """Return findings as a list, for the page alone."""
        return Part(findings_html(findings, self.lang), findings_markdown(findings, self.lang))

    def section(self, title: str, *parts: Part) -> Piece:
        """Return parts under a heading."""
        return Piece((heading(self.words.text(title)), *parts))
