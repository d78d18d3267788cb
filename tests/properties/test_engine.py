"""What holds of IPAM whatever is asked of it."""

import ipaddress
import os
import subprocess
import sys

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ippoolkit.cidr import Cidr
from ippoolkit.ipam import Ipam, IpamError
from ippoolkit.model import IPPool
from tests.conformance.utilization import utilization
from tests.helpers import ROOT, engine_state

NODES = ("n1", "n2", "n3", "worker-4.example.com")
HANDLES = [f"h{number}" for number in range(12)]
POOLS = (
    IPPool(name="a", cidr="10.0.0.0/27", block_size=29),
    IPPool(name="b", cidr="10.9.0.0/26", block_size=28, node_selector="zone == 'x'"),
    IPPool(name="c", cidr="fd00::/120", block_size=124),
    IPPool(name="d", cidr="fd01::/20", block_size=120, disabled=True),
)
nodes, handles = st.sampled_from(NODES), st.sampled_from(HANDLES)
few = st.integers(0, 5)
operations = st.one_of(
    st.tuples(st.just("assign"), nodes, handles, few, few, st.booleans()),
    st.tuples(st.just("release"), handles),
    st.tuples(st.just("assign_ip"), nodes, handles, st.integers(0, 63)),
    st.tuples(st.just("sleep"), st.sampled_from([1, 61, 1000])),
    st.tuples(st.just("configure"), st.booleans(), st.sampled_from([0, 2]), st.sampled_from([0, 30])),
    st.tuples(st.just("label"), nodes, st.sampled_from(["x", "y"])),
    st.tuples(st.just("release_host"), nodes),
    st.tuples(st.just("reserve"), st.sampled_from(["10.0.0.0/29", "10.0.0.12/30", "10.9.0.0/27", "fd00::/122"])),
    st.tuples(st.just("pool"), st.sampled_from("abcd"), st.booleans()),
    st.tuples(st.just("delete_node"), nodes),
    st.tuples(st.just("remove_node"), nodes),
)


def started_engine(etcd):
    ipam = Ipam(datastore="etcd" if etcd else "kubernetes")
    for pool in POOLS:
        ipam.resources.create_pool(pool)
    for node in NODES:
        ipam.resources.create_node(node, {"zone": "x"})
    ipam.controllers.start()
    return ipam


def carry_out(ipam, operation):
    match operation:
        case ("assign", node, handle, v4, v6, windows):
            ipam.requests.assign(node, handle, v4, v6, windows=windows)
        case ("release", handle):
            ipam.requests.release_handle(handle)
        case ("assign_ip", node, handle, ordinal):
            if node in ipam.store.nodes:
                ipam.requests.assign_ip(node, handle, ipaddress.ip_address("10.9.0.0") + ordinal)
        case ("sleep", seconds):
            ipam.controllers.advance(seconds)
        case ("configure", strict, most, cooldown):
            ipam.resources.configure(strict_affinity=strict, max_blocks_per_host=most, ip_cooldown_seconds=cooldown)
        case ("label", node, zone):
            ipam.resources.label_node(node, {"zone": zone})
        case ("release_host", node):
            ipam.requests.release_host_affinities(node, must_be_empty=True)
        case ("reserve", cidr):
            ipam.resources.create_reservation(cidr, [Cidr.parse(cidr)])
        case ("pool", name, disabled):
            ipam.resources.change_pool(name, disabled=disabled)
        case ("delete_node", node):
            ipam.resources.delete_node(node)
            ipam.resources.create_node(node, {"zone": "x"})
        case ("remove_node", node):
            ipam.controllers.delete_node(node)
            ipam.controllers.advance(3)
            ipam.resources.create_node(node, {"zone": "x"})


def assert_invariants(ipam):
    """Each block fits its pool, each address is there once, and the utilization counts what the blocks hold."""
    cidrs = set()
    for block in ipam.blocks():
        cidr = block["cidr"]
        assert any(cidr in pool.cidr and cidr.prefix == pool.block_size for pool in POOLS)
        assert cidr == Cidr(cidr.version, cidr.first, cidr.prefix).with_prefix(cidr.prefix)
        allocated = [ordinal for ordinals in block["allocated"].values() for ordinal in ordinals]
        everything = sorted([*block["free"], *allocated, *block["cooling"]])
        assert everything == list(range(cidr.size))  # each address once: free, taken or cooling
        assert cidr not in cidrs
        cidrs.add(cidr)
    for row in utilization(ipam):
        assert row["available"] + row["inUse"] <= row["capacity"]
        assert row["blocks"] == sum(cidr in Cidr.parse(row["cidr"]) for cidr in cidrs) or row["name"].startswith(
            "orphaned"
        )


@given(st.lists(operations, max_size=40), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_asked(requests, etcd):
    ipam = started_engine(etcd)
    for operation in requests:
        before = engine_state(ipam) if operation[0] == "configure" else {}
        try:
            carry_out(ipam, operation)
        except IpamError as error:
            assert error.finding.message("zh")  # noqa: PT017 (what else is raised fails elsewhere)
            assert operation[0] != "configure" or engine_state(ipam) == before
        assert_invariants(ipam)
    for handle in HANDLES:
        if ipam.store.handles.get(handle) is not None:
            try:
                ipam.requests.release_handle(handle)
            except IpamError:
                continue
    ipam.resources.configure(strict_affinity=True, max_blocks_per_host=0, ip_cooldown_seconds=0)
    nonempty = [block for block in ipam.blocks() if set(block["allocated"]) - {"windows-reserved-ipam-handle"}]
    assert nonempty == []  # what is left of releasing everything: empty blocks with an affinity
    assert all(block["affinity"] or block["cooling"] for block in ipam.blocks())
    assert engine_state(ipam.copy()) == engine_state(ipam)


@given(st.integers(1, 200), st.integers(1, 5))
def test_no_node_is_above_the_cap(pods, cap):
    ipam = Ipam()
    ipam.resources.create_pool(IPPool(name="p", cidr="10.0.0.0/20", block_size=30))
    ipam.resources.create_node("n")
    ipam.resources.configure(strict_affinity=True, max_blocks_per_host=cap)
    assignment = ipam.requests.assign("n", "h", pods)
    assert len(assignment.v4) == min(pods, 4 * cap)
    assert (assignment.error is None) == (pods <= 4 * cap)
    assert len(ipam.blocks()) == min(-(-pods // 4), cap)


SCRIPT = """
import hashlib
from ippoolkit.simulation import Churn, InitialRollout, NodeReplacement, simulate
from tests.helpers import engine_state, plan
scenario = plan(cidr="10.0.0.0/22", size=27, nodes=20, pods=20, busiest=30)
simulation = simulate(scenario, InitialRollout("random"), Churn(days=2), NodeReplacement(days=2, interval_days=2))
state = repr(engine_state(simulation.cluster.ipam))
print(hashlib.sha256(state.encode()).hexdigest(), simulation.timeline.to_csv())
"""


def test_compiled_and_interpreted_are_the_same():
    outputs = []
    for interpreted in ("0", "1"):
        env = {**os.environ, "NUMBA_DISABLE_JIT": interpreted}
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SCRIPT],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1]
