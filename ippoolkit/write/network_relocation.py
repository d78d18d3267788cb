"""Networks placed elsewhere, side by side, with all that lies in them at its offset."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from ..calico.limits import LINK_LOCAL_CIDR
from ..cidr import Address, Cidr, IPVersion, address_from_int

# Where networks are laid out: private ranges first, then whatever is unicast.
_TARGET_RANGES = {
    4: (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/3",
        "128.0.0.0/3",
        "192.0.0.0/3",
        "0.0.0.0/0",
    ),
    6: ("fd00::/8", "fc00::/7", "2000::/3", "::/0"),
}


class NetworkRelocation:
    """Networks placed side by side: each outermost one gets a place of its own, what lies in it keeps its offset."""

    def __init__(self, networks: Iterable[Cidr]) -> None:
        self._outermost: dict[IPVersion, list[Cidr]] = {4: [], 6: []}
        for cidr in sorted(set(networks)):
            outermost = self._outermost[cidr.version]
            if not outermost or cidr not in outermost[-1]:
                outermost.append(cidr)
        self._new_first: dict[Cidr, int] = {}
        for outermost in self._outermost.values():
            taken_spans = [(cidr.first, cidr.last) for cidr in outermost]
            for cidr in sorted(outermost, key=lambda cidr: (cidr.prefix, cidr.first)):
                new_first = cidr.first if _keeps_place(cidr) else _first_free_address(cidr, taken_spans)
                self._new_first[cidr] = new_first
                if new_first != cidr.first:
                    taken_spans.append((new_first, new_first + cidr.size - 1))
                    taken_spans.sort()

    def covers(self, cidr: Cidr) -> bool:
        """Whether it lies in one of the networks laid out."""
        return self._outermost_network(cidr.version, cidr.first) is not None

    def relocate_network(self, cidr: Cidr) -> Cidr:
        """Return where a network is now."""
        outermost = self._outermost_network(cidr.version, cidr.first)
        assert outermost is not None
        return Cidr(cidr.version, self._new_first[outermost] + cidr.first - outermost.first, cidr.prefix)

    def relocate_address(self, address: Address) -> Address:
        """Return where an address is now."""
        relocated = self.relocate_network(Cidr.of_address(address))
        return address_from_int(relocated.version, relocated.first)

    def _outermost_network(self, version: IPVersion, value: int) -> Cidr | None:
        candidates = self._outermost[version]
        position = bisect_right(candidates, value, key=lambda cidr: cidr.first) - 1
        return candidates[position] if position >= 0 and candidates[position].last >= value else None


def _keeps_place(cidr: Cidr) -> bool:
    return cidr.prefix == 0 or cidr.overlaps(LINK_LOCAL_CIDR[cidr.version])


def _first_free_address(cidr: Cidr, taken_spans: Sequence[tuple[int, int]]) -> int:
    """Return the first place for a network of this size that neither an old nor a new one overlaps."""
    for text in _TARGET_RANGES[cidr.version]:
        target_range = Cidr.parse(text)
        if target_range.prefix > cidr.prefix:
            continue
        candidate = target_range.first
        for first, last in taken_spans:
            if last < candidate:
                continue
            if first > candidate + cidr.size - 1:
                break
            candidate = -(-(last + 1) // cidr.size) * cidr.size
        network = Cidr(cidr.version, candidate, cidr.prefix) if candidate + cidr.size - 1 <= target_range.last else None
        if network and not network.overlaps(LINK_LOCAL_CIDR[cidr.version]):
            return candidate
    return cidr.first  # nothing else is left: a network this large tells nothing
