"""The wiring of the process: the only place that knows concrete classes."""

from __future__ import annotations

from chassis.clock import utc_now
from chassis.consumer import EventConsumer
from chassis.database import Database
from chassis.identity import Signer
from chassis.maintenance import Maintenance
from chassis.messaging import connect, round_trip
from chassis.relay import Relay
from chassis.rpc.client import ForwardedCredentials
from chassis.runtime import Loop, Process
from gateway.app import build_app
from gateway.auth_callout.responder import AuthResponder
from gateway.auth_callout.tokens import Issuer
from gateway.authentication import Authenticator, TokenVerifier
from gateway.clients import Clients
from gateway.gateway import Gateway
from gateway.http_server import HttpServer
from gateway.inbound.envelopes import Publisher
from gateway.inbound.groups import GroupDirectory
from gateway.inbound.intake import Intake
from gateway.limits.buckets import Buckets
from gateway.live.hub import Hub
from gateway.partners.desk import PartnerDesk
from gateway.partners.directory import PartnerDirectory
from gateway.partners.event_feed import EventFeed
from gateway.persisted import PersistedDocuments
from gateway.settings import GatewaySettings
from gateway.tenants.registry import TenantRegistry
from gateway.webhooks import recorder
from gateway.webhooks.attempt import WebhookClient
from gateway.webhooks.desk import WebhookDesk
from gateway.webhooks.sender import WebhookSender


async def build() -> Process:
    settings = GatewaySettings()
    database = Database.connect(
        settings.database_url, "gateway", settings.database_pool_size, settings.service
    )
    nats = await connect(settings)
    pepper = settings.api_key_pepper_file.read_bytes().strip()
    clients = Clients(settings, ForwardedCredentials(Signer.from_file("gateway", settings.signing_key_file)))
    tenants = TenantRegistry(database)
    directory = PartnerDirectory(database, pepper, utc_now)
    feed = EventFeed(nats.jetstream())
    webhook_client = WebhookClient(allow_loopback=settings.gateway_development)
    hub = Hub(nats, settings.subscription_queue)
    gateway = Gateway(
        settings=settings,
        clients=clients,
        authenticator=Authenticator(
            TokenVerifier(settings.identity_jwks_file, settings.identity_issuer, settings.identity_audience),
            directory.identify,
        ),
        buckets=Buckets(),
        hub=hub,
        documents=PersistedDocuments(settings.persisted_documents),
        tenants=tenants,
        intake=Intake(Publisher(nats.jetstream()), GroupDirectory(clients.groups), tenants.find, utc_now),
        partners=PartnerDesk(database, feed, pepper, utc_now),
        webhooks=WebhookDesk(database, webhook_client, pepper, utc_now),
        clock=utc_now,
    )
    checks = {"database": database.ping, "nats": lambda: round_trip(nats)}
    server = HttpServer(build_app(gateway, checks), settings, checks)
    relay = Relay(database, nats, service="gateway")
    maintenance = Maintenance(database, clock=utc_now)
    recording = EventConsumer(nats, database.session, recorder.subscription(utc_now))
    sender = WebhookSender(database, webhook_client, pepper, utc_now)
    loops: dict[str, Loop] = {
        "http": server.run,
        "live": hub.run,
        "webhook-recording": recording.run,
        "webhook-sending": sender.run,
        "webhook-forgetting": sender.forget,
    }
    if settings.nats_issuer_seed_file:
        issuer = Issuer(settings.nats_issuer_seed_file)
        loops["partner-logins"] = AuthResponder(nats, directory, feed, issuer, utc_now).run

    async def close() -> None:
        await clients.close()
        await webhook_client.close()
        await nats.drain()
        await database.dispose()

    return Process(
        "gateway",
        loops={**loops, "maintenance": maintenance.run, "relay": relay.run},
        close=close,
    )
