"""Rules on what a command or a report is asked for, and on what it takes to make a report."""

from __future__ import annotations

from ...texts import N_
from .rule import error

COMMAND_OPTIONS = (
    error("option-one", N_("Choose one of {options}.")),
    error("option-input", N_("Specify folders or files, or --kubeconfig.")),
    error(
        "option-each",
        N_("--each takes folders and files and prints a table or JSON; each cluster is judged by its own release."),
    ),
    error("folder-busy", N_("Another process is writing reports to this folder."), N_("Wait until it finishes.")),
    error("not-folder", N_("This is not a folder."), N_("Specify a folder to write to.")),
    error("nothing-given", N_("No input was given."), N_("Specify a scenario.")),
    error("glob-nothing", N_("The pattern matches no YAML or JSON files and no folders.")),
    error("report-several", N_("{count} reports cannot be written to one file."), N_("Specify an output folder.")),
    error("parameter-form", N_('"{value}" is not a parameter assignment.'), N_("Write it as NAME=VALUE.")),
    error("report-pictures", N_("A report contains several pictures."), N_("Specify an output folder and --format.")),
    error(
        "report-ending",
        N_("A report cannot be written as {ending}."),
        N_("Use one of {choices}, or the name of a folder."),
    ),
    error(
        "template-unknown",
        N_("Unknown template {value}."),
        N_("Use one of {choices}, or the path of a notebook (.ipynb)."),
    ),
    error("template-notebook", N_("Not a valid notebook: {reason}.")),
    error("template-language", N_("The notebook is written in {language}; templates must use Python.")),
    error(
        "template-parameters",
        N_("The notebook has no cell tagged parameters that names a scenario."),
        N_('Add one: scenario = "", scenarios = [] or files = [].'),
    ),
    error(
        "chromium-missing",
        N_("PDF output needs Chromium, which was not found (looked for {names})."),
        N_("Install it, or set the environment variable {variable} to its path."),
    ),
    error(
        "font-missing",
        N_("No font with Chinese characters is installed: PNG and PDF could not show them."),
        N_(
            "Install Noto Sans CJK (Debian: fonts-noto-cjk), or pip install 'ippoolkit[chinese]'; HTML and SVG need "
            "neither."
        ),
    ),
    error(
        "fork-missing",
        N_("Reports require Linux or macOS; this system cannot fork processes."),
        N_("On Windows run ippoolkit in WSL."),
    ),
    error("report-least", N_("The template {template} needs at least {least} scenarios.")),
    error(
        "report-packages", N_("Reports need additional packages: {reason}."), N_("pip install 'ippoolkit[notebooks]'")
    ),
    error("report-notebook", N_("The notebook {name} is missing from this installation.")),
    error("report-lost", N_("The process that runs the notebooks exited unexpectedly."), N_("Run it again.")),
    error("report-failed", N_("The report could not be created: {reason}")),
    error("report-printing", N_("Chromium did not print the report: {reason}")),
    error(
        "choose-group-key",
        N_('"{text}" is not a valid part of a group.'),
        N_("Write KEY=VALUE, separated by commas; the keys are {keys}."),
    ),
    error(
        "group-size",
        N_('"{text}" does not give a group\'s number of nodes.'),
        N_("Write NAME=N: the name of the group, or a label key=value that only its nodes have."),
    ),
    error(
        "group-unknown",
        N_('There is no group of nodes "{name}"; the groups are {groups}.'),
        N_("Use one of these names, or a label key=value that only the nodes of one of them have."),
    ),
    error(
        "group-sum",
        N_("The groups of --group have {named:node}, more than the {nodes} of --nodes."),
        N_("Raise --nodes, which counts all of them, or leave it out."),
    ),
    error("date-syntax", N_('"{date}" is not a date.'), N_("Write it as 2027-06-30.")),
    error("month-syntax", N_('"{month}" is not a month.'), N_("Write it as {example}.")),
    error("month-range", N_("{month} is not a month to plan for."), N_("Choose one from {first} to {last}.")),
    error("picture-ending", N_("A picture cannot be written under this name."), N_("End the name in {endings}.")),
)
