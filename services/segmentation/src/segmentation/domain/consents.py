"""Consents of members to what their data is used for: purposes, records, and what holds.

Purposes are the tenant's data. Records are never changed; the one that occurred last holds, whenever it came.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from segmentation.domain.errors import ConsentRefused, InvalidConsentPolicy

DEFAULT_PURPOSES = (
    "membership",
    "marketing",
    "profiling",
    "sensitive_personal_information",
    "sharing_with_partners",
)
CLOCK_SKEW = timedelta(minutes=1)
_LONGEST = {
    "source": 64,
    "source_id": 250,
    "member_reference": 250,
    "channel": 64,
    "notice_version": 64,
    "evidence": 500,
}
_REQUIRED = frozenset({"source", "source_id", "member_reference", "channel"})


class ConsentState(IntEnum):
    """Numbered as in quanzi.segmentation.v1.ConsentState. UNKNOWN is never recorded."""

    GIVEN = 1
    WITHDRAWN = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """An empty name is that of the default."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConsentPolicy:
    version: int = 0
    purposes: tuple[ConsentPurpose, ...] = tuple(map(ConsentPurpose, DEFAULT_PURPOSES))

    @property
    def codes(self) -> Sequence[str]:
        return [purpose.code for purpose in self.purposes]

    def check(self) -> None:
        """Raises InvalidConsentPolicy."""
        for place, code in enumerate(self.codes):
            if code in self.codes[:place]:
                raise InvalidConsentPolicy(
                    f"{code} is there twice; name each purpose once", field=f"policy.purposes[{place}].code"
                )


class Said(NamedTuple):
    """Orders what a member said about one purpose: the greatest holds, of one moment the withdrawal."""

    occurred_at: datetime
    state: ConsentState


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as it is handed in, unchecked."""

    source: str
    source_id: str
    member_reference: str
    purpose: str
    state: ConsentState | None
    channel: str
    notice_version: str
    evidence: str
    occurred_at: datetime | None

    def said(self, policy: ConsentPolicy, former: Collection[str], now: datetime) -> Said:
        """What the row says. `former`: purposes of earlier policies, that can still be withdrawn.

        Raises ConsentRefused.
        """
        for field, most in _LONGEST.items():
            text = getattr(self, field)
            if field in _REQUIRED and not text.strip():
                raise _missing(field)
            if len(text) > most or "\0" in text:
                raise ConsentRefused("INVALID_FIELD", field, f"{field} has at most {most} characters, no NUL")
        if self.state not in (ConsentState.GIVEN, ConsentState.WITHDRAWN):
            raise ConsentRefused("INVALID_FIELD", "state", "a consent is GIVEN or WITHDRAWN")
        given = self.state is ConsentState.GIVEN
        if self.purpose not in policy.codes and (given or self.purpose not in former):
            message = f"{self.purpose[:50]!r} is no purpose; these are: {', '.join(policy.codes)}"
            raise ConsentRefused("UNKNOWN_PURPOSE", "purpose", message)
        if given and not self.notice_version.strip():
            raise _missing("notice_version")
        if self.occurred_at is None:
            raise _missing("occurred_at")
        if self.occurred_at > now + CLOCK_SKEW:
            message = f"{self.occurred_at.isoformat()} is in the future"
            raise ConsentRefused("INVALID_FIELD", "occurred_at", message)
        return Said(self.occurred_at, self.state)


def _missing(field: str) -> ConsentRefused:
    return ConsentRefused("MISSING_FIELD", field, f"{field} is missing")


@dataclass(frozen=True, slots=True)
class ConsentRejection:
    """`index`: place of the row."""

    index: int
    why: ConsentRefused


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """`member_id` is the member that goes on, `origin_id` who it came from, where that was merged away."""

    id: UUID
    member_id: UUID
    purpose: str
    state: ConsentState
    source: str
    source_id: str
    channel: str
    notice_version: str
    evidence: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    origin_id: UUID | None = None

    def says_the_same(self, other: "ConsentRecord") -> bool:
        """Whoever sent it, and whenever, and whoever the member goes on as."""
        return self._told() == other._told()

    def _told(self) -> tuple[object, ...]:
        return (
            self.origin_id or self.member_id,
            self.purpose,
            self.state,
            self.channel,
            self.notice_version,
            self.evidence,
            self.occurred_at,
        )


@dataclass(frozen=True, slots=True)
class Consent:
    """What holds for a member and a purpose; without a record nothing is known."""

    member_id: UUID
    purpose: ConsentPurpose
    record: ConsentRecord | None = None

    @property
    def state(self) -> ConsentState:
        return self.record.state if self.record else ConsentState.UNKNOWN


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """Another state holds; `record` is None where nothing is known any more."""

    member_id: UUID
    purpose: str
    previous: ConsentState
    record: ConsentRecord | None

    @property
    def state(self) -> ConsentState:
        return self.record.state if self.record else ConsentState.UNKNOWN


Holding = Mapping[tuple[UUID, str], ConsentRecord]
"""The records that hold, by member and purpose."""


def held(said: Iterable[Said]) -> ConsentState:
    """What holds of all that a member said about one purpose."""
    last = max(said, default=None)
    return last.state if last else ConsentState.UNKNOWN


def consents_of(member_id: UUID, policy: ConsentPolicy, holding: Holding) -> Sequence[Consent]:
    """Of every purpose of the policy in its order, then of others by code."""
    others = sorted(
        purpose for holder, purpose in holding if holder == member_id and purpose not in policy.codes
    )
    return [
        Consent(member_id, purpose, holding.get((member_id, purpose.code)))
        for purpose in (*policy.purposes, *map(ConsentPurpose, others))
    ]


def changes(before: Holding, after: Holding, member_ids: Iterable[UUID]) -> Sequence[ConsentChange]:
    """Of these members, by member and purpose. A newer record of the same state changes nothing."""
    wanted = set(member_ids)
    places = sorted(place for place in before.keys() | after.keys() if place[0] in wanted)
    found = [
        ConsentChange(member_id, purpose, previous.state if previous else ConsentState.UNKNOWN, record)
        for member_id, purpose in places
        for previous, record in [(before.get((member_id, purpose)), after.get((member_id, purpose)))]
    ]
    return [change for change in found if change.state is not change.previous]
