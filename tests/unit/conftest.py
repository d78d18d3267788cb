"""What several files of unit tests read."""

import pytest

from tests.pasted_session import session


@pytest.fixture
def session_file(tmp_path):
    """A pasted terminal session of a cluster with strict affinity."""
    path = tmp_path / "session.txt"
    path.write_text(session(strict=True))
    return path
