"""What was decided about a member's message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.domain.activity_kind import ActivityKind
from risk.domain.copies import CopyRule
from risk.domain.rules import excess
from risk.domain.screening import Screening, with_finding
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

FLOOD = "flood"
"""The rule of a finding about a message that floods."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, ugc or answer. `group_id` is absent when it was sent to the brand alone."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    text: str
    occurred_at: datetime
    kind: ActivityKind = ActivityKind.MESSAGE


@dataclass(frozen=True, slots=True)
class Decision:
    """One per message, for ever; the versions say by which words, policy and model, if one was in force.

    `flexible_rule` is the key of the rule whose quota it used.
    """

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    occurred_at: datetime
    decided_at: datetime
    screening: Screening
    lexicon_version: int
    policy_version: int
    model_version: str = ""
    flexible_rule: str = ""

    @property
    def is_flagged(self) -> bool:
        return self.screening.verdict is not Verdict.ALLOW

    @property
    def is_flooding(self) -> bool:
        return any(finding.category is RiskCategory.FLOODING for finding in self.screening.findings)

    @property
    def categories(self) -> tuple[RiskCategory, ...]:
        """Of all findings that were not overruled, each once, in their order."""
        return tuple(sorted({f.category for f in self.screening.findings if not f.overruled}))


@dataclass(frozen=True, slots=True)
class Decided:
    """A message with its decision, made just now. One that `continues_flood` is part of an earlier breach."""

    message: Message
    decision: Decision
    continues_flood: bool = False


def flooded(screening: Screening, text: str) -> Screening:
    """The same screening for a message that floods: blocked, whatever it says."""
    flood = Finding(RiskCategory.FLOODING, Verdict.BLOCK, Detector.FLOODING, FLOOD, 0, len(text))
    return with_finding(screening, text, flood)


def copied(screening: Screening, text: str, rule: CopyRule) -> Screening:
    """The same screening for a text that goes round: a doubtful one is an advert, another is looked at."""
    verdict = Verdict.REVIEW if screening.verdict is Verdict.ALLOW else Verdict.BLOCK
    copy = Finding(RiskCategory.ADVERT, verdict, Detector.DUPLICATE, rule.value, 0, len(text))
    return with_finding(screening, text, copy)


def exceeding(screening: Screening, text: str, rule: str) -> Screening:
    """The same screening for a message above the quota of a flexible rule: it floods."""
    return with_finding(screening, text, excess(rule, len(text)))
