"""Messages of the last days judged again, by other rules: which would have been breaches, and of what."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.domain.local_time import local_day
from risk.domain.past_message import PastMessage
from risk.domain.quota import QuotaDay, use_quotas
from risk.domain.rule_set import Rulebook
from risk.domain.rules import FlexibleRule, excess, is_excess
from risk.domain.verdict import Verdict

MOST_SAMPLES = 20
Rulebooks = Callable[[UUID], Rulebook]
"""What is in force in a group."""


@dataclass(frozen=True, slots=True)
class RuleSample:
    """A message that breaks another rule than before; empty keys: none."""

    activity_id: UUID
    masked_text: str
    before: str
    after: str


@dataclass(slots=True)
class RulePreview:
    """`before` and `after` count messages by the rule they break."""

    messages: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    more: int = 0
    fewer: int = 0
    other: int = 0
    samples: list[RuleSample] = field(default_factory=list)


def preview(
    past: Sequence[PastMessage],
    in_force: Rulebooks,
    proposed: Rulebooks,
    zone: ZoneInfo,
    matters: Callable[[PastMessage], bool],
) -> RulePreview:
    """`past`: of whole local days, in the order they were decided, those of a batch in that of time.

    Quotas are counted anew, by both rulebooks; what does not matter uses them too.
    """
    broken_before, broken_after = _broken(past, in_force, zone), _broken(past, proposed, zone)
    result = RulePreview()
    for message in filter(matters, reversed(past)):
        before = broken_before.get(message.activity_id, "")
        after = broken_after.get(message.activity_id, "")
        result.messages += bool(before or after or message.verdict is not Verdict.ALLOW)
        result.before.update([before] if before else ())
        result.after.update([after] if after else ())
        if before == after:
            continue
        result.more += not before
        result.fewer += not after
        result.other += bool(before and after)
        if len(result.samples) < MOST_SAMPLES:
            result.samples.append(RuleSample(message.activity_id, message.text or "", before, after))
    return result


def _broken(past: Sequence[PastMessage], rules: Rulebooks, zone: ZoneInfo) -> Mapping[UUID, str]:
    """The key of the rule that a message in a group breaks, by activity; none: left out."""
    exceeding = _exceeding(past, rules, zone)
    keys = {}
    for it in past:
        if it.group_id is None:
            continue
        findings = [finding for finding in it.findings if not is_excess(finding)]
        if (rule := exceeding.get(it.activity_id)) is not None:
            findings.append(excess(rule, len(it.text or "")))
        if (broken := rules(it.group_id).broken(findings)) is not None:
            keys[it.activity_id] = broken[0].key
    return keys


def _exceeding(past: Sequence[PastMessage], rules: Rulebooks, zone: ZoneInfo) -> Mapping[UUID, str]:
    """The key of the flexible rule whose quota a message is above, by activity."""
    uses = []
    for it in past:
        if it.group_id is not None and (rule := _limiting(it, rules(it.group_id))) is not None:
            day = QuotaDay(it.member_id, it.group_id, rule.key, local_day(it.occurred_at, zone))
            uses.append((it.activity_id, day, rule.daily_quota))
    return {activity_id: use.rule for activity_id, use in use_quotas(uses, {}).items() if use.exceeds}


def _limiting(message: PastMessage, rules: Rulebook) -> FlexibleRule | None:
    """Of a text that is no longer kept, the rule whose quota it used then."""
    if message.text is not None:
        return rules.limiting(message.text)
    return rules.flexible(message.flexible_rule)
