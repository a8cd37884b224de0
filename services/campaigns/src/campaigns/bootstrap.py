"""The wiring of the process: the only place that knows concrete classes."""

from campaigns.adapters.personal_data import PERSONAL_TABLES
from campaigns.adapters.unit_of_work import SqlUnitOfWork
from campaigns.config import CampaignsSettings
from campaigns.entrypoints.campaigns_rpc import CampaignsRpc
from campaigns.entrypoints.claims_rpc import ClaimsRpc
from campaigns.entrypoints.consumers import activities_handler, concerns_campaigns
from campaigns.entrypoints.errors import ERRORS
from campaigns.entrypoints.timers import TIMERS
from chassis import erasures, merged
from chassis.clock import utc_now
from chassis.consumer import ActivityConsumer, EventConsumer, Subscription
from chassis.database import Database, transactions
from chassis.messaging import INBOUND, activities_subject, connect, round_trip
from chassis.rpc.personal_data import personal_data_service
from chassis.rpc.server import RpcServer
from chassis.runtime import Process
from chassis.service import service_process
from chassis.timer_loop import TimerLoop
from quanzi.campaigns.v1 import campaigns_pb2, campaigns_pb2_grpc, claims_pb2, claims_pb2_grpc
from quanzi.campaigns.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested, MemberMerged, MergeReversed


async def build() -> Process:
    settings = CampaignsSettings()
    database = Database.connect(
        settings.database_url, "campaigns", settings.database_pool_size, settings.service
    )
    nats = await connect(settings)
    in_transaction = transactions(database, SqlUnitOfWork)
    server = RpcServer(
        settings,
        services=[
            (
                campaigns_pb2_grpc.add_CampaignServiceServicer_to_server,
                CampaignsRpc(in_transaction, utc_now),
                campaigns_pb2.DESCRIPTOR.services_by_name["CampaignService"],
            ),
            (
                claims_pb2_grpc.add_ClaimServiceServicer_to_server,
                ClaimsRpc(in_transaction, utc_now),
                claims_pb2.DESCRIPTOR.services_by_name["ClaimService"],
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
            "campaigns-activities",
            INBOUND,
            (activities_subject("*"),),
            activities_handler(utc_now),
            deduplicates=False,
        ),
        concerns=concerns_campaigns,
    )
    erased = erasures.subscription(
        "campaigns", MemberErasureRequested, MemberErased, PERSONAL_TABLES, utc_now
    )
    erasing = EventConsumer(nats, database.session, erased)
    merging = EventConsumer(
        nats, database.session, merged.subscription("campaigns", MemberMerged, MergeReversed)
    )
    timers = TimerLoop(database, in_transaction, TIMERS, clock=utc_now)
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "erasures": erasing.run,
        "merges": merging.run,
        "timers": timers.run,
    }
    return service_process("campaigns", database, nats, loops, utc_now)
