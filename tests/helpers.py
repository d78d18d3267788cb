"""What several tests need: recorded clusters, small scenarios."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from click.testing import Result
from typer.testing import CliRunner

from ippoolkit import Cluster, IPPool, NodeGroup, Plan, Scenario
from ippoolkit.calico.kinds import ResourceKind
from ippoolkit.findings import Finding
from ippoolkit.ipam import Ipam
from ippoolkit.manifests.datastore import Datastore, apply_defaults

ROOT = Path(__file__).parent.parent
RECORDINGS = Path(__file__).parent / "recordings"
FIELD = Path(__file__).parent / "field"
CLUSTERS = sorted(folder.name for folder in (RECORDINGS / "clusters").iterdir())


def engine_state(ipam: Ipam) -> dict[str, object]:
    """Return all that decides what an engine does next, in a form that can be compared."""
    names = {
        "pools": ipam.store.pools,
        "nodes": ipam.store.nodes,
        "reservations": ipam.store.reservations,
        "config": ipam.store.config,
    }
    arrays = {name: array.tobytes() for name, array in ipam.store.state._asdict().items()}
    return {**arrays, "handles": list(ipam.store.handles), "names": repr(names)}


def stored_objects(store: Datastore, kind: ResourceKind) -> dict[str, Any]:
    """Return every object of a kind as `calicoctl get` shows it: defaults filled in, by name."""
    known = kind.for_release(store.release)
    return {
        name: {
            "spec": apply_defaults(known, stored.spec),
            **{key: dict(stored.metadata[key]) for key in ("labels", "annotations") if stored.metadata.get(key)},
            **({"status": stored.status} if stored.status else {}),
        }
        for name, stored in sorted(store.objects[kind.name].items())
    }


def run_command(*arguments: object, stdin: str | None = None, **env: str) -> Result:
    """Run the command line in this process, which has imported everything; an exception is the test's."""
    from ippoolkit.cli import app

    command = [str(argument) for argument in arguments]
    result = CliRunner().invoke(app, command, input=stdin, env={"COLUMNS": "200", **env}, prog_name="ippoolkit")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def output_text(result: Result) -> str:
    """Return what a command printed as one line, wherever the terminal wrapped it."""
    return " ".join(result.output.split())


def codes_of(findings: Iterable[Finding]) -> set[str]:
    """Return the codes of findings, notes or problems."""
    return {finding.code for finding in findings}


def finding_of(findings: Iterable[Finding], code: str) -> Finding:
    """Return the first finding of a code; StopIteration where there is none."""
    return next(finding for finding in findings if finding.code == code)


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a recording into a folder, under its own name."""
    target = folder / path.name.removesuffix(".gz")
    target.write_bytes(gzip.decompress(path.read_bytes()))
    return target


def unpack_files(cluster: str, folder: Path, *names: str) -> list[Path]:
    """Unpack files of a recorded cluster; those that it does not have are left out."""
    paths = [RECORDINGS / "clusters" / cluster / f"{name}.gz" for name in names]
    return [unpack(path, folder) for path in paths if path.exists()]


def unpack_cluster(cluster: str, folder: Path, pattern: str = "*") -> Path:
    """Unpack a recorded cluster, or those of its files that match a pattern, into a folder, and return the folder."""
    folder.mkdir(exist_ok=True)
    for path in (RECORDINGS / "clusters" / cluster).glob(f"{pattern}.gz"):
        unpack(path, folder)
    return folder


@contextmanager
def serve(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    """Let a server answer in a thread until the block ends."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def write_kubeconfig(path: Path, url: str, token: str) -> Path:
    """Write a kubeconfig whose one context is called one."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "one",
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": token}}],
    }
    path.write_text(yaml.safe_dump(config))
    return path


def write_notebook(path: Path, parameters: str, *cells: str, metadata: dict | None = None) -> Path:
    """Write a notebook with a cell of parameters; cells that begin with # are prose."""
    import nbformat.v4 as nb

    notebook_cells = [nb.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    notebook_cells += [nb.new_markdown_cell(text) if text.startswith("#") else nb.new_code_cell(text) for text in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps(nb.new_notebook(cells=notebook_cells, metadata=kernel | (metadata or {}))))
    return path


def expected_metrics(cluster: str) -> dict:
    """Return what the real client computed of a recorded cluster."""
    return json.loads(gzip.decompress((RECORDINGS / "clusters" / cluster / "expected.json.gz").read_bytes()))


def plan(
    cidr: str = "10.233.64.0/18", size: int = 26, nodes: int = 70, pods: int = 60, busiest: int = 110, **more
) -> Scenario:
    """Return one VXLAN pool with one group of nodes; `more` goes to the group."""
    pool = IPPool(name="pool", cidr=cidr, block_size=size, vxlan_mode="Always")
    group = NodeGroup(nodes=nodes, pods_per_node=pods, pods_on_busiest_node=busiest, **more)
    return Scenario(cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,)))
