"""List calls through the official client: page by page, patient with what passes, plain about what does not.

Nothing but GET on lists is ever sent, the kubeconfig is neither written nor shown, and what the API refuses makes its
kind unknown instead of empty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import FoundError
from ..findings import Finding, Place
from ..model import Kind
from ..read.cluster import ClusterReading, Reader, plain_json
from .rights import PLACES, path_of

PAGE = 500
_TRIES = 4
_PATIENCE = (10, 60)  # seconds to connect, seconds without a byte
_MOST_RESTARTS = 3
Progress = Callable[[str, int, int], None]


class LiveError(FoundError):
    """A cluster that cannot be read at all: no connection, or not logged in."""


class _Refused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """An answer other than 200: its status, what it says, and the page that it offers instead."""

    def __init__(self, status: int, message: str = "", resume: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.resume = resume


def read_live(
    kubeconfig: str | Path | None = None,
    context: str | None = None,
    *,
    progress: Progress | None = None,
    page: int = PAGE,
) -> ClusterReading:
    """Read a running cluster.

    Parameters
    ----------
    kubeconfig
        Path of the kubeconfig file; the usual one if left out.
    context
        The context to use; the current one if left out.
    progress
        Called with a kind, how many of its objects were read, and how many there are.
    page
        Objects asked for at a time.

    Raises
    ------
    LiveError
        Where there is no usable kubeconfig, no connection, or no valid login.
    """
    session = Session(_client(kubeconfig, context), page, progress)
    try:
        return session.read(context or "cluster")
    finally:
        session.close()


def _client(kubeconfig: str | Path | None, context: str | None) -> Any:
    try:
        from kubernetes import client, config
    except ImportError:
        raise LiveError("live-package") from None
    try:
        settings = client.Configuration()
        config.load_kube_config(
            str(kubeconfig) if kubeconfig else None, context, client_configuration=settings, persist_config=False
        )  # type: ignore[no-untyped-call]
        settings.retries = False  # tried again here, a page at a time
        return client.ApiClient(settings)
    except Exception as error:  # noqa: BLE001 (any of the client's, of its YAML parser, of a login's program)
        # The file's contents may stand in other errors' words; only those of the client itself are shown.
        known = isinstance(error, config.ConfigException | OSError) and str(error)
        raise LiveError(
            "live-config", reason=str(error).splitlines()[0][:200] if known else type(error).__name__
        ) from None


class Session:
    """One reading of a cluster."""

    def __init__(self, api: Any, page: int, progress: Progress | None) -> None:
        self.api = api
        self.page = page
        self.progress = progress
        self.reader = Reader()

    def close(self) -> None:
        """Give the connections back."""
        self.api.close()

    def read(self, name: str) -> ClusterReading:
        """List every kind."""
        for kind, places in PLACES.items():
            self._kind(kind, places)
        return self.reader.done([name])

    def _kind(self, kind: Kind, places: tuple[tuple[str, str], ...]) -> None:
        """List one kind, wherever it is; note why it is unknown where nothing was listed."""
        refusals = []
        for version, resource in places:
            place = Place(path_of(version, resource))
            try:
                for data in self._pages(kind, place.file):
                    self.reader.document(plain_json(data, place.file))
            except _Refused as refusal:
                if refusal.status == 401:
                    raise LiveError("live-login") from None
                refusals.append((refusal, place))
                if refusal.status not in (403, 404):
                    break
            else:
                return
        forbidden = [place for refused, place in refusals if refused.status == 403]
        if forbidden:  # without rights a kind that is not there is forbidden, too
            self.reader.telling.forbidden[kind] = forbidden[0]
            return
        last, place = refusals[-1]
        if last.status == 404:
            self.reader.harvest.notes.append(Finding("live-missing", kind, {"kind": kind}, place))
        else:
            numbers = {"kind": kind, "message": last.message or str(last.status)}
            self.reader.harvest.notes.append(Finding("live-failed", kind, numbers, place))

    def _pages(self, kind: Kind, path: str) -> Iterator[bytes]:
        """Yield the pages of a list. A list that has expired goes on where the server offers, else begins anew."""
        resume, count, restarts = "", 0, 0
        kept: list[bytes] = []
        while True:
            try:
                data, items, resume, remaining = self._page(path, resume)
            except _Refused as refusal:
                if refusal.status != 410 or restarts == _MOST_RESTARTS:
                    raise
                restarts += 1
                resume = refusal.resume
                if not resume:
                    kept, count = [], 0
                self.reader.harvest.notes.append(Finding("live-expired", kind, {"kind": kind}, Place(path)))
                continue
            kept.append(data)
            count += items
            if self.progress:
                self.progress(kind, count, count + remaining)
            if not resume:
                yield from kept  # only a list that is complete counts
                return

    def _page(self, path: str, resume: str) -> tuple[bytes, int, str, int]:
        for attempt in range(_TRIES):
            try:
                return self._get(path, resume)
            except _Refused as refusal:
                if refusal.status not in (0, 429, 500, 502, 503, 504) or attempt == _TRIES - 1:
                    if refusal.status == 0 and not self.reader.harvest.seen:
                        raise LiveError("live-connection", reason=refusal.message) from None
                    raise
            time.sleep(0.2 * 2**attempt)
        raise AssertionError

    def _get(self, path: str, resume: str) -> tuple[bytes, int, str, int]:
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        query = [("limit", self.page), *([("continue", resume)] if resume else [])]
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        method, url, sent, *_ = self.api.param_serialize(
            "GET", path, query_params=query, header_params=headers, auth_settings=["BearerToken"]
        )
        try:
            answer = self.api.call_api(method, url, sent, _request_timeout=_PATIENCE)
            data = bytes(answer.read())
        except ApiException as error:  # of TLS: what else is refused comes as an answer
            raise _Refused(0, str(error.reason).splitlines()[0][:200]) from None
        except (HTTPError, OSError) as error:
            reason = getattr(error, "reason", None)
            raise _Refused(0, type(reason or error).__name__) from None
        if answer.status != 200:
            raise _refusal(answer.status, data)
        value = _head(data)
        if value is None:
            raise _Refused(0, "no JSON")
        metadata = value["metadata"]
        return data, value["items"], metadata.get("continue") or "", metadata.get("remainingItemCount") or 0


def _head(data: bytes) -> dict[str, Any] | None:
    """Return the metadata of a page and the number of its items; None where it is no list."""
    document = plain_json(data, "page")
    value = document.value
    if not isinstance(value, dict) or not str(value.get("kind", "")).endswith("List"):
        return None
    metadata = value.get("metadata")
    return {"items": len(value.get("items") or ()), "metadata": metadata if isinstance(metadata, dict) else {}}


def _refusal(status: int, body: Any) -> _Refused:
    """Return a refusal with the server's own words, which may be a Status or plain text."""
    data = body if isinstance(body, bytes) else str(body).encode()
    value = plain_json(data, "answer").value
    if isinstance(value, dict):
        metadata = value.get("metadata")
        resume = metadata.get("continue", "") if isinstance(metadata, dict) else ""
        return _Refused(status, str(value.get("message", ""))[:300], str(resume or ""))
    return _Refused(status, data[:100].decode(errors="replace").strip())
