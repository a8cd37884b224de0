"""The wiring of the process: the only place that knows concrete classes."""

from functools import partial

from chassis import erasures, merged
from chassis.clock import utc_now
from chassis.consumer import ActivityConsumer, EventConsumer, Subscription
from chassis.database import Database, transactions
from chassis.erased import leaving_out_erased
from chassis.messaging import INBOUND, activities_subject, connect, round_trip
from chassis.rpc.personal_data import personal_data_service
from chassis.rpc.server import RpcServer
from chassis.runtime import Process
from chassis.service import service_process
from chassis.timer_loop import TimerLoop
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested, MemberMerged, MergeReversed
from quanzi.support.v1 import answers_pb2, answers_pb2_grpc, tickets_pb2, tickets_pb2_grpc
from quanzi.support.v1.events_pb2 import MemberErased
from support.adapters.knowledge import IndexCache
from support.adapters.personal_data import PERSONAL_TABLES
from support.adapters.texts import ChineseTexts
from support.adapters.unit_of_work import SqlUnitOfWork
from support.config import SupportSettings
from support.entrypoints.answers_rpc import AnswersRpc
from support.entrypoints.consumers import activities_handler, is_question
from support.entrypoints.errors import ERRORS
from support.entrypoints.tickets_rpc import TicketsRpc
from support.entrypoints.timers import TIMERS


async def build() -> Process:
    settings = SupportSettings()
    database = Database.connect(
        settings.database_url, "support", settings.database_pool_size, settings.service
    )
    nats = await connect(settings)
    texts = ChineseTexts()
    in_transaction = transactions(database, partial(SqlUnitOfWork, indexes=IndexCache()))
    server = RpcServer(
        settings,
        services=[
            (
                tickets_pb2_grpc.add_TicketServiceServicer_to_server,
                TicketsRpc(in_transaction, utc_now),
                tickets_pb2.DESCRIPTOR.services_by_name["TicketService"],
            ),
            (
                answers_pb2_grpc.add_AnswerServiceServicer_to_server,
                AnswersRpc(in_transaction, texts, utc_now),
                answers_pb2.DESCRIPTOR.services_by_name["AnswerService"],
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
            "support-activities",
            INBOUND,
            (activities_subject("*"),),
            leaving_out_erased(activities_handler(texts, utc_now)),
        ),
        concerns=is_question,
    )
    erased = erasures.subscription("support", MemberErasureRequested, MemberErased, PERSONAL_TABLES, utc_now)
    erasing = EventConsumer(nats, database.session, erased)
    merging = EventConsumer(
        nats, database.session, merged.subscription("support", MemberMerged, MergeReversed)
    )
    timers = TimerLoop(database, in_transaction, TIMERS, clock=utc_now)
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "erasures": erasing.run,
        "merges": merging.run,
        "timers": timers.run,
    }
    return service_process("support", database, nats, loops, utc_now)
