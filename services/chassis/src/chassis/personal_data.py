"""What a service keeps of a person: one list of tables, by which it is handed out and erased."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import TextClause, text

from chassis.database import Session

# Stored answers may name the person, and repeat texts.
_FORGET_ANSWERS = text("""
    delete from idempotency_keys where position(convert_to(:subject, 'UTF8') in response) > 0
""")
_AS_JSON = "select cast(to_jsonb(it) - 'tenant_id' as text) from"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """Rows about a person, whose id is in one of `columns`; `where` finds them by `:subject` otherwise.

    When the person is erased they are deleted, or stay `stripped`: column → SQL expression in its place. It
    may name `:stand_in`, a random id that nothing leads back from, and `:now`. Some are `kept` as they
    are: books that name nobody themselves, or the proof of the erasure. A row that only `mentions` the person
    is somebody else's, and not handed out.
    """

    name: str
    columns: tuple[str, ...] = ()
    where: str = ""
    stripped: Mapping[str, str] = field(default_factory=dict)
    kept: bool = False
    mentions: bool = False

    @property
    def condition(self) -> str:
        return self.where or " or ".join(f"{column} = cast(:subject as uuid)" for column in self.columns)


# Of `chassis.erased`.
ERASED_SUBJECTS = PersonalTable(
    "erased_subjects", where="subject_id = cast(cast(:subject as uuid) as text)", kept=True
)
# Of `chassis.merged`.
MERGED_SUBJECTS = PersonalTable("merged_subjects", ("subject_id", "merged_subject_id"))


class PersonalData:
    """Tables are erased in the order given: a row that is found by another one comes before it."""

    def __init__(self, session: Session, tables: Sequence[PersonalTable]) -> None:
        self._connection, self._tables = session.connection, tables

    async def rows(self, subject_id: UUID) -> AsyncIterator[tuple[str, str]]:
        """(table, row as JSON), streamed."""
        for table in self._tables:
            if table.mentions:
                continue
            rows = text(f"{_AS_JSON} {table.name} it where {table.condition}")
            async for row in await self._connection.stream(rows, {"subject": subject_id}):
                yield table.name, row[0]

    async def erase(self, subject_ids: Sequence[UUID], now: datetime) -> dict[str, int]:
        """How many rows were deleted or stripped, by table; each of the ids gets a stand-in of its own."""
        erased = Counter[str]()
        for subject_id in subject_ids:
            parameters = {"subject": subject_id, "stand_in": uuid4(), "now": now}
            for table in self._tables:
                if table.kept:
                    continue
                erased[table.name] += (await self._connection.execute(_erasure(table), parameters)).rowcount
            await self._connection.execute(_FORGET_ANSWERS, {"subject": str(subject_id)})
        return dict(+erased)


def _erasure(table: PersonalTable) -> TextClause:
    if not table.stripped:
        return text(f"delete from {table.name} where {table.condition}")  # noqa: S608 constants only
    changes = ", ".join(f"{column} = {value}" for column, value in table.stripped.items())
    return text(f"update {table.name} set {changes} where {table.condition}")  # noqa: S608 constants only
