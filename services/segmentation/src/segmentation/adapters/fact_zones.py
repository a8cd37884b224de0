"""The zone that the daily facts of a tenant are counted in, and the counting anew in another."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from chassis.database import Session
from segmentation.adapters.effects import FACTS

# Whoever adds to the facts shares this lock with the others; whoever counts them anew wants it alone.
_KEY = "hashtextextended('fact-zone/' || :tenant_id, 0)"
_SHARE = text(f"select pg_advisory_xact_lock_shared({_KEY})")
_CLAIM = text(f"select pg_advisory_xact_lock({_KEY})")
_ZONE = text("select time_zone from fact_zones")
_FIRST = text("""
    insert into fact_zones (tenant_id, time_zone) values (:tenant_id, :zone)
    on conflict (tenant_id) do nothing
""")
_SAVE = text("""
    insert into fact_zones (tenant_id, time_zone) values (:tenant_id, :zone)
    on conflict (tenant_id) do update set time_zone = excluded.time_zone
""")
_EXTENT = text("select min(local_date) as first, max(local_date) as last from daily_facts")
# Days of which no activity is kept any more stay as they were counted.
_FORGET = text("""
    delete from daily_facts where local_date >= :first and local_date < :next and exists (
        select from activities
        where activities.group_id = daily_facts.group_id
          and occurred_at >= cast(local_date as timestamp) at time zone cast(:zone as text)
          and occurred_at < cast(local_date + 1 as timestamp) at time zone cast(:zone as text))
""")
_COUNT = text(f"""
    with fresh as (
        select * from activities where occurred_at >= :starts_at and occurred_at < :ends_at
    ) {FACTS}
""")  # noqa: S608 constants only


class SqlFactZones:
    def __init__(self, session: Session) -> None:
        self._session, self._connection = session, session.connection
        self._tenant_id = str(session.tenant_id)

    async def current(self) -> ZoneInfo:
        name = (await self._connection.execute(_ZONE)).scalar_one_or_none()
        return ZoneInfo(name or (await self._session.tenants.profile()).time_zone)

    async def hold(self) -> ZoneInfo:
        await self._connection.execute(_SHARE, {"tenant_id": self._tenant_id})
        name = (await self._connection.execute(_ZONE)).scalar_one_or_none()
        if name:
            return ZoneInfo(name)
        profile = await self._session.tenants.profile()
        await self._connection.execute(_FIRST, {"tenant_id": self._tenant_id, "zone": profile.time_zone})
        return await self.current()

    async def follow(self, zone: ZoneInfo) -> bool:
        """Month by month, so that no statement takes long."""
        await self._connection.execute(_CLAIM, {"tenant_id": self._tenant_id})
        counted_in = (await self._connection.execute(_ZONE)).scalar_one_or_none()
        await self._connection.execute(_SAVE, {"tenant_id": self._tenant_id, "zone": zone.key})
        if counted_in in (None, zone.key):
            return False
        months = await self._months()
        for first, following in months:
            parameters = {"first": first, "next": following, "zone": counted_in}
            await self._connection.execute(_FORGET, parameters)
        for first, following in months:
            parameters = {
                "tenant_id": self._tenant_id,
                "zone": zone.key,
                "starts_at": datetime.combine(first, time(), zone),
                "ends_at": datetime.combine(following, time(), zone),
            }
            await self._connection.execute(_COUNT, parameters)
        return True

    async def _months(self) -> list[tuple[date, date]]:
        """That have facts, in any zone: first day, and first day of the next."""
        extent = (await self._connection.execute(_EXTENT)).one()
        months: list[tuple[date, date]] = []
        if extent.first:
            first, last = extent.first - timedelta(days=1), extent.last + timedelta(days=1)
            while first <= last:
                following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
                months.append((first, following))
                first = following
        return months
