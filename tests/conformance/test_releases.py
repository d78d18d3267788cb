"""Recordings of older releases of Calico, run by the conformance runner's own comparisons."""

import pytest

from tests.conformance import crd, ipam, manifests, releases
from tests.conformance.recordings import compare

JUDGED = [release for release in releases.RELEASES if release != "v3.27.5"]


@pytest.mark.parametrize("release", releases.RELEASES)
def test_traces_of_ipam(release):
    results = [ipam.compare(lines) for lines in releases.traces(release)]
    assert [difference for _, differences in results for difference in differences] == []
    assert len(results) == 83
    assert sum(count for count, _ in results) == 29861


@pytest.mark.parametrize("release", JUDGED)
def test_runs_of_calicoctl(release):
    cases = releases.manifests(release)
    assert {case["id"]: differences for case in cases if (differences := manifests.differences(case))} == {}
    assert len(cases) == 686


@pytest.mark.parametrize("release", JUDGED)
def test_verdicts_of_the_crds(release):
    cases = [case for case in releases.crd_verdicts(release) if not case.get("ignore")]
    assert {(case["id"], case["group"]): differences for case in cases if (differences := crd.differences(case))} == {}
    assert len(cases) == (1066 if release == "v3.32.1" else 533)


@pytest.mark.parametrize(
    ("name", "kind", "count"), [("isolated", "isolated", 12), ("gc-v3.27.5", "block-collection", 6)]
)
def test_what_isolates_one_difference(name, kind, count):
    result = compare([releases.FOLDER / f"{name}.jsonl.gz"])[kind]
    assert result.differences == []
    assert result.cases == count


def test_a_trace_of_one_release_is_not_anothers():
    lines = next(lines for lines in releases.traces("v3.31.7") if lines[0]["trace"].startswith("reclaim-02"))
    assert ipam.compare([{**lines[0], "calico": "v3.33.0"}, *lines[1:]])[1]
