from . import capacity, figures, findings, ipam, judges, model, read, report, rules, simulation, view, widgets, write
from .capacity import Verdict, block_sizes, choices, comparison, growth, nodes, pools, prefixes, verdict
from .cidr import Cidr
from .errors import InputError, IppoolkitError, ReportError
from .findings import Finding
from .model import (
    Block,
    Cluster,
    IPAMConfig,
    IPPool,
    IPReservation,
    Namespace,
    Networks,
    Node,
    NodeGroup,
    Plan,
    Pod,
    Scenario,
)
from .model.editing import as_group, with_group, with_pool
from .read import load
from .report import make_report, make_reports
from .rules import check, review
from .simulation import simulate
from .widgets import ChangePlanner, Planner
from .write import manifests, save

__version__: str

__all__ = [
    "Block",
    "ChangePlanner",
    "Cidr",
    "Cluster",
    "Finding",
    "IPAMConfig",
    "IPPool",
    "IPReservation",
    "InputError",
    "IppoolkitError",
    "Namespace",
    "Networks",
    "Node",
    "NodeGroup",
    "Plan",
    "Planner",
    "Pod",
    "ReportError",
    "Scenario",
    "Verdict",
    "as_group",
    "block_sizes",
    "capacity",
    "check",
    "choices",
    "comparison",
    "figures",
    "findings",
    "growth",
    "ipam",
    "judges",
    "load",
    "make_report",
    "make_reports",
    "manifests",
    "model",
    "nodes",
    "pools",
    "prefixes",
    "read",
    "report",
    "review",
    "rules",
    "save",
    "simulate",
    "simulation",
    "verdict",
    "view",
    "widgets",
    "with_group",
    "with_pool",
    "write",
]
