"""Versions of rules in PostgreSQL; the product's are not stored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.default_rules import default_rule_set
from risk.adapters.rule_codec import rule_of, rule_to_data
from risk.adapters.rule_tables import group_rules, rule_sets
from risk.domain.errors import StaleVersion
from risk.domain.rule_set import GroupRules, RuleSet
from risk.domain.rules import Rule


class SqlRuleSets:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> RuleSet:
        newest = select(rule_sets).order_by(rule_sets.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return default_rule_set() if row is None else _to_rule_set(row)

    async def add(self, rule_set: RuleSet) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "version": rule_set.version,
            "rules": _to_data(rule_set.rules),
            "strikes_per_rule": rule_set.strikes_per_rule,
            "reminder_minutes": rule_set.reminder_minutes,
            "changed_at": rule_set.changed_at,
            "changed_by": rule_set.changed_by,
        }
        adding = insert(rule_sets).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the rules just now: read them again")

    async def page(self, request: PageRequest) -> Page[RuleSet]:
        order = (rule_sets.c.version,)
        return await fetch_page(
            self._connection, select(rule_sets), order, request, _to_rule_set, descending=True
        )

    async def of_groups(self, group_ids: Collection[UUID]) -> Mapping[UUID, GroupRules]:
        newest = (
            select(group_rules)
            .where(group_rules.c.tenant_id == self._tenant_id, group_rules.c.group_id.in_(group_ids))
            .order_by(group_rules.c.group_id, group_rules.c.version.desc())
            .ext(distinct_on(group_rules.c.group_id))
        )
        return {row.group_id: _to_group_rules(row) for row in await self._connection.execute(newest)}

    async def add_of_group(self, rules: GroupRules) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "group_id": rules.group_id,
            "version": rules.version,
            "rules": _to_data(rules.rules),
            "changed_at": rules.changed_at,
            "changed_by": rules.changed_by,
        }
        adding = insert(group_rules).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the rules of the group just now: read them again")


def _to_data(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    return [rule_to_data(rule) for rule in rules]


def _to_rules(data: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(rule_of(rule) for rule in data)


def _to_rule_set(row: Row[Any]) -> RuleSet:
    return RuleSet(
        version=row.version,
        rules=_to_rules(row.rules),
        strikes_per_rule=row.strikes_per_rule,
        reminder_minutes=row.reminder_minutes,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _to_group_rules(row: Row[Any]) -> GroupRules:
    return GroupRules(row.group_id, row.version, _to_rules(row.rules), row.changed_at, row.changed_by)
