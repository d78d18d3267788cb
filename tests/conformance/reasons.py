"""Whether findings name the same fields for the same reasons as Calico's own messages, whatever the words."""

import re

from ippoolkit.findings import RULES

# How messages name a field: `spec.x`, `IPPool.Spec.CIDR`, `NodeSelector`, `Go struct field IPPoolSpec.spec.blockSize`.
_FIELDS = (
    re.compile(r"Go struct field (?P<field>\S+)"),
    re.compile(r"error with field (?P<field>[\w.\[\]]+)"),
    re.compile(r"^(?P<field>[A-Za-z][\w.\[\]]*) (?:=|\()"),
    re.compile(r"wrong location: (?P<field>[^\s,]+)"),
    re.compile(r"^(?P<field>(?:spec|metadata)[\w.\[\]]*): "),
)
# Fields of APIv1 by the names of Calico's own structs.
_APIV1_NAMES = {"natoutgoingv1": "nat-outgoing"}
# Fields that contradict each other: which one a message names differs between releases.
_CONTRADICTIONS = ({"ipipmode", "vxlanmode"}, {"cidr", "blocksize"})
_NO_FIELD = {"spec", "object", "metadata"}


def codes_of(line):
    """Return the codes of the rules that Calico words so."""
    lower = line.lower()  # capital or not differs between releases
    return {code for code, rule in RULES.items() if any(part.lower() in lower for part in rule.calico_messages)}


def field_of(line):
    """Return the field that a line names, as its last part in small letters; empty where it names none."""
    for pattern in _FIELDS:
        if match := pattern.search(line):
            return _last(match["field"])
    return ""


def _last(field):
    leaf = re.sub(r"\[\d+\]", "", field).rstrip(".").split(".")[-1].lower()
    return "" if leaf in _NO_FIELD else _APIV1_NAMES.get(leaf, leaf)


def lines_of(message):
    """Cut a message of calicoctl into its reasons."""
    reasons = re.split(r"\n-\s+", message)
    return [reason for reason in reasons if not reason.endswith("error with the following fields:")]


def unnamed(lines, findings):
    """Return the reasons among the lines that no finding names at the same field."""
    missing = []
    for line in lines:
        wanted, field = codes_of(line), field_of(line)
        alike = [note for note in findings if note.code in wanted]
        if not any(not field or field in _names(note) for note in alike):
            missing.append(f"no finding for {line[:150]!r}; there are {[(n.code, n.place.field) for n in findings]}")
    return missing


def _names(note):
    """The names by which a finding's field may go: each part of its path, and the field that it contradicts."""
    path = note.place.field if note.place else ""
    names = {_last(part) for part in path.split(".")}
    return names.union(*(pair for pair in _CONTRADICTIONS if not names.isdisjoint(pair)))
