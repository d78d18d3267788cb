import pytest

from ippoolkit.cidr import Cidr, CidrError, Coverage


def test_counts_every_address_of_a_network():
    assert Cidr.parse("10.0.0.0/26").size == 64
    assert Cidr.parse("10.0.0.1/32").size == 1
    assert Cidr.parse("::/0").size == 2**128


def test_zero_prefix_of_ipv6_has_2_to_the_122_default_blocks():
    assert Cidr.parse("::/0").subnet_count(122) == 2**122


def test_a_network_smaller_than_a_block_has_none():
    assert Cidr.parse("10.0.0.0/28").subnet_count(26) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0/8",
        "10.0.0.0/33",
        "fd00::/129",
        "10.0.0.0/-1",
        "10.0.0.0/255.0.0.0",
        "010.0.0.0/8",
        " 10.0.0.0/8",
        "10.0.0.0/8 ",
        "fe80::1%eth0/64",
        "10.0.0.0/٨",
        "10.0.0.0/8/8",
        "x/8",
    ],
)
def test_refuses_what_go_refuses(text):
    with pytest.raises(CidrError) as error:
        Cidr.parse(text)
    assert error.value.code == "cidr-syntax"


def test_host_bits_are_told_with_the_network_meant():
    with pytest.raises(CidrError) as error:
        Cidr.parse("10.1.2.3/8")
    assert error.value.code == "cidr-host-bits"
    assert error.value.params["network"] == "10.0.0.0/8"


def test_a_leading_zero_in_the_mask_is_read_as_go_reads_it():
    assert str(Cidr.parse("10.0.0.0/08")) == "10.0.0.0/8"


def test_an_ipv4_mapped_network_becomes_ipv4():
    assert str(Cidr.parse("::ffff:10.0.0.0/112")) == "10.0.0.0/16"


def test_host_bits_may_be_cleared_on_request():
    assert str(Cidr.parse_ignoring_host_bits("10.1.2.3/8")) == "10.0.0.0/8"


def test_subnets_by_index():
    pool = Cidr.parse("10.233.64.0/18")
    assert str(pool.subnet(26, 0)) == "10.233.64.0/26"
    assert str(pool.subnet(26, 255)) == "10.233.127.192/26"
    with pytest.raises(IndexError):
        pool.subnet(26, 256)


def test_coverage_counts_overlapping_reservations_once():
    pool = Cidr.parse("10.0.0.0/24")
    cover = Coverage.from_cidrs(pool, map(Cidr.parse, ["10.0.0.0/28", "10.0.0.8/29", "10.0.0.16/28", "9.0.0.0/8"]))
    assert cover.address_count == 32


def test_coverage_tells_whole_blocks_from_cut_ones():
    pool = Cidr.parse("10.0.0.0/24")
    cover = Coverage.from_cidrs(
        pool, map(Cidr.parse, ["10.0.0.0/26", "10.0.0.64/27", "10.0.0.255/32", "10.0.0.128/32"])
    )
    # of the four /26: the first whole, the second half, one address of the third, one of the fourth
    assert cover.count_blocks(26) == (1, {32: 1, 63: 2})


def test_coverage_joins_neighbours_into_whole_blocks():
    pool = Cidr.parse("10.0.0.0/24")
    cover = Coverage.from_cidrs(pool, map(Cidr.parse, ["10.0.0.32/27", "10.0.0.64/26", "10.0.0.0/27"]))
    assert cover.count_blocks(26) == (2, {})
    assert cover.count_blocks(25) == (1, {})
    assert cover.count_blocks(24) == (0, {128: 1})
