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


def run_kernel(request: dict[str, Any]) -> None:
    """Become a kernel; returns when it has ended."""
    from ipykernel.kernelapp import IPKernelApp

    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    sys.path[:0] = request["path"]
    IPKernelApp.launch_instance(
        argv=["-f", request["file"], "--log-level=CRITICAL", "--HistoryManager.enabled=False"],
        parent_handle=os.getppid(),
        exec_lines=["import ippoolkit.report.kernel_display as _d; _d.install(get_ipython()); del _d"],
    )


def serve() -> None:
    """Load, and fork kernels until the input ends; while nobody asks for one, get to know what reports do."""
    from . import kernel_display

    replies = os.fdopen(os.dup(1), "w")
    devnull = os.open(os.devnull, os.O_RDWR)
    os.dup2(devnull, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the business of who started this
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    kernel_display.preload()
    warm_up_steps = kernel_display.warm_up_steps()
    warmed_up = False
    with os.fdopen(0, "rb", 0, closefd=False) as requests:  # unbuffered: what waits must show to select
        while True:
            if not warmed_up and not select.select([requests], [], [], 0)[0]:
                warmed_up = next(warm_up_steps, True)
                continue
            request_line = requests.readline()
            if not request_line:
                return
            gc.freeze()  # what is there stays shared: a collection in a kernel would copy all of it
            pid = os.fork()
            if pid == 0:
                os.dup2(devnull, 0)
                replies.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                run_kernel(json.loads(request_line))
                os._exit(0)
            print(pid, file=replies, flush=True)


def start_server() -> subprocess.Popen[str]:
    """Start the process; it loads while its owner does other things."""
    # One thread: a process may only be forked while it has no others, and reports run beside each other anyway.
    environment = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-m", "ippoolkit.report.forkserver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        start_new_session=True,
    )


if __name__ == "__main__":
    serve()
