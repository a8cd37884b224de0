"""Rules that set tags, how right they are, and the tags in use."""

from datetime import datetime
from typing import Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.scalars import ConditionJSON
from gateway.segmentation.arguments import FromDate, ToDate
from gateway.segmentation.condition_json import condition_json
from gateway.segmentation.conditions import Condition
from gateway.values import moment, optional
from quanzi.segmentation.v1 import tags_pb2


@strawberry.type(description="A rule that sets a tag by itself (自动标签规则).")
class TagRule(Node):
    name: str = strawberry.field(description="The tag it sets.")
    keywords: list[str] | None = strawberry.field(
        description="The first message with one of these words sets the tag (关键词); null for a condition."
    )
    enabled: bool = strawberry.field(description="Whether it works.")
    version: int = strawberry.field(description="Counts changes; `tagRuleUpdate` expects the one you read.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    message: strawberry.Private[tags_pb2.TagRule]

    @resolved("The tag is there while this holds; null for keywords.")
    def condition(self) -> Condition | None:
        return Condition.of(self.message.condition) if self.message.HasField("condition") else None

    @resolved("The condition in one piece, to be edited and given back; null for keywords.")
    def condition_json(self) -> ConditionJSON | None:
        return condition_json(self.message.condition) if self.message.HasField("condition") else None

    @classmethod
    def of(cls, rule: tags_pb2.TagRule) -> Self:
        return cls(
            id=global_id("TagRule", rule.id),
            name=rule.name,
            keywords=list(rule.keywords.words) if rule.HasField("keywords") else None,
            enabled=rule.enabled,
            version=rule.version,
            updated_at=moment(rule.updated_at),
            message=rule,
        )


@strawberry.type(description="How often staff agreed with automatic tags (标签准确率).")
class TagAccuracy:
    rule_id: strawberry.ID | None = strawberry.field(
        description="Global id of the rule; null for all rules together."
    )
    name: str | None = strawberry.field(description="The tag; null for all rules together.")
    confirmed: int = strawberry.field(description="Tags confirmed.")
    rejected: int = strawberry.field(description="Tags rejected.")
    unjudged: int = strawberry.field(description="Tags set in the window and not judged yet.")
    accuracy: float | None = strawberry.field(
        description="Confirmed of those judged, 0 to 1; null when nothing was judged."
    )

    @classmethod
    def of(cls, accuracy: tags_pb2.TagAccuracy) -> Self:
        return cls(
            rule_id=global_id("TagRule", accuracy.rule_id) if accuracy.HasField("rule_id") else None,
            name=accuracy.name or None,
            confirmed=accuracy.confirmed,
            rejected=accuracy.rejected,
            unjudged=accuracy.unjudged,
            accuracy=optional(accuracy, "accuracy"),
        )


@strawberry.type(description="How many members have a tag.")
class TagCount:
    name: str = strawberry.field(description="The tag.")
    members: int = strawberry.field(description="Members who have it.")


@strawberry.type
class TagQueries:
    @resolved("All rules that set tags, by tag.")
    async def tag_rules(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[TagRule] | None:
        request = tags_pb2.ListTagRulesRequest(page=page(info, first, after))
        answer = await info.context.clients.tags.ListTagRules(request)
        return connection(map(TagRule.of, answer.rules), answer.page_info, after)

    @resolved(
        "Accuracy of automatic tags (标签准确率) judged in a window: all rules together first, then each."
    )
    async def tag_accuracy(
        self, info: Info, from_date: FromDate, to_date: ToDate
    ) -> list[TagAccuracy] | None:
        request = tags_pb2.GetTagAccuracyRequest(from_date=from_date.isoformat(), to_date=to_date.isoformat())
        answer = await info.context.clients.tags.GetTagAccuracy(request)
        return [TagAccuracy.of(one) for one in answer.accuracies]

    @resolved("Tags in use (标签), the most used first, at most 500.")
    async def tags(self, info: Info) -> list[TagCount] | None:
        answer = await info.context.clients.tags.ListTags(tags_pb2.ListTagsRequest())
        return [TagCount(name=tag.name, members=tag.members) for tag in answer.tags]
