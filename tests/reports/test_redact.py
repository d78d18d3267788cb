"""Redacted reports: no name and no address of the original is left, in no format, and every number is."""

import io
import ipaddress
import re
import zipfile
from dataclasses import replace

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ippoolkit as ipk
from ippoolkit.audit import audit, audit_reading
from ippoolkit.calico.limits import WINDOWS_HANDLE
from ippoolkit.cidr import Cidr
from ippoolkit.model import BGPConfiguration, BlockUsage, CNIConfiguration
from ippoolkit.read import Reading
from ippoolkit.report.formats.pdf import find_chromium
from ippoolkit.write import scenario_to_yaml
from ippoolkit.write.redaction import redact_scenarios
from tests.helpers import CLUSTERS, ROOT, plan, unpack_cluster, unpack_files, write_notebook

pytestmark = pytest.mark.filterwarnings("ignore")

DUMPS = (
    "ippools.yaml",
    "ipamconfig.yaml",
    "ipreservations.yaml",
    "kubectl-nodes.json",
    "kubectl-namespaces.json",
    "kubectl-pods.json",
    "kubectl-ipamblocks.json",
)
# What names may contain and every report says for itself.
_WORDS = {
    "default",
    "pool",
    "node",
    "nodes",
    "group",
    "cluster",
    "all",
    "host",
    "running",
    "pending",
    "kubernetes",
    "linux",
    "type",
    "test",
}


def names_of(scenario):
    cluster = scenario.cluster
    names = {scenario.name}
    for many in (
        cluster.pools,
        cluster.nodes,
        cluster.namespaces,
        cluster.pods,
        cluster.reservations,
        scenario.plan.groups,
    ):
        names |= {item.name for item in many}
    for item in (*cluster.nodes, *cluster.namespaces, *cluster.pools, *scenario.plan.groups):
        names |= set(item.labels) | set(item.labels.values())
    names |= {pod.node for pod in cluster.pods}
    names |= {service.name for service in cluster.services} | {handle.handle_id for handle in cluster.handles}
    names |= {affinity.node for affinity in cluster.affinities}
    for block in cluster.blocks:
        names |= (
            {allocation.handle for allocation in block.allocations}
            | {allocation.pod for allocation in block.allocations}
            | {block.host}
        )
    return {name for name in names if len(name) > 3 and name not in _WORDS and not name.isdigit()}


def addresses_of(scenario):
    cluster, around = scenario.cluster, scenario.networks
    addresses = {str(pool.cidr) for pool in cluster.pools} | {str(block.cidr) for block in cluster.blocks}
    for networks in (around.cluster, around.services, around.nodes, around.peers):
        addresses |= set(map(str, networks))
    addresses |= {str(address) for pod in cluster.pods for address in pod.addresses}
    addresses |= {str(address) for service in cluster.services for address in service.addresses}
    addresses |= {str(affinity.cidr) for affinity in cluster.affinities}
    addresses |= {text for handle in cluster.handles for text in handle.block}
    addresses |= {str(tunnel.address) for node in cluster.nodes for tunnel in node.tunnels}
    # Where private ranges begin is no secret, and what a report offers instead lies there.
    return {text.split("/")[0] for text in addresses} - {"10.0.0.0", "172.16.0.0", "192.168.0.0"}


def texts(path):
    """All text of a report's file, whatever its format."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        book = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return data.decode(errors="replace")


def is_left(word, text):
    return word in text and re.search(rf"(?<![\w.:-]){re.escape(word)}(?![\w:-]|\.\d)", text) is not None


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A cluster whose owner shows everywhere: names, labels, selectors, annotations, ranges asked for, descriptions."""
    folder = tmp_path_factory.mktemp("acme-secret-project")
    base = ipk.load(ROOT / "data/kubean.yaml")
    pools = [
        replace(
            base.cluster.pools[0],
            name="acme-payments",
            labels={"acme.com/team": "payments-team"},
            annotations={"acme-note": "owned-by-zoe"},
            node_selector='acme.com/zone == "vault-room"',
        ),
        *base.cluster.pools[1:],
        ipk.IPPool(name="acme-broken", cidr="203.0.113.0/24", node_selector="acme-secret-label =="),
    ]
    nodes = [
        replace(
            node, name=f"acme-rack-{number}.prod.acme.example", labels={**node.labels, "acme.com/zone": "vault-room"}
        )
        for number, node in enumerate(base.cluster.nodes)
    ]
    renamed = {old.name: new.name for old, new in zip(base.cluster.nodes, nodes, strict=True)}
    pods = [
        replace(
            pod,
            name=f"acme-pod-{number}",
            namespace="acme-ledger",
            node=renamed.get(pod.node, ""),
            **{"ipv4_pools": ("acme-payments", "10.244.0.0/18", "no-such-acme-pool")} if number == 0 else {},
        )
        for number, pod in enumerate(base.cluster.pods)
    ]
    reservation = ipk.IPReservation(name="acme-kept", reserved_cidrs=(Cidr.parse("10.244.1.0/28"),))
    cluster = replace(
        base.cluster, pools=tuple(pools), nodes=tuple(nodes), pods=tuple(pods), reservations=(reservation,)
    )
    groups = tuple(
        replace(group, name="acme-new-workers", labels={"acme.com/zone": "vault-room"}) for group in base.plan.groups
    )
    scenario = replace(
        base, name="acme-prod", description="For Acme's board", cluster=cluster, plan=replace(base.plan, groups=groups)
    )
    ipk.save_scenario(scenario, folder / "acme-prod.yaml")
    ipk.save_scenario(replace(plan(size=24), name="acme-dev"), folder / "acme-dev.yaml")
    (folder / "acme-bad.yaml").write_text(
        "version: 1\nname: acme-bad\ncluster: {pools: [{name: acme-x, cidr: 10.77.0.1/8}]}\n"
    )
    return folder, scenario


@pytest.mark.parametrize("template", ["capacity", "comparison", "fleet"])
def test_nothing_of_the_original_is_left_in_any_file(hostile, tmp_path, template):
    folder, scenario = hostile
    formats = ["html", "xlsx", "md", "svg", *(["pdf"] if find_chromium() else [])]
    names = ["acme-prod", "acme-dev"] + (["acme-bad"] if template == "capacity" else [])
    batch = ipk.make_reports(
        [folder / f"{name}.yaml" for name in names],
        tmp_path,
        formats=formats,
        template=template,
        redact=True,
        date="2026-11-23",
    )
    assert batch.successes
    words = names_of(scenario) | addresses_of(scenario) | addresses_of(plan()) | {"10.77.0.1", "203.0.113.0"}
    for path in tmp_path.rglob("*"):
        if path.is_file():
            text = f"{path.name}\n{texts(path)}"
            assert "acme" not in text.lower(), path.name
            assert [word for word in words if is_left(word, text)] == [], path.name


@pytest.mark.parametrize("cluster", ["s02", "s05", "s07", "s13"])
def test_an_audit_keeps_its_figures_and_nothing_else(cluster, tmp_path):
    folder = unpack_cluster(cluster, tmp_path / "acme-cluster", "kubectl-*")
    before = audit(folder)
    formats = ["html", "xlsx", "md", "svg"]
    ipk.make_reports([folder], tmp_path / "out", formats=formats, template="audit", redact=True, date="2026-11-23")
    # What is also a word of the report, the code of a rule, or a kind of owner.
    words = names_of(before.scenario) | addresses_of(before.scenario)
    words -= {"pool-manual", "load-balancer", WINDOWS_HANDLE, "windows"}
    for path in (tmp_path / "out").iterdir():
        if path.is_file():
            text = f"{path.name}\n{texts(path)}"
            assert "acme" not in text
            assert [word for word in words if is_left(word, text)] == [], path.name
    (redacted,) = redact_scenarios([before.scenario])
    after = audit_reading(Reading(redacted))
    names = {"name", "cidr", "nodeSelector", "namespaceSelector"}

    def number(value):
        if isinstance(value, dict):
            return sorted(value.values())
        return len(value) if isinstance(value, list | tuple) else value

    def numbers(rows):
        return sorted(repr([number(value) for name, value in row.items() if name not in names]) for row in rows)

    assert numbers(after.metrics.pools) == numbers(before.metrics.pools)
    assert numbers(after.metrics.nodes) == numbers(before.metrics.nodes)
    assert numbers([after.metrics.totals]) == numbers([before.metrics.totals])
    assert [finding.code for finding in after.findings] == [finding.code for finding in before.findings]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_number_stays(cluster, tmp_path):
    scenario = ipk.load(*unpack_files(cluster, tmp_path, *DUMPS))
    scenario = replace(
        scenario, plan=ipk.Plan(months=3, groups=(ipk.NodeGroup(nodes=5, pods_per_node=30, nodes_per_month=2),))
    )
    (redacted,) = redact_scenarios([scenario])
    names = {"pool", "pools", "cidr", "node", "node_selector", "change", "value"}

    def numbers(table):
        return table[[column for column in table.columns if column not in names]].to_dict("records")

    assert numbers(ipk.capacity(redacted).pools()) == numbers(
        ipk.capacity(scenario).pools().sort_values("pool", ignore_index=True)
    )
    assert numbers(ipk.capacity(redacted).nodes()) == numbers(ipk.capacity(scenario).nodes())
    assert numbers(ipk.capacity(redacted).growth()) == numbers(ipk.capacity(scenario).growth())
    assert numbers(ipk.capacity(redacted).choice_table()) == numbers(ipk.capacity(scenario).choice_table())
    # Networks are laid out anew in private space: only what is said of special ranges goes with the old ones.
    assert [finding.code for finding in ipk.capacity(redacted).findings] == [
        finding.code for finding in ipk.capacity(scenario).findings if finding.code != "range-special"
    ]
    for old, new in zip(
        sorted(scenario.cluster.pools, key=lambda pool: pool.name), redacted.cluster.pools, strict=True
    ):
        assert numbers(ipk.capacity(redacted).block_sizes(new.name)) == numbers(
            ipk.capacity(scenario).block_sizes(old.name)
        )
    words = {word for word in names_of(scenario) if len(word) > 5}
    text = scenario_to_yaml(redacted)
    assert [word for word in words if is_left(word, text)] == []


cidrs = st.builds(
    lambda value, prefix: Cidr(4, value >> (32 - prefix) << (32 - prefix), prefix),
    st.integers(0, 2**32 - 1),
    st.integers(4, 32),
)


@settings(max_examples=150)
@given(st.lists(cidrs, min_size=1, max_size=12, unique=True))
def test_networks_keep_their_sizes_and_what_lies_in_what(networks):
    peers = tuple(networks)
    scenario = ipk.Scenario(networks=ipk.Networks(peers=peers))
    moved = redact_scenarios([scenario])[0].networks.peers
    for network, new_network in zip(peers, moved, strict=True):
        assert network.prefix == new_network.prefix
        assert new_network.first % new_network.size == 0
        for other, new_other in zip(peers, moved, strict=True):
            assert (network in other) == (new_network in new_other)
            if network in other:
                assert network.first - other.first == new_network.first - new_other.first
            assert network.overlaps(other) == new_network.overlaps(new_other)


def test_one_name_stays_one_name_in_all_scenarios():
    first_plan, second_plan = plan(), plan(size=24)
    first, second = redact_scenarios([first_plan, second_plan])
    assert first.cluster.pools[0].name == second.cluster.pools[0].name
    assert first.cluster.pools[0].cidr == second.cluster.pools[0].cidr
    assert first.name != second.name


def test_pools_of_the_cni_configuration_and_ranges_of_bgp_are_replaced():
    base = plan()
    pool = base.cluster.pools[0]
    announced = Cidr.parse("203.0.113.0/24")
    cluster = replace(
        base.cluster,
        cni=CNIConfiguration(ipv4_pools=(pool.name, str(pool.cidr), "acme-pool")),
        bgp=BGPConfiguration(service_load_balancer_ips=(announced,)),
        block_usage=(BlockUsage(cidr=Cidr.parse("198.51.100.0/26"), used=3),),
    )
    (redacted,) = redact_scenarios([replace(base, cluster=cluster)])
    new_pool = redacted.cluster.pools[0]
    assert redacted.cluster.cni.ipv4_pools == (new_pool.name, str(new_pool.cidr), "unknown-pool")
    assert redacted.cluster.bgp.service_load_balancer_ips[0] not in announced
    assert redacted.cluster.block_usage[0].used == 3


def test_addresses_keep_their_place_in_their_pool(tmp_path):
    scenario = ipk.load(ROOT / "data/kubean.yaml")
    (redacted,) = redact_scenarios([scenario])
    pools = {pool.name: pool for pool in redacted.cluster.pools}
    for old, new in zip(scenario.cluster.pods, redacted.cluster.pods, strict=True):
        for before, after in zip(old.addresses, new.addresses, strict=True):
            around = next((pool for pool in scenario.cluster.pools if before in pool.cidr), None)
            if around:
                place = next(pool for pool in pools.values() if after in pool.cidr)
                assert int(before) - around.cidr.first == int(after) - place.cidr.first


def test_a_notebook_of_ones_own_gets_the_redacted_scenario(tmp_path):
    path = write_notebook(
        tmp_path / "own.ipynb", 'scenario = ""', "import ippoolkit as ipk\nipk.capacity(scenario).pools()"
    )
    text = ipk.report(plan(), tmp_path / "r.html", template=path, redact=True).read_text()
    assert "10.233.64.0" not in text
    assert ipaddress.ip_address("10.0.0.0") in ipaddress.ip_network("10.0.0.0/18")


def test_a_redacted_scenario_is_judged_by_the_same_release():
    (redacted,) = redact_scenarios([replace(ipk.load(ROOT / "data/kubean.yaml"), calico="v3.29.7")])
    assert redacted.calico == "v3.29.7"
