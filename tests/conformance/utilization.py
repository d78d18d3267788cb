"""What `calicoctl ipam show` counts, read from the engine's arrays."""

from ippoolkit.cidr import Coverage
from ippoolkit.ipam import layout

_COLUMNS = ("name", "cidr", "capacity", "inUse", "reserved", "available", "blocks")


def utilization(ipam):
    """Return for each pool, and for blocks in none, the addresses: all, in use, reserved, available."""
    store = ipam.store
    blocks = store.slots()
    reserved = [cidr for cidrs in store.reservations.values() for cidr in cidrs]
    rows = []
    for name, pool in sorted(store.pools.items(), key=lambda item: str(item[1].cidr)):
        pool_slots = [slot for slot, cidr in blocks if cidr in pool.cidr]
        counts_reserved = store.release.has("utilization-reserved")
        reserved_count = Coverage.from_cidrs(pool.cidr, reserved).address_count if counts_reserved else 0
        in_use = free_reserved = 0
        for slot in pool_slots:
            row = store.state.blocks[slot]
            offset, size = (
                int(row[layout.OFFSET]),
                1 << int(store.state.ranges[row[layout.RANGE_INDEX], layout.ORDINAL_BITS]),
            )
            in_use_mask = store.state.cells[offset : offset + size, layout.HOLDER] != layout.FREE
            in_use += int(in_use_mask.sum())
            free_reserved += counts_reserved * int(
                (in_use_mask & (store.state.reserved[offset : offset + size] == 1)).sum()
            )
        available = pool.cidr.size - in_use - reserved_count + free_reserved
        rows.append((name, str(pool.cidr), pool.cidr.size, in_use, reserved_count, available, len(pool_slots)))
    orphans = [(slot, cidr) for slot, cidr in blocks if not any(cidr in pool.cidr for pool in store.pools.values())]
    in_use = capacity = 0
    for slot, cidr in orphans:
        offset = int(store.state.blocks[slot, layout.OFFSET])
        in_use += int((store.state.cells[offset : offset + cidr.size, layout.HOLDER] != layout.FREE).sum())
        capacity += cidr.size
    orphaned = ("orphaned allocation blocks", "0.0.0.0/0", capacity, in_use, 0, capacity - in_use, len(orphans))
    return [dict(zip(_COLUMNS, row, strict=True)) for row in (orphaned, *rows)]
