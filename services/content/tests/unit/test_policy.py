import pytest

from content.domain.content_type import ContentType
from content.domain.errors import InvalidPolicy
from content.domain.policy import ContentPolicy, TypeRule


def test_quiet_hours_cross_midnight() -> None:
    policy = ContentPolicy()
    assert [policy.is_quiet(hour * 60) for hour in (7, 8, 21, 22, 0)] == [True, False, False, True, True]


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ({ContentType.UGC: TypeRule(0.9, 600, 660)}, "add up"),
        ({ContentType.UGC: TypeRule(1.0, 660, 600)}, "ends before"),
        ({ContentType.UGC: TypeRule(1.0, 1300, 1380)}, "quiet hours"),
    ],
)
def test_an_impossible_policy_is_refused(types: dict[ContentType, TypeRule], words: str) -> None:
    with pytest.raises(InvalidPolicy, match=words):
        ContentPolicy(types=types)


@pytest.mark.parametrize("reminders", [(20, 10), (10, 10), (0,), (30,)])
def test_reminders_come_in_order_and_within_the_grace(reminders: tuple[int, ...]) -> None:
    with pytest.raises(InvalidPolicy):
        ContentPolicy(reminder_minutes=reminders)
