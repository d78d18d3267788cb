"""A runbook as a shell script: asks before what cannot be undone, and begins again at any step."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ..findings import N_, language
from .commands import SAVE, SHOW_POOLS, SHOW_TUNNELS, SHOW_USE
from .telling import Told, ToldStep

_TEMPLATES = N_("The annotations of workloads' templates name {to} too, not {pool}?")
_INVENTORY = N_("The inventory says what {file} says?")
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
  is_pool "$@" || { printf 'stopped: there is no pool %s of %s with blockSize %s\\n' "$@" >&2; exit 1; }
}
"""


def script(told: Told) -> str:
    """Return the script of a runbook that was issued: it can be begun again at any step, and repeats no harm."""
    before = (f"[ -e ipam-backup.yaml ] || {SAVE}", SHOW_POOLS, SHOW_USE, SHOW_TUNNELS)
    parts = [_HEAD, "\n".join(['if [ "$first" -le 1 ]; then', *(f"  {each}" for each in before), "fi", ""])]
    for step in told.steps:
        said = shlex.quote(f"{step.number}. {step.title}")
        lines = [f"printf '%s\\n' {said}", *_body(step, told.cooldown, told.lang)]
        parts.append(
            "\n".join([f'if [ "$first" -le {step.number} ]; then', *(f"  {line}" for line in lines), "fi", ""])
        )
    return "\n".join(parts)


def _body(step: ToldStep, seconds: int, lang: str) -> Iterable[str]:
    pool = step.done.step.pool
    which = " ".join(shlex.quote(each) for each in (pool.name, str(pool.cidr), str(pool.block_size)))
    lines = step.orders.calicoctl or step.orders.kubectl
    say = language(lang).say
    right = _ask(step.right)
    match step.done.step.action:
        case "create":
            return [f"is_pool {which} || {lines[0]}", SHOW_TUNNELS, right]
        case "delete":
            return [SHOW_USE, _ask(step.title), f"if is_pool {which}; then {lines[0]}; fi"]
        case "close":
            return [f"need_pool {which}", lines[0], "sleep 10", *step.check, right]
        case "restart":
            return [*lines, SHOW_TUNNELS, right]
        case "annotate":
            numbers = {"to": step.done.step.to or "-", "pool": pool.name}
            return [
                *(f"{line} || echo 'this failed: do it by hand' >&2" for line in lines),
                _ask(say(_TEMPLATES, numbers)),
            ]
        case "inventory":
            return [_ask(say(_INVENTORY, {"file": step.orders.file}))]
    found = []
    for about, typed in step.orders.parts:  # the pods of each group are only recreated once the last was looked at
        found += [_ask(f"{step.title}: {about}"), *typed] if typed else []
    return [*found, *([f"sleep {seconds}"] if seconds else []), SHOW_USE, right]


def _ask(title: str) -> str:
    return f"confirm {shlex.quote(title)}"
