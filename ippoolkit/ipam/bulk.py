"""Many requests in one call: events as arrays. Compiled."""

from __future__ import annotations

from .blocks import BATCH, room, soil
from .compiler import compiled, inlined
from .control import catch_up
from .core import assign, release
from .layout import (
    COOLING,
    DONE,
    FIFO_LEN,
    FIRST,
    FULL,
    GONE,
    HEAD,
    HOLDER,
    MOST_HELD,
    NOW,
    OF_RANGE,
    OFFSET,
    OWNER,
    PLACED,
    SHIFT,
    SIBLING,
    SLOT,
    TAIL,
    TICK_AT,
    UNSELECTED,
    USED,
)

# Columns of an event.
KIND, NODE, HANDLE, REQUEST, TIME = range(5)
EVENT = TIME + 1
# Kinds of event: an address of IPv4, of IPv6, of both; a release; a node comes, a node goes.
ASSIGN4, ASSIGN6, ASSIGN_BOTH, RELEASE, NODE_COMES, NODE_GOES = range(6)
# Columns of a request: per family where its ranges begin and how many there are; its cap on blocks; whether Windows
# keeps addresses back.
FIRST4, COUNT4, FIRST6, COUNT6, CAP, FOR_WINDOWS = range(6)
REQUEST_WIDTH = FOR_WINDOWS + 1
AHEAD = MOST_HELD  # events that are looked ahead to; `out` has room for a number of each
# Answers beyond those of the core: fewer addresses than asked for, nothing to release, no pool.
SHORT, NOTHING, NO_POOL = 7, 8, 9


@compiled
def run(state, events, begin, rows, requests, answers, strict, claims, out):
    """Carry out events until the end, or until there is no room for another block.

    Parameters
    ----------
    state, strict, claims
        As for `assign`.
    events
        A row each, in order of time.
    begin
        The first event to carry out.
    rows, requests
        The ranges of all requests, and the requests.
    answers
        Room for an answer to each event.
    out
        Room for `MOST_HELD` numbers.

    Returns
    -------
    int
        The event at which room ran out, or their number.
    """
    largest = 1
    for place in range(len(rows)):
        largest = max(largest, 1 << state.ranges[rows[place, 0], SHIFT])
    for number in range(begin, len(events)):
        if not room(state, 2, largest):
            return number
        if (number - begin) % AHEAD == 0:
            _look_ahead(state, events, number, out)
        event = events[number]
        if state.meta[TICK_AT] >= 0 or state.meta[FIFO_LEN]:
            catch_up(state, event[TIME])
        else:
            state.meta[NOW] = event[TIME]
        kind, node, handle = event[KIND], event[NODE], event[HANDLE]
        if kind == RELEASE:
            answers[number] = _release_handle(state, handle, out)
        elif kind == NODE_COMES:
            state.alive[node] = 1
            answers[number] = DONE
        elif kind == NODE_GOES:
            state.alive[node] = 0
            soil(state, node, 2 * BATCH)
            answers[number] = DONE
        else:
            state.handles[handle, PLACED] = node
            request = requests[event[REQUEST]]
            answer = DONE
            for family in range(2):
                if kind != ASSIGN_BOTH and kind != family:
                    continue
                first, count = request[2 * family], request[2 * family + 1]
                if count == 0:
                    answer = NO_POOL
                    break
                done, answer = assign(
                    state, node, family, rows[first:first + count], count, 1, handle, 0, request[CAP],
                    strict, claims, request[FOR_WINDOWS] != 0, out,
                )  # fmt: skip
                if answer == DONE and done == 0:
                    answer = SHORT
                if answer != DONE:
                    break
            if answer != DONE and kind == ASSIGN_BOTH:
                _release_handle(state, handle, out)  # the CNI plugin gives the other family back
            answers[number] = answer
    return len(events)


@inlined
def _look_ahead(state, events, begin, found):
    """Read what the next events need, step by step for all: so memory is waited for once, not event by event."""
    count = min(AHEAD, len(events) - begin)
    read = 0
    for place in range(count):
        event = events[begin + place]
        if event[KIND] == RELEASE:
            found[place] = state.handles[event[HANDLE], FIRST]
        else:
            found[place] = state.held[1 if event[KIND] == ASSIGN6 else 0, event[NODE]]
            read += state.handles[event[HANDLE], PLACED]
    for place in range(count):
        if found[place] >= 0 and events[begin + place, KIND] == RELEASE:
            found[place] = state.cells[found[place], SLOT]
    for place in range(count):
        slot = found[place]
        if slot >= 0:
            row = state.blocks[slot]
            ordinal = row[TAIL] if events[begin + place, KIND] == RELEASE else row[HEAD]
            found[place] = row[OFFSET] + max(ordinal, 0)
            read += row[UNSELECTED]
    for place in range(count):
        if found[place] >= 0:
            read += state.cells[found[place], HOLDER]
    found[0] = read


@inlined
def _release_handle(state, handle, held):
    """Free the addresses of a handle."""
    answer = NOTHING
    while state.handles[handle, FIRST] >= 0 and state.meta[FIFO_LEN] + MOST_HELD <= len(state.fifo):
        count, at = 0, state.handles[handle, FIRST]
        while at >= 0 and count < MOST_HELD:
            place = count
            while place and held[place - 1] > at:
                held[place] = held[place - 1]
                place -= 1
            held[place] = at
            count += 1
            at = state.cells[at, SIBLING]
        release(state, held, count)
        answer = DONE
    return answer


@compiled
def place(
    state, nodes, counts, family, first_handle, begin, rows, requests, of, got, answers, strict, claims, out
):  # fmt: skip
    """Place many pods on each of many nodes, one node after the other, a handle each.

    Parameters
    ----------
    state, rows, requests, strict, claims
        As for `run`.
    nodes, counts, of
        The nodes in order, how many pods each is to get, and the request of each.
    family
        0 for IPv4, 1 for IPv6.
    first_handle
        The handle of the first pod; the others follow.
    begin
        The place in `nodes` to begin at.
    got, answers
        How many each has got, and why not all; written.
    out
        Room for the most pods of a node.

    Returns
    -------
    int
        The place at which room ran out, or the number of nodes.
    """
    handle = first_handle
    for place in range(begin):
        handle += counts[place]
    for place in range(begin, len(nodes)):
        request = requests[of[place]]
        first, count = request[2 * family], request[2 * family + 1]
        if count == 0:
            answers[place] = NO_POOL
        elif got[place] < counts[place]:
            done, answer = assign(
                state, nodes[place], family, rows[first:first + count], count,
                counts[place] - got[place], handle + got[place], 1, request[CAP], strict, claims,
                request[FOR_WINDOWS] != 0, out,
            )  # fmt: skip
            for number in range(got[place], got[place] + done):
                state.handles[handle + number, PLACED] = nodes[place]
            got[place] += done
            if answer == FULL:
                return place
            answers[place] = SHORT if answer == DONE and got[place] < counts[place] else answer
        handle += counts[place]
    return len(nodes)


@compiled
def tally(state, counts):
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
        if block[OF_RANGE] == GONE:
            continue
        counts[slot, 0] = block[USED]
        counts[slot, 2] = block[COOLING]
        for at in range(block[OFFSET], block[OFFSET] + (1 << state.ranges[block[OF_RANGE], SHIFT])):
            handle = state.cells[at, HOLDER]
            if handle >= 0 and state.handles[handle, PLACED] != block[OWNER]:
                counts[slot, 1] += 1
