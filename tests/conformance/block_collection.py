"""Recorded states in which kube-controllers of a release gives empty blocks back: which block goes, and when.

Where several outcomes were recorded, as the order of a Go map decides, one of them has to come out.
"""

import ipaddress

from ippoolkit.calico.releases import Release
from ippoolkit.cidr import Cidr
from ippoolkit.ipam import Ipam
from ippoolkit.model import Allocation, Block, IPPool

KEYS = {"scenario", "calico", "grace", "tick", "actions", "released"}
_SEEDS = 20  # draws that are tried, so that each recorded outcome has a chance


def differences(case):
    """Return what differs from the recording, of the release and of the one that was run beside it."""
    alternatives = [
        case["released"],
        *(_released(alternative) for alternative in case.get("released_alternatives", ())),
    ]
    mismatches = _differences(case, case["calico"], alternatives, case["end"]["t"])
    if control := case.get("control"):
        expected = [
            control["released"],
            *(_released(alternative) for alternative in control.get("released_alternatives", ())),
        ]
        mismatches += _differences(case, control["calico"], expected, case["end"]["t"])
    return mismatches


def _released(alternative):
    return alternative["released"] if isinstance(alternative, dict) else alternative


def _differences(case, calico, alternatives, end):
    expected = [
        sorted((alternative["block"], alternative["host"], alternative["t"]) for alternative in released)
        for released in alternatives
    ]
    outcomes = [sorted(_run(case, calico, end, seed)) for seed in range(_SEEDS if len(expected) > 1 else 1)]
    wrong = [outcome for outcome in outcomes if outcome not in expected]
    return [f"{calico}: gives back {wrong[0]}; recorded: {expected[0]}"] if wrong else []


def _run(case, calico, end, seed):
    """Return what is given back: block, host, seconds."""
    ipam = Ipam(seed=seed, release=Release.parse(calico))
    for number, pool in enumerate(case["pools"]):
        ipam.resources.create_pool(IPPool(name=f"p{number}", cidr=pool["cidr"], block_size=pool["blockSize"]))
    for block in case["start"]["blocks"]:
        host = block["affinity"].removeprefix("host:")
        if host not in ipam.store.nodes:
            ipam.resources.create_node(host)
        ipam.restore_block(_block(block))
    ipam.controllers.start(case["grace"], first_tick=case["tick"])
    released = []
    actions = sorted(case["actions"], key=lambda action: action["t"])
    times = sorted({action["t"] for action in actions} | set(range(0, end + 1, case["tick"])))
    for now in times:
        released += _advance(ipam, now - ipam.store.now)
        for action in (action for action in actions if action["t"] == now):
            _do(ipam, action)
        released += _advance(ipam, 0)
    return released


def _advance(ipam, seconds):
    """Let time pass; return what was given back, which happens at ticks and right after changes only."""
    before = {block["cidr"]: block["affinity"] for block in ipam.blocks()}
    ipam.controllers.advance(seconds)
    after = {block["cidr"] for block in ipam.blocks()}
    return [
        (str(cidr), affinity.removeprefix("host:"), round(ipam.store.now))
        for cidr, affinity in before.items()
        if cidr not in after
    ]


def _block(block):
    cidr = Cidr.parse(block["cidr"])
    allocations = tuple(
        Allocation(ordinal=ordinal, handle=str(ipaddress.ip_address(cidr.first + ordinal)))
        for ordinal in range(block["used"])
    )
    return Block(cidr=cidr, affinity=block["affinity"], allocations=allocations)


def _do(ipam, action):
    if "release" in action:
        ipam.requests.release_ips([ipaddress.ip_address(address) for address in action["release"]])
    else:
        for number in range(action["assign"]):
            ipam.requests.assign(action["host"], f"pod-{action['t']}-{number}", 1)
