"""Rules on what a command or a report is asked for, and on what it takes to make a report."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

ASKING = (
    Rule("option-one", "error", "kit", N_("Choose one of {options}.")),
    Rule("option-input", "error", "kit", N_("Name folders or files, or a --kubeconfig.")),
    Rule("folder-busy", "error", "kit", N_("Reports are being written to this folder."), N_("Wait until that ends.")),
    Rule("not-folder", "error", "kit", N_("This is no folder."), N_("Name the folder to write to.")),
    Rule("nothing-given", "error", "kit", N_("There is nothing to report on."), N_("Name a scenario.")),
    Rule("glob-nothing", "error", "kit", N_("The pattern matches no YAML or JSON file and no folder.")),
    Rule(
        "report-several",
        "error",
        "kit",
        N_("{count} reports do not go into one file."),
        N_("Name a folder to write them to."),
    ),
    Rule("parameter-form", "error", "kit", N_('"{value}" is no parameter.'), N_("Write it as NAME=VALUE.")),
    Rule(
        "report-pictures",
        "error",
        "kit",
        N_("A report has several pictures."),
        N_("Name a folder to write them to, and --format."),
    ),
    Rule(
        "template-unknown",
        "error",
        "kit",
        N_("There is no template {value}."),
        N_("Take one of {choices}, or the path of a notebook (.ipynb)."),
    ),
    Rule("template-notebook", "error", "kit", N_("This is no notebook: {reason}.")),
    Rule("template-language", "error", "kit", N_("The notebook is in {language}; templates are in Python.")),
    Rule(
        "template-parameters",
        "error",
        "kit",
        N_("The notebook has no cell tagged parameters that names a scenario."),
        N_('Give it one: scenario = "", or scenarios = [], or files = [].'),
    ),
    Rule(
        "chromium-missing",
        "error",
        "kit",
        N_("PDF needs a Chromium, and there is none (looked for {names})."),
        N_("Install one, or name it in the environment variable {variable}."),
    ),
    Rule(
        "font-missing",
        "error",
        "kit",
        N_("No font with Chinese characters is installed: PNG pictures could not show them."),
        N_("Install Noto Sans CJK, or take --format svg."),
    ),
    Rule(
        "fork-missing",
        "error",
        "kit",
        N_("Reports are made on Linux and macOS; this system cannot fork processes."),
        N_("On Windows run ippoolkit in WSL."),
    ),
    Rule("report-least", "error", "kit", N_("The template {template} needs {least} scenarios or more.")),
    Rule(
        "report-packages",
        "error",
        "kit",
        N_("Reports need more packages: {reason}."),
        N_("pip install 'ippoolkit[notebooks]'"),
    ),
    Rule("report-notebook", "error", "kit", N_("The notebook {name} is missing from this installation.")),
    Rule("report-lost", "error", "kit", N_("The process that runs the notebooks ended."), N_("Run it again.")),
    Rule("report-failed", "error", "kit", N_("The report could not be made: {reason}")),
    Rule("report-printing", "error", "kit", N_("Chromium did not print the report: {reason}")),
)
