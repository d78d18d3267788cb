"""Pages that are opened and closed leave no kernels behind, and there are never more than the limit."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat.v4 as nb
import pytest

from tests.helpers import ROOT

CONFIG = ROOT / "ippoolkit/widgets/share/config"
LIMIT, PAGES = 3, 20


def kernels(server):
    """Return the processes below a server that run a kernel."""
    kernel_pids = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"PPid:\s+(\d+)", status.read_text())
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent and int(parent[1]) == server.pid and b"ipykernel" in command:
            kernel_pids.append(status.parent.name)
    return kernel_pids


@pytest.fixture
def server(tmp_path):
    notebook = nb.new_notebook(cells=[nb.new_code_cell("'a page'")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (tmp_path / "page.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "secret.png").write_bytes(b"secret")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quick = {"cull_idle_timeout": 3, "cull_interval": 1, "max_kernels": LIMIT}
    process = subprocess.Popen(
        [sys.executable, "-m", "voila", "page.ipynb", "--no-browser", f"--port={port}"]
        + [f"--LimitedKernelManager.{name}={value}" for name, value in quick.items()],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_CONFIG_PATH": str(CONFIG)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process, f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


def status_of(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_twenty_pages_leave_no_kernel_and_never_more_than_the_limit(server):
    process, url = server
    deadline = time.monotonic() + 120
    while status_of(f"{url}/static/none") == 0 and time.monotonic() < deadline:
        time.sleep(0.5)
    statuses, most = [], 0
    for _ in range(PAGES):
        statuses.append(status_of(url))
        most = max(most, len(kernels(process)))
    assert 200 in statuses
    assert most <= LIMIT
    deadline = time.monotonic() + 60
    while (remaining := kernels(process)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert remaining == []
    assert status_of(url) == 200  # once there is room again
    assert status_of(f"{url}/voila/files/secret.png") in (403, 404)
    with urllib.request.urlopen(url, timeout=60) as response:
        assert b"a page" in response.read()


def test_the_app_uses_these_settings():
    assert "JUPYTER_CONFIG_PATH=ippoolkit/widgets/share/config" in (ROOT / "Makefile").read_text()
    settings = json.loads((CONFIG / "voila.json").read_text())["LimitedKernelManager"]
    assert settings["cull_idle_timeout"] > 0
    assert settings["max_kernels"] > 0
