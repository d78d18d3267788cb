"""For all tests: how long an example takes on a shared machine is no property of the code; the longest go first."""

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """Put the tests in a browser first, so that no worker is left with them at the end."""
    items.sort(key=lambda item: item.path.parent.name != "browser")


def pytest_xdist_auto_num_workers():
    """Start one worker more than there are processors: half of the time tests wait for a browser or a server."""
    return (os.cpu_count() or 1) + 1
