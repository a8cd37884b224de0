"""Partners from registration to their end."""

from datetime import datetime, timedelta
from uuid import UUID

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.partners.access import administered_tenant, tenant_and_partner
from gateway.partners.types import Partner

_API_KEY = "The API key, shown this once: `Authorization: Bearer qz_…`, and the password on NATS."


@strawberry.input(description="Input of `partnerRegister`.")
class PartnerRegisterInput:
    name: str = strawberry.field(description="Unique in the tenant, 1 to 100 characters.")


@payload()
class PartnerRegisterPayload(Payload):
    partner: Partner | None = strawberry.field(description="The partner.", default=None)
    api_key: str | None = strawberry.field(description=_API_KEY, default=None)


@strawberry.input(description="Input of `partnerKeyRotate`.")
class PartnerKeyRotateInput:
    partner: strawberry.ID = strawberry.field(description="The partner.")
    overlap_hours: int = strawberry.field(
        description="Hours the old keys go on working, 0 to 168; 0 when one has leaked.", default=24
    )


@payload()
class PartnerKeyRotatePayload(Payload):
    partner: Partner | None = strawberry.field(description="The partner.", default=None)
    api_key: str | None = strawberry.field(description=_API_KEY, default=None)


@strawberry.input(description="Input of `partnerDisable`.")
class PartnerDisableInput:
    partner: strawberry.ID = strawberry.field(description="The partner.")


@payload()
class PartnerDisablePayload(Payload):
    partner: Partner | None = strawberry.field(description="The partner, disabled.", default=None)


@strawberry.input(description="Input of `partnerReplay`.")
class PartnerReplayInput:
    from_: datetime = strawberry.field(
        name="from", description="Instant of the first event to get again, at most 30 days ago."
    )
    partner: strawberry.ID | None = strawberry.field(
        description="The partner, for administrators; a partner replays for itself.", default=None
    )


@payload()
class PartnerReplayPayload(Payload):
    partner: Partner | None = strawberry.field(description="The partner.", default=None)


@strawberry.type
class PartnerMutations:
    @mutation("Registers a partner (登记合作伙伴) and gives it an API key. For administrators.")
    async def partner_register(
        self, info: Info, input: Input[PartnerRegisterInput]
    ) -> PartnerRegisterPayload | None:
        partner, key = await info.context.gateway.partners.register(administered_tenant(info), input.name)
        return PartnerRegisterPayload(partner=Partner.of(partner), api_key=key.text)

    @mutation("Gives a partner a new API key (轮换密钥). For administrators.")
    async def partner_key_rotate(
        self, info: Info, input: Input[PartnerKeyRotateInput]
    ) -> PartnerKeyRotatePayload | None:
        partner, key = await info.context.gateway.partners.rotate_key(
            administered_tenant(info),
            UUID(uuid_of(input.partner, "Partner", "partner")),
            timedelta(hours=input.overlap_hours),
        )
        return PartnerKeyRotatePayload(partner=Partner.of(partner), api_key=key.text)

    @mutation("Disables a partner (停用合作伙伴) for good: keys, NATS and webhooks. For administrators.")
    async def partner_disable(
        self, info: Info, input: Input[PartnerDisableInput]
    ) -> PartnerDisablePayload | None:
        partner = await info.context.gateway.partners.disable(
            administered_tenant(info), UUID(uuid_of(input.partner, "Partner", "partner"))
        )
        return PartnerDisablePayload(partner=Partner.of(partner))

    @mutation("Sets a partner's NATS consumer back to an instant (重放事件).")
    async def partner_replay(
        self, info: Info, input: Input[PartnerReplayInput]
    ) -> PartnerReplayPayload | None:
        tenant_id, partner_id = tenant_and_partner(info, input.partner)
        partner = await info.context.gateway.partners.replay(tenant_id, partner_id, input.from_)
        return PartnerReplayPayload(partner=Partner.of(partner))
