"""A report of nothing much, made before there is anything to report on: what loads late is there afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...cidr import Cidr
from ...model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ...write import save
from ..mime import FORMATS
from .capacity import Report


def rehearse() -> Iterator[bool]:
    """Make every piece of a small report, one a step, slowest first; yields False as long as there is more to do."""
    pool = IPPool(name="pool", cidr=Cidr.parse("10.0.0.0/24"), vxlan_mode="Always")
    group = NodeGroup(nodes=2, pods_per_node=3, nodes_per_month=1)
    scenario = Scenario(cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,), months=2))
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        path = save(scenario, Path(folder) / "scenario.json")
        report, chinese = Report(path), Report(path, lang="zh")
    pieces = [report.address_map, report.block_sizes, report.growth, report.title, report.verdict, report.what_breaks,
              report.pools, report.nodes, report.all_findings, report.manifests, chinese.growth]  # fmt: skip
    for piece in pieces:
        piece()
        yield False
    os.environ[FORMATS] = "png"
    report.growth()
    del os.environ[FORMATS]
    yield True
