"""Templates: notebooks with a cell of parameters, found by name among the kit's own or by path."""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import GenericAlias
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import ErrorDetails, SchemaError

from ..errors import InputError, ReportError
from ..findings import Finding, Place
from ..kit_files import kit_folder
from ..read.document import Document
from ..read.json_text import load_json
from ..read.text_files import decode_text, read_bytes
from ..read.validation import validate

# Parameters that the kit fills in; a template declares those that it wants.
INPUT_PARAMETERS = SCENARIO_PARAMETER, SCENARIOS_PARAMETER, FILES_PARAMETER = "scenario", "scenarios", "files"
FILLED_IN_PARAMETERS = (*INPUT_PARAMETERS, "lang", "date", "redact")
_PARAMETERS_TAG = "parameters"
_MAX_NOTEBOOK_PROBLEMS = 20
# Ranges and choices in a notebook's metadata are JSON schema's; pydantic has other words for some of them.
_PYDANTIC_CONSTRAINTS = {
    "minimum": "ge",
    "maximum": "le",
    "maxLength": "max_length",
    "minLength": "min_length",
    "pattern": "pattern",
}


@dataclass(frozen=True)
class Template:
    """A notebook that makes a report.

    Its cell tagged ``parameters`` assigns plain values: their names are the template's parameters, their types its
    types. Ranges stand in the notebook's metadata, as JSON schema: ``ippoolkit.parameters.NAME.minimum`` and the like.
    """

    name: str
    path: Path
    notebook: Mapping[str, Any]
    is_builtin: bool

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The parameters and their values when nobody says otherwise."""
        return next((parameters for cell in self.notebook["cells"] if (parameters := _declared_parameters(cell))), {})

    @property
    def combines_inputs(self) -> bool:
        """Whether one report is made of all inputs, not one of each."""
        return SCENARIOS_PARAMETER in self.defaults

    @property
    def reads_files(self) -> bool:
        """Whether it reads an input's files itself, be they what they may, and not a scenario made of them."""
        return set(INPUT_PARAMETERS) & set(self.defaults) == {FILES_PARAMETER}

    @property
    def allows_missing_inputs(self) -> bool:
        """Whether a template of many scenarios does without those that cannot be read, and says so."""
        return bool(self._settings.get("partial", False))

    @property
    def min_scenarios(self) -> int:
        """How many scenarios a template of many takes at least."""
        return int(self._settings.get("least", 1))

    @property
    def _settings(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = self.notebook["metadata"].get("ippoolkit", {})
        return settings

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what it runs."""
        return hashlib.sha256(json.dumps(self.notebook, sort_keys=True).encode()).hexdigest()

    def validate(self, values: Mapping[str, Any]) -> list[Finding]:
        """Return everything that is wrong with values given for its parameters: names, types, ranges."""
        fields: dict[str, Any] = {}
        for name, default in self.defaults.items():
            if name not in FILLED_IN_PARAMETERS:
                schema = self._settings.get("parameters", {}).get(name, {})
                fields[name] = (_type_of_default(default), Field(default=default, **_constraints(schema)))
        config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())
        try:
            adapter = TypeAdapter(create_model("Parameters", __config__=config, **fields))
        except (TypeError, NameError, PydanticUserError, SchemaError) as error:  # ranges that do not suit their type
            params = {"reason": str(error).splitlines()[0][:120]}
            return [Finding("template-notebook", params=params, place=Place(str(self.path)))]
        problems: list[Finding] = []
        validate(adapter, dict(values), Document(self.name, dict(values), lambda _: None), problems, lambda path: path)
        if not set(INPUT_PARAMETERS) & set(self.defaults):
            problems.append(Finding("template-parameters", place=Place(str(self.path))))
        return problems


def find_template(name: str | Path) -> Template:
    """Find a template: one of the kit's own by its name, any notebook by its path.

    Raises
    ------
    InputError
        Where there is none, or it is not a notebook of Python.
    """
    template_name = str(name)
    is_builtin = template_name in builtin_templates()
    path = builtin_notebook(f"{template_name}.ipynb") if is_builtin else Path(template_name)
    if not is_builtin and path.suffix != ".ipynb":
        params = {"value": f'"{template_name}"', "choices": ", ".join(builtin_templates())}
        raise InputError([Finding("template-unknown", params=params, place=Place("report", field="template"))])
    notebook = json.loads(path.read_text(encoding="utf-8")) if is_builtin else _read_notebook(path)
    language = notebook["metadata"].get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise InputError([Finding("template-language", params={"language": language}, place=Place(str(path)))])
    return Template(path.stem, path.resolve(), notebook, is_builtin)


class _CellMetadata(BaseModel):
    tags: list[str] = []


class _Cell(BaseModel):
    id: str = ""
    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: _CellMetadata


class _Kernel(BaseModel):
    language: str = "python"


class _ParameterSchema(BaseModel):
    minimum: float | None = None
    maximum: float | None = None
    minLength: int | None = None  # noqa: N815 (JSON schema's name)
    maxLength: int | None = None  # noqa: N815 (JSON schema's name)
    pattern: re.Pattern[str] | None = None


class _KitMetadata(BaseModel):
    parameters: dict[str, _ParameterSchema] = {}
    partial: bool = False
    least: int = 1


class _NotebookMetadata(BaseModel):
    kernelspec: _Kernel = _Kernel()
    ippoolkit: _KitMetadata = _KitMetadata()


class _Notebook(BaseModel):
    """What the kit relies on; the notebook format's own schema judges the rest."""

    nbformat: Literal[4]
    nbformat_minor: StrictInt = Field(ge=0)
    cells: list[_Cell]
    metadata: _NotebookMetadata


def _read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook; nothing behind this has to ask again whether it is one."""
    try:
        notebook = load_json(decode_text(read_bytes(path, str(path)), str(path)))
        reasons = _notebook_problems(notebook)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        reasons = [str(error)]
    if reasons:
        place = Place(str(path))
        raise InputError(
            [Finding("template-notebook", params={"reason": reason[:120]}, place=place) for reason in reasons]
        )
    return dict(notebook)


def _notebook_problems(notebook: object) -> list[str]:
    """Return what keeps a value from being a notebook that papermill runs."""
    try:
        _Notebook.model_validate(notebook)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)[:_MAX_NOTEBOOK_PROBLEMS]
        return [f"{'.'.join(map(str, detail['loc']))}: {_reason(detail)}" for detail in details]
    try:
        import nbformat
    except ImportError as error:
        raise ReportError("report-packages", reason=str(error)) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids, as notebooks before 4.5 have them
            nbformat.validate(copy.deepcopy(notebook))
    except nbformat.ValidationError as error:
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"]
    return []


def _reason(detail: ErrorDetails) -> str:
    """Return pydantic's words, but for those that name a class of the kit."""
    return "Input should be an object" if detail["type"] == "model_type" else detail["msg"]


@cache
def builtin_templates() -> tuple[str, ...]:
    """Return the names of the kit's own templates: its notebooks that take a scenario, scenarios or files."""
    names = []
    for path in sorted(kit_folder("notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if any(name in INPUT_PARAMETERS for cell in cells for name in _declared_parameters(cell)):
            names.append(path.stem)
    return tuple(names)


def builtin_notebook(name: str = "capacity.ipynb") -> Path:
    """Return the path of one of the kit's notebooks, installed or in a checkout.

    Raises
    ------
    ReportError
        Where there is none of that name.
    """
    path = kit_folder("notebooks") / name
    if not path.is_file():
        raise ReportError("report-notebook", name=name)
    return path


def _declared_parameters(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a cell declares; nothing unless it is tagged for that."""
    if cell["cell_type"] != "code" or _PARAMETERS_TAG not in cell["metadata"].get("tags", ()):
        return {}
    return dict(_literal_assignments("".join(cell["source"])))


def _literal_assignments(source: str) -> list[tuple[str, Any]]:
    """Return the names that a cell gives plain values to, with these; what is computed is no parameter."""
    assignments = []
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    for statement in body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        try:
            literal = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        assignments += [(target.id, literal) for target in targets if isinstance(target, ast.Name)]
    return assignments


def _type_of_default(default: object) -> Any:
    match default:
        case bool() | int() | float() | str():
            return type(default)
        case list() | tuple():
            item_types = {type(item) for item in default}
            return GenericAlias(list, item_types.pop() if len(item_types) == 1 else Any)
        case dict():
            return dict[str, Any]
    return Any


def _constraints(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {_PYDANTIC_CONSTRAINTS[key]: value for key, value in schema.items() if key in _PYDANTIC_CONSTRAINTS}
