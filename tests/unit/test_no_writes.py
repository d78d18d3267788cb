"""No command writes to a cluster: a server that records every request sees GETs only, whatever is asked for."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.helpers import ROOT, run_command, serve, write_kubeconfig

LISTS = ("pods", "nodes", "namespaces", "services")


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """A server of empty lists and a kubeconfig for it; yields the kubeconfig and the methods seen."""
    methods = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            methods.append(self.command)
            body = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

        def log_message(self, *_):
            pass

    with serve(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        path = write_kubeconfig(tmp_path / "kubeconfig", f"http://127.0.0.1:{server.server_port}", "t")
        monkeypatch.setenv("KUBECONFIG", str(path))  # of commands that are not told of one, none may look
        yield path, methods


def test_commands_that_read_a_cluster_only_get(recording, tmp_path):
    kubeconfig, methods = recording
    for arguments in (
        ["audit", "--kubeconfig", kubeconfig],
        ["audit", "--kubeconfig", kubeconfig, "--json"],
        ["audit", "--context", "one"],
        ["snapshot", "--kubeconfig", kubeconfig, "-o", tmp_path / "s.yaml"],
        ["snapshot", "--kubeconfig", kubeconfig, "-o", tmp_path / "r.yaml", "--redact"],
        ["pools-for", "--kubeconfig", kubeconfig, "--coverage"],
    ):
        run_command(*arguments)
    assert methods
    assert set(methods) == {"GET"}


def test_all_other_commands_ask_no_cluster_at_all(recording, tmp_path):
    _, methods = recording
    sample, dumps = ROOT / "data/kubespray.yaml", ROOT / "data/kubean"
    for arguments in (
        ["capacity", sample],
        ["scenario", dumps / "ippools.yaml"],
        ["check", sample],
        ["convert", sample],
        ["from-installer", sample],
        ["audit", dumps],
        ["snapshot", dumps, "-o", tmp_path / "s.yaml"],
        ["diff", dumps, dumps],
        ["pools-for", "-c", dumps, "--coverage"],
        ["simulate", sample],
        ["runbook", "grow", "-c", dumps, "--pool", "default-ipv4-ippool"],
        ["recommend", "--nodes", "10"],
        ["free", "--within", "10.0.0.0/8", "--prefix", "24"],
        ["forecast", ROOT / "data/history.csv"],
        ["alerts", sample],
    ):
        run_command(*arguments)
    assert methods == []
