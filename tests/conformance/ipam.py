"""A recorded trace of IPAM: every operation's addresses, messages and errors, the blocks, the utilisation."""

import ipaddress

from ippoolkit.calico.releases import NEWEST, Release
from ippoolkit.cidr import ADDRESS_BITS, Cidr, CidrError
from ippoolkit.findings import RULES
from ippoolkit.ipam import Ipam, IpamError
from ippoolkit.read import to_model

from .utilization import utilization

KEYS = {"trace", "kind", "note"}
_CLAMP = 2**63 - 1
_CONFIG = {
    "strictAffinity": "strict_affinity",
    "autoAllocateBlocks": "auto_allocate_blocks",
    "maxBlocksPerHost": "max_blocks_per_host",
    "ipCooldownSeconds": "ip_cooldown_seconds",
}
_POOL = {
    "disabled": "disabled",
    "nodeSelector": "node_selector",
    "namespaceSelector": "namespace_selector",
    "allowedUses": "allowed_uses",
    "assignmentMode": "assignment_mode",
    "blockSize": "block_size",
    "cidr": "cidr",
}


def compare(lines):
    """Run a trace; return how many operations there are, and what differs."""
    head, *operations = lines
    release = release_of(head)
    ipam = Ipam(datastore=head.get("datastore", "kubernetes"), release=release)
    differences = []
    for number, operation in enumerate(operations, 2):
        ours, theirs = _run(ipam, operation), dict(operation.get("result") or {})
        for result in (ours, theirs):
            if "unallocated" in result:  # their order means nothing
                result["unallocated"] = sorted(result["unallocated"])
        if ours != _normal(operation["op"], theirs, ours):
            differences.append(
                f"{head['trace']}:{number}: {operation['op']} gives {ours}; recorded: {operation['result']}"
            )
    return len(operations), differences


def release_of(head):
    """The release of a recording: the newest where none is named."""
    name = str(head.get("calico", "")).partition(" ")[0]
    return Release.parse(name) if name else NEWEST


def _without_dropped(operation):
    """An operation without the fields that its release does not know."""
    remaining = {key: value for key, value in operation.items() if key != "dropped"}
    for name in operation.get("dropped", ()):
        parent, _, field = name.rpartition(".")
        if parent:
            remaining[parent] = {key: value for key, value in remaining[parent].items() if key != field}
        else:
            remaining.pop(field, None)
    return remaining


def _normal(op, theirs, ours):
    """Their result, with our codes in place of Calico's words where they mean the same."""
    normalized = dict(theirs)
    if "error" in normalized:
        normalized["error"] = _code(normalized["error"], ours.get("error"))
    if "messages" in normalized:
        codes = ours.get("messages") or []
        normalized["messages"] = [_code(text, code) for text, code in zip(normalized["messages"], codes, strict=False)]
        if len(codes) != len(theirs["messages"]):
            normalized["messages"] = theirs["messages"]
    return normalized


def _code(text, code):
    return code if code and any(part in text for part in RULES[code].calico_messages) else text


def _run(ipam, operation):
    op = _without_dropped(operation)
    name = op.pop("op")
    op.pop("result", None)
    if name == "config" and not op:
        return {}  # nothing of it is known to the release: no call was made
    try:
        return _DO[name](ipam, **op) or {}
    except IpamError as error:
        return {"error": error.finding.code}
    except CidrError as error:
        return {"error": error.code}


def _assign(
    ipam,
    host,
    handle,
    v4=0,
    v6=0,
    use="Workload",
    pools4=(),
    pools6=(),
    namespaceLabels=None,
    maxBlocks=0,
    windows=False,
):
    assignment = ipam.requests.assign(
        host,
        handle,
        v4,
        v6,
        use=use,
        ipv4_pools=pools4,
        ipv6_pools=pools6,
        namespace_labels=namespaceLabels,
        max_blocks=maxBlocks,
        windows=windows,
    )
    result = {}
    if v4:
        result["v4"] = [str(address) for address in assignment.v4]
    if v6:
        result["v6"] = [str(address) for address in assignment.v6]
    if assignment.messages:
        result["messages"] = [message.code for message in assignment.messages]
    if assignment.error:
        result["error"] = assignment.error.code
    return result


def _set(ipam, name, spec):
    changes = {_POOL[key]: value for key, value in spec.items()}
    if "cidr" in changes:
        changes["cidr"] = Cidr.parse(changes["cidr"])
    if "allowed_uses" in changes:
        changes["allowed_uses"] = tuple(changes["allowed_uses"])
    ipam.resources.change_pool(name, **changes)


def _blocks(ipam):
    rows = []
    for block in ipam.blocks():
        row = {
            "cidr": str(block["cidr"]),
            "affinity": block["affinity"] or None,
            "free": block["free"],
            "allocated": block["allocated"],
        }
        rows.append(row | ({"cooling": block["cooling"]} if block["cooling"] else {}))
    return {"blocks": rows}


def _reserved_cidr(text, release):
    """Read an entry of reservedCIDRs, of which releases before v3.33 take a bare address as a range of one."""
    if "/" not in text and not release.has("reservation-cidrs-only"):
        text = f"{text}/{ADDRESS_BITS[6 if ':' in text else 4]}"
    return Cidr.parse_ignoring_host_bits(text)


def _utilization(ipam):
    return {"pools": [_clamped(ipam, row) for row in utilization(ipam)]}


def _clamped(ipam, row):
    """The figures as Calico's 64-bit numbers have them: clamped, then added up beyond their end."""
    if row["capacity"] <= _CLAMP or not ipam.store.release.has("utilization-reserved"):
        return row
    in_blocks = row["blocks"] * ipam.store.pools[row["name"]].addresses_per_block
    free = row["available"] - (row["capacity"] - in_blocks)
    wrapped = (_CLAMP + free + 2**63) % 2**64 - 2**63
    return {**row, "capacity": _CLAMP, "available": wrapped}


_DO = {
    "pool-create": lambda ipam, name, spec: ipam.resources.create_pool(
        to_model("IPPool", {"metadata": {"name": name}, "spec": spec})
    ),
    "pool-set": _set,
    "pool-delete": lambda ipam, name: ipam.resources.delete_pool(name),
    "node-create": lambda ipam, name, labels: ipam.resources.create_node(name, labels),
    "node-labels": lambda ipam, name, labels: ipam.resources.label_node(name, labels),
    "node-delete": lambda ipam, name: ipam.resources.delete_node(name),
    "config": lambda ipam, **changes: ipam.resources.configure(
        **{_CONFIG[key]: value for key, value in changes.items()}
    ),
    "reservation-create": lambda ipam, name, cidrs: ipam.resources.create_reservation(
        name, [_reserved_cidr(cidr, ipam.store.release) for cidr in cidrs]
    ),
    "reservation-delete": lambda ipam, name: ipam.resources.delete_reservation(name),
    "assign": _assign,
    "assign-ip": lambda ipam, host, handle, ip: ipam.requests.assign_ip(host, handle, ipaddress.ip_address(ip)),
    "release": lambda ipam, handle: ipam.requests.release_handle(handle),
    "release-ips": lambda ipam, ips: {
        "unallocated": [str(address) for address in ipam.requests.release_ips(map(ipaddress.ip_address, ips))]
    },
    "release-host": lambda ipam, host, mustBeEmpty: ipam.requests.release_host_affinities(
        host, must_be_empty=mustBeEmpty
    ),
    "sleep": lambda ipam, seconds: ipam.controllers.advance(seconds),
    "blocks": _blocks,
    "utilization": _utilization,
}
