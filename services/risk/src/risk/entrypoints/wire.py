"""Domain values as the messages of proto/quanzi/risk/v1, and back. Enumerations have the same numbers."""

from collections.abc import Sequence
from typing import Final

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import lexicon_pb2, screening_pb2, violations_pb2
from risk.domain.decision import Decision
from risk.domain.errors import InvalidPolicy
from risk.domain.ladder import LadderAction
from risk.domain.lexicon import Word
from risk.domain.moderator_task import ModeratorTask
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screening
from risk.domain.verdict import Finding, RiskCategory, Verdict
from risk.domain.violation import Violation
from risk.enums import number, optional

_AS_BEFORE_IF_ABSENT: Final = (
    "act_on_messages_within_hours",
    "keep_texts_days",
    "copy_groups",
    "copy_members",
    "copy_window_minutes",
    "classifier_innocent_per_mille",
    "classifier_review_per_mille",
    "classifier_block_per_mille",
    "classifier_least_accuracy_per_mille",
)


def screening_to_wire(
    screening: Screening, lexicon_version: int, policy_version: int, model_version: str, text: str = ""
) -> screening_pb2.ScreeningDecision:
    """`text` stands in for the masked one when nothing was found in it."""
    return screening_pb2.ScreeningDecision(
        verdict=number(screening.verdict),
        findings=[finding_to_wire(finding) for finding in screening.findings],
        normal_form=screening.normal_form,
        masked_text=screening.masked_text or text,
        lexicon_version=lexicon_version,
        policy_version=policy_version,
        model_version=model_version,
        probability=screening.probability,
    )


def decision_to_wire(decision: Decision) -> screening_pb2.ScreeningDecision:
    message = screening_to_wire(
        decision.screening, decision.lexicon_version, decision.policy_version, decision.model_version
    )
    message.id = str(decision.activity_id)
    message.member_id = str(decision.member_id)
    message.group_id = str(decision.group_id or "")
    message.decided_at.FromDatetime(decision.decided_at)
    return message


def finding_to_wire(finding: Finding) -> screening_pb2.Finding:
    return screening_pb2.Finding(
        category=number(finding.category),
        verdict=number(finding.verdict),
        detector=finding.detector.value,
        rule=finding.rule,
        start=finding.start,
        end=finding.end,
        overruled=finding.overruled,
    )


def violation_to_wire(violation: Violation) -> violations_pb2.Violation:
    return violations_pb2.Violation(
        id=str(violation.id),
        group_id=str(violation.group_id),
        member_id=str(violation.member_id),
        activity_id=str(violation.activity_id),
        category=number(violation.category),
        verdict=number(violation.verdict),
        status=number(violation.status),
        strike=violation.strike,
        action=number(violation.action),
        opened_at=timestamp(violation.opened_at),
        handled_at=optional_timestamp(violation.handled_at),
        masked_text=violation.masked_text,
        appeal_reason=violation.appeal_reason,
        rule=violation.rule,
    )


def task_to_wire(task: ModeratorTask) -> violations_pb2.ModeratorTask:
    return violations_pb2.ModeratorTask(
        id=str(task.id),
        violation_id=str(task.violation_id),
        group_id=str(task.group_id),
        member_id=str(task.member_id),
        action=number(task.action),
        status=number(task.status),
        instruction=task.instruction,
        due_at=timestamp(task.due_at),
        confirmed_at=optional_timestamp(task.confirmed_at),
        confirmed_by=task.confirmed_by,
        mute_hours=task.mute_hours,
        muted_until=optional_timestamp(task.muted_until),
        assignee=task.assignee,
        reminded_at=optional_timestamp(task.reminded_at),
    )


def policy_to_wire(policy: RiskPolicy) -> violations_pb2.RiskPolicy:
    return violations_pb2.RiskPolicy(
        version=policy.version,
        strike_window_days=policy.strike_window_days,
        ladder=[number(step) for step in policy.ladder],
        mute_hours=policy.mute_hours,
        task_deadline_minutes=policy.task_deadline_minutes,
        flood_messages=policy.flood_messages,
        flood_window_seconds=policy.flood_window_seconds,
        **{name: getattr(policy, name) for name in _AS_BEFORE_IF_ABSENT},
    )


def policy_of(message: violations_pb2.RiskPolicy, current: RiskPolicy) -> RiskPolicy:
    """Raises InvalidPolicy if the ladder has a step nobody knows."""
    given = {
        name: getattr(message if message.HasField(name) else current, name) for name in _AS_BEFORE_IF_ABSENT
    }
    return RiskPolicy(
        version=current.version,
        strike_window_days=message.strike_window_days,
        ladder=_ladder(message.ladder),
        mute_hours=message.mute_hours,
        task_deadline_minutes=message.task_deadline_minutes,
        flood_messages=message.flood_messages,
        flood_window_seconds=message.flood_window_seconds,
        **given,
    )


def _ladder(steps: Sequence[int]) -> tuple[LadderAction, ...]:
    try:
        return tuple(LadderAction(step) for step in steps)
    except ValueError as error:
        raise InvalidPolicy("A step of the ladder is warn, mute or remove", "policy.ladder") from error


def word_to_wire(word: Word) -> lexicon_pb2.LexiconWord:
    return lexicon_pb2.LexiconWord(
        word=word.text,
        category=number(word.category),
        verdict=number(word.verdict),
        match_homophones=word.match_homophones,
        match_splits=word.match_splits,
        note=word.note,
    )


def word_of(message: lexicon_pb2.LexiconWord) -> Word:
    return Word(
        message.word,
        Verdict(message.verdict),
        optional(RiskCategory, message.category),
        message.match_homophones,
        message.match_splits,
        message.note,
    )
