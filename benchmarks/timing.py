"""What benchmarks share: the time of a call, and whether the figures are wanted as JSON."""

import argparse
import timeit


def milliseconds(call, rounds=5):
    """Return the best of several rounds: what the machine can do when nobody disturbs it."""
    call()
    timer = timeit.Timer(call)
    count, took = timer.autorange()
    return min([took, *timer.repeat(rounds, count)]) / count * 1000


def wants_json(description):
    """Parse the command line of a benchmark whose one option is --json."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    return parser.parse_args().json
