"""List calls: page by page, patient with what passes, plain about what does not.

Nothing but GET on lists is ever sent, the kubeconfig is neither written nor shown, and what the API refuses makes its
kind unknown instead of empty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError
from ..findings import Finding, Place
from ..model import KindName
from ..read.api_resources import LIST_RESOURCES
from ..read.document import Document
from ..read.document_reader import DocumentReader
from ..read.json_lists import read_list
from ..read.plain_values import get_mapping
from ..read.reading import Reading
from ..read.reading_builder import build_reading
from ..read.text_files import decode_text, parse_documents
from .api_errors import LiveError
from .connection import ApiConnection
from .exec_plugin import log_in
from .kubeconfig import read_access
from .rbac import list_path

PAGE_SIZE = 500
_MAX_TRIES = 4
_MAX_RESTARTS = 3
_MAX_PAGES = 10_000  # of one kind, however little is on each
_MAX_LIST_BYTES = 512 * 2**20  # of all pages of one kind: a hundred thousand pods of 5 KiB
_MAX_MESSAGE = 300  # characters of what a server says
_LIST_KINDS = {"IPAMConfigList": "IPAMConfigurationList"}  # whose names differ between the API groups
ProgressCallback = Callable[[str, int, int], None]


class _Page(NamedTuple):
    """What a page says of its list: how many items are here, the token of the next page, how many items remain."""

    kind: str
    api_version: str
    item_count: int
    continue_token: str
    remaining: int


class _ErrorResponse(Exception):  # noqa: N818 (an answer, not an error of ours)
    """An answer other than 200: its status, what it says, and the page that it offers instead."""

    def __init__(self, status: int, message: str, continue_token: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.continue_token = continue_token


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
    page_size
        Objects asked for at a time.

    Raises
    ------
    LiveError
        Where there is no usable kubeconfig, no connection, or no valid login.
    """
    api = ApiConnection(log_in(read_access(kubeconfig, context)))
    try:
        return ApiReader(api, page_size, progress).read(context or "cluster")
    finally:
        api.close()


class ApiReader:
    """One reading of a cluster."""

    def __init__(self, api: ApiConnection, page_size: int, progress: ProgressCallback | None) -> None:
        self.api = api
        self.page_size = page_size
        self.progress = progress
        self.reader = DocumentReader()

    def read(self, cluster_name: str) -> Reading:
        """List every kind."""
        for kind, resources in LIST_RESOURCES.items():
            self._list_kind(kind, resources)
        if not self.reader.collector.kinds_seen:
            raise self._nothing_listed()
        return build_reading(self.reader, [cluster_name])

    def _nothing_listed(self) -> LiveError:
        """Return why no kind could be listed at all."""
        if forbidden := self.reader.reported.forbidden_kinds:
            return LiveError("kind-forbidden", kind=", ".join(forbidden))
        messages = [str(note.params.get("message", "404 for every list")) for note in self.reader.collector.notes]
        return LiveError("live-connection", reason=messages[0])

    def _list_kind(self, kind: KindName, resources: tuple[tuple[str, str], ...]) -> None:
        """List one kind, wherever it is; note why it is unknown where nothing was listed."""
        errors = []
        for version, resource in resources:
            place = Place(list_path(version, resource))
            try:
                for data in self._list_pages(kind, version, place.file):
                    self.reader.add_document(parse_response(data, place.file))
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

    def _list_pages(self, kind: KindName, version: str, path: str) -> Iterator[bytes]:
        """Yield the pages of a list. A list that has expired goes on where the server offers, else begins again."""
        continue_token, count, restarts = "", 0, 0
        pages: list[bytes] = []
        size, tokens_seen = 0, set[str]()
        while True:
            try:
                data, page = self._get_page_with_retries(path, continue_token)
            except _ErrorResponse as error:
                if error.status != 410 or restarts == _MAX_RESTARTS:
                    raise
                restarts += 1
                continue_token = error.continue_token
                if not continue_token:
                    pages, count, size = [], 0, 0
                    tokens_seen.clear()
                self.reader.collector.notes.append(Finding("live-expired", kind, {"kind": kind}, Place(path)))
                continue
            if page.api_version != version or _LIST_KINDS.get(page.kind, page.kind) != f"{kind}List":
                message = f"the answer is {page.kind} of {page.api_version}"[:_MAX_MESSAGE]
                raise _ErrorResponse(200, message)
            pages.append(data)
            count += page.item_count
            size += len(data)
            continue_token = page.continue_token
            if size > _MAX_LIST_BYTES or len(pages) > _MAX_PAGES or continue_token in tokens_seen:
                raise _ErrorResponse(200, "the list does not end")
            tokens_seen.add(continue_token)
            if self.progress:
                self.progress(kind, count, count + page.remaining)
            if not continue_token:
                yield from pages  # only a list that is complete counts
                return

    def _get_page_with_retries(self, path: str, continue_token: str) -> tuple[bytes, _Page]:
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

    def _get_page(self, path: str, continue_token: str) -> tuple[bytes, _Page]:
        query = {"limit": str(self.page_size)} | ({"continue": continue_token} if continue_token else {})
        status, data = self.api.get(path, query)
        if status == 0:
            raise _ErrorResponse(0, data.decode())
        if status != 200:
            raise _parse_error_response(status, data)
        page = _parse_page(data, path)
        if page is None:
            is_html = data.lstrip()[:1] == b"<"
            raise _ErrorResponse(0, "the answer is no list in JSON" + is_html * ", but a page, such as of a login")
        return data, page


def parse_response(data: bytes, name: str) -> Document:
    """Read what the API answered; a document without a value is no JSON.

    Raises
    ------
    InputError
        Where it is a list of too many objects.
    """
    if (document := read_list(data, name)) is not None:
        return document
    try:
        return parse_documents(decode_text(data, f"{name}.json"), f"{name}.json")[0]
    except InputError:
        return Document.at_place(Place(name))


def _parse_page(data: bytes, path: str) -> _Page | None:
    """Return what a page says of its list; None where it is no list.

    Raises
    ------
    InputError
        Where it has too many objects.
    """
    value = parse_response(data, path).value
    if not isinstance(value, dict) or not str(value.get("kind", "")).endswith("List"):
        return None
    items, metadata = value.get("items"), get_mapping(value, "metadata")
    token, remaining = metadata.get("continue") or "", metadata.get("remainingItemCount") or 0
    if not isinstance(items, list | None) or not isinstance(token, str) or not isinstance(remaining, int):
        return None
    return _Page(str(value["kind"]), str(value.get("apiVersion")), len(items or ()), token, remaining)


def _parse_error_response(status: int, data: bytes) -> _ErrorResponse:
    """Return a refusal with the server's own words, which may be a Status or plain text."""
    value = parse_response(data, "answer").value
    if isinstance(value, dict):
        continue_token = str(get_mapping(value, "metadata").get("continue") or "")
        return _ErrorResponse(status, str(value.get("message", ""))[:_MAX_MESSAGE], continue_token)
    return _ErrorResponse(status, data[:_MAX_MESSAGE].decode(errors="replace").strip())
