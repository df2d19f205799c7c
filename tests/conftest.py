"""What all tests share."""

from hypothesis import settings

pytest_plugins = ["pytester"]

# The first example of a test may import hundreds of modules: time is no measure here.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
