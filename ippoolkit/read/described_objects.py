"""`kubectl describe` of a node, a pod or what Calico configures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..calico.kinds import V1, V3
from ..findings import Finding, Place
from ..yaml_scalars import resolve_plain_scalar
from .kubectl_tables import FINISHED_PHASES, node_object, pod_object, shown_text
from .reported import ListedObject, ReportedText
from .table_layout import NumberedLines

_CALICO_KINDS = ("IPPool", "IPReservation", "IPAMConfig", "IPAMConfiguration", "BlockAffinity")
# Fields of a section by their keys; what stands on the section's own line has its name as key.
Sections = dict[str, dict[str, str]]


def read_described_object(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read what `kubectl describe` prints, as if it had come as YAML.

    Nodes, pods and claims are described one at a time: what there is beside them is unknown.
    """
    place = Place(file, lines[0][0])
    sections: Sections = {}
    for section, key, text in _described_fields(lines):
        sections.setdefault(section, {})[key] = text
    own = {section: fields[section] for section, fields in sections.items() if section in fields}
    kind, name = own.get("Kind") or _described_kind(own), own.get("Name", "")
    if kind in _CALICO_KINDS:
        version = V1 if kind == "IPAMConfig" else V3
        value = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": _described_spec(lines)}
        (reported.single_objects if kind == "BlockAffinity" else reported.objects).append(ListedObject(value, place))
    elif kind == "Node":
        reported.single_objects.append(ListedObject(_described_node(name, sections), place))
    elif kind == "Pod":
        node, _, host_address = own["Node"].partition("/")
        node, address, phase = shown_text(node), shown_text(own["IP"]), own.get("Status", "Pending").partition(" ")[0]
        annotations = _fields_below("Annotations", sections)
        pod = pod_object(own["Namespace"], name, node, phase, address, annotations=annotations)
        pod["spec"]["hostNetwork"] = bool(address) and host_address == address
        reported.single_objects.append(ListedObject(pod, place))
        if node and not address and phase not in FINISHED_PHASES:
            reported.waiting_pods.append((f"{own['Namespace']}/{name}", node, place))
    else:
        params = {"line": f"Name: {name}", "count": len(lines)}
        reported.notes.append(Finding("lines-unread", params=params, place=place))


def _described_kind(own: dict[str, str]) -> str:
    """Tell a node from a pod, and both from anything else, of which kubectl does not print the kind."""
    if "Namespace" not in own:
        return "Node" if {"Addresses", "PodCIDR", "PodCIDRs", "Roles", "System Info"} & set(own) else ""
    return "Pod" if {"Node", "IP"} <= set(own) else ""


def _described_node(name: str, sections: Sections) -> dict[str, Any]:
    pod_cidrs = next((sections[key][key] for key in sections if key.startswith("PodCIDR")), "")
    pods = _fields_below("Allocatable", sections).get("pods")
    return node_object(
        name,
        _fields_below("Labels", sections),
        _fields_below("Annotations", sections),
        internal_address=_fields_below("Addresses", sections).get("InternalIP", ""),
        spec={"podCIDRs": [cidr for cidr in pod_cidrs.split(",") if cidr]},
        status={"allocatable": {"pods": pods} if pods else {}},
    )


def _fields_below(section: str, sections: Sections) -> dict[str, str]:
    """Return the fields of a section without what stands on its own line."""
    return {key: text for key, text in sections.get(section, {}).items() if key != section}


def _described_fields(lines: NumberedLines) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of each line; labels have `=` between the two."""
    section = ""
    for _, line in lines:
        if line[:1] not in " \t":
            section = line.partition(":")[0]
            content = line.partition(":")[2].strip()
            yield section, section, content
        else:
            content = line.strip()
        separator = "=" if section == "Labels" else ":"
        key, separator_found, value = content.partition(separator)
        if separator_found:
            yield section, key.strip(), value.strip()


def _described_spec(lines: NumberedLines) -> dict[str, Any]:
    """Return the spec of a described object: its fields, and lists whose items stand below their field."""
    spec: dict[str, Any] = {}
    in_spec, field = False, ""
    for _, line in lines:
        if line[:1] not in " \t":
            in_spec = line.startswith("Spec:")
            continue
        key, is_field, value = line.strip().partition(":")
        if not in_spec:
            continue
        if is_field and (line.startswith("  ") and not line.startswith("   ")):
            field = _camel_case(key)
            if value.strip():
                spec[field] = resolve_plain_scalar(value.strip())
        elif field and isinstance(spec.setdefault(field, []), list):
            spec[field].append(line.strip())
    return spec


def _camel_case(heading: str) -> str:
    """Return the field that `kubectl describe` prints as words: `Block Size` is blockSize."""
    first, *further_words = heading.split()
    return first.lower() + "".join({"Bgp": "BGP"}.get(word, word) for word in further_words)
