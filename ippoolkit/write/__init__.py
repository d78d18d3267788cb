"""Writing: model to scenario files and manifests."""

from .files import plain, save, scenario_yaml, write_text
from .manifests import manifest, manifests
from .yaml_text import dump

__all__ = ["dump", "manifest", "manifests", "plain", "save", "scenario_yaml", "write_text"]
