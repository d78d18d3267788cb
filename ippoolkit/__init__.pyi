from . import (
    capacity,
    choose,
    figures,
    findings,
    ipam,
    manifests,
    model,
    read,
    report,
    simulation,
    view,
    widgets,
    write,
)
from .analysis import Analysis, analyse
from .api import block_sizes, check_design, choices, comparison, growth, nodes, pools, prefixes, verdict, verdicts
from .capacity.evaluation import Status, Verdict
from .choose import free, recommend
from .cidr import Cidr
from .errors import InputError, IppoolkitError, ReportError
from .findings import Finding
from .forecasting import forecast
from .manifests.manifest_review import review
from .model import (
    Block,
    Cluster,
    GroupRequirement,
    IPAMConfig,
    IPPool,
    IPReservation,
    Namespace,
    Networks,
    Node,
    NodeGroup,
    Plan,
    Pod,
    Requirements,
    Scenario,
)
from .model.scenario_edits import nodes_as_group, with_pool, with_single_group
from .read import load
from .report import make_report, make_reports
from .simulation import simulate
from .widgets import ChangePlanner, Planner
from .write import save_scenario, to_manifests_yaml

__version__: str

__all__ = [
    "Analysis",
    "Block",
    "ChangePlanner",
    "Cidr",
    "Cluster",
    "Finding",
    "GroupRequirement",
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
    "Requirements",
    "Scenario",
    "Status",
    "Verdict",
    "analyse",
    "block_sizes",
    "capacity",
    "check_design",
    "choices",
    "choose",
    "comparison",
    "figures",
    "findings",
    "forecast",
    "free",
    "growth",
    "ipam",
    "load",
    "make_report",
    "make_reports",
    "manifests",
    "model",
    "nodes",
    "nodes_as_group",
    "pools",
    "prefixes",
    "read",
    "recommend",
    "report",
    "review",
    "save_scenario",
    "simulate",
    "simulation",
    "to_manifests_yaml",
    "verdict",
    "verdicts",
    "view",
    "widgets",
    "with_pool",
    "with_single_group",
    "write",
]
