"""The tenant's support policy; the defaults are those of the domain description."""

from dataclasses import dataclass, field
from datetime import date

from support.domain.service_hours import ServiceHours, ServiceInterval

EVERY_DAY = tuple(ServiceInterval(weekday, 9 * 60, 24 * 60) for weekday in range(1, 8))


@dataclass(frozen=True, slots=True)
class SupportPolicy:
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    version: int = 0
    first_response_seconds: int = 180
    faq_confidence: float = 0.6
    """The bot answers from the FAQ only at or above this confidence, …"""
    faq_margin: float = 0.1
    """… and only if no other entry comes as near to the question as this."""
    service_hours: tuple[ServiceInterval, ...] = EVERY_DAY
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Raises InvalidPolicy if intervals overlap."""
        _ = self.hours

    @property
    def hours(self) -> ServiceHours:
        return ServiceHours(self.service_hours, self.holidays)
