"""Judges of manifests: what calicoctl and the API server make of a file, object by object."""

from ..calico.kinds import find_kind
from .aggregated_server import AggregatedServer
from .api_server import ApiServer, iter_objects
from .calicoctl import Calicoctl
from .conversion import convert_to_v3
from .datastore import Datastore, apply_defaults
from .ipam_configure import configure_ipam, effective_ipam_options
from .manifest_file import ManifestFile, parse_manifests
from .manifest_sources import read_manifest_files
from .resource import Resource
from .results import CalicoctlOptions, CommandResult, ObjectResult

__all__ = [
    "AggregatedServer",
    "ApiServer",
    "Calicoctl",
    "CalicoctlOptions",
    "CommandResult",
    "Datastore",
    "ManifestFile",
    "ObjectResult",
    "Resource",
    "apply_defaults",
    "configure_ipam",
    "convert_to_v3",
    "effective_ipam_options",
    "find_kind",
    "iter_objects",
    "parse_manifests",
    "read_manifest_files",
]
