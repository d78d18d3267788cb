"""A recorded timeline of kube-controllers: which blocks and addresses go, when, and what stays.

What people and CNI plugins did is taken from the recording; what kube-controllers does about it has to come out alike,
within one tick. Which of several empty blocks of a node stays is random, so blocks are told by their nodes.
"""

import ipaddress
import re

from ippoolkit.cidr import Cidr
from ippoolkit.ipam import Ipam
from ippoolkit.model import Allocation, Block, IPPool

KEYS = {"t"}
SEEDS = 4  # which of several empty blocks stays is random: so many draws are tried
_STEP = 0.1
_SLACK = 2.5  # polls, and the second in which updates are gathered
_IP = re.compile(r'ip="([^"]+)"')
_TICK = re.compile(r"periodic IPAM sync every (?:(\d+)m(?!s))?(?:([\d.]+)s|(\d+)ms)?")


def compare(lines):
    """Run a timeline; return that there is one, and what differs; chance is tried a few times."""
    first_differences = []
    for seed in range(SEEDS):
        if not (differences := _differences(lines, seed)):
            return 1, []
        first_differences = first_differences or differences
    return 1, first_differences[:1]


def _differences(lines, seed):
    lines = sorted(lines, key=lambda line: line["t"])
    start = next(line["start"] for line in lines if "start" in line)
    end = next(line for line in lines if "end" in line)
    name = start["scenario"]
    inputs, recorded = _split(lines, _confirmed(lines))
    ipam = _begin(start, lines, seed)
    predicted, tick = _run(ipam, inputs, end["t"])
    mismatches = []
    for subject in ("block", "address"):
        theirs = sorted((holder, time) for kind, holder, time in recorded if kind == subject)
        ours = sorted((holder, time) for kind, holder, time in predicted if kind == subject)
        if [holder for holder, _ in theirs] != [holder for holder, _ in ours]:
            mismatches.append(f"{name}: of each {subject} go {ours}; recorded: {theirs}")
            continue
        mismatches += [
            f"{name}: {subject} of {holder} goes at {mine:.1f}; recorded: {time}"
            for (holder, time), (_, mine) in zip(theirs, ours, strict=True)
            if abs(time - mine) > tick + _SLACK
        ]
    final = sorted(_described(ipam))
    if final != sorted(end["end"]["blocks"].values()):
        mismatches.append(f"{name}: at the end {final}; recorded: {sorted(end['end']['blocks'].values())}")
    return mismatches


def _confirmed(lines):
    """Addresses that kube-controllers released, with the time."""
    return {(_IP.search(line["log"])[1], line["t"]) for line in lines if "Confirmed IP leak" in line.get("log", "")}


def _split(lines, goes):
    """What was done to the cluster, and what kube-controllers did."""
    inputs, recorded = [], []
    action, deleted = {"t": 0, "action": ""}, set()
    deleting = -9
    for line in lines:
        time = line["t"]
        if "action" in line:
            action = line
            deleting = time if "delete ippool" in line["action"] else deleting
            for node in re.findall(r"node (\w+) deleted", line["action"]):
                inputs.append((time, "remove", node))
                deleted.add(node)
            if "restarted" in line["action"]:
                inputs.append((time, "stop", ""))
        elif "log" in line:
            inputs += _from_log(line, action, goes, deleted)
        by_hand = 0 <= time - deleting < 1.5
        for address, holder in line.get("addresses_released", {}).items():
            if any(ip == address and 0 <= time - t < 3 for ip, t in goes):
                recorded.append(("address", holder.rpartition("@")[2], time))
            else:
                inputs.append((time, "release", address))
        for address, holder in line.get("addresses_new", {}).items():
            inputs.append((time, "assign", (address, holder)))
        emptied = {cidr for cidr, now in line.get("blocks_changed", {}).items() if "-> none" in now}
        if by_hand:
            deleted_blocks = set(line.get("blocks_deleted", {})) | emptied
            inputs += [(time, "affinity", cidr) for cidr in sorted(deleted_blocks)]
        else:
            # a block without affinity goes with its last address, whoever frees it
            deleted_blocks = [was for was in line.get("blocks_deleted", {}).values() if was.startswith("host:")]
            recorded += [("block", was.split()[0], time) for was in deleted_blocks]
    return sorted(inputs, key=lambda entry: entry[0]), recorded


def _from_log(line, action, goes, deleted):
    log, time = line["log"], line["t"]
    if match := _TICK.search(log):
        minutes, seconds, milliseconds = match.groups()
        period = 60 * int(minutes or 0) + float(seconds or 0) + int(milliseconds or 0) / 1000
        return [(max(time, 0), "start", (period, time))]
    if "IP leak" not in log:
        return []
    address = _IP.search(log)[1]
    node = re.search(r'node="([^"]+)"', log)[1]
    if "Confirmed" in log:
        return [(action["t"], "lose", (address, False))] if node in deleted and "pod=" in log else []
    # Every pod's end shows up as a candidate for a moment; a leak is what is confirmed later.
    if "Candidate" not in log or not any(ip == address and t >= time for ip, t in goes):
        return []
    return [(action["t"], "lose", (address, time - action["t"] > 1.5))]


def _begin(start, lines, seed):
    ipam = Ipam(seed=seed)
    known = {}
    for line in lines:
        for address, holder in line.get("addresses_released", {}).items():
            known.setdefault(address, holder)
    for line in lines:
        if "Candidate" in line.get("log", ""):
            known.setdefault(_IP.search(line["log"])[1], "")
    later = set()  # free at the start, for somebody is given them before anybody frees them
    freed = set()
    for line in lines:
        later |= set(line.get("addresses_new", {})) - freed
        freed |= set(line.get("addresses_released", {}))
    blocks = {Cidr.parse(cidr): text for cidr, text in start["blocks"].items()}
    new = [Cidr.parse(cidr) for line in lines for cidr in line.get("blocks_new", {})]
    for number, cidr in enumerate(sorted({cidr.with_prefix(min(cidr.prefix, 24)) for cidr in [*blocks, *new]})):
        ipam.resources.create_pool(
            IPPool(
                name=f"p{number}",
                cidr=cidr,
                block_size=next(block.prefix for block in [*blocks, *new] if block in cidr),
            )
        )
    for holder in known.values():
        if (node := holder.rpartition("@")[2]) and node not in ipam.store.nodes:
            ipam.resources.create_node(node)
    for cidr, text in blocks.items():
        owner, fill = text.split()
        host = owner.removeprefix("host:") if owner != "none" else ""
        if host and host not in ipam.store.nodes:
            ipam.resources.create_node(host)
        used = int(fill.split("/")[0])
        addresses = [str(ipaddress.ip_address(cidr.first + ordinal)) for ordinal in range(cidr.size)]
        windows = [0, 1, 2, cidr.size - 1] if host.startswith("win") else []
        able = [ordinal for ordinal in range(cidr.size) if addresses[ordinal] not in later]
        first = [ordinal for ordinal in able if addresses[ordinal] in known and ordinal not in windows]
        others_able = [ordinal for ordinal in able if ordinal not in first and ordinal not in windows]
        allocated = [*windows, *first, *others_able][:used]
        allocations = []
        for ordinal in sorted(allocated):
            holder = known.get(addresses[ordinal], "")
            handle = "windows-reserved-ipam-handle" if ordinal in windows else addresses[ordinal]
            tunnel = "vxlanTunnelAddress" if holder.startswith("vxlan-tunnel") else ""
            node = holder.rpartition("@")[2] or host
            allocations.append(Allocation(ordinal=ordinal, handle=handle, node=node, type=tunnel))
        ipam.restore_block(Block(cidr=cidr, affinity=f"host:{host}" if host else "", allocations=tuple(allocations)))
    return ipam


def _run(ipam, inputs, end):
    """Carry the inputs out; return what goes without them, and the length of a tick."""
    removed, tick, place, now = [], 0, 0, 0.0
    before = _state(ipam)
    while now < end:
        now += _STEP
        ipam.controllers.advance(_STEP)
        after = _state(ipam)
        removed += [("block", owner, now) for cidr, owner in before[0].items() if cidr not in after[0] and owner]
        removed += [("address", holder, now) for address, holder in before[1].items() if address not in after[1]]
        while place < len(inputs) and inputs[place][0] <= now:
            _, action, whom = inputs[place]
            if action == "start":
                tick = whom[0]
                ipam.controllers.start(0 if tick >= 300 else 2 * tick, first_tick=max(tick - (now - whom[1]), 0))
            else:
                _do(ipam, action, whom)
            place += 1
        before = _state(ipam)
    return removed, tick if tick < 300 else 0


def _do(ipam, action, whom):
    match action:
        case "stop":
            ipam.controllers.stop()
        case "remove":
            ipam.controllers.delete_node(whom)
        case "release":
            ipam.requests.release_ips([ipaddress.ip_address(whom)])
        case "assign":
            address, holder = whom
            if holder.rpartition("@")[2] not in ipam.store.nodes:
                ipam.resources.create_node(holder.rpartition("@")[2])
            ipam.requests.assign_ip(holder.rpartition("@")[2], address, ipaddress.ip_address(address))
        case "affinity":
            ipam.requests.release_block_affinity(Cidr.parse(whom))
        case "lose":
            ipam.controllers.leak_pod(whom[0], at_tick=whom[1])


def _state(ipam):
    blocks, addresses = {}, {}
    for block in ipam.blocks():
        blocks[block["cidr"]] = block["affinity"]
        for handle, ordinals in block["allocated"].items():
            if handle != "windows-reserved-ipam-handle":
                for ordinal in ordinals:
                    addresses[block["cidr"].first + ordinal] = ipam.store.node_of_handle(handle)
    return blocks, addresses


def _described(ipam):
    for block in ipam.blocks():
        used = sum(map(len, block["allocated"].values())) + len(block["cooling"])
        yield f"{block['affinity'] or 'none'} {used}/{block['cidr'].size}"
