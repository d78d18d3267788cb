"""Plain values to YAML that calicoctl, kubectl and this kit read back as the same values."""

from __future__ import annotations

from typing import Any

import yaml

from ..yaml_scalars import resolve_plain_scalar


class FlowMapping(dict[str, Any]):
    """A mapping to be written on one line."""


_BASE_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BASE_DUMPER):  # type: ignore[misc]  # in C where PyYAML has it
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (theirs to name)
        return True


def _represent_text(dumper: _Dumper, text: str) -> Any:
    # PyYAML quotes what it would read as something else; go-yaml has more such words (y, n, 0b1, 1_0 ...).
    style = None if isinstance(resolve_plain_scalar(text), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: _Dumper, items: list[Any]) -> Any:
    is_flow_style = all(isinstance(item, str | int) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_flow_style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(
    FlowMapping, lambda d, m: d.represent_mapping("tag:yaml.org,2002:map", m.items(), flow_style=True)
)


def dump_yaml(value: object) -> str:
    """Write a value as one YAML document, keys in their order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**20)
