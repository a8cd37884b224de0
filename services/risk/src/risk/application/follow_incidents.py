"""What becomes of incidents when five minutes are judged: opened, graver, calm again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.timers import Timer
from risk.application.classifier_ports import Classifier
from risk.application.open_cases import Opening, open_cases
from risk.application.opinion_ports import OPINION_ACKNOWLEDGEMENT, OpinionWords, Said
from risk.application.ports import UnitOfWork
from risk.domain.case import CaseKind, Evidence
from risk.domain.events import OpinionIncidentClosed, OpinionIncidentEscalated, OpinionIncidentOpened
from risk.domain.opinion_incident import (
    EscalationReason,
    Incident,
    IncidentStepKind,
    Sample,
    incident_step,
)
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.verdict import Verdict

_SAMPLES, _LOOKED_AT = 5, 400


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads what is said, and finds the words to tell of it."""

    sentiment: Classifier
    words: OpinionWords


async def open_new(
    uow: UnitOfWork, desk: Desk, incidents: Sequence[Incident], policy: OpinionPolicy, now: datetime
) -> None:
    """Each with samples and a case; where one is open meanwhile, none is opened."""
    stored = await uow.opinion_incidents.add(incidents)
    opened = [it for it in incidents if it.id in stored]
    summaries = [desk.words.summary(it) for it in opened]
    steps = [
        incident_step(IncidentStepKind.OPENED, it, now, text=summary)
        for it, summary in zip(opened, summaries, strict=True)
    ]
    await uow.opinion_incidents.record(steps)
    await _take_samples(uow, desk, opened, policy, now)
    await await_acknowledgement(uow, opened)
    await uow.publish(*(OpinionIncidentOpened(it) for it in opened), at=now)
    openings = [
        Opening(
            kind=CaseKind.OPINION_INCIDENT,
            subject_id=it.id,
            group_id=it.group_id,
            member_id=None,
            category=None,
            evidence=Evidence(masked_text=summary, verdict=Verdict.REVIEW),
        )
        for it, summary in zip(opened, summaries, strict=True)
    ]
    await open_cases(uow, openings, now)


async def follow_open(
    uow: UnitOfWork,
    desk: Desk,
    changes: Sequence[tuple[Incident, Incident]],
    policy: OpinionPolicy,
    now: datetime,
) -> None:
    """(was, is) of those that are still unusual; graver ones are told."""
    await uow.opinion_incidents.save([it for _, it in changes])
    graver = [it for was, it in changes if it.severity > was.severity]
    steps = [incident_step(IncidentStepKind.ROSE, it, now, text=desk.words.summary(it)) for it in graver]
    await uow.opinion_incidents.record(steps)
    await _take_samples(uow, desk, graver, policy, now)
    await await_acknowledgement(uow, graver)
    await uow.publish(*(OpinionIncidentEscalated(it, EscalationReason.GRAVER) for it in graver), at=now)


async def close_calm(
    uow: UnitOfWork, incidents: Sequence[Incident], policy: OpinionPolicy, now: datetime
) -> None:
    """Those that were calm for long enough."""
    closed = [after for it in incidents if (after := it.calm(policy, now)) is not it]
    await uow.opinion_incidents.save(closed)
    await uow.opinion_incidents.record([incident_step(IncidentStepKind.CLOSED, it, now) for it in closed])
    await uow.publish(*(OpinionIncidentClosed(it) for it in closed), at=now)


async def await_acknowledgement(uow: UnitOfWork, incidents: Sequence[Incident]) -> None:
    """Until the time each has."""
    await uow.timers.schedule_many(
        [
            Timer(OPINION_ACKNOWLEDGEMENT, str(it.id), it.acknowledge_by)
            for it in incidents
            if it.acknowledge_by
        ]
    )


async def _take_samples(
    uow: UnitOfWork, desk: Desk, incidents: Sequence[Incident], policy: OpinionPolicy, now: datetime
) -> None:
    """The most negative of the texts that are kept of late, each text once."""
    if not incidents:
        return
    since: datetime = now - max(policy.windows) - timedelta(minutes=5)
    said = await uow.opinions.newest_texts([it.scope_id for it in incidents], since, _LOOKED_AT)
    texts = list({text.masked_text for kept in said.values() for text in kept})
    scores = await asyncio.to_thread(desk.sentiment.score_all, texts)
    negative = {text: score.probability for text, score in zip(texts, scores, strict=True)}
    samples = [
        Sample(it.id, text.activity_id, text.member_id, text.masked_text, negative[text.masked_text])
        for it in incidents
        for text in _most_negative(said.get(it.scope_id, ()), negative)
    ]
    await uow.opinion_incidents.add_samples(
        [sample for sample in samples if sample.negative >= policy.negative_from]
    )


def _most_negative(said: Sequence[Said], negative: Mapping[str, float]) -> Sequence[Said]:
    each = {text.masked_text: text for text in said}
    return sorted(each.values(), key=lambda text: -negative[text.masked_text])[:_SAMPLES]
