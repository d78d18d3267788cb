"""Which racks there are: by the labels of the nodes that exist, and numbered where these say nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..findings import Finding
from ..model import Node, Requirements, Scenario

DEFAULT_RACK_LABEL = "rack"


def rack_label_of(nodes: Sequence[Node]) -> str:
    """Return the label by which nodes tell their rack: ``rack``, or one such as ``topology.kubernetes.io/rack``."""
    names = Counter(name for node in nodes for name in node.labels if name.rpartition("/")[2] == DEFAULT_RACK_LABEL)
    return max(names, key=lambda name: (names[name], name), default=DEFAULT_RACK_LABEL)


def labelled_racks(nodes: Sequence[Node], label: str) -> Counter[str]:
    """Return the racks that nodes are labelled with, and how many nodes each has."""
    return Counter(node.labels[label] for node in nodes if label in node.labels)


def rack_values(requirements: Requirements, scenario: Scenario) -> list[str]:
    """Return what the rack label of each rack's nodes says, sorted.

    Racks whose nodes exist keep their labels, the fullest ones first where there are more than asked for; further ones
    are numbered.
    """
    racks = requirements.racks
    nodes_by_rack = labelled_racks(scenario.cluster.nodes, requirements.rack_label)
    labels = sorted(sorted(nodes_by_rack, key=lambda label: (-nodes_by_rack[label], label))[:racks])
    width = len(str(racks))
    numbered = (f"{number:0{width}}" for number in range(1, 2 * racks + 1))
    return [*labels, *(label for label in numbered if label not in nodes_by_rack)][:racks]


def rack_remarks(requirements: Requirements, scenario: Scenario, rack_nodes: int) -> Iterator[Finding]:
    """Say where nodes that exist are not as the pools of racks need them.

    Parameters
    ----------
    requirements, scenario
        What is asked, and the nodes that exist.
    rack_nodes
        Nodes, headroom included, that a rack's pool is made for.
    """
    nodes, rack_label = scenario.cluster.nodes, requirements.rack_label
    if requirements.racks == 1 or not nodes:
        return
    nodes_by_rack = labelled_racks(nodes, rack_label)
    if unlabelled := len(nodes) - nodes_by_rack.total():
        missing_label = rack_values(requirements, scenario)[0]
        yield Finding("choose-rack-unlabelled", "", {"count": unlabelled, "label": rack_label, "value": missing_label})
    if len(nodes_by_rack) > requirements.racks:
        yield Finding(
            "choose-rack-more", "", {"racks": len(nodes_by_rack), "label": rack_label, "wanted": requirements.racks}
        )
    fullest, count = max(nodes_by_rack.items(), key=lambda rack: (rack[1], rack[0]), default=("", 0))
    if count > rack_nodes:
        yield Finding("choose-rack-fuller", "", {"rack": fullest, "count": count, "fit": rack_nodes})
