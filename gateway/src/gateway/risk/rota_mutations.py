"""Making the rota, and swapping shifts."""

from datetime import date, datetime

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of, uuids_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.rota import Moderator, RotaPolicy, Shift, ShiftSwap, ShiftTemplate
from gateway.values import timestamp
from quanzi.risk.v1 import rota_pb2


@strawberry.input(description="Input of `moderatorPut`.")
class ModeratorPutInput:
    staff_id: str = strawberry.field(description="Subject of the identity, up to 128 characters.")
    name: str = strawberry.field(description="Name, up to 100 characters.")
    groups: list[strawberry.ID] = strawberry.field(description="Where the moderator may be on duty, to 500.")


@payload()
class ModeratorPutPayload(Payload):
    moderator: Moderator | None = strawberry.field(description="The moderator.", default=None)


@strawberry.input(description="Input of `moderatorRemove`.")
class ModeratorRemoveInput:
    staff_id: str = strawberry.field(description="Who leaves the rota.")


@payload()
class ModeratorRemovePayload(Payload):
    cancelled_shifts: int | None = strawberry.field(description="Shifts ahead that are gone.", default=None)


@strawberry.input(description="Input of `shiftTemplateCreate`.")
class ShiftTemplateCreateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    group: strawberry.ID = strawberry.field(description="Where.")
    staff_id: str = strawberry.field(description="Who, a moderator of the group.")
    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    start_minute: int = strawberry.field(description="Minute of the local day, 0 to 1439.")
    minutes: int = strawberry.field(description="How long, 1 to 1440, also past midnight.")
    from_day: date = strawberry.field(description="First local day.")
    until_day: date | None = strawberry.field(description="Last local day; null: goes on.", default=None)


@payload("IDEMPOTENCY_KEY_REUSED", "GROUP_NOT_SERVED", "ON_DUTY_ALREADY")
class ShiftTemplateCreatePayload(Payload):
    template: ShiftTemplate | None = strawberry.field(description="The weekly shift.", default=None)
    shifts: list[Shift] | None = strawberry.field(description="Its shifts of the days ahead.", default=None)


@strawberry.input(description="Input of `shiftTemplateEnd`.")
class ShiftTemplateEndInput:
    shift_template: strawberry.ID = strawberry.field(description="The weekly shift.")


@payload(template_id="shiftTemplate")
class ShiftTemplateEndPayload(Payload):
    template: ShiftTemplate | None = strawberry.field(description="The weekly shift.", default=None)
    cancelled_shifts: int | None = strawberry.field(description="Shifts ahead that are gone.", default=None)


@strawberry.input(description="Input of `shiftAdd`.")
class ShiftAddInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    group: strawberry.ID = strawberry.field(description="Where.")
    staff_id: str = strawberry.field(description="Who, a moderator of the group.")
    starts_at: datetime = strawberry.field(description="From when on,")
    ends_at: datetime = strawberry.field(description="until before then, up to 24 hours later.")


@payload("IDEMPOTENCY_KEY_REUSED", "GROUP_NOT_SERVED", "ON_DUTY_ALREADY")
class ShiftAddPayload(Payload):
    shift: Shift | None = strawberry.field(description="The shift.", default=None)


@strawberry.input(description="Input of `shiftCancel`.")
class ShiftCancelInput:
    shift: strawberry.ID = strawberry.field(description="Which shift.")


@payload("SHIFT_BEGUN")
class ShiftCancelPayload(Payload):
    shift: Shift | None = strawberry.field(description="The shift.", default=None)


@strawberry.input(description="Input of `shiftOffer`.")
class ShiftOfferInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    shift: strawberry.ID = strawberry.field(description="A shift of your own; admins: any.")
    to: str = strawberry.field(description="Staff id of a colleague who is a moderator of the group.")


@payload(
    *("IDEMPOTENCY_KEY_REUSED", "NOT_YOUR_SHIFT", "SHIFT_BEGUN", "GROUP_NOT_SERVED", "SHIFT_OFFERED"),
    staff_id="to",
)
class ShiftOfferPayload(Payload):
    swap: ShiftSwap | None = strawberry.field(description="The offer.", default=None)


@strawberry.input(description="Input of `shiftSwapAnswer`.")
class ShiftSwapAnswerInput:
    shift_swap: strawberry.ID = strawberry.field(description="What was offered to you.")
    accept: bool = strawberry.field(description="Whether you take the shift.")


@payload(
    *("NOT_YOUR_SWAP", "SWAP_ANSWERED", "SHIFT_BEGUN", "ON_DUTY_ALREADY", "GROUP_NOT_SERVED"),
    swap_id="shiftSwap",
)
class ShiftSwapAnswerPayload(Payload):
    swap: ShiftSwap | None = strawberry.field(description="The swap.", default=None)


@strawberry.input(description="Input of `rotaPolicyUpdate`.")
class RotaPolicyUpdateInput:
    large_group_size: int = strawberry.field(description="1 to 100000.")
    large_group_moderators: int = strawberry.field(description="1 to 50.")
    members_per_moderator: int = strawberry.field(description="1 to 100000.")
    cover_from_minute: int = strawberry.field(description="0 to 1439.")
    cover_until_minute: int = strawberry.field(description="1 to 1440.")
    gap_ahead_hours: int = strawberry.field(description="1 to 336.")
    plan_ahead_days: int = strawberry.field(description="14 to 92.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class RotaPolicyUpdatePayload(Payload):
    policy: RotaPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class RotaMutations:
    @mutation("Puts a moderator on the rota, or replaces name and groups (设置管理员).")
    async def moderator_put(self, info: Info, input: Input[ModeratorPutInput]) -> ModeratorPutPayload | None:
        moderator = rota_pb2.Moderator(
            staff_id=input.staff_id, name=input.name, group_ids=uuids_of(input.groups, "Group", "groups")
        )
        request = rota_pb2.PutModeratorRequest(moderator=moderator)
        answer = await info.context.clients.rota.PutModerator(request)
        return ModeratorPutPayload(moderator=Moderator.of(answer.moderator))

    @mutation("Takes a moderator off the rota (移除管理员); shifts that have not begun are cancelled.")
    async def moderator_remove(
        self, info: Info, input: Input[ModeratorRemoveInput]
    ) -> ModeratorRemovePayload | None:
        request = rota_pb2.RemoveModeratorRequest(staff_id=input.staff_id)
        answer = await info.context.clients.rota.RemoveModerator(request)
        return ModeratorRemovePayload(cancelled_shifts=answer.cancelled_shifts)

    @mutation("Plans a shift of every week (排班).")
    async def shift_template_create(
        self, info: Info, input: Input[ShiftTemplateCreateInput]
    ) -> ShiftTemplateCreatePayload | None:
        template = rota_pb2.ShiftTemplate(
            group_id=uuid_of(input.group, "Group", "group"),
            staff_id=input.staff_id,
            weekday=input.weekday,
            start_minute=input.start_minute,
            minutes=input.minutes,
            from_day=input.from_day.isoformat(),
            until_day=input.until_day.isoformat() if input.until_day else "",
        )
        request = rota_pb2.CreateShiftTemplateRequest(
            idempotency_key=input.idempotency_key, template=template
        )
        answer = await info.context.clients.rota.CreateShiftTemplate(request)
        return ShiftTemplateCreatePayload(
            template=ShiftTemplate.of(answer.template), shifts=[Shift.of(shift) for shift in answer.shifts]
        )

    @mutation("Ends a weekly shift; those that have not begun are cancelled (终止周班次).")
    async def shift_template_end(
        self, info: Info, input: Input[ShiftTemplateEndInput]
    ) -> ShiftTemplateEndPayload | None:
        template_id = uuid_of(input.shift_template, "ShiftTemplate", "shiftTemplate")
        request = rota_pb2.EndShiftTemplateRequest(template_id=template_id)
        answer = await info.context.clients.rota.EndShiftTemplate(request)
        return ShiftTemplateEndPayload(
            template=ShiftTemplate.of(answer.template), cancelled_shifts=answer.cancelled_shifts
        )

    @mutation("Adds a single shift (加班次).")
    async def shift_add(self, info: Info, input: Input[ShiftAddInput]) -> ShiftAddPayload | None:
        request = rota_pb2.AddShiftRequest(
            idempotency_key=input.idempotency_key,
            group_id=uuid_of(input.group, "Group", "group"),
            staff_id=input.staff_id,
            starts_at=timestamp(input.starts_at),
            ends_at=timestamp(input.ends_at),
        )
        answer = await info.context.clients.rota.AddShift(request)
        return ShiftAddPayload(shift=Shift.of(answer.shift))

    @mutation("Cancels one shift (取消班次); a weekly one goes on in other weeks.")
    async def shift_cancel(self, info: Info, input: Input[ShiftCancelInput]) -> ShiftCancelPayload | None:
        request = rota_pb2.CancelShiftRequest(shift_id=uuid_of(input.shift, "Shift", "shift"))
        answer = await info.context.clients.rota.CancelShift(request)
        return ShiftCancelPayload(shift=Shift.of(answer.shift))

    @mutation("Offers a shift to a colleague (申请换班).")
    async def shift_offer(self, info: Info, input: Input[ShiftOfferInput]) -> ShiftOfferPayload | None:
        request = rota_pb2.OfferShiftRequest(
            idempotency_key=input.idempotency_key,
            shift_id=uuid_of(input.shift, "Shift", "shift"),
            offered_to=input.to,
        )
        answer = await info.context.clients.rota.OfferShift(request)
        return ShiftOfferPayload(swap=ShiftSwap.of(answer.swap))

    @mutation("Accepts or refuses a shift that was offered to you (答复换班).")
    async def shift_swap_answer(
        self, info: Info, input: Input[ShiftSwapAnswerInput]
    ) -> ShiftSwapAnswerPayload | None:
        request = rota_pb2.AnswerShiftSwapRequest(
            swap_id=uuid_of(input.shift_swap, "ShiftSwap", "shiftSwap"), accept=input.accept
        )
        answer = await info.context.clients.rota.AnswerShiftSwap(request)
        return ShiftSwapAnswerPayload(swap=ShiftSwap.of(answer.swap))

    @mutation("Replaces the policy of the rota.")
    async def rota_policy_update(
        self, info: Info, input: Input[RotaPolicyUpdateInput]
    ) -> RotaPolicyUpdatePayload | None:
        policy = rota_pb2.RotaPolicy(
            large_group_size=input.large_group_size,
            large_group_moderators=input.large_group_moderators,
            members_per_moderator=input.members_per_moderator,
            cover_from_minute=input.cover_from_minute,
            cover_until_minute=input.cover_until_minute,
            gap_ahead_hours=input.gap_ahead_hours,
            plan_ahead_days=input.plan_ahead_days,
        )
        answer = await info.context.clients.rota.UpdateRotaPolicy(
            rota_pb2.UpdateRotaPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return RotaPolicyUpdatePayload(policy=RotaPolicy.of(answer.policy))
