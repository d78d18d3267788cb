"""A few thousand mutated documents through every command; ``make fuzz`` runs a million."""

import os

import pytest

from .cases import Failure, find_failure

CASES = int(os.environ.get("IPPOOLKIT_FUZZ", "2000"))
BATCHES = 20


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_document_ends_in_a_traceback_a_hang_or_gigabytes(batch, tmp_path):
    failures: list[Failure] = []
    for number in range(batch, CASES, BATCHES):
        failure = find_failure(0, number, tmp_path)
        failures += [failure] if failure else []
    assert [f"{failure.signature}: {failure.command} {failure.name}\n{failure.detail}" for failure in failures] == []
