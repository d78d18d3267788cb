"""A runbook as a shell script: asks before what cannot be undone, and begins again at any step."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ..findings import N_, get_language
from .rendered_runbook import RenderedRunbook, RenderedStep
from .step_commands import BACKUP_COMMAND, SHOW_ANNOTATIONS, SHOW_POOLS, SHOW_TUNNELS, SHOW_USAGE

_CONFIRM_INVENTORY = N_("Does the inventory say what {file} says?")
_HEAD = """#!/usr/bin/env bash
# shellcheck disable=SC1003,SC2016 # names are quoted as they are, whatever they hold
# Usage: runbook.sh [STEP]   begins at that step, 1 if left out. Stops before whatever cannot be undone.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
first=${1:-1}
case $first in '' | *[!0-9]*) echo "usage: $0 [STEP]" >&2; exit 2 ;; esac

confirm() {
  printf '%s [yes/no] ' "$1"
  read -r answer || exit 1
  [ "$answer" = yes ] || { echo stopped; exit 1; }
}

# Stops where a manifest is missing, or was left by another runbook: of files whose writing was cut short some are old.
need_manifest() {
  grep -Fxq -- "# runbook $runbook" "$1" || {
    printf 'stopped: %s does not belong to this script; write the runbook again\\n' "$1" >&2
    exit 1
  }
}

# Whether there is a pool of this name, range and blockSize.
is_pool() {
  local found
  found=$(calicoctl get ippool "$1" -o yaml 2>/dev/null) || return 1
  grep -Fxq -- "  cidr: $2" <<<"$found" && grep -Fxq -- "  blockSize: $3" <<<"$found"
}

need_pool() {
  is_pool "$@" || { printf 'stopped: there is no pool %s of %s with blockSize %s\\n' "$@" >&2; exit 1; }
}
"""


def runbook_script(rendered: RenderedRunbook) -> str:
    """Return the script of a runbook that was issued: it can be begun again at any step, and repeats no harm."""
    backup_commands = (f"[ -e ipam-backup.yaml ] || {BACKUP_COMMAND}", SHOW_POOLS, SHOW_USAGE, SHOW_TUNNELS)
    parts = [
        _HEAD,
        f"runbook={rendered.id}\n",
        "\n".join(['if [ "$first" -le 1 ]; then', *(f"  {command}" for command in backup_commands), "fi", ""]),
    ]
    for step in rendered.steps:
        quoted_title = shlex.quote(f"{step.number}. {step.title}")
        lines = [
            f"printf '%s\\n' {quoted_title}",
            *([f"need_manifest {step.commands.manifest_path}"] if step.commands.manifest else []),
            *_step_lines(step, rendered.cooldown_seconds, rendered.lang),
        ]
        parts.append(
            "\n".join([f'if [ "$first" -le {step.number} ]; then', *(f"  {line}" for line in lines), "fi", ""])
        )
    return "\n".join(parts)


def _step_lines(step: RenderedStep, cooldown: int, lang: str) -> Iterable[str]:
    pool = step.result.step.pool
    pool_arguments = " ".join(shlex.quote(argument) for argument in (pool.name, str(pool.cidr), str(pool.block_size)))
    lines = step.commands.calicoctl or step.commands.kubectl
    translate = get_language(lang).render
    confirm_expected = _confirm(step.expected)
    match step.result.step.action:
        case "create":
            return [f"is_pool {pool_arguments} || {lines[0]}", SHOW_TUNNELS, confirm_expected]
        case "delete":
            return [SHOW_USAGE, _confirm(step.title), f"if is_pool {pool_arguments}; then {lines[0]}; fi"]
        case "disable":
            return [f"need_pool {pool_arguments}", lines[0], "sleep 10", *step.check_commands, confirm_expected]
        case "restart":
            return [*lines, SHOW_TUNNELS, confirm_expected]
        case "annotate":
            return [
                *(f"{line} || echo 'this failed: do it by hand' >&2" for line in lines),
                f"{SHOW_ANNOTATIONS} || true",
                SHOW_USAGE,
                confirm_expected,
            ]
        case "cni":
            return [*(f"{line} || echo 'this failed: do it by hand' >&2" for line in lines), confirm_expected]
        case "inventory":
            return [_confirm(translate(_CONFIRM_INVENTORY, {"file": step.commands.manifest_path}))]
    script_lines = []
    for group_label, commands in step.commands.groups:  # pods of a group are recreated once the last was looked at
        script_lines += [_confirm(f"{step.title}: {group_label}"), *commands] if commands else []
    return [*script_lines, *([f"sleep {cooldown}"] if cooldown else []), SHOW_USAGE, confirm_expected]


def _confirm(title: str) -> str:
    return f"confirm {shlex.quote(title)}"
