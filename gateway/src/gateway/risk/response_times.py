"""How fast violations are handled, as the graph shows it."""

from datetime import date
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.segmentation.groups import Group
from gateway.values import optional
from quanzi.risk.v1 import rules_pb2


@strawberry.enum(description="Whose response times.")
class Responder(Enum):
    TENANT = strawberry.enum_value(rules_pb2.RESPONDER_TENANT, description="全部: all groups together.")
    GROUP = strawberry.enum_value(rules_pb2.RESPONDER_GROUP, description="按群")
    MODERATOR = strawberry.enum_value(
        rules_pb2.RESPONDER_MODERATOR, description="按管理员: whoever confirmed the task."
    )


@strawberry.type(description="How fast violations were handled, from opened to handled (处置时效).")
class ResponseTimes:
    violations: int = strawberry.field(description="Opened then; of a moderator: handled by them.")
    handled: int = strawberry.field(description="Handled of them, until now.")
    median_seconds: float | None = strawberry.field(description="中位数; null if none was handled.")
    p90_seconds: float | None = strawberry.field(description="九成不超过; null if none was handled.")

    @classmethod
    def of(cls, times: rules_pb2.ResponseTimes) -> Self:
        return cls(
            violations=times.violations,
            handled=times.handled,
            median_seconds=optional(times, "median_seconds"),
            p90_seconds=optional(times, "p90_seconds"),
        )


@strawberry.type
class OfResponder:
    """Whose response times these are."""

    responder: strawberry.Private[str]
    by: strawberry.Private[Responder]

    @resolved("Subject of the moderator, if asked for by moderator.")
    def moderator(self) -> str | None:
        return self.responder if self.by is Responder.MODERATOR else None

    @resolved("The group, if asked for by group.")
    async def group(self, info: Info) -> Group | None:
        group_id = self.responder if self.by is Responder.GROUP else ""
        return await info.context.loaders.segmentation.group(group_id)


@strawberry.type(description="Response times of a step of time.")
class ResponsePoint(OfResponder):
    start_date: date = strawberry.field(description="First local day of the step.")
    times: ResponseTimes = strawberry.field(description="Of violations opened in it.")

    @classmethod
    def of(cls, point: rules_pb2.ResponsePoint, by: Responder) -> Self:
        return cls(
            start_date=date.fromisoformat(point.start_date),
            times=ResponseTimes.of(point.times),
            responder=point.responder,
            by=by,
        )


@strawberry.type(description="Response times of as many days before and after a date.")
class ResponseComparison(OfResponder):
    before: ResponseTimes = strawberry.field(description="Opened before the date.")
    after: ResponseTimes = strawberry.field(description="Opened from the date on.")
    change: float | None = strawberry.field(description="Of the median; −0.6 is 60 % faster.")

    @classmethod
    def of(cls, comparison: rules_pb2.ResponseComparison, by: Responder) -> Self:
        return cls(
            before=ResponseTimes.of(comparison.before),
            after=ResponseTimes.of(comparison.after),
            change=optional(comparison, "change"),
            responder=comparison.responder,
            by=by,
        )
