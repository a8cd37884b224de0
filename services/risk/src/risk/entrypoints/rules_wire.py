"""Rules, points and response times as the messages of proto/quanzi/risk/v1/rules.proto, and rules back."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import rules_pb2 as pb
from risk.application.preview_rules import RulesPreview
from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import InvalidRule
from risk.domain.ladder import LadderAction
from risk.domain.points import PointEntry
from risk.domain.response_times import ResponseComparison, ResponsePoint, ResponseTimes
from risk.domain.rule_set import GroupRules, Rulebook, RuleSet
from risk.domain.rules import EncouragedRule, FlexibleRule, MandatoryRule, Rule
from risk.domain.verdict import RiskCategory, Verdict
from risk.enums import number


def rules_of(messages: Sequence[pb.Rule]) -> tuple[Rule, ...]:
    """Raises InvalidRule, which names the rule by its place."""
    rules = []
    for index, message in enumerate(messages):
        try:
            rules.append(_rule_of(message))
        except InvalidRule as error:
            raise InvalidRule(str(error), f"rules[{index}].{error.field}") from error
    return tuple(rules)


def _rule_of(message: pb.Rule) -> Rule:
    if message.HasField("mandatory"):
        mandatory = message.mandatory
        return MandatoryRule(
            key=message.key,
            title=message.title,
            categories=tuple(RiskCategory(category) for category in mandatory.categories),
            least_verdict=Verdict(mandatory.least_verdict),
            ladder=_ladder_of(mandatory.ladder, "mandatory.ladder"),
            points=mandatory.points,
            once_within_minutes=mandatory.once_within_minutes,
            enabled=message.enabled,
        )
    if message.HasField("encouraged"):
        encouraged = message.encouraged
        return EncouragedRule(
            key=message.key,
            title=message.title,
            kinds=_kinds_of(encouraged.kinds),
            points=encouraged.points,
            daily_limit=encouraged.daily_limit,
            enabled=message.enabled,
        )
    flexible = message.flexible
    return FlexibleRule(
        key=message.key,
        title=message.title,
        daily_quota=flexible.daily_quota,
        words=tuple(flexible.words),
        stickers=flexible.stickers,
        ladder=_ladder_of(flexible.ladder, "flexible.ladder"),
        enabled=message.enabled,
    )


def _ladder_of(steps: Sequence[int], field: str) -> tuple[LadderAction, ...]:
    try:
        return tuple(LadderAction(step) for step in steps)
    except ValueError as error:
        raise InvalidRule("A step of the ladder is warn, mute or remove", field) from error


def _kinds_of(kinds: Sequence[int]) -> tuple[ActivityKind, ...]:
    try:
        return tuple(ActivityKind(kind) for kind in kinds)
    except ValueError as error:
        raise InvalidRule("Joining, leaving and orders earn no points", "encouraged.kinds") from error


def rule_to_wire(rule: Rule) -> pb.Rule:
    message = pb.Rule(key=rule.key, title=rule.title, enabled=rule.enabled)
    match rule:
        case MandatoryRule():
            message.mandatory.CopyFrom(
                pb.MandatoryConditions(
                    categories=[number(category) for category in rule.categories],
                    least_verdict=number(rule.least_verdict),
                    ladder=[number(step) for step in rule.ladder],
                    points=rule.points,
                    once_within_minutes=rule.once_within_minutes,
                )
            )
        case EncouragedRule():
            message.encouraged.CopyFrom(
                pb.EncouragedConditions(
                    kinds=[number(kind) for kind in rule.kinds],
                    points=rule.points,
                    daily_limit=rule.daily_limit,
                )
            )
        case FlexibleRule():
            message.flexible.CopyFrom(
                pb.FlexibleConditions(
                    words=rule.words,
                    stickers=rule.stickers,
                    daily_quota=rule.daily_quota,
                    ladder=[number(step) for step in rule.ladder],
                )
            )
        case never:
            assert_never(never)
    return message


def _to_wire(rules: Iterable[Rule]) -> list[pb.Rule]:
    return [rule_to_wire(rule) for rule in rules]


def rule_set_to_wire(rule_set: RuleSet) -> pb.RuleSet:
    return pb.RuleSet(
        version=rule_set.version,
        rules=_to_wire(rule_set.rules),
        strikes_per_rule=rule_set.strikes_per_rule,
        reminder_minutes=rule_set.reminder_minutes,
        changed_at=optional_timestamp(rule_set.changed_at),
        changed_by=rule_set.changed_by,
    )


def group_rules_to_wire(own: GroupRules, rule_set: RuleSet) -> pb.GroupRules:
    return pb.GroupRules(
        group_id=str(own.group_id),
        version=own.version,
        overrides=_to_wire(own.rules),
        in_force=_to_wire(Rulebook.of(rule_set.rules, own.rules).rules),
        changed_at=optional_timestamp(own.changed_at),
        changed_by=own.changed_by,
    )


def preview_to_wire(result: RulesPreview) -> pb.PreviewRulesResponse:
    preview = result.preview
    return pb.PreviewRulesResponse(
        messages=preview.messages,
        complete=result.is_complete,
        more=preview.more,
        fewer=preview.fewer,
        other=preview.other,
        counts=[
            pb.RulePreviewCount(rule=rule, before=preview.before[rule], after=preview.after[rule])
            for rule in sorted(preview.before | preview.after)
        ],
        samples=[
            pb.RulePreviewSample(
                activity_id=str(it.activity_id),
                masked_text=it.masked_text,
                before=it.before,
                after=it.after,
            )
            for it in preview.samples
        ],
    )


def entry_to_wire(entry: PointEntry) -> pb.PointEntry:
    return pb.PointEntry(
        activity_id=str(entry.activity_id),
        rule=entry.rule,
        reason=number(entry.reason),
        member_id=str(entry.member_id),
        group_id=str(entry.group_id),
        points=entry.points,
        booked_at=timestamp(entry.booked_at),
    )


def point_to_wire(point: ResponsePoint) -> pb.ResponsePoint:
    return pb.ResponsePoint(
        start_date=point.start.isoformat(), responder=point.responder, times=_times_to_wire(point.times)
    )


def comparison_to_wire(comparison: ResponseComparison) -> pb.ResponseComparison:
    return pb.ResponseComparison(
        responder=comparison.responder,
        before=_times_to_wire(comparison.before),
        after=_times_to_wire(comparison.after),
        change=comparison.change,
    )


def _times_to_wire(times: ResponseTimes) -> pb.ResponseTimes:
    return pb.ResponseTimes(
        violations=times.violations,
        handled=times.handled,
        median_seconds=times.median_seconds,
        p90_seconds=times.p90_seconds,
    )
