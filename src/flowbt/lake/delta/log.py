"""The log of one table: its entries, all of them verified, and the data files that they add up to.

Each entry contains the sha256 of the entry before (`flowbt.lake.delta.log_entry`), and the small file `HEAD` the last acknowledged
version and the sha256 of its entry. So a lost, incomplete or changed entry is detected when the table is opened. Entries above HEAD are
commits whose writer stopped between the last two steps: they are complete and valid.

The log is a Delta Lake log that every Delta reader can read. We read it ourselves because verification needs every entry.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake.delta.log_entry import DataFile, Entry, TornEntryError, name_of, read_entry
from flowbt.lake.delta.storage import Place
from flowbt.lake.delta.tables import Table

NUMBERED: Final = re.compile(r"^(\d{20})\.json$")
ADVICE: Final = "restore it from a backup, or ingest its files again into a new lake; `flowbt verify` lists all damage"


@dataclass(frozen=True)
class State:
    """A table at one of its versions: its files, in the order of their paths."""

    version: int
    files: Sequence[DataFile]


class TableLog:
    """The entries of a table's log that were read and verified; `refresh` reads new ones."""

    def __init__(self, place: Place, where: str, table: Table) -> None:
        self.place = place
        self.where = where
        self.table = table
        self.entries: list[Entry] = []
        self.acknowledged = -1
        self._files: dict[str, DataFile] = {}

    @property
    def folder(self) -> str:
        """The log's folder below the lake."""
        return f"{self.table.name}/_delta_log"

    @property
    def last(self) -> Entry | None:
        """The newest entry."""
        return self.entries[-1] if self.entries else None

    def refresh(self) -> None:
        """Read the entries that were added since the last call.

        Raises:
            StoreDamagedError: the log is not the one that was acknowledged.
            LakeError: another version of flowbt, or another program, wrote the table.
        """
        self.place.check()
        try:
            self._read_on()
        except FileNotFoundError as error:
            raise self._damaged(f"an entry of its log is missing ({error.filename})") from None
        except OSError as error:
            raise LakeError(
                f"table '{self.table.name}' of the lake at '{self.where}' cannot be opened: {error}"
            ) from None

    def state(self, version: int | None = None) -> State | None:
        """The table at a version, by default the newest; None if it has no versions."""
        if not self.entries:
            return None
        if version is None or version == len(self.entries) - 1:
            return State(len(self.entries) - 1, [self._files[path] for path in sorted(self._files)])
        files: dict[str, DataFile] = {}
        for entry in self.entries[: version + 1]:
            _apply(entry, files)
        return State(version, [files[path] for path in sorted(files)])

    def at(self, milliseconds: int) -> int | None:
        """The version at that time (milliseconds since 1970); None before the first version."""
        earlier = [entry.version for entry in self.entries if entry.timestamp <= milliseconds]
        return earlier[-1] if earlier else None

    def commits(self) -> list[dict[str, Any]]:
        """`version, timestamp, operation, facts` of each commit, the oldest first."""
        return [
            {
                "version": entry.version,
                "timestamp": datetime.fromtimestamp(entry.timestamp / 1000, UTC),
                "operation": entry.operation,
                "facts": dict(entry.facts),
            }
            for entry in self.entries
        ]

    def _read_on(self) -> None:
        # HEAD is read before the names: a commit in between is then above HEAD, and not taken for a missing acknowledged one
        head = self._head()
        numbers = self._numbers()
        newest = max(numbers, default=-1)
        if newest < len(self.entries) - 1:  # another lake is in this place now
            self.entries, self._files = [], {}
        read_before = len(self.entries)
        if head is None and newest > 0:
            raise self._damaged("its HEAD is missing")
        if head is not None and head[0] > newest:
            raise self._damaged(f"version {head[0]} was acknowledged, and the newest entry of its log is {newest}")
        missing = set(range(newest + 1)) - numbers
        if missing:
            raise self._damaged(f"entry {min(missing)} of its log is missing")
        wanted = range(read_before, newest + 1)
        for number, data in zip(
            wanted, self.place.read_many(f"{self.folder}/{name_of(n)}" for n in wanted), strict=True
        ):
            self._take(number, data, newest=number == newest)
        if head is not None and self.entries[head[0]].sha256 != head[1]:
            raise self._damaged(f"entry {head[0]} of its log is not the one that was acknowledged")
        self.acknowledged = -1 if head is None else head[0]

    def _take(self, number: int, data: bytes, *, newest: bool) -> None:
        try:
            entry = read_entry(number, data)
        except TornEntryError:
            if is_foreign(data):
                raise LakeError(
                    f"table '{self.table.name}' of the lake at '{self.where}' was written by another version of flowbt or "
                    "by another program; ingest its files again into a new lake"
                ) from None
            raise self._damaged(
                f"entry {number} of its log is incomplete or was changed",
                "; if it was never acknowledged, `flowbt verify --repair` sets it aside" if newest else "",
            ) from None
        if entry.previous != (self.entries[-1].sha256 if self.entries else ""):
            raise self._damaged(f"entry {number} of its log does not follow the one before")
        lacking = set(self.table.columns) - entry.columns if number == 0 else set()
        if lacking:
            raise LakeError(
                f"table '{self.table.name}' of the lake at '{self.where}' lacks {', '.join(sorted(lacking))}: another "
                "version of flowbt wrote it; ingest its files again into a new lake"
            )
        self.entries.append(entry)
        _apply(entry, self._files)

    def _numbers(self) -> set[int]:
        # a listing during a commit may contain a later name but not an earlier one; the next listing contains both
        for _ in range(3):
            numbers = {int(match[1]) for name in self.place.names(self.folder) if (match := NUMBERED.match(name))}
            if len(numbers) == max(numbers, default=-1) + 1:
                break
        return numbers

    def _head(self) -> tuple[int, str] | None:
        try:
            data = self.place.read(f"{self.table.name}/HEAD")
        except (FileNotFoundError, NotADirectoryError):
            return None
        head = read_head(data)
        if head is None:
            raise self._damaged("its HEAD is incomplete or was changed")
        return head

    def _damaged(self, what: str, advice: str = "") -> StoreDamagedError:
        return StoreDamagedError(
            f"table '{self.table.name}' of the lake at '{self.where}' is damaged: {what}; {ADVICE}{advice}"
        )


def write_head(version: int, sha256: str) -> bytes:
    """The bytes of HEAD: a version, the sha256 of its log entry, and a checksum of the two."""
    check = hashlib.sha256(f"{version} {sha256}".encode()).hexdigest()
    return json.dumps({"version": version, "sha256": sha256, "check": check}).encode() + b"\n"


def read_head(data: bytes) -> tuple[int, str] | None:
    """The version and the sha256 in HEAD; None if HEAD is incomplete or was changed."""
    try:
        document = json.loads(data)
        version, sha256 = int(document["version"]), str(document["sha256"])
    except (ValueError, KeyError, TypeError):
        return None
    return (version, sha256) if data == write_head(version, sha256) else None


def is_foreign(data: bytes) -> bool:
    """Whether a log entry is complete but was not written by flowbt."""
    try:
        actions = [json.loads(line) for line in data.splitlines()]
    except ValueError:
        return False
    return bool(actions) and all(
        isinstance(action, dict) and "check" not in action.get("commitInfo", ()) for action in actions
    )


def _apply(entry: Entry, files: dict[str, DataFile]) -> None:
    for path in entry.removed:
        files.pop(path, None)
    files.update({file.path: file for file in entry.added})
