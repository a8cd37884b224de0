"""What was decided about a member's message."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from risk.domain.screening import Screening, gravest
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict


@dataclass(frozen=True, slots=True)
class Message:
    """A message, ugc or answer. `group_id` is absent when it was sent to the brand alone."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    text: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """One per message, for ever; the versions say by which words and policy."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    occurred_at: datetime
    decided_at: datetime
    screening: Screening
    lexicon_version: int
    policy_version: int

    @property
    def is_flagged(self) -> bool:
        return self.screening.verdict is not Verdict.ALLOW

    @property
    def is_flooding(self) -> bool:
        return any(finding.category is RiskCategory.FLOODING for finding in self.screening.findings)

    @property
    def categories(self) -> tuple[RiskCategory, ...]:
        """Of all findings, each once, in their order."""
        return tuple(sorted({finding.category for finding in self.screening.findings}))


@dataclass(frozen=True, slots=True)
class Decided:
    """A message with its decision, made just now. One that `continues_flood` is part of an earlier breach."""

    message: Message
    decision: Decision
    continues_flood: bool = False


def flooded(screening: Screening, text: str) -> Screening:
    """The same screening for a message that floods: blocked, whatever it says."""
    flood = Finding(RiskCategory.FLOODING, Verdict.BLOCK, Detector.FLOODING, "flood", 0, len(text))
    return replace(screening, verdict=Verdict.BLOCK, findings=gravest([*screening.findings, flood]))
