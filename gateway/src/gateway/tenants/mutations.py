"""Registering tenants."""

import strawberry

from chassis.tenancy import TenantProfile
from gateway.context import Info
from gateway.errors import forbidden
from gateway.mutation import Input, Payload, mutation, payload
from gateway.tenants.types import Tenant


@strawberry.input(description="Input of `tenantRegister`.")
class TenantRegisterInput:
    slug: str = strawberry.field(description="Short unique name: small letters, digits, dashes.")
    name: str = strawberry.field(description="Name shown to operators, 1 to 100 characters.")
    time_zone: str = strawberry.field(description="IANA zone, for example Asia/Shanghai.")
    currency: str = strawberry.field(description="ISO 4217 code of all amounts; it cannot change later.")


@payload()
class TenantRegisterPayload(Payload):
    tenant: Tenant | None = strawberry.field(description="The tenant.", default=None)


@strawberry.type
class TenantMutations:
    @mutation(
        "Registers the tenant your token names (登记企业), or changes its name and zone; for the platform."
    )
    async def tenant_register(
        self, info: Info, input: Input[TenantRegisterInput]
    ) -> TenantRegisterPayload | None:
        identity = info.context.identity
        identity.require("admin")
        if not identity.platform:
            raise forbidden("this needs a token of the platform's own administrators")
        gateway = info.context.gateway
        profile = TenantProfile(
            tenant_id=identity.caller.tenant_id,
            slug=input.slug,
            name=input.name,
            time_zone=input.time_zone,
            currency=input.currency,
        )
        return TenantRegisterPayload(
            tenant=Tenant.of(await gateway.tenants.register(profile, gateway.clock()))
        )
