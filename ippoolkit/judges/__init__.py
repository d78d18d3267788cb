"""Judges of manifests: what calicoctl and the API server make of a file, object by object."""

from ..kinds import kind_named
from .apiserver import ApiServer, objects_in
from .calicoctl import Calicoctl
from .configure import configure, ipam_options
from .convert import v3_of
from .judgement import Judgement, Options, Outcome
from .resource import Resource
from .store import Datastore, filled
from .text import Manifests, parse_manifests, read_manifests

__all__ = [
    "ApiServer",
    "Calicoctl",
    "Datastore",
    "Judgement",
    "Manifests",
    "Options",
    "Outcome",
    "Resource",
    "configure",
    "filled",
    "ipam_options",
    "kind_named",
    "objects_in",
    "parse_manifests",
    "read_manifests",
    "v3_of",
]
