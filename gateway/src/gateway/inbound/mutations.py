"""`activitiesSubmit`: the inbound door for up to 1,000 activities at once."""

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from gateway.context import Info
from gateway.errors import invalid
from gateway.inbound.intake import RefusedRow
from gateway.mutation import Input, Payload, mutation, payload
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ActivityKind
from quanzi.inbound.v1 import activity_pb2

MOST_ACTIVITIES = 1_000


@strawberry.input(description="The order behind ORDER_PAID and ORDER_REFUNDED.")
class OrderInput:
    reference: str = strawberry.field(description="The source's order number; a refund names its order.")
    amount_minor: Int64 = strawberry.field(
        description="Minor units, never negative: a refund is positive too."
    )
    currency: str = strawberry.field(description="The tenant's currency, ISO 4217.")
    claim_id: str | None = strawberry.field(description="The claim it pays, if one.", default=None)


@strawberry.enum(description="What a message is, if not its text.")
class MessageContent(Enum):
    STICKER = strawberry.enum_value(activity_pb2.MESSAGE_CONTENT_STICKER, description="表情包")


@strawberry.input(description="One thing a member did at a time.")
class ActivityInput:
    kind: ActivityKind = strawberry.field(description="What.")
    source: str = strawberry.field(description="System it comes from, for example `wecom` or `shop`.")
    source_id: str = strawberry.field(description="The source's own id; sending it twice changes nothing.")
    member: str = strawberry.field(description="The customer's id at the source.")
    group: str | None = strawberry.field(description="External chat id of a registered group.", default=None)
    occurred_at: datetime = strawberry.field(description="When it happened, not when it was reported.")
    text: str | None = strawberry.field(description="Text of a message, UGC or answer.", default=None)
    order: OrderInput | None = strawberry.field(description="The order.", default=None)
    invited_by: str | None = strawberry.field(description="Who invited: a member's id.", default=None)
    campaign_id: str | None = strawberry.field(description="Campaign it is attributed to.", default=None)
    post_id: str | None = strawberry.field(description="Post it is attributed to.", default=None)
    addressed_to_brand: bool | None = strawberry.field(
        description="The message addresses the brand: support answers it.", default=None
    )
    display_name: str | None = strawberry.field(description="Name shown in the group.", default=None)
    content: MessageContent | None = strawberry.field(
        description="What a message without text is.", default=None
    )

    def row(self) -> dict[str, Any]:
        """As a row of the bulk door."""
        order = self.order
        return {
            "kind": self.kind.name.lower(),
            "source": self.source,
            "source_id": self.source_id,
            "member": self.member,
            "group": self.group,
            "occurred_at": self.occurred_at.isoformat(),
            "text": self.text,
            "order": order
            and {
                "reference": order.reference,
                "amount_minor": order.amount_minor,
                "currency": order.currency,
                "claim_id": order.claim_id,
            },
            "invited_by": self.invited_by,
            "campaign_id": self.campaign_id,
            "post_id": self.post_id,
            "addressed_to_brand": self.addressed_to_brand,
            "display_name": self.display_name,
            "content": self.content and self.content.name.lower(),
        }


@strawberry.input(description="Input of `activitiesSubmit`.")
class ActivitiesSubmitInput:
    activities: list[ActivityInput] = strawberry.field(description="1 to 1,000 activities, in order.")


@strawberry.type(description="An activity that was not accepted.")
class ActivityRejection:
    index: int = strawberry.field(description="Its place in the input, from 0.")
    code: str = strawberry.field(description="As at the bulk door: UNKNOWN_GROUP, INVALID_FIELD …")
    field: str | None = strawberry.field(description="Path of the field to blame.")
    message: str = strawberry.field(description="What is wrong and what to do.")

    @classmethod
    def of(cls, row: RefusedRow) -> "ActivityRejection":
        return cls(index=row.line - 1, code=row.code, field=row.field, message=row.message)


@payload()
class ActivitiesSubmitPayload(Payload):
    accepted: int | None = strawberry.field(description="How many were accepted.", default=None)
    rejections: list[ActivityRejection] = strawberry.field(
        description="Those that were not; the others are accepted all the same.", default_factory=list
    )


@strawberry.type
class InboundMutations:
    @mutation("Reports what members did (上报行为). For more than 1,000 use `POST /v1/activities`.")
    async def activities_submit(
        self, info: Info, input: Input[ActivitiesSubmitInput]
    ) -> ActivitiesSubmitPayload | None:
        if not 1 <= len(input.activities) <= MOST_ACTIVITIES:
            raise invalid(
                "activities", f"{len(input.activities)} activities, 1 to {MOST_ACTIVITIES} go at once"
            )
        submission = await info.context.gateway.intake.open(info.context.identity)
        for line, activity in enumerate(input.activities, 1):
            submission.add(line, activity.row())
        await submission.publish()
        refused = sorted(submission.refused, key=lambda row: row.line)
        return ActivitiesSubmitPayload(
            accepted=submission.accepted, rejections=[ActivityRejection.of(row) for row in refused]
        )
