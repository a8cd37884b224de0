"""AlertService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from chassis.timestamps import moment
from quanzi.segmentation.v1 import alerts_pb2 as pb
from quanzi.segmentation.v1.alerts_pb2_grpc import AlertServiceServicer
from segmentation.application.acknowledge_alert import AcknowledgeAlert, acknowledge_alert
from segmentation.application.alert_ports import AlertFilter
from segmentation.application.ports import Transactions
from segmentation.application.snooze_alert import SnoozeAlert, snooze_alert
from segmentation.domain.alerts import AlertKind, AlertStatus
from segmentation.entrypoints.alerts_wire import alert_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class AlertsRpc(AlertServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ListAlerts(self, request: pb.ListAlertsRequest, _: Context) -> pb.ListAlertsResponse:
        wanted = PageRequest.of(request.page)
        only = AlertFilter(
            statuses=[AlertStatus(it) for it in request.statuses],
            group_id=optional_id(request.group_id),
            kind=AlertKind(request.kind) if request.kind else None,
        )
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.alerts.page(wanted, only)
        return pb.ListAlertsResponse(alerts=map(alert_to_wire, page.items), page_info=page.info())

    async def BatchGetAlerts(
        self, request: pb.BatchGetAlertsRequest, _: Context
    ) -> pb.BatchGetAlertsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            alerts = await uow.alerts.by_ids([UUID(it) for it in request.ids])
        return pb.BatchGetAlertsResponse(alerts=map(alert_to_wire, alerts))

    async def BatchListGroupAlerts(
        self, request: pb.BatchListGroupAlertsRequest, _: Context
    ) -> pb.BatchListGroupAlertsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            alerts = await uow.alerts.of_groups([UUID(it) for it in request.group_ids])
        return pb.BatchListGroupAlertsResponse(alerts=map(alert_to_wire, alerts))

    async def AcknowledgeAlert(
        self, request: pb.AcknowledgeAlertRequest, _: Context
    ) -> pb.AcknowledgeAlertResponse:
        command = AcknowledgeAlert(UUID(request.id), caller().subject, request.note)
        async with self._transactions(caller().tenant_id) as uow:
            alert = await acknowledge_alert(uow, command, self._clock())
        return pb.AcknowledgeAlertResponse(alert=alert_to_wire(alert))

    async def SnoozeAlert(self, request: pb.SnoozeAlertRequest, _: Context) -> pb.SnoozeAlertResponse:
        command = SnoozeAlert(UUID(request.id), moment(request.until))
        async with self._transactions(caller().tenant_id) as uow:
            alert = await snooze_alert(uow, command, self._clock())
        return pb.SnoozeAlertResponse(alert=alert_to_wire(alert))
