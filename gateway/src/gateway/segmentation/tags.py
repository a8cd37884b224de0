"""Tags of a member."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.global_ids import global_id
from gateway.values import by_number, moment
from quanzi.segmentation.v1 import members_pb2


@strawberry.enum(description="Where a tag comes from.")
class TagSource(Enum):
    MANUAL = strawberry.enum_value(members_pb2.TAG_SOURCE_MANUAL, description="Set by staff.")
    RULE = strawberry.enum_value(members_pb2.TAG_SOURCE_RULE, description="Set by a rule.")


@strawberry.enum(description="What staff says of an automatic tag.")
class TagJudgement(Enum):
    CONFIRMED = strawberry.enum_value(members_pb2.TAG_JUDGEMENT_CONFIRMED, description="已确认: it is right.")
    REJECTED = strawberry.enum_value(
        members_pb2.TAG_JUDGEMENT_REJECTED, description="已否定: it is wrong, and gone."
    )


TAG_SOURCES = by_number(TagSource)
TAG_JUDGEMENTS = by_number(TagJudgement)


@strawberry.type(description="A tag (标签) of a member.")
class Tag:
    name: str = strawberry.field(description="The tag.")
    source: TagSource = strawberry.field(description="Where it comes from.")
    tagged_at: datetime = strawberry.field(description="Since when.")
    rule_id: strawberry.ID | None = strawberry.field(
        description="Global id of the rule that set it, if one did."
    )
    judgement: TagJudgement | None = strawberry.field(description="Null until staff says so.")

    @classmethod
    def of(cls, tag: members_pb2.Tag) -> Self:
        return cls(
            name=tag.name,
            source=TAG_SOURCES[tag.source],
            tagged_at=moment(tag.tagged_at),
            rule_id=global_id("TagRule", tag.rule_id) if tag.rule_id else None,
            judgement=TAG_JUDGEMENTS.get(tag.judgement),
        )
