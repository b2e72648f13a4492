"""An entry of a table's log: what one commit added and removed, as bytes that can be checked and read back.

The bytes are those of the Delta protocol (reader 1, writer 2): a line of JSON per action. Ours say two things more, in
`commitInfo`: `check`, the sha256 of the entry with 64 zeros in that place, so that an entry is known to be whole by itself;
and `previous`, the sha256 of the entry before, so that entries make a chain of which the last one vouches for all.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final
from uuid import uuid4

import polars as pl
from polars.datatypes import DataTypeClass

from flowbt.lake.delta.tables import Table

START: Final = b'{"commitInfo":{"check":"'
BLANK: Final = b"0" * 64
FILE_NAME: Final = re.compile(r"^(?:month=(\d{4}-\d\d)/)?\d{20}-([0-9a-f]{64})\.parquet$")
CONFIGURATION: Final = {"delta.enableExpiredLogCleanup": "false"}
TYPES: Final[dict[type[pl.DataType] | DataTypeClass, str]] = {
    pl.String: "string",
    pl.Date: "date",
    pl.Float64: "double",
    pl.Int64: "long",
    pl.Int8: "byte",
    pl.Boolean: "boolean",
    pl.Datetime: "timestamp",
}


@dataclass(frozen=True)
class DataFile:
    """One Parquet file: its path below the table's folder, and what the log says of it.

    `low` and `high` are the least and the greatest value of each of the table's `ranges`, dates as text.
    """

    path: str
    size: int
    rows: int
    low: Mapping[str, str] = field(default_factory=dict)
    high: Mapping[str, str] = field(default_factory=dict)

    @property
    def month(self) -> str | None:
        """The month of whose folder it is."""
        found = FILE_NAME.match(self.path)
        return found[1] if found else None

    @property
    def sha256(self) -> str:
        """What its bytes must add up to; empty where the name does not say."""
        found = FILE_NAME.match(self.path)
        return found[2] if found else ""


@dataclass(frozen=True)
class Entry:
    """A commit: its number and time (milliseconds since 1970), what was done and why, and the files it adds and removes.

    `columns` are the table's, where the entry tells them (the first one does).
    """

    version: int
    sha256: str
    previous: str
    timestamp: int
    operation: str
    facts: Mapping[str, str]
    added: Sequence[DataFile]
    removed: Sequence[str]
    columns: frozenset[str] = frozenset()


class TornEntryError(Exception):
    """Bytes that are no whole entry."""


def name_of(number: int) -> str:
    """The file name of an entry."""
    return f"{number:020d}.json"


def write_entry(
    table: Table,
    before: Entry | None,
    timestamp: int,
    operation: str,
    facts: Mapping[str, str],
    added: Sequence[DataFile],
    removed: Sequence[DataFile],
) -> bytes:
    """The bytes of the entry that follows another, or of a table's first."""
    merged = operation == "COMPACT"
    said = {
        "check": BLANK.decode(),
        "previous": before.sha256 if before else "",
        "timestamp": timestamp,
        "operation": operation,
        "operationParameters": {},
        "engineInfo": f"flowbt/{version('flowbt')}",
        "facts": dict(facts),
    }
    actions: list[dict[str, Any]] = [{"commitInfo": said}]
    if before is None:
        actions += [
            {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
            {"metaData": _metadata(table, timestamp)},
        ]
    actions += [{"remove": _removed(file, timestamp, merged)} for file in removed]
    actions += [{"add": _added(file, timestamp, merged)} for file in added]
    data = "".join(json.dumps(action, separators=(",", ":"), ensure_ascii=False) + "\n" for action in actions).encode()
    return data.replace(BLANK, hashlib.sha256(data).hexdigest().encode(), 1)


def read_entry(number: int, data: bytes) -> Entry:
    """The entry that these bytes are.

    Raises:
        TornEntryError: they are not whole, or flowbt did not write them.
    """
    end = len(START) + 64
    blanked = START + BLANK + data[end:]
    if not data.startswith(START) or data[len(START) : end] != hashlib.sha256(blanked).hexdigest().encode():
        raise TornEntryError
    actions = [json.loads(line) for line in data.split(b"\n") if line]
    said = actions[0]["commitInfo"]
    metadata = [json.loads(action["metaData"]["schemaString"]) for action in actions if "metaData" in action]
    return Entry(
        number,
        hashlib.sha256(data).hexdigest(),
        said["previous"],
        said["timestamp"],
        said["operation"],
        said["facts"],
        [_data_file(action["add"]) for action in actions if "add" in action],
        [action["remove"]["path"] for action in actions if "remove" in action],
        frozenset(column["name"] for schema in metadata for column in schema["fields"]),
    )


def _metadata(table: Table, timestamp: int) -> dict[str, Any]:
    columns = {name: TYPES[dtype.base_type()] for name, dtype in table.columns.items()}
    if table.by_month:
        columns["month"] = "string"
    fields = [{"name": name, "type": kind, "nullable": True, "metadata": {}} for name, kind in columns.items()]
    return {
        "id": str(uuid4()),
        "name": table.name,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": fields}),
        "partitionColumns": ["month"] if table.by_month else [],
        "configuration": CONFIGURATION,
        "createdTime": timestamp,
    }


def _added(file: DataFile, timestamp: int, merged: bool) -> dict[str, Any]:
    stats = {
        "numRecords": file.rows,
        "minValues": file.low,
        "maxValues": file.high,
        "nullCount": dict.fromkeys(file.low, 0),
    }
    return {
        "path": file.path,
        "partitionValues": {} if file.month is None else {"month": file.month},
        "size": file.size,
        "modificationTime": timestamp,
        "dataChange": not merged,
        "stats": json.dumps(stats, ensure_ascii=False),
    }


def _removed(file: DataFile, timestamp: int, merged: bool) -> dict[str, Any]:
    return {
        "path": file.path,
        "deletionTimestamp": timestamp,
        "dataChange": not merged,
        "extendedFileMetadata": True,
        "partitionValues": {} if file.month is None else {"month": file.month},
        "size": file.size,
    }


def _data_file(add: Mapping[str, Any]) -> DataFile:
    stats = json.loads(add["stats"])
    return DataFile(add["path"], add["size"], stats["numRecords"], stats["minValues"], stats["maxValues"])
