"""Screening by the risk service."""

from uuid import UUID

from grpc.aio import Channel

from chassis import texts
from chassis.rpc.client import as_service
from content.application.ports import Screened
from content.enums import VERDICTS
from quanzi.risk.v1.screening_pb2 import RiskCategory, ScreeningPurpose, ScreenTextsRequest
from quanzi.risk.v1.screening_pb2_grpc import ScreeningServiceStub

text = texts.load("content")


class RiskScreening:
    def __init__(self, channel: Channel) -> None:
        self._risk = ScreeningServiceStub(channel)

    async def screen(self, tenant_id: UUID, content: str) -> Screened:
        request = ScreenTextsRequest(purpose=ScreeningPurpose.SCREENING_PURPOSE_CONTENT, texts=[content])
        with as_service(tenant_id):
            [decision] = (await self._risk.ScreenTexts(request)).decisions
        names = sorted({RiskCategory.Name(finding.category) for finding in decision.findings})
        categories = "、".join(text("category", name.removeprefix("RISK_CATEGORY_")) for name in names)
        reason = text("screening", "blocked", categories=categories)
        return Screened(VERDICTS.member(decision.verdict), reason)
