"""The time a campaign runs."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.domain.errors import WindowInvalid


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` up to, not including, `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def ahead(cls, starts_at: datetime, ends_at: datetime, now: datetime) -> "Window":
        """A window that is not over yet. Raises WindowInvalid."""
        earliest = max(starts_at, now)
        if ends_at <= earliest:
            raise WindowInvalid(earliest)
        return cls(starts_at, ends_at)

    def __contains__(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at
