"""Many random runs in one call: pods arrive and end, nodes join and leave, run after run. Compiled."""

from __future__ import annotations

import numpy as np

from .batch_events import (
    ASSIGN_BOTH,
    EVENT_WIDTH,
    HANDLE,
    KIND,
    NODE,
    RELEASE,
    REQUEST,
    TIME,
    count_borrowed,
    run_events,
)
from .compilation import compiled, inlined, internal
from .layout import OK, RANGE_INDEX, SLOT_COUNT, UNUSED_SLOT, USED

DAY = 86_400_000_000  # microseconds
# Columns of a day's figures.
PODS, NODES, ADDRESSES, BLOCKS, IDLE_BLOCKS, BORROWED, FAILURES = range(7)
FIGURE_COUNT = FAILURES + 1
# Columns of a run's outcome: its first failure (day -1: none), and how many operations it took; OUT_OF_ROOM where the
# arrays were too small, so that it ended early.
FAILED_DAY, FAILED_NODE, FAILED_STATUS, FAILED_REQUEST, OPERATIONS, OUT_OF_ROOM = range(6)
OUTCOME_WIDTH = OUT_OF_ROOM + 1
# Columns of a run's distributions: pods more each day, mean lifetime in days, nodes that join and that leave a day.
GROWTH, LIFETIME, JOINS, LEAVES = range(4)


@internal
def _copy_vector(target, source):
    # An assignment of slices would allocate, which nothing compiled here may.
    for index in range(len(source)):
        target[index] = source[index]


@internal
def _copy_table(target, source):
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            target[row, column] = source[row, column]


@inlined
def _restore(state, template):
    """Make the state what the template is; seeds, spans and groups never change."""
    _copy_vector(state.meta, template.meta)
    _copy_vector(state.bitmaps, template.bitmaps)
    _copy_vector(state.reserved, template.reserved)
    _copy_vector(state.released_at, template.released_at)
    _copy_vector(state.table, template.table)
    _copy_vector(state.exists, template.exists)
    _copy_vector(state.is_dirty, template.is_dirty)
    _copy_vector(state.dirty_nodes, template.dirty_nodes)
    _copy_table(state.ranges, template.ranges)
    _copy_table(state.blocks, template.blocks)
    _copy_table(state.wide, template.wide)
    _copy_table(state.keys, template.keys)
    _copy_table(state.cells, template.cells)
    _copy_table(state.first_owned, template.first_owned)
    _copy_table(state.handles, template.handles)
    _copy_table(state.cooling, template.cooling)
    _copy_table(state.seen_empty, template.seen_empty)
    for node in range(template.start_indexes.shape[0]):
        _copy_table(state.start_indexes[node], template.start_indexes[node])


@inlined
def _append(events, count, row, time):
    """Add an event at a time of its own."""
    for column in range(EVENT_WIDTH):
        events[count, column] = row[column]
    events[count, TIME] = time


@inlined
def _count(state, figures):
    """Count addresses, blocks, those without any, and borrowed addresses."""
    for column in (ADDRESSES, BLOCKS, IDLE_BLOCKS, BORROWED):
        figures[column] = 0
    for slot in range(state.meta[SLOT_COUNT]):
        block = state.blocks[slot]
        if block[RANGE_INDEX] == UNUSED_SLOT:
            continue
        figures[BLOCKS] += 1
        figures[ADDRESSES] += block[USED]
        if block[USED] == 0:
            figures[IDLE_BLOCKS] += 1
        else:
            figures[BORROWED] += count_borrowed(state, block)


@compiled
def run_many(
    state,
    template,
    seeds,
    rates,
    days_per_row,
    first_day,
    pods,
    pod_nodes,
    pods_at_start,
    idle,
    idle_at_start,
    nodes,
    nodes_at_start,
    kinds,
    node_requests,
    joins,
    join_starts,
    leaves,
    leave_starts,
    events,
    statuses,
    ranges,
    requests,
    strict_affinity,
    auto_allocate,
    out,
    figures,
    outcomes,
):
    """Carry out runs, each from the same start.

    Parameters
    ----------
    state, template
        What is worked on, and what each run starts from: arrays of equal shapes.
    seeds, rates
        Shape (runs,), (runs, 4): where each run's random numbers begin, and its distributions.
    days_per_row
        Days between two rows of figures.
    first_day
        The day that the runs start on, so that time goes on from the template's.
    pods, pod_nodes, pods_at_start
        The running pods and their nodes: in the first row at the start, the second is worked on.
    idle, idle_at_start
        Room for the pods that do not run, and how many of them wait at the start.
    nodes, nodes_at_start
        Nodes in the order of joining; how many exist at the start.
    kinds, node_requests
        Kind of event and request of each node's pods.
    joins, join_starts, leaves, leave_starts
        Events of each node's coming and going, one after the other, and where each node's begin.
    events, statuses
        Room for the events of one day.
    ranges, requests, strict_affinity, auto_allocate, out
        As for `run_events`.
    figures
        Shape (runs, rows, FIGURE_COUNT), written.
    outcomes
        Shape (runs, OUTCOME_WIDTH), written.
    """
    for run in range(len(seeds)):
        _restore(state, template)
        np.random.seed(seeds[run])
        growth, lifetime = rates[run, GROWTH], rates[run, LIFETIME]
        outcomes[run, FAILED_DAY] = -1
        running_count, node_count, joined_count, pods_due = pods_at_start, nodes_at_start, nodes_at_start, 0.0
        idle_count = idle_at_start
        for index in range(running_count):
            pods[1, index], pod_nodes[1, index] = pods[0, index], pod_nodes[0, index]
        for index in range(idle_count):
            idle[1, index] = idle[0, index]
        for index in range(nodes.shape[1]):
            nodes[1, index] = nodes[0, index]
        failures = 0
        for day in range(figures.shape[1] * days_per_row):
            count = 0
            day_start = (first_day + day) * DAY
            # Nodes first, so that pods find them.
            for _ in range(np.random.poisson(rates[run, JOINS])):
                if joined_count == nodes.shape[1]:
                    break
                node = nodes[0, joined_count]
                nodes[1, node_count] = node
                joined_count += 1
                node_count += 1
                for row in range(join_starts[node], join_starts[node + 1]):
                    _append(events, count, joins[row], day_start)
                    count += 1
            for _ in range(np.random.poisson(rates[run, LEAVES])):
                if node_count <= 1:
                    break
                index = int(np.random.random() * node_count)
                node = nodes[1, index]
                node_count -= 1
                nodes[1, index] = nodes[1, node_count]
                position = 0
                while position < running_count and count + 8 < len(events):
                    if pod_nodes[1, position] == node:
                        events[count, KIND], events[count, HANDLE] = RELEASE, pods[1, position]
                        events[count, NODE] = events[count, REQUEST] = 0
                        events[count, TIME] = day_start + 1
                        count += 1
                        idle[1, idle_count] = pods[1, position]
                        idle_count += 1
                        running_count -= 1
                        pods[1, position], pod_nodes[1, position] = pods[1, running_count], pod_nodes[1, running_count]
                        pods_due += 1.0  # its controller makes another
                    else:
                        position += 1
                for row in range(leave_starts[node], leave_starts[node + 1]):
                    _append(events, count, leaves[row], day_start + 2)
                    count += 1
            ends = np.random.poisson(running_count / lifetime) if lifetime > 0 else 0
            pods_due += growth + ends
            starts = max(0, int(np.floor(pods_due)))
            pods_due -= starts
            total = ends + starts
            for number in range(total):
                if count + 2 >= len(events):
                    break
                time = day_start + DAY // 2 + (DAY // 2 - 10) * number // max(1, total)
                is_end = np.random.random() * (total - number) < ends
                if is_end:
                    ends -= 1
                    if running_count == 0:
                        continue
                    index = int(np.random.random() * running_count)
                    pod = pods[1, index]
                    running_count -= 1
                    pods[1, index], pod_nodes[1, index] = pods[1, running_count], pod_nodes[1, running_count]
                    idle[1, idle_count] = pod
                    idle_count += 1
                    events[count, KIND], events[count, NODE], events[count, REQUEST] = RELEASE, 0, 0
                else:
                    if idle_count == 0:
                        continue
                    idle_count -= 1
                    pod = idle[1, idle_count]
                    node = nodes[1, int(np.random.random() * node_count)]
                    pods[1, running_count], pod_nodes[1, running_count] = pod, node
                    running_count += 1
                    events[count, KIND], events[count, NODE] = kinds[node], node
                    events[count, REQUEST] = node_requests[node]
                events[count, HANDLE], events[count, TIME] = pod, time
                count += 1
            event_count = run_events(
                state, events[:count], 0, ranges, requests, statuses[:count], strict_affinity, auto_allocate, out
            )
            outcomes[run, OPERATIONS] += event_count
            for number in range(event_count):
                if statuses[number] == OK or events[number, KIND] > ASSIGN_BOTH:
                    continue
                failures += 1
                if outcomes[run, FAILED_DAY] < 0:
                    outcomes[run, FAILED_DAY] = day
                    outcomes[run, FAILED_NODE] = events[number, NODE]
                    outcomes[run, FAILED_STATUS] = statuses[number]
                    outcomes[run, FAILED_REQUEST] = events[number, REQUEST]
            if event_count < count:
                outcomes[run, OUT_OF_ROOM] = 1
                break
            if (day + 1) % days_per_row == 0:
                row = figures[run, day // days_per_row]
                _count(state, row)
                row[PODS], row[NODES], row[FAILURES] = running_count, node_count, failures
