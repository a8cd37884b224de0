"""The wiring of the process: the only place that knows concrete classes."""

from chassis.clock import utc_now
from chassis.consumer import ActivityConsumer, EventConsumer, Subscription
from chassis.database import Database, transactions
from chassis.event_type import event_type
from chassis.messaging import EVENTS, INBOUND, activities_subject, connect, round_trip
from chassis.rpc.server import RpcServer
from chassis.runtime import Process
from chassis.service import service_process
from chassis.timer_loop import TimerLoop
from quanzi.content.v1.events_pb2 import PostDelivered
from quanzi.segmentation.v1 import (
    groups_pb2,
    groups_pb2_grpc,
    indicators_pb2,
    indicators_pb2_grpc,
    members_pb2,
    members_pb2_grpc,
    predictions_pb2,
    predictions_pb2_grpc,
    tiers_pb2,
    tiers_pb2_grpc,
)
from segmentation.adapters.forecaster import WorkerForecaster
from segmentation.adapters.partitions import Partitions
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.keep_fitting import FIT_DUE
from segmentation.config import SegmentationSettings
from segmentation.domain.retention import Retention
from segmentation.entrypoints.consumers import activities_handler, handle_deliveries
from segmentation.entrypoints.errors import ERRORS
from segmentation.entrypoints.groups_rpc import GroupsRpc
from segmentation.entrypoints.indicators_rpc import IndicatorsRpc
from segmentation.entrypoints.members_rpc import MembersRpc
from segmentation.entrypoints.nightly_fits import NightlyFits
from segmentation.entrypoints.predictions_rpc import PredictionsRpc
from segmentation.entrypoints.tiers_rpc import TiersRpc
from segmentation.entrypoints.timers import TIMERS


async def build() -> Process:
    settings = SegmentationSettings()
    database = Database.connect(
        settings.database_url, "segmentation", settings.database_pool_size, settings.service
    )
    nats = await connect(settings)
    in_transaction = transactions(database, SqlUnitOfWork)
    retention = Retention(settings.activity_retention_months)
    forecaster = WorkerForecaster()
    fits = NightlyFits(in_transaction, forecaster, utc_now)
    server = RpcServer(
        settings,
        services=[
            (
                groups_pb2_grpc.add_GroupServiceServicer_to_server,
                GroupsRpc(in_transaction, utc_now),
                groups_pb2.DESCRIPTOR.services_by_name["GroupService"],
            ),
            (
                members_pb2_grpc.add_MemberServiceServicer_to_server,
                MembersRpc(in_transaction, utc_now),
                members_pb2.DESCRIPTOR.services_by_name["MemberService"],
            ),
            (
                tiers_pb2_grpc.add_TierServiceServicer_to_server,
                TiersRpc(in_transaction, utc_now),
                tiers_pb2.DESCRIPTOR.services_by_name["TierService"],
            ),
            (
                indicators_pb2_grpc.add_IndicatorServiceServicer_to_server,
                IndicatorsRpc(in_transaction, utc_now),
                indicators_pb2.DESCRIPTOR.services_by_name["IndicatorService"],
            ),
            (
                predictions_pb2_grpc.add_PredictionServiceServicer_to_server,
                PredictionsRpc(in_transaction, forecaster, utc_now),
                predictions_pb2.DESCRIPTOR.services_by_name["PredictionService"],
            ),
        ],
        errors=ERRORS,
        ready={"database": database.ping, "nats": lambda: round_trip(nats)},
    )
    activities = ActivityConsumer(
        nats,
        in_transaction,
        Subscription(
            "segmentation-activities",
            INBOUND,
            (activities_subject("*"),),
            activities_handler(utc_now, retention),
            batch_size=3_000,
            deduplicates=False,
        ),
    )
    delivered = event_type(PostDelivered.DESCRIPTOR).subject("*")
    deliveries = EventConsumer(
        nats,
        in_transaction,
        Subscription("segmentation-deliveries", EVENTS, (delivered,), handle_deliveries, deduplicates=False),
    )
    timers = TimerLoop(database, in_transaction, {**TIMERS, FIT_DUE: fits.fit_due}, clock=utc_now)
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "deliveries": deliveries.run,
        "timers": timers.run,
        "fits": fits.run,
        "partitions": Partitions(database, retention, utc_now).run,
    }
    return service_process("segmentation", database, nats, loops, utc_now)
