"""Row-level security: what the role of the service sees and may write without, and as, a tenant."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.adapters.instructions import ChineseInstructions
from risk.adapters.tables import metadata
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.evaluate_set import evaluate_set
from risk.application.freeze_labels import freeze_labels
from risk.application.ports import Listing, Transactions
from risk.application.put_words import put_words
from risk.domain.case import CaseKind, CaseOutcome
from risk.domain.case_policy import CasePolicy
from risk.domain.lexicon import Word
from risk.domain.policy import RiskPolicy
from risk.domain.rule_set import GroupRules, RuleSet
from risk.domain.verdict import RiskCategory, Verdict

from ..samples import ADVERT, EDITOR, NORMALISER, NOW, earned, message
from .conftest import SCREENERS, screen

WRITTEN = (
    *("decisions", "violations", "moderator_tasks", "lexicon_words", "lexicon_versions", "risk_policies"),
    *("lexicon_edits", "lexicon_word_versions", "message_texts", "outbox", "timers"),
    *("rule_sets", "group_rules", "point_entries"),
)


@pytest.fixture
async def _something(sql_transactions: Transactions, tenant_id: UUID) -> None:
    await screen(sql_transactions, tenant_id, [message(ADVERT)])
    async with sql_transactions(tenant_id) as uow:
        await put_words(uow, NORMALISER, [Word("竞品", Verdict.BLOCK, RiskCategory.ADVERT)], EDITOR)
        await uow.policies.add(RiskPolicy(version=2), NOW)
        await uow.case_policies.add(CasePolicy(version=1), NOW)
        await uow.rule_sets.add(RuleSet(1, (), changed_at=NOW))
        await uow.rule_sets.add_of_group(GroupRules(new_id(), 1, changed_at=NOW))
        await uow.points.book([earned(new_id())])
    await screen(sql_transactions, tenant_id, [message("做兼职的来")])
    async with sql_transactions(tenant_id) as uow:
        [case] = await uow.cases.hold_next(1, CaseKind.MESSAGE_REVIEW, "ann")
        decision = CaseDecision(case.id, CaseOutcome.FALSE_POSITIVE)
        await decide_cases(uow, ChineseInstructions(), "ann", [decision], NOW)
        frozen = await freeze_labels(uow, "全部", NOW, NOW + timedelta(hours=1), "ann", NOW)
        await evaluate_set(uow, SCREENERS, frozen.id, NOW)


@pytest.mark.usefixtures("_something")
async def test_rows_are_seen_by_their_tenant_only(database: Database, tenant_id: UUID) -> None:
    async def count(table: str, as_tenant: UUID) -> int:
        async with database.session(as_tenant) as session:
            return (await session.connection.execute(text(f"select count(*) from {table}"))).scalar_one()  # noqa: S608

    assert all([await count(table, tenant_id) for table in WRITTEN])
    assert not any([await count(table, new_id()) for table in metadata.tables])


async def test_rows_of_another_tenant_cannot_be_written(database: Database, tenant_id: UUID) -> None:
    statement = text("insert into lexicon_versions values (:tenant_id, 2)")
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.session(new_id()) as session:
            await session.connection.execute(statement, {"tenant_id": tenant_id})


async def test_words_of_one_tenant_are_not_those_of_another(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    async with sql_transactions(tenant_id) as uow:
        await put_words(uow, NORMALISER, [Word("面膜", Verdict.BLOCK, RiskCategory.ADVERT)], EDITOR)
    verdicts = []
    for tenant in (tenant_id, new_id()):
        await screen(sql_transactions, tenant, [message("面膜")])
        async with sql_transactions(tenant) as uow:
            page = await uow.decisions.page(PageRequest(1), Listing(), Verdict.ALLOW)
        verdicts += [decision.screening.verdict for decision in page.items]
    assert verdicts == [Verdict.BLOCK, Verdict.ALLOW]


async def test_every_table_is_isolated(database: Database) -> None:
    query = text("""
        select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = 'risk' and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)
          and relname <> 'alembic_version'
    """)
    async with database.session(new_id()) as session:
        assert (await session.connection.execute(query)).scalars().all() == []


async def test_what_is_frozen_cannot_be_changed(database: Database) -> None:
    for table in ("evaluation_sets", "evaluation_items"):
        for change in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):  # noqa: S608
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with database.session(new_id()) as session:
                    await session.connection.execute(text(change))
