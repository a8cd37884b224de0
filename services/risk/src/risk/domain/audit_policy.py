"""What a tenant may set about audits; the defaults are those of the product."""

from dataclasses import dataclass
from datetime import timedelta

from risk.domain.versioned_policy import VersionedPolicy

_RANGES = {
    "interval_days": (1, 90),
    "lexicon_days": (1, 366),
    "sample_texts": (10, 5_000),
    "overdue_cases": (1, 10_000),
    "read_factor": (2, 100),
    "least_reads": (1, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class AuditPolicy(VersionedPolicy):
    """One version of the tenant's policy. Version 0 is the default, never stored."""

    interval_days: int = 7
    lexicon_days: int = 30
    sample_texts: int = 500
    overdue_cases: int = 20
    read_factor: int = 5
    least_reads: int = 500

    def __post_init__(self) -> None:
        self.check_ranges(_RANGES)

    @property
    def interval(self) -> timedelta:
        return timedelta(days=self.interval_days)
