"""Who passes for the staff, who speaks of money on the first day, and who is kept out."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.ids import derived_id, new_id
from risk.adapters.fraud_wording import ChineseFraudWording
from risk.adapters.fraud_words import CachedNameBooks, naming, payment_talk
from risk.application.block_members import block_member, unblock_member
from risk.application.end_staff_member import end_staff_member
from risk.application.move_identity_check import move_identity_check
from risk.application.put_staff_member import PutStaffMember, put_staff_member
from risk.application.screen_messages import screen_messages
from risk.application.suspect_members import Sighting, suspect_members
from risk.application.update_fraud_policy import update_fraud_policy
from risk.application.watch_payment_talk import watching_payment_talk
from risk.domain.blocklist import Block
from risk.domain.case import Case, CaseKind
from risk.domain.decision import Message
from risk.domain.errors import BlockIsOver, InvalidStaffName, NotBlocked, StaffNotFound
from risk.domain.fraud_events import (
    ImitationSuspected,
    MemberBlocked,
    MemberUnblocked,
    PaymentReminderDue,
    StaffLeft,
    StaffRegistered,
)
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.identity_check import CheckMove, CheckStatus
from risk.domain.imitation import Likeness
from risk.domain.staff import StaffMember, StaffRole

from ..samples import NORMALISER, NOW, SPELLINGS, message
from .case_fakes import NOTHING_DRAWN
from .fakes import FakeUnitOfWork, Rows
from .test_use_cases import SCREENERS

WORDING = ChineseFraudWording()
BOOKS = CachedNameBooks(naming(NORMALISER, SPELLINGS))
TALK = payment_talk(NORMALISER, SPELLINGS)
WATCH = watching_payment_talk(TALK, WORDING)
HOUR = timedelta(hours=1)
OFFER = "优惠名额，私下转账给我更便宜"


@pytest.fixture
def uow() -> FakeUnitOfWork:
    rows = Rows(new_id())
    rows.of_cases.policies.append(NOTHING_DRAWN)
    return FakeUnitOfWork(rows)


async def registered(uow: FakeUnitOfWork, userid: str = "liming", *names: str) -> StaffMember:
    command = PutStaffMember(userid, names or ("李明",), StaffRole.CUSTOMER_SERVICE, True)
    return await put_staff_member(uow, NORMALISER, command, NOW)


async def seen(uow: FakeUnitOfWork, *sightings: Sighting) -> None:
    await suspect_members(uow, BOOKS, NORMALISER, WORDING, sightings, NOW)


def sighting(name: str, member_id: UUID | None = None, group_id: UUID | None = None) -> Sighting:
    return Sighting(member_id or new_id(), group_id or new_id(), name, NOW)


def cases(uow: FakeUnitOfWork, kind: CaseKind) -> Sequence[Case]:
    return [case for case in uow.rows.of_cases.cases.values() if case.kind is kind]


def suspected(uow: FakeUnitOfWork) -> Sequence[Case]:
    return cases(uow, CaseKind.FRAUD_SUSPICION)


async def said(uow: FakeUnitOfWork, *messages: Message, now_after: timedelta = timedelta()) -> None:
    await screen_messages(uow, SCREENERS, [WATCH], messages, NOW + now_after)


async def test_staff_is_registered_changes_and_leaves(uow: FakeUnitOfWork) -> None:
    member = await registered(uow)
    renamed = await registered(uow, "liming", "李明", "小明客服")
    assert (renamed.id, renamed.names) == (member.id, ("李明", "小明客服"))
    left = await end_staff_member(uow, member.id, NOW + HOUR)
    assert await end_staff_member(uow, member.id, NOW + 2 * HOUR) == left
    back = await registered(uow)
    assert uow.rows.of(StaffRegistered) == [StaffRegistered(member), StaffRegistered(back)]
    assert uow.rows.of(StaffLeft) == [StaffLeft(left)]
    with pytest.raises(StaffNotFound):
        await end_staff_member(uow, new_id(), NOW)
    with pytest.raises(InvalidStaffName):
        await registered(uow, "x", "李")


async def test_an_identity_is_checked_by_somebody_else(uow: FakeUnitOfWork) -> None:
    member = await registered(uow)
    await update_fraud_policy(uow, FraudPolicy(identity_valid_days=30), 0, NOW)
    for step in (CheckMove.REQUEST, CheckMove.SUBMIT, CheckMove.VERIFY):
        member = await move_identity_check(uow, member.id, step, "boss", NOW)
    assert member.check is not None
    assert member.check.expires_at == NOW + timedelta(days=30)
    assert member.check.status_at(NOW) is CheckStatus.VERIFIED


async def test_a_member_and_name_are_suspected_once(uow: FakeUnitOfWork) -> None:
    staff = await registered(uow)
    imposter, group = new_id(), new_id()
    for _ in range(2):
        await seen(
            uow, sighting("李明客服", imposter, group), sighting("爱吃鱼的猫"), sighting("李明客服", imposter)
        )
    [case] = suspected(uow)
    assert (case.member_id, case.group_id, case.evidence.masked_text) == (imposter, group, "李明客服")
    [suspicion] = uow.rows.of(ImitationSuspected)
    assert suspicion == ImitationSuspected(case.id, imposter, group, staff.id, Likeness.DECORATED)
    await seen(uow, sighting("黎明", imposter))
    assert len(suspected(uow)) == 2


async def test_who_is_not_suspected(uow: FakeUnitOfWork) -> None:
    """Before there is staff; the staff member; who has no name; history; whose model has left."""
    await seen(uow, sighting("李明"))
    staff = await registered(uow)
    themselves = derived_id(uow.tenant_id, "member", "liming")
    history = Sighting(new_id(), new_id(), "李明", NOW - timedelta(days=2))
    await seen(uow, sighting("李明", themselves), sighting(""), history)
    await end_staff_member(uow, staff.id, NOW)
    await seen(uow, sighting("李明"))
    assert not suspected(uow)


async def test_a_name_with_a_number_is_kept_masked(uow: FakeUnitOfWork) -> None:
    await registered(uow, "liming", "李明13800138000")
    await seen(uow, sighting("李明13800138000"))
    [case] = suspected(uow)
    assert case.evidence.masked_text == "李明138******00"


@pytest.mark.parametrize(
    "text",
    [
        OFFER,
        "想要的加我付款",
        "微信转我就行",
        "付款找我，不走平台",
        "扫这个码付",
        "私—下—转—账",
        "私下轉賬給我",
        "思下转帐",
        "这是我的银行卡号",
        "付到 6222 0212 3456 7890 128",
    ],
)
async def test_a_newcomer_who_speaks_of_payment(uow: FakeUnitOfWork, text: str) -> None:
    await said(uow, sent := message(text))
    [case] = cases(uow, CaseKind.PAYMENT_TALK)
    assert (case.member_id, case.group_id) == (sent.member_id, sent.group_id)
    assert "12345678" not in case.evidence.masked_text.replace(" ", "")
    [reminder] = uow.rows.of(PaymentReminderDue)
    assert reminder.reminder.group_id == sent.group_id
    assert "官方" in reminder.reminder.text


@pytest.mark.parametrize(
    "text",
    [
        "今天的面膜很好用",
        "可以用支付宝付款吗",
        "小程序扫码付款成功了",
        "大家谨防私下转账",
        "请勿私下付款哦",
        "我在商城下单了，什么时候发货",
        "退款到账了吗",
        "收到红包啦谢谢",
    ],
)
async def test_what_is_no_talk_of_payment_elsewhere(uow: FakeUnitOfWork, text: str) -> None:
    await said(uow, message(text))
    assert not cases(uow, CaseKind.PAYMENT_TALK)
    assert not uow.rows.of(PaymentReminderDue)


async def test_who_has_been_there_for_a_day_is_no_newcomer(uow: FakeUnitOfWork) -> None:
    old, group = new_id(), new_id()
    await said(uow, message("大家好", old, group, NOW - 24 * HOUR))
    await said(uow, message(OFFER, old, group))
    assert not cases(uow, CaseKind.PAYMENT_TALK)
    await said(uow, message(OFFER, old))
    assert len(cases(uow, CaseKind.PAYMENT_TALK)) == 1, "in another group, the same member is new"
    await update_fraud_policy(uow, FraudPolicy(newcomer_hours=48), 0, NOW)
    await said(uow, message(OFFER, old, group))
    assert len(cases(uow, CaseKind.PAYMENT_TALK)) == 2


async def test_one_case_of_a_member_and_group_and_one_reminder_in_a_cooldown(uow: FakeUnitOfWork) -> None:
    group, member = new_id(), new_id()
    await said(
        uow, message(OFFER, member, group), message(OFFER + "！", member, group), message(OFFER, None, group)
    )
    assert len(cases(uow, CaseKind.PAYMENT_TALK)) == 2
    assert len(uow.rows.of(PaymentReminderDue)) == 1
    later = 6 * HOUR
    await said(uow, message(OFFER, member, group, NOW + later), now_after=later - timedelta(seconds=1))
    assert len(uow.rows.of(PaymentReminderDue)) == 1
    await said(uow, message(OFFER, member, group, NOW + later), now_after=later)
    assert len(uow.rows.of(PaymentReminderDue)) == 2


async def test_a_blocked_member_who_is_seen_is_a_case_in_each_group(uow: FakeUnitOfWork) -> None:
    member, group, other = new_id(), new_id(), new_id()
    block = Block(member, "骗子", NOW, "boss", NOW + HOUR)
    await block_member(uow, block, NOW)
    for _ in range(2):
        await seen(uow, sighting("", member, group), sighting("", member, other), sighting(""))
    assert {case.group_id for case in suspected(uow)} == {group, other}
    assert len(suspected(uow)) == 2
    assert await unblock_member(uow, member, NOW) == block
    with pytest.raises(NotBlocked):
        await unblock_member(uow, member, NOW)
    assert uow.rows.of(MemberBlocked) == [MemberBlocked(block)]
    assert uow.rows.of(MemberUnblocked) == [MemberUnblocked(member)]
    with pytest.raises(BlockIsOver):
        Block(member, "骗子", NOW, "boss", NOW)


async def test_a_block_ends_with_its_time(uow: FakeUnitOfWork) -> None:
    member = new_id()
    await block_member(uow, Block(member, "骗子", NOW - 2 * HOUR, "boss", NOW), NOW - 2 * HOUR)
    await seen(uow, sighting("", member))
    assert not suspected(uow)
