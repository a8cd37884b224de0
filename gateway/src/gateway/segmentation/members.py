"""Customers, and their stays in groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, place
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.consents import Consent, ConsentRecord, OfPurpose
from gateway.segmentation.groups import Group
from gateway.segmentation.tags import Tag
from gateway.segmentation.tiers import RfmScore, TierAssignment
from gateway.segmentation.timeline import OfKinds, TimelineEntry
from gateway.values import moment, optional_moment
from quanzi.segmentation.v1 import members_pb2

if TYPE_CHECKING:
    from gateway.segmentation.predictions import Prediction
    from gateway.segmentation.segments import SegmentMember
    from gateway.support.types import Ticket


@strawberry.type(description="A customer (群成员).")
class Member(Node):
    external_reference: str = strawberry.field(description="The customer's id at the source.")
    display_name: str = strawberry.field(description="Name shown in groups.")
    first_seen_at: datetime = strawberry.field(description="First activity.")
    last_seen_at: datetime = strawberry.field(description="Latest activity.")
    tier: TierAssignment | None = strawberry.field(description="Tier (层级); null until first assigned.")
    tags: list[Tag] = strawberry.field(description="Tags (标签), manual and automatic.")
    message: strawberry.Private[members_pb2.Member]

    @resolved("RFM scores; null until first computed.")
    def rfm(self) -> RfmScore | None:
        return RfmScore.of(self.message.rfm) if self.message.HasField("rfm") else None

    @resolved("RFM scores over the monthly window; null until first computed.")
    def monthly_rfm(self) -> RfmScore | None:
        return RfmScore.of(self.message.monthly_rfm) if self.message.HasField("monthly_rfm") else None

    @resolved("Tier history (层级变化), newest first.")
    async def tier_assignments(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[TierAssignment] | None:
        key = self.message.id, place(info, first, after)
        return await info.context.loaders.segmentation.tier_assignments.load(key)

    @resolved("Segments (人群) the member is in.")
    async def segments(
        self, info: Info
    ) -> list[Annotated["SegmentMember", strawberry.lazy("gateway.segmentation.segments")]] | None:
        return await info.context.loaders.segmentation.member_segments.load(self.message.id)

    @resolved("What is expected of the member (预测价值); null if nothing is predicted.")
    async def prediction(
        self, info: Info
    ) -> Annotated["Prediction", strawberry.lazy("gateway.segmentation.predictions")] | None:
        return await info.context.loaders.segmentation.predictions.load(self.message.id)

    @resolved("Everything about the member across all services (用户画像), newest first.")
    async def timeline(
        self, info: Info, first: First = 20, after: After = None, kinds: OfKinds = None
    ) -> Connection[TimelineEntry] | None:
        key = self.message.id, (place(info, first, after), tuple(kinds or ()))
        return await info.context.loaders.segmentation.timelines.load(key)

    @resolved("What the member agreed to (个人信息处理同意), purpose by purpose.")
    async def consents(self, info: Info) -> list[Consent] | None:
        return await info.context.loaders.segmentation.consents.load(self.message.id)

    @resolved("All that was recorded of the member's consent (同意记录), newest first.")
    async def consent_records(
        self, info: Info, first: First = 20, after: After = None, purpose: OfPurpose = None
    ) -> Connection[ConsentRecord] | None:
        key = self.message.id, (place(info, first, after), purpose or "")
        return await info.context.loaders.segmentation.consent_records.load(key)

    @resolved("Stays in groups, present and past.")
    async def memberships(self, info: Info) -> list["Membership"] | None:
        return await info.context.loaders.segmentation.memberships.load(self.message.id)

    @resolved("Groups the member is in now.")
    async def groups(self, info: Info) -> list[Group | None] | None:
        loaders = info.context.loaders.segmentation
        stays = await loaders.memberships.load(self.message.id)
        present = (stay.group_uuid for stay in stays if stay.left_at is None)
        return [loaders.groups.load(uuid) for uuid in present]  # type: ignore[misc] # each awaited alone

    @resolved("Tickets not yet resolved (待处理工单), oldest first, at most 20.")
    async def open_tickets(
        self, info: Info
    ) -> list[Annotated["Ticket", strawberry.lazy("gateway.support.types")]] | None:
        return await info.context.loaders.support.open_tickets.load(self.message.id)

    @classmethod
    def of(cls, member: members_pb2.Member) -> Self:
        return cls(
            id=global_id("Member", member.id),
            external_reference=member.external_reference,
            display_name=member.display_name,
            first_seen_at=moment(member.first_seen_at),
            last_seen_at=moment(member.last_seen_at),
            tier=TierAssignment.of(member.tier) if member.HasField("tier") else None,
            tags=[Tag.of(tag) for tag in member.tags],
            message=member,
        )


@strawberry.type(description="A member's stay in a group.")
class Membership:
    joined_at: datetime = strawberry.field(description="When the member joined (入群).")
    left_at: datetime | None = strawberry.field(
        description="When the member left (退群); null while present."
    )
    group_uuid: strawberry.Private[str]
    invited_by_uuid: strawberry.Private[str]

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.groups.load(self.group_uuid)

    @resolved("Who invited the member (邀请人); null if nobody did.")
    async def invited_by(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.invited_by_uuid)

    @classmethod
    def of(cls, membership: members_pb2.Membership) -> Self:
        return cls(
            joined_at=moment(membership.joined_at),
            left_at=optional_moment(membership.left_at),
            group_uuid=membership.group_id,
            invited_by_uuid=membership.invited_by_id,
        )
