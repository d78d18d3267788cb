"""Addresses against the standard library."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from ippoolkit.cidr import ADDRESS_BITS, Cidr, Coverage


@st.composite
def networks(draw, version=None, within=None):
    if within is not None:
        prefix = draw(st.integers(within.prefix, within.bits))
        return within.subnet(prefix, draw(st.integers(0, within.subnet_count(prefix) - 1)))
    version = version or draw(st.sampled_from([4, 6]))
    prefix = draw(st.integers(0, ADDRESS_BITS[version]))
    spare = ADDRESS_BITS[version] - prefix
    return Cidr(version, draw(st.integers(0, 2**prefix - 1)) << spare, prefix)


def theirs(cidr):
    return ipaddress.ip_network(str(cidr))


@given(networks())
def test_prints_and_reads_as_ipaddress_does(cidr):
    if cidr.version == 6 and theirs(cidr).network_address.ipv4_mapped:
        return  # Calico makes IPv4 of these
    assert Cidr.parse(str(cidr)) == cidr
    assert str(cidr) == str(theirs(cidr))
    assert cidr.size == theirs(cidr).num_addresses
    assert cidr.last == int(theirs(cidr).broadcast_address)


@given(networks(), networks())
def test_overlap_and_containment_agree_with_ipaddress(network, other):
    if network.version != other.version:
        assert not network.overlaps(other)
        assert other not in network
        return
    assert network.overlaps(other) == theirs(network).overlaps(theirs(other))
    assert (other in network) == theirs(other).subnet_of(theirs(network))


@given(networks().flatmap(lambda cidr: st.tuples(st.just(cidr), st.integers(cidr.prefix, cidr.bits), st.integers(0))))
def test_subnets_are_aligned_and_found_again(case):
    cidr, prefix, number = case
    index = number % cidr.subnet_count(prefix)
    subnet = cidr.subnet(prefix, index)
    assert theirs(subnet).subnet_of(theirs(cidr))
    assert cidr.subnet_index_of(theirs(subnet).network_address, prefix) == index
    assert cidr.subnet_index_of(theirs(subnet).broadcast_address, prefix) == index
    assert subnet.with_prefix(cidr.prefix) == cidr


@given(st.data())
def test_coverage_agrees_with_counting_addresses(data):
    pool = Cidr.parse("10.0.0.0/25")
    parts = data.draw(st.lists(networks(within=pool), max_size=6))
    block = data.draw(st.integers(25, 32))
    covered = {address for part in parts for address in range(part.first, part.last + 1)}
    cover = Coverage.from_cidrs(pool, parts)
    assert cover.address_count == len(covered)
    whole_blocks, leftover = 0, {}
    for index in range(pool.subnet_count(block)):
        subnet = pool.subnet(block, index)
        free = subnet.size - len(covered & set(range(subnet.first, subnet.last + 1)))
        if free == 0:
            whole_blocks += 1
        elif free < subnet.size:
            leftover[free] = leftover.get(free, 0) + 1
    assert cover.count_blocks(block) == (whole_blocks, leftover)
