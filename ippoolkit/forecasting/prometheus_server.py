"""Histories from a running Prometheus: GET only, with a limit of time and of size."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..findings import Finding, Place
from ..read.json_text import load_json
from .pool_history import HistoryCollector
from .prometheus_answers import LEGACY_METRICS, METRICS, read_prometheus

# Prometheus answers with at most 11,000 points a series.
MOST_POINTS = 2000
LEAST_STEP = timedelta(hours=1)
MOST_BYTES = 256 * 2**20
CHUNK_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class PrometheusConnection:
    """How to reach a Prometheus.

    Attributes
    ----------
    token
        Sent as ``Authorization: Bearer``; never printed.
    ca
        File with the certificates to trust; the system's if left out.
    seconds
        Limit for each question.
    days
        How far back to ask.
    """

    token: str = ""
    ca: Path | None = None
    seconds: float = 60
    days: int = 365


def is_url(source: str) -> bool:
    """Tell whether a source is the address of a Prometheus."""
    return source.startswith(("http://", "https://"))


def read_url(
    url: str, connection: PrometheusConnection, until: datetime | None, collector: HistoryCollector
) -> list[Finding]:
    """Ask for every metric; those by node of old releases only where there is no other.

    Raises
    ------
    InputError
        Where the server cannot be reached, refuses, or answers with something else.
    """
    end = until or datetime.now(UTC)
    problems = _ask_all(METRICS, url, connection, end, collector)
    if not collector.rows and not problems:
        problems = _ask_all(LEGACY_METRICS, url, connection, end, collector)
    return problems


def _ask_all(
    metrics: dict[str, str], url: str, connection: PrometheusConnection, end: datetime, collector: HistoryCollector
) -> list[Finding]:
    answers: dict[str, Any] = {}
    for metric in metrics:
        grouped = f"sum by (ippool) ({metric})" if metric in METRICS else f"sum({metric})"
        answers[metric] = _ask(grouped, url, connection, end)
    return read_prometheus(answers, _shown(url), collector)


def _ask(query: str, url: str, connection: PrometheusConnection, end: datetime) -> Any:
    span = timedelta(days=connection.days)
    step = max(LEAST_STEP, span / MOST_POINTS)
    parameters = {
        "query": query,
        "start": f"{(end - span).timestamp():.0f}",
        "end": f"{end.timestamp():.0f}",
        "step": f"{step.total_seconds():.0f}",
    }
    address = f"{url.rstrip('/')}/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
    headers = {"Accept": "application/json"}
    if connection.token:
        headers["Authorization"] = f"Bearer {connection.token}"
    try:
        context = ssl.create_default_context(cafile=str(connection.ca) if connection.ca else None)
        opener = urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=context))
        request = urllib.request.Request(address, headers=headers, method="GET")  # noqa: S310 (http and https only)
        with opener.open(request, timeout=connection.seconds) as response:
            body = _read(response, time.monotonic() + connection.seconds)
        return load_json(body)
    except urllib.error.HTTPError as error:
        raise _refused(url, f"{error.code} {error.reason}") from None
    except (TimeoutError, OSError) as error:  # URLError and errors of certificates are OSErrors
        raise _refused(url, str(getattr(error, "reason", None) or error or "timeout")) from None
    except ValueError as error:
        raise _refused(url, str(error)) from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the server that was named, not for another."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


def _read(response: Any, deadline: float) -> bytes:
    chunks = []
    size = 0
    while chunk := response.read(CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("timeout")
    return b"".join(chunks)


def _refused(url: str, reason: str) -> InputError:
    return InputError([Finding("prometheus-unreachable", params={"reason": reason}, place=Place(_shown(url)))])


def _shown(url: str) -> str:
    """Return the address without a user's name and password."""
    split_url = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(split_url._replace(netloc=split_url.netloc.rpartition("@")[2], query=""))
