"""`calicoctl ipam configure`: its options, merged into what is stored for IPAM.

On etcd this is a store of its own, beside the IPAMConfiguration, and the only one that IPAM reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..findings import Finding, Place
from ..findings.codes.rule import CALICOCTL
from .resource import finding
from .store import Datastore

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_INT64 = 1 << 63


def _flag(text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise ValueError
    return text in _TRUE


def _whole(text: str) -> int:
    # More digits than an int64 has are refused before int() counts them.
    if not _WHOLE.fullmatch(text) or len(text.lstrip("+-0")) > len(str(_INT64)):
        raise ValueError
    value = int(text)
    if not -_INT64 <= value < _INT64:
        raise ValueError
    return value


def _seconds(text: str) -> int | None:
    value = _whole(text)
    return value if value >= 0 else None  # below zero stands for "not given"


def _switch(text: str) -> str:
    if text not in ("Enabled", "Disabled"):
        raise ValueError
    return text


class _Option(NamedTuple):
    field: str  # of the IPAMConfiguration
    key: str  # in the datastore
    read: Callable[[str], Any]
    new: Any  # where nothing is stored
    absent: Any  # where what is stored lacks it


_OPTIONS = {
    "--strictaffinity": _Option("strictAffinity", "strict_affinity", _flag, new=False, absent=False),
    "--auto-allocate-blocks": _Option("autoAllocateBlocks", "auto_allocate_blocks", _flag, new=True, absent=False),
    "--max-blocks-per-host": _Option("maxBlocksPerHost", "maxBlocksPerHost", _whole, 0, 0),
    "--ip-cooldown-seconds": _Option("ipCooldownSeconds", "ipCooldownSeconds", _seconds, 0, 0),
    "--kubevirt-ip-persistence": _Option(
        "kubeVirtVMAddressPersistence", "kubeVirtVMAddressPersistence", _switch, "Enabled", None
    ),
}
# Options that change nothing, and whether a value follows.
_IDLE = {"--allow-version-mismatch": False, "-c": True, "--config": True}


def ipam_options(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what IPAM takes from the store behind `ipam configure`, by the names of the IPAMConfiguration."""
    return {
        option.field: option.new if stored is None else stored.get(option.key, option.absent)
        for option in _OPTIONS.values()
    }


def configure(store: Datastore, args: Sequence[str]) -> list[Finding]:
    """Run `calicoctl ipam configure` with these arguments; return why it is refused, or nothing.

    Parameters
    ----------
    store
        Its `options` become what is stored, where it is accepted.
    args
        The words of the command line behind ``configure``, such as ``--strictaffinity=true``.
    """
    found: list[Finding] = []

    def say(code: str, **numbers: object) -> None:
        found.append(finding(code, Place("ipam configure"), CALICOCTL, **numbers))

    given: dict[str, Any] = {}
    for name, text in _words(args, say):
        try:
            value = _OPTIONS[name].read(text) if text else None
        except ValueError:
            say("configure-value", option=name, value=text)
            continue
        if value is not None:
            given[_OPTIONS[name].field] = value
    if found:
        return found
    if not given:
        say("configure-nothing")
        return found
    before = ipam_options(store.options)
    after = before | given
    if store.options is not None and after == before:
        return found  # succeeds unchecked, and what is stored stays as it was written
    if not after["strictAffinity"] and not after["autoAllocateBlocks"]:
        say("configure-both-off")
    if after["maxBlocksPerHost"] > 0 and not after["strictAffinity"]:
        say("configure-max", most=after["maxBlocksPerHost"])
    if not found:
        kept = {option.key: after[option.field] for option in _OPTIONS.values()}
        store.options = {key: value for key, value in kept.items() if value}
    return found


def _words(args: Sequence[str], say: Callable[..., None]) -> list[tuple[str, str]]:
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
                say("configure-value", option=name, value="")
            else:
                pairs.append((name, text if equals else following or ""))
        elif name not in _IDLE:
            say("configure-option", option=name)
        elif _IDLE[name] and not equals:
            next(words, None)
    return pairs
