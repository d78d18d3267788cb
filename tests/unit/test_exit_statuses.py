"""Every command ends with the status that docs/exit-statuses.md says, and each status in that table is tried."""

import re

import pytest

from ippoolkit.cli import app
from ippoolkit.write import save_scenario
from tests.clusters import cluster
from tests.helpers import ROOT, run_command, unpack_files, write_notebook

GOOD = ROOT / "data/kubean"
POOL = ROOT / "data/default-ipv4-ippool.yaml"
HISTORY = ROOT / "data/history.csv"
TABLE = {
    match[1]: [cell.strip() for cell in match[2].split("|")]
    for match in re.finditer(
        r"^\| `([\w-]+)[^`]*` \| (.*) \|$", (ROOT / "docs/exit-statuses.md").read_text(), re.MULTILINE
    )
}
OPERATOR = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {}\n"
ACCEPTED = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.0.0.0/16}\n"
EXAMPLES = {
    ("capacity", 0): "{pool}",
    ("capacity", 1): "{pool} --nodes 5000 --pods-per-node 100",
    ("capacity", 2): "{bad}",
    ("scenario", 0): "{pool}",
    ("scenario", 2): "{pool} -o {missing}/s.yaml",
    ("schema", 0): "",
    ("check", 0): "{accepted}",
    ("check", 1): "{refused}",
    ("check", 2): "{bad}",
    ("convert", 0): "{pool}",
    ("convert", 2): "{bad}",
    ("from-installer", 0): "{operator}",
    ("from-installer", 1): "{over_nodes}",
    ("from-installer", 2): "{bad}",
    ("audit", 0): "{pool}",
    ("audit", 1): "{leaky}",
    ("audit", 2): "{bad}",
    ("pools-for", 0): "-c {cluster} --coverage",
    ("pools-for", 1): "-c {broken} -c {cluster} --coverage",
    ("pools-for", 2): "-c {cluster} --node nowhere",
    ("snapshot", 0): "{good} -o {folder}/out.yaml",
    ("snapshot", 2): "{good} -o {missing}/out.yaml",
    ("diff", 0): "{good} {good}",
    ("diff", 1): "{half} {full}",
    ("diff", 2): "{bad} {good}",
    ("simulate", 0): "{pool}",
    ("simulate", 2): "{huge}",
    ("runbook", 0): "block-size -c {cluster} --pool old --to 27",
    ("runbook", 1): "retire -c {cluster} --pool old",
    ("runbook", 2): "block-size -c {cluster} --pool old --to 27 --temporary 10.0.0.0/33",
    ("report", 0): "{pool} -o {folder}/r.md",
    ("report", 1): "{pool} --template {failing} -o {folder}/r.md",
    ("report", 2): "{bad} -o {folder}/r.md",
    ("recommend", 0): "--nodes 10 --within 10.0.0.0/16",
    ("recommend", 1): "--nodes 1000 --within 10.0.0.0/28",
    ("recommend", 2): "{bad}",
    ("free", 0): "--within 10.0.0.0/16 --prefix 24",
    ("free", 1): "--within 10.0.0.0/28 --prefix 24",
    ("free", 2): "{bad} --prefix 24",
    ("forecast", 0): "{history}",
    ("forecast", 2): "{bad}",
    ("alerts", 0): "{pool}",
    ("alerts", 2): "{bad}",
    ("upgrade", 0): "{pool} --to v3.33",
    ("upgrade", 1): "{services} --calico v3.33 --to v3.29",
    ("upgrade", 2): "{bad} --to v3.33",
    ("configure", 0): "-- --strictaffinity=true",
    ("configure", 1): "-- --auto-allocate-blocks=false",
    ("configure", 2): "-e {bad} -- --strictaffinity=true",
}


def test_the_table_has_every_command_and_each_of_its_statuses_is_tried():
    commands = {command.name or command.callback.__name__ for command in app.registered_commands} | {"runbook"}
    assert commands == set(TABLE)
    documented = {(command, status) for command, cells in TABLE.items() for status, cell in enumerate(cells) if cell}
    started = {("lab", 0), ("lab", 2)}  # a server: tests/unit/test_lab.py
    assert documented - started == set(EXAMPLES)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statuses")
    (folder / "bad.yaml").write_text("kind: [\n")
    (folder / "operator.yaml").write_text(OPERATOR)
    broken = "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeName: 7}\n"
    (folder / "broken.yaml").write_text(ACCEPTED + broken)
    for name, used in (("half", 128), ("full", 256)):
        row = f"IP Pool    10.42.8.0/24   256         {used} (0%)     {256 - used} (0%)\n"
        (folder / f"{name}.yaml").write_text(f"GROUPING   CIDR           IPS TOTAL   IPS IN USE   IPS FREE\n{row}")
    (folder / "accepted.yaml").write_text(ACCEPTED)
    (folder / "refused.yaml").write_text(POOL.read_text().replace("blockSize: 26", "blockSize: 19"))
    (folder / "services.yaml").write_text(
        ACCEPTED.replace("16}", "16, allowedUses: [LoadBalancer], vxlanMode: Never, ipipMode: Never}")
    )
    (folder / "over_nodes.yaml").write_text("cni: calico\nnode-ip: 10.42.0.7\n")
    (folder / "huge.yaml").write_text(
        "version: 1\ncluster: {pools: [{name: p, cidr: 10.0.0.0/8}]}\n"
        "plan: {groups: [{nodes: 1000000, podsPerNode: 1000000}]}\n"
    )
    save_scenario(cluster(), folder / "cluster.yaml")
    write_notebook(folder / "failing.ipynb", 'scenario = ""', "1 / 0")
    (folder / "leaky").mkdir()
    unpack_files(
        "s05", folder / "leaky", "ippools.json", "kubectl-nodes.json", "kubectl-pods.json", "kubectl-ipamblocks.json"
    )
    return {
        "folder": folder,
        "pool": POOL,
        "good": GOOD,
        "history": HISTORY,
        "missing": folder / "no/such",
        "leaky": folder / "leaky",
        "failing": folder / "failing.ipynb",
        **{
            name: folder / f"{name}.yaml"
            for name in (
                "accepted",
                "bad",
                "broken",
                "half",
                "full",
                "operator",
                "refused",
                "huge",
                "cluster",
                "services",
                "over_nodes",
            )
        },
    }


@pytest.mark.parametrize(("command", "status"), EXAMPLES)
def test_a_command_ends_with_its_status(command, status, files):
    arguments = [argument.format(**files) for argument in EXAMPLES[command, status].split()]
    result = run_command(command, *arguments)
    assert result.exit_code == status, result.output
