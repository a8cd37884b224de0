"""What a tenant may set about the watch on opinion."""

from typing import Self

import strawberry

from gateway.risk.opinions import OpinionPlanTask
from quanzi.risk.v1 import opinions_pb2


@strawberry.type(description="Rules of the watch on opinion (舆情监测); every change makes a new version.")
class OpinionPolicy:
    version: int = strawberry.field(description="Counts changes.")
    negative_from_percent: int = strawberry.field(
        description="A message counts as negative from this probability on."
    )
    short_window_minutes: int = strawberry.field(description="What breaks out is seen in it.")
    long_window_minutes: int = strawberry.field(description="What creeps is seen in it.")
    minimum_messages: int = strawberry.field(description="Fewer messages in a window are no crisis.")
    minimum_complaints: int = strawberry.field(description="Fewer complaints in a window are none.")
    minimum_lift_percent: int = strawberry.field(
        description="Points by which the share of negative messages must exceed the usual."
    )
    learning_hours: int = strawberry.field(description="Nothing is judged before so many hours were seen.")
    moderate_surprise: int = strawberry.field(description="Surprise of a moderate incident,")
    serious_surprise: int = strawberry.field(description="of a serious one,")
    critical_surprise: int = strawberry.field(description="and of a critical one.")
    serious_messages: int = strawberry.field(
        description="Negative messages, or complaints, of a serious one,"
    )
    critical_messages: int = strawberry.field(description="and of a critical one.")
    acknowledge_minutes: int = strawberry.field(
        description="Until a moderate incident must be acknowledged; half and a quarter for graver ones."
    )
    calm_minutes: int = strawberry.field(description="An incident closes itself after so much calm.")
    keep_counts_days: int = strawberry.field(description="How long counts are kept.")
    plan: list[OpinionPlanTask] = strawberry.field(
        description="The emergency plan; empty: the one that comes with the product."
    )

    @classmethod
    def of(cls, policy: opinions_pb2.OpinionPolicy) -> Self:
        return cls(
            version=policy.version,
            negative_from_percent=policy.negative_from_percent,
            short_window_minutes=policy.short_window_minutes,
            long_window_minutes=policy.long_window_minutes,
            minimum_messages=policy.minimum_messages,
            minimum_complaints=policy.minimum_complaints,
            minimum_lift_percent=policy.minimum_lift_percent,
            learning_hours=policy.learning_hours,
            moderate_surprise=policy.moderate_surprise,
            serious_surprise=policy.serious_surprise,
            critical_surprise=policy.critical_surprise,
            serious_messages=policy.serious_messages,
            critical_messages=policy.critical_messages,
            acknowledge_minutes=policy.acknowledge_minutes,
            calm_minutes=policy.calm_minutes,
            keep_counts_days=policy.keep_counts_days,
            plan=[OpinionPlanTask.of(task) for task in policy.plan],
        )
