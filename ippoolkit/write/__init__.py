"""Writing: model to scenario files and manifests."""

from .atomic import write_atomically
from .scenario_file import save_scenario, scenario_to_dict, scenario_to_yaml
from .v3_manifests import to_manifest, to_manifests_yaml
from .yaml_dump import dump_yaml

__all__ = [
    "dump_yaml",
    "save_scenario",
    "scenario_to_dict",
    "scenario_to_yaml",
    "to_manifest",
    "to_manifests_yaml",
    "write_atomically",
]
