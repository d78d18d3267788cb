"""Every rule the kit judges by: tables of codes, severities, sources and texts.

A message says what is wrong, with the number; a remedy says what to change. Placeholders are filled from a
finding's numbers (see `ippoolkit.findings.language`).
"""

from .capacity_verdicts import CAPACITY_VERDICTS
from .choosing import CHOOSING
from .cluster_configuration import CLUSTER_CONFIGURATION
from .cluster_defects import CLUSTER_AUDIT
from .command_options import COMMAND_OPTIONS
from .design import DESIGN
from .file_contents import INPUT_FILES
from .forecasts import FORECASTS
from .installers import INSTALLERS
from .ipam_failures import IPAM_FAILURES
from .live_and_diff import LIVE_AND_DIFF
from .manifests import FIELD_VALUES, MANIFEST_FILES, OBJECT_METADATA
from .pool_changes import POOL_CHANGES
from .pool_manifests import IPAM_CONFIGURE, MANIFEST_CHANGES, POOL_MANIFESTS
from .pools_for_pods import POOL_SELECTION
from .release_upgrades import RELEASES
from .reported_figures import REPORTED_FIGURES
from .rule import Rule
from .simulations import SIMULATIONS

_ALL_RULES = (
    *INPUT_FILES,
    *COMMAND_OPTIONS,
    *MANIFEST_FILES,
    *OBJECT_METADATA,
    *FIELD_VALUES,
    *POOL_MANIFESTS,
    *MANIFEST_CHANGES,
    *IPAM_CONFIGURE,
    *CAPACITY_VERDICTS,
    *DESIGN,
    *IPAM_FAILURES,
    *CLUSTER_AUDIT,
    *CLUSTER_CONFIGURATION,
    *REPORTED_FIGURES,
    *POOL_SELECTION,
    *LIVE_AND_DIFF,
    *INSTALLERS,
    *FORECASTS,
    *SIMULATIONS,
    *POOL_CHANGES,
    *CHOOSING,
    *RELEASES,
)
RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL_RULES}

__all__ = ["RULES", "Rule"]
