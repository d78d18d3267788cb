"""For all tests: how long an example takes on a shared machine is no property of the code."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
