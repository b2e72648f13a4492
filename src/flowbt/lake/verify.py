"""Verify every byte of a lake: the data files, log entries and HEAD files of every version that can be read.

A data file has the sha256 of its bytes in its name, a log entry its own checksum and the sha256 of the entry before, and HEAD the
sha256 of the last acknowledged entry. So nothing except the lake itself is needed. Files that no version refers to (stopped writers
left them) are listed and harmless; `flowbt compact` deletes them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flowbt.documents import Result, optional
from flowbt.errors import LakeError
from flowbt.lake.delta.log import NUMBERED, is_foreign, read_head
from flowbt.lake.delta.log_entry import DataFile, Entry, TornEntryError, name_of, read_entry
from flowbt.lake.delta.storage import Place
from flowbt.lake.delta.tables import TABLES
from flowbt.lake.store import Lake


@dataclass(frozen=True)
class Damage(Result):
    """A damaged file: its path below the lake, and the reason in words.

    Attributes:
        path: of the damaged file, within the lake.
        reason: what is wrong with it.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class Verification(Result):
    """Whether every byte of a lake is as it was written; paths are below the lake.

    Attributes:
        ok: whether nothing is damaged.
        files: number of files read.
        damaged: files that are not as they were written.
        unreferenced: files that belong to no version.
        set_aside: torn log entries that were renamed; None where no repair was asked for.
    """

    ok: bool
    files: int
    damaged: tuple[Damage, ...]
    unreferenced: tuple[str, ...]
    set_aside: tuple[str, ...] | None = optional()


@dataclass
class Findings:
    """Findings while the tables are read; paths are below the lake."""

    files: int = 0
    damaged: list[Damage] = field(default_factory=list)
    unreferenced: list[str] = field(default_factory=list)

    def blame(self, path: str, reason: str) -> None:
        """Record damage."""
        self.damaged.append(Damage(path, reason))


def verify_lake(lake: Lake, *, repair: bool = False) -> Verification:
    """Read every byte of a lake and list what is damaged.

    Args:
        lake: to read.
        repair: rename a table's newest log entry where it is torn and was never acknowledged; nothing else is touched.

    Raises:
        LakeError: there is no lake.
    """
    place, where = lake.ledger.place, lake.ledger.where
    place.check()
    aside = list(_set_aside(place)) if repair and any(place.names(f"{table}/_delta_log") for table in TABLES) else []
    findings = Findings()
    if not any([_verify_table(place, table, findings) for table in TABLES]):  # noqa: C419 (every table is read)
        raise LakeError(f"no lake at '{where}': make one with `flowbt ingest` or `flowbt simulate`")
    return Verification(
        ok=not findings.damaged,
        files=findings.files,
        damaged=tuple(findings.damaged),
        unreferenced=tuple(findings.unreferenced),
        set_aside=tuple(aside) if repair else None,
    )


def referenced_files(entries: Iterable[Entry], table: str) -> dict[str, DataFile]:
    """The data files of all versions by their names below the lake."""
    return {f"{table}/{file.path}": file for entry in entries for file in entry.added}


def _verify_table(place: Place, table: str, findings: Findings) -> bool:
    """Record what is damaged; False where there is no such table."""
    # HEAD before the names: a commit in between is then above HEAD, and not an acknowledged one that is missing.
    try:
        head: bytes | None = place.read(f"{table}/HEAD")
    except OSError:
        head = None
    names = set(place.walk(table))
    log = f"{table}/_delta_log/"
    numbers = [int(match[1]) for name in names if name.startswith(log) and (match := NUMBERED.match(name[len(log) :]))]
    entries = list(_entries(place, log, max(numbers, default=-1), findings))
    _verify_head(f"{table}/HEAD", head, entries, max(numbers, default=-1), findings)
    files = referenced_files(entries, table)
    for path, file in files.items():
        try:
            data = place.read(path)
        except OSError as error:
            findings.blame(path, f"it cannot be read: {error.strerror or error}")
            continue
        if hashlib.sha256(data).hexdigest() != file.sha256:
            same_size = len(data) == file.size
            findings.blame(path, "its bytes were changed" if same_size else f"it has {len(data)} bytes of {file.size}")
    findings.files += len(numbers) + (head is not None) + len(files)
    belonging = {f"{table}/HEAD", *files, *(f"{log}{name_of(number)}" for number in numbers)}
    findings.unreferenced += sorted(names - belonging)
    return bool(names)


def _entries(place: Place, log: str, newest: int, findings: Findings) -> Iterator[Entry]:
    """The entries that are whole; damage to others is recorded."""
    before: str | None = ""
    for number in range(newest + 1):
        path = f"{log}{name_of(number)}"
        try:
            entry = read_entry(number, place.read(path))
        except OSError as error:
            findings.blame(path, f"it cannot be read: {error.strerror or error}")
            before = None
        except TornEntryError:
            findings.blame(path, "the log entry is incomplete or was changed")
            before = None
        else:
            if before is not None and entry.previous != before:
                findings.blame(path, "the log entry does not follow the one before")
            before = entry.sha256
            yield entry


def _verify_head(path: str, data: bytes | None, entries: Iterable[Entry], newest: int, findings: Findings) -> None:
    if data is None:
        if newest > 0:
            findings.blame(path, "it is missing")
        return
    head = read_head(data)
    if head is None:
        findings.blame(path, "it is torn or was changed")
    elif head[0] > newest:
        findings.blame(path, f"it names version {head[0]} as acknowledged, of which there is no log entry")
    elif any(entry.version == head[0] and entry.sha256 != head[1] for entry in entries):
        findings.blame(path, f"log entry {head[0]} is not the one that was acknowledged")


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
