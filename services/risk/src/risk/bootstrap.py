"""The wiring of the process: the only place that knows concrete classes."""

from functools import partial

from chassis import erasures
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
    audits_pb2,
    audits_pb2_grpc,
    cases_pb2,
    cases_pb2_grpc,
    classifier_pb2,
    classifier_pb2_grpc,
    fraud_pb2,
    fraud_pb2_grpc,
    labels_pb2,
    labels_pb2_grpc,
    lexicon_pb2,
    lexicon_pb2_grpc,
    opinions_pb2,
    opinions_pb2_grpc,
    rota_pb2,
    rota_pb2_grpc,
    rules_pb2,
    rules_pb2_grpc,
    screening_pb2,
    screening_pb2_grpc,
    training_pb2,
    training_pb2_grpc,
    violations_pb2,
    violations_pb2_grpc,
)
from quanzi.risk.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested
from risk.adapters.classifier.shipped import SENTIMENT, StoredClassifier
from risk.adapters.classifier.trainer import WorkerTrainer
from risk.adapters.complaint_words import ComplaintWords
from risk.adapters.default_lexicon import default_words
from risk.adapters.fraud_wording import ChineseAuditWording, ChineseFraudWording
from risk.adapters.fraud_words import CachedNameBooks, naming, payment_talk
from risk.adapters.instructions import ChineseInstructions, category_name
from risk.adapters.opinion_words import ChineseOpinionWords
from risk.adapters.personal_data import PERSONAL_TABLES
from risk.adapters.screeners import CachedScreeners
from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes, spellings
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application.audit_ports import AUDIT
from risk.application.award_points import award_points
from risk.application.classifier_ports import TRAINING_DUE
from risk.application.count_opinion import counting_opinion
from risk.application.flag_messages import flag_messages
from risk.application.follow_incidents import Desk
from risk.application.open_message_cases import open_message_cases
from risk.application.open_violations import opening_violations
from risk.application.ports import FollowUp
from risk.application.train_classifier import ClassifierTraining
from risk.application.watch_payment_talk import watching_payment_talk
from risk.config import RiskSettings
from risk.domain.masking import masked
from risk.domain.normal_form import Normaliser
from risk.entrypoints.audit_schedule import audit_schedule, auditing
from risk.entrypoints.audits_rpc import AuditsRpc
from risk.entrypoints.cases_rpc import CasesRpc
from risk.entrypoints.classifier_rpc import ClassifierRpc
from risk.entrypoints.classifier_training import ClassifierTrainings
from risk.entrypoints.consumers import activities_handler, concern_rules
from risk.entrypoints.errors import ERRORS
from risk.entrypoints.fraud_consumer import shows_member, sightings_handler
from risk.entrypoints.fraud_rpc import FraudRpc
from risk.entrypoints.group_events import group_events
from risk.entrypoints.labels_rpc import LabelsRpc
from risk.entrypoints.lexicon_rpc import LexiconRpc
from risk.entrypoints.merges import merges
from risk.entrypoints.opinion_timers import opinion_timers
from risk.entrypoints.opinions_rpc import OpinionsRpc
from risk.entrypoints.rota_rpc import RotaRpc
from risk.entrypoints.rules_rpc import RulesRpc
from risk.entrypoints.screening_rpc import ScreeningRpc
from risk.entrypoints.timers import TIMERS
from risk.entrypoints.training_rpc import TrainingRpc
from risk.entrypoints.violations_rpc import ViolationsRpc


async def build() -> Process:
    settings = RiskSettings()
    database = Database.connect(settings.database_url, "risk", settings.database_pool_size, settings.service)
    nats = await connect(settings)
    in_transaction = transactions(database, SqlUnitOfWork)
    normaliser = Normaliser(simplified_characters(), lookalikes())
    written = spellings(normaliser)
    screeners = CachedScreeners(normaliser, default_words(), written, StoredClassifier.shipped())
    desk = Desk(StoredClassifier.shipped(SENTIMENT), ChineseOpinionWords())
    opinion = counting_opinion(desk.sentiment, ComplaintWords.shipped(normaliser))
    hide = partial(masked, normaliser=normaliser)
    wording, advice = ChineseFraudWording(), ChineseAuditWording()
    payments = watching_payment_talk(payment_talk(normaliser, written), wording)
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
                ViolationsRpc(in_transaction, screeners, ChineseInstructions(), hide, utc_now),
                violations_pb2.DESCRIPTOR.services_by_name["ViolationService"],
            ),
            (
                cases_pb2_grpc.add_CaseServiceServicer_to_server,
                CasesRpc(in_transaction, ChineseInstructions(), hide, utc_now),
                cases_pb2.DESCRIPTOR.services_by_name["CaseService"],
            ),
            (
                labels_pb2_grpc.add_LabelServiceServicer_to_server,
                LabelsRpc(in_transaction, screeners, utc_now),
                labels_pb2.DESCRIPTOR.services_by_name["LabelService"],
            ),
            (
                classifier_pb2_grpc.add_ClassifierServiceServicer_to_server,
                ClassifierRpc(in_transaction, screeners, utc_now),
                classifier_pb2.DESCRIPTOR.services_by_name["ClassifierService"],
            ),
            (
                opinions_pb2_grpc.add_OpinionServiceServicer_to_server,
                OpinionsRpc(in_transaction, utc_now),
                opinions_pb2.DESCRIPTOR.services_by_name["OpinionService"],
            ),
            (
                rules_pb2_grpc.add_RuleServiceServicer_to_server,
                RulesRpc(in_transaction, utc_now),
                rules_pb2.DESCRIPTOR.services_by_name["RuleService"],
            ),
            (
                rota_pb2_grpc.add_RotaServiceServicer_to_server,
                RotaRpc(in_transaction, utc_now),
                rota_pb2.DESCRIPTOR.services_by_name["RotaService"],
            ),
            (
                training_pb2_grpc.add_TrainingServiceServicer_to_server,
                TrainingRpc(in_transaction, utc_now),
                training_pb2.DESCRIPTOR.services_by_name["TrainingService"],
            ),
            (
                fraud_pb2_grpc.add_FraudServiceServicer_to_server,
                FraudRpc(in_transaction, normaliser, utc_now),
                fraud_pb2.DESCRIPTOR.services_by_name["FraudService"],
            ),
            (
                audits_pb2_grpc.add_AuditServiceServicer_to_server,
                AuditsRpc(in_transaction, normaliser, advice, utc_now),
                audits_pb2.DESCRIPTOR.services_by_name["AuditService"],
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
            leaving_out_erased(activities_handler(screeners, [*follow_ups(), opinion, payments], utc_now)),
            batch_size=1_500,
            deduplicates=False,
        ),
        concerns=concern_rules,
    )
    books = CachedNameBooks(naming(normaliser, written))
    sightings = ActivityConsumer(
        nats,
        in_transaction,
        Subscription(
            "risk-sightings",
            INBOUND,
            (activities_subject("*"),),
            leaving_out_erased(sightings_handler(books, normaliser, wording, utc_now)),
            batch_size=1_500,
            deduplicates=False,
        ),
        concerns=shows_member,
    )
    erased = erasures.subscription("risk", MemberErasureRequested, MemberErased, PERSONAL_TABLES, utc_now)
    erasing = EventConsumer(nats, database.session, erased)
    merging = EventConsumer(nats, database.session, merges(SqlUnitOfWork, utc_now))
    groups = EventConsumer(nats, in_transaction, group_events())
    audits = EventConsumer(nats, in_transaction, audit_schedule(utc_now))
    models = ClassifierTrainings(ClassifierTraining(in_transaction, screeners, WorkerTrainer(), utc_now))
    handlers = {
        **TIMERS,
        **opinion_timers(desk),
        AUDIT: auditing(normaliser, advice),
        TRAINING_DUE: models.due,
    }
    timers = TimerLoop(database, in_transaction, handlers, clock=utc_now)
    loops = {
        "rpc": server.run,
        "activities": activities.run,
        "erasures": erasing.run,
        "merges": merging.run,
        "groups": groups.run,
        "sightings": sightings.run,
        "audits": audits.run,
        "timers": timers.run,
        "models": models.run,
    }
    return service_process("risk", database, nats, loops, utc_now)


def follow_ups() -> list[FollowUp]:
    """What follows from decided messages, in this order."""
    return [flag_messages, award_points, opening_violations(ChineseInstructions()), open_message_cases]
