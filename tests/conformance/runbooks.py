"""A recorded procedure on a real control plane: every figure of pools, blocks, nodes and tunnels after every step.

Given are the commands, which pods came and went where, and which tunnels moved where that is a race. What follows is
the engine's: addresses, blocks, affinities, what is borrowed, refused commands, tunnels. Not recorded, and so not
compared: how many pods wait without an address once some of these were deleted, and pods by pool of a node after
deletions that are not listed (the blocks' own counts say how many they were).
"""

import copy
import ipaddress
import json
import random
import re
import shlex

import yaml

from ippoolkit.change.cluster_state import ClusterState
from ippoolkit.change.tunnels import NodeTunnel
from ippoolkit.cidr import Cidr
from ippoolkit.ipam import Ipam, IpamError
from ippoolkit.model import Allocation, Block
from ippoolkit.read import to_model

from .utilization import utilization

KEYS = {"run", "step", "title"}
SEEDS = 8  # which of two pods with one address goes first is not recorded: the older, the younger, draws
_OUTSIDE = "(outside)"
_COUNTS = (
    "blocks_total",
    "free",
    "allocated",
    "blocks",
    "blocks_empty",
    "blocks_without_affinity",
    "borrowed",
    "pods",
    "tunnel_addresses",
)


def compare(steps):
    """Carry a procedure out; return how many figures were compared, and what differs; chance is tried a few times."""
    results = []
    for seed in range(SEEDS):
        replay = Replay(steps, seed)
        results.append(_compare(steps, replay))
        if not results[-1][1] or not replay.ambiguous:
            break
    return min(results, key=lambda result: len(result[1]))


def _compare(steps, replay):
    count, differences = 0, []
    for step in steps:
        replay.carry_out(step)
        if "state" not in step:
            continue
        ours, theirs = dict(leaves(replay.figures(step["state"]))), dict(leaves(step["state"]))
        differences += [f"{step['run']}:{step['step']}: {difference}" for difference in replay.differences]
        replay.know(step["state"])
        for name, value in ours.items():
            if name not in replay.unknown:
                count += 1
                if theirs.get(name) != value:
                    differences.append(f"{step['run']}:{step['step']}: {name} is {value}; recorded: {theirs.get(name)}")
        count += replay.compared
        replay.differences, replay.compared = [], 0
    return count, differences


def leaves(value, path=""):
    """Every figure of a state with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
        if path:
            yield f"{path} has", sorted(value)
    else:
        yield path, value


class Replay:
    """The engine beside a recording."""

    def __init__(self, steps, seed=0):
        self.steps = steps
        self.seed, self.draw = seed, random.Random(seed)
        self.ambiguous = False
        self.blurred = False  # pods are gone, nobody knows which: so the order of free addresses is not known either
        self.differences, self.compared = [], 0
        self.unknown = set()
        self.pods = {}  # handle -> workload, node, address; those of the beginning without workload
        self.waiting = {}  # workload -> pods without address
        self.created_pods = 0
        self.stored = {}  # pool -> its blockSize as written, None where the field was taken away
        self.cluster_state = self.begin()

    # ---- the beginning

    def begin(self):
        first = self.steps[0]
        state = first["state"]
        ipam = Ipam()
        texts = [step["manifest"] for step in self.steps if step.get("manifest")]
        specs = [document for text in texts for document in yaml.safe_load_all(text)]
        self.tunnel_type = (
            "ipip" if any(spec["spec"].get("ipipMode", "Never") != "Never" for spec in specs) else "vxlan"
        )
        for name, pool in state["pools"].items():
            spec = {key: pool[key] for key in ("cidr", "blockSize", "disabled", "nodeSelector")}
            ipam.resources.create_pool(
                to_model("IPPool", {"metadata": {"name": name}, "spec": self.with_tunnel_mode(spec)})
            )
            self.stored[name] = pool["blockSize"]
        for node in sorted(state["nodes"]):
            ipam.resources.create_node(node)
        cluster_state = ClusterState(ipam)
        known_nodes, later = self.first_addresses()
        owned = [(line, node) for node, node_state in state["nodes"].items() for line in node_state["blocks"]]
        tunnels = {
            node_state["tunnel"]: node for node, node_state in state["nodes"].items() if node_state["tunnel_block"]
        }
        for line, node in [*owned, *((line, "") for line in state["blocks_without_affinity"])]:
            cidr, used = Cidr.parse(line.split()[0]), int(line.split()[1].split("/")[0])
            ipam.restore_block(self.block(cidr, used, node, known_nodes, later, tunnels))
        for address, node in tunnels.items():
            cluster_state.tunnel_addresses[NodeTunnel(node, self.tunnel_type)] = ipaddress.ip_address(address)
        return cluster_state

    def with_tunnel_mode(self, spec):
        return {f"{self.tunnel_type}Mode": "Always", **spec}

    def first_addresses(self):
        """Addresses that the first pods have, with their nodes, and those that are given out before they are freed."""
        known_nodes, counts, later = {}, {}, set()
        for step in self.steps[1:]:
            for _, node, address, new_node, new in moves(step):
                if address and counts.get((node, address)):
                    counts[node, address] -= 1
                elif address:
                    known_nodes.setdefault(address, node)
                if new:
                    counts[new_node, new] = counts.get((new_node, new), 0) + 1
                    later |= {new} - set(known_nodes)
        overlapping = any(step.get("state", {}).get("overlapping_blocks") for step in self.steps)
        return known_nodes, set() if overlapping else later

    def block(self, cidr, used, host, known_nodes, later, tunnels):
        addresses = [str(ipaddress.ip_address(cidr.first + ordinal)) for ordinal in range(cidr.size)]
        mine = [ordinal for ordinal, address in enumerate(addresses) if address in known_nodes or address in tunnels]
        remaining = [ordinal for ordinal in range(cidr.size) if ordinal not in mine]
        remaining.sort(key=lambda ordinal: addresses[ordinal] in later)
        allocations = []
        for ordinal in sorted([*mine, *remaining][:used]):
            address = addresses[ordinal]
            node = tunnels.get(address) or known_nodes.get(address) or host
            handle = NodeTunnel(node, self.tunnel_type).handle if address in tunnels else f"first {address}"
            if address not in tunnels:
                self.pods[handle] = ("", node, address)
            allocations.append(Allocation(ordinal=ordinal, handle=handle, node=node))
        return Block(cidr=cidr, affinity=f"host:{host}" if host else "", allocations=tuple(allocations))

    # ---- steps

    def carry_out(self, step):
        self.unknown = set()
        racing = True
        if "command" in step:
            racing = self.command(step)
        elif isinstance(step.get("summary"), list):
            for node in step["summary"]:
                self.cluster_state.ipam.resources.create_node(node)
        elif isinstance(step.get("summary"), dict) and step is not self.steps[0]:
            if "release_errors" in step["summary"]:
                self.align(step)
            self.move(step)
        if step is not self.steps[0]:
            self.follow_tunnels(step, racing=racing)

    def command(self, step):
        """Do what a command does; return whether what its tunnels do depends on who is first."""
        words = shlex.split(step["command"])
        try:
            trigger = self.execute(words, step)
            failed = False
        except IpamError:
            trigger, failed = "", True
        except RefusedError:
            trigger, failed = "", True
        self.compared += 1
        if failed != bool(step["exit_code"]):
            self.differences.append(f"{step['command']} {'fails' if failed else 'succeeds'}")
        return trigger != "one"

    def execute(self, words, step):
        """Carry a command out; return `one` where one pool came, went, or was switched off or on."""
        tool, verb = words[:2]
        if verb in ("create", "apply", "replace"):
            pools = [to_model("IPPool", document) for document in yaml.safe_load_all(step["manifest"])]
            for pool in pools:
                self.apply_pool(pool, tool, verb, forced="--force" in words)
            return "one" if len(pools) == 1 and verb == "create" else "many"
        if verb == "patch":
            name = next(word for word in words[2:] if word in self.cluster_state.ipam.store.pools)
            return self.patch(name, json.loads(words[words.index("-p") + 1]), tool)
        if verb == "delete" and "pool" in words[2]:
            self.cluster_state.delete(words[-1], tool=tool)
            return "one"
        if words[:3] == ["calicoctl", "ipam", "configure"]:
            strict = re.search(r"--strictaffinity[= ](\w+)", " ".join(words), re.IGNORECASE)
            self.cluster_state.ipam.resources.configure(strict_affinity=strict[1] == "true")
        return ""

    def apply_pool(self, pool, tool, verb, *, forced):
        ipam = self.cluster_state.ipam
        exists = pool.name in ipam.store.pools
        if exists and forced:
            self.cluster_state.delete(pool.name, tool=tool)
            exists = False
        if not exists:
            self.cluster_state.create(pool, tool=tool)
        else:
            if tool == "calicoctl":
                ipam.resources.validate_range(pool)  # apply begins with the checks of create
            elif pool.block_size != ipam.store.pools[pool.name].block_size:
                raise RefusedError
            ipam.resources.change_pool(
                pool.name,
                disabled=pool.disabled,
                node_selector=pool.node_selector,
                block_size=pool.block_size,
                cidr=pool.cidr,
            )
        self.stored[pool.name] = pool.block_size

    def patch(self, name, patch, tool):
        ipam = self.cluster_state.ipam
        if isinstance(patch, list):
            self.stored[name] = None
            ipam.resources.change_pool(
                name, validate=False, block_size=26 if ipam.store.pools[name].version == 4 else 122
            )
            return "many"
        spec = patch.get("spec", {})
        changes = {}
        if "blockSize" in spec:
            if tool == "kubectl" and self.stored[name] not in (None, spec["blockSize"]):
                raise RefusedError
            changes["block_size"] = spec["blockSize"]
        if "cidr" in spec:
            changes["cidr"] = Cidr.parse(spec["cidr"])
        changes |= {
            key: spec[field]
            for key, field in (("disabled", "disabled"), ("node_selector", "nodeSelector"))
            if field in spec
        }
        ipam.resources.change_pool(name, validate=tool == "calicoctl", **changes)
        self.stored[name] = spec.get("blockSize", self.stored[name])
        return "one" if set(spec) == {"disabled"} else "many"

    # ---- tunnels

    def follow_tunnels(self, step, *, racing):
        """Let tunnels follow: by the rule where that decides, in the recorded order of who came first; else as told."""
        recorded_moves = {change["node"]: change["to"] for change in step.get("tunnel_changes") or []}
        failed = []
        if not racing:
            trial = copy.deepcopy(self.cluster_state)
            moved = trial.reconcile_tunnels(
                [*self.tunnels(recorded_moves), *self.tunnels(self.steps[0]["state"]["nodes"], recorded_moves)]
            )
            ours = sorted(move.tunnel.node for move in moved if move.after != move.before)
            failed = [move.tunnel for move in moved if move.failed]
            self.compared += 1
            if ours != sorted(recorded_moves):
                self.differences.append(f"tunnels move on {ours}; recorded: {sorted(recorded_moves)}")
        for tunnel in [*self.tunnels(recorded_moves), *failed]:
            if self.cluster_state.ipam.requests.ips_by_handle(tunnel.handle):
                self.cluster_state.ipam.requests.release_handle(tunnel.handle)
        waiting = self.tunnels(address_of for address_of in recorded_moves if recorded_moves[address_of])
        while waiting:  # who came first is not recorded: whoever gets what was recorded
            unmoved = [tunnel for tunnel in waiting if not self.try_out(tunnel, recorded_moves[tunnel.node])]
            if len(unmoved) == len(waiting):
                break
            waiting = unmoved
        for tunnel in waiting:
            self.give(
                tunnel.node,
                tunnel.handle,
                recorded_moves[tunnel.node],
                "Tunnel",
                self.enabled_pools_of(recorded_moves[tunnel.node]),
            )
        for tunnel in self.tunnels(recorded_moves):
            if recorded_moves[tunnel.node]:
                self.cluster_state.tunnel_addresses[tunnel] = ipaddress.ip_address(recorded_moves[tunnel.node])
            else:
                self.cluster_state.tunnel_addresses.pop(tunnel, None)

    def tunnels(self, nodes, but=()):
        return [NodeTunnel(node, self.tunnel_type) for node in sorted(nodes) if node not in but]

    def enabled_pools_of(self, address):
        """The enabled pools that an address is in."""
        pools = sorted(self.cluster_state.ipam.store.pools.items())
        return tuple(name for name, pool in pools if not pool.disabled and ipaddress.ip_address(address) in pool.cidr)

    def try_out(self, tunnel, address):
        """Give a tunnel an address if that is the recorded one."""
        ipam = self.cluster_state.ipam
        blocks = len(ipam.blocks())
        assignment = ipam.requests.assign(
            tunnel.node, tunnel.handle, 1, use="Tunnel", ipv4_pools=self.enabled_pools_of(address)
        )
        if assignment.v4 and str(assignment.v4[0]) != address:
            self.undo(tunnel.handle, str(assignment.v4[0]), new=len(ipam.blocks()) > blocks)
            return False
        self.compared += bool(assignment.v4)
        return bool(assignment.v4)

    # ---- pods

    def move(self, step):
        for workload, node, address, new_node, new in moves(step):
            if node:
                self.remove(workload, node, address)
            if new_node and new:
                self.created_pods += 1
                handle = f"{workload} {self.created_pods}"
                self.give(new_node, handle, new)
                self.pods[handle] = (workload, new_node, new)
            elif new_node:
                self.waiting[workload] = self.waiting.get(workload, 0) + 1
        touched = {workload for workload, *_ in moves(step)}
        if any(self.waiting.get(workload) for workload in touched) or (
            step["summary"].get("moves") and self.lost_count
        ):
            self.unknown.add("pods_without_ip")

    def know(self, state):
        """Take over how many pods wait where that does not follow."""
        if "pods_without_ip" in self.unknown:
            self.waiting = {"": state["pods_without_ip"]}

    @property
    def lost_count(self):
        return sum(self.waiting.values())

    def remove(self, workload, node, address):
        if not address:
            self.waiting[workload] = max(self.waiting.get(workload, 0) - 1, 0)
            return
        alike = [handle for handle, pod in self.pods.items() if pod[1:] == (node, address)]
        mine = [handle for handle in alike if self.pods[handle][0] == workload] or alike
        if not mine:
            self.differences.append(f"{workload} has no {address} on {node}")
            return
        mine += [handle for handle in alike if handle not in mine and not self.pods[handle][0]]
        self.ambiguous |= len(mine) > 1
        mine.sort(key=list(self.pods).index)
        going = mine[0] if not self.seed else mine[-1] if self.seed == 1 else self.draw.choice(mine)
        del self.pods[going]
        self.cluster_state.ipam.requests.release_handle(going)

    def give(self, node, handle, address, use="Workload", named=()):
        """Let the engine assign an address; where it is another than recorded, that is told, and the recorded taken."""
        ipam = self.cluster_state.ipam
        blocks = len(ipam.blocks())
        if not named and not self.serves(address):
            named = self.enabled_pools_of(address)  # pods that name the pool
        assignment = ipam.requests.assign(node, handle, 1, use=use, ipv4_pools=named)
        ours = str(assignment.v4[0]) if assignment.v4 else ""
        self.compared += not self.blurred
        if ours == address:
            return
        if not self.blurred:
            self.differences.append(f"{handle} on {node} gets {ours or 'nothing'}; recorded: {address}")
        if ours:
            self.undo(handle, ours, new=len(ipam.blocks()) > blocks)
        try:
            ipam.requests.assign_ip(node, handle, ipaddress.ip_address(address))
        except IpamError as error:
            self.differences.append(f"{handle} on {node} cannot have {address}: {error}")

    def serves(self, address):
        """Whether a pod that names no pool may get an address."""
        pools = [
            pool
            for pool in self.cluster_state.ipam.store.pools.values()
            if pool.serves("Workload") and pool.selects_node({})
        ]
        return any(ipaddress.ip_address(address) in pool.cidr for pool in pools)

    def undo(self, handle, address, *, new):
        ipam = self.cluster_state.ipam
        ipam.requests.release_handle(handle)
        for block in ipam.blocks():
            if new and ipaddress.ip_address(address) in block["cidr"] and not block["allocated"]:
                ipam.requests.release_block_affinity(block["cidr"])

    def align(self, step):
        """Pods were deleted, and nobody wrote down which: as many of each block and node as there are fewer."""
        state = step["state"]
        coming = {new for later in self.steps[self.steps.index(step) + 1 :] for *_, new in moves(later)}
        self.blurred = True
        lines = [
            *state["blocks_without_affinity"],
            *(line for node in state["nodes"].values() for line in node["blocks"]),
        ]
        free_addresses = {line.split()[0]: int(line.split()[1].split("/")[0]) for line in lines}
        fewer = {name: sum(node["pods_by_pool"].values()) for name, node in state["nodes"].items()}
        for _, node, _ in self.pods.values():
            fewer[node] -= 1
        doubled = {address["ip"] for address in state["duplicate_addresses"]}
        blocks = self.cluster_state.ipam.blocks()
        holders = {}
        for block in blocks:
            for handle, ordinals in block["allocated"].items():
                for ordinal in ordinals:
                    address = str(ipaddress.ip_address(block["cidr"].first + ordinal))
                    holders.setdefault(address, []).append((str(block["cidr"]), handle))
        surplus = {
            str(b["cidr"]): sum(map(len, b["allocated"].values())) - free_addresses.get(str(b["cidr"]), 0)
            for b in blocks
        }
        going = []

        def take(address, rank):
            for cidr, handle in holders[address]:
                node = self.pods[handle][1] if handle in self.pods else ""
                if node and handle not in going and surplus[cidr] > 0 and fewer[node] < 0 and rank(address):
                    going.append(handle)
                    surplus[cidr] -= 1
                    fewer[node] += 1
                    return

        for address in holders:  # of two owners of an address one is gone where it is not doubled any more
            take(address, lambda candidate: len(holders[candidate]) > 1 and candidate not in doubled)
        for address in sorted(holders, key=lambda candidate: candidate not in coming):
            take(address, lambda candidate: len(holders[candidate]) == 1)
        for address in holders:
            take(address, lambda candidate: candidate not in doubled)
        for handle in going:
            del self.pods[handle]
            self.cluster_state.ipam.requests.release_handle(handle)

    # ---- figures

    def figures(self, theirs):
        ipam = self.cluster_state.ipam
        blocks = ipam.blocks()
        pools = sorted(ipam.store.pools.items())

        def pool_of(network):
            return next((name for name, pool in pools if network in pool.cidr), "")

        figures_by_pool = {name: self.pool_figures(pool) for name, pool in pools}
        outside = {**dict.fromkeys(_COUNTS, 0), "cidr": "", "blockSize": 0, "disabled": False, "nodeSelector": ""}
        nodes = {
            name: {
                "blocks": [],
                "blocks_by_pool": {},
                "pods_by_pool": {},
                "tunnel": "",
                "tunnel_pool": "",
                "tunnel_block": "",
                "borrowed_in": 0,
            }
            for name in {*theirs["nodes"], *(name for name, node in ipam.store.nodes.items() if node.exists)}
        }
        tunnels = {tunnel.handle: tunnel.node for tunnel in self.cluster_state.tunnel_addresses}
        tunnels |= {NodeTunnel(node, self.tunnel_type).handle: node for node in nodes}
        holders, spans = {}, []
        no_affinity = []
        for block in blocks:
            cidr, host = block["cidr"], block["affinity"].removeprefix("host:")
            row = figures_by_pool.get(pool_of(cidr), outside)
            used = sum(map(len, block["allocated"].values()))
            row["blocks"] += 1
            row["blocks_empty"] += not used
            row["blocks_without_affinity"] += not host
            line = f"{cidr} {used}/{cidr.size}"
            if host:
                nodes[host]["blocks"].append(line)
                pool_name = pool_of(cidr) or _OUTSIDE
                nodes[host]["blocks_by_pool"][pool_name] = nodes[host]["blocks_by_pool"].get(pool_name, 0) + 1
            else:
                no_affinity.append(line)
            for handle, ordinals in block["allocated"].items():
                node = tunnels.get(handle) or self.pods[handle][1]
                for ordinal in ordinals:
                    address = ipaddress.ip_address(cidr.first + ordinal)
                    mine = figures_by_pool.get(pool_of(address), outside)
                    mine["allocated"] += 1
                    mine["borrowed"] += node != host
                    mine["tunnel_addresses"] += handle in tunnels
                    nodes[node]["borrowed_in"] += node != host
                    holders.setdefault(str(address), []).append(str(cidr))
            spans.append(cidr)
        for _, node, address in self.pods.values():
            pool_name = pool_of(ipaddress.ip_address(address))
            figures_by_pool.get(pool_name, outside)["pods"] += 1
            nodes[node]["pods_by_pool"][pool_name or _OUTSIDE] = (
                nodes[node]["pods_by_pool"].get(pool_name or _OUTSIDE, 0) + 1
            )
        for tunnel, address in self.cluster_state.tunnel_addresses.items():
            row = nodes[tunnel.node]
            row |= {"tunnel": str(address), "tunnel_pool": pool_of(address)}
            if address in ipam.requests.ips_by_handle(tunnel.handle):
                row["tunnel_block"] = min(holders[str(address)])
        overlapping = [
            [str(span), str(later)]
            for place, span in enumerate(sorted(spans, key=str))
            for later in sorted(spans, key=str)[place + 1 :]
            if span.overlaps(later)
        ]
        for name, pool in pools:
            earlier = [earlier_pool.cidr for _, earlier_pool in pools[: pools.index((name, pool))]]
            if any(cidr.overlaps(pool.cidr) for cidr in earlier):  # a block counts for the first pool that it is in
                counted = [
                    b for b in blocks if b["cidr"] in pool.cidr and not any(b["cidr"] in cidr for cidr in earlier)
                ]
                figures_by_pool[name]["free"] = pool.cidr.size - sum(b["cidr"].size - len(b["free"]) for b in counted)
            inside = [block for block in blocks if block["cidr"] in pool.cidr]
            if any(str(block["cidr"]) in pair for pair in overlapping for block in inside):
                covered = {
                    address for block in inside for address in range(block["cidr"].first, block["cidr"].last + 1)
                }
                figures_by_pool[name]["free"] = (
                    pool.cidr.size - len(covered) + sum(len(block["free"]) for block in inside)
                )
        doubled = {address: sorted(cidrs) for address, cidrs in holders.items() if len(cidrs) > 1}
        handles = {handle for block in blocks for handle in block["allocated"]}
        return {
            "pools": figures_by_pool,
            "outside_any_pool": outside,
            "nodes": {name: figures for name, figures in nodes.items() if name in theirs["nodes"]},
            "blocks_without_affinity": no_affinity,
            "affinities": len(blocks) - len(no_affinity),
            "overlapping_blocks": overlapping,
            "allocations": sum(map(len, holders.values())),
            "handles": len(handles),
            "borrowed": sum(row["borrowed"] for row in [*figures_by_pool.values(), outside]),
            "pods_with_ip": len(self.pods),
            "pods_without_ip": sum(self.waiting.values()),
            "duplicate_addresses": [
                {"ip": duplicate["ip"], "blocks": doubled.pop(duplicate["ip"], None), "owners": duplicate["owners"]}
                for duplicate in theirs["duplicate_addresses"]
            ]
            + [{"ip": address, "blocks": cidrs} for address, cidrs in doubled.items()],
        }

    def pool_figures(self, pool):
        free = next(row["available"] for row in utilization(self.cluster_state.ipam) if row["name"] == pool.name)
        return {
            "cidr": str(pool.cidr),
            "blockSize": pool.block_size,
            "disabled": pool.disabled,
            "nodeSelector": pool.node_selector,
            "blocks_total": pool.block_count,
            "free": free,
            "allocated": 0,
            "blocks": 0,
            "blocks_empty": 0,
            "blocks_without_affinity": 0,
            "borrowed": 0,
            "pods": 0,
            "tunnel_addresses": 0,
        }


class RefusedError(Exception):
    """The API server would refuse this."""


def moves(step):
    """Pods that went and came: workload, old node, old address, new node, new address."""
    summary = step.get("summary")
    if not isinstance(summary, dict):
        return []
    new = [
        (pod["pod"].rpartition("-")[0], "", "", pod["node"], pod["ip"] or "") for pod in summary.get("new_pods") or []
    ]
    return [*map(tuple, summary.get("moves") or []), *new]
