"""Short recorded traces of IPAM that isolate one difference between releases each: one trace a line."""

from tests.conformance import ipam

KEYS = {"trace", "calico", "ops"}


def differences(case):
    """Return what differs from the recording."""
    return ipam.compare([{**case, "trace": f"{case['trace']} {case['calico']}"}, *case["ops"]])[1]
