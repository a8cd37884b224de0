"""Every five minutes: learn what is usual, judge what was said, follow what is unusual."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.ids import new_id
from risk.application.count_opinion import schedule_tick
from risk.application.follow_incidents import Desk, close_calm, follow_open, open_new
from risk.application.learn_opinion import learn_opinion
from risk.application.ports import UnitOfWork
from risk.domain.opinion_counts import EVERYWHERE, bucket_of
from risk.domain.opinion_detection import Deviation
from risk.domain.opinion_incident import open_incident
from risk.domain.opinion_plan import Severity
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.opinion_watch import NOTHING, Usual, Watch, by_scope, hours_of, unusual


async def watch_opinion(uow: UnitOfWork, desk: Desk, now: datetime) -> None:
    """Judges each bucket once, however many ask; asks to be called again while there is something to see."""
    policy = await uow.opinion_policies.current()
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    watch = await uow.opinions.hold_watch(now)
    until = bucket_of(now)
    if watch.judged_until >= until:
        return
    since, learnt_until = watch.to_learn(now)
    if since < learnt_until:
        await learn_opinion(uow, since, learnt_until, zone)
        await uow.opinions.forget(now - policy.keeping_of_counts)
    watch = Watch(watch.since, learnt_until, until)
    await uow.opinions.save_watch(watch)

    unusual_now = await _unusual(uow, policy, zone, until) if watch.knows_enough(policy) else {}
    open_ones = await uow.opinion_incidents.hold_open()
    template = policy.plan or desk.words.plan
    followed = [
        (it, it.seen(*unusual_now[it.scope_id], template, policy, now))
        for it in open_ones
        if it.scope_id in unusual_now
    ]
    new = [
        open_incident(new_id(), scope_id, *unusual_now[scope_id], template, policy, now)
        for scope_id in unusual_now.keys() - {it.scope_id for it in open_ones}
    ]
    await follow_open(uow, desk, followed, policy, now)
    await open_new(uow, desk, new, policy, now)
    await close_calm(uow, [it for it in open_ones if it.scope_id not in unusual_now], policy, now)
    if open_ones or new or learnt_until < watch.to_learn(now)[1]:
        await schedule_tick(uow, now)


async def _unusual(
    uow: UnitOfWork, policy: OpinionPolicy, zone: ZoneInfo, until: datetime
) -> Mapping[UUID, tuple[Deviation, Severity]]:
    """Scopes where enough is said, and it is not as usual. What was said before a closing is over."""
    since = until - max(policy.windows)
    busy = await uow.opinions.busy(since, until, policy.minimum_messages, policy.minimum_complaints)
    lasting = await uow.opinion_incidents.lasting(since, until)
    over = {it.scope_id: it.closed_at for it in lasting if it.closed_at}
    judged = by_scope([it for it in busy if it.at >= over.get(it.scope_id, since)])
    past = await uow.opinions.past({*judged, EVERYWHERE}, hours_of(since, until, zone))
    tenant = past.get(EVERYWHERE, NOTHING).all_hours
    return {
        scope_id: it
        for scope_id, buckets in judged.items()
        if (it := unusual(buckets, Usual(past.get(scope_id, NOTHING), tenant, zone), policy, until))
    }
