"""Rules on what a command or a report is asked for, and on what it takes to make a report."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

COMMAND_OPTIONS = (
    Rule("option-one", "error", N_("Choose one of {options}.")),
    Rule("option-input", "error", N_("Specify folders or files, or --kubeconfig.")),
    Rule(
        "option-each",
        "error",
        N_("--each takes folders and files and prints a table or JSON; each cluster is judged by its own release."),
    ),
    Rule(
        "folder-busy", "error", N_("Another process is writing reports to this folder."), N_("Wait until it finishes.")
    ),
    Rule("not-folder", "error", N_("This is not a folder."), N_("Specify a folder to write to.")),
    Rule("nothing-given", "error", N_("No input was given."), N_("Specify a scenario.")),
    Rule("glob-nothing", "error", N_("The pattern matches no YAML or JSON files and no folders.")),
    Rule(
        "report-several", "error", N_("{count} reports cannot be written to one file."), N_("Specify an output folder.")
    ),
    Rule("parameter-form", "error", N_('"{value}" is not a parameter assignment.'), N_("Write it as NAME=VALUE.")),
    Rule(
        "report-pictures",
        "error",
        N_("A report contains several pictures."),
        N_("Specify an output folder and --format."),
    ),
    Rule(
        "report-ending",
        "error",
        N_("A report cannot be written as {ending}."),
        N_("Use one of {choices}, or the name of a folder."),
    ),
    Rule(
        "template-unknown",
        "error",
        N_("Unknown template {value}."),
        N_("Use one of {choices}, or the path of a notebook (.ipynb)."),
    ),
    Rule("template-notebook", "error", N_("Not a valid notebook: {reason}.")),
    Rule("template-language", "error", N_("The notebook is written in {language}; templates must use Python.")),
    Rule(
        "template-parameters",
        "error",
        N_("The notebook has no cell tagged parameters that names a scenario."),
        N_('Add one: scenario = "", scenarios = [] or files = [].'),
    ),
    Rule(
        "chromium-missing",
        "error",
        N_("PDF output needs Chromium, which was not found (looked for {names})."),
        N_("Install it, or set the environment variable {variable} to its path."),
    ),
    Rule(
        "font-missing",
        "error",
        N_("No font with Chinese characters is installed: PNG and PDF could not show them."),
        N_(
            "Install Noto Sans CJK (Debian: fonts-noto-cjk), or pip install 'ippoolkit[chinese]'; HTML and SVG need "
            "neither."
        ),
    ),
    Rule(
        "fork-missing",
        "error",
        N_("Reports require Linux or macOS; this system cannot fork processes."),
        N_("On Windows run ippoolkit in WSL."),
    ),
    Rule("report-least", "error", N_("The template {template} needs at least {least} scenarios.")),
    Rule(
        "report-packages",
        "error",
        N_("Reports need additional packages: {reason}."),
        N_("pip install 'ippoolkit[notebooks]'"),
    ),
    Rule("report-notebook", "error", N_("The notebook {name} is missing from this installation.")),
    Rule("report-lost", "error", N_("The process that runs the notebooks exited unexpectedly."), N_("Run it again.")),
    Rule("report-failed", "error", N_("The report could not be created: {reason}")),
    Rule("report-printing", "error", N_("Chromium did not print the report: {reason}")),
    Rule(
        "choose-group-key",
        "error",
        N_('"{text}" is not a valid part of a group.'),
        N_("Write KEY=VALUE, separated by commas; the keys are {keys}."),
    ),
    Rule(
        "group-size",
        "error",
        N_('"{text}" does not give a group\'s number of nodes.'),
        N_("Write NAME=N: the name of the group, or a label key=value that only its nodes have."),
    ),
    Rule(
        "group-unknown",
        "error",
        N_('There is no group of nodes "{name}"; the groups are {groups}.'),
        N_("Use one of these names, or a label key=value that only the nodes of one of them have."),
    ),
    Rule(
        "group-sum",
        "error",
        N_("The groups of --group have {named:node}, more than the {nodes} of --nodes."),
        N_("Raise --nodes, which counts all of them, or leave it out."),
    ),
    Rule("date-syntax", "error", N_('"{date}" is not a date.'), N_("Write it as 2027-06-30.")),
    Rule("month-syntax", "error", N_('"{month}" is not a month.'), N_("Write it as {example}.")),
    Rule("month-range", "error", N_("{month} is not a month to plan for."), N_("Choose one from {first} to {last}.")),
    Rule(
        "picture-ending", "error", N_("A picture cannot be written under this name."), N_("End the name in {endings}.")
    ),
)
