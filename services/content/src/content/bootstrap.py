"""The wiring of the process: the only place that knows concrete classes."""

from chassis import erasures
from chassis.clock import utc_now
from chassis.consumer import EventConsumer
from chassis.database import Database, transactions
from chassis.messaging import connect, round_trip
from chassis.rpc.client import open_peer
from chassis.rpc.personal_data import personal_data_service
from chassis.rpc.server import RpcServer
from chassis.runtime import Process
from chassis.service import service_process
from chassis.timer_loop import TimerLoop
from content.adapters.personal_data import PERSONAL_TABLES
from content.adapters.risk_screening import RiskScreening
from content.adapters.unit_of_work import SqlUnitOfWork
from content.config import ContentSettings
from content.entrypoints.errors import ERRORS
from content.entrypoints.items_rpc import ItemsRpc
from content.entrypoints.plans_rpc import PlansRpc
from content.entrypoints.policy_rpc import PolicyRpc
from content.entrypoints.timers import TIMERS
from quanzi.content.v1 import (
    items_pb2,
    items_pb2_grpc,
    plans_pb2,
    plans_pb2_grpc,
    policy_pb2,
    policy_pb2_grpc,
)
from quanzi.content.v1.events_pb2 import MemberErased
from quanzi.risk.v1 import screening_pb2
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested


async def build() -> Process:
    settings = ContentSettings()
    database = Database.connect(
        settings.database_url, "content", settings.database_pool_size, settings.service
    )
    nats = await connect(settings)
    in_transaction = transactions(database, SqlUnitOfWork)
    risk = open_peer(settings, "risk", [screening_pb2.DESCRIPTOR.services_by_name["ScreeningService"]])
    server = RpcServer(
        settings,
        services=[
            (
                items_pb2_grpc.add_ItemServiceServicer_to_server,
                ItemsRpc(in_transaction, RiskScreening(risk), utc_now),
                items_pb2.DESCRIPTOR.services_by_name["ItemService"],
            ),
            (
                plans_pb2_grpc.add_PlanServiceServicer_to_server,
                PlansRpc(in_transaction, utc_now),
                plans_pb2.DESCRIPTOR.services_by_name["PlanService"],
            ),
            (
                policy_pb2_grpc.add_PolicyServiceServicer_to_server,
                PolicyRpc(in_transaction, utc_now),
                policy_pb2.DESCRIPTOR.services_by_name["PolicyService"],
            ),
            personal_data_service(database, PERSONAL_TABLES),
        ],
        errors=ERRORS,
        ready={"database": database.ping, "nats": lambda: round_trip(nats)},
    )
    erased = erasures.subscription("content", MemberErasureRequested, MemberErased, PERSONAL_TABLES, utc_now)
    erasing = EventConsumer(nats, database.session, erased)
    timers = TimerLoop(database, in_transaction, TIMERS, clock=utc_now)
    loops = {"rpc": server.run, "erasures": erasing.run, "timers": timers.run}
    return service_process("content", database, nats, loops, utc_now, risk.close)
