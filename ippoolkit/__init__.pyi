from . import choose, figures, findings, ipam, manifests, model, simulation, view, widgets, write
from .analysis import Analysis
from .api import (
    capacity,
    check,
    comparison,
    diff,
    pools_for,
    report,
    runbook,
)
from .audit.cluster_audit import Audit, audit
from .capacity.verdict import Status, Verdict
from .change.runbook import Runbook
from .choose import FreeRanges, Recommendation, free, recommend
from .cidr import Cidr
from .errors import InputError, IppoolkitError, ReportError
from .findings import Finding
from .forecasting import Forecast, forecast
from .manifests.manifest_review import Review
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
from .read.reader import load, read
from .read.reading import Reading
from .release_upgrade import Upgrade, upgrade
from .report.batch import make_reports
from .simulation import Simulation, simulate
from .widgets import ChangePlanner, Planner
from .write import save_scenario, to_manifests_yaml

__version__: str

__all__ = [
    "Analysis",
    "Audit",
    "Block",
    "ChangePlanner",
    "Cidr",
    "Cluster",
    "Finding",
    "Forecast",
    "FreeRanges",
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
    "Reading",
    "Recommendation",
    "ReportError",
    "Requirements",
    "Review",
    "Runbook",
    "Scenario",
    "Simulation",
    "Status",
    "Upgrade",
    "Verdict",
    "audit",
    "capacity",
    "check",
    "choose",
    "comparison",
    "diff",
    "figures",
    "findings",
    "forecast",
    "free",
    "ipam",
    "load",
    "make_reports",
    "manifests",
    "model",
    "nodes_as_group",
    "pools_for",
    "read",
    "recommend",
    "report",
    "runbook",
    "save_scenario",
    "simulate",
    "simulation",
    "to_manifests_yaml",
    "upgrade",
    "view",
    "widgets",
    "with_pool",
    "with_single_group",
    "write",
]
