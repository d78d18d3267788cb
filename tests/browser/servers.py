"""JupyterLab and Voilà on a copy of the notebooks, as a user starts them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from ippoolkit.widgets.lab import lab_environment, prepare_lab

COMMANDS = {
    "lab": ["-m", "ippoolkit", "lab", ".", "--IdentityProvider.token=t"],
    "voila": ["-m", "voila", "--template=ippoolkit", "--Voila.ip=127.0.0.1", "notebooks/planner.ipynb"],
}


@contextmanager
def serving(kind: str, folder: Path):
    """Serve a copy of the notebooks from a folder, since JupyterLab saves what it runs; yield the address."""
    prepare_lab(folder)
    private = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **private, "JUPYTER_PATH": lab_environment()["JUPYTER_PATH"]}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, *COMMANDS[kind], "--no-browser", f"--port={port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment,
    ) as server:
        # read to its end: a full pipe would stop the server, and an open one is complained of in whichever test is next
        reader = threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True)
        try:
            address = next((f[0] for line in server.stdout if (f := re.search(r"http://[\w.]+:\d+/", line))), None)
            assert address, f"{kind} did not start"
            reader.start()
            yield address.replace("localhost", "127.0.0.1")
        finally:
            server.terminate()
            server.wait(30)
            if reader.ident:
                reader.join(30)


def run_all(page) -> None:
    """Run all cells of a notebook that is open in JupyterLab and does not run by itself, by its menu."""
    page.wait_for_selector(".jp-Notebook")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
