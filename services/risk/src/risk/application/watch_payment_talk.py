"""Follow-up: newcomers who speak of paying them become cases, and their groups are reminded."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.ids import derived_id, new_id
from risk.application.fraud_ports import FraudWording
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import FollowUp, Place, UnitOfWork
from risk.domain.case import CaseKind, Evidence
from risk.domain.decision import Decided
from risk.domain.fraud_events import PaymentReminderDue
from risk.domain.payment_reminder import PaymentReminder
from risk.domain.payment_talk import PaymentTalk
from risk.domain.policy import RiskPolicy
from risk.domain.screening import MAX_CODE_POINTS, mask
from risk.domain.verdict import Finding, RiskCategory, Verdict

Talking = tuple[Decided, Place, tuple[Finding, ...]]


def watching_payment_talk(talk: PaymentTalk, wording: FraudWording) -> FollowUp:
    """Of a member and group there is one case; the group is reminded once in a cooldown, whoever speaks."""

    async def watch_payment_talk(
        uow: UnitOfWork, decided: Sequence[Decided], _policy: RiskPolicy, now: datetime
    ) -> None:
        talking = await asyncio.to_thread(_talking, talk, decided)
        if not talking:
            return
        policy = await uow.fraud_policies.current()
        began = await _first_words(uow, {place for _, place, _ in talking})
        by_newcomers = [it for it in talking if _is_new(it, began, policy.newcomer_for)]
        openings = [_opening(uow.tenant_id, it, wording.payment_talk()) for it in by_newcomers]
        await open_cases(uow, openings, now)
        await remind_groups(uow, {it[1][1] for it in by_newcomers}, wording.reminder(), now)

    return watch_payment_talk


async def remind_groups(uow: UnitOfWork, group_ids: set[UUID], reminder: str, now: datetime) -> None:
    """Those of the groups that were not reminded within the cooldown, each once."""
    if not group_ids:
        return
    policy = await uow.fraud_policies.current()
    wanted = [PaymentReminder(new_id(), group_id, now, reminder) for group_id in group_ids]
    due = await uow.payment_reminders.add_where_due(wanted, policy.reminder_cooldown)
    await uow.publish(*(PaymentReminderDue(it) for it in due), at=now)


def _talking(talk: PaymentTalk, decided: Sequence[Decided]) -> list[Talking]:
    """What members wrote of payment in groups."""
    return [
        (it, (it.message.member_id, it.message.group_id), found)
        for it in decided
        if it.message.group_id and (found := talk.find(it.message.text, it.decision.screening.findings))
    ]


async def _first_words(uow: UnitOfWork, places: set[Place]) -> Mapping[Place, datetime]:
    """By place, also of members who are the same person."""
    together = await uow.merged.together({member_id for member_id, _ in places})
    asked = {(one, group_id) for member_id, group_id in places for one in together[member_id]}
    first = await uow.first_words.of(asked)
    return {
        (member_id, group_id): min(
            first[one, group_id] for one in together[member_id] if (one, group_id) in first
        )
        for member_id, group_id in places
    }


def _is_new(talking: Talking, began: Mapping[Place, datetime], newcomer_for: timedelta) -> bool:
    decided, place, _ = talking
    return decided.message.occurred_at < began[place] + newcomer_for


def _opening(tenant_id: UUID, talking: Talking, why: str) -> Opening:
    decided, (member_id, group_id), found = talking
    message, decision = decided.message, decided.decision
    evidence = Evidence(
        # Nothing was found in a text without a masked one, so nothing in it needs a mask.
        masked_text=decision.screening.masked_text or mask(message.text[:MAX_CODE_POINTS], ()),
        verdict=max(Verdict.REVIEW, decision.screening.verdict),
        findings=found,
        lexicon_version=decision.lexicon_version,
        policy_version=decision.policy_version,
    )
    return Opening(
        kind=CaseKind.PAYMENT_TALK,
        subject_id=derived_id(tenant_id, "payment-talk", f"{member_id}/{group_id}"),
        group_id=group_id,
        member_id=member_id,
        category=RiskCategory.FRAUD,
        evidence=evidence,
        why=why,
    )
