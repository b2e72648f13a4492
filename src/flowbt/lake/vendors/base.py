"""What a vendor format is: how to recognise a file, how to read it into canonical columns, what its open interest means.

A format's `read` returns text columns under canonical names; `flowbt.lake.quality` turns text into values and says of
every cell that could not be read. A format never decides what is kept.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

Table = Literal["chains", "prices", "prints"]


@dataclass(frozen=True)
class ReadOptions:
    """What the user says of files that do not say it themselves."""

    symbol: str | None = None
    date: dt.date | None = None
    date_format: str = "%Y-%m-%d"


@dataclass(frozen=True)
class VendorFormat:
    """One vendor's files.

    Attributes:
        name: as typed on the command line.
        table: where its rows go.
        description: one sentence, for `flowbt ingest --list`.
        suffixes: the file endings taken from a folder.
        recognises: whether a file's path and first 4,096 bytes look like this format.
        read: path and options to text columns under canonical names; raises `RejectedFileError`.
        oi_lag: 1 where the row dated t holds the open interest of the close before t, 0 where that of t; None where the
            rows say it themselves.
        zero_is_missing: columns in which the vendor writes 0 for "not known".
        symbol_in_name: whether a file holds one symbol and is named after it.
    """

    name: str
    table: Table
    description: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, ReadOptions], pl.DataFrame]
    oi_lag: int | None = None
    zero_is_missing: tuple[str, ...] = ()
    symbol_in_name: bool = False
