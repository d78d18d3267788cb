"""A running cluster, read from a stub that replays recorded answers: pages, refusals, cuts, and nothing but lists."""

import base64
import gzip
import json
import re
import threading
import time as clock
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from ippoolkit.audit.cluster_index import ClusterIndex
from ippoolkit.audit.cluster_metrics import cluster_metrics
from ippoolkit.errors import InputError
from ippoolkit.live import LiveError, api_reader, cluster_role, connection, exec_plugin, read_live
from tests.helpers import RECORDINGS, expected_metrics, run_command, serve, write_kubeconfig

TOKEN = "s3cr3t-t0ken-of-a-reader"
CRD, CORE = "/apis/crd.projectcalico.org/v1", "/api/v1"


def answer(name):
    """A recorded answer: status, headers, body."""
    recorded = json.loads(gzip.decompress((RECORDINGS / f"api/{name}.json.gz").read_bytes()))["response"]
    body = recorded.get("body")
    data = base64.b64decode(recorded["body_base64"]) if body is None else body.encode()
    return recorded["status"], recorded["headers"], data


PLAIN = {
    f"{CRD}/{name}": name
    for name in ("ippools", "ipamconfigs", "ipreservations", "ipamblocks", "blockaffinities", "ipamhandles")
} | {f"{CORE}/{name}": name for name in ("nodes", "namespaces", "services", "pods")}


class Stub(ThreadingHTTPServer):
    """Replays answers; `special` holds a function for a path that answers otherwise."""

    daemon_threads = True

    def __init__(self):
        self.requests, self.special = [], {}
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.server.requests.append((self.command, url.path, query, dict(self.headers)))
        if url.path in self.server.special:
            self.server.special[url.path](self, query)
        else:
            self.send(*answer(PLAIN.get(url.path, "404-missing-group")))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def send(self, status, headers, data, *, cut=False):
        self.send_response(status)
        self.send_header("Content-Type", headers.get("Content-Type", "application/json"))
        if "Content-Encoding" in headers:
            self.send_header("Content-Encoding", headers["Content-Encoding"])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True


@pytest.fixture
def stub():
    with serve(Stub()) as server:
        yield server


@pytest.fixture
def kubeconfig(stub, tmp_path):
    return write_kubeconfig(tmp_path / "kubeconfig", f"http://127.0.0.1:{stub.server_port}", TOKEN)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE", (2, 0.5))
    monkeypatch.setattr(api_reader.time, "sleep", lambda _: None)


def metrics_of(reading):
    return cluster_metrics(ClusterIndex(reading.scenario.cluster), reading.reported)


def codes(reading):
    return [note.code for note in reading.notes]


def test_every_figure_of_the_recorded_cluster(stub, kubeconfig):
    reading = read_live(kubeconfig)
    assert reading.scenario.cluster.unknown == ()
    counts, truth = metrics_of(reading), expected_metrics("s02")
    assert counts.totals == {key: truth["totals"][key] for key in counts.totals}
    assert counts.config == truth["config"]
    assert reading.notes == ()


def test_only_gets_of_lists_that_the_printed_role_allows(stub, kubeconfig):
    stub.special[f"{CRD}/ippools"] = lambda to, _: to.send(*answer("404-missing-group"))
    read_live(kubeconfig)
    assert {method for method, *_ in stub.requests} == {"GET"}
    role = yaml.safe_load(cluster_role())
    allowed = {
        (group, resource) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"]
    }
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list"}
    for _, path, query, _ in stub.requests:
        match = re.fullmatch(r"/(?:api/v1|apis/([^/]+)/[^/]+)/([a-z]+)", path)
        assert (match[1] or "", match[2]) in allowed
        assert set(query) <= {"limit", "continue"}


def test_nothing_writes_or_shows_the_kubeconfig(stub, kubeconfig, capfd, caplog):
    before = kubeconfig.read_bytes(), kubeconfig.stat().st_mtime_ns
    stub.special[f"{CORE}/pods"] = lambda to, _: to.send(*answer("403-pods-reader"))
    with caplog.at_level("DEBUG"):
        result = run_command("audit", "--kubeconfig", kubeconfig, "--json")
    assert (kubeconfig.read_bytes(), kubeconfig.stat().st_mtime_ns) == before
    assert [
        header for *_, headers in stub.requests for key, header in headers.items() if key.lower() == "authorization"
    ]
    out, err = capfd.readouterr()
    for text in (result.output, out, err, caplog.text):
        assert TOKEN not in text
    assert list(kubeconfig.parent.iterdir()) == [kubeconfig]


def pages(*names):
    """Answer the pages of a list, each with the token that the one before it gave."""
    bodies = [answer(name) for name in names]
    tokens = ["", *(json.loads(body)["metadata"].get("continue", "") for _, _, body in bodies)]

    def send(to, query):
        to.send(*bodies[tokens.index(query.get("continue", ""))])

    return send


def test_a_list_comes_in_pages_and_progress_is_told(stub, kubeconfig):
    stub.special[f"{CRD}/ipamblocks"] = pages(*(f"ipamblocks-limit5-page{n}" for n in (1, 2, 3)))
    stub.special[f"{CORE}/pods"] = pages("pods-limit50-page1", "pods-limit50-page2")
    calls = []
    reading = read_live(kubeconfig, progress=lambda kind, *counts: calls.append((kind, *counts)), page_size=5)
    assert metrics_of(reading).totals["blocks"] == 15
    assert metrics_of(reading).totals["pods"] == 92
    assert [call for call in calls if call[0] == "IPAMBlock"] == [
        ("IPAMBlock", 5, 15),
        ("IPAMBlock", 10, 15),
        ("IPAMBlock", 15, 15),
    ]
    assert {query["limit"] for _, _, query, _ in stub.requests} == {"5"}


def test_an_expired_list_goes_on_where_the_server_offers(stub, kubeconfig):
    first, expired, remainder = answer("ipamblocks-limit5-page1"), answer("410-expired-continue"), answer("ipamblocks")
    offered = json.loads(expired[2])["metadata"]["continue"]

    def send(to, query):
        token = query.get("continue", "")
        to.send(*(remainder if token == offered else expired if token else first))

    stub.special[f"{CRD}/ipamblocks"] = send
    reading = read_live(kubeconfig)
    assert "live-expired" in codes(reading)
    assert metrics_of(reading).totals["blocks"] == 15


def test_an_expired_list_without_an_offer_begins_anew_and_ends(stub, kubeconfig):
    first = answer("ipamblocks-limit5-page1")
    expired = (410, {}, b'{"kind":"Status","apiVersion":"v1","metadata":{},"message":"expired","code":410}')
    stub.special[f"{CRD}/ipamblocks"] = lambda to, query: to.send(*(expired if "continue" in query else first))
    reading = read_live(kubeconfig)
    assert "IPAMBlock" in reading.scenario.cluster.unknown
    assert "live-failed" in codes(reading)


def test_packed_answers(stub, kubeconfig):
    stub.special[f"{CRD}/ipamblocks"] = lambda to, _: to.send(
        200, {"Content-Encoding": "gzip"}, gzip.compress(answer("ipamblocks")[2])
    )
    assert metrics_of(read_live(kubeconfig)).totals["blocks"] == 15
    assert {
        value for *_, headers in stub.requests for key, value in headers.items() if key.lower() == "accept-encoding"
    } == {"gzip"}


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        (f"{CRD}/ipamblocks", "IPAMBlock", "403-ipamblocks-norights"),
        (f"{CORE}/nodes", "Node", "403-nodes-norights"),
        (f"{CORE}/pods", "Pod", "403-pods-reader"),
        (f"{CRD}/ipamblocks", "IPAMBlock", "404-missing-resource-norights"),
    ],
)
def test_what_is_forbidden_is_unknown(path, kind, name, stub, kubeconfig):
    stub.special[path] = lambda to, _: to.send(*answer(name))
    reading = read_live(kubeconfig)
    assert reading.scenario.cluster.unknown == (kind,)
    assert [note.subject for note in reading.notes if note.code == "kind-forbidden"] == [kind]


def test_a_cluster_of_the_other_api_group(stub, kubeconfig):
    for path in [path for path in PLAIN if path.startswith(CRD)]:
        stub.special[path] = lambda to, _: to.send(*answer("404-missing-group"))
        aggregated_path = path.replace("crd.projectcalico.org/v1", "projectcalico.org/v3").replace(
            "ipamconfigs", "ipamconfigurations"
        )
        status, headers, body = answer(PLAIN[path])
        moved = body.replace(b"crd.projectcalico.org/v1", b"projectcalico.org/v3").replace(
            b"IPAMConfigList", b"IPAMConfigurationList"
        )
        stub.special[aggregated_path] = lambda to, _, sent=(status, headers, moved): to.send(*sent)
    reading = read_live(kubeconfig)
    assert reading.scenario.cluster.unknown == ()
    assert metrics_of(reading).totals["allocations"] == 166


def test_a_cluster_without_calico_says_so(stub, kubeconfig):
    for path in [path for path in PLAIN if path.startswith(CRD)]:
        stub.special[path] = lambda to, _: to.send(*answer("404-missing-group"))  # plain text, not JSON
    reading = read_live(kubeconfig)
    assert codes(reading).count("live-missing") == 6
    assert metrics_of(reading).totals["pods"] == 92
    assert metrics_of(reading).totals["blocks"] is None


def test_a_login_that_is_refused_ends_it(stub, kubeconfig):
    stub.special[f"{CRD}/ippools"] = lambda to, _: to.send(*answer("401-bad-token"))
    with pytest.raises(LiveError, match="401"):
        read_live(kubeconfig)
    result = run_command("audit", "--kubeconfig", kubeconfig)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def once(first, then):
    count = iter(range(100))

    def send(to, query):
        (then if next(count) else first)(to, query)

    return send


def full_list(name):
    return lambda to, _: to.send(*answer(name))


def test_a_connection_that_is_cut_or_slow_is_tried_again(stub, kubeconfig):
    stub.special[f"{CRD}/ipamblocks"] = once(
        lambda to, _: to.send(*answer("ipamblocks"), cut=True), full_list("ipamblocks")
    )
    stub.special[f"{CORE}/pods"] = once(lambda to, _: clock.time() and threading.Event().wait(1.2), full_list("pods"))
    stub.special[f"{CORE}/nodes"] = once(lambda to, _: to.send(503, {}, b"busy"), full_list("nodes"))
    reading = read_live(kubeconfig)
    assert reading.scenario.cluster.unknown == ()
    assert metrics_of(reading).totals["pods"] == 92


def test_a_list_that_never_arrives_whole_is_unknown(stub, kubeconfig):
    stub.special[f"{CRD}/ipamblocks"] = lambda to, _: to.send(*answer("ipamblocks"), cut=True)
    stub.special[f"{CORE}/pods"] = lambda to, _: to.send(200, {}, b"<html>a proxy speaks</html>")
    reading = read_live(kubeconfig)
    assert set(reading.scenario.cluster.unknown) == {"IPAMBlock", "Pod"}
    assert codes(reading).count("live-failed") == 2


def test_a_server_that_is_down(kubeconfig, stub):
    stub.shutdown()
    stub.server_close()
    with pytest.raises(LiveError, match="does not answer"):
        read_live(kubeconfig)


@pytest.mark.parametrize("text", ["", "a: [", "kind: Config\n", f"users: {TOKEN}\n", "\x00"])
def test_a_kubeconfig_that_is_none(text, tmp_path):
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(LiveError, match="kubeconfig cannot be used") as caught:
        read_live(path)
    assert TOKEN not in str(caught.value)


def test_a_kubeconfig_that_is_missing(tmp_path):
    result = run_command("audit", "--kubeconfig", tmp_path / "none")
    assert result.exit_code == 2
    assert "kubeconfig" in result.output


def with_user(path, **user):
    """A kubeconfig with another user."""
    value = yaml.safe_load(path.read_text())
    value["users"][0]["user"] = user
    path.write_text(yaml.safe_dump(value))
    return path


def plugin(folder, text, **more):
    """The user of an exec plugin that is a shell script."""
    script = folder / "login"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o700)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script), **more}}


CREDENTIAL = """echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "'$T'"}}'"""


def test_an_exec_plugin_logs_in(stub, kubeconfig, tmp_path):
    user = plugin(
        tmp_path,
        f"T=$0-$1-$KUBERNETES_EXEC_INFO; T=$NAME; {CREDENTIAL}",
        args=["x"],
        env=[{"name": "NAME", "value": "from-a-plugin"}],
    )
    assert read_live(with_user(kubeconfig, **user)).scenario.cluster.unknown == ()
    assert {headers["Authorization"] for *_, headers in stub.requests} == {"Bearer from-a-plugin"}


@pytest.mark.parametrize(
    ("script", "more", "message"),
    [
        ("exit 3", {}, "failed with status 3"),
        ("sleep 60 & sleep 60", {}, "did not end in 1 seconds"),
        ("echo hello", {}, "printed no ExecCredential"),
        ("yes", {}, "printed more than"),
        (CREDENTIAL.replace("token", "nothing"), {}, "neither a token nor a certificate"),
        ("true", {"apiVersion": "client.authentication.k8s.io/v1alpha1"}, "speaks none of"),
        ("true", {"command": "no-such-program-anywhere"}, "is not installed"),
        ("true", {"interactiveMode": "Always"}, "at a terminal"),
        ("true", {"args": 5}, "no list of texts"),
    ],
)
def test_a_plugin_that_gives_no_login_ends_it(script, more, message, stub, kubeconfig, tmp_path, monkeypatch):
    monkeypatch.setattr(exec_plugin, "SECONDS", 1)
    with pytest.raises(LiveError, match=message):
        read_live(with_user(kubeconfig, **plugin(tmp_path, script, **more)))
    assert stub.requests == []  # nothing is asked for without a login


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"auth-provider": {"name": "oidc"}}, "auth-provider"),
        ({"client-certificate-data": "!"}, "no base64"),
        ({"client-certificate-data": "aGVsbG8=", "client-key-data": "aGVsbG8="}, "no PEM"),
        ({"tokenFile": "missing"}, "tokenFile"),
        ({"token": 5}, "token is no text"),
    ],
)
def test_a_user_that_cannot_be_followed_ends_it(user, message, stub, kubeconfig):
    with pytest.raises(LiveError, match=message):
        read_live(with_user(kubeconfig, **user))
    assert stub.requests == []


def test_a_token_in_a_file_a_password_and_impersonation(stub, kubeconfig, tmp_path):
    (tmp_path / "token").write_text("in-a-file\n")
    groups = {"as": "auditor", "as-groups": ["a", "b"]}
    read_live(with_user(kubeconfig, token="other", tokenFile="token", **groups))
    *_, headers = stub.requests[-1]
    assert (headers["Authorization"], headers["Impersonate-User"]) == ("Bearer in-a-file", "auditor")
    read_live(with_user(kubeconfig, username="me", password="pass"))
    assert stub.requests[-1][3]["Authorization"] == "Basic bWU6cGFzcw=="


def test_several_kubeconfigs_are_one(stub, kubeconfig, tmp_path, monkeypatch):
    first = tmp_path / "first"
    first.write_text("apiVersion: v1\nkind: Config\ncurrent-context: one\n")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{tmp_path / 'none'}:{kubeconfig}")
    assert read_live().scenario.cluster.unknown == ()


def listing(kind="PodList", version="v1", **metadata):
    return json.dumps({"kind": kind, "apiVersion": version, "metadata": metadata, "items": []}).encode()


def test_what_a_server_may_not_do(stub, kubeconfig, monkeypatch):
    monkeypatch.setattr(connection, "MAX_BYTES", 2**20)
    monkeypatch.setattr(api_reader, "_MAX_LIST_BYTES", 2**22)
    count = iter(range(10**9))
    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    blanks = gzip.compress(b" " * 2**26)  # here: the client waits half a second
    stub.special |= {
        f"{CORE}/pods": lambda to, _: to.send(200, {}, listing(**{"continue": str(next(count)), "x": "x" * 2**18})),
        f"{CORE}/nodes": lambda to, _: to.send(200, {}, listing("NodeList", **{"continue": "the same"})),
        f"{CORE}/services": lambda to, _: to.send(200, {"Content-Encoding": "gzip"}, blanks),
        f"{CORE}/namespaces": lambda to, _: to.send(200, {}, b'{"kind": "NamespaceList", "items": 5}'),
        f"{CRD}/ipamblocks": lambda to, _: sent_elsewhere(to, elsewhere.server_address[1]),
    }
    reading = read_live(kubeconfig)
    assert set(reading.scenario.cluster.unknown) == {"Pod", "Node", "Service", "Namespace", "IPAMBlock"}
    messages = {note.subject: note.params["message"] for note in reading.notes if note.code == "live-failed"}
    assert messages["Pod"] == messages["Node"] == "the list does not end"
    assert "larger than" in messages["Service"]
    assert "no list" in messages["Namespace"]
    assert "not followed" in messages["IPAMBlock"]
    elsewhere.server_close()


def sent_without_end(to, chunk, pause):
    """A body in chunks that never ends; the client has to leave."""
    to.send_response(200)
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    try:
        while True:
            to.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            clock.sleep(pause)
    except OSError:
        to.close_connection = True


def test_what_never_ends(stub, kubeconfig, monkeypatch):
    monkeypatch.setattr(connection, "MAX_BYTES", 2**20)
    monkeypatch.setattr(connection, "SECONDS", 1)
    monkeypatch.setattr(api_reader, "_MAX_PAGES", 50)
    count = iter(range(10**9))
    stub.special |= {
        f"{CORE}/pods": lambda to, _: to.send(200, {}, listing(**{"continue": str(next(count))})),
        f"{CORE}/nodes": lambda to, _: sent_without_end(to, b" " * 2**16, 0),
        f"{CORE}/services": lambda to, _: sent_without_end(to, b" ", 0.05),
    }
    reading = read_live(kubeconfig)
    messages = {note.subject: note.params["message"] for note in reading.notes if note.code == "live-failed"}
    assert set(messages) == set(reading.scenario.cluster.unknown) == {"Pod", "Node", "Service"}
    assert messages["Pod"] == "the list does not end"
    assert "larger than" in messages["Node"]
    assert "took longer than" in messages["Service"]


def length_of_its_own(data, length):
    """Answer with a Content-Length that is not the body's."""

    def send(to, _):
        to.send_response(200)
        to.send_header("Content-Length", str(length))
        to.end_headers()
        to.wfile.write(data)
        to.close_connection = True

    return send


def without_end(line, pause=0.0):
    """Send the head of an answer, and no end of it."""

    def send(to, _):
        with suppress(OSError):
            to.wfile.write(b"HTTP/1.1 200 OK\r\n" if pause else b"")
            while True:
                to.wfile.write(line)
                threading.Event().wait(pause)
        to.close_connection = True

    return send


def status(code, body, **headers):
    def send(to, _):
        to.send_response(code)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            to.send_header(name.replace("_", "-"), str(value))
        to.end_headers()
        to.wfile.write(body)

    return send


PODS = json.loads(answer("pods")[2])
BUSY = json.dumps({"kind": "Status", "apiVersion": "v1", "message": "too many requests", "code": 429}).encode()
MANY = b'{"kind": "PodList", "apiVersion": "v1", "items": [' + b"{}," * 300_000 + b"{}]}"


@pytest.mark.parametrize(
    ("send", "message"),
    [
        (status(429, BUSY), "too many requests"),
        (status(429, BUSY, Retry_After=10**9), "too many requests"),
        (length_of_its_own(answer("pods")[2], 10**9), "ProtocolError"),
        (length_of_its_own(answer("pods")[2], 1000), "no list in JSON"),
        (status(200, answer("nodes")[2]), "the answer is NodeList of v1"),
        (status(200, listing(version="v9")), "the answer is PodList of v9"),
        (status(200, listing("APIResourceList")), "the answer is APIResourceList of v1"),
        (status(200, b"<!DOCTYPE html><title>Log in</title>"), "no list in JSON, but a page"),
        (status(200, gzip.compress(gzip.compress(b" " * 2**27)), Content_Encoding="gzip, gzip"), "larger than"),
        (status(200, b"no gzip", Content_Encoding="gzip"), "DecodeError"),
        (status(200, listing(remainingItemCount="many")), "no list in JSON"),
        (without_end(b"HTTP/1.1 100 Continue\r\n\r\n"), "took longer than 1 seconds"),
        (without_end(b"X", pause=0.1), "took longer than 1 seconds"),
        (without_end(b"X: y\r\n", pause=0.001), "ProtocolError"),  # more than 100 headers
        (status(999, b"nonsense"), "nonsense"),
        (lambda to, _: to.wfile.write(b"HELLO\r\n\r\n") and setattr(to, "close_connection", True), "ProtocolError"),
    ],
)
def test_answers_of_a_hostile_server_make_their_kind_unknown(send, message, stub, kubeconfig, monkeypatch):
    monkeypatch.setattr(connection, "SECONDS", 1)
    monkeypatch.setattr(connection, "MAX_BYTES", 2**24)
    stub.special[f"{CORE}/pods"] = send
    reading = read_live(kubeconfig)
    (note,) = [note for note in reading.notes if note.code == "live-failed"]
    assert message in note.params["message"]
    assert reading.scenario.cluster.unknown == ("Pod",)
    assert metrics_of(reading).totals["nodes"] == 6


@pytest.mark.parametrize(
    ("send", "message"),
    [
        (status(429, BUSY), "The cluster does not answer: too many requests"),
        (status(200, b"<html>"), "The cluster does not answer: the answer is no list in JSON, but a page"),
        (lambda to, _: to.send(*answer("404-missing-group")), "The cluster does not answer: 404 for every list"),
        (lambda to, _: to.send(*answer("403-pods-reader")), "Listing IPPool, .*, Pod was forbidden"),
        (status(200, listing("APIResourceList")), "The cluster does not answer: the answer is APIResourceList"),
    ],
)
def test_a_server_that_lists_nothing_is_one_clear_sentence(send, message, stub, kubeconfig):
    stub.special |= dict.fromkeys(PLAIN, send)
    with pytest.raises(LiveError, match=message):
        read_live(kubeconfig)


def test_objects_that_come_twice_are_counted_once(stub, kubeconfig):
    stub.special[f"{CORE}/pods"] = status(200, json.dumps(PODS | {"items": PODS["items"] * 20}).encode())
    reading = read_live(kubeconfig)
    assert metrics_of(reading).totals["pods"] == 92
    assert codes(reading).count("object-twice") == 1000
    (more,) = [note for note in reading.notes if note.code == "objects-repeated"]
    assert more.params["count"] == 19 * len(PODS["items"]) - 1000


def test_a_list_of_more_objects_than_a_cluster_has_is_refused(stub, kubeconfig):
    stub.special[f"{CORE}/pods"] = status(200, MANY)
    with pytest.raises(InputError, match="/api/v1/pods: More than 300,000 objects"):
        read_live(kubeconfig)


def test_an_answer_that_drips_ends_with_its_time(stub, kubeconfig, monkeypatch):
    """A byte now and then keeps a connection alive for ever; the answer as a whole has a time."""

    def drip(handler, query):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        with suppress(OSError):
            for _ in range(600):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                threading.Event().wait(0.1)  # `sleep` does nothing here

    stub.special[f"{CORE}/pods"] = drip
    monkeypatch.setattr(connection, "SECONDS", 1)
    started = clock.monotonic()
    reading = read_live(kubeconfig)
    assert clock.monotonic() - started < 30
    assert "Pod" in reading.scenario.cluster.unknown
    assert [note.params["message"] for note in reading.notes if note.code == "live-failed"] == [
        "the answer took longer than 1 seconds"
    ]


@pytest.mark.parametrize(
    ("cluster", "user", "message"),
    [
        ({}, {"token": "a\nX-Other: b"}, "no header may have"),
        ({}, {"token": "t", "as": "me\r\nX-Other: b"}, "no header may have"),
        ({}, {"token": "t", "as": "me", "as-user-extra": {"a b": ["c"]}}, "no header may have"),
        ({"server": "http://[::1"}, {}, "no server"),
        ({"server": "https://127.0.0.1:99999"}, {}, "no server"),
        ({"server": "https://"}, {}, "no server"),
    ],
)
def test_a_kubeconfig_that_would_break_a_request_is_refused(cluster, user, message, stub, kubeconfig):
    value = yaml.safe_load(kubeconfig.read_text())
    value["clusters"][0]["cluster"] |= cluster
    value["users"][0]["user"] = user
    kubeconfig.write_text(yaml.safe_dump(value))
    with pytest.raises(LiveError, match=message):
        read_live(kubeconfig)
    assert stub.requests == []


def test_names_in_any_script_log_in(stub, kubeconfig):
    read_live(with_user(kubeconfig, username="运维", password="密码"))
    assert base64.b64decode(stub.requests[-1][3]["Authorization"].split()[1]).decode() == "运维:密码"


def sent_elsewhere(to, port):
    to.send_response(307)
    to.send_header("Location", f"http://127.0.0.1:{port}/")
    to.send_header("Content-Length", "0")
    to.end_headers()


def test_a_certificate_that_nobody_vouches_for_ends_it(kubeconfig, tmp_path):
    import ssl
    import subprocess

    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Stub()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    value = yaml.safe_load(kubeconfig.read_text())
    cluster = value["clusters"][0]["cluster"]
    cluster["server"] = f"https://127.0.0.1:{server.server_port}"
    kubeconfig.write_text(yaml.safe_dump(value))
    with serve(server):
        with pytest.raises(LiveError, match="not trusted"):
            read_live(kubeconfig)
        assert server.requests == []
        cluster["certificate-authority"] = "cert.pem"
        kubeconfig.write_text(yaml.safe_dump(value))
        assert read_live(kubeconfig).scenario.cluster.unknown == ()
