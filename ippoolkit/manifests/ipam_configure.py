"""`calicoctl ipam configure`: its options, merged into what is stored for IPAM.

On etcd this is a store of its own, beside the IPAMConfiguration, and the only one that IPAM reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..calico.releases import NEWEST, Release
from ..findings import Finding, Place
from ..findings.codes.rule import CALICOCTL
from ..model import IPAMConfig
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


class _Setting(NamedTuple):
    field: str  # of the IPAMConfiguration
    datastore_key: str
    default_when_unconfigured: Any  # where nothing is stored
    default_when_missing: Any  # where what is stored lacks it
    introduced_by: str = ""  # the difference between releases that brought it
    option: str = ""  # of the command line; empty where none sets it
    parse: Callable[[str], Any] | None = None
    option_introduced_by: str = ""  # where the option came at another time than the field

    def has_option(self, release: Release) -> bool:
        """Whether calicoctl of a release has an option for it."""
        introduced_by = self.option_introduced_by or self.introduced_by
        return bool(self.option) and (not introduced_by or release.has(introduced_by))


_SETTINGS = (
    _Setting(
        "strictAffinity",
        "strict_affinity",
        default_when_unconfigured=False,
        default_when_missing=False,
        option="--strictaffinity",
        parse=_parse_flag,
    ),
    _Setting("autoAllocateBlocks", "auto_allocate_blocks", default_when_unconfigured=True, default_when_missing=False),
    _Setting(
        "maxBlocksPerHost",
        "maxBlocksPerHost",
        0,
        0,
        option="--max-blocks-per-host",
        parse=_parse_int64,
        option_introduced_by="configure-max-blocks",
    ),
    _Setting(
        "ipCooldownSeconds",
        "ipCooldownSeconds",
        0,
        0,
        introduced_by="ip-cooldown",
        option="--ip-cooldown-seconds",
        parse=_parse_seconds,
    ),
    _Setting(
        "kubeVirtVMAddressPersistence",
        "kubeVirtVMAddressPersistence",
        "Enabled",
        None,
        introduced_by="kubevirt-persistence",
        option="--kubevirt-ip-persistence",
        parse=_parse_enabled,
    ),
)
# Options that change nothing, and whether a value follows.
_IGNORED_OPTIONS = {"--allow-version-mismatch": False, "-c": True, "--config": True}


def _settings(release: Release) -> list[_Setting]:
    return [setting for setting in _SETTINGS if not setting.introduced_by or release.has(setting.introduced_by)]


def effective_ipam_options(stored: Mapping[str, Any] | None, release: Release = NEWEST) -> dict[str, Any]:
    """Return what IPAM takes from the store behind `ipam configure`, by the names of the IPAMConfiguration."""
    return {
        setting.field: setting.default_when_unconfigured
        if stored is None
        else stored.get(setting.datastore_key, setting.default_when_missing)
        for setting in _settings(release)
    }


def configure_command(config: IPAMConfig, release: Release) -> str:
    """Return the `calicoctl ipam configure` of a release that sets a configuration, as far as it has the options.

    strictAffinity is always named: releases before v3.32 require it. What is as where nothing was ever set is left out.
    """
    values = _values_by_field(config)
    words = ["calicoctl ipam configure", f"--strictaffinity={str(config.strict_affinity).lower()}"]
    words += [
        f"{setting.option}={values[setting.field]}"
        for setting in _SETTINGS[1:]
        if setting.has_option(release) and values[setting.field] != setting.default_when_unconfigured
    ]
    return " ".join(words)


def configure_ipam(store: Datastore, args: Sequence[str]) -> list[Finding]:
    """Run `calicoctl ipam configure` with these arguments; return why it is refused, or nothing.

    Parameters
    ----------
    store
        Its `ipam_options` become what is stored, where it is accepted; calicoctl is of the release of the store.
    args
        The words of the command line behind ``configure``, such as ``--strictaffinity=true``.
    """
    findings: list[Finding] = []
    release = store.release

    def add_finding(code: str, **params: object) -> None:
        findings.append(make_finding(code, Place("ipam configure"), CALICOCTL, **params))

    given_values = _parse_arguments(args, release, add_finding)
    # An option that a later release brought is none here, and yet not a word that is wrong in itself.
    later_options = {setting.option for setting in _SETTINGS}
    has_wrong_words = any(
        finding.code == "configure-value"
        or (finding.code == "configure-option" and finding.params["option"] not in later_options)
        for finding in findings
    )
    if not given_values and not has_wrong_words:
        add_finding("configure-nothing")
    if findings:
        return findings
    before = effective_ipam_options(store.ipam_options, release)
    after = before | given_values
    if not after["strictAffinity"] and not after["autoAllocateBlocks"]:
        add_finding("configure-both-off")
    elif store.ipam_options is not None and after == before:
        return findings  # succeeds without further checks, and what is stored stays as it was written
    if after["maxBlocksPerHost"] > 0 and not after["strictAffinity"]:
        add_finding("configure-max", most=after["maxBlocksPerHost"])
    if not findings:
        stored_values = {setting.datastore_key: after[setting.field] for setting in _settings(release)}
        store.ipam_options = {key: value for key, value in stored_values.items() if value}
    return findings


def judge_configuration(
    existing: IPAMConfig | None, args: Sequence[str], release: Release = NEWEST
) -> tuple[list[Finding], dict[str, Any]]:
    """Judge `calicoctl ipam configure` on a cluster's configuration.

    Parameters
    ----------
    existing
        The configuration that is there; None where there is none.
    args
        The words of the command line behind ``configure``.
    release
        The release of calicoctl and of the cluster.

    Returns
    -------
    tuple
        Why it is refused, nothing where it is accepted; and the configuration afterwards, by its fields' own names.
    """
    stored = None
    if existing is not None:
        values = _values_by_field(existing)
        stored = {setting.datastore_key: values[setting.field] for setting in _settings(release)}
    store = Datastore(ipam_options=stored, release=release)
    findings = configure_ipam(store, args)
    return findings, effective_ipam_options(store.ipam_options, release)


def _values_by_field(config: IPAMConfig) -> dict[str, Any]:
    return {
        "strictAffinity": config.strict_affinity,
        "autoAllocateBlocks": config.auto_allocate_blocks,
        "maxBlocksPerHost": config.max_blocks_per_host,
        "ipCooldownSeconds": config.ip_cooldown_seconds,
        "kubeVirtVMAddressPersistence": config.kube_virt_vm_address_persistence,
    }


def _parse_arguments(args: Sequence[str], release: Release, add_finding: Callable[..., None]) -> dict[str, Any]:
    """Return the values that a command line gives, by the names of the IPAMConfiguration's fields."""
    options = {setting.option: setting for setting in _SETTINGS if setting.has_option(release)}
    pairs = _split_options(args, options, add_finding)
    takes_any_option = release.has("configure-any-option")
    if not takes_any_option and "--strictaffinity" not in dict(pairs):
        add_finding("configure-strict-missing", release=str(release))
    values: dict[str, Any] = {}
    for name, text in pairs:
        parse = options[name].parse
        try:
            value = parse(text) if parse and (text or not takes_any_option) else None
        except ValueError:
            add_finding("configure-value", option=name, value=text)
            continue
        if value is not None:
            values[options[name].field] = value
    return values


def _split_options(
    args: Sequence[str], options: Mapping[str, _Setting], add_finding: Callable[..., None]
) -> list[tuple[str, str]]:
    """Cut a command line into options and their texts; words that are none are ignored, as calicoctl does."""
    pairs = []
    words = iter(args)
    for word in words:
        name, equals, text = word.partition("=")
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            continue
        if name in options:
            if not equals and (following := next(words, None)) is None:
                add_finding("configure-value", option=name, value="")
            else:
                pairs.append((name, text if equals else following or ""))
        elif name not in _IGNORED_OPTIONS:
            add_finding("configure-option", option=name)
        elif _IGNORED_OPTIONS[name] and not equals:
            next(words, None)
    return pairs
