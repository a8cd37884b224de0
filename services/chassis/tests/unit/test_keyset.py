from datetime import UTC
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.keyset import CursorKey, InvalidCursor, decode_cursor, encode_cursor

parts = st.one_of(st.uuids(), st.integers(), st.text(), st.datetimes(timezones=st.just(UTC)))


@given(st.lists(parts, max_size=4))
def test_a_cursor_gives_back_the_key_with_its_types(key: list[CursorKey]) -> None:
    decoded = decode_cursor(encode_cursor(*key))
    assert [(type(part), part) for part in decoded] == [(type(part), part) for part in key]


def test_a_cursor_is_safe_in_a_url() -> None:
    assert encode_cursor("茶铺?>", UUID(int=1)).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "not a cursor",
        "e30",
        "W10x",
        "WyJ1Il0",
        "W1siaSIsIngiXV0",
        "W1sidSIsMV1d",
        "W1siYSIsMV1d",
        "圈",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor) as refusal:
        decode_cursor(text)
    assert refusal.value.field == "after"
