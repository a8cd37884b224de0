"""The tenant's content policy; the defaults are those of the domain description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from content.domain.content_type import ContentType
from content.domain.errors import InvalidPolicy

SHARE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class TypeRule:
    """Share of a type (0 to 1) and its slot, in minutes of the local day."""

    share: float
    slot_start_minute: int
    slot_end_minute: int


def _hours(share: float, start: int, end: int) -> TypeRule:
    return TypeRule(share, start * 60, end * 60)


DEFAULT_TYPES: Mapping[ContentType, TypeRule] = MappingProxyType(
    {
        ContentType.PRODUCT_KNOWLEDGE: _hours(0.30, 10, 11),
        ContentType.PROMOTION: _hours(0.25, 20, 21),
        ContentType.UGC: _hours(0.20, 15, 16),
        ContentType.INDUSTRY_NEWS: _hours(0.15, 9, 10),
        ContentType.FUN_INTERACTION: _hours(0.10, 14, 15),
    }
)


@dataclass(frozen=True, slots=True)
class ContentPolicy:
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    version: int = 0
    types: Mapping[ContentType, TypeRule] = field(default_factory=lambda: DEFAULT_TYPES)
    no_repeat_days: int = 14
    quiet_start_minute: int = 22 * 60
    quiet_end_minute: int = 8 * 60
    min_spacing_minutes: int = 30
    daily_cap: int = 5
    grace_minutes: int = 30
    delivery_minutes: int = 120
    reminder_minutes: tuple[int, ...] = (10, 20)

    def __post_init__(self) -> None:
        if abs(sum(rule.share for rule in self.types.values()) - 1) > SHARE_TOLERANCE:
            raise InvalidPolicy("The shares of all types must add up to 1.", field="types")
        for content_type, rule in self.types.items():
            if rule.slot_end_minute <= rule.slot_start_minute:
                raise InvalidPolicy(f"The slot of {content_type} ends before it starts.", field="types")
            if self.is_quiet(rule.slot_start_minute) or self.is_quiet(rule.slot_end_minute - 1):
                raise InvalidPolicy(f"The slot of {content_type} reaches into quiet hours.", field="types")
        if list(self.reminder_minutes) != sorted(set(self.reminder_minutes)):
            raise InvalidPolicy("Reminders must come one after the other.", field="reminder_minutes")
        if any(not 0 < minutes < self.grace_minutes for minutes in self.reminder_minutes):
            raise InvalidPolicy("Reminders must fall within the grace.", field="reminder_minutes")

    def is_quiet(self, minute: int) -> bool:
        """Whether a minute of the local day is in quiet hours, which may cross midnight."""
        start, end = self.quiet_start_minute, self.quiet_end_minute
        if start <= end:
            return start <= minute < end
        return minute >= start or minute < end
