"""A terminal session with tables of calicoctl and kubectl, as people paste it."""

from ippoolkit.audit import audit_reading
from ippoolkit.read.reader import read_text
from tests.helpers import finding_of

IN_USE = (50, 41)
NODES = {"east": "300d", "mid": "300d", "west": "200d", "new1": "26h", "new2": "1d2h"}


def session(strict=None, ages=NODES, *, windows=()):
    """Return a paste: a pool of 128 addresses in two blocks, all claimed, and these nodes."""
    lines = [
        "$ calicoctl ipam show --show-blocks",
        "+----------+------------------+-----------+------------+----------+",
        "| GROUPING |       CIDR       | IPS TOTAL | IPS IN USE | IPS FREE |",
        "+----------+------------------+-----------+------------+----------+",
        f"| IP Pool  | 10.60.0.0/25     | 128       | {sum(IN_USE)} (71%) | {128 - sum(IN_USE)} (29%) |",
        *(
            f"| Block    | 10.60.0.{64 * index}/26 | 64 | {used} (50%) | {64 - used} (50%) |"
            for index, used in enumerate(IN_USE)
        ),
        "+----------+------------------+-----------+------------+----------+",
    ]
    if strict is not None:
        lines += [
            "$ calicoctl ipam show --show-configuration",
            "+--------------------+-------+",
            "|      PROPERTY      | VALUE |",
            "+--------------------+-------+",
            f"| StrictAffinity     | {str(strict).lower()} |",
            "| AutoAllocateBlocks | true  |",
            "| MaxBlocksPerHost   | 0     |",
            "+--------------------+-------+",
        ]
    lines += ["$ kubectl get nodes -o wide" if windows else "$ kubectl get nodes"]
    wide = "  INTERNAL-IP  EXTERNAL-IP  OS-IMAGE" if windows else ""
    lines.append(f"NAME   STATUS  ROLES   AGE    VERSION{wide}")
    for index, (name, age) in enumerate(ages.items()):
        system = "Windows Server 2022 Datacenter" if name in windows else "Ubuntu 24.04"
        wide = f"  192.0.2.{index + 1}    <none>       {system}" if windows else ""
        lines.append(f"{name:5}  Ready   <none>  {age:5}  v1.31.2{wide}")
    return "\n".join(lines) + "\n"


def finding(text, code="blocks-fewer-reported"):
    return finding_of(audit_reading(read_text(text)).findings, code)
