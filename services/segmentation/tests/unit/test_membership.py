from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.membership import Sign, Stay, stays

from ..samples import NOW, days

INVITER = UUID(int=99)


def sign(kind: Kind, day: float, number: int = 0, invited_by: UUID | None = None) -> Sign:
    return Sign(NOW + days(day), kind, UUID(int=number), invited_by)


def stay(first: float, last: float | None, *, recorded: bool, invited_by: UUID | None = None) -> Stay:
    return Stay(NOW + days(first), None if last is None else NOW + days(last), recorded, invited_by)


def test_joined_opens_and_left_closes() -> None:
    signs = [sign(Kind.JOINED, 0, invited_by=INVITER), sign(Kind.LEFT, 3), sign(Kind.JOINED, 5)]
    assert stays(signs) == [
        stay(0, 3, recorded=True, invited_by=INVITER),
        stay(5, None, recorded=True),
    ]


def test_the_first_sign_of_somebody_never_seen_joining_implies_presence() -> None:
    assert stays([sign(Kind.MESSAGE, 1), sign(Kind.LIKE, 2)]) == [stay(1, None, recorded=False)]
    assert stays([sign(Kind.MESSAGE, 1), sign(Kind.JOINED, 2)]) == [stay(1, None, recorded=True)]


def test_leaving_counts_once_even_of_somebody_never_seen() -> None:
    assert stays([sign(Kind.LEFT, 1), sign(Kind.LEFT, 2)]) == [stay(1, 1, recorded=False)]


def test_at_one_instant_leaving_comes_last() -> None:
    assert stays([sign(Kind.LEFT, 1), sign(Kind.JOINED, 1)]) == [stay(1, 1, recorded=True)]


def test_orders_imply_nothing() -> None:
    assert stays([sign(Kind.ORDER_PAID, 1), sign(Kind.ORDER_REFUNDED, 2)]) == []


SIGNS = st.lists(
    st.builds(sign, st.sampled_from(Kind), st.integers(0, 5), st.integers(0, 1_000)), max_size=10
)


@given(SIGNS, st.randoms())
def test_the_order_of_arrival_does_not_matter(signs: list[Sign], random: object) -> None:
    shuffled = list(signs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stays(shuffled) == stays(signs)


@given(SIGNS)
def test_stays_follow_one_another(signs: list[Sign]) -> None:
    found = stays(signs)
    for earlier, later in pairwise(found):
        assert earlier.left_at is not None
        assert earlier.joined_at <= earlier.left_at < later.joined_at
