"""What a tenant may set, version by version."""

from collections.abc import Mapping
from dataclasses import dataclass

from risk.domain.errors import InvalidPolicy


@dataclass(frozen=True, slots=True)
class VersionedPolicy:
    """Version 0 is the default, never stored."""

    version: int = 0

    def check_ranges(self, ranges: Mapping[str, tuple[int, int]]) -> None:
        """Least and most of each field, both included. Raises InvalidPolicy."""
        for name, (least, most) in ranges.items():
            if not least <= getattr(self, name) <= most:
                raise InvalidPolicy(f"{name} must be from {least} to {most}", field=f"policy.{name}")
