"""What is mutated: one small, right document for each kind of input that the kit reads."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from tests.helpers import RECORDINGS, ROOT

KEPT_ITEMS = 4  # of each list of a dump: small documents mutate and run fast

INVENTORY = """\
[all]
master[1:3] ansible_host=10.0.0.1
worker01 ip=10.3.0.4 calico_pool_blocksize=26
[kube_control_plane]
master1
[kube_node]
worker01
[kube_node:vars]
kube_network_node_prefix=24
[k8s_cluster:children]
kube_node
kube_control_plane
"""
INVENTORY_YAML = """\
all:
  vars:
    kube_pods_subnet: 10.233.64.0/18
    kube_service_addresses: 10.233.0.0/18
    kube_network_node_prefix: 24
    calico_pool_blocksize: 26
    calico_vxlan_mode: Always
  children:
    kube_node:
      hosts: {"worker[01:09]": {}, other: {ip: 10.0.0.9}}
"""
OPERATOR = """\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork:
    ipPools:
    - {cidr: 10.48.0.0/16, blockSize: 26, encapsulation: VXLANCrossSubnet, natOutgoing: Disabled, nodeSelector: has(a)}
    - {name: six, cidr: "fd00::/64", blockSize: 120, encapsulation: VXLAN}
"""
KUBEADM = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking: {podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: 10.96.0.0/16}
controllerManager:
  extraArgs:
  - {name: node-cidr-mask-size-ipv4, value: "24"}
  - {name: node-cidr-mask-size-ipv6, value: "64"}
"""
CALICO_NODE = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - name: calico-node
        env:
        - {name: CALICO_IPV4POOL_CIDR, value: 10.244.0.0/16}
        - {name: CALICO_IPV4POOL_BLOCK_SIZE, value: "26"}
        - {name: CALICO_IPV4POOL_IPIP, value: Always}
        - {name: FELIX_IPV6SUPPORT, value: "true"}
"""
SELECTOR_POOL = """\
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: p}
spec:
  cidr: 10.0.0.0/16
  blockSize: 26
  nodeSelector: (has(a) && b == "c") || !(d in {"e", 'f'}) && g not in {"h"} || i starts with "j" || k contains "l"
"""
TRACE_CSV = """\
day,event,name,pod,namespace,node
0,add-node,n1,,,
0,start,,p1,default,n1
1,start,,p2,default,n1
2,stop,,p1,default,
3,remove-node,n1,,,
"""
TRACE_JSONL = """\
{"day": 0, "event": "start", "pod": "p1", "namespace": "default", "node": "n1"}
{"day": 1, "event": "stop", "pod": "p1", "namespace": "default"}
"""
PROMETHEUS = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [
            {
                "metric": {"ippool": "p"},
                "values": [[1767225600 + 86400 * day, str(100 + 3 * day)] for day in range(20)],
            },
            {"metric": {"ippool": "q", "node": "n1"}, "values": [[1767225600, "7"], [1767312000, "9.5"]]},
        ],
    },
}
ADDRESS_PLAN = """\
prefix,description,tenant
10.0.0.0/16,office,a
10.1.0.0/24,"racks, east",b
fd00::/48,lab,
"""
ADDRESS_RANGES = """\
start_ip;end_ip;owner
10.0.0.0;10.0.3.255;office
10.1.0.0;10.1.0.99;printers
"""
ROUTES = """\
default via 10.0.0.1 dev eth0 proto dhcp metric 100
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5
blackhole 10.233.64.0/26 proto 80
10.233.65.0/26 via 10.0.0.7 dev vxlan.calico onlink
"""
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c
  cluster: {server: "http://127.0.0.1:6443", insecure-skip-tls-verify: true}
contexts:
- {name: one, context: {cluster: c, user: u}}
users:
- name: u
  user: {token: secret, username: a, password: b, as: auditor, as-groups: [g], as-user-extra: {reason: [x]}}
"""
PASTE = """\
$ calicoctl ipam show --show-blocks
+----------+-----------------+-----------+------------+--------------+
| GROUPING |      CIDR       | IPS TOTAL | IPS IN USE |   IPS FREE   |
+----------+-----------------+-----------+------------+--------------+
| IP Pool  | 10.233.64.0/18  |     16384 | 7 (0%)     | 16377 (100%) |
| Block    | 10.233.66.0/26  |        64 | 5 (8%)     | 59 (92%)     |
+----------+-----------------+-----------+------------+--------------+
$ kubectl get pods -o wide
NAME   READY   STATUS    RESTARTS   AGE   IP            NODE   NOMINATED NODE   READINESS GATES
a      1/1     Running   0          5d    10.233.66.3   n1     <none>           <none>
Error from server (Forbidden): ipamblocks.crd.projectcalico.org is forbidden: User "me" cannot list resource
$ calicoctl get ippool -o yaml
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: p}
spec: {cidr: 10.233.64.0/18, blockSize: 26}
"""


@dataclass(frozen=True)
class Seed:
    """A document: its kind decides which commands read it."""

    kind: str
    name: str
    content: bytes


def all_seeds() -> list[Seed]:
    """Return the corpus, in a fixed order."""
    texts = [Seed("scenario", path.name, path.read_bytes()) for path in sorted((ROOT / "data").glob("*.yaml"))] + [
        Seed("installer", "inventory.ini", INVENTORY.encode()),
        Seed("installer", "inventory.yml", INVENTORY_YAML.encode()),
        Seed("installer", "operator.yml", OPERATOR.encode()),
        Seed("installer", "kubeadm.yml", KUBEADM.encode()),
        Seed("installer", "calico.yaml", CALICO_NODE.encode()),
        Seed("manifest", "selector.yaml", SELECTOR_POOL.encode()),
        Seed("trace", "trace.csv", TRACE_CSV.encode()),
        Seed("trace", "trace.jsonl", TRACE_JSONL.encode()),
        Seed(
            "history", "history.csv", b"".join((ROOT / "data/history.csv").read_bytes().splitlines(keepends=True)[:40])
        ),
        Seed("history", "answer.json", json.dumps(PROMETHEUS).encode()),
        Seed("networks", "plan.csv", ADDRESS_PLAN.encode()),
        Seed("networks", "ranges.csv", ADDRESS_RANGES.encode()),
        Seed("networks", "routes.txt", ROUTES.encode()),
        Seed("dump", "paste.txt", PASTE.encode()),
        Seed("kubeconfig", "kubeconfig", KUBECONFIG.encode()),
        Seed("link", "link", _link()),
        Seed("template", "capacity.ipynb", (ROOT / "notebooks/capacity.ipynb").read_bytes()),
        Seed("template", "fleet.ipynb", (ROOT / "notebooks/fleet.ipynb").read_bytes()),
    ]
    return [*texts, *_recorded()]


def _link() -> bytes:
    from ippoolkit.read import load
    from ippoolkit.widgets.saved_state import SavedState

    return SavedState(load(ROOT / "data/kubespray.yaml"), pool="p", tab=2).pack().encode()


def _recorded() -> list[Seed]:
    seeds = []
    for cluster in ("s02", "s05", "s07", "s13"):
        for path in sorted((RECORDINGS / "clusters" / cluster).glob("*.gz")):
            name = path.name.removesuffix(".gz")
            if name in ("commands.json", "expected.json", "kubectl-all.yaml"):
                continue
            content = gzip.decompress(path.read_bytes())
            if name.endswith(".json"):
                content = _shortened(content)
            if name.startswith("ipam-check.") and len(content) > 5000:
                content = b"".join(content.splitlines(keepends=True)[:80])
            kind = "manifest" if name.startswith(("ippools.", "ipamconfig.", "ipreservations.")) else "dump"
            seeds.append(Seed(kind, f"{cluster}-{name}", content))
    answers = sorted((RECORDINGS / "api").glob("*.gz"))
    seeds += [
        Seed("dump", path.name.removesuffix(".gz"), _shortened(gzip.decompress(path.read_bytes()))) for path in answers
    ]
    messages = sorted((RECORDINGS / "clusters-errors").glob("*.gz"))
    seeds += [Seed("dump", f"{path.stem}.txt", gzip.decompress(path.read_bytes())) for path in messages]
    return seeds


def _shortened(content: bytes) -> bytes:
    """Return a dump with a few items of each list."""

    def shorten(value: object) -> object:
        if isinstance(value, dict):
            shortened = {key: shorten(item) for key, item in value.items() if key != "managedFields"}
            if len(shortened) > 12 and all(isinstance(item, list) for item in shortened.values()):
                shortened = dict(list(shortened.items())[:KEPT_ITEMS])
            return shortened
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [shorten(item) for item in value[:KEPT_ITEMS]]
        return value

    return json.dumps(shorten(json.loads(content)), indent=1).encode()
