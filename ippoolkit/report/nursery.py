"""A process that has loaded everything a report needs and forks a kernel for each: ``python -m …report.nursery``.

A forked kernel starts in a few milliseconds and knows nothing of the reports before it: whatever a notebook does to
modules, settings, the environment or the working folder ends with its kernel. Orders come as lines of JSON on standard
input, ``{"file": connection file, "cwd": folder, "environment": {...}}``; the answer is the kernel's process id. The
end of the input ends the nursery, and with it (within a second) all kernels.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
from typing import Any


def launch(order: dict[str, Any]) -> None:
    """Become a kernel; returns when it has ended."""
    from ipykernel.kernelapp import IPKernelApp

    os.environ.update(order["environment"])
    os.chdir(order["cwd"])
    sys.path[:0] = order["path"]
    IPKernelApp.launch_instance(
        argv=["-f", order["file"], "--log-level=CRITICAL", "--HistoryManager.enabled=False"],
        parent_handle=os.getppid(),
        exec_lines=["import ippoolkit.report.display as _d; _d.install(get_ipython()); del _d"],
    )


def serve() -> None:
    """Load, and fork kernels until the input ends; while nobody asks for one, get to know what reports do."""
    from . import display

    answers = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the business of who started this
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    display.load()
    steps = display.rehearsal()
    resting = False
    with os.fdopen(0, "rb", 0, closefd=False) as orders:  # unbuffered: what waits must show to select
        while True:
            if not resting and not select.select([orders], [], [], 0)[0]:
                resting = next(steps, True)
                continue
            line = orders.readline()
            if not line:
                return
            gc.freeze()  # what is there stays shared: a collection in a kernel would copy all of it
            pid = os.fork()
            if pid == 0:
                os.dup2(null, 0)
                answers.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                launch(json.loads(line))
                os._exit(0)
            print(pid, file=answers, flush=True)


def start() -> subprocess.Popen[str]:
    """Start the process; it loads while its owner does other things."""
    # One thread: a process may only be forked while it has no others, and reports run beside each other anyway.
    environment = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-m", "ippoolkit.report.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        start_new_session=True,
    )


if __name__ == "__main__":
    serve()
