from . import choose, figures, findings, ipam, manifests, model, simulation, view, widgets, write
from .analysis import Analysis, analyse
from .api import (
    block_sizes,
    capacity,
    check,
    check_design,
    choices,
    comparison,
    diff,
    growth,
    nodes,
    pools,
    pools_for,
    prefixes,
    report,
    runbook,
    verdict,
    verdicts,
)
from .audit.cluster_audit import Audit, audit
from .capacity.verdict import Status, Verdict
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
from .read.reader import load, read
from .read.reading import Reading
from .release_upgrade import Upgrade, upgrade
from .report.batch import make_report, make_reports
from .simulation import simulate
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
    "ReportError",
    "Requirements",
    "Scenario",
    "Status",
    "Upgrade",
    "Verdict",
    "analyse",
    "audit",
    "block_sizes",
    "capacity",
    "check",
    "check_design",
    "choices",
    "choose",
    "comparison",
    "diff",
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
    "pools_for",
    "prefixes",
    "read",
    "recommend",
    "report",
    "review",
    "runbook",
    "save_scenario",
    "simulate",
    "simulation",
    "to_manifests_yaml",
    "upgrade",
    "verdict",
    "verdicts",
    "view",
    "widgets",
    "with_pool",
    "with_single_group",
    "write",
]
