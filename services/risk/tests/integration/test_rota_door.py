"""The rota and training as staff see them: a real process, real gRPC, real events of segmentation."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.risk.v1 import rota_pb2 as pb
from quanzi.risk.v1 import training_pb2
from quanzi.segmentation.v1.events_pb2 import GroupRegistered, MemberJoinedGroup, MemberLeftGroup

from .conftest import StartDoor
from .door import FIRST, Door, as_caller, refusal

HOUR = timedelta(hours=1)


@pytest.fixture
async def door(open_door: StartDoor) -> Door:
    return open_door()


def key() -> str:
    return str(new_id())


async def known_group(door: Door, tenant_id: UUID, size: int) -> str:
    """A group of the tenant in which so many members were seen joining, once the service has heard of all."""
    group_id, last = str(new_id()), str(new_id())
    now = timestamp(datetime.now(UTC))
    for _ in range(size + 1):
        joined = MemberJoinedGroup(member_id=str(new_id()), group_id=group_id, joined_at=now)
        await door.tell(tenant_id, joined)
    left = MemberLeftGroup(member_id=joined.member_id, group_id=group_id, left_at=now)
    await door.tell(tenant_id, left, times=2)
    await door.tell(tenant_id, GroupRegistered(group_id=last, external_reference="wr-1", name="一群"))
    await eventually(lambda: sizes(door, last), {0})
    assert await sizes(door, group_id) == {size}
    return group_id


async def sizes(door: Door, group_id: str) -> set[int]:
    now = datetime.now(UTC)
    request = pb.ListCoverageRequest(
        group_id=group_id, from_at=timestamp(now), until_at=timestamp(now + 24 * HOUR)
    )
    return {span.size for span in (await door.rota.ListCoverage(request)).spans}


async def on_the_rota(door: Door, group_id: str, *staff_ids: str) -> None:
    for staff_id in staff_ids:
        moderator = pb.Moderator(staff_id=staff_id, name=staff_id, group_ids=[group_id])
        await door.rota.PutModerator(pb.PutModeratorRequest(moderator=moderator))


def shift_of(group_id: str, staff_id: str, starts_at: datetime) -> pb.AddShiftRequest:
    ends_at = timestamp(starts_at + 24 * HOUR)
    return pb.AddShiftRequest(
        idempotency_key=key(),
        group_id=group_id,
        staff_id=staff_id,
        starts_at=timestamp(starts_at),
        ends_at=ends_at,
    )


async def test_a_gap_is_told_and_covered(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        group_id = await known_group(door, tenant_id, 3)
        policy = (await door.rota.GetRotaPolicy(pb.GetRotaPolicyRequest())).policy
        policy.cover_from_minute, policy.cover_until_minute, policy.gap_ahead_hours = 0, 1440, 3
        await door.rota.UpdateRotaPolicy(pb.UpdateRotaPolicyRequest(policy=policy, expected_version=0))
        await on_the_rota(door, group_id, "moderator-1", "moderator-2")

        async def gaps() -> int:
            return len((await door.rota.ListRotaGaps(pb.ListRotaGapsRequest(page=FIRST))).gaps)

        await eventually(lambda: happened(door, tenant_id, "rota.gap_foreseen"), True)
        request = shift_of(group_id, "moderator-1", datetime.now(UTC) - HOUR)
        shift = (await door.rota.AddShift(request)).shift
        assert (await door.rota.AddShift(request)).shift == shift
        await eventually(gaps, 0)
        await eventually(lambda: happened(door, tenant_id, "rota.gap_closed"), True)
        on_duty = (await door.rota.ListOnDuty(pb.ListOnDutyRequest(group_id=group_id))).shifts
        assert [it.staff_id for it in on_duty] == ["moderator-1"]
        listed = (await door.rota.ListShifts(pb.ListShiftsRequest(page=FIRST, group_id=group_id))).shifts
        assert list(listed) == [shift]
        assert (await door.rota.ListDutyTasks(pb.ListDutyTasksRequest(page=FIRST))).tasks == []


async def happened(door: Door, tenant_id: UUID, kind: str) -> bool:
    return (await door.published(tenant_id))[kind] > 0


async def test_weekly_shifts_and_swaps(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        group_id = await known_group(door, tenant_id, 1)
        await on_the_rota(door, group_id, "moderator-1", "moderator-2")
        tomorrow = datetime.now(UTC) + 24 * HOUR
        template = pb.ShiftTemplate(
            group_id=group_id,
            staff_id="moderator-2",
            weekday=tomorrow.isoweekday(),
            start_minute=600,
            minutes=60,
            from_day=str((tomorrow + 24 * HOUR).date()),
        )
        request = pb.CreateShiftTemplateRequest(idempotency_key=key(), template=template)
        created = await door.rota.CreateShiftTemplate(request)
        assert len(created.shifts) >= 3
        assert await door.rota.CreateShiftTemplate(request) == created
        again = pb.CreateShiftTemplateRequest(idempotency_key=key(), template=template)
        assert await refusal(door.rota.CreateShiftTemplate(again)) == ("ON_DUTY_ALREADY", "staff_id")
        again.template.from_day = "tomorrow"
        assert await refusal(door.rota.CreateShiftTemplate(again)) == ("INVALID_SHIFT", "template.from_day")

        offer = pb.OfferShiftRequest(
            idempotency_key=key(), shift_id=created.shifts[0].id, offered_to="moderator-1"
        )
        swap = (await door.rota.OfferShift(offer)).swap
    with as_caller(tenant_id, "moderator"):
        mine = pb.OfferShiftRequest(
            idempotency_key=key(), shift_id=created.shifts[1].id, offered_to="moderator-2"
        )
        assert await refusal(door.rota.OfferShift(mine)) == ("NOT_YOUR_SHIFT", "shift_id")
        answer = pb.AnswerShiftSwapRequest(swap_id=swap.id, accept=True)
        assert (await door.rota.AnswerShiftSwap(answer)).swap.shift.staff_id == "moderator-1"
        swaps = (await door.rota.ListShiftSwaps(pb.ListShiftSwapsRequest(page=FIRST))).swaps
        assert [it.status for it in swaps] == [pb.SWAP_STATUS_ACCEPTED]
        removing = door.rota.RemoveModerator(pb.RemoveModeratorRequest(staff_id="moderator-2"))
        assert (await refusal(removing))[0] == "NOT_ALLOWED"
    with as_caller(tenant_id):
        ending = pb.EndShiftTemplateRequest(template_id=created.template.id)
        assert (await door.rota.EndShiftTemplate(ending)).cancelled_shifts == len(created.shifts)
        cancelled = await door.rota.CancelShift(pb.CancelShiftRequest(shift_id=created.shifts[2].id))
        assert cancelled.shift.cancelled
        templates = await door.rota.ListShiftTemplates(pb.ListShiftTemplatesRequest(group_id=group_id))
        assert list(templates.templates) == []
        await door.rota.RemoveModerator(pb.RemoveModeratorRequest(staff_id="moderator-2"))
        listed = (await door.rota.ListModerators(pb.ListModeratorsRequest(page=FIRST))).moderators
        assert [it.staff_id for it in listed] == ["moderator-1"]


async def test_what_is_not_known_is_refused(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        moderator = pb.Moderator(staff_id="ann", name="安", group_ids=[str(new_id())])
        putting = door.rota.PutModerator(pb.PutModeratorRequest(moderator=moderator))
        assert await refusal(putting) == ("GROUP_NOT_FOUND", "group_id")
        adding = door.rota.AddShift(shift_of(str(new_id()), "ann", datetime.now(UTC)))
        assert await refusal(adding) == ("MODERATOR_NOT_FOUND", "staff_id")
        for call, reason in (
            (door.rota.CancelShift(pb.CancelShiftRequest(shift_id=key())), "SHIFT_NOT_FOUND"),
            (door.rota.AnswerShiftSwap(pb.AnswerShiftSwapRequest(swap_id=key())), "SHIFT_SWAP_NOT_FOUND"),
            (
                door.rota.EndShiftTemplate(pb.EndShiftTemplateRequest(template_id=key())),
                "SHIFT_TEMPLATE_NOT_FOUND",
            ),
            (
                door.training.GetQuiz(training_pb2.GetQuizRequest(session_id=key())),
                "TRAINING_SESSION_NOT_FOUND",
            ),
        ):
            assert (await refusal(call))[0] == reason


async def test_training(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    training = door.training
    with as_caller(tenant_id):
        await on_the_rota(door, await known_group(door, tenant_id, 0), "moderator-1")
        opened = await training.OpenTrainingSession(training_pb2.OpenTrainingSessionRequest())
        session_id = opened.session.id
        assert (opened.session.staff, opened.session.questions) == (1, 0)
        assert await training.OpenTrainingSession(training_pb2.OpenTrainingSessionRequest()) == opened
        staff = [training_pb2.Trainee(staff_id="agent-1", name="丹")]
        enrolled = await training.EnrolStaff(
            training_pb2.EnrolStaffRequest(session_id=session_id, staff=staff)
        )
        assert enrolled.session.staff == 2
        recording = training_pb2.RecordAttendanceRequest(session_id=session_id, staff_ids=["agent-1"])
        [attended] = (await training.RecordAttendance(recording)).attendances
        assert attended.HasField("completed_at")
        await eventually(lambda: happened(door, tenant_id, "training.completed"), True)
        listing = training_pb2.ListAttendancesRequest(page=FIRST, session_id=session_id)
        listed = (await training.ListAttendances(listing)).attendances
        assert [it.staff_id for it in listed] == ["agent-1", "moderator-1"]
        quiz = await training.GetQuiz(training_pb2.GetQuizRequest(session_id=session_id))
        assert list(quiz.questions) == []
        answering = training_pb2.SubmitQuizRequest(idempotency_key=key(), session_id=session_id)
        assert await refusal(training.SubmitQuiz(answering)) == ("NO_QUIZ", "session_id")
        policy = (await training.GetTrainingPolicy(training_pb2.GetTrainingPolicyRequest())).policy
        updating = training_pb2.UpdateTrainingPolicyRequest(policy=policy, expected_version=1)
        assert await refusal(training.UpdateTrainingPolicy(updating)) == ("STALE_VERSION", "expected_version")
        sessions = training_pb2.ListTrainingSessionsRequest(page=FIRST)
        assert [it.completed for it in (await training.ListTrainingSessions(sessions)).sessions] == [1]
