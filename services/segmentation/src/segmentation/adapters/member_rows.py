"""Rows of members' tables, gathered per member."""


class MemberRows:
    """The rows of a table that some test looks at, and what it wants of them: one join to `members m`."""

    def __init__(self, table: str, always: str, at: str = "") -> None:
        self.table, self.at, self._always = table, at, always
        self._rows: list[str] = []
        self._windows: list[int] = []
        self._columns: list[str] = []

    def column(self, expression: str, rows: str, window: int = 0) -> str:
        """The name of the aggregate over these rows, none of which is older than the window (0: ever)."""
        if rows not in self._rows:
            self._rows.append(rows)
            self._windows.append(window)
        self._columns.append(f"{expression} as c{len(self._columns)}")
        return f"{self.table}_of.c{len(self._columns) - 1}"

    def join(self, among: str, *, singly: bool) -> str:
        if not self._columns:
            return ""
        # Said of all rows together, it is a condition for an index.
        lately = f"{self.at} > {ago(max(self._windows))}" if all(self._windows) else "true"
        if singly:
            return f"""
            left join lateral (select {", ".join(self._columns)} from {self.table}
                               where member_id = m.member_id and {self._always} and {lately}
                                 and ({" or ".join(self._rows)})
            ) as {self.table}_of on true"""  # noqa: S608 constants only
        return f"""
            left join (select member_id, {", ".join(self._columns)} from {self.table}
                       where {among} and {self._always} and {lately} and ({" or ".join(self._rows)})
                       group by member_id
            ) as {self.table}_of on {self.table}_of.member_id = m.member_id"""  # noqa: S608 constants only


def ago(days: int) -> str:
    """The parameter that is so many days before now."""
    return f"cast(:ago{days} as timestamptz)"
