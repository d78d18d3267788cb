"""Free ranges among all networks that are known: files, options, and the answer with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..address_space import AddressSpace, ListedNetwork, default_within
from ..answer import answer_html
from ..cidr import ADDRESS_BITS, Cidr, IPVersion
from ..errors import InputError
from ..findings import Finding
from .inventory import Inventory, read_inventory
from .option_parsing import parse_cidrs

MOST_NAMED = 5


@dataclass(frozen=True)
class FreeRanges:
    """The space that was searched, the ranges offered, and how many were requested: 0 where none were."""

    address_space: AddressSpace
    offers: tuple[Cidr, ...]
    requested: int
    reasons: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        return f"<FreeRanges: {len(self.offers)} of {self.requested} offered, {len(self.address_space.free)} free>"

    @property
    def is_complete(self) -> bool:
        """Whether there are as many offers as were requested."""
        return len(self.offers) == self.requested


def free(
    *files: str | Path,
    within: Iterable[str | Cidr] | None = None,
    taken: Iterable[str | Cidr] = (),
    prefix: int | None = None,
    count: int = 1,
    family: IPVersion | None = None,
    special: bool = False,
) -> FreeRanges:
    """Find ranges that are free among all networks that are known.

    Parameters
    ----------
    files
        Address plans (CSV of NetBox, phpIPAM, Infoblox or a spreadsheet), what ``ip route`` prints, scenarios, dumps.
    within
        Ranges to look in; left out: the cluster CIDRs that the files name, else private ranges.
    taken
        Networks in use, beside those of the files.
    prefix
        Prefix length of the ranges wanted; left out: none are offered.
    count
        How many ranges are wanted.
    family
        Their family; left out: IPv4 where `within` has any and the prefix can be one of it.
    special
        Whether special-purpose ranges (IANA's registries, multicast) are offered too.

    Returns
    -------
    FreeRanges
        `offers` are best fit: each from the smallest free range that holds it, the lowest of several.

    Raises
    ------
    InputError
        With every CIDR that cannot be read, and every problem of the files.
    """
    problems: list[Finding] = []
    asked_ranges = _cidrs(within or (), "--within", problems)
    listed = [ListedNetwork(cidr, "--taken") for cidr in _cidrs(taken, "--taken", problems)]
    inventory = Inventory()
    try:
        inventory = read_inventory(files)
    except InputError as error:
        problems += error.problems
    networks = (*listed, *inventory.taken)
    ranges = tuple(asked_ranges) or _default_ranges(inventory, networks, family)
    version = family or _family(ranges, prefix)
    if prefix is not None and not 0 <= prefix <= ADDRESS_BITS[version]:
        problems.append(
            Finding("prefix-range", "--prefix", {"prefix": prefix, "family": version, "bits": ADDRESS_BITS[version]})
        )
    if problems:
        raise InputError(problems)
    address_space = AddressSpace(ranges, tuple(sorted(networks, key=_sort_key)), special)
    offers = tuple(address_space.best_fit(prefix, count, version)) if prefix is not None else ()
    requested = count if prefix is not None else 0
    reasons = (
        _reasons(address_space, prefix, version, len(offers), count)
        if prefix is not None and len(offers) < count
        else ()
    )
    return FreeRanges(address_space, offers, requested, tuple(reasons), inventory.notes)


def _cidrs(cidrs_or_texts: Iterable[str | Cidr], option: str, problems: list[Finding]) -> list[Cidr]:
    entries = list(cidrs_or_texts)
    parsed = parse_cidrs((entry for entry in entries if isinstance(entry, str)), option, problems)
    return [*(entry for entry in entries if isinstance(entry, Cidr)), *parsed]


def _sort_key(network: ListedNetwork) -> tuple[int, int, int]:
    return network.cidr.version, network.cidr.first, network.cidr.prefix


def _default_ranges(
    inventory: Inventory, networks: Iterable[ListedNetwork], family: IPVersion | None
) -> tuple[Cidr, ...]:
    cluster = tuple(cidr for cidr in inventory.cluster if family in (None, cidr.version))
    return cluster or default_within(networks, family)


def _family(within: Iterable[Cidr], prefix: int | None) -> IPVersion:
    has_ipv4 = any(cidr.version == 4 for cidr in within)
    return 4 if has_ipv4 and (prefix is None or prefix <= ADDRESS_BITS[4]) else 6


def _reasons(address_space: AddressSpace, prefix: int, version: IPVersion, offered: int, count: int) -> list[Finding]:
    """Say how much room there is, and what to release for one range more."""
    params = {"found": offered, "count": count, "prefix": prefix}
    largest = address_space.largest(version)
    reasons = [
        Finding("free-none", f"IPv{version}", params | {"largest": str(largest)})
        if largest
        else Finding("free-nothing", f"IPv{version}", params)
    ]
    to_release = networks_to_release(address_space, prefix, version, offered)
    if to_release is None:
        within = ", ".join(str(cidr) for cidr in address_space.within if cidr.version == version)
        to_release = Finding("free-too-large", f"IPv{version}", {"prefix": prefix, "within": within or "–"})
    return [*reasons, to_release]


def networks_to_release(
    address_space: AddressSpace, prefix: int, version: IPVersion, offered: int = 0
) -> Finding | None:
    """Say which networks to release for one range of a size beside those offered; None where none of it lies within."""
    to_free = address_space.without(address_space.best_fit(prefix, offered, version)).range_to_free(prefix, version)
    if to_free is None:
        return None
    named = [f"{network.cidr} ({network.where})" for network in to_free.networks[:MOST_NAMED]]
    more = len(to_free.networks) - len(named)
    params = {"cidr": str(to_free.cidr), "networks": ", ".join(named), "more": more}
    return Finding("free-release-more" if more else "free-release", f"IPv{version}", params)
