"""Histories from CSV, Prometheus and dated dumps: what is read, and every problem in its place."""

import json
import shutil
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.forecasting import Measurement, PrometheusConnection, forecast, is_history, read_history
from tests.helpers import CLUSTERS, ROOT, serve, unpack_files

DAY = 86_400
START = 1_767_225_600  # 2026-01-01T00:00:00Z


def csv_file(folder, text, name="history.csv"):
    path = folder / name
    path.write_text(text)
    return path


def series(metric, points, **labels):
    return {"metric": {"__name__": metric, **labels}, "values": [[time, str(value)] for time, value in points]}


def answer(*all_series):
    return {"status": "success", "data": {"resultType": "matrix", "result": list(all_series)}}


def json_file(folder, content, name="answer.json"):
    path = folder / name
    path.write_text(json.dumps(content))
    return path


def problems_of(*sources, **options):
    with pytest.raises(InputError) as raised:
        read_history(*sources, **options)
    return [(problem.code, problem.place.line, problem.place.field) for problem in raised.value.problems]


def test_csv_rows_come_in_the_order_of_time(tmp_path):
    path = csv_file(
        tmp_path,
        "time,pool,in_use,capacity,blocks_in_use,blocks\n"
        "2026-01-02T08:00:00+08:00,a,12,64,1,4\n"
        "2026-01-01,a,10,64,,\n"
        "2026-01-01T00:00:00Z,b,5,340282366920938463463374607431768211456,,\n",
    )
    a, b = read_history(path).pools
    assert a.measurements == (
        Measurement(datetime(2026, 1, 1, tzinfo=UTC), 10, 64),
        Measurement(datetime(2026, 1, 2, tzinfo=UTC), 12, 64, 1, 4),
    )
    assert b.measurements[0].capacity == 2**128


def test_columns_may_stand_in_any_order_and_with_semicolons(tmp_path):
    path = csv_file(tmp_path, "\ufeffPool;Time;capacity;in_use;owner\na;2026-01-01;64;10;me\n")
    assert read_history(path).pools[0].measurements[0].in_use == 10


def test_every_problem_of_a_csv_is_named_with_its_line(tmp_path):
    path = csv_file(
        tmp_path,
        "time,pool,in_use,capacity\n"
        "2026-01-01,a,ten,64\n"
        "2026-01-02,a,-1,64\n"
        "yesterday,a,1,64\n"
        "2026-01-03,a,1,64\n"
        "2026-01-03T00:00Z,a,1,64\n"
        "2026-01-04,,1,-64\n"
        "2026-01-05,a\n"
        "2026-01-06,a,nan,inf\n",
    )
    assert problems_of(path) == [
        ("history-number-invalid", 2, "in_use"),
        ("history-number-negative", 3, "in_use"),
        ("history-time-invalid", 4, "time"),
        ("history-time-repeated", 6, "time"),
        ("csv-cell-empty", 7, "pool"),
        ("history-number-negative", 7, "capacity"),
        ("csv-cells", 8, ""),
        ("history-number-invalid", 9, "in_use"),
        ("history-number-invalid", 9, "capacity"),
    ]


def test_missing_columns_are_named(tmp_path):
    assert problems_of(csv_file(tmp_path, "time,pool,used\n")) == [
        ("csv-column-missing", 1, ""),
        ("csv-column-missing", 1, ""),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        ("hello\n", "history-form"),
        ("{", "json-syntax"),
        ("[1]", "history-form"),
        ("{}", "history-form"),
    ],
)
def test_what_is_no_history_is_refused(tmp_path, text, code):
    assert problems_of(csv_file(tmp_path, text, "x.txt"))[0][0] == code


def test_missing_and_binary_files_are_named(tmp_path):
    (tmp_path / "binary.csv").write_bytes(b"\0\1\2\xff")
    assert [code for code, _, _ in problems_of(tmp_path / "none.csv", tmp_path / "binary.csv")] == [
        "file-missing",
        "file-binary",
    ]


def test_empty_cells_are_gaps_not_zero(tmp_path):
    path = csv_file(tmp_path, "time,pool,in_use,capacity\n2026-01-01,a,,64\n2026-01-02,a,3,64\n")
    history = read_history(path)
    assert history.pools[0].measurements[0].in_use is None
    assert [note.code for note in history.notes] == ["history-gaps"]


def test_series_of_nodes_are_summed_by_pool(tmp_path):
    path = json_file(
        tmp_path,
        answer(
            series("ipam_allocations_in_use", [(START, 3), (START + DAY, 4)], ippool="a", node="n1"),
            series("ipam_allocations_in_use", [(START + DAY, 5)], ippool="a", node="n2"),
            series("ipam_allocations_in_use", [(START, 1)], ippool="no_ippool", node="n1"),
            series("ipam_blocks", [(START, 2), (START + DAY, 3)], ippool="a", node="n1"),
            series("ipam_ippool_size", [(START, 256), (START + DAY, 256)], ippool="a"),
        ),
    )
    history = read_history(path)
    (pool,) = history.pools
    assert [(row.in_use, row.capacity, row.blocks_in_use, row.blocks) for row in pool.measurements] == [
        (3, 256, 2, 4),
        (9, 256, 3, 4),
    ]
    assert [note.code for note in history.notes] == ["history-block-size"]


def test_the_metric_of_a_sum_is_named_by_its_key_or_its_file(tmp_path):
    def summed_answer(points):
        entry = series("x", points, ippool="a")
        del entry["metric"]["__name__"]
        return answer(entry)

    together = json_file(
        tmp_path,
        {"ipam_allocations_in_use": summed_answer([(START, 3)]), "ipam_ippool_size": summed_answer([(START, 64)])},
    )
    files = [
        json_file(tmp_path, summed_answer([(START, 3)]), "ipam_allocations_in_use.json"),
        json_file(tmp_path, summed_answer([(START, 64)]), "ipam_ippool_size-2026.json"),
    ]
    assert read_history(together).pools == read_history(*files).pools
    assert problems_of(json_file(tmp_path, summed_answer([(START, 3)]), "x.json"))[0][0] == "prometheus-unnamed"


def test_older_metrics_by_node_stand_for_all_pools_together(tmp_path):
    path = json_file(tmp_path, answer(series("ipam_allocations_per_node", [(START, 3)], node="n1")))
    (pool,) = read_history(path, capacities={"*": 256}).pools
    assert (pool.pool, pool.measurements[0].capacity) == ("*", 256)


def test_nan_is_a_gap(tmp_path):
    path = json_file(
        tmp_path, answer(series("ipam_allocations_in_use", [(START, "NaN"), (START + DAY, 2)], ippool="a"))
    )
    assert len(read_history(path).pools[0].measurements) == 1


def test_every_problem_of_an_answer_is_named(tmp_path):
    broken = answer(
        series("ipam_allocations_in_use", [(START, "x"), (START, -1), ("y", 1)], ippool="a"),
        series("ipam_allocations_in_use", [(START, 1)]),
        series("node_load1", [(START, 1)], ippool="a"),
        {"metric": {"__name__": "ipam_blocks", "ippool": "a"}},
        {"metric": {"__name__": "ipam_blocks", "ippool": "a"}, "values": [[1], [START, 1], [START, 1]]},
    )
    codes = [code for code, _, _ in problems_of(json_file(tmp_path, broken))]
    assert codes == [
        "history-number-invalid",
        "history-number-negative",
        "history-time-invalid",
        "prometheus-pool",
        "prometheus-metric",
        "prometheus-series",
        "prometheus-point",
        "history-time-repeated",
    ]
    failed = {"status": "error", "errorType": "bad_data", "error": "parse error"}
    assert problems_of(json_file(tmp_path, failed))[0][0] == "prometheus-error"
    for name in (["ipam_blocks"], {"a": 1}):  # labels are texts
        labels = {"metric": {"__name__": name, "ippool": "a"}, "values": [[START, 1]]}
        assert [code for code, _, _ in problems_of(json_file(tmp_path, answer(labels)))] == ["prometheus-series"]
    mapping = {"status": "success", "data": {"resultType": {"matrix": 1}, "result": []}}
    assert problems_of(json_file(tmp_path, mapping))[0][0] == "prometheus-form"
    scalar = {"status": "success", "data": {"resultType": "scalar", "result": [START, "1"]}}
    assert problems_of(json_file(tmp_path, scalar))[0][0] == "prometheus-form"


def test_sizes_come_from_manifests_where_the_history_has_none(tmp_path):
    path = json_file(
        tmp_path,
        answer(
            series("ipam_allocations_in_use", [(START, 3)], ippool="a"), series("ipam_blocks", [(START, 1)], ippool="a")
        ),
    )
    scenario = ipk.Scenario(cluster=ipk.Cluster(pools=(ipk.IPPool(name="a", cidr="10.0.0.0/24", block_size=28),)))
    row = read_history(path, pools=scenario).pools[0].measurements[0]
    assert (row.capacity, row.blocks) == (256, 16)


def test_the_default_block_size_is_not_taken_where_it_cannot_be(tmp_path):
    path = json_file(
        tmp_path,
        answer(
            series("ipam_allocations_in_use", [(START, 3)], ippool="a"),
            series("ipam_blocks", [(START, 9)], ippool="a"),
            series("ipam_ippool_size", [(START, 256)], ippool="a"),
        ),
    )
    assert read_history(path).pools[0].measurements[0].blocks is None


def test_a_folder_of_dated_dumps_is_a_history(tmp_path):
    for day in ("2026-01-01", "2026-01-02"):
        (tmp_path / day).mkdir()
        unpack_files(CLUSTERS[0], tmp_path / day, "kubectl-ippools.json", "kubectl-ipamblocks.json")
    history = read_history(tmp_path)
    assert history.pools
    assert [row.time.date() for row in history.pools[0].measurements] == [date(2026, 1, 1), date(2026, 1, 2)]
    assert all(row.capacity for pool in history.pools for row in pool.measurements)
    assert is_history(tmp_path)


def test_dumps_without_a_date_are_named(tmp_path):
    (tmp_path / "latest.json").write_text("{}")
    (tmp_path / "2026-02-30.json").write_text("{}")
    assert [code for code, _, _ in problems_of(tmp_path)] == ["dump-undated", "dump-undated"]
    empty = tmp_path / "empty"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir()
    assert problems_of(empty)[0][0] == "folder-empty"


@contextmanager
def prometheus(reply):
    """Run a Prometheus on loopback that answers as it is told; yield its URL and the requests that it gets."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self)
            status, body = reply(parse_qs(urlsplit(self.path).query)["query"][0])
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with serve(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}", requests


def answer_query(query):
    entry = series("x", [(START, 256 if "size" in query else 3)], ippool="a")
    del entry["metric"]["__name__"]
    return 200, json.dumps(answer(*([] if "per_node" in query else [entry]))).encode()


def test_a_running_prometheus_is_read_with_the_token():
    with prometheus(answer_query) as (url, requests):
        history = read_history(url, connection=PrometheusConnection(token="secret", days=30))
    assert history.pools[0].measurements[0].in_use == 3
    assert {request.headers["Authorization"] for request in requests} == {"Bearer secret"}
    assert {request.command for request in requests} == {"GET"}


@pytest.mark.parametrize(
    "reply",
    [
        lambda _: (401, b"no"),
        lambda _: (302, b""),
        lambda _: (200, b"<html>"),
        lambda _: (200, b"x" * 2000),
    ],
    ids=["refused", "redirected", "not JSON", "too large"],
)
def test_a_prometheus_that_does_not_answer_is_said(reply, monkeypatch):
    monkeypatch.setattr("ippoolkit.forecasting.prometheus_server.MOST_BYTES", 1000)
    with prometheus(reply) as (url, _):
        problems = problems_of(url.replace("127", "user:word@127", 1))
    assert problems[0][0] == "prometheus-unreachable"


def test_no_server_and_no_words_of_the_password():
    with pytest.raises(InputError) as raised:
        read_history("http://user:word@127.0.0.1:9", connection=PrometheusConnection(seconds=2))
    assert "word" not in str(raised.value)


def test_a_history_can_be_forecast(tmp_path):
    rows = "\n".join(f"2026-01-{day:02},a,{100 + day},256" for day in range(1, 31))
    result = forecast(csv_file(tmp_path, f"time,pool,in_use,capacity\n{rows}\n"))
    assert result.as_of == date(2026, 1, 30)
    assert result.table.loc[0, "pool"] == "a"
    assert result.table.loc[0, "p50"] == result.pools[0].p50


def test_histories_come_in_archives_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "history.zip", "w") as archive:
        archive.write(ROOT / "data/history.csv", "history.csv")
    assert is_history(tmp_path / "history.zip")
    assert read_history(tmp_path / "history.zip").pools == read_history(ROOT / "data/history.csv").pools
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.write(ROOT / "data/default-ipv4-ippool.yaml", "pool.yaml")
    assert not is_history(tmp_path / "dump.zip")
