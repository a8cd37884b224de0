"""The risk policy, as it is and as it is to be."""

from typing import Self

import strawberry

from gateway.risk.types import LADDER_ACTIONS, LadderAction
from gateway.values import number
from quanzi.risk.v1 import violations_pb2


@strawberry.type(description="Rules of screening and the ladder; every change makes a new version.")
class RiskPolicy:
    version: int = strawberry.field(description="Counts changes.")
    strike_window_days: int = strawberry.field(description="Strikes count for this long.")
    ladder: list[LadderAction] = strawberry.field(description="Actions by strike; the last repeats.")
    mute_hours: int = strawberry.field(description="How long a mute lasts.")
    task_deadline_minutes: int = strawberry.field(description="When an unconfirmed task is overdue.")
    flood_messages: int = strawberry.field(description="More messages than this are flooding (刷屏).")
    flood_window_seconds: int = strawberry.field(description="Within this time.")
    act_on_messages_within_hours: int = strawberry.field(
        description="An older message, as an import of history brings it, has no consequences."
    )
    keep_texts_days: int = strawberry.field(
        description="How long masked texts are kept to test words on; 0: they are not."
    )
    copy_groups: int = strawberry.field(
        description="The same text by one member in so many groups is looked at (复制粘贴)."
    )
    copy_members: int = strawberry.field(description="A doubtful text by so many members is blocked.")
    copy_window_minutes: int = strawberry.field(description="Within this time.")
    classifier_innocent_per_mille: int = strawberry.field(
        description="Below this probability of the classifier doubts are overruled; 0: none is."
    )
    classifier_review_per_mille: int = strawberry.field(
        description="From this probability on a person looks at it; 1000: of none."
    )
    classifier_block_per_mille: int = strawberry.field(
        description="From this probability on it is blocked; 1000: none is."
    )
    classifier_least_accuracy_per_mille: int = strawberry.field(
        description="A model of your own that is less accurate is not put in force."
    )

    @classmethod
    def of(cls, policy: violations_pb2.RiskPolicy) -> Self:
        return cls(
            version=policy.version,
            strike_window_days=policy.strike_window_days,
            ladder=[LADDER_ACTIONS[action] for action in policy.ladder],
            mute_hours=policy.mute_hours,
            task_deadline_minutes=policy.task_deadline_minutes,
            flood_messages=policy.flood_messages,
            flood_window_seconds=policy.flood_window_seconds,
            act_on_messages_within_hours=policy.act_on_messages_within_hours,
            keep_texts_days=policy.keep_texts_days,
            copy_groups=policy.copy_groups,
            copy_members=policy.copy_members,
            copy_window_minutes=policy.copy_window_minutes,
            classifier_innocent_per_mille=policy.classifier_innocent_per_mille,
            classifier_review_per_mille=policy.classifier_review_per_mille,
            classifier_block_per_mille=policy.classifier_block_per_mille,
            classifier_least_accuracy_per_mille=policy.classifier_least_accuracy_per_mille,
        )


@strawberry.input(description="A risk policy, in force or to be tried.")
class RiskPolicyInput:
    strike_window_days: int = strawberry.field(description="Strikes count for this long, 1 to 366.")
    ladder: list[LadderAction] = strawberry.field(description="Actions by strike; the last repeats.")
    mute_hours: int = strawberry.field(description="How long a mute lasts, 1 to 720.")
    task_deadline_minutes: int = strawberry.field(description="When an unconfirmed task is overdue.")
    flood_messages: int = strawberry.field(description="More messages than this are flooding (刷屏).")
    flood_window_seconds: int = strawberry.field(description="Within this time, 1 to 3600.")
    act_on_messages_within_hours: int | None = strawberry.field(
        description="An older message has no consequences, 1 to 8760; absent: as it was.", default=None
    )
    keep_texts_days: int | None = strawberry.field(
        description="Masked texts are kept for this long, 0 to 366; absent: as it was.", default=None
    )
    copy_groups: int | None = strawberry.field(
        description="One text by a member in so many groups is looked at, 2 to 100; absent: as it was.",
        default=None,
    )
    copy_members: int | None = strawberry.field(
        description="A doubtful text by so many members is blocked, 2 to 1000.", default=None
    )
    copy_window_minutes: int | None = strawberry.field(
        description="Within this time, 1 to 1440; absent: as it was.", default=None
    )
    classifier_innocent_per_mille: int | None = strawberry.field(
        description="Below this probability of the classifier doubts are overruled, 0 to 1000.",
        default=None,
    )
    classifier_review_per_mille: int | None = strawberry.field(
        description="From this probability on a person looks at it, 200 to 1000.", default=None
    )
    classifier_block_per_mille: int | None = strawberry.field(
        description="From this probability on it is blocked, 200 to 1000.", default=None
    )
    classifier_least_accuracy_per_mille: int | None = strawberry.field(
        description="A less accurate model of your own is not put in force, 0 to 1000.", default=None
    )

    def to_wire(self) -> violations_pb2.RiskPolicy:
        return violations_pb2.RiskPolicy(
            strike_window_days=self.strike_window_days,
            ladder=[number(action) for action in self.ladder],
            mute_hours=self.mute_hours,
            task_deadline_minutes=self.task_deadline_minutes,
            flood_messages=self.flood_messages,
            flood_window_seconds=self.flood_window_seconds,
            act_on_messages_within_hours=self.act_on_messages_within_hours,
            keep_texts_days=self.keep_texts_days,
            copy_groups=self.copy_groups,
            copy_members=self.copy_members,
            copy_window_minutes=self.copy_window_minutes,
            classifier_innocent_per_mille=self.classifier_innocent_per_mille,
            classifier_review_per_mille=self.classifier_review_per_mille,
            classifier_block_per_mille=self.classifier_block_per_mille,
            classifier_least_accuracy_per_mille=self.classifier_least_accuracy_per_mille,
        )
