"""What a tenant may set; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import timedelta

from risk.domain.classification import Thresholds
from risk.domain.errors import InvalidPolicy
from risk.domain.ladder import LadderAction
from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "strike_window_days": (1, 366),
    "mute_hours": (1, 720),
    "task_deadline_minutes": (1, 10_080),
    "flood_messages": (2, 1_000),
    "flood_window_seconds": (1, 3_600),
    "act_on_messages_within_hours": (1, 8_760),
    "keep_texts_days": (0, 366),
    "copy_groups": (2, 100),
    "copy_members": (2, 1_000),
    "copy_window_minutes": (1, 1_440),
    "classifier_innocent_per_mille": (0, 1_000),
    "classifier_review_per_mille": (200, 1_000),
    "classifier_block_per_mille": (200, 1_000),
    "classifier_least_accuracy_per_mille": (0, 1_000),
}
_MAX_STEPS = 10


@dataclass(frozen=True, slots=True)
class RiskPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    strike_window_days: int = 30
    ladder: tuple[LadderAction, ...] = (LadderAction.WARN, LadderAction.MUTE, LadderAction.REMOVE)
    mute_hours: int = 24
    task_deadline_minutes: int = 60
    flood_messages: int = 10
    flood_window_seconds: int = 60
    # An older message, as history brings it, is decided but has no consequences.
    act_on_messages_within_hours: int = 24
    # The masked text of every message, to test words and policies on; 0: none is kept.
    keep_texts_days: int = 30
    copy_groups: int = 3
    copy_members: int = 5
    copy_window_minutes: int = 60
    # Of the probability of being risky; below the first doubts are overruled. 0, 1,000 and 1,000 turn it off.
    classifier_innocent_per_mille: int = 400
    classifier_review_per_mille: int = 600
    classifier_block_per_mille: int = 950
    # A model of the tenant's own that is less accurate is not put in force.
    classifier_least_accuracy_per_mille: int = 920

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)
        if not 1 <= len(self.ladder) <= _MAX_STEPS:
            raise InvalidPolicy(f"The ladder needs 1 to {_MAX_STEPS} steps", field="policy.ladder")
        in_order = self.thresholds
        if not in_order.innocent <= in_order.review <= in_order.block:
            raise InvalidPolicy(
                "Innocent, doubtful and blocked follow each other",
                field="policy.classifier_review_per_mille",
            )

    @property
    def strike_window(self) -> timedelta:
        return timedelta(days=self.strike_window_days)

    @property
    def task_deadline(self) -> timedelta:
        return timedelta(minutes=self.task_deadline_minutes)

    @property
    def flood_window(self) -> timedelta:
        return timedelta(seconds=self.flood_window_seconds)

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(
            innocent=self.classifier_innocent_per_mille / 1_000,
            review=self.classifier_review_per_mille / 1_000,
            block=self.classifier_block_per_mille / 1_000,
        )

    @property
    def classifier_least_accuracy(self) -> float:
        return self.classifier_least_accuracy_per_mille / 1_000

    @property
    def copy_window(self) -> timedelta:
        return timedelta(minutes=self.copy_window_minutes)

    @property
    def keeping_of_texts(self) -> timedelta:
        return timedelta(days=self.keep_texts_days)

    @property
    def memory_of_messages(self) -> timedelta:
        """How old a message may be and still have consequences."""
        return timedelta(hours=self.act_on_messages_within_hours)
