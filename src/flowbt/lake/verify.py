"""Verify every byte of a lake: the data files, log entries and HEAD files of every version that can be read.

A data file has the sha256 of its bytes in its name, a log entry its own checksum and the sha256 of the entry before, and HEAD the
sha256 of the last acknowledged entry. So nothing except the lake itself is needed. Files that no version refers to (stopped writers
left them) are listed and harmless; `flowbt compact` deletes them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flowbt.errors import LakeError
from flowbt.lake.delta.log import NUMBERED, is_foreign, read_head
from flowbt.lake.delta.log_entry import DataFile, Entry, TornEntryError, name_of, read_entry
from flowbt.lake.delta.storage import Place
from flowbt.lake.delta.tables import TABLES
from flowbt.lake.store import Lake


@dataclass
class Findings:
    """What a look at every byte has found; paths are below the lake."""

    files: int = 0
    damaged: list[dict[str, str]] = field(default_factory=list)
    unreferenced: list[str] = field(default_factory=list)

    def blame(self, path: str, reason: str) -> None:
        """Put down damage."""
        self.damaged.append({"path": path, "reason": reason})

    def document(self) -> dict[str, Any]:
        """What `flowbt verify --json` prints."""
        return {"ok": not self.damaged, **vars(self)}


def verify_lake(lake: Lake, *, repair: bool = False) -> dict[str, Any]:
    """Read every byte of a lake: `ok, files, damaged` (`path, reason`), `unreferenced`, and with `repair` also `set_aside`.

    Args:
        lake: which.
        repair: rename a table's newest log entry where it is torn and was never acknowledged; nothing else is touched.

    Raises:
        LakeError: there is no lake.
    """
    place, where = lake.ledger.place, lake.ledger.where
    place.check()
    aside = list(_set_aside(place)) if repair and any(place.names(f"{table}/_delta_log") for table in TABLES) else []
    found = Findings()
    if not any([_verify_table(place, table, found) for table in TABLES]):  # noqa: C419 (every table must be verified)
        raise LakeError(f"no lake at '{where}': make one with `flowbt ingest` or `flowbt simulate`")
    return found.document() | ({"set_aside": aside} if repair else {})


def referenced_files(entries: Iterable[Entry], table: str) -> dict[str, DataFile]:
    """The data files of all versions by their names below the lake."""
    return {f"{table}/{file.path}": file for entry in entries for file in entry.added}


def _verify_table(place: Place, table: str, found: Findings) -> bool:
    """Record the damage in a table; False if there is no such table."""
    # HEAD is read before the names: a commit in between is then above HEAD, and not taken for a missing acknowledged one
    try:
        head: bytes | None = place.read(f"{table}/HEAD")
    except OSError:
        head = None
    names = set(place.walk(table))
    log = f"{table}/_delta_log/"
    numbers = [int(match[1]) for name in names if name.startswith(log) and (match := NUMBERED.match(name[len(log) :]))]
    entries = list(_entries(place, log, max(numbers, default=-1), found))
    _verify_head(f"{table}/HEAD", head, entries, max(numbers, default=-1), found)
    files = referenced_files(entries, table)
    for path, file in files.items():
        try:
            data = place.read(path)
        except OSError as error:
            found.blame(path, f"it cannot be read: {error.strerror or error}")
            continue
        if hashlib.sha256(data).hexdigest() != file.sha256:
            same_size = len(data) == file.size
            found.blame(path, "its bytes were changed" if same_size else f"it has {len(data)} bytes of {file.size}")
    found.files += len(numbers) + (head is not None) + len(files)
    belonging = {f"{table}/HEAD", *files, *(f"{log}{name_of(number)}" for number in numbers)}
    found.unreferenced += sorted(names - belonging)
    return bool(names)


def _entries(place: Place, log: str, newest: int, found: Findings) -> Iterator[Entry]:
    """The complete entries; damaged ones are recorded."""
    before: str | None = ""
    for number in range(newest + 1):
        path = f"{log}{name_of(number)}"
        try:
            entry = read_entry(number, place.read(path))
        except OSError as error:
            found.blame(path, f"it cannot be read: {error.strerror or error}")
            before = None
        except TornEntryError:
            found.blame(path, "the log entry is incomplete or was changed")
            before = None
        else:
            if before is not None and entry.previous != before:
                found.blame(path, "the log entry does not follow the one before")
            before = entry.sha256
            yield entry


def _verify_head(path: str, data: bytes | None, entries: Iterable[Entry], newest: int, found: Findings) -> None:
    if data is None:
        if newest > 0:
            found.blame(path, "it is missing")
        return
    head = read_head(data)
    if head is None:
        found.blame(path, "it is incomplete or was changed")
    elif head[0] > newest:
        found.blame(path, f"it contains version {head[0]} as acknowledged, which has no log entry")
    elif any(entry.version == head[0] and entry.sha256 != head[1] for entry in entries):
        found.blame(path, f"log entry {head[0]} is not the one that was acknowledged")


def _set_aside(place: Place) -> Iterator[str]:
    with place.lock():
        for table in TABLES:
            log = f"{table}/_delta_log"
            numbers = [int(match[1]) for name in place.names(log) if (match := NUMBERED.match(name))]
            if not numbers:
                continue
            newest = max(numbers)
            path = f"{log}/{name_of(newest)}"
            data = place.read(path)
            if _is_torn(newest, data) and newest > _acknowledged(place, table):
                place.rename(path, f"{path}.torn")
                yield path


def _is_torn(number: int, data: bytes) -> bool:
    try:
        read_entry(number, data)
    except TornEntryError:
        return not is_foreign(data)
    return False


def _acknowledged(place: Place, table: str) -> float:
    """The version in HEAD; if HEAD cannot be read, any version may have been acknowledged."""
    try:
        head = read_head(place.read(f"{table}/HEAD"))
    except FileNotFoundError:
        return -1
    return float("inf") if head is None else head[0]
