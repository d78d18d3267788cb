"""List calls through the official client: page by page, patient with what passes, plain about what does not.

Nothing but GET on lists is ever sent, the kubeconfig is neither written nor shown, and what the API refuses makes its
kind unknown instead of empty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import FindingError
from ..findings import Finding, Place
from ..model import KindName
from ..read.reading import Reader, Reading, parse_api_response
from .rbac import LIST_RESOURCES, list_path

PAGE_SIZE = 500
_MAX_TRIES = 4
_TIMEOUT = (10, 60)  # seconds to connect, seconds without a byte
_MAX_RESTARTS = 3
ProgressCallback = Callable[[str, int, int], None]


class LiveError(FindingError):
    """A cluster that cannot be read at all: no connection, or not logged in."""


class _ErrorResponse(Exception):  # noqa: N818 (an answer, not an error of ours)
    """An answer other than 200: its status, what it says, and the page that it offers instead."""

    def __init__(self, status: int, message: str = "", resume: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.continue_token = resume


def read_live(
    kubeconfig: str | Path | None = None,
    context: str | None = None,
    *,
    progress: ProgressCallback | None = None,
    page_size: int = PAGE_SIZE,
) -> Reading:
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
    reader = ApiReader(_connect(kubeconfig, context), page_size, progress)
    try:
        return reader.read(context or "cluster")
    finally:
        reader.close()


def _connect(kubeconfig: str | Path | None, context: str | None) -> Any:
    try:
        from kubernetes import client, config
    except ImportError:
        raise LiveError("live-package") from None
    try:
        configuration = client.Configuration()
        config.load_kube_config(
            str(kubeconfig) if kubeconfig else None, context, client_configuration=configuration, persist_config=False
        )  # type: ignore[no-untyped-call]
        configuration.retries = False  # tried again here, a page at a time
        return client.ApiClient(configuration)
    except Exception as error:  # noqa: BLE001 (any of the client's, of its YAML parser, of a login's program)
        # The file's contents may stand in other errors' words; only those of the client itself are shown.
        is_safe_to_show = isinstance(error, config.ConfigException | OSError) and str(error)
        raise LiveError(
            "live-config", reason=str(error).splitlines()[0][:200] if is_safe_to_show else type(error).__name__
        ) from None


class ApiReader:
    """One reading of a cluster."""

    def __init__(self, api: Any, page_size: int, progress: ProgressCallback | None) -> None:
        self.api = api
        self.page_size = page_size
        self.progress = progress
        self.reader = Reader()

    def close(self) -> None:
        """Give the connections back."""
        self.api.close()

    def read(self, cluster_name: str) -> Reading:
        """List every kind."""
        for kind, resources in LIST_RESOURCES.items():
            self._list_kind(kind, resources)
        return self.reader.build([cluster_name])

    def _list_kind(self, kind: KindName, resources: tuple[tuple[str, str], ...]) -> None:
        """List one kind, wherever it is; note why it is unknown where nothing was listed."""
        errors = []
        for version, resource in resources:
            place = Place(list_path(version, resource))
            try:
                for data in self._list_pages(kind, place.file):
                    self.reader.add_document(parse_api_response(data, place.file))
            except _ErrorResponse as error:
                if error.status == 401:
                    raise LiveError("live-login") from None
                errors.append((error, place))
                if error.status not in (403, 404):
                    break
            else:
                return
        forbidden = [place for error, place in errors if error.status == 403]
        if forbidden:  # without rights a kind that is not there is forbidden, too
            self.reader.reported.forbidden_kinds[kind] = forbidden[0]
            return
        last_error, place = errors[-1]
        if last_error.status == 404:
            self.reader.collector.notes.append(Finding("live-missing", kind, {"kind": kind}, place))
        else:
            params = {"kind": kind, "message": last_error.message or str(last_error.status)}
            self.reader.collector.notes.append(Finding("live-failed", kind, params, place))

    def _list_pages(self, kind: KindName, path: str) -> Iterator[bytes]:
        """Yield the pages of a list. A list that has expired goes on where the server offers, else begins anew."""
        continue_token, count, restarts = "", 0, 0
        pages: list[bytes] = []
        while True:
            try:
                data, item_count, continue_token, remaining = self._get_page_with_retries(path, continue_token)
            except _ErrorResponse as error:
                if error.status != 410 or restarts == _MAX_RESTARTS:
                    raise
                restarts += 1
                continue_token = error.continue_token
                if not continue_token:
                    pages, count = [], 0
                self.reader.collector.notes.append(Finding("live-expired", kind, {"kind": kind}, Place(path)))
                continue
            pages.append(data)
            count += item_count
            if self.progress:
                self.progress(kind, count, count + remaining)
            if not continue_token:
                yield from pages  # only a list that is complete counts
                return

    def _get_page_with_retries(self, path: str, continue_token: str) -> tuple[bytes, int, str, int]:
        for attempt in range(_MAX_TRIES):
            try:
                return self._get_page(path, continue_token)
            except _ErrorResponse as error:
                if error.status not in (0, 429, 500, 502, 503, 504) or attempt == _MAX_TRIES - 1:
                    if error.status == 0 and not self.reader.collector.kinds_seen:
                        raise LiveError("live-connection", reason=error.message) from None
                    raise
            time.sleep(0.2 * 2**attempt)
        raise AssertionError

    def _get_page(self, path: str, continue_token: str) -> tuple[bytes, int, str, int]:
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        query = [("limit", self.page_size), *([("continue", continue_token)] if continue_token else [])]
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        method, url, request_headers, *_ = self.api.param_serialize(
            "GET", path, query_params=query, header_params=headers, auth_settings=["BearerToken"]
        )
        try:
            response = self.api.call_api(method, url, request_headers, _request_timeout=_TIMEOUT)
            data = bytes(response.read())
        except ApiException as error:  # of TLS: what else is refused comes as an answer
            raise _ErrorResponse(0, str(error.reason).splitlines()[0][:200]) from None
        except (HTTPError, OSError) as error:
            reason = getattr(error, "reason", None)
            raise _ErrorResponse(0, type(reason or error).__name__) from None
        if response.status != 200:
            raise _parse_error_response(response.status, data)
        value = _page_metadata(data)
        if value is None:
            raise _ErrorResponse(0, "no JSON")
        metadata = value["metadata"]
        return data, value["items"], metadata.get("continue") or "", metadata.get("remainingItemCount") or 0


def _page_metadata(data: bytes) -> dict[str, Any] | None:
    """Return the metadata of a page and the number of its items; None where it is no list."""
    document = parse_api_response(data, "page")
    value = document.value
    if not isinstance(value, dict) or not str(value.get("kind", "")).endswith("List"):
        return None
    metadata = value.get("metadata")
    return {"items": len(value.get("items") or ()), "metadata": metadata if isinstance(metadata, dict) else {}}


def _parse_error_response(status: int, body: Any) -> _ErrorResponse:
    """Return a refusal with the server's own words, which may be a Status or plain text."""
    data = body if isinstance(body, bytes) else str(body).encode()
    value = parse_api_response(data, "answer").value
    if isinstance(value, dict):
        metadata = value.get("metadata")
        continue_token = metadata.get("continue", "") if isinstance(metadata, dict) else ""
        return _ErrorResponse(status, str(value.get("message", ""))[:300], str(continue_token or ""))
    return _ErrorResponse(status, data[:100].decode(errors="replace").strip())
