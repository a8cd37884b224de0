"""Cases as they are opened, closed and reopened."""

from collections.abc import AsyncGenerator
from enum import Enum
from typing import Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.risk.cases import CASE_KINDS, Case, CaseKind
from gateway.segmentation.arguments import InGroup
from quanzi.risk.v1.events_pb2 import CaseClosed, CaseOpened, CaseReopened

CaseEvent: TypeAlias = CaseOpened | CaseClosed | CaseReopened


@strawberry.enum(description="What happened to a case.")
class CaseTurn(Enum):
    OPENED = strawberry.enum_value("case_opened", description="已立案")
    CLOSED = strawberry.enum_value("case_closed", description="已结案")
    REOPENED = strawberry.enum_value("case_reopened", description="已重开")


_TURNS = {CaseOpened: CaseTurn.OPENED, CaseClosed: CaseTurn.CLOSED, CaseReopened: CaseTurn.REOPENED}


@strawberry.type(description="A case was opened, closed or reopened (案件变化).")
class CaseChange:
    case_id: strawberry.ID = strawberry.field(description="Global id of the case.")
    kind: CaseKind = strawberry.field(description="What it is about.")
    turn: CaseTurn = strawberry.field(description="What happened.")
    uuid: strawberry.Private[str]

    @resolved("The case as it is now.")
    async def case(self, info: Info) -> Case | None:
        return await info.context.loaders.risk.cases.load(self.uuid)

    @classmethod
    def of(cls, event: CaseEvent) -> Self:
        return cls(
            case_id=global_id("Case", event.case_id),
            kind=CASE_KINDS[event.kind],
            turn=_TURNS[type(event)],
            uuid=event.case_id,
        )


@strawberry.type
class CaseSubscriptions:
    @subscribed("Cases (风险案件) as they are opened, closed and reopened.")
    async def case_changed(self, info: Info, group: InGroup = None) -> AsyncGenerator[CaseChange, None]:
        info.context.identity.require("admin", "moderator")
        group_id = optional_uuid(group, "Group", "group")
        events: AsyncGenerator[CaseEvent, None]
        events = info.context.live(CaseOpened, CaseClosed, CaseReopened)
        async for event in events:
            if group_id in {"", event.group_id}:
                yield CaseChange.of(event)
