"""How long 1,000 manifests take to check by both judges, against what PyYAML alone takes to load them."""

import json
import tempfile
from pathlib import Path

import yaml
from timing import milliseconds, wants_json

import ippoolkit as ipk

MANIFESTS = 1000
POOL = """\
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pool-{number}
  labels: {{rack: "{rack}"}}
spec:
  cidr: 10.{high}.{low}.0/24
  blockSize: {size}
  vxlanMode: Always
  natOutgoing: true
  nodeSelector: rack == "{rack}" && !has(gpu)
"""


def pool(number):
    """Return the text of one pool; every tenth breaks a rule."""
    size = 33 if number % 10 == 0 else 26
    return POOL.format(number=number, rack=number % 20, high=number // 256, low=number % 256, size=size)


def main():
    as_json = wants_json(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"pool-{number}.yaml") for number in range(MANIFESTS)]
        for number, file in enumerate(files):
            file.write_text(pool(number))
        together = Path(folder, "all.yaml")
        together.write_text("---\n".join(map(pool, range(MANIFESTS))))
        cases = {
            "one file": (lambda: ipk.check(together), [together]),
            "a file each, one cluster": (lambda: ipk.check(*files), files),
            "a file each, alone": (lambda: ipk.check(*files, separately=True), files),
        }
        figures = {}
        print(f"{MANIFESTS} manifests {'':14} {'ms':>8} {'PyYAML ms':>10} {'ratio':>6}")
        for name, (call, read) in cases.items():
            assert len(call().objects) == MANIFESTS
            took = milliseconds(call)
            plain = milliseconds(lambda read=read: [list(yaml.load_all(f.read_text(), yaml.CSafeLoader)) for f in read])
            print(f"{name:29} {took:8.0f} {plain:10.0f} {took / plain:6.1f}")
            figures[name] = {"ms": round(took, 1), "plain_ms": round(plain, 1), "ratio": round(took / plain, 2)}
    if as_json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
