"""A tenant as the graph shows it."""

from typing import Self

import strawberry

from chassis.tenancy import TenantProfile
from gateway.global_ids import Node, global_id


@strawberry.type(description="A brand (企业) whose groups are operated here.")
class Tenant(Node):
    slug: str = strawberry.field(description="Short unique name.")
    name: str = strawberry.field(description="Name shown to operators.")
    time_zone: str = strawberry.field(description="IANA zone that fixes day and month boundaries.")
    currency: str = strawberry.field(description="ISO 4217 code of all amounts.")

    @classmethod
    def of(cls, profile: TenantProfile) -> Self:
        return cls(
            id=global_id("Tenant", str(profile.tenant_id)),
            slug=profile.slug,
            name=profile.name,
            time_zone=profile.time_zone,
            currency=profile.currency,
        )
