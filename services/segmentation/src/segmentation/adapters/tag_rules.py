"""Tag rules in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.condition_json import read_condition, write_condition
from segmentation.adapters.totals import total_of
from segmentation.domain.tags import Keywords, TagRule

_COLUMNS = "rule_id, name, keywords, cast(condition as text) as condition, enabled, version, updated_at"
_VERSION = text("select coalesce((select version from tag_rule_sets), 0)")
_KEYWORDS = text(
    "select rule_id, keywords from tag_rules where enabled and keywords is not null order by rule_id"
)
_RULES = f"select {_COLUMNS} from tag_rules"  # noqa: S608 constants only
_BY_ID = text(f"{_RULES} where rule_id = :id for update")
_BY_IDS = text(f"{_RULES} where rule_id = any(cast(:ids as uuid[]))")
_COUNT = text("select count(*) from tag_rules")
_SAVE = text("""
    with renewed as (
        insert into tag_rule_sets (tenant_id, version) values (:tenant_id, 1)
        on conflict (tenant_id) do update set version = tag_rule_sets.version + 1
    )
    insert into tag_rules (tenant_id, rule_id, name, keywords, condition, enabled, version, updated_at)
    values (:tenant_id, :id, :name, :keywords, cast(:condition as jsonb), :enabled, :version, :updated_at)
    on conflict (tenant_id, rule_id) do update
    set name = excluded.name, keywords = excluded.keywords, condition = excluded.condition,
        enabled = excluded.enabled, version = excluded.version, updated_at = excluded.updated_at
""")
_DELETE = text("""
    with gone as (
        delete from tag_rules where rule_id = :id returning 1
    ), renewed as (
        update tag_rule_sets set version = version + 1 where exists (select from gone)
    )
    select exists (select from gone)
""")
_PAGE = f"{_RULES} {{after}} order by name, rule_id limit :limit"
_FIRST = text(_PAGE.format(after=""))
_NEXT = text(_PAGE.format(after="where (name, rule_id) > (:name, :id)"))


class SqlTagRules:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def version(self) -> int:
        return int((await self._connection.execute(_VERSION)).scalar_one())

    async def keywords(self) -> Sequence[tuple[UUID, Keywords]]:
        rows = await self._connection.execute(_KEYWORDS)
        return [(row.rule_id, Keywords(tuple(row.keywords))) for row in rows]

    async def by_id(self, rule_id: UUID) -> TagRule | None:
        row = (await self._connection.execute(_BY_ID, {"id": rule_id})).one_or_none()
        return _rule(row) if row else None

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[TagRule]:
        return [_rule(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def count(self) -> int:
        return int((await self._connection.execute(_COUNT)).scalar_one())

    async def save(self, rule: TagRule) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": rule.id,
            "name": rule.name,
            "keywords": list(rule.when.words) if isinstance(rule.when, Keywords) else None,
            "condition": None if isinstance(rule.when, Keywords) else write_condition(rule.when),
            "enabled": rule.enabled,
            "version": rule.version,
            "updated_at": rule.updated_at,
        }
        await self._connection.execute(_SAVE, parameters)

    async def delete(self, rule_id: UUID) -> bool:
        return bool((await self._connection.execute(_DELETE, {"id": rule_id})).scalar_one())

    async def page(self, request: PageRequest) -> Page[TagRule]:
        total = await total_of(self._connection, request, "tag_rules", {})
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            parameters["name"], parameters["id"] = request.place(str, UUID)
        rows = await self._connection.execute(_NEXT if request.after else _FIRST, parameters)
        return page_of([_rule(row) for row in rows], request, _key, total)


def _key(rule: TagRule) -> tuple[str, UUID]:
    return rule.name, rule.id


def _rule(row: Row[Any]) -> TagRule:
    when = read_condition(row.condition) if row.condition else Keywords(tuple(row.keywords))
    return TagRule(row.rule_id, row.name, when, row.enabled, row.version, row.updated_at)
