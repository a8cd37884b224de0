"""Rules of groups and what they give and take, as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.risk.types import (
    LADDER_ACTIONS,
    RISK_CATEGORIES,
    VERDICTS,
    LadderAction,
    RiskCategory,
    Verdict,
)
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ACTIVITY_KINDS, ActivityKind
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import rules_pb2


@strawberry.enum(description="What a rule asks.")
class RuleLevel(Enum):
    MANDATORY = strawberry.enum_value("mandatory", description="强制: a breach is a violation.")
    ENCOURAGED = strawberry.enum_value("encouraged", description="倡导: an act earns points.")
    FLEXIBLE = strawberry.enum_value("flexible", description="弹性: allowed so often a day.")


@strawberry.enum(description="Why a member's points changed.")
class PointReason(Enum):
    EARNED = strawberry.enum_value(rules_pb2.POINT_REASON_EARNED, description="奖励: for an encouraged act.")
    DEDUCTED = strawberry.enum_value(rules_pb2.POINT_REASON_DEDUCTED, description="扣减: with a violation.")
    REVERSED = strawberry.enum_value(
        rules_pb2.POINT_REASON_REVERSED, description="冲正: one of the others was undone."
    )


POINT_REASONS = by_number(PointReason)


@strawberry.type(description="A message with such a finding is a violation (强制).")
class MandatoryConditions:
    categories: list[RiskCategory] = strawberry.field(description="Findings of these categories,")
    least_verdict: Verdict = strawberry.field(description="at least so severe.")
    ladder: list[LadderAction] = strawberry.field(
        description="Actions by strike, the last repeats; empty: those of the policy."
    )
    points: int = strawberry.field(description="Taken with each violation.")
    once_within_minutes: int = strawberry.field(
        description="Further breaches within this time belong to the violation; 0: each is one."
    )

    @classmethod
    def of(cls, conditions: rules_pb2.MandatoryConditions) -> Self:
        return cls(
            categories=[RISK_CATEGORIES[category] for category in conditions.categories],
            least_verdict=VERDICTS[conditions.least_verdict],
            ladder=[LADDER_ACTIONS[action] for action in conditions.ladder],
            points=conditions.points,
            once_within_minutes=conditions.once_within_minutes,
        )


@strawberry.type(description="What earns points (倡导).")
class EncouragedConditions:
    kinds: list[ActivityKind] = strawberry.field(description="Acts of these kinds.")
    points: int = strawberry.field(description="For each.")
    daily_limit: int = strawberry.field(description="Acts of a member that are rewarded in a local day.")

    @classmethod
    def of(cls, conditions: rules_pb2.EncouragedConditions) -> Self:
        return cls(
            kinds=[ACTIVITY_KINDS[kind] for kind in conditions.kinds],
            points=conditions.points,
            daily_limit=conditions.daily_limit,
        )


@strawberry.type(description="What is allowed so often (弹性); more is flooding.")
class FlexibleConditions:
    words: list[str] = strawberry.field(description="Messages with one of these words.")
    stickers: bool = strawberry.field(description="Messages of stickers or emoji alone (表情包).")
    daily_quota: int = strawberry.field(description="Of a member in a group in a local day.")
    ladder: list[LadderAction] = strawberry.field(
        description="Actions by strike, the last repeats; empty: those of the policy."
    )

    @classmethod
    def of(cls, conditions: rules_pb2.FlexibleConditions) -> Self:
        return cls(
            words=list(conditions.words),
            stickers=conditions.stickers,
            daily_quota=conditions.daily_quota,
            ladder=[LADDER_ACTIONS[action] for action in conditions.ladder],
        )


@strawberry.type(description="A rule of a group (群规).")
class GroupRule:
    key: str = strawberry.field(description="Names it for ever.")
    title: str = strawberry.field(description="In Chinese.")
    enabled: bool = strawberry.field(description="Whether it holds.")
    level: RuleLevel = strawberry.field(description="What it asks.")
    mandatory: MandatoryConditions | None = strawberry.field(description="Of a mandatory rule.")
    encouraged: EncouragedConditions | None = strawberry.field(description="Of an encouraged rule.")
    flexible: FlexibleConditions | None = strawberry.field(description="Of a flexible rule.")

    @classmethod
    def of(cls, rule: rules_pb2.Rule) -> Self:
        level = rule.WhichOneof("level") or ""
        return cls(
            key=rule.key,
            title=rule.title,
            enabled=rule.enabled,
            level=RuleLevel[level.upper()],
            mandatory=MandatoryConditions.of(rule.mandatory) if level == "mandatory" else None,
            encouraged=EncouragedConditions.of(rule.encouraged) if level == "encouraged" else None,
            flexible=FlexibleConditions.of(rule.flexible) if level == "flexible" else None,
        )


@strawberry.type(description="One version of the rules of all groups; where several apply, the first counts.")
class RuleSet:
    version: int = strawberry.field(description="Counts changes; 0: the product's.")
    rules: list[GroupRule] = strawberry.field(description="In their order.")
    strikes_per_rule: bool = strawberry.field(description="Strikes count by rule, not all together.")
    reminder_minutes: int = strawberry.field(
        description="So long before its deadline a moderator task is reminded of; 0: never."
    )
    changed_at: datetime | None = strawberry.field(description="When; null for the product's.")
    changed_by: str | None = strawberry.field(description="Who changed it.")

    @classmethod
    def of(cls, rule_set: rules_pb2.RuleSet) -> Self:
        return cls(
            version=rule_set.version,
            rules=[GroupRule.of(rule) for rule in rule_set.rules],
            strikes_per_rule=rule_set.strikes_per_rule,
            reminder_minutes=rule_set.reminder_minutes,
            changed_at=optional_moment(rule_set.changed_at),
            changed_by=rule_set.changed_by or None,
        )


@strawberry.type(description="What is different in one group, and what is in force there.")
class GroupRules:
    version: int = strawberry.field(description="Counts changes; 0: nothing was ever different.")
    overrides: list[GroupRule] = strawberry.field(
        description="In place of the tenant's rules of the same key, or besides them."
    )
    in_force: list[GroupRule] = strawberry.field(description="All rules of the group.")
    changed_at: datetime | None = strawberry.field(description="When.")
    changed_by: str | None = strawberry.field(description="Who changed it.")
    message: strawberry.Private[rules_pb2.GroupRules]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, rules: rules_pb2.GroupRules) -> Self:
        return cls(
            version=rules.version,
            overrides=[GroupRule.of(rule) for rule in rules.overrides],
            in_force=[GroupRule.of(rule) for rule in rules.in_force],
            changed_at=optional_moment(rules.changed_at),
            changed_by=rules.changed_by or None,
            message=rules,
        )


@strawberry.type(description="Messages that break a rule.")
class RulePreviewCount:
    rule: str = strawberry.field(description="Key of the rule.")
    before: int = strawberry.field(description="By the rules in force.")
    after: int = strawberry.field(description="By those proposed.")


@strawberry.type(description="A message that would be judged otherwise.")
class RulePreviewSample:
    activity_id: str = strawberry.field(description="Activity id of the message.")
    masked_text: str | None = strawberry.field(
        description="The message, personal data masked; null: it is no longer kept."
    )
    before: str | None = strawberry.field(description="Key of the rule it breaks; null: none.")
    after: str | None = strawberry.field(description="Key of the rule it would break; null: none.")


@strawberry.type(description="What other rules would have changed (试算).")
class RulesPreview:
    messages: int = strawberry.field(
        description="Messages looked at that were flagged or break a rule; of all messages the newest 50,000."
    )
    complete: bool = strawberry.field(description="No local day of these was left out.")
    more: int = strawberry.field(description="Breaches that were none.")
    fewer: int = strawberry.field(description="Breaches that would be none.")
    other: int = strawberry.field(description="Breaches of another rule.")
    counts: list[RulePreviewCount] = strawberry.field(description="By rule.")
    samples: list[RulePreviewSample] = strawberry.field(description="The newest ones, 20 at most.")

    @classmethod
    def of(cls, preview: rules_pb2.PreviewRulesResponse) -> Self:
        return cls(
            messages=preview.messages,
            complete=preview.complete,
            more=preview.more,
            fewer=preview.fewer,
            other=preview.other,
            counts=[
                RulePreviewCount(rule=it.rule, before=it.before, after=it.after) for it in preview.counts
            ],
            samples=[
                RulePreviewSample(
                    activity_id=it.activity_id,
                    masked_text=it.masked_text or None,
                    before=it.before or None,
                    after=it.after or None,
                )
                for it in preview.samples
            ],
        )


@strawberry.type(description="A line of the ledger of points (积分流水): written once, never changed.")
class PointEntry:
    activity_id: str = strawberry.field(description="Activity id of the act or the message.")
    rule: str = strawberry.field(description="Key of the rule.")
    reason: PointReason = strawberry.field(description="Why.")
    points: int = strawberry.field(description="Negative: taken.")
    booked_at: datetime = strawberry.field(description="When.")
    message: strawberry.Private[rules_pb2.PointEntry]

    @resolved("Whose.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, entry: rules_pb2.PointEntry) -> Self:
        return cls(
            activity_id=entry.activity_id,
            rule=entry.rule,
            reason=POINT_REASONS[entry.reason],
            points=entry.points,
            booked_at=moment(entry.booked_at),
            message=entry,
        )


@strawberry.type(
    description="The sum of a member's entries (积分余额), with those of members merged with it."
)
class PointBalance:
    points: Int64 = strawberry.field(description="Negative: more was taken than earned.")
    message: strawberry.Private[rules_pb2.PointBalance]

    @resolved("Whose.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @classmethod
    def of(cls, balance: rules_pb2.PointBalance) -> Self:
        return cls(points=Int64(balance.points), message=balance)
