"""A report as PDF, printed from its page by the system's Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import date as Date  # noqa: N812
from pathlib import Path

from ...errors import ReportError

VARIABLE = "IPPOOLKIT_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    # The page needs nothing from outside, and must not get anything.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
_SECONDS = 120
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


def find_chromium() -> str | None:
    """Return the path of a Chromium: what IPPOOLKIT_CHROMIUM names, else the first of the usual names."""
    named = os.environ.get(VARIABLE)
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def pdf(html: str, date: str) -> bytes:
    """Return a page as PDF.

    Parameters
    ----------
    html
        The page.
    date
        The date that the file bears, YYYY-MM-DD; 2000-01-01 if empty.

    Raises
    ------
    ReportError
        Where Chromium is missing or fails.
    """
    chromium = find_chromium()
    if chromium is None:
        raise ReportError("chromium-missing", names=", ".join(NAMES), variable=VARIABLE)
    with tempfile.TemporaryDirectory(prefix="ippoolkit-pdf-") as name:
        folder = Path(name)
        page, made = folder / "report.html", folder / "report.pdf"
        page.write_text(html, encoding="utf-8")
        flags = [*_FLAGS, f"--user-data-dir={folder / 'profile'}"]
        # Chromium's sandbox does not work for root; the page is ours and runs no script.
        flags += ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        try:
            done = subprocess.run(  # noqa: S603 (found above, no shell)
                [chromium, *flags, f"--print-to-pdf={made}", page.as_uri()],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={**os.environ, "TZ": "UTC"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError("report-printing", reason=str(error)) from None
        if not made.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise ReportError("report-printing", reason=said[-1] if said else str(done.returncode))
        content = made.read_bytes()
    day = Date.fromisoformat(date or "2000-01-01").strftime("%Y%m%d")
    return _DATES.sub(lambda found: b"/%s (D:%s000000" % (found[1], day.encode()), content)
