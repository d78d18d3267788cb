"""Many requests in one call: events as arrays. Compiled."""

from __future__ import annotations

from .assignment import assign, assign_from_own_blocks, largest_block_size, release_addresses
from .blocks import SYNC_DELAY, block_size, has_room, mark_node_dirty
from .compilation import compiled, inlined
from .layout import (
    ARRAYS_FULL,
    COOLING_COUNT,
    COOLING_LENGTH,
    FIRST_ADDRESS,
    HOLDER,
    NEXT_OF_HANDLE,
    NEXT_TICK,
    NOW,
    OFFSET,
    OK,
    OWNER,
    QUEUE_HEAD,
    QUEUE_TAIL,
    RANGE_INDEX,
    RELEASE_BATCH,
    REQUESTING_NODE,
    SLOT,
    UNSELECTED,
    UNUSED_SLOT,
    USED,
)
from .node_controller import run_until

# Columns of an event.
KIND, NODE, HANDLE, REQUEST, TIME = range(5)
EVENT_WIDTH = TIME + 1
# Kinds of event: an address of IPv4, of IPv6, of both; a release; a node comes, a node goes.
ASSIGN_IPV4, ASSIGN_IPV6, ASSIGN_BOTH, RELEASE, NODE_JOINS, NODE_LEAVES = range(6)
# Columns of a request: per family where its ranges begin and how many there are; its cap on blocks; whether Windows
# keeps addresses back.
FIRST_RANGE_IPV4, RANGE_COUNT_IPV4, FIRST_RANGE_IPV6, RANGE_COUNT_IPV6, MAX_BLOCKS, IS_WINDOWS = range(6)
REQUEST_WIDTH = IS_WINDOWS + 1
PREFETCH_EVENTS = RELEASE_BATCH  # events that are looked ahead to; `out` has room for a number of each
# Answers beyond those of the core: fewer addresses than asked for, nothing to release, no pool.
TOO_FEW, NOTHING_TO_RELEASE, NO_POOL = 7, 8, 9


@compiled
def run_events(state, events, first_event, ranges, requests, statuses, strict_affinity, auto_allocate, out):
    """Carry out events until the end, or until there is no room for another block.

    Parameters
    ----------
    state, strict_affinity, auto_allocate
        As for `assign`.
    events
        A row each, in order of time.
    first_event
        The first event to carry out.
    ranges, requests
        The ranges of all requests, and the requests.
    statuses
        Room for the status of each event.
    out
        Room for `RELEASE_BATCH` numbers.

    Returns
    -------
    int
        The event at which room ran out, or their number.
    """
    largest_block = largest_block_size(state, ranges, len(ranges))
    for event_index in range(first_event, len(events)):
        if not has_room(state, 2, largest_block):
            return event_index
        if (event_index - first_event) % PREFETCH_EVENTS == 0:
            _prefetch(state, events, event_index, out)
        event = events[event_index]
        if state.meta[NEXT_TICK] >= 0 or state.meta[COOLING_LENGTH]:
            run_until(state, event[TIME])
        else:
            state.meta[NOW] = event[TIME]
        kind, node, handle = event[KIND], event[NODE], event[HANDLE]
        if kind == RELEASE:
            statuses[event_index] = _release_handle(state, handle, out)
        elif kind == NODE_JOINS:
            state.exists[node] = 1
            statuses[event_index] = OK
        elif kind == NODE_LEAVES:
            state.exists[node] = 0
            mark_node_dirty(state, node, 2 * SYNC_DELAY)
            statuses[event_index] = OK
        else:
            state.handles[handle, REQUESTING_NODE] = node
            request = requests[event[REQUEST]]
            status = OK
            for family in range(2):
                if kind != ASSIGN_BOTH and kind != family:
                    continue
                first_range, range_count = request[2 * family], request[2 * family + 1]
                if range_count == 0:
                    status = NO_POOL
                    break
                own_ranges = ranges[first_range : first_range + range_count]
                status = OK
                assigned_count, _ = assign_from_own_blocks(
                    state, node, family, own_ranges, range_count, 1, handle, 0, out
                )
                if assigned_count == 0:
                    assigned_count, status = assign(
                        state,
                        node,
                        family,
                        own_ranges,
                        range_count,
                        1,
                        handle,
                        0,
                        request[MAX_BLOCKS],
                        strict_affinity,
                        auto_allocate,
                        request[IS_WINDOWS] != 0,
                        out,
                    )
                if status == OK and assigned_count == 0:
                    status = TOO_FEW
                if status != OK:
                    break
            if status != OK and kind == ASSIGN_BOTH:
                _release_handle(state, handle, out)  # the CNI plugin gives the other family back
            statuses[event_index] = status
    return len(events)


@inlined
def _prefetch(state, events, first_event, indexes):
    """Read what the next events need, step by step for all: so memory is waited for once, not event by event."""
    count = min(PREFETCH_EVENTS, len(events) - first_event)
    checksum = 0
    for position in range(count):
        event = events[first_event + position]
        if event[KIND] == RELEASE:
            indexes[position] = state.handles[event[HANDLE], FIRST_ADDRESS]
        else:
            indexes[position] = state.first_owned[1 if event[KIND] == ASSIGN_IPV6 else 0, event[NODE]]
            checksum += state.handles[event[HANDLE], REQUESTING_NODE]
    for position in range(count):
        if indexes[position] >= 0 and events[first_event + position, KIND] == RELEASE:
            indexes[position] = state.cells[indexes[position], SLOT]
    for position in range(count):
        slot = indexes[position]
        if slot >= 0:
            row = state.blocks[slot]
            ordinal = row[QUEUE_TAIL] if events[first_event + position, KIND] == RELEASE else row[QUEUE_HEAD]
            indexes[position] = row[OFFSET] + max(ordinal, 0)
            checksum += row[UNSELECTED]
    for position in range(count):
        if indexes[position] >= 0:
            checksum += state.cells[indexes[position], HOLDER]
    indexes[0] = checksum


@inlined
def _release_handle(state, handle, address_indexes):
    """Free the addresses of a handle."""
    status = NOTHING_TO_RELEASE
    while state.handles[handle, FIRST_ADDRESS] >= 0 and state.meta[COOLING_LENGTH] + RELEASE_BATCH <= len(
        state.cooling
    ):
        count, address_index = 0, state.handles[handle, FIRST_ADDRESS]
        while address_index >= 0 and count < RELEASE_BATCH:
            position = count
            while position and address_indexes[position - 1] > address_index:
                address_indexes[position] = address_indexes[position - 1]
                position -= 1
            address_indexes[position] = address_index
            count += 1
            address_index = state.cells[address_index, NEXT_OF_HANDLE]
        release_addresses(state, address_indexes, count)
        status = OK
    return status


@compiled
def place_pods(
    state,
    nodes,
    counts,
    family,
    first_handle,
    first_position,
    ranges,
    requests,
    node_requests,
    assigned_counts,
    statuses,
    strict_affinity,
    auto_allocate,
    out,
):
    """Place many pods on each of many nodes, one node after the other, a handle each.

    Parameters
    ----------
    state, ranges, requests, strict_affinity, auto_allocate
        As for `run_events`.
    nodes, counts, node_requests
        The nodes in order, how many pods each is to get, and the request of each.
    family
        0 for IPv4, 1 for IPv6.
    first_handle
        The handle of the first pod; the others follow.
    first_position
        The place in `nodes` to begin at.
    assigned_counts, statuses
        How many each has got, and why not all; written.
    out
        Room for the most pods of a node.

    Returns
    -------
    int
        The place at which room ran out, or the number of nodes.
    """
    handle = first_handle
    for position in range(first_position):
        handle += counts[position]
    for position in range(first_position, len(nodes)):
        request = requests[node_requests[position]]
        first_range, range_count = request[2 * family], request[2 * family + 1]
        if range_count == 0:
            statuses[position] = NO_POOL
        elif assigned_counts[position] < counts[position]:
            assigned_count, status = assign(
                state,
                nodes[position],
                family,
                ranges[first_range : first_range + range_count],
                range_count,
                counts[position] - assigned_counts[position],
                handle + assigned_counts[position],
                1,
                request[MAX_BLOCKS],
                strict_affinity,
                auto_allocate,
                request[IS_WINDOWS] != 0,
                out,
            )
            for offset in range(assigned_counts[position], assigned_counts[position] + assigned_count):
                state.handles[handle + offset, REQUESTING_NODE] = nodes[position]
            assigned_counts[position] += assigned_count
            if status == ARRAYS_FULL:
                return position
            statuses[position] = TOO_FEW if status == OK and assigned_counts[position] < counts[position] else status
        handle += counts[position]
    return len(nodes)


@inlined
def count_borrowed(state, block):
    """Count the addresses of a block that handles of other nodes than its owner hold."""
    borrowed = 0
    for address_index in range(block[OFFSET], block[OFFSET] + block_size(state, block)):
        handle = state.cells[address_index, HOLDER]
        if handle >= 0 and state.handles[handle, REQUESTING_NODE] != block[OWNER]:
            borrowed += 1
    return borrowed


@compiled
def count_addresses(state, counts):
    """Count, for each row of blocks, the addresses in use, those of them that are borrowed, and those that cool down.

    Parameters
    ----------
    state
        All there is.
    counts
        (rows of blocks ever used, 3), written.
    """
    for slot in range(len(counts)):
        counts[slot, 0] = counts[slot, 1] = counts[slot, 2] = 0
        block = state.blocks[slot]
        if block[RANGE_INDEX] == UNUSED_SLOT:
            continue
        counts[slot, 0] = block[USED]
        counts[slot, 1] = count_borrowed(state, block)
        counts[slot, 2] = block[COOLING_COUNT]
