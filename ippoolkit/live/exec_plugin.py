"""A program that logs in: an exec plugin of a kubeconfig (client.authentication.k8s.io), run as kubectl runs it.

Where it fails, takes too long or answers nonsense, reading ends: what is asked for with a login is never asked for
without one.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..read.json_text import load_json
from .api_errors import unusable
from .kubeconfig import Access

SECONDS = 60  # that it may take; a browser in which somebody logs in is not waited for longer
MAX_BYTES = 2**20  # that it may print
_VERSIONS = tuple(f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))


def log_in(access: Access) -> Access:
    """Return an access with the token or the certificate that its plugin gives; one without a plugin as it is.

    Raises
    ------
    LiveError
        Where the plugin gives neither.
    """
    if access.plugin is None:
        return access
    plugin = access.plugin
    version, command = plugin.get("apiVersion"), plugin.get("command")
    if version not in _VERSIONS:
        raise unusable(f"its exec plugin speaks none of {', '.join(_VERSIONS)}")
    if not isinstance(command, str) or not command:
        raise unusable("its exec plugin names no command")
    if plugin.get("interactiveMode") == "Always":
        raise unusable(f"its exec plugin {command} has to be answered at a terminal; log in with it first")
    status = _parse_status(_run_plugin(command, access, version), version, command)
    certificate, key = (str(status.get(name) or "") for name in ("clientCertificateData", "clientKeyData"))
    token = str(status.get("token") or "")
    if not token and not (certificate and key):
        raise unusable(f"its exec plugin {command} gave neither a token nor a certificate")
    login = replace(access, token=token) if token else access
    return replace(login, certificate=certificate.encode(), key=key.encode()) if certificate and key else login


def _run_plugin(command: str, access: Access, version: str) -> bytes:
    """Run the plugin; return what it prints. What it says on standard error is its user's to read, as in kubectl."""
    assert access.plugin is not None
    path = str(access.folder / command) if os.sep in command else command
    if shutil.which(path) is None:
        raise unusable(f"its exec plugin {command} is not installed")
    try:
        process = subprocess.Popen(  # noqa: S603 (the user's own kubeconfig names it; no shell)
            [path, *_plugin_arguments(access.plugin)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, **_plugin_variables(access.plugin), "KUBERNETES_EXEC_INFO": _exec_info(access, version)},
            start_new_session=True,
        )
    except OSError as error:
        raise unusable(f"its exec plugin {command} cannot be run: {error.strerror}") from None
    try:
        output = _read_output(process, command)
        code = process.wait(max(0.1, SECONDS))
    except subprocess.TimeoutExpired:
        raise unusable(f"its exec plugin {command} did not end in {SECONDS} seconds") from None
    finally:
        with suppress(ProcessLookupError):  # with whatever it has started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code:
        raise unusable(f"its exec plugin {command} failed with status {code}")
    return output


def _read_output(process: subprocess.Popen[bytes], command: str) -> bytes:
    assert process.stdout is not None
    end, output = time.monotonic() + SECONDS, b""
    with process.stdout as pipe, selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while waiting.select(max(0.0, end - time.monotonic())):
            part = os.read(pipe.fileno(), 65536)
            if not part:
                return output
            output += part
            if len(output) > MAX_BYTES:
                raise unusable(f"its exec plugin {command} printed more than {MAX_BYTES:,} bytes")
    raise unusable(f"its exec plugin {command} did not end in {SECONDS} seconds")


def _plugin_arguments(plugin: Mapping[str, Any]) -> list[str]:
    arguments = plugin.get("args") or []
    if not isinstance(arguments, list) or not all(isinstance(argument, str) for argument in arguments):
        raise unusable("args of its exec plugin are no list of texts")
    return arguments


def _plugin_variables(plugin: Mapping[str, Any]) -> dict[str, str]:
    entries = plugin.get("env") or []
    pairs = [(entry.get("name"), entry.get("value")) for entry in entries if isinstance(entry, dict)] if entries else []
    if not isinstance(entries, list) or not all(isinstance(part, str) for pair in pairs for part in pair):
        raise unusable("env of its exec plugin is no list of names and values")
    return {str(name): str(value) for name, value in pairs}


def _exec_info(access: Access, version: str) -> str:
    """Return what the plugin gets: that nobody answers it, and of the cluster, if it wants to know."""
    spec: dict[str, Any] = {"interactive": False}
    if access.plugin and access.plugin.get("provideClusterInfo") is True:
        names = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
        spec["cluster"] = {name: access.cluster[name] for name in names if name in access.cluster}
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "spec": spec})


def _parse_status(output: bytes, version: str, command: str) -> Mapping[str, Any]:
    try:
        value = load_json(output)
    except ValueError:
        value = None
    status = value.get("status") if isinstance(value, dict) else None
    if not isinstance(status, dict) or value.get("kind") != "ExecCredential" or value.get("apiVersion") != version:
        raise unusable(f"its exec plugin {command} printed no ExecCredential of {version}")
    return status
