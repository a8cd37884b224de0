"""Conditions as SQL: the rules of domain/conditions.py for many members at once.

Each table is gone through once, grouped by member, however many tests look at it, and joined to the members:
for some of them this is a look-up by index, for all of a tenant one scan per table. A test nobody without
rows meets is written so that the planner sees it, and joins only those members for whom it holds.
Values travel as parameters only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, assert_never

from segmentation.adapters.consents import NEWEST_FIRST
from segmentation.adapters.member_rows import MemberRows, ago
from segmentation.adapters.tiers import PAID
from segmentation.domain.activity import INTERACTIONS
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    ConsentTest,
    GroupTest,
    IntRange,
    Not,
    OrderMeasure,
    OrdersTest,
    ProfileField,
    ProfileTest,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TextMatch,
    TierTest,
)
from segmentation.domain.consents import ConsentState
from segmentation.domain.policy import RfmCuts, TierPolicy

EVERYBODY = "true"
CHOSEN = "member_id = any(cast(:member_ids as uuid[]))"
FIRST = "member_id < cast(:before as uuid)"
_NOW = "cast(:now as timestamptz)"
_NEVER = "cast(null as timestamptz)"
_MATCHES = {
    TextMatch.EQUALS: "{column} = {text}",
    TextMatch.STARTS_WITH: "starts_with({column}, {text})",
    TextMatch.CONTAINS: "position({text} in {column}) > 0",
}
_LAST_INDEX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CompiledConditions:
    """`holds[i]` is true or false for condition i, `due_at[i]` when that may change with time alone, or null.

    Both are expressions over `members m` followed by `joins`. `due_at` may be early, never late; it is always
    null unless the conditions were compiled with `timed`. Whoever decides tiers sees to those who change.
    """

    joins: str
    holds: Sequence[str]
    due_at: Sequence[str]
    _values: Mapping[str, Any]
    _days_ago: Mapping[str, int]

    def parameters(self, now: datetime) -> dict[str, Any]:
        moments = {name: now - timedelta(days=days) for name, days in self._days_ago.items()}
        return {"now": now, **self._values, **moments}


def compile_conditions(
    conditions: Sequence[Condition],
    policy: TierPolicy,
    among: str = EVERYBODY,
    *,
    timed: bool = False,
    singly: bool = False,
) -> CompiledConditions:
    """`among` restricts the members looked at: EVERYBODY, CHOSEN (those of the parameter `member_ids`), or
    FIRST (those whose id is below the parameter `before`). `singly`: one after the other, each by its index,
    however small the planner believes a table to be.
    """
    return _compile(tuple(conditions), policy.rfm_window_days, policy.cuts, among, timed, singly)


@lru_cache(maxsize=256)
def _compile(
    conditions: tuple[Condition, ...],
    rfm_window_days: int,
    cuts: RfmCuts,
    among: str,
    timed: bool,
    singly: bool,
) -> CompiledConditions:
    compiler = _Compiler(rfm_window_days, cuts, timed=timed)
    decided = [compiler.decide(condition) for condition in conditions]
    return CompiledConditions(
        joins=compiler.joins(among, singly=singly),
        holds=[it.holds for it in decided],
        due_at=[f"least({', '.join(it.due_at)})" if it.due_at else _NEVER for it in decided],
        _values=compiler.values,
        _days_ago=compiler.days_ago,
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """SQL of whether a condition holds (never null), and of the moments at which that may change."""

    holds: str
    due_at: tuple[str, ...] = ()


class _Compiler:
    def __init__(self, rfm_window_days: int, cuts: RfmCuts, *, timed: bool) -> None:
        self.values: dict[str, Any] = {}
        self.days_ago: dict[str, int] = {}
        self._rfm_window_days, self._cuts, self._timed = rfm_window_days, cuts, timed
        self._decided: dict[Condition, _Decided] = {}
        self._activities = MemberRows("activities", "true", "occurred_at")
        self._orders = MemberRows("orders", PAID, "paid_at")
        self._tags = MemberRows("member_tags", "true")
        self._consents = MemberRows("consents", "true")
        self._stays = MemberRows("memberships", "left_at is null")
        self._tiers = False

    def joins(self, among: str, *, singly: bool) -> str:
        tables = (self._activities, self._orders, self._tags, self._consents, self._stays)
        tiers = f"""
            left join (select member_id, tier from member_tiers where {among}
            ) as t on t.member_id = m.member_id"""  # noqa: S608 constants only
        joins = "".join(table.join(among, singly=singly) for table in tables)
        return tiers + joins if self._tiers else joins

    def decide(self, condition: Condition) -> _Decided:
        """The same test is worked out once."""
        if condition not in self._decided:
            self._decided[condition] = self._decide(condition)
        return self._decided[condition]

    def _decide(self, condition: Condition) -> _Decided:
        match condition:
            case AllOf(conditions):
                return self._joined("and", conditions, "true")
            case AnyOf(conditions):
                return self._joined("or", conditions, "false")
            case Not(negated):
                decided = self.decide(negated)
                return _Decided(f"(not {decided.holds})", decided.due_at)
            case ProfileTest(field, match, text):
                column = "m.display_name" if field is ProfileField.DISPLAY_NAME else "m.external_reference"
                return _Decided(f"({_MATCHES[match].format(column=column, text=self._value(text, 'text'))})")
            case TagTest(name):
                rows = f"name = {self._value(name, 'text')}"
                return _Decided(_any_of(self._tags, rows))
            case ConsentTest(purpose, state):
                rows = f"purpose = {self._value(purpose, 'text')}"
                last = f"(array_agg(state order by {NEWEST_FIRST}) filter (where {rows}))[1]"
                held = f"coalesce({self._consents.column(last, rows)}, {ConsentState.UNKNOWN:d})"
                return _Decided(f"({held} = {self._value(state, 'smallint')})")
            case TierTest(tiers):
                self._tiers = True
                return _Decided(f"(t.tier = any({self._value(_numbers(tiers), 'smallint[]')}) is true)")
            case RfmTest(dimension, wanted):
                return self.decide(_orders_for(dimension, wanted, self._rfm_window_days, self._cuts))
            case OrdersTest(measure, within_days, value):
                rows = f"paid_at > {self._since(within_days)}" if within_days else "true"
                if measure is OrderMeasure.COUNT:
                    return self._counted(self._orders, rows, within_days, value)
                return self._spent(rows, within_days, value)
            case ActivitiesTest(kinds, within_days, group_id, count):
                rows = f"""occurred_at > {self._since(within_days)}
                    and kind = any({self._value(_numbers(kinds or INTERACTIONS), "smallint[]")})"""
                if group_id:
                    rows += f" and group_id = {self._value(group_id, 'uuid')}"
                return self._counted(self._activities, rows, within_days, count)
            case GroupTest(group_ids):
                rows = f"group_id = any({self._value(list(group_ids), 'uuid[]')})"
                return _Decided(_any_of(self._stays, rows))
            case SeenTest(sight, days_ago):
                column = "m.first_seen_at" if sight is Sight.FIRST else "m.last_seen_at"
                return self._seen(column, days_ago)
        assert_never(condition)

    def _joined(self, operator: str, conditions: Sequence[Condition], neutral: str) -> _Decided:
        decided = [self.decide(it) for it in conditions]
        moments = dict.fromkeys(moment for it in decided for moment in it.due_at)
        return _Decided(f"({f' {operator} '.join(it.holds for it in decided) or neutral})", tuple(moments))

    def _counted(self, table: MemberRows, rows: str, window: int, wanted: IntRange) -> _Decided:
        """With time alone a count only falls: the highest threshold it has reached is the first it loses."""
        at = table.at
        now_rows = f"{rows} and {at} <= {_NOW}"
        count = table.column(f"count(*) filter (where {now_rows})", rows, window)
        holds = self._in_range(count, wanted)
        if not self._timed:
            return _Decided(holds)
        moments = [self._comes(table, rows, window)]
        if window:
            newest = table.column(
                f"array_agg({at} order by {at} desc) filter (where {now_rows})", rows, window
            )
            leaving = [
                f"when {count} >= {self._value(number, 'bigint')} then {newest}[{self._index(number)}]"
                for number in sorted(_thresholds(wanted), reverse=True)
            ]
            if leaving:
                moments.append(f"case {' '.join(leaving)} end + {self._interval(window)}")
        return _Decided(holds, tuple(moments))

    def _spent(self, rows: str, window: int, wanted: IntRange) -> _Decided:
        now_rows = f"{rows} and paid_at <= {_NOW}"
        total = f"sum(paid_minor - refunded_minor) filter (where {now_rows})"
        spent = self._orders.column(total, rows, window)
        holds = self._in_range(spent, wanted)
        if not self._timed:
            return _Decided(holds)
        moments = [self._comes(self._orders, rows, window)]
        if window:
            oldest = self._orders.column(f"min(paid_at) filter (where {now_rows})", rows, window)
            lowest = min(_thresholds(wanted), default=0)
            moments.append(
                f"case when {spent} >= {self._value(lowest, 'bigint')} then {oldest} end"
                f" + {self._interval(window)}"
            )
        return _Decided(holds, tuple(moments))

    def _comes(self, table: MemberRows, rows: str, window: int) -> str:
        """When the first row dated in the future begins to count."""
        return table.column(f"min({table.at}) filter (where {rows} and {table.at} > {_NOW})", rows, window)

    def _seen(self, column: str, days_ago: IntRange) -> _Decided:
        tests, moments = [], []
        if days_ago.min:
            tests.append(f"{column} <= {self._since(days_ago.min)}")
            moments.append(f"{column} + {self._interval(days_ago.min)}")
        if days_ago.max is not None:
            tests.append(f"{column} > {self._since(days_ago.max + 1)}")
            moments.append(f"{column} + {self._interval(days_ago.max + 1)}")
        ahead = [f"case when {moment} > {_NOW} then {moment} end" for moment in moments]
        return _Decided(f"({' and '.join(tests) or 'true'})", tuple(ahead) if self._timed else ())

    def _in_range(self, figure: str, wanted: IntRange) -> str:
        """Without rows the figure is null, which is none."""
        figure = f"coalesce({figure}, 0)" if 0 in wanted else figure
        ends = ((">=", wanted.min), ("<=", wanted.max))
        tests = [f"{figure} {sign} {self._value(end, 'bigint')}" for sign, end in ends if end is not None]
        return f"(({' and '.join(tests) or 'true'}) is true)"

    def _value(self, value: object, sql_type: str) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"cast(:{name} as {sql_type})"

    def _since(self, days: int) -> str:
        """The moment that is so many days before now."""
        self.days_ago[f"ago{days}"] = days
        return ago(days)

    def _interval(self, days: int) -> str:
        return f"make_interval(days => {self._value(days, 'integer')})"

    def _index(self, number: int) -> str:
        """No member has so many rows that the end of the range of subscripts would be missed."""
        return self._value(min(number, _LAST_INDEX), "integer")


def _thresholds(wanted: IntRange) -> list[int]:
    """Figures that are reached where the range begins, and where it is over."""
    over = None if wanted.max is None else wanted.max + 1
    return [number for number in (wanted.min, over) if number]


def _any_of(table: MemberRows, rows: str) -> str:
    return f"({table.column(f'bool_or({rows})', rows)} is true)"


def _numbers(members: Any) -> list[int]:
    return sorted(int(member) for member in members)


def _orders_for(dimension: RfmDimension, wanted: IntRange, window: int, cuts: RfmCuts) -> Condition:
    """A score is the number of cut points reached and 1, so that its ends are ends of what is scored."""
    least = wanted.min - 2 if wanted.min and wanted.min > 1 else None
    most = wanted.max - 1 if wanted.max and wanted.max < len(cuts.frequency) + 1 else None
    if dimension is RfmDimension.RECENCY:
        bought = IntRange(min=1)
        tests = [] if least is None else [_lately(cuts.recency_days[least], window, bought)]
        tests += [] if most is None else [Not(_lately(cuts.recency_days[most], window, bought))]
        return AllOf(tuple(tests))
    if dimension is RfmDimension.FREQUENCY:
        measure, points = OrderMeasure.COUNT, cuts.frequency
    else:
        measure, points = OrderMeasure.NET_SPEND_MINOR, cuts.monetary_minor
    value = IntRange(
        min=None if least is None else points[least],
        max=None if most is None else points[most] - 1,
    )
    return OrdersTest(measure, window, value)


def _lately(cut_days: int, window: int, bought: IntRange) -> Condition:
    """At most so many whole days ago; no order is less than none ago."""
    if cut_days < 0:
        return AnyOf(())
    return OrdersTest(OrderMeasure.COUNT, min(cut_days + 1, window), bought)
