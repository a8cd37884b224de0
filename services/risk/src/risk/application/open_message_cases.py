"""Follow-up: messages left to a person become cases, and some of the others, by lot, samples."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.open_cases import Opening, open_cases
from risk.application.ports import UnitOfWork
from risk.domain.case import CaseKind, Evidence
from risk.domain.case_policy import CasePolicy
from risk.domain.decision import Decided
from risk.domain.drawing import drawn
from risk.domain.policy import RiskPolicy
from risk.domain.screening import MAX_CODE_POINTS, mask
from risk.domain.verdict import Verdict


async def open_message_cases(
    uow: UnitOfWork, decided: Sequence[Decided], _policy: RiskPolicy, now: datetime
) -> None:
    if not decided:
        return
    policy = await uow.case_policies.current()
    openings = [opening for it in decided if (opening := _opening(it, policy)) is not None]
    await open_cases(uow, openings, now)


def _opening(decided: Decided, policy: CasePolicy) -> Opening | None:
    message, decision = decided.message, decided.decision
    verdict = decision.screening.verdict
    kind, share = _drawing(verdict, policy)
    if not drawn(message.activity_id, "sample", share):
        return None
    evidence = Evidence(
        # Nothing was found in a text without a masked one, so nothing in it needs a mask.
        masked_text=decision.screening.masked_text or mask(message.text[:MAX_CODE_POINTS], ()),
        verdict=verdict,
        findings=decision.screening.findings,
        lexicon_version=decision.lexicon_version,
        policy_version=decision.policy_version,
        model_version=decision.model_version,
    )
    return Opening(
        kind=kind,
        subject_id=message.activity_id,
        group_id=message.group_id,
        member_id=message.member_id,
        category=evidence.predicted,
        evidence=evidence,
        probability=decision.screening.probability,
        weight=1 / share,
    )


def _drawing(verdict: Verdict, policy: CasePolicy) -> tuple[CaseKind, float]:
    """What a message of this verdict becomes, and the share of them that does."""
    if verdict is Verdict.REVIEW:
        return CaseKind.MESSAGE_REVIEW, 1.0
    allowed = verdict is Verdict.ALLOW
    per_mille = policy.sample_allowed_per_mille if allowed else policy.sample_blocked_per_mille
    return CaseKind.SAMPLE, per_mille / 1_000
