"""The wiring of the process: the only place that knows concrete classes."""

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
from quanzi.risk.v1 import (
    cases_pb2,
    cases_pb2_grpc,
    labels_pb2,
    labels_pb2_grpc,
    lexicon_pb2,
    lexicon_pb2_grpc,
    screening_pb2,
    screening_pb2_grpc,
    violations_pb2,
    violations_pb2_grpc,
)
from quanzi.risk.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested, MemberMerged, MergeReversed
from risk.adapters.default_lexicon import default_words
from risk.adapters.instructions import ChineseInstructions, category_name
from risk.adapters.personal_data import PERSONAL_TABLES
from risk.adapters.screeners import CachedScreeners
from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes, spellings
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application.flag_messages import flag_messages
from risk.application.open_message_cases import open_message_cases
from risk.application.open_violations import opening_violations
from risk.application.ports import FollowUp
from risk.config import RiskSettings
from risk.domain.normal_form import Normaliser
from risk.entrypoints.cases_rpc import CasesRpc
from risk.entrypoints.consumers import activities_handler, has_words
from risk.entrypoints.errors import ERRORS
from risk.entrypoints.labels_rpc import LabelsRpc
from risk.entrypoints.lexicon_rpc import LexiconRpc
from risk.entrypoints.screening_rpc import ScreeningRpc
from risk.entrypoints.timers import TIMERS
from risk.entrypoints.violations_rpc import ViolationsRpc


async def build() -> Process:
    settings = RiskSettings()
    database = Database.connect(settings.database_url, "risk", settings.database_pool_size, settings.service)
    nats = await connect(settings)
    in_transaction = transactions(database, SqlUnitOfWork)
    normaliser = Normaliser(simplified_characters(), lookalikes())
    screeners = CachedScreeners(normaliser, default_words(), spellings(normaliser))
    server = RpcServer(
        settings,
        services=[
            (
                screening_pb2_grpc.add_ScreeningServiceServicer_to_server,
                ScreeningRpc(in_transaction, screeners),
                screening_pb2.DESCRIPTOR.services_by_name["ScreeningService"],
            ),
            (
                lexicon_pb2_grpc.add_LexiconServiceServicer_to_server,
                LexiconRpc(in_transaction, screeners, normaliser, category_name, utc_now),
                lexicon_pb2.DESCRIPTOR.services_by_name["LexiconService"],
            ),
            (
                violations_pb2_grpc.add_ViolationServiceServicer_to_server,
                ViolationsRpc(in_transaction, ChineseInstructions(), utc_now),
                violations_pb2.DESCRIPTOR.services_by_name["ViolationService"],
            ),
            (
                cases_pb2_grpc.add_CaseServiceServicer_to_server,
                CasesRpc(in_transaction, ChineseInstructions(), utc_now),
                cases_pb2.DESCRIPTOR.services_by_name["CaseService"],
            ),
            (
                labels_pb2_grpc.add_LabelServiceServicer_to_server,
                LabelsRpc(in_transaction, screeners, utc_now),
                labels_pb2.DESCRIPTOR.services_by_name["LabelService"],
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
            "risk-activities",
            INBOUND,
            (activities_subject("*"),),
            leaving_out_erased(activities_handler(screeners, follow_ups(), utc_now)),
            batch_size=1_500,
            deduplicates=False,
        ),
        concerns=has_words,
    )
    erased = erasures.subscription("risk", MemberErasureRequested, MemberErased, PERSONAL_TABLES, utc_now)
    erasing = EventConsumer(nats, database.session, erased)
    merging = EventConsumer(nats, database.session, merged.subscription("risk", MemberMerged, MergeReversed))
    timers = TimerLoop(database, in_transaction, TIMERS, clock=utc_now)
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "erasures": erasing.run,
        "merges": merging.run,
        "timers": timers.run,
    }
    return service_process("risk", database, nats, loops, utc_now)


def follow_ups() -> list[FollowUp]:
    """What follows from decided messages, in this order."""
    return [flag_messages, opening_violations(ChineseInstructions()), open_message_cases]
