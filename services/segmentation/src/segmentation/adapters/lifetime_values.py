"""Lifetime values in PostgreSQL, kept by local date."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.adapters.predictions import IN_FORCE
from segmentation.adapters.tiers import PAID
from segmentation.domain.policy import Tier
from segmentation.domain.predictions import AsOf, FitStatus, LifetimeScope, LifetimeValue

_CLEAR = text("delete from lifetime_values where local_date = :today")
# Members who never bought are worth nothing yet, nor is anything expected of them: the model knows buyers.
# Added up, not joined: of tables nobody has analysed yet, the planner would compare everybody with everybody.
_WORK_OUT = text(f"""
    with in_force as (
        select fit_id from prediction_models
        where fit_id = (select fit_id from ({IN_FORCE}) as latest) and status = {FitStatus.FITTED:d}
    ), parts (member_id, is_member, net_minor, expected, tier, group_id) as (
        select member_id, true, 0, 0, cast(null as smallint), cast(null as uuid) from members
        union all
        select member_id, false, paid_minor - refunded_minor, 0, null, null from orders
        where {PAID} and paid_at <= :at
        union all
        select member_id, false, 0, coalesce(expected_value_minor, 0), null, null from predictions
        where fit_id = (select fit_id from in_force)
        union all
        select member_id, false, 0, 0, tier, null from member_tiers
        union all
        select member_id, false, 0, 0, null, group_id from memberships where left_at is null
    ), worth as (
        select sum(net_minor) as net_minor, max(tier) as tier,
            case when exists (select from in_force) then sum(expected) end as expected,
            array_agg(group_id) filter (where group_id is not null) as group_ids
        from parts group by member_id having bool_or(is_member)
    ), shares as (
        select {LifetimeScope.TENANT:d} as scope, '' as subject, net_minor, expected from worth
        union all
        select {LifetimeScope.TIER:d}, cast(tier as text), net_minor, expected from worth
        where tier is not null
        union all
        select {LifetimeScope.GROUP:d}, cast(group_id as text), net_minor, expected
        from worth cross join lateral (select distinct unnest(group_ids) as group_id) as present
    )
    insert into lifetime_values
        (tenant_id, scope, subject, local_date, members, historic_minor, expected_minor)
    select :tenant_id, scope, subject, :today, count(*), sum(net_minor), sum(expected)
    from shares group by scope, subject
""")  # noqa: S608 constants only
_BETWEEN = text("""
    select scope, subject, local_date, members, historic_minor, expected_minor from lifetime_values
    where scope = :scope and local_date between :first and :last
      and (scope <> :group_scope or subject = any(cast(:subjects as text[])))
    order by subject, local_date
""")


class SqlLifetimeValues:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def work_out(self, as_of: AsOf) -> None:
        await self._connection.execute(_CLEAR, {"today": as_of.today})
        parameters = {"tenant_id": self._tenant_id, "at": as_of.at, "today": as_of.today}
        await self._connection.execute(_WORK_OUT, parameters)

    async def between(
        self, scope: LifetimeScope, group_ids: Sequence[UUID], first: date, last: date
    ) -> Sequence[LifetimeValue]:
        parameters = {
            "scope": scope,
            "group_scope": LifetimeScope.GROUP,
            "subjects": [str(group_id) for group_id in group_ids],
            "first": first,
            "last": last,
        }
        return [
            LifetimeValue(
                row.local_date,
                Tier(int(row.subject)) if scope is LifetimeScope.TIER else None,
                UUID(row.subject) if scope is LifetimeScope.GROUP else None,
                row.members,
                row.historic_minor,
                row.expected_minor,
            )
            for row in await self._connection.execute(_BETWEEN, parameters)
        ]
