"""Messages of the last days judged again, by other rules: which would have been breaches, and of what."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from risk.domain.rule_set import Rulebook
from risk.domain.verdict import Finding

MOST_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class FlaggedMessage:
    """A message in a group in which something was found."""

    activity_id: UUID
    group_id: UUID
    masked_text: str
    findings: tuple[Finding, ...]


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
    messages: Iterable[FlaggedMessage],
    in_force: Callable[[UUID], Rulebook],
    proposed: Callable[[UUID], Rulebook],
) -> RulePreview:
    """Newest first, as samples are. Quotas count as they were when the messages came."""
    result = RulePreview()
    for message in messages:
        result.messages += 1
        before = _broken(in_force(message.group_id), message)
        after = _broken(proposed(message.group_id), message)
        result.before.update([before] if before else ())
        result.after.update([after] if after else ())
        if before == after:
            continue
        result.more += not before
        result.fewer += not after
        result.other += bool(before and after)
        if len(result.samples) < MOST_SAMPLES:
            result.samples.append(RuleSample(message.activity_id, message.masked_text, before, after))
    return result


def _broken(rules: Rulebook, message: FlaggedMessage) -> str:
    found = rules.broken(message.findings)
    return found[0].key if found else ""
