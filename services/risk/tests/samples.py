"""What the tests of this service share."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from chassis.ids import new_id
from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.adapters.default_lexicon import default_words
from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes, spellings
from risk.application.lexicon_edits import Editor
from risk.domain.decision import Message
from risk.domain.lexicon import Lexicon, Word
from risk.domain.normal_form import Normaliser
from risk.domain.points import PointEntry, PointReason
from risk.domain.screening import Screener
from risk.domain.verdict import RiskCategory, Verdict

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
ADVERT = "刷单返现，加微信 wx_88888"
EDITOR = Editor("tester", NOW)
INNOCENT = "今天的面膜很好用"
NORMALISER = Normaliser(simplified_characters(), lookalikes())
SPELLINGS = spellings(NORMALISER)
DEFAULT_WORDS = default_words()


def screener(*words: Word) -> Screener:
    """Of these words alone."""
    return Screener(Lexicon(1, words, NORMALISER, AhoCorasickMatcher, SPELLINGS), NORMALISER)


def blocked(text: str, category: RiskCategory = RiskCategory.ADVERT) -> Word:
    return Word(text, Verdict.BLOCK, category)


def doubtful(text: str, category: RiskCategory = RiskCategory.ADVERT) -> Word:
    return Word(text, Verdict.REVIEW, category)


def allowed(text: str) -> Word:
    return Word(text, Verdict.ALLOW)


def message(
    text: str = INNOCENT,
    member_id: UUID | None = None,
    group_id: UUID | None = None,
    occurred_at: datetime = NOW,
) -> Message:
    """Of a new member in a new group, unless given."""
    return Message(new_id(), member_id or new_id(), group_id or new_id(), text, occurred_at)


def burst(count: int, member_id: UUID, group_id: UUID, start: datetime = NOW) -> list[Message]:
    """Innocent messages one second apart."""
    return [
        message(f"第{number}句", member_id, group_id, start + timedelta(seconds=number))
        for number in range(count)
    ]


def earned(member_id: UUID, points: int = 10, day: date = TODAY) -> PointEntry:
    """By an act of its own, in a group of its own."""
    return PointEntry(new_id(), "post", PointReason.EARNED, member_id, new_id(), points, day, NOW)
