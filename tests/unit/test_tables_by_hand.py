"""Every column of every table against numbers worked out by hand; the working stands beside them.

The design: one /18 with VXLAN, 70 nodes with 60 pods, 110 on the busiest. Each node draws 61 addresses: its pods and
one tunnel address; the busiest 111. A node holds 20 blocks at most.
"""

from datetime import date

import pandas as pd
import pytest

import ippoolkit as ipk
from ippoolkit import forecasting
from ippoolkit.capacity.table_columns import TABLES
from tests.helpers import ROOT, plan

BLOCKS_PAGE = "Calico, IP address management"
IPAM_SOURCE = "Calico source, libcalico-go/lib/ipam"

BLOCK_SIZES = {
    # /24: 2^(24-18) = 64 blocks of 2^(32-24) = 256. One block a node, so 64 nodes fit; nodes 65 to 70 borrow 6 x 61.
    24: {
        "addresses_per_block": 256,
        "blocks": 64,
        "blocks_per_node": 1,  # 61 / 256
        "blocks_busiest_node": 1,  # 111 / 256
        "nodes_fit": 64,
        "pods_per_node_max": 5119,  # 20 x 256 - 1
        "pods_fit": 16_310,  # 16,384 / 70 = 234 each, less one tunnel: 233 x 70
        "pods_fit_strict": 0,  # six nodes have no block
        "unused_in_claimed_blocks": 12_480,  # 64 x (256 - 61)
        "borrowed": 366,  # 6 x 61
        "routes": 430,  # 64 + 366
        "spare_blocks": -6,  # 64 - 70
        "first_node_without_block": 65,
        "first_pod_without_address": None,  # 70 x 61 = 4,270 of 16,384
        "nodes": 70,
        "nodes_at_horizon": 70,
        "limit": "blocks",
        "source": BLOCKS_PAGE,
        "verdict": "fails",
        "reason": "node 65 of 70 gets no block",
    },
    # /26: 256 blocks of 64. 61 fit into one block, 111 need two.
    26: {
        "addresses_per_block": 64,
        "blocks": 256,
        "blocks_per_node": 1,
        "blocks_busiest_node": 2,
        "nodes_fit": 256,
        "pods_per_node_max": 1279,  # 20 x 64 - 1
        "pods_fit": 16_310,
        "pods_fit_strict": 13_370,  # 256 / 70 = 3 blocks each: 3 x 64 - 1 = 191; x 70
        "unused_in_claimed_blocks": 210,  # 70 x (64 - 61)
        "borrowed": 0,
        "routes": 70,
        "spare_blocks": 186,
        "first_node_without_block": None,
        "first_pod_without_address": None,
        "nodes": 70,
        "nodes_at_horizon": 70,
        "limit": "blocks",  # 256 / 70 = 3.7 times the nodes, 1,279 / 110 = 11.6 times the pods
        "source": BLOCKS_PAGE,
        "verdict": "fits",
        "reason": "capacity for 256 nodes",
    },
    # /29: 2,048 blocks of 8. 61 need 8 blocks, 111 need 14.
    29: {
        "addresses_per_block": 8,
        "blocks": 2048,
        "blocks_per_node": 8,
        "blocks_busiest_node": 14,
        "nodes_fit": 256,  # 2,048 / 8
        "pods_per_node_max": 159,  # 20 x 8 - 1
        "pods_fit": 11_130,  # the cap binds: 159 x 70
        "pods_fit_strict": 11_130,
        "unused_in_claimed_blocks": 210,  # 70 x (64 - 61)
        "borrowed": 0,
        "routes": 560,  # 70 x 8
        "spare_blocks": 1488,  # 2,048 - 560
        "first_node_without_block": None,
        "first_pod_without_address": None,
        "nodes": 70,
        "nodes_at_horizon": 70,
        "limit": "blocks per node",  # 159 / 110 = 1.4 times the pods, 3.7 times the nodes
        "source": IPAM_SOURCE,
        "verdict": "fits",
        "reason": "capacity for 256 nodes",
    },
    # /30: 4,096 blocks of 4. 111 need 28 blocks, more than 20.
    30: {
        "addresses_per_block": 4,
        "blocks": 4096,
        "blocks_per_node": 16,
        "blocks_busiest_node": 28,
        "nodes_fit": 256,
        "pods_per_node_max": 79,  # 20 x 4 - 1
        "pods_fit": 5530,  # 79 x 70
        "pods_fit_strict": 5530,
        "unused_in_claimed_blocks": 210,
        "borrowed": 0,
        "routes": 1120,
        "spare_blocks": 2976,
        "first_node_without_block": None,
        "first_pod_without_address": None,
        "nodes": 70,
        "nodes_at_horizon": 70,
        "limit": "blocks per node",
        "source": IPAM_SOURCE,
        "verdict": "fails",
        "reason": "busiest node needs 28 blocks, limit 20",
    },
    # /32: 16,384 blocks of 1: every address is a block and a route.
    32: {
        "addresses_per_block": 1,
        "blocks": 16_384,
        "blocks_per_node": 61,
        "blocks_busiest_node": 111,
        "nodes_fit": 268,  # 16,384 / 61 = 268.6
        "pods_per_node_max": 19,
        "pods_fit": 1330,
        "pods_fit_strict": 1330,
        "unused_in_claimed_blocks": 0,
        "borrowed": 0,
        "routes": 4270,
        "spare_blocks": 12_114,
        "first_node_without_block": None,
        "first_pod_without_address": None,
        "nodes": 70,
        "nodes_at_horizon": 70,
        "limit": "blocks per node",
        "source": IPAM_SOURCE,
        "verdict": "fails",
        "reason": "busiest node needs 111 blocks, limit 20",
    },
}


def row(table, key):
    first = table.columns[0]
    (record,) = table[table[first] == key].to_dict("records")
    return {name: None if value is pd.NA else value for name, value in record.items() if name != first}


@pytest.mark.parametrize("size", BLOCK_SIZES)
def test_block_sizes(size):
    assert row(ipk.capacity(plan(size=24)).block_sizes(), size) == BLOCK_SIZES[size]


def test_pools():
    reserved = ipk.IPReservation(name="r", reserved_cidrs=("10.233.64.0/26", "10.233.64.96/27"))
    # Two addresses in one block, one in the next but one, one in another pool's range.
    pods = [
        ipk.Pod(name=str(index), node="w", addresses=(address,))
        for index, address in enumerate(["10.233.65.0", "10.233.65.63", "10.233.65.128", "10.9.0.1"])
    ]
    scenario = plan()
    pool = ipk.IPPool(name="pool", cidr="10.233.64.0/18", vxlan_mode="CrossSubnet", nat_outgoing=True)
    cluster = ipk.Cluster(pools=(pool,), reservations=(reserved,), pods=tuple(pods))
    table = ipk.capacity(ipk.Scenario(cluster=cluster, plan=scenario.plan)).pools()
    assert row(table, "pool") == {
        "cidr": "10.233.64.0/18",
        "block_size": 26,
        "addresses": 16_384,
        "blocks": 256,
        "addresses_per_block": 64,
        "reserved": 96,  # 64 + 32
        "nodes_with_block": 255,  # one block is wholly reserved
        "encapsulation": "VXLAN CrossSubnet",
        "nat_outgoing": True,
        "node_selector": "all()",
        "allowed_uses": "Workload, Tunnel",
        "addresses_used": 3,
        "blocks_used": 2,
    }


def test_prefixes():
    table = ipk.capacity(plan()).prefixes(prefix_lengths=[17, 18])
    assert list(table.prefix) == [17] * 13 + [18] * 13
    row = table[(table.prefix == 17) & (table.block_size == 24)].iloc[0]
    assert (row.blocks, row.nodes_fit, row.verdict) == (128, 128, "fits")  # 2^(24 - 17)
    same = table[table.prefix == 18].drop(columns="prefix").reset_index(drop=True)
    assert same.equals(ipk.capacity(plan()).block_sizes())
    everything = ipk.capacity(plan()).prefixes()
    assert len(everything) == sum(33 - max(20, prefix) for prefix in range(8, 29))


def test_nodes():
    table = ipk.capacity(plan(size=28)).nodes()  # 1,024 blocks of 16
    assert row(table, "nodes") == {
        "family": 4,
        "nodes": 70,
        "pods": 60,
        "pods_on_busiest_node": 110,
        "tunnels_per_node": 1,
        "pools": "pool",
        "blocks_per_node": 4,  # 61 / 16
        "blocks": 280,
        "pods_per_node_max": 319,  # 20 x 16 - 1
        "pod_limit": 110,
        "first_limit": "kubelet max-pods",
    }
    roomy = ipk.capacity(plan(size=28, max_pods=500)).nodes().iloc[0]
    assert (roomy.pod_limit, roomy.first_limit) == (319, "blocks per node")
    # A /24 has 256 addresses: 3 nodes take 183, 73 are left for whoever wants them.
    small = ipk.capacity(plan("10.0.0.0/24", nodes=3, max_pods=500)).nodes().iloc[0]
    assert (small.pod_limit, small.first_limit) == (60 + 73, "addresses")


def test_growth():
    table = ipk.capacity(plan(size=24, nodes=60, nodes_per_month=2, pods_per_node_per_month=0.5)).growth()
    assert list(table.month) == list(range(13))
    assert row(table, 0) == {
        "family": 4,
        "nodes": 60,
        "pods": 3600,
        "blocks_needed": 60,
        "blocks": 64,
        "addresses_needed": 3660,  # 60 x 61
        "addresses": 16_384,
        "spare_blocks": 4,
        "limit": "",
    }
    # Month 3: 66 nodes; half a pod a month is 1.5, counted as 2: 62 pods and a tunnel on each.
    assert row(table, 3) == {
        "family": 4,
        "nodes": 66,
        "pods": 4092,
        "blocks_needed": 66,
        "blocks": 64,
        "addresses_needed": 4158,
        "addresses": 16_384,
        "spare_blocks": -2,
        "limit": "blocks",
    }
    assert table.limit[2] == ""  # 64 nodes in 64 blocks


def test_choices():
    table = ipk.capacity(plan(size=24)).choice_table()
    # blockSize 26, Calico's default: 256 blocks, 20 x 64 - 1 pods.
    assert row(table, "blockSize") == {
        "pool": "pool",
        "value": "/26",
        "nodes_fit": 256,
        "pods_per_node_max": 1279,
        "verdict": "fits",
    }
    # A /17 has 128 blocks of 256.
    assert row(table, "prefix") == {
        "pool": "pool",
        "value": "/17",
        "nodes_fit": 128,
        "pods_per_node_max": 5119,
        "verdict": "fits",
    }
    # A further /21 has 8 blocks: 72 in all, 70 for the nodes and two to replace nodes with.
    assert row(table, "add a pool") == {
        "pool": "",
        "value": "/21",
        "nodes_fit": 72,
        "pods_per_node_max": 5119,
        "verdict": "fits",
    }


def test_every_column_is_worked_out_here():
    tables = {
        "pools": ipk.capacity(plan()).pools(),
        "block_sizes": ipk.capacity(plan()).block_sizes(),
        "prefixes": ipk.capacity(plan()).prefixes(),
        "nodes": ipk.capacity(plan()).nodes(),
        "growth": ipk.capacity(plan()).growth(),
        "choices": ipk.capacity(plan(size=24)).choice_table(),
        "designs": ipk.choose.designs_table(ipk.recommend(nodes=3)),
        "failing_designs": ipk.choose.designs_table(ipk.recommend(nodes=3), every=True),
        "routes": ipk.choose.scenario_routes(plan()),
        "change_options": ipk.choose.change_options_table([]),
    }
    for name, columns in TABLES.items():
        assert list(tables[name].columns) == [column.name for column in columns]
    assert {"block_size", *BLOCK_SIZES[24]} == {column.name for column in TABLES["block_sizes"]}


def test_counts_are_numeric_where_they_fit_and_exact_where_they_do_not():
    table = ipk.capacity(plan()).block_sizes()
    counts = [column.name for column in TABLES["block_sizes"] if column.kind == "count"]
    assert {str(table[name].dtype) for name in counts} == {"Int64"}
    assert table.block_size.dtype == "int64"
    assert table.first_node_without_block.isna().any()
    huge = ipk.capacity(plan("fd00::/8", size=122)).block_sizes()
    assert huge.blocks.dtype == object
    assert huge.blocks.iloc[-1] == 2**120
    assert {type(value) for value in huge.blocks} == {int}


def test_a_column_has_its_type_also_where_there_is_no_row_and_where_nothing_is_known():
    types = {"number": "int64", "flag": "bool", "text": "str"}
    for tables in (_tables(ipk.Scenario()), _tables(ipk.load(ROOT / "data/kubespray.yaml"))):
        for name, table in tables.items():
            kinds = {column.name: column.kind for column in TABLES[name]}
            expected = {column: types.get(kind, "Int64") for column, kind in kinds.items()}
            assert {column: str(table[column].dtype) for column in table} == expected, name
    cluster = ipk.Cluster(pools=plan().cluster.pools, nodes=(ipk.Node(name="a"),), unknown=("Pod",))
    nodes = ipk.capacity(ipk.Scenario(cluster=cluster)).nodes()
    assert nodes["pods"].isna().all()
    assert nodes["pods"].dtype == nodes["pods_on_busiest_node"].dtype == "Int64"
    assert forecasting.Forecast(date(2026, 1, 1), 30, (), ()).table.dtypes.map(str).to_dict() == {
        **dict.fromkeys(("pool", "limit"), "str"),
        **dict.fromkeys(("in_use", "capacity", "windows"), "Int64"),
        **dict.fromkeys(("p10", "p50", "p90"), "object"),
        **dict.fromkeys(("within_30", "within_90", "within_365", "coverage", "error", "line_error"), "float64"),
    }


def _tables(scenario):
    """Return the tables that a scenario without pools has too."""
    analysis = ipk.capacity(scenario)
    return {
        "pools": analysis.pools(),
        "nodes": analysis.nodes(),
        "growth": analysis.growth(),
        "choices": analysis.choice_table(),
    }
