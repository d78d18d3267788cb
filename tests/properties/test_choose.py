"""The search for designs and for free ranges against brute force that shares nothing with them."""

import ipaddress
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

import ippoolkit as ipk
from ippoolkit.address_space import AddressSpace, ListedNetwork
from ippoolkit.address_space.ranges import Networks, address_text, subtract_networks
from ippoolkit.choose import recommend
from ippoolkit.choose.routes import Peering, RackRoutes, routing_tables
from ippoolkit.choose.search import DesignSpace, Need, NodeKind
from ippoolkit.cidr import Cidr
from ippoolkit.view.recommendation_formats import recommendation_as_dict
from tests.brute_force import ADDRESS_BITS, brute_force, design_row, is_in_private_ranges, undominated

needs = {
    "nodes": st.one_of(st.integers(1, 300), st.integers(1, 100_000)),
    "addresses": st.one_of(st.integers(0, 300), st.integers(0, 100_000)),
    "racks": st.integers(1, 40),
    "headroom": st.integers(0, 300),
    "max_routes": st.one_of(st.none(), st.integers(0, 5000)),
    "cap": st.integers(1, 40),
}


@given(family=st.sampled_from([4, 6]), **needs)
@settings(max_examples=300, deadline=None)
def test_the_designs_are_those_that_nothing_beats(family, nodes, addresses, racks, headroom, max_routes, cap):
    space = DesignSpace(family, Need((NodeKind(nodes, addresses, cap),), racks, headroom, max_routes))
    designs = brute_force(family, nodes, addresses, racks, headroom, max_routes, cap)
    best = [(d.prefix, d.block_size, d.blocks_per_node, d.addresses, d.routes, d.nodes_fit) for d in space.best()]
    assert sorted(best) == sorted(undominated(designs))
    assert all(isinstance(number, int) for row in best for number in row)
    assert [(d.prefix, d.block_size) for d in space.designs() if not d.breaks] == [row[:2] for row in designs]


@given(family=st.sampled_from([4, 6]), **needs)
@settings(max_examples=100, deadline=None)
def test_the_first_design_is_the_one_to_pick(family, nodes, addresses, racks, headroom, max_routes, cap):
    space = DesignSpace(family, Need((NodeKind(nodes, addresses, cap),), racks, headroom, max_routes))
    designs = brute_force(family, nodes, addresses, racks, headroom, max_routes, cap)

    def cost(row):
        _, size, b, addresses_of_all, routes, _ = row
        return addresses_of_all, routes, b * 2 ** (ADDRESS_BITS[family] - size) - addresses

    best = space.best()
    assert bool(best) == bool(designs)
    if best:
        picked = best[0]
        row = next(row for row in designs if row[:2] == (picked.prefix, picked.block_size))
        assert cost(row) == min(map(cost, designs))


requirements = st.fixed_dictionaries(
    {
        "nodes": st.one_of(st.integers(1, 12), st.integers(1, 5000)),
        "pods_per_node": st.one_of(st.sampled_from([0, 1, 30, 63, 64, 110, 250]), st.integers(0, 1000)),
        "racks": st.one_of(st.just(1), st.integers(2, 20)),
        "headroom": st.one_of(st.sampled_from([0, 1, 33, 100]), st.integers(0, 250)),
        "max_routes": st.one_of(st.none(), st.integers(0, 3000)),
        "max_blocks_per_host": st.one_of(st.just(0), st.integers(1, 25)),
        "family": st.sampled_from([4, 6, "dual"]),
        "encapsulation": st.sampled_from(["vxlan", "ipip", "none"]),
    }
)


@given(wanted=requirements)
@settings(max_examples=300, deadline=None)
def test_what_recommend_answers_is_what_brute_force_finds(wanted):
    recommendation = recommend(**wanted)
    answer = recommendation_as_dict(recommendation)
    addresses = wanted["pods_per_node"] + (wanted["encapsulation"] != "none")
    cap = wanted["max_blocks_per_host"] or 20
    families = [4, 6] if wanted["family"] == "dual" else [wanted["family"]]
    everything_holds = True
    for family in families:
        designs = brute_force(
            family, wanted["nodes"], addresses, wanted["racks"], wanted["headroom"], wanted["max_routes"], cap
        )
        designs = [design for design in designs if is_in_private_ranges(design, family, wanted["racks"])]
        rows = [design_row(design) for design in answer["designs"] if design["family"] == family]
        assert sorted(rows) == sorted(undominated(designs))
        everything_holds &= bool(designs)
    if not everything_holds:
        assert answer["picked"] is None
        assert any(reason["severity"] == "error" for reason in answer["reasons"])
        return
    picked = answer["picked"] if len(families) == 1 else answer["picked"]["4"]
    assert picked["addresses"] == min(d["addresses"] for d in answer["designs"] if d["family"] == picked["family"])
    assert len(set(picked["cidrs"])) == wanted["racks"]
    assert ipk.capacity(recommendation.as_scenario()).verdict.status != "fails"


kinds = st.lists(
    st.builds(
        NodeKind,
        nodes=st.integers(1, 400),
        addresses=st.integers(0, 300),
        max_blocks=st.integers(1, 20),
        reserved_per_block=st.sampled_from([0, 4]),
    ),
    min_size=1,
    max_size=4,
)


@given(family=st.sampled_from([4, 6]), kinds=kinds, racks=st.integers(1, 5), headroom=st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_kinds_that_share_a_pool_fit_node_by_node(family, kinds, racks, headroom):
    need = Need(tuple(kinds), racks, headroom)
    for design in DesignSpace(family, need).designs():
        size = 2 ** (ADDRESS_BITS[family] - design.block_size)
        usable = [size - kind.reserved_per_block for kind in kinds]
        if any(blocks_usable <= 0 for blocks_usable in usable):
            assert "max-blocks-per-host" in design.breaks
            continue
        blocks = [max(1, ceil(kind.addresses / pool_blocks)) for kind, pool_blocks in zip(kinds, usable, strict=True)]
        rack = [ceil(ceil(kind.nodes / racks) * (100 + headroom) / 100) for kind in kinds]
        claimed = sum(count * b for count, b in zip(rack, blocks, strict=True))
        assert ("pool-size" in design.breaks) == (claimed > design.blocks)
        over = any(b > kind.max_blocks for kind, b in zip(kinds, blocks, strict=True))
        assert ("max-blocks-per-host" in design.breaks) == over
        if not design.breaks:
            assert design.nodes_fit >= sum(kind.nodes for kind in kinds)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 50)), min_size=2, max_size=20))
def test_tables_of_racks_count_what_is_announced_one_by_one(racks):
    given_racks = [RackRoutes(1, blocks, borrowed) for blocks, borrowed in racks]
    # Each rack's router knows the routes of its own nodes and an aggregate for each other rack.
    known = [
        {("block", i, n) for n in range(blocks)}
        | {("host", i, n) for n in range(borrowed)}
        | {("pool", other) for other in range(len(racks)) if other != i}
        for i, (blocks, borrowed) in enumerate(racks)
    ]
    aggregated = routing_tables(given_racks, Peering.RACKS_AGGREGATED)
    assert aggregated.node == aggregated.router == max(map(len, known))
    assert aggregated.spine == len(racks)
    assert routing_tables(given_racks, Peering.RACKS).spine == sum(map(sum, racks))


@given(nodes=st.integers(1, 500), b=st.integers(1, 20), racks=st.integers(1, 30))
def test_a_designs_routes_are_the_largest_of_its_tables(nodes, b, racks):
    family, size = 4, 26
    rack = ceil(nodes / racks)
    space = DesignSpace(family, Need((NodeKind(nodes, b * 64),), racks))
    design = next(d for d in space.designs() if (d.prefix, d.block_size) == (8, size))
    tables = [RackRoutes(rack, rack * b)] * racks if racks > 1 else [RackRoutes(nodes, nodes * b)]
    peering = Peering.RACKS_AGGREGATED if racks > 1 else Peering.MESH
    assert design.routes == routing_tables(tables, peering).largest


# A small world, in which every address can be looked at: 10.0.0.0/24 and fd00::/120.
BASE = {4: int(ipaddress.ip_address("10.0.0.0")), 6: int(ipaddress.ip_address("fd00::"))}


@st.composite
def small_cidrs(draw):
    family = draw(st.sampled_from([4, 6]))
    spare = draw(st.integers(0, 8))
    index = draw(st.integers(0, (1 << (8 - spare)) - 1))
    return Cidr(family, BASE[family] + (index << spare), ADDRESS_BITS[family] - spare)


def addresses_of(cidrs):
    return {(c.version, number) for c in cidrs for number in range(c.first, c.last + 1)}


small = st.lists(small_cidrs(), max_size=12)


@given(within=small, taken=small)
@settings(max_examples=400, deadline=None)
def test_free_is_the_complement_as_the_fewest_cidrs(within, taken):
    free = subtract_networks(within, taken)
    complement = addresses_of(within) - addresses_of(taken)
    assert addresses_of(free) == complement
    assert sum(c.size for c in free) == free.addresses == len(complement)
    texts = [ipaddress.ip_network(str(c)) for c in free]
    by_family = [[n for n in texts if n.version == version] for version in (4, 6)]
    assert texts == [n for networks in by_family for n in ipaddress.collapse_addresses(networks)]
    assert free.to_strings() == [str(c) for c in free]
    assert [free[i] for i in range(len(free))] == list(free)


def offers_by_hand(free, prefix, count, family):
    free_networks, offers = [c for c in free if c.version == family], []
    while len(offers) < count:
        fitting = [c for c in free_networks if c.prefix <= prefix]
        if not fitting:
            break
        tightest = min(fitting, key=lambda c: (c.size, c.first))
        offer = tightest.subnet(prefix, 0)
        offers.append(offer)
        remainder = ipaddress.ip_network(str(tightest)).address_exclude(ipaddress.ip_network(str(offer)))
        free_networks = [c for c in free_networks if c != tightest] + [Cidr.parse(str(n)) for n in remainder]
    return offers


@given(within=small, taken=small, spare=st.integers(0, 8), count=st.integers(0, 20), family=st.sampled_from([4, 6]))
@settings(max_examples=300, deadline=None)
def test_offers_are_best_fit_each_taken_before_the_next(within, taken, spare, count, family):
    space = AddressSpace(tuple(within), tuple(ListedNetwork(c, "") for c in taken))
    prefix = ADDRESS_BITS[family] - spare
    offers = space.best_fit(prefix, count, family)
    assert offers == offers_by_hand(list(space.free), prefix, count, family)
    assert len(addresses_of(offers)) == sum(c.size for c in offers)
    assert addresses_of(offers) <= addresses_of(space.free)


@given(within=small, taken=small, spare=st.integers(0, 8), family=st.sampled_from([4, 6]))
@settings(max_examples=300, deadline=None)
def test_what_to_release_is_the_fewest_networks(within, taken, spare, family):
    space = AddressSpace(tuple(within), tuple(ListedNetwork(c, "") for c in taken))
    prefix = ADDRESS_BITS[family] - spare
    release = space.range_to_free(prefix, family)
    everything = addresses_of(within)
    ranges = [Cidr(family, BASE[family] + (i << spare), prefix) for i in range(1 << (8 - spare))]
    inside = [c for c in ranges if addresses_of([c]) <= everything]
    assert (release is None) == (not inside)
    if release is not None:
        assert release.cidr in inside
        assert sorted(network.cidr for network in release.networks) == sorted(
            c for c in taken if c.overlaps(release.cidr)
        )
        fewest = min(sum(c.overlaps(taken_one) for taken_one in taken) for c in inside)
        assert len(release.networks) == fewest


@given(st.integers(0, 2**128 - 1) | st.integers(0, 128).map(lambda bits: 2**bits - 1))
def test_addresses_are_spelled_as_the_standard_library_does(value):
    assert address_text(6, value) == str(ipaddress.IPv6Address(value))
    assert address_text(4, value >> 96) == str(ipaddress.IPv4Address(value >> 96))


def test_all_of_a_family_is_free_where_nothing_is_taken():
    assert subtract_networks([Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")]).to_strings() == ["0.0.0.0/0", "::/0"]
    assert isinstance(subtract_networks([]), Networks)
    assert not subtract_networks([])
