"""Address plans and routing tables: which column holds the networks, where each stands, what is wrong."""

import pytest

from ippoolkit.choose.inventory import read_inventory
from ippoolkit.errors import InputError
from ippoolkit.read.network_lists import read_networks

NETBOX = """\
Prefix,Status,Scope,VRF,Tenant,VLAN,Role,Description
10.0.0.0/16,Container,,,,,,
10.0.4.0/22,Active,,,Ops,,,"Office, first floor"
"""
NETBOX_RANGES = """\
start_address,end_address,size,status,description
10.1.0.10/24,10.1.0.20/24,11,active,DHCP
"""
PHPIPAM = """\
Section,Subnet,Mask,Description,VLAN
Customers,10.2.0.0,24,Racks,
Customers,fd00:2::,64,Racks,
"""
INFOBLOX = """\
header-network,address*,netmask*,comment
network,10.3.0.0,255.255.255.0,Lab
header-networkcontainer,address*,netmask*,comment
networkcontainer,10.3.0.0,255.255.0.0,All labs
header-ipv6network,address*,cidr*,comment
ipv6network,fd00:3::,64,Lab
"""
SPREADSHEET = "\ufeffSite;CIDR;Owner\r\nBerlin;10.4.0.0/20;net team\r\n;;\r\n"
ADDRESSES = "name,ip address\nweb-1,10.5.0.7\nweb-2,10.5.0.8/24\n"
FIRST_LAST = "network name\tfirst ip\tlast ip\nlab\t10.6.0.0\t10.6.1.255\n"
ROUTES = """\
default via 192.168.1.1 dev eth0 proto dhcp src 192.168.1.20 metric 100
10.244.0.0/26 via 10.0.0.12 dev vxlan.calico onlink
blackhole 10.244.1.64/26 proto bird
10.244.1.65 dev cali0ef24ba scope link
192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.20
broadcast 192.168.1.255 dev eth0 table local
fd00:10:244::/122 proto bird
\tnexthop via fe80::1 dev eth0 weight 1
"""


def read(text, name="plan.csv"):
    problems = []
    listed = read_networks(text, name, problems)
    assert not problems
    return [(str(network.cidr), network.where, network.used_by) for network in listed]


def test_netbox():
    assert read(NETBOX) == [
        ("10.0.0.0/16", "plan.csv:2", ""),
        ("10.0.4.0/22", "plan.csv:3", "Office, first floor"),
    ]


def test_a_range_of_netbox_is_its_addresses_not_its_network():
    assert [cidr for cidr, *_ in read(NETBOX_RANGES)] == [
        "10.1.0.10/31",
        "10.1.0.12/30",
        "10.1.0.16/30",
        "10.1.0.20/32",
    ]


def test_phpipam_has_the_mask_in_a_column_of_its_own():
    assert [cidr for cidr, *_ in read(PHPIPAM)] == ["10.2.0.0/24", "fd00:2::/64"]


def test_infoblox_has_sections():
    assert read(INFOBLOX) == [
        ("10.3.0.0/24", "plan.csv:2", "Lab"),
        ("10.3.0.0/16", "plan.csv:4", "All labs"),
        ("fd00:3::/64", "plan.csv:6", "Lab"),
    ]


def test_a_spreadsheet_with_semicolons_a_mark_and_empty_rows():
    assert read(SPREADSHEET) == [("10.4.0.0/20", "plan.csv:2", "Berlin")]


def test_a_column_of_addresses_takes_the_addresses_alone():
    assert [cidr for cidr, *_ in read(ADDRESSES)] == ["10.5.0.7/32", "10.5.0.8/32"]


def test_first_and_last_address():
    assert [cidr for cidr, *_ in read(FIRST_LAST)] == ["10.6.0.0/23"]


def test_ip_route():
    assert [cidr for cidr, *_ in read(ROUTES, "r")] == [
        "10.244.0.0/26",
        "10.244.1.64/26",
        "10.244.1.65/32",
        "192.168.1.0/24",
        "fd00:10:244::/122",
    ]


@pytest.mark.parametrize(
    ("text", "cidrs"),
    [
        ("Network,CIDR\n10.1.0.0,24\n", ["10.1.0.0/24"]),  # the mask goes by a name of networks
        ("Network Name,Network Address,Prefix,Prefix Length\nx,10.2.0.0,,24\n", ["10.2.0.0/24"]),
        ("Network,Start IP,End IP\nOffice,10.3.0.0,10.3.0.255\n", ["10.3.0.0/24"]),  # a name, not a network
        ("Plan of 2026\n\nIP Range;Owner\n10.4.0.0 - 10.4.0.255;a\n10.4.1.0/24;b\n", ["10.4.0.0/24", "10.4.1.0/24"]),
        ("sep=;\nPrefix;Status\n10.5.0.0/16;Active\n", ["10.5.0.0/16"]),
        ("prefix|status\n10.6.0.0/16|a\n", ["10.6.0.0/16"]),
        ("CidrBlock,VpcId\n10.7.0.0/16,vpc-1\n", ["10.7.0.0/16"]),
        ("Subnet,Netmask (bits)\n10.8.0.0,/20\n", ["10.8.0.0/20"]),
        ('"Prefix","Description"\r\n"10.9.0.0/16","a ""b"", c"\r\n', ["10.9.0.0/16"]),
        ("$ ip route\n10.10.0.0/24 dev eth0\n", ["10.10.0.0/24"]),
        ("[root@n1 ~]# ip -6 route show table all\nfd00:1::/64 dev eth0 metric 256\n", ["fd00:1::/64"]),
    ],
)
def test_the_column_is_found_in_sheets_of_all_kinds(text, cidrs):
    assert [cidr for cidr, *_ in read(text)] == cidrs


def test_a_row_over_two_lines_keeps_the_line_numbers():
    text = 'name,network,notes\na,10.0.0.0/24,"one\ntwo"\nb,10.0.1.0/24,\n'
    assert [where for _, where, _ in read(text)] == ["plan.csv:2", "plan.csv:4"]


def test_a_plain_list_of_networks():
    assert [cidr for cidr, *_ in read("# ours\n10.0.0.0/24\n\n10.0.2.0/24\n", "l")] == ["10.0.0.0/24", "10.0.2.0/24"]


@pytest.mark.parametrize(
    "text", ["version: 1\n", "{}", "network:\n  a: 1\n", "", "NAME   CIDR   SELECTOR\ndefault 10.0.0.0/8 all()\n"]
)
def test_other_texts_are_left_to_others(text):
    assert read_networks(text, "x", []) is None


def test_every_mistake_is_told_with_its_line():
    problems = []
    text = "cidr,who\n10.0.0.0/8,a\n10.0.0.1/8,b\n10.0.0.0/33,c\nten,d\n"
    assert len(read_networks(text, "plan.csv", problems)) == 1
    assert [(problem.code, problem.place.line) for problem in problems] == [
        ("cidr-host-bits", 3),
        ("cidr-syntax", 4),
        ("cidr-syntax", 5),
    ]
    problems = []
    assert read_networks("start,end\n10.0.0.9,10.0.0.1\n10.0.0.1,fd00::1\n,\n", "plan.csv", problems) == []
    assert [(problem.code, problem.place.line) for problem in problems] == [("range-syntax", 2), ("range-syntax", 3)]
    problems = []
    assert len(read_networks("10.0.0.0/24 dev eth0\nRTNETLINK answers: no\n", "routes", problems)) == 1
    assert [problem.code for problem in problems] == ["route-line"]


def test_objects_of_kubernetes_hold_networks_too(tmp_path):
    path = tmp_path / "objects.yaml"
    path.write_text(
        """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata: {name: n1, annotations: {projectcalico.org/IPv4Address: 10.9.0.5/24}}
  status: {addresses: [{type: InternalIP, address: 10.9.0.5}, {type: Hostname, address: n1}]}
- apiVersion: v1
  kind: Node
  metadata: {name: n2}
  status: {addresses: [{type: InternalIP, address: 10.9.1.6}]}
- apiVersion: v1
  kind: Service
  metadata: {name: kubernetes, namespace: default}
  spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1]}
- apiVersion: v1
  kind: Service
  metadata: {name: headless, namespace: default}
  spec: {clusterIP: None}
- apiVersion: networking.k8s.io/v1
  kind: ServiceCIDR
  metadata: {name: kubernetes}
  spec: {cidrs: [10.96.0.0/12]}
- apiVersion: v1
  kind: Pod
  metadata: {name: kube-apiserver-cp, namespace: kube-system}
  spec: {containers: [{command: [kube-apiserver, "--service-cluster-ip-range=10.97.0.0/16,fd00:97::/112"]}]}
"""
    )
    owners = {str(network.cidr): network.owner for network in read_inventory([path]).taken}
    assert owners == {
        "10.9.0.0/24": "network of node n1",
        "10.9.1.6/32": "node n2",
        "10.96.0.1/32": "service default/kubernetes",
        "10.96.0.0/12": "ServiceCIDR kubernetes",
        "10.97.0.0/16": "services (--service-cluster-ip-range)",
        "fd00:97::/112": "services (--service-cluster-ip-range)",
    }


@pytest.mark.parametrize("addresses", ["9", '"10.96.0.1"', "{a: 1}", "[[10.96.0.1]]"])
def test_addresses_of_a_service_that_are_no_list_of_texts_are_no_network(tmp_path, addresses):
    path = tmp_path / "services.yaml"
    path.write_text(
        f"""\
apiVersion: v1
kind: List
items:
- {{apiVersion: v1, kind: Service, metadata: {{name: dns}}, spec: {{clusterIPs: {addresses}, externalIPs: [10.5.5.5]}}}}
"""
    )
    assert [str(listed.cidr) for listed in read_inventory([path]).taken] == ["10.5.5.5/32"]


def test_problems_of_all_files_are_told_together(tmp_path):
    (tmp_path / "a.csv").write_text("cidr\nx\n")
    (tmp_path / "b.csv").write_text("cidr\n10.0.0.0/8\ny\n")
    with pytest.raises(InputError) as raised:
        read_inventory([tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "none"])
    assert len(raised.value.problems) == 3
