"""A real Prometheus on loopback: it scrapes an exporter, holds a month of history, and forecast reads it live."""

import http.server
import json
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest

from tests.helpers import run_command as run
from tests.helpers import serve

pytestmark = pytest.mark.skipif(
    not (shutil.which("prometheus") and shutil.which("promtool")), reason="prometheus is missing: install prometheus"
)
DAYS = 30
HOUR = 3600


def exposition(value):
    return (
        "# TYPE ipam_allocations_in_use gauge\n"
        f'ipam_allocations_in_use{{ippool="a",node="n1"}} {value}\n'
        f'ipam_allocations_in_use{{ippool="a",node="n2"}} {value}\n'
        "# TYPE ipam_blocks gauge\n"
        f'ipam_blocks{{ippool="a",node="n1"}} 7\n'
        "# TYPE ipam_ippool_size gauge\n"
        'ipam_ippool_size{ippool="a"} 512\n'
    )


class Exporter(http.server.BaseHTTPRequestHandler):
    """What kube-controllers would say."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(exposition(220).encode())

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def openmetrics(now):
    """Return a month of hourly samples that end two hours ago: 2 addresses a day on each of two nodes."""
    hours = range(DAYS * 24, 2, -1)
    times = [(now - hour * HOUR, 160 + 2 * (DAYS * 24 - hour) // 24) for hour in hours]
    lines = ["# TYPE ipam_allocations_in_use gauge"]
    for node in ("n1", "n2"):
        lines += [f'ipam_allocations_in_use{{ippool="a",node="{node}"}} {value} {time}' for time, value in times]
    lines += ["# TYPE ipam_ippool_size gauge"]
    lines += [f'ipam_ippool_size{{ippool="a"}} 512 {time}' for time, _ in times]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture
def exporter():
    with serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)) as server:
        yield server


@pytest.fixture
def server(tmp_path, exporter):
    """Yield the URL of a Prometheus with a month of history."""
    (tmp_path / "history.om").write_text(openmetrics(int(time.time())))
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", tmp_path / "history.om", tmp_path / "data"],
        check=True,
        capture_output=True,
    )
    target = {
        "job_name": "x",
        "scrape_interval": "1s",
        "static_configs": [{"targets": [f"127.0.0.1:{exporter.server_port}"]}],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [target]}))
    port = free_port()
    process = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/data",
            "--storage.tsdb.retention.time=1y",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    query = f"{url}/api/v1/query?query=ipam_blocks"
    for _ in range(100):
        try:
            with urllib.request.urlopen(query, timeout=5) as response:
                if json.load(response)["data"]["result"]:
                    break
        except OSError:
            pass
        time.sleep(0.2)
    yield url
    process.terminate()
    process.wait(timeout=20)


def test_a_live_prometheus_is_forecast(server):
    result = run("forecast", server, "--days", "40", "--json")
    assert result.exit_code == 0, result.stderr
    pools = json.loads(result.stdout)["limits"]
    addresses = next(pool for pool in pools if pool["limit"] == "addresses")
    assert addresses["capacity"] == 512
    assert 2 * 215 <= addresses["in_use"] <= 2 * 220
    # 440 of 512 and 4 a day: about 18 days.
    assert addresses["probability"]["90"] == 1
    assert addresses["backtest"]["windows"] > 3
