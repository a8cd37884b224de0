"""Propose RFM cut points from the tenant's own orders."""

from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.policy import RfmCuts
from segmentation.domain.rfm import propose_cuts


async def propose_rfm_cuts(uow: UnitOfWork, as_of: datetime) -> tuple[RfmCuts | None, int]:
    """Cut points and the number of buyers they come from; None without buyers. Nothing is changed."""
    buyers = await uow.tiers.buyers(await uow.policies.tiers(), as_of)
    return (propose_cuts(buyers) if buyers else None), len(buyers)
