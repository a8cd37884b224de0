"""Chance that is the same whenever it is asked: who is drawn depends on the id alone."""

from hashlib import blake2b
from uuid import UUID

_SCALE = 2**64


def drawn(subject_id: UUID, purpose: str, share: float) -> bool:
    """Whether this one is among the share (0 to 1); each purpose draws independently of the others."""
    digest = blake2b(subject_id.bytes, digest_size=8, person=purpose.encode()).digest()
    return int.from_bytes(digest) < share * _SCALE
