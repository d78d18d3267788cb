"""Free ranges among all networks that are known: files, options, and the answer with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..address_space import AddressSpace, ListedNetwork, default_within
from ..cidr import ADDRESS_BITS, Cidr, IPVersion
from ..errors import InputError
from ..findings import Finding
from .inventory import Inventory, read_inventory
from .option_parsing import cidrs_from

MOST_NAMED = 5


@dataclass(frozen=True)
class FreeRanges:
    """The space that was looked in, the ranges offered, and what was wanted; `wanted` is 0 where nothing was."""

    space: AddressSpace
    offers: tuple[Cidr, ...]
    wanted: int
    reasons: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def found_all(self) -> bool:
        """Whether there are as many offers as were wanted."""
        return len(self.offers) == self.wanted


def free(
    files: Iterable[str | Path] = (),
    *,
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
    inner = _cidrs(within or (), "--within", problems)
    said = [ListedNetwork(cidr, "--taken") for cidr in _cidrs(taken, "--taken", problems)]
    inventory = Inventory()
    try:
        inventory = read_inventory(files)
    except InputError as error:
        problems += error.problems
    known = (*said, *inventory.taken)
    outer = tuple(inner) or _guessed(inventory, known, family)
    version = family or _family(outer, prefix)
    if prefix is not None and not 0 <= prefix <= ADDRESS_BITS[version]:
        problems.append(
            Finding("prefix-range", "--prefix", {"prefix": prefix, "family": version, "bits": ADDRESS_BITS[version]})
        )
    if problems:
        raise InputError(problems)
    space = AddressSpace(outer, tuple(sorted(known, key=_place)), special)
    offers = tuple(space.best_fit(prefix, count, version)) if prefix is not None else ()
    wanted = count if prefix is not None else 0
    reasons = _reasons(space, prefix, version, len(offers), count) if prefix is not None and len(offers) < count else ()
    return FreeRanges(space, offers, wanted, tuple(reasons), inventory.notes)


def _cidrs(given: Iterable[str | Cidr], option: str, problems: list[Finding]) -> list[Cidr]:
    cidrs = list(given)
    read = cidrs_from((each for each in cidrs if isinstance(each, str)), option, problems)
    return [*(each for each in cidrs if isinstance(each, Cidr)), *read]


def _place(taken: ListedNetwork) -> tuple[int, int, int]:
    return taken.cidr.version, taken.cidr.first, taken.cidr.prefix


def _guessed(inventory: Inventory, known: Iterable[ListedNetwork], family: IPVersion | None) -> tuple[Cidr, ...]:
    cluster = tuple(cidr for cidr in inventory.cluster if family in (None, cidr.version))
    return cluster or default_within(known, family)


def _family(within: Iterable[Cidr], prefix: int | None) -> IPVersion:
    has_ipv4 = any(cidr.version == 4 for cidr in within)
    return 4 if has_ipv4 and (prefix is None or prefix <= ADDRESS_BITS[4]) else 6


def _reasons(space: AddressSpace, prefix: int, version: IPVersion, found: int, count: int) -> list[Finding]:
    """Say how much room there is, and what to release for one range more."""
    values = {"found": found, "count": count, "prefix": prefix}
    largest = space.largest(version)
    reasons = [
        Finding("free-none", f"IPv{version}", values | {"largest": str(largest)})
        if largest
        else Finding("free-nothing", f"IPv{version}", values)
    ]
    release = space.without(space.best_fit(prefix, found, version)).range_to_free(prefix, version)
    if release is None:
        within = ", ".join(str(cidr) for cidr in space.within if cidr.version == version)
        reasons.append(Finding("free-too-large", f"IPv{version}", {"prefix": prefix, "within": within or "–"}))
    else:
        named = [f"{each.cidr} ({each.where})" for each in release.networks[:MOST_NAMED]]
        more = len(release.networks) - len(named)
        numbers = {"cidr": str(release.cidr), "networks": ", ".join(named), "more": more}
        reasons.append(Finding("free-release-more" if more else "free-release", f"IPv{version}", numbers))
    return reasons
