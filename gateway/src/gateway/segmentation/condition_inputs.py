"""The condition of a segment or tag rule, as it is given."""

from typing import Any

import strawberry

from gateway.global_ids import optional_uuid, uuids_of
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ActivityKind
from gateway.segmentation.conditions import OrderMeasure, ProfileField, RfmDimension, Sight, TextMatch
from gateway.segmentation.consents import ConsentState
from gateway.segmentation.tiers import Tier
from gateway.values import number
from quanzi.segmentation.v1 import segments_pb2


@strawberry.input(description="A range of whole numbers, both ends included; one end at least is given.")
class IntRangeInput:
    min: Int64 | None = strawberry.field(description="Left out for no lower end.", default=None)
    max: Int64 | None = strawberry.field(description="Left out for no upper end.", default=None)

    def message(self) -> segments_pb2.IntRange:
        return segments_pb2.IntRange(min=self.min, max=self.max)


@strawberry.input(description="A field of the profile matches a text.")
class ProfileTestInput:
    field: ProfileField = strawberry.field(description="What is compared.")
    match: TextMatch = strawberry.field(description="How.")
    text: str = strawberry.field(description="With what, 1 to 250 characters.")

    def message(self) -> segments_pb2.ProfileTest:
        return segments_pb2.ProfileTest(field=number(self.field), match=number(self.match), text=self.text)


@strawberry.input(description="The member has the tag.")
class TagTestInput:
    name: str = strawberry.field(description="The tag, 1 to 50 characters.")

    def message(self) -> segments_pb2.TagTest:
        return segments_pb2.TagTest(name=self.name)


@strawberry.input(description="What the member agreed to. UNKNOWN is neither given nor withdrawn.")
class ConsentTestInput:
    purpose: str = strawberry.field(description='Code of the purpose: "marketing".')
    state: ConsentState = strawberry.field(description="What holds.")

    def message(self) -> segments_pb2.ConsentTest:
        return segments_pb2.ConsentTest(purpose=self.purpose, state=number(self.state))


@strawberry.input(description="The member's tier is one of these.")
class TierTestInput:
    tiers: list[Tier] = strawberry.field(description="One at least.")

    def message(self) -> segments_pb2.TierTest:
        return segments_pb2.TierTest(tiers=map(number, self.tiers))


@strawberry.input(description="An RFM score lies in the range.")
class RfmTestInput:
    dimension: RfmDimension = strawberry.field(description="Which score.")
    score: IntRangeInput = strawberry.field(description="1 to 5.")

    def message(self) -> segments_pb2.RfmTest:
        return segments_pb2.RfmTest(dimension=number(self.dimension), score=self.score.message())


@strawberry.input(description="A measure of the orders of the last days lies in the range.")
class OrdersTestInput:
    measure: OrderMeasure = strawberry.field(description="What is compared.")
    within_days: int = strawberry.field(
        description="Rolling days up to now, at most 3660; 0 means ever.", default=0
    )
    value: IntRangeInput = strawberry.field(description="The range.")

    def message(self) -> segments_pb2.OrdersTest:
        return segments_pb2.OrdersTest(
            measure=number(self.measure), within_days=self.within_days, value=self.value.message()
        )


@strawberry.input(description="The number of activities of the last days lies in the range.")
class ActivitiesTestInput:
    kinds: list[ActivityKind] = strawberry.field(
        description="Of these kinds; none means interactions.", default_factory=list
    )
    within_days: int = strawberry.field(description="Rolling days up to now, 1 to 366.")
    group: strawberry.ID | None = strawberry.field(
        description="Only in this group; left out for anywhere.", default=None
    )
    count: IntRangeInput = strawberry.field(description="The range.")

    def message(self) -> segments_pb2.ActivitiesTest:
        return segments_pb2.ActivitiesTest(
            kinds=map(number, self.kinds),
            within_days=self.within_days,
            group_id=optional_uuid(self.group, "Group", "condition.activities.group"),
            count=self.count.message(),
        )


@strawberry.input(description="The member is present in one of the groups.")
class GroupTestInput:
    groups: list[strawberry.ID] = strawberry.field(description="1 to 100 groups.")

    def message(self) -> segments_pb2.GroupTest:
        return segments_pb2.GroupTest(group_ids=uuids_of(self.groups, "Group", "condition.group.groups"))


@strawberry.input(description="The member was first or last seen that many whole days ago.")
class SeenTestInput:
    sight: Sight = strawberry.field(description="First or last.")
    days_ago: IntRangeInput = strawberry.field(description="The range.")

    def message(self) -> segments_pb2.SeenTest:
        return segments_pb2.SeenTest(sight=number(self.sight), days_ago=self.days_ago.message())


@strawberry.input(
    one_of=True,
    description="A boolean tree (条件) of at most 50 nodes and 8 levels; one field is given.",
)
class ConditionInput:
    all_of: "list[ConditionInput] | None" = strawberry.field(
        name="all", description="All of these hold (且), 1 to 20.", default=strawberry.UNSET
    )
    any_of: "list[ConditionInput] | None" = strawberry.field(
        name="any", description="One of these holds at least (或), 1 to 20.", default=strawberry.UNSET
    )
    not_: "ConditionInput | None" = strawberry.field(
        name="not", description="This does not hold (非).", default=strawberry.UNSET
    )
    profile: ProfileTestInput | None = strawberry.field(
        description="Of the profile.", default=strawberry.UNSET
    )
    tag: TagTestInput | None = strawberry.field(description="Of the tags (标签).", default=strawberry.UNSET)
    tier: TierTestInput | None = strawberry.field(description="Of the tier (层级).", default=strawberry.UNSET)
    rfm: RfmTestInput | None = strawberry.field(description="Of an RFM score.", default=strawberry.UNSET)
    orders: OrdersTestInput | None = strawberry.field(
        description="Of the orders (订单).", default=strawberry.UNSET
    )
    activities: ActivitiesTestInput | None = strawberry.field(
        description="Of the activities (行为).", default=strawberry.UNSET
    )
    group: GroupTestInput | None = strawberry.field(
        description="Of the groups (群).", default=strawberry.UNSET
    )
    seen: SeenTestInput | None = strawberry.field(
        description="Of when the member was seen.", default=strawberry.UNSET
    )
    consent: ConsentTestInput | None = strawberry.field(
        description="Of what the member agreed to (同意): `not` WITHDRAWN for those who did not object.",
        default=strawberry.UNSET,
    )

    def message(self) -> segments_pb2.Condition:
        [(name, given)] = (one for one in vars(self).items() if one[1] is not strawberry.UNSET)
        test: dict[str, Any]
        if isinstance(given, list):
            several = segments_pb2.Conditions(conditions=[one.message() for one in given])
            test = {name.removesuffix("_of"): several}
        else:
            test = {name.rstrip("_"): given.message()}
        return segments_pb2.Condition(**test)
