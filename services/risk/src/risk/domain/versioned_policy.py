"""What a tenant may set, version by version."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionedPolicy:
    """Version 0 is the default, never stored."""

    version: int = 0
