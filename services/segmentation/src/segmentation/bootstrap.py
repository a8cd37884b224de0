"""The wiring of the process: the only place that knows concrete classes."""

from chassis.clock import utc_now
from chassis.consumer import ActivityConsumer, EventConsumer, Subscription
from chassis.database import Database, snapshots, transactions
from chassis.event_type import event_type
from chassis.files import KEPT_FOR, PART_BYTES, Files
from chassis.messaging import EVENTS, INBOUND, activities_subject, connect, round_trip
from chassis.rpc.client import open_peer
from chassis.rpc.personal_data import personal_data_service
from chassis.rpc.server import RpcServer
from chassis.runtime import Process
from chassis.service import service_process
from chassis.timer_loop import TimerLoop
from quanzi.content.v1.events_pb2 import PostDelivered
from quanzi.privacy.v1 import privacy_pb2
from quanzi.segmentation.v1 import (
    alerts_pb2,
    alerts_pb2_grpc,
    consents_pb2,
    consents_pb2_grpc,
    erasures_pb2,
    erasures_pb2_grpc,
    groups_pb2,
    groups_pb2_grpc,
    indicators_pb2,
    indicators_pb2_grpc,
    members_pb2,
    members_pb2_grpc,
    operations_pb2,
    operations_pb2_grpc,
    predictions_pb2,
    predictions_pb2_grpc,
    profiles_pb2,
    profiles_pb2_grpc,
    segments_pb2,
    segments_pb2_grpc,
    tags_pb2,
    tags_pb2_grpc,
    tiers_pb2,
    tiers_pb2_grpc,
)
from segmentation.adapters.export_formats import encoder
from segmentation.adapters.forecaster import WorkerForecaster
from segmentation.adapters.keyword_matcher import KeywordMatcher
from segmentation.adapters.partitions import Partitions
from segmentation.adapters.peers import GrpcPeers
from segmentation.adapters.personal_data import PERSONAL_TABLES
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.keep_fitting import FIT_DUE
from segmentation.application.run_export import Exporter
from segmentation.config import SegmentationSettings
from segmentation.domain.retention import Retention
from segmentation.entrypoints.alerts_rpc import AlertsRpc
from segmentation.entrypoints.consents_rpc import ConsentsRpc
from segmentation.entrypoints.consumers import activities_handler, handle_deliveries
from segmentation.entrypoints.erasures import erasure_receipts, erasures
from segmentation.entrypoints.erasures_rpc import ErasuresRpc
from segmentation.entrypoints.errors import ERRORS
from segmentation.entrypoints.exports import Exports, export_timers
from segmentation.entrypoints.groups_rpc import GroupsRpc
from segmentation.entrypoints.indicators_rpc import IndicatorsRpc
from segmentation.entrypoints.keyword_hits import KeywordReader
from segmentation.entrypoints.members_rpc import MembersRpc
from segmentation.entrypoints.nightly_fits import NightlyFits
from segmentation.entrypoints.operations_rpc import OperationsRpc
from segmentation.entrypoints.predictions_rpc import PredictionsRpc
from segmentation.entrypoints.profiles_rpc import ProfilesRpc
from segmentation.entrypoints.registrations import registrations
from segmentation.entrypoints.segments_rpc import SegmentsRpc
from segmentation.entrypoints.tags_rpc import TagsRpc
from segmentation.entrypoints.tiers_rpc import TiersRpc
from segmentation.entrypoints.timeline_events import SUBJECTS, handle_told
from segmentation.entrypoints.timers import TIMERS

PEERS = ("campaigns", "content", "risk", "support")


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
    files = Files(nats)
    peers = {
        name: open_peer(settings, name, [privacy_pb2.DESCRIPTOR.services_by_name["PersonalDataService"]])
        for name in PEERS
    }
    exports = Exports(
        Exporter(
            transactions=in_transaction,
            snapshots=snapshots(database, SqlUnitOfWork),
            files=files,
            peers=GrpcPeers(peers),
            encoders=encoder,
            clock=utc_now,
            part_bytes=PART_BYTES,
            kept_for=KEPT_FOR,
            most_bytes=settings.export_bytes,
        )
    )
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
                segments_pb2_grpc.add_SegmentServiceServicer_to_server,
                SegmentsRpc(in_transaction, utc_now),
                segments_pb2.DESCRIPTOR.services_by_name["SegmentService"],
            ),
            (
                indicators_pb2_grpc.add_IndicatorServiceServicer_to_server,
                IndicatorsRpc(in_transaction, utc_now),
                indicators_pb2.DESCRIPTOR.services_by_name["IndicatorService"],
            ),
            (
                alerts_pb2_grpc.add_AlertServiceServicer_to_server,
                AlertsRpc(in_transaction, utc_now),
                alerts_pb2.DESCRIPTOR.services_by_name["AlertService"],
            ),
            (
                tags_pb2_grpc.add_TagServiceServicer_to_server,
                TagsRpc(in_transaction, utc_now),
                tags_pb2.DESCRIPTOR.services_by_name["TagService"],
            ),
            (
                consents_pb2_grpc.add_ConsentServiceServicer_to_server,
                ConsentsRpc(in_transaction, utc_now),
                consents_pb2.DESCRIPTOR.services_by_name["ConsentService"],
            ),
            (
                profiles_pb2_grpc.add_ProfileServiceServicer_to_server,
                ProfilesRpc(in_transaction, utc_now),
                profiles_pb2.DESCRIPTOR.services_by_name["ProfileService"],
            ),
            (
                predictions_pb2_grpc.add_PredictionServiceServicer_to_server,
                PredictionsRpc(in_transaction, forecaster, utc_now),
                predictions_pb2.DESCRIPTOR.services_by_name["PredictionService"],
            ),
            (
                operations_pb2_grpc.add_OperationServiceServicer_to_server,
                OperationsRpc(in_transaction, files, utc_now),
                operations_pb2.DESCRIPTOR.services_by_name["OperationService"],
            ),
            (
                erasures_pb2_grpc.add_ErasureServiceServicer_to_server,
                ErasuresRpc(in_transaction, utc_now),
                erasures_pb2.DESCRIPTOR.services_by_name["ErasureService"],
            ),
            personal_data_service(database, PERSONAL_TABLES),
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
            activities_handler(utc_now, retention, KeywordReader(KeywordMatcher)),
            batch_size=8_000,  # in a flood members act often: each is decided once a batch
            deduplicates=False,
        ),
    )
    delivered = event_type(PostDelivered.DESCRIPTOR).subject("*")
    deliveries = EventConsumer(
        nats,
        in_transaction,
        Subscription("segmentation-deliveries", EVENTS, (delivered,), handle_deliveries, deduplicates=False),
    )
    told = EventConsumer(
        nats,
        in_transaction,
        Subscription("segmentation-timeline", EVENTS, SUBJECTS, handle_told, deduplicates=False),
    )
    erasing = EventConsumer(nats, in_transaction, erasures(utc_now))
    receiving = EventConsumer(nats, in_transaction, erasure_receipts(utc_now))
    registering = EventConsumer(nats, in_transaction, registrations(utc_now))
    timers = TimerLoop(
        database,
        in_transaction,
        {**TIMERS, **export_timers(exports, files), FIT_DUE: fits.fit_due},
        clock=utc_now,
    )
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "deliveries": deliveries.run,
        "timeline": told.run,
        "erasures": erasing.run,
        "erasure-receipts": receiving.run,
        "time-zones": registering.run,
        "timers": timers.run,
        "exports": exports.run,
        "fits": fits.run,
        "partitions": Partitions(database, retention, utc_now).run,
    }
    disconnects = [channel.close for channel in peers.values()]
    return service_process("segmentation", database, nats, loops, utc_now, *disconnects)
