"""Compare the package with recordings of the real Calico: ``python -m tests.conformance FILE_OR_FOLDER...``."""

import sys

from tests.conformance.recordings import compare

SHOWN = 20


def main(paths: list[str]) -> int:
    """Print how many cases of each kind are identical, and the first differences; return the exit status."""
    if not paths:
        print(__doc__)
        return 2
    results = compare(paths)
    if not results:
        print("no recordings found in", *paths)
        return 2
    for kind, result in results.items():
        print(f"{kind}: {result.cases - result.differing} of {result.cases} identical")
    for kind, result in results.items():
        for difference in result.differences[:SHOWN]:
            print(f"{kind} {difference}")
        if len(result.differences) > SHOWN:
            print(f"{kind}: {len(result.differences) - SHOWN} more")
    return int(any(result.differing for result in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
