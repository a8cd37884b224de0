"""What was decided before that floods, copies and quotas are judged by: no more than decides, by an index."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from chassis.database import Session
from risk.application.ports import Place
from risk.domain.copies import CopyLimits, Posting
from risk.domain.flooding import Occurrence
from risk.domain.quota import QuotaDay, Used

# From each message to the next in its place: the newest ones before it, and the next that flood.
_AROUND = text("""
    select message.member_id, message.group_id, seen.activity_id, seen.occurred_at, seen.flooding
    from (
        select member_id, group_id, at,
               greatest(at - cast(:window as interval), lag(at) over place) as since,
               least(at + cast(:window as interval), lead(at) over place) as until
        from (
            select distinct *
            from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[]),
                        cast(:times as timestamptz[])) as message (member_id, group_id, at)
        ) message
        window place as (partition by member_id, group_id order by at)
    ) message
    cross join lateral (
        (
            select activity_id, occurred_at, flooding from decisions
            where tenant_id = :tenant_id and member_id = message.member_id and group_id = message.group_id
              and occurred_at > message.since and occurred_at <= message.at
            order by occurred_at desc limit :most
        )
        union all
        (
            select activity_id, occurred_at, flooding from decisions
            where tenant_id = :tenant_id and member_id = message.member_id and group_id = message.group_id
              and occurred_at > message.since and occurred_at <= message.at and flooding
            order by occurred_at desc limit 1
        )
        union all
        (
            select activity_id, occurred_at, flooding from decisions
            where tenant_id = :tenant_id and member_id = message.member_id and group_id = message.group_id
              and occurred_at >= message.at and occurred_at < message.until and flooding
            order by occurred_at limit 1
        )
    ) seen
""")


# In the window before each posting: from group to group, the newest posting in each.
_GROUPS_OF_MEMBERS = text("""
    select distinct posting.fingerprint, posting.member_id, found.activity_id, found.group_id,
           found.occurred_at
    from unnest(cast(:fingerprints as bigint[]), cast(:member_ids as uuid[]), cast(:times as timestamptz[]))
         as posting (fingerprint, member_id, at)
    cross join lateral (
        select from decisions
        where tenant_id = :tenant_id and fingerprint = posting.fingerprint
          and member_id = posting.member_id and slot is not null
        limit 1
    ) known
    cross join lateral (
        with recursive found as (
            select cast(null as uuid) as activity_id, cast(null as timestamptz) as occurred_at,
                   cast('00000000-0000-0000-0000-000000000000' as uuid) as group_id, 0 as groups
            union all
            select said.activity_id, said.occurred_at, next.group_id,
                   found.groups + cast(said.activity_id is not null as integer)
            from found
            cross join lateral (
                select group_id from decisions
                where tenant_id = :tenant_id and fingerprint = posting.fingerprint
                  and member_id = posting.member_id and slot is not null and group_id > found.group_id
                order by group_id limit 1
            ) next
            left join lateral (
                select activity_id, occurred_at from decisions
                where tenant_id = :tenant_id and fingerprint = posting.fingerprint
                  and member_id = posting.member_id and slot is not null and group_id = next.group_id
                  and occurred_at > posting.at - cast(:window as interval) and occurred_at <= posting.at
                order by occurred_at desc limit 1
            ) said on true
            where found.groups < :enough
        )
        select * from found where activity_id is not null
    ) found
""")
# From each beginning or end of a window to the next: the newest postings. If they are of too few members, who
# repeat themselves: slot by slot, and in a slot from member to member, passing over what one says in it.
_MEMBERS = text("""
    select asked.fingerprint, found.member_id, found.activity_id, found.group_id, found.occurred_at
    from (
        select fingerprint, at, greatest(lag(at) over text, at - cast(:window as interval)) as since,
               row_number() over text as number
        from (
            select fingerprint, unnest(array[at, at - cast(:window as interval)]) as at
            from unnest(cast(:fingerprints as bigint[]), cast(:times as timestamptz[]))
                 as posting (fingerprint, at)
            group by 1, 2
        ) edge
        window text as (partition by fingerprint order by at)
    ) asked
    cross join lateral (
        with recursive newest as materialized (
            select activity_id, member_id, group_id, occurred_at from decisions
            where tenant_id = :tenant_id and fingerprint = asked.fingerprint and slot is not null
              and occurred_at > asked.since and occurred_at <= asked.at
            order by occurred_at desc limit 2 * cast(:enough as integer)
        ),
        found as (
            select cast(null as uuid) as activity_id, cast(null as uuid) as member_id,
                   cast(null as uuid) as group_id, cast(null as timestamptz) as occurred_at,
                   asked.at + interval '1 microsecond' as slot, cast('{}' as uuid[]) as members
            from newest
            having count(*) = 2 * cast(:enough as integer) and count(distinct member_id) < :enough
            union all
            select next.*,
                   case when next.member_id = any(found.members) then found.members
                        else found.members || next.member_id end
            from found
            cross join lateral (
                select activity_id, member_id, group_id, occurred_at, slot from decisions
                where tenant_id = :tenant_id and fingerprint = asked.fingerprint
                  and slot > asked.since - interval '10 seconds'
                  and (slot, member_id) < (found.slot, found.member_id)
                  and occurred_at > asked.since and occurred_at <= asked.at
                order by slot desc, member_id desc, occurred_at desc limit 1
            ) next
            where cardinality(found.members) < :enough
        )
        select * from newest
        union all
        select activity_id, member_id, group_id, occurred_at from found where activity_id is not null
    ) found
    where asked.number > 1
""")
_USED_QUOTAS = text("""
    select asked.member_id, asked.group_id, asked.rule, asked.day,
           (
               select count(*) from (
                   select from decisions
                   where tenant_id = :tenant_id and member_id = asked.member_id
                     and group_id = asked.group_id and flexible_rule = asked.rule
                     and occurred_at >= asked.since and occurred_at < asked.until
                   limit asked.quota
               ) counted
           ) as messages,
           exists (
               select from decisions
               where tenant_id = :tenant_id and member_id = asked.member_id
                 and group_id = asked.group_id and flexible_rule = asked.rule
                 and occurred_at >= asked.since and occurred_at < asked.until and flooding
           ) as flooded
    from (
        select *, cast(day as timestamp) at time zone :zone as since,
               cast(day + 1 as timestamp) at time zone :zone as until
        from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[]), cast(:rules as text[]),
                    cast(:days as date[]), cast(:quotas as integer[]))
             as quota (member_id, group_id, rule, day, quota)
    ) asked
""")


class SqlEarlierDecisions:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def around(
        self, times: Mapping[Place, Collection[datetime]], most: int, window: timedelta
    ) -> Mapping[Place, Collection[Occurrence]]:
        asked = [(*place, at) for place, of_place in times.items() for at in of_place]
        if not asked:
            return {}
        members, groups, ats = zip(*asked, strict=True)
        parameters = {
            "tenant_id": self._tenant_id,
            "window": window,
            "most": most,
            "member_ids": list(members),
            "group_ids": list(groups),
            "times": list(ats),
        }
        by_place: defaultdict[Place, set[Occurrence]] = defaultdict(set)
        for row in await self._connection.execute(_AROUND, parameters):
            occurrence = Occurrence(row.activity_id, row.occurred_at, row.flooding)
            by_place[row.member_id, row.group_id].add(occurrence)
        return by_place

    async def same_texts(
        self, postings: Mapping[int, Sequence[Posting]], doubtful: Collection[int], limits: CopyLimits
    ) -> Mapping[int, Collection[Posting]]:
        of_doubtful = {text: said for text, said in postings.items() if text in doubtful}
        found: defaultdict[int, set[Posting]] = defaultdict(set)
        for query, asked, enough in (
            (_GROUPS_OF_MEMBERS, postings, limits.groups),
            (_MEMBERS, of_doubtful, limits.members),
        ):
            if not asked:
                continue
            each = [(fingerprint, it) for fingerprint, said in asked.items() for it in said]
            parameters = {
                "tenant_id": self._tenant_id,
                "window": limits.window,
                "enough": enough,
                "fingerprints": [fingerprint for fingerprint, _ in each],
                "member_ids": [it.member_id for _, it in each],
                "times": [it.occurred_at for _, it in each],
            }
            for row in await self._connection.execute(query, parameters):
                posting = Posting(row.activity_id, row.member_id, row.group_id, row.occurred_at)
                found[row.fingerprint].add(posting)
        return found

    async def used_quotas(self, quotas: Mapping[QuotaDay, int], zone: ZoneInfo) -> Mapping[QuotaDay, Used]:
        parameters = {
            "tenant_id": self._tenant_id,
            "zone": zone.key,
            "member_ids": [it.member_id for it in quotas],
            "group_ids": [it.group_id for it in quotas],
            "rules": [it.rule for it in quotas],
            "days": [it.day for it in quotas],
            "quotas": list(quotas.values()),
        }
        return {
            QuotaDay(row.member_id, row.group_id, row.rule, row.day): Used(row.messages, row.flooded)
            for row in await self._connection.execute(_USED_QUOTAS, parameters)
        }
