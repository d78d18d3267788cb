"""Commands on the nodes' CNI configuration, the third place in which pools are named.

With Calico's manifests it stands in ConfigMap calico-config, which calico-node writes to each node when it starts;
Kubespray until v2.22 puts a template on each node, from which calico-node makes the same file. The operator writes no
pools into its own: what is there was written on the nodes by hand.
"""

from __future__ import annotations

import shlex

from ..model import IPPool
from .steps import Change, InstallMethod, pool_names

_RESTART = (
    "kubectl -n {namespace} rollout restart daemonset/calico-node",
    "kubectl -n {namespace} rollout status daemonset/calico-node --timeout=30m",
)
_NODE_FILES = "/etc/cni/net.d/*.conflist /etc/cni/net.d/*.template"
_INVENTORY = "inventory/mycluster/inventory.ini"
_SHOW_CONFIG_MAP = "kubectl -n kube-system get configmap calico-config -o jsonpath='{.data.cni_network_config}'"
_SHOW_POOLS = "grep -nE 'ipv[46]_pools'"
_EACH_NODE = (
    "for node in $(kubectl get nodes -o jsonpath='{{.items[*].status.addresses[?(@.type==\"InternalIP\")].address}}'); "
    'do echo "$node"; ssh "$node" {command}; done'
)


def cni_show_command(install: InstallMethod) -> str:
    """Return the command that shows which pools the nodes' CNI configuration names."""
    if install == "manifest":
        return f"{_SHOW_CONFIG_MAP} | {_SHOW_POOLS}"
    if install == "kubespray":
        return f"ansible k8s_cluster -i {_INVENTORY} -b -m shell -a {shlex.quote(f'{_SHOW_POOLS} {_NODE_FILES}')}"
    return _EACH_NODE.format(command=shlex.quote(f"sudo {_SHOW_POOLS} {_NODE_FILES}"))


def cni_change_commands(change: Change, pool: IPPool, target_pool: str) -> tuple[str, ...]:
    """Return commands that put another pool in the place of one, or take it out where there is none to put."""
    old = "|".join(escape_regex(name, delimiter="#") for name in pool_names(pool))
    if target_pool:
        edit = rf'/ipv[46]_pools/s#(\\?")({old})(\\?")#\1{target_pool}\3#g'
    else:  # the pool before others, then after others or alone
        name = rf'(\\?")({old})(\\?")'
        edit = rf"/ipv[46]_pools/{{s#{name}, *##g;s#(, *)?{name}##g;}}"
    sed = f"sed -E {shlex.quote(edit)}"
    if change.install == "manifest":
        return (
            f"kubectl -n kube-system get configmap calico-config -o yaml | {sed} | kubectl apply -f -",
            *(line.format(namespace="kube-system") for line in _RESTART),
        )
    on_node = f"sed -E -i {shlex.quote(edit)} {_NODE_FILES}"
    if change.install == "kubespray":
        return (
            f"ansible k8s_cluster -i {_INVENTORY} -b -m shell -a {shlex.quote(on_node)}",
            *(line.format(namespace="kube-system") for line in _RESTART),
        )
    return (_EACH_NODE.format(command=shlex.quote(f"sudo {on_node}")),)


def escape_regex(text: str, delimiter: str = "") -> str:
    """Return a text as grep -E takes it for itself, and sed -E with a delimiter of its expressions."""
    return "".join(f"\\{char}" if char in r"\.[]{}()*+?^$|" + delimiter else char for char in text)
