"""A kubeconfig: where the cluster is, whom to trust, and who asks; as client-go reads it.

https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ names the fields. What would change who asks or whom to
trust is either followed or refused, never left out.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import InputError
from ..read.plain_values import get_mapping, get_mappings
from ..read.text_files import read_documents
from .api_errors import unusable

DEFAULT_PATH = Path("~/.kube/config")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster. What is secret in it is not printed."""

    server: str
    authority: bytes = field(default=b"", repr=False)  # certificates in PEM; empty: those that the system trusts
    is_verified: bool = True
    tls_name: str = ""  # the name that the server's certificate is for, where it is not the one asked for
    proxy: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    impersonated: tuple[tuple[str, str], ...] = ()  # headers
    plugin: Mapping[str, Any] | None = field(default=None, repr=False)  # the program that logs in
    folder: Path = Path()  # where the plugin's path begins
    cluster: Mapping[str, Any] = field(default_factory=dict, repr=False)  # as the file has it, for the plugin


def read_access(kubeconfig: str | Path | None = None, context: str | None = None) -> Access:
    """Read how to reach a cluster.

    Parameters
    ----------
    kubeconfig
        Path of the file; if left out what KUBECONFIG names, else ~/.kube/config.
    context
        The context to use; the current one if left out.

    Raises
    ------
    LiveError
        Where there is no such file or context, or one that cannot be followed.
    """
    configs = [(path.parent, _read_config(path)) for path in _kubeconfig_paths(kubeconfig)]
    name = context or next((value for _, config in configs if (value := _text(config, "current-context"))), "")
    if not name:
        raise unusable("it names no current context")
    _, context_fields = _find_entry(configs, "context", name)
    folder, cluster = _find_entry(configs, "cluster", _text(context_fields, "cluster"))
    if not _is_address(_text(cluster, "server")):
        raise unusable("its cluster has no server that is an address and begins with https:// or http://")
    access: dict[str, Any] = {
        "server": _text(cluster, "server").rstrip("/"),
        "authority": _read_content(cluster, "certificate-authority", folder),
        "is_verified": not _flag(cluster, "insecure-skip-tls-verify"),
        "tls_name": _text(cluster, "tls-server-name"),
        "proxy": _text(cluster, "proxy-url"),
        "cluster": cluster,
    }
    if user := _text(context_fields, "user"):
        access |= _read_login(*_find_entry(configs, "user", user))
    return Access(**access)


def _kubeconfig_paths(kubeconfig: str | Path | None) -> list[Path]:
    if kubeconfig:
        return [Path(kubeconfig)]
    named_paths = [Path(part) for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    paths = [path for path in named_paths or [DEFAULT_PATH.expanduser()] if path.exists()]
    if not paths:
        raise unusable(f"there is no {os.pathsep.join(map(str, named_paths)) or DEFAULT_PATH}")
    return paths


def _read_config(path: Path) -> Mapping[str, Any]:
    try:
        documents = read_documents(path)
    except InputError as error:
        # The file's contents may stand in the message; what kind of problem it is, and where, may be shown.
        first = error.problems[0]
        reason = {"file-missing": "there is no such file"}.get(first.code, "it is not valid YAML")
        raise unusable(f"{path}: {reason}") from None
    values = [document.value for document in documents if document.value is not None]
    if len(values) != 1 or not isinstance(values[0], dict) or values[0].get("kind", "Config") != "Config":
        raise unusable(f"{path} is no kubeconfig")
    return values[0]


def _find_entry(configs: list[tuple[Path, Mapping[str, Any]]], kind: str, name: str) -> tuple[Path, Mapping[str, Any]]:
    """Return a named entry, and the folder of its file, from which its paths begin; the first file counts."""
    for folder, config in configs:
        for entry in get_mappings(config, f"{kind}s"):
            if entry.get("name") == name:
                return folder, get_mapping(entry, kind)
    raise unusable(f'it has no {kind} "{name}"')


def _read_login(folder: Path, user: Mapping[str, Any]) -> dict[str, Any]:
    if "auth-provider" in user:
        raise unusable("its user logs in by an auth-provider, which Kubernetes gave up in 1.26; use an exec plugin")
    plugin = user.get("exec")
    if plugin is not None and not isinstance(plugin, dict):
        raise unusable("exec of its user is no mapping")
    token = _text(user, "token")
    if file := _text(user, "tokenFile"):
        token = _read_file(folder / file, "tokenFile").decode(errors="replace").strip()
    return {
        "certificate": _read_content(user, "client-certificate", folder),
        "key": _read_content(user, "client-key", folder),
        "token": token,
        "user": _text(user, "username"),
        "password": _text(user, "password"),
        "impersonated": _impersonation_headers(user),
        "plugin": plugin,
        "folder": folder,
    }


def _impersonation_headers(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers by which one user asks as another."""
    headers = [("Impersonate-User", _text(user, "as")), ("Impersonate-Uid", _text(user, "as-uid"))]
    headers += [("Impersonate-Group", group) for group in _texts(user, "as-groups")]
    extra = user.get("as-user-extra") or {}
    if not isinstance(extra, dict):
        raise unusable("as-user-extra of its user is no mapping")
    headers += [(f"Impersonate-Extra-{key}", value) for key in extra for value in _texts(extra, key)]
    return tuple((name, value) for name, value in headers if value)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        return False


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise unusable(f"{name} is no text")
    return text or ""


def _texts(value: Mapping[str, Any], name: str) -> list[str]:
    texts = value.get(name) or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise unusable(f"{name} is no list of texts")
    return texts


def _flag(value: Mapping[str, Any], name: str) -> bool:
    flag = value.get(name, False)
    if not isinstance(flag, bool):
        raise unusable(f"{name} is neither true nor false")
    return flag


def _read_content(value: Mapping[str, Any], name: str, folder: Path) -> bytes:
    """Return what a field has in base64, or the file has that another field names."""
    if data := _text(value, f"{name}-data"):
        try:
            return base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            raise unusable(f"{name}-data is no base64") from None
    path = _text(value, name)
    return _read_file(folder / path, name) if path else b""


def _read_file(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2**20)
    except OSError as error:
        raise unusable(f"{name}: {path}: {error.strerror}") from None
