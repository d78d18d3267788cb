"""A report of nothing much, made before there is anything to report on: what loads late is there afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...cidr import Cidr
from ...model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ...write import save_scenario
from ..kernel_protocol import FORMATS_VARIABLE
from .capacity_report import CapacityReport


def warm_up_steps() -> Iterator[bool]:
    """Make every piece of a small report, one a step, slowest first; yields False as long as there is more to do."""
    pool = IPPool(name="pool", cidr=Cidr.parse("10.0.0.0/24"), vxlan_mode="Always")
    group = NodeGroup(nodes=2, pods_per_node=3, nodes_per_month=1)
    scenario = Scenario(cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,), months=2))
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        path = save_scenario(scenario, Path(folder) / "scenario.json")
        report, chinese_report = CapacityReport(path), CapacityReport(path, lang="zh")
    section_methods = [
        report.address_map,
        report.block_sizes,
        report.growth,
        report.title,
        report.verdict,
        report.what_breaks,
        report.pools,
        report.nodes,
        report.all_findings,
        report.manifests,
        chinese_report.growth,
    ]
    for build_section in section_methods:
        build_section()
        yield False
    os.environ[FORMATS_VARIABLE] = "png"
    report.growth()
    del os.environ[FORMATS_VARIABLE]
    yield True
