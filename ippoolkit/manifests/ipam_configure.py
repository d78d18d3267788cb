"""`calicoctl ipam configure`: its options, merged into what is stored for IPAM.

On etcd this is a store of its own, beside the IPAMConfiguration, and the only one that IPAM reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..findings import Finding, Place
from ..findings.codes.rule import CALICOCTL
from .datastore import Datastore
from .resource import make_finding

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_INT64_BOUND = 1 << 63


def _parse_flag(text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise ValueError
    return text in _TRUE


def _parse_int64(text: str) -> int:
    # More digits than an int64 has are refused before int() counts them.
    if not _INTEGER.fullmatch(text) or len(text.lstrip("+-0")) > len(str(_INT64_BOUND)):
        raise ValueError
    value = int(text)
    if not -_INT64_BOUND <= value < _INT64_BOUND:
        raise ValueError
    return value


def _parse_seconds(text: str) -> int | None:
    value = _parse_int64(text)
    return value if value >= 0 else None  # below zero stands for "not given"


def _parse_enabled(text: str) -> str:
    if text not in ("Enabled", "Disabled"):
        raise ValueError
    return text


class _Option(NamedTuple):
    field: str  # of the IPAMConfiguration
    datastore_key: str  # in the datastore
    parse: Callable[[str], Any]
    default_when_unconfigured: Any  # where nothing is stored
    default_when_missing: Any  # where what is stored lacks it


_OPTIONS = {
    "--strictaffinity": _Option(
        "strictAffinity", "strict_affinity", _parse_flag, default_when_unconfigured=False, default_when_missing=False
    ),
    "--auto-allocate-blocks": _Option(
        "autoAllocateBlocks",
        "auto_allocate_blocks",
        _parse_flag,
        default_when_unconfigured=True,
        default_when_missing=False,
    ),
    "--max-blocks-per-host": _Option("maxBlocksPerHost", "maxBlocksPerHost", _parse_int64, 0, 0),
    "--ip-cooldown-seconds": _Option("ipCooldownSeconds", "ipCooldownSeconds", _parse_seconds, 0, 0),
    "--kubevirt-ip-persistence": _Option(
        "kubeVirtVMAddressPersistence", "kubeVirtVMAddressPersistence", _parse_enabled, "Enabled", None
    ),
}
# Options that change nothing, and whether a value follows.
_IGNORED_OPTIONS = {"--allow-version-mismatch": False, "-c": True, "--config": True}


def effective_ipam_options(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what IPAM takes from the store behind `ipam configure`, by the names of the IPAMConfiguration."""
    return {
        option.field: option.default_when_unconfigured
        if stored is None
        else stored.get(option.datastore_key, option.default_when_missing)
        for option in _OPTIONS.values()
    }


def configure_ipam(store: Datastore, args: Sequence[str]) -> list[Finding]:
    """Run `calicoctl ipam configure` with these arguments; return why it is refused, or nothing.

    Parameters
    ----------
    store
        Its `options` become what is stored, where it is accepted.
    args
        The words of the command line behind ``configure``, such as ``--strictaffinity=true``.
    """
    findings: list[Finding] = []

    def add_finding(code: str, **params: object) -> None:
        findings.append(make_finding(code, Place("ipam configure"), CALICOCTL, **params))

    given_values: dict[str, Any] = {}
    for name, text in _parse_options(args, add_finding):
        try:
            value = _OPTIONS[name].parse(text) if text else None
        except ValueError:
            add_finding("configure-value", option=name, value=text)
            continue
        if value is not None:
            given_values[_OPTIONS[name].field] = value
    if findings:
        return findings
    if not given_values:
        add_finding("configure-nothing")
        return findings
    before = effective_ipam_options(store.ipam_options)
    after = before | given_values
    if store.ipam_options is not None and after == before:
        return findings  # succeeds unchecked, and what is stored stays as it was written
    if not after["strictAffinity"] and not after["autoAllocateBlocks"]:
        add_finding("configure-both-off")
    if after["maxBlocksPerHost"] > 0 and not after["strictAffinity"]:
        add_finding("configure-max", most=after["maxBlocksPerHost"])
    if not findings:
        stored_values = {option.datastore_key: after[option.field] for option in _OPTIONS.values()}
        store.ipam_options = {key: value for key, value in stored_values.items() if value}
    return findings


def _parse_options(args: Sequence[str], add_finding: Callable[..., None]) -> list[tuple[str, str]]:
    """Cut a command line into options and their texts; words that are none are ignored, as calicoctl does."""
    pairs = []
    words = iter(args)
    for word in words:
        name, equals, text = word.partition("=")
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            continue
        if name in _OPTIONS:
            if not equals and (following := next(words, None)) is None:
                add_finding("configure-value", option=name, value="")
            else:
                pairs.append((name, text if equals else following or ""))
        elif name not in _IGNORED_OPTIONS:
            add_finding("configure-option", option=name)
        elif _IGNORED_OPTIONS[name] and not equals:
            next(words, None)
    return pairs
