"""An entry of a table's log: what one commit added and removed, as bytes that can be verified.

The format is the Delta protocol (reader 1, writer 2): one line of JSON per action. `commitInfo` has two fields of ours: `check`, the
sha256 of the entry with 64 zeros in place of the sha256, which shows that the entry is complete; and `previous`, the sha256 of the entry
before. Entries form a hash chain, so the last one verifies all.
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
    """One Parquet file: its path below the table's folder, and what the log contains about it.

    `low` and `high` are the least and the greatest value of each of the table's `ranges`, dates as text. `size` is in bytes.
    """

    path: str
    size: int
    rows: int
    low: Mapping[str, str] = field(default_factory=dict)
    high: Mapping[str, str] = field(default_factory=dict)

    @property
    def month(self) -> str | None:
        """The month of its folder (`2026-08`); None for a table without months."""
        match = FILE_NAME.match(self.path)
        return match[1] if match else None

    @property
    def sha256(self) -> str:
        """The sha256 that its bytes must have; empty if its name does not contain one."""
        match = FILE_NAME.match(self.path)
        return match[2] if match else ""


@dataclass(frozen=True)
class Entry:
    """A commit: its number and time (milliseconds since 1970), the operation and its facts, and the files it adds and removes.

    `columns` are the table's, if the entry contains them (the first entry does).
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
    """Bytes that are not a complete entry."""


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
    """The bytes of the entry after `before`, or of a table's first entry."""
    merged = operation == "COMPACT"
    commit_info = {
        "check": BLANK.decode(),
        "previous": before.sha256 if before else "",
        "timestamp": timestamp,
        "operation": operation,
        "operationParameters": {},
        "engineInfo": f"flowbt/{version('flowbt')}",
        "facts": dict(facts),
    }
    actions: list[dict[str, Any]] = [{"commitInfo": commit_info}]
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
    """Parse the bytes of an entry.

    Raises:
        TornEntryError: the bytes are not complete, or flowbt did not write them.
    """
    end = len(START) + 64
    blanked = START + BLANK + data[end:]
    if not data.startswith(START) or data[len(START) : end] != hashlib.sha256(blanked).hexdigest().encode():
        raise TornEntryError
    actions = [json.loads(line) for line in data.split(b"\n") if line]
    commit_info = actions[0]["commitInfo"]
    metadata = [json.loads(action["metaData"]["schemaString"]) for action in actions if "metaData" in action]
    return Entry(
        number,
        hashlib.sha256(data).hexdigest(),
        commit_info["previous"],
        commit_info["timestamp"],
        commit_info["operation"],
        commit_info["facts"],
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
