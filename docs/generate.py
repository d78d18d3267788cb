"""Make the pages that are made from the code: commands, tables, rules, the Python API, the scenario file."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import typer

import ippoolkit
from ippoolkit.audit.metric_schema import CONFIG_METRICS, NODE_METRICS, POOL_METRICS, TOTAL_METRICS
from ippoolkit.calico.differences import BEGINNING, DIFFERENCES, FOREVER, Version
from ippoolkit.calico.kinds import KINDS, FieldSpec, ScalarType
from ippoolkit.calico.releases import NEWEST, OLDEST_MINOR
from ippoolkit.capacity.table_columns import TABLES
from ippoolkit.cli import app
from ippoolkit.findings import RULES, SOURCES, Rule
from ippoolkit.model import Scenario
from ippoolkit.read import scenario_schema

HERE = Path(__file__).parent
_RELEASES = f"""\
ippoolkit answers as the Calico that runs: `calico: v3.29.7` in a scenario, `--calico v3.29.7` on the command line, else
what a dump or an installer tells (ClusterInformation, the image of calico-node, the operator's status, Kubespray's
`calico_version`), else {NEWEST}, the newest that is known. `3.31` means its last patch. A newer release is judged as
the newest known; one before v3.{OLDEST_MINOR} is refused.

Every difference that ippoolkit knows, those that matter most for planning first. Paths are those of
[Calico's source](https://github.com/projectcalico/calico). `ippoolkit upgrade FILES --to RELEASE` says which of them
matter to a cluster."""
GENERATED_NOTE = "<!-- Made by docs/generate.py; a test keeps it current. -->"

_TYPES = {"count": "Int64", "number": "int64", "flag": "bool", "text": "str"}
_ABOUT = {
    "pools": "`Analysis.pools()`: a row a pool, by name.",
    "block_sizes": (
        "`Analysis.block_sizes(pool)`: a row for each blockSize that Calico takes for the pool. The pool is "
        "judged as if it served alone every node that it selects; existing nodes count with the addresses that they "
        "hold in it."
    ),
    "prefixes": (
        "`Analysis.prefixes(pool)`: a row for each prefix length that the pool's range could have and each "
        "blockSize. Except for the prefix, the columns are those of `block_sizes`."
    ),
    "nodes": ("`Analysis.nodes()`: a row for each node that exists and each planned group, for each address family."),
    "growth": "`Analysis.growth()`: a row a month and address family, all pools of the family together.",
    "designs": (
        "`ippoolkit.choose.designs_table(ippoolkit.recommend(...))`: a row for each design that no other one beats; "
        "how they are judged: [choosing.md](choosing.md)."
    ),
    "failing_designs": "The same with `every=True`: all designs, each with the rules that it breaks.",
    "routes": (
        "`ippoolkit.choose.routes_table(recommendation)` and `ippoolkit.choose.scenario_routes(scenario)`: a row for "
        "each address family and each way in which routes can travel."
    ),
    "change_options": (
        "`ippoolkit.choose.change_options_table(ippoolkit.choose.change_options(recommendation))`: a row for each way "
        "to make a cluster that exists hold what is asked, the cheapest first."
    ),
    "choices": "`Analysis.choice_table()`: a row for each single change that makes a plan fit which does not.",
}


_TABLES = (
    "Each function returns a pandas DataFrame with these columns. Counts of addresses, blocks, nodes and pods are "
    "nullable `Int64`, where `pd.NA` means unknown or none; a column that holds a value past 2^63, as of IPv6 pools, "
    "has exact Python ints in dtype `object` instead. How they are counted: [arithmetic.md](arithmetic.md)."
)


def tables() -> str:
    """Return docs/tables.md."""
    parts = ["# The tables", GENERATED_NOTE, _TABLES]
    for name, columns in TABLES.items():
        own = [column for column in columns if name != "prefixes" or column.name == "prefix"]
        rows = [f"| `{c.name}` | {c.heading} | {_TYPES[c.kind]} | {c.meaning} |" for c in own]
        parts += [f"## {name}", _ABOUT[name], _table("| column | shown as | type | meaning |", rows)]
    return "\n\n".join(parts) + "\n"


def rules() -> str:
    """Return docs/rules.md."""
    parts = ["# The rules", GENERATED_NOTE, _RULES]
    heading = "| code | on | limit | refused by | says | what to do | Calico's words | source |"
    rows = [
        f"| `{rule.code}` | {_cell(rule.applies_to)} | {_cell(rule.limit)} | {_refusing(rule)} "
        f"| {_cell(rule.message)} | {_cell(rule.remedy)} | {_cell('; '.join(rule.calico_messages))} "
        f"| {_source(rule.source_key)} |"
        for rule in RULES.values()
        if rule.applies_to
    ]
    parts += ["## On manifests", _MANIFESTS, _table(heading, rows)]
    for kind in KINDS.values():
        fields = _table(
            "| field | allowed | calicoctl stores when empty | the CRD fills in |",
            [_field(name, field) for name, field in kind.fields.items()],
        )
        parts += [f"## {kind.name}: its fields", fields, f"Source: {_source(kind.source_key)}"]
    rows = [
        f"| `{rule.code}` | {rule.severity} | {_cell(rule.message)} | {_cell(f'{rule.remedy} {rule.steps}'.strip())} "
        f"| {_source(rule.source_key)} |"
        for rule in RULES.values()
        if not rule.applies_to
    ]
    parts += ["## On files and plans", _table("| code | severity | says | what to do | source |", rows)]
    return "\n\n".join(parts) + "\n"


def _refusing(rule: Rule) -> str:
    return ", ".join(rule.refused_by) or f"nobody: {rule.severity}"


def _field(name: str, field: FieldSpec) -> str:
    allowed = [f"`{choice}`" for choice in field.allowed_values]
    if field.minimum is not None:
        allowed.append(f"{field.minimum}..{field.maximum}")
    if field.max_length is not None:
        allowed.append(
            f"at most {field.max_length} {'characters' if field.value_type is ScalarType.STRING else 'items'}"
        )
    if field.is_cidr:
        allowed.append("address/prefix")
    stored = "" if field.calicoctl_default is None else json.dumps(field.calicoctl_default)
    stored = "false" if field.stored_when_empty and field.value_type is ScalarType.BOOL else stored
    filled = "" if field.crd_default is None else json.dumps(field.crd_default)
    return f"| `{name}` | {', '.join(allowed)} | {stored} | {filled} |"


_RULES = (
    "Every judgement carries one of these codes, in the planner, in reports and on the command line alike. The names "
    "in braces stand for the numbers of the case. The verdict on a plan is one of these too: `holds` and the like are "
    "fits, `growth-...` and `borrowing` tight."
)
_MANIFESTS = (
    "Who refuses a manifest: `calicoctl`; the API server by the `crd` (schema and rules); the API server by what "
    "Kubernetes asks of any object (`kubernetes`). kubectl has to pass the last two. Calico's words are a part of the "
    "message that Calico itself gives, to search for. A rule that serves several kinds has the page of the kind at "
    "hand for its source."
)


def audit() -> str:
    """Return docs/audit.md."""
    parts = ["# The figures of an audit", GENERATED_NOTE, _AUDIT]
    for title, figures in (
        ("pools", POOL_METRICS),
        ("nodes", NODE_METRICS),
        ("totals", TOTAL_METRICS),
        ("config", CONFIG_METRICS),
    ):
        is_table = title in {"pools", "nodes"}
        rows = []
        for figure in figures:
            column = [f"`{figure.column_name}`"] if is_table else []
            cells = [f"`{figure.name}`", *column, figure.heading, figure.meaning, ", ".join(figure.required_kinds)]
            rows.append(f"| {' | '.join(cells)} |")
        heads = ["figure", *(["column"] if is_table else []), "shown as", "meaning", "needs"]
        parts += [f"## {title}", _table(f"| {' | '.join(heads)} |", rows)]
    return "\n\n".join(parts) + "\n"


_AUDIT = """\
`ippoolkit audit --json` holds these figures under the same names, and `ippoolkit.audit(...)` as `metrics`. They are
counted as Calico's own programs count them. A figure that needs a kind of object which could not be read is null:
unknown. `rounded` lists those that come from a rounded text. `ippoolkit.audit(...).pools` and `.nodes` are pandas
DataFrames, whose columns have the names of the [other tables](tables.md): counts are nullable `Int64`, and exact Python
ints where one passes 2^63; what is unknown is missing.

An audit of dumps is of one moment: save them together, the blocks and the pods within seconds of each other, or what
changed in between looks like a leak. The engine takes such a cluster as it is:
`ippoolkit.ipam.from_cluster.engine_from_cluster`."""


def scenario() -> str:
    """Return docs/scenario.md."""
    parts = ["# The scenario file", GENERATED_NOTE, _SCENARIO]
    described: set[type] = set()
    waiting: list[type] = [Scenario]
    while waiting:
        cls = waiting.pop(0)
        if cls in described:
            continue
        described.add(cls)
        definition = scenario_schema() if cls is Scenario else scenario_schema()["$defs"][cls.__name__]
        rows = []
        for key, value in definition["properties"].items():
            refs = _refs(value)
            waiting += [cls for cls in _classes() if cls.__name__ in refs]
            rows.append(f"| `{key}` | {_type(value)} | {_default(value)} | {value.get('description', '')} |")
        about = (cls.__doc__ or "").splitlines()[0]
        parts += [f"## {cls.__name__}", about, _table("| field | type | default | meaning |", rows)]
    return "\n\n".join(parts) + "\n"


_SCENARIO = """\
A scenario is one design to judge: a cluster, a plan on top of it, the networks around. It is one YAML or JSON file;
what is left out is at Calico's default. Names of fields are Calico's own. Editors that know JSON schemas complete it
when its first line says where the schema is:

```yaml
# yaml-language-server: $schema=scenario.schema.json
version: 1
name: my plan
cluster:
  pools:
  - {name: default-ipv4-ippool, cidr: 10.244.0.0/16, vxlanMode: Always}
plan:
  groups:
  - {nodes: 70, podsPerNode: 60, podsOnBusiestNode: 110, nodesPerMonth: 5}
```

Nodes that exist and planned groups add up. Unknown fields, wrong types and values that Calico refuses are problems, all
listed at once with file, line and field."""


def _classes() -> list[type]:
    from ippoolkit import model

    return [value for value in vars(model).values() if dataclasses.is_dataclass(value)]


def _refs(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"].rpartition("/")[2]} if "$ref" in value else set()
        return own.union(*(_refs(item) for item in value.values()))
    return set().union(*map(_refs, value)) if isinstance(value, list) else set()


def _type(value: dict[str, Any]) -> str:
    if "anyOf" in value:  # of one kind, or left out
        return " or ".join(_type(option) for option in value["anyOf"] if option.get("type") != "null")
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}"
    if value.get("type") == "object":
        numbers = (
            isinstance(value.get("additionalProperties"), dict) and value["additionalProperties"]["type"] == "integer"
        )
        return "mapping of whole numbers" if numbers else "mapping of texts"
    known = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    bounds = f", {value['minimum']}..{value['maximum']}" if "maximum" in value else ""
    return known[value["type"]] + bounds


def _default(value: dict[str, Any]) -> str:
    if "const" in value:
        return "required"
    if "default" not in value:
        return "" if "$ref" in value or value.get("type") == "object" else "required"
    default = value["default"]
    return "" if default in ("", [], {}, None) else f"`{json.dumps(default)}`"


def _table(heading: str, rows: Iterable[str]) -> str:
    """Return a table of Markdown: a row of headings, and rows."""
    return "\n".join([heading, "|---" * (heading.count("|") - 1) + "|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _source(key: str) -> str:
    source = SOURCES[key]
    url = source.url if "://" in source.url else f"../{source.url}"
    return f"[{source.title}]({url})"


def api() -> str:
    """Return docs/api.md."""
    public = {name: getattr(ippoolkit, name) for name in ippoolkit.__all__}
    functions = {name: value for name, value in public.items() if inspect.isfunction(value)}
    classes = {name: value for name, value in public.items() if inspect.isclass(value)}
    rows = [f"| [`{name}`](#{name.lower()}) | {_summary(value)} |" for name, value in (functions | classes).items()]
    parts = ["# The Python API", GENERATED_NOTE, _API, _table("| name | what it is |", rows), "## Functions"]
    for name, function in functions.items():
        signature = f"{name}{inspect.signature(function)}".replace("ippoolkit.", "")
        parts += [f"### {name}", f"```python\n{signature}\n```", *_numpydoc(inspect.getdoc(function) or "")]
    parts.append("## Classes")
    for name, cls in classes.items():
        parts += [f"### {name}", *_numpydoc(inspect.getdoc(cls) or ""), *_members(name, cls)]
    return "\n\n".join(parts) + "\n"


def _members(class_name: str, cls: type) -> list[str]:
    """Return what a class offers: fields of the model, properties, then each of its methods with its docstring."""
    fields = [f"- `{name}`: {field.description}" for name, field in getattr(cls, "__pydantic_fields__", {}).items()]
    properties, methods = [], []
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            properties.append(f"- `{name}`: {_summary(member)}")
        elif inspect.isfunction(member):
            parameters = str(inspect.signature(member)).replace("(self, ", "(").replace("(self)", "()")
            methods += [
                f"#### {class_name}.{name}",
                f"```python\n{class_name}.{name}{parameters}\n```",
                *_numpydoc(inspect.getdoc(member) or ""),
            ]
    return [
        *(["**Fields**", "\n".join(fields)] if fields else []),
        *(["**Properties**", "\n".join(properties)] if properties else []),
        *methods,
    ]


_API = """\
`import ippoolkit as ipk` loads nothing heavy; each name loads what it needs when it is first used. Verbs are named as
the commands are. Wherever a scenario is asked for, its `Analysis` or the path of anything that `ipk.read` takes will
do. Answers show themselves in a notebook. The examples run in the folder of the project."""


def _summary(value: Any) -> str:
    return _cell((inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " "))


def _numpydoc(text: str) -> list[str]:
    """Return a docstring as Markdown: sections as bold headings, entries as lists, examples as code."""
    head, *sections = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.MULTILINE)
    parts = [head.strip().replace("``", "`")]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        if title == "Examples":
            parts += ["**Example**", f"```pycon\n{body.strip()}\n```"]
            continue
        entries = []
        for entry in re.split(r"\n(?=\S)", body.strip()):
            name, _, meaning = entry.partition("\n")
            entries.append(f"- `{name}`: {' '.join(meaning.split())}")
        parts += [f"**{title}**", "\n".join(entries).replace("``", "`")]
    return parts


def commands() -> str:
    """Return docs/commands.md."""
    group: Any = typer.main.get_command(app)
    about = "`ippoolkit COMMAND --help` prints the same. As a plugin of kubectl: `kubectl ippool COMMAND`."
    parts = ["# The commands", GENERATED_NOTE, about]
    for name, command in sorted(group.commands.items()):
        parts += [f"## {name}", *_command(name, command)]
        for action, subcommand in sorted(getattr(command, "commands", {}).items()):
            parts += [f"### {name} {action}", *_command(f"{name} {action}", subcommand)]
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: Any) -> list[str]:
    """Return what a command does, how it is called, and its arguments and options."""
    context = typer.Context(command, info_name=f"ippoolkit {name}")
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    rows = []
    for parameter in command.params:
        if not getattr(parameter, "hidden", False) and parameter.name != "help":
            is_option = parameter.param_type_name == "option"
            names = parameter.opts if is_option else [parameter.metavar or parameter.name.upper()]
            default = parameter.default if isinstance(parameter.default, str | int | float) else None
            text = "" if default in (None, "", False) else f"`{default}`"
            rows.append(
                f"| {_cell(', '.join(f'`{name}`' for name in names))} | {_cell(parameter.help or '')} | {text} |"
            )
    table = [_table("| argument or option | meaning | default |", rows)] if rows else []
    return [inspect.cleandoc(command.help or ""), f"```text\n{usage}\n```", *table]


def releases() -> str:
    """Return docs/releases.md."""
    rows = []
    for row in sorted(DIFFERENCES, key=lambda row: row.impact):
        ranges = ", ".join(_range(*extra) for extra in ((row.since, row.until), *row.backports))
        rows.append(f"| `{row.id}` | {row.component} | {ranges} | {_cell(row.message)} | {_cell(row.source)} |")
    table = _table("| id | part | releases | what | source |", rows)
    return f"# Releases of Calico\n\n{GENERATED_NOTE}\n\n{_RELEASES}\n\n{table}\n"


def _range(since: Version, until: Version) -> str:
    first = f"from v3.{since[0]}.{since[1]}" if since > BEGINNING else ""
    end = f"before v3.{until[0]}.{until[1]}" if until < FOREVER else ""
    return " ".join(filter(None, (first, end)))


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {
        HERE / "commands.md": commands(),
        HERE / "tables.md": tables(),
        HERE / "rules.md": rules(),
        HERE / "releases.md": releases(),
        HERE / "api.md": api(),
        HERE / "audit.md": audit(),
        HERE / "scenario.md": scenario(),
        HERE / "scenario.schema.json": json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
