"""How often staff agrees with the rules that set tags."""

from collections.abc import Sequence
from datetime import date

from segmentation.application.ports import UnitOfWork
from segmentation.domain.tags import TagAccuracy, overall
from segmentation.domain.windows import Window


async def measure_tags(uow: UnitOfWork, first: date, last: date) -> Sequence[TagAccuracy]:
    """Local dates of the tenant, both ends included; all rules together first. Raises InvalidWindow."""
    window = Window.of(first, last, (await uow.tenant()).zone)
    per_rule = await uow.tags.accuracies(window)
    return [overall(per_rule), *per_rule]
