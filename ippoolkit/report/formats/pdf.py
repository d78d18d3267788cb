"""A report as PDF, printed from its page by the system's Chromium."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from ...errors import ReportError
from ...figures.fonts import packaged_font_folder

CHROMIUM_VARIABLE = "IPPOOLKIT_CHROMIUM"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
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
_TIMEOUT_SECONDS = 120
_PDF_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{fonts}</dir>
<cachedir>{cache}</cachedir>
</fontconfig>
"""


def _font_settings(folder: Path) -> dict[str, str]:
    """Let Chromium find the font of the extra `chinese`, where it is installed."""
    fonts = packaged_font_folder()
    if fonts is None or "FONTCONFIG_FILE" in os.environ:
        return {}
    path = folder / "fonts.conf"
    path.write_text(_FONTCONFIG.format(fonts=escape(str(fonts)), cache=escape(str(folder / "font-cache"))))
    return {"FONTCONFIG_FILE": str(path)}


def find_chromium() -> str | None:
    """Return the path of a Chromium: what IPPOOLKIT_CHROMIUM names, else the first of the usual names."""
    configured = os.environ.get(CHROMIUM_VARIABLE)
    return shutil.which(configured) if configured else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def render_pdf(page_html: str, date: str) -> bytes:
    """Return a page as PDF.

    Parameters
    ----------
    page_html
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
        raise ReportError("chromium-missing", names=", ".join(CHROMIUM_NAMES), variable=CHROMIUM_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="ippoolkit-pdf-") as temp_path:
        temp_dir = Path(temp_path)
        html_file, pdf_file = temp_dir / "report.html", temp_dir / "report.pdf"
        html_file.write_text(page_html, encoding="utf-8")
        flags = [*_FLAGS, f"--user-data-dir={temp_dir / 'profile'}"]
        # Chromium's sandbox does not work for root; the page is ours and runs no script.
        flags += ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        try:
            process = subprocess.run(  # noqa: S603 (found above, no shell)
                [chromium, *flags, f"--print-to-pdf={pdf_file}", html_file.as_uri()],
                capture_output=True,
                timeout=_TIMEOUT_SECONDS,
                check=False,
                env={**os.environ, "TZ": "UTC", **_font_settings(temp_dir)},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError("report-printing", reason=str(error)) from None
        if not pdf_file.is_file():
            error_lines = process.stderr.decode(errors="replace").strip().splitlines()
            raise ReportError("report-printing", reason=error_lines[-1] if error_lines else str(process.returncode))
        content = pdf_file.read_bytes()
    day = dt.date.fromisoformat(date or "2000-01-01").strftime("%Y%m%d")
    return _PDF_DATE.sub(lambda match: b"/%s (D:%s000000" % (match[1], day.encode()), content)
