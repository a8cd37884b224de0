"""A message of the last days with what was decided about it, to be judged again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.domain.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class PastMessage:
    """`text` is masked; None: it is no longer kept. `flexible_rule`, if any, is whose quota it used."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    occurred_at: datetime
    decided_at: datetime
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    probability: float | None = None
    fingerprint: int | None = None
    flexible_rule: str = ""
    text: str | None = None
