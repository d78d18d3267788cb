"""Every recorded selector: whether it is valid, its canonical form, each evaluation."""

import gzip
import json

from ippoolkit.selectors import SelectorError, parse
from tests.helpers import RECORDINGS


def cases():
    lines = gzip.decompress((RECORDINGS / "selectors.jsonl.gz").read_bytes()).decode().splitlines()
    return [json.loads(line) for line in lines]


def test_all_recorded_selectors_are_read_as_calico_reads_them():
    recorded = cases()
    assert len(recorded) == 642
    wrong = []
    for case in recorded:
        try:
            selector = parse(case["selector"])
        except SelectorError:
            if case["valid"]:
                wrong.append(case["selector"])
            continue
        matches = [selector.matches(each["labels"]) for each in case["evals"]]
        same = str(selector) == case["canonical"] and matches == [each["match"] for each in case["evals"]]
        if not case["valid"] or not same:
            wrong.append(case["selector"])
    assert wrong == []
