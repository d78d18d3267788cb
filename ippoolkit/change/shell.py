"""A runbook as a shell script: asks before what cannot be undone, and begins again at any step."""

from __future__ import annotations

import shlex

from ..findings import N_, language
from . import words
from .commands import SAVE, SHOW_POOLS, SHOW_TUNNELS, SHOW_USE, commands, file_of, named, namespaces
from .runbook import Runbook

TEMPLATES = N_("The annotations of workloads' templates name {to} too, not {pool}?")
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

# Whether there is a pool of this name, range and blockSize.
is_pool() {
  local found
  found=$(calicoctl get ippool "$1" -o yaml 2>/dev/null) || return 1
  grep -Fxq -- "  cidr: $2" <<<"$found" && grep -Fxq -- "  blockSize: $3" <<<"$found"
}

need_pool() {
  is_pool "$@" || { printf 'stopped: there is no pool %s of %s with blockSize %s\n' "$@" >&2; exit 1; }
}
"""


def script(runbook: Runbook, lang: str = "en") -> str:
    """Return the script of a runbook that was issued: it can be begun again at any step, and repeats no harm."""
    say = language(lang).say
    parts = [_HEAD]
    before = (f"[ -e ipam-backup.yaml ] || {SAVE}", SHOW_POOLS, SHOW_USE, SHOW_TUNNELS)
    parts.append("\n".join(['if [ "$first" -le 1 ]; then', *(f"  {each}" for each in before), "fi", ""]))
    for number, done in enumerate(runbook.done, 1):
        step = done.step
        pool = step.pool
        numbers = {
            "pool": pool.name,
            "cidr": str(pool.cidr),
            "size": pool.block_size,
            "to": step.to or "-",
            "count": done.pods,
        }
        title = say(words.TITLE[step.action], numbers)
        which = " ".join(shlex.quote(each) for each in (pool.name, str(pool.cidr), str(pool.block_size)))
        waited = say(words.WAIT[step.action], numbers)
        with_calicoctl, with_kubectl = commands(
            step,
            number,
            runbook.change.install,
            namespaces(runbook.scenario.cluster, runbook.old),
            named(runbook.scenario.cluster, runbook.old),
        )
        lines = with_calicoctl or with_kubectl
        match step.action:
            case "create":
                body = [f"is_pool {which} || calicoctl create -f {file_of(number)}", SHOW_TUNNELS]
            case "delete":
                body = [SHOW_USE, _ask(title), f"if is_pool {which}; then {lines[0]}; fi"]
            case "close":
                body = [f"need_pool {which}", lines[0], "sleep 10", SHOW_TUNNELS, _ask(waited)]
            case "recreate":
                body = [_ask(title), *lines, SHOW_USE]
            case "annotate":
                body = [*lines, _ask(say(TEMPLATES, numbers))]
            case _:
                body = [*lines, SHOW_TUNNELS, _ask(waited)]
        said = shlex.quote(f"{number}. {title}")
        parts.append(
            "\n".join(
                [
                    f'if [ "$first" -le {number} ]; then',
                    f"  printf '%s\\n' {said}",
                    *(f"  {each}" for each in body),
                    "fi",
                    "",
                ]
            )
        )
    return "\n".join(parts)


def _ask(title: str) -> str:
    return f"confirm {shlex.quote(title)}"
