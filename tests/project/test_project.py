"""Promises about the project itself."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib

import pytest

from ippoolkit import read
from tests.helpers import ROOT

PACKAGE = ROOT / "ippoolkit"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]


def test_conda_environment_is_in_step_with_pyproject():
    import yaml

    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    listed = {entry for entry in environment["dependencies"] if isinstance(entry, str)}
    extras = PROJECT["optional-dependencies"]
    wanted = {f"python{PROJECT['requires-python']}", *PROJECT["dependencies"], "pip", *extras["report"]}
    wanted |= {
        entry for extra in ("notebooks", "distributed") for entry in extras[extra] if not entry.startswith("ippoolkit")
    }
    assert listed == wanted


def pinned(name):
    """What a lock file pins: versions by package."""
    lock = (ROOT / f"requirements/{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.stem)
def test_a_lock_has_hashes_and_names_no_index(path):
    lock = path.read_text()
    assert "://" not in lock
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock.strip()))


def test_locks_pin_what_each_job_needs_and_agree():
    extras, groups = PROJECT["optional-dependencies"], PYPROJECT["dependency-groups"]
    report = [*PROJECT["dependencies"], *extras["report"], *groups["build"]]
    needed = {"report": report, "notebooks": [*report, *extras["notebooks"]]}
    needed["dev"] = [*needed["notebooks"], *extras["chinese"], *extras["distributed"], *groups["docs"], *groups["dev"]]
    everything = pinned("dev")
    for name, entries in needed.items():
        names = {re.match(r"[a-z0-9-]+", entry)[0] for entry in entries if isinstance(entry, str)} - {"ippoolkit"}
        assert names <= pinned(name).keys(), name
        assert pinned(name).items() <= everything.items(), f"{name}: run make lock"


def test_a_report_needs_no_test_tools_and_no_notebook_server():
    assert not pinned("report").keys() & {
        "jupyterlab",
        "jupyter-server",
        "voila",
        "playwright",
        "pytest",
        "mypy",
        "ruff",
    }
    assert not pinned("notebooks").keys() & {"playwright", "pytest", "mypy", "ruff"}


# Each package may import only those on the lines above it; packages of one line do not import each other.
LAYERS = [
    {"texts", "answer"},
    {"cidr", "caching", "kit_files", "yaml_scalars"},
    {"calico"},
    {"findings"},
    {"errors"},
    {"model", "parallel"},
    {"read"},
    {"write", "address_space"},
    {"capacity", "ipam"},
    {"analysis"},
    {"manifests", "simulation"},
    {"live", "release_upgrade"},
    {"audit"},
    {"choose"},
    {"change", "forecasting"},
    {"alerts"},
    {"figures"},
    {"view"},
    {"report"},
    {"widgets"},
    {"api"},
    {"cli"},
    {"__main__"},
]
LEVEL = {package: level for level, packages in enumerate(LAYERS) for package in packages}
# Only these packages know these libraries.
KNOWN_BY = {
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "traitlets": {"report", "widgets"},
    "papermill": {"report"},
    "nbconvert": {"report"},
    "jupyter_client": set(),
    "ipykernel": set(),
    "filelock": {"report", "simulation"},
    "nbformat": {"report", "widgets"},
    "xlsxwriter": {"report"},
    "IPython": {"report", "widgets"},
    "matplotlib": {"figures", "report"},
    "typer": {"cli"},
    "rich": {"cli", "view"},
    "jinja2": {"report", "view"},
    "yaml": {"read", "write"},
    "pandas": {
        "analysis",
        "api",
        "audit",
        "capacity",
        "change",
        "choose",
        "figures",
        "forecasting",
        "report",
        "simulation",
        "view",
    },
    "numba": {"ipam"},
    "msgspec": {"read", "view"},
    "distributed": {"parallel"},
    "urllib3": {"live"},
    "numpy": {"address_space", "capacity", "change", "choose", "forecasting", "ipam", "simulation"},
    "babel": {"findings"},
    "pydantic": {"choose", "forecasting", "ipam", "model", "read", "report", "write", "widgets"},
}


def imports():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        tree = ast.parse(path.read_text())
        for_types = {
            node
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for node in ast.walk(block)
        }
        for node in ast.walk(tree):
            if node in for_types:
                continue
            if isinstance(node, ast.Import):
                yield from ((path, parts, alias.name, 0) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield path, parts, node.module or ",".join(alias.name for alias in node.names), node.level


def test_imports_point_one_way():
    wrong = []
    for path, parts, module, level in imports():
        if parts[0] == "__init__" or not level:
            continue
        inside = parts[: len(parts) - level] if level < len(parts) else ()
        target = (inside[0] if inside else module.split(".")[0].split(",")[0]) or parts[0]
        if target == "__version__":
            continue
        if target != parts[0] and LEVEL[target] >= LEVEL[parts[0]]:
            wrong.append(f"{path.relative_to(ROOT)} imports {target}")
    assert wrong == []


def test_each_library_is_known_only_where_it_belongs():
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path, parts, module, level in imports()
        if not level and parts[0] not in KNOWN_BY.get(module.split(".")[0], {parts[0]})
    ]
    assert wrong == []


def test_every_package_has_its_layer():
    packages = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert packages - {"__init__"} == set(LEVEL)


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_import_loads_nothing_heavy():
    heavy = "pandas numpy matplotlib numba IPython ipywidgets jupyter_client papermill nbconvert pydantic yaml typer"
    loaded = python(f"import sys, ippoolkit; print([m for m in {heavy.split()!r} if m in sys.modules])")
    assert loaded == "[]"


def test_reading_and_checking_load_neither_pandas_nor_matplotlib_nor_jupyter():
    code = "import sys, ippoolkit; ippoolkit.load; print([m for m in ('pandas', 'matplotlib', 'IPython') if m in sys.modules])"
    assert python(code) == "[]"


def test_the_planners_first_verdict_loads_neither_pandas_nor_numpy():
    code = """
import asyncio, sys, ippoolkit
async def first():
    ippoolkit.Planner("data/kubespray.yaml")
    print([m for m in ("pandas", "numpy", "matplotlib", "numba") if m in sys.modules])
asyncio.run(first())"""
    assert python(code) == "[]"


def test_every_public_name_is_there():
    import ippoolkit

    for name in ippoolkit.__all__:
        assert getattr(ippoolkit, name) is not None
    assert set(ippoolkit.__all__) <= set(dir(ippoolkit))


def test_generated_pages_are_current():
    import importlib.util

    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for path, text in generate.pages().items():
        assert path.read_text() == text, f"run: make docs ({path.name})"


def test_links_of_the_documentation_lead_somewhere():
    for page in [ROOT / "README.md", ROOT / "data/README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_glossary_names_code_that_is_there():
    rows = re.findall(r"^\|(.*)\|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    cells = [row.rsplit("|", 1)[-1] for row in rows if row.count("|") > 1]
    names = [name for cell in cells for name in re.findall(r"(?<!column )`([^`]+)`", cell)]
    assert len(names) > 30
    for name in names:
        path = f"ippoolkit.{name.removesuffix('()')}"
        owner, _, member = path.rpartition(".")
        fields = getattr(_resolve(owner), "__dataclass_fields__", {})
        assert member in fields or _resolve(path), f"docs/glossary.md: {name}"


def _resolve(path):
    """Return a module or what stands in one; None for what is not there."""
    try:
        return pkgutil.resolve_name(path)
    except (ImportError, AttributeError):
        model = path.replace("ippoolkit.", "ippoolkit.model.", 1)
        return None if path.startswith("ippoolkit.model.") else _resolve(model)


def test_no_text_stands_inside_an_f_string():
    """Before Python 3.12 an f-string hides them from what collects texts to translate."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("N_", "P_")
    ]
    assert hidden == []


def test_chinese_texts_are_complete():
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import read_po

    texts = set()
    keywords = {"N_": None, "P_": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=keywords):
        texts.add(message if isinstance(message, tuple) else (message,))
    with (PACKAGE / "locale/zh.po").open("rb") as po:
        catalogue = read_po(po, locale="zh")
    known = {message.id if isinstance(message.id, tuple) else (message.id,) for message in catalogue if message.id}
    assert texts == known
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        translated = message.string[0] if isinstance(message.string, tuple) else message.string
        placeholders = sorted(re.findall(r"\{[a-z_]+", text))
        assert translated, text
        assert sorted(re.findall(r"\{[a-z_]+", translated)) == placeholders, text
        assert not re.search(r"[\u4e00-\u9fff][,:;()]|[,:;(][\u4e00-\u9fff]", translated), "punctuation of Latin text"


def test_nothing_uses_pyplot():
    for path in PACKAGE.rglob("*.py"):
        assert "pyplot" not in path.read_text().replace("without pyplot", "")


@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*.yaml")), ids=lambda path: path.name)
def test_sample_data_can_be_read_and_says_what_it_is(path):
    assert read(path).scenario.cluster.pools
    assert f"`{path.name}`" in (ROOT / "data/README.md").read_text()
