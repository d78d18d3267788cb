"""A connection to a cluster's API: GET alone, to the one server, of limited size and time."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from .api_errors import unusable
from .kubeconfig import Access

PATIENCE = (10, 60)  # seconds to connect, seconds without a byte
SECONDS = 600  # for one answer
MAX_BYTES = 64 * 2**20  # of one answer, unpacked: 500 objects of 128 KiB
_CHUNK_BYTES = 2**16
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.6.2
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


class ApiResponse(NamedTuple):
    """What the API answered; status 0 where it did not, and `data` then says why."""

    status: int
    data: bytes


class _TimedHead:
    """A connection that hangs up where the head of an answer does not end: each line of it in time is not enough."""

    sock: socket.socket | None

    def getresponse(self) -> Any:
        hang_up = threading.Timer(SECONDS, self._hang_up)
        hang_up.daemon = True
        hang_up.start()
        try:
            return super().getresponse()  # type: ignore[misc]  # of the class that this one is mixed into
        finally:
            hang_up.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _TimedConnection(_TimedHead, HTTPConnection):
    pass


class _TimedTlsConnection(_TimedHead, HTTPSConnection):
    pass


class _TimedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


class ApiConnection:
    """To one cluster, as one user."""

    def __init__(self, access: Access) -> None:
        self._server = access.server
        self._headers = urllib3.HTTPHeaderDict({"Accept": "application/json", "Accept-Encoding": "gzip"})
        for name, value in _login_headers(access):
            self._headers.add(name, value)
        options: dict[str, Any] = {"ssl_context": _build_ssl_context(access)}
        if access.tls_name:
            options["server_hostname"] = access.tls_name
        proxy = access.proxy or _proxy_from_environment(access.server)
        try:
            pool = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
        except (HTTPError, ValueError):
            raise unusable("its proxy is no address that begins with http:// or https://") from None
        pool.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedTlsPool}
        self._pool: urllib3.PoolManager = pool

    def close(self) -> None:
        """Give the connections back."""
        self._pool.clear()

    def get(self, path: str, query: dict[str, Any]) -> ApiResponse:
        """Ask for a path; what keeps an answer from coming whole makes it one of status 0."""
        end = time.monotonic() + SECONDS
        try:
            response = self._pool.request(
                "GET",
                self._server + path,
                fields=query,
                headers=self._headers,
                timeout=urllib3.Timeout(connect=PATIENCE[0], read=PATIENCE[1]),
                retries=False,
                redirect=False,  # another host is not to see the token
                preload_content=False,
            )
            try:
                return _read_response(response, end)
            finally:
                response.close()
        except (HTTPError, OSError) as error:
            return _too_slow_response() if time.monotonic() > end else ApiResponse(0, _describe_error(error).encode())


def _login_headers(access: Access) -> Iterator[tuple[str, str]]:
    """Yield the headers that say who asks, in UTF-8 as kubectl sends them.

    Raises
    ------
    LiveError
        Where one of them would be more than a header.
    """
    headers = list(access.impersonated)
    if access.token:
        headers.append(("Authorization", f"Bearer {access.token}"))
    elif access.user:
        pair = base64.b64encode(f"{access.user}:{access.password}".encode()).decode()
        headers.append(("Authorization", f"Basic {pair}"))
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or _CONTROL_CHARACTER.search(value):
            raise unusable("its user's token, name or groups hold characters that no header may have")
        yield name, value.encode().decode("latin-1")


def _read_response(response: urllib3.BaseHTTPResponse, end: float) -> ApiResponse:
    if 300 <= response.status < 400:
        return ApiResponse(response.status, b"the server sends elsewhere, which is not followed")
    chunks, size = [], 0
    while chunk := response.read1(
        _CHUNK_BYTES, decode_content=True
    ):  # `read` waits until there is as much, however long
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            return ApiResponse(413, f"the answer is larger than {MAX_BYTES // 2**20} MiB".encode())
        if time.monotonic() > end:
            return _too_slow_response()
    # a head that was cut after its time is one without fields, and an empty body
    return ApiResponse(response.status, b"".join(chunks)) if time.monotonic() <= end else _too_slow_response()


def _too_slow_response() -> ApiResponse:
    return ApiResponse(408, f"the answer took longer than {SECONDS} seconds".encode())


def _describe_error(error: Exception) -> str:
    """Return why there is no answer, without what the error may quote."""
    for cause in (error, error.__cause__, error.__context__, *error.args):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed ({cause.reason or 'no reason'})"
    return type(getattr(error, "reason", None) or error).__name__


def _proxy_from_environment(server: str) -> str:
    """Return the proxy that the environment names for a server."""
    url = urlsplit(server)
    return "" if proxy_bypass(url.hostname or "") else getproxies().get(url.scheme, "")


def _build_ssl_context(access: Access) -> ssl.SSLContext:
    """Return whom to trust, and the certificate to show."""
    try:
        context = ssl.create_default_context(cadata=access.authority.decode("ascii") or None)
        if not access.is_verified:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if access.certificate:
            with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:  # ssl takes it from files alone
                certificate, key = Path(folder) / "certificate", Path(folder) / "key"
                certificate.write_bytes(access.certificate)
                key.touch(mode=0o600)
                key.write_bytes(access.key)
                context.load_cert_chain(certificate, key if access.key else None, password=_no_password)
    except (ssl.SSLError, UnicodeDecodeError, ValueError):
        raise unusable("its certificates are no PEM, or key and certificate do not belong together") from None
    return context


def _no_password() -> str:
    """Keep OpenSSL from asking at a terminal for the password of a key that has one."""
    raise ValueError
