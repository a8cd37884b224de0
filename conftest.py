import gateway  # noqa: F401 the package, before pytest takes the folder of that name for it

pytest_plugins = ["chassis.testing"]
