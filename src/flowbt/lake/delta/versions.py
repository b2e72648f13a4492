"""All tables of a lake, as they are now or as they were at an earlier time."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from flowbt.errors import FlowbtError, LakeError, UnknownNameError
from flowbt.lake.delta.log import State, TableLog
from flowbt.lake.delta.storage import place_of
from flowbt.lake.delta.tables import CHAINS, TABLES, Table

AsOf = int | str | date | datetime
MILLISECOND: Final = 1000
_DAY_ENDS: Final = time(23, 59, 59, 999_999, UTC)


class Ledger:
    """A lake's tables; `as_of` is the time at which they are read, or a version of `chains`; None: now."""

    def __init__(self, path: str | Path, as_of: AsOf | None, storage_options: Mapping[str, str] | None) -> None:
        self.where = str(path)
        self.place = place_of(path, storage_options)
        self._as_of = read_as_of(as_of)
        self._logs = {name: TableLog(self.place, self.where, table) for name, table in TABLES.items()}

    def log(self, table: Table) -> TableLog:
        """A table's log with all its current entries."""
        log = self._logs[table.name]
        log.refresh()
        return log

    def to_write(self, table: Table) -> TableLog:
        """A table's log for a writer, which reads it once it has the lock.

        Raises:
            LakeError: the lake was opened as of an earlier time.
        """
        if self._as_of is not None:
            raise LakeError(f"the lake at '{self.where}' was opened as of {self._as_of}: it cannot be written")
        return self._logs[table.name]

    def state(self, table: Table) -> State | None:
        """A table at the time of `as_of`; None if it had no version then.

        Raises:
            LakeError: the lake was empty at that time, or there is no such version.
        """
        log = self.log(table)
        if self._moment is None:
            return log.state()
        version = log.at(self._moment)
        return None if version is None else log.state(version)

    def versions(self) -> dict[str, int]:
        """The version of each table that has one."""
        states = {name: self.state(table) for name, table in TABLES.items()}
        return {name: state.version for name, state in states.items() if state is not None}

    def commits(self, name: str) -> list[dict[str, Any]]:
        """The commits of a table up to the time of `as_of`."""
        if name not in TABLES:
            raise UnknownNameError("table", name, TABLES, hint=f"there are {', '.join(TABLES)}")
        state = self.state(TABLES[name])
        return [] if state is None else self._logs[name].commits()[: state.version + 1]

    @cached_property
    def _moment(self) -> int | None:
        """The time of `as_of` in milliseconds since 1970; None: now."""
        if self._as_of is None:
            return None
        logs = [self.log(table) for table in TABLES.values()]
        if isinstance(self._as_of, int):
            entries = self._logs[CHAINS.name].entries
            if not 0 <= self._as_of < len(entries):
                available = f"it has versions 0 to {len(entries) - 1}" if entries else "it has none"
                raise LakeError(
                    f"table 'chains' of the lake at '{self.where}' has no version {self._as_of}: {available}"
                )
            return entries[self._as_of].timestamp
        moment = int(self._as_of.timestamp() * MILLISECOND)
        first = min((log.entries[0].timestamp for log in logs if log.entries), default=None)
        if first is not None and moment < first:
            began = datetime.fromtimestamp(first / MILLISECOND, UTC).isoformat(timespec="milliseconds")
            raise LakeError(
                f"the lake at '{self.where}' was empty as of {self._as_of}: its first commit was at {began}"
            )
        return moment


def read_as_of(as_of: AsOf | None) -> int | datetime | None:
    """A version number, or a time in UTC; a date without a time means the end of that day.

    Raises:
        FlowbtError: the text is none of these.
    """
    if isinstance(as_of, str):
        if as_of.isdecimal():
            return int(as_of)
        try:
            as_of = date.fromisoformat(as_of) if len(as_of) == len("2026-08-21") else datetime.fromisoformat(as_of)
        except ValueError:
            raise FlowbtError(
                f"'{as_of}' is not a valid time: write a date (2026-08-21), a time (2026-08-21T16:30) in UTC, or a version of chains"
            ) from None
    if isinstance(as_of, datetime):
        return as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)
    return datetime.combine(as_of, _DAY_ENDS) if isinstance(as_of, date) else as_of
