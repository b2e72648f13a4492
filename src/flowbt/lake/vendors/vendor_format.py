"""A vendor format: the layouts of a vendor's files, the table they go to, and what the user may specify when they are read.

A format has one layout or several, for example with and without calculated columns, or an old version and a new one
(`flowbt.lake.vendors.layout`).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from flowbt.lake.vendors.layout import Layout, Repair

Table = Literal["chains", "prices", "prints", "actions"]
OpenInterest = Literal["close before", "same close", "not established", "none", "said by its rows"]
Take = Literal["first", "last"]
TAKES: tuple[Take, ...] = get_args(Take)

OI_LAGS: Mapping[OpenInterest, int | None] = {
    "close before": 1,
    "same close": 0,
    "not established": None,
    "none": None,
    "said by its rows": 1,
}
"""The `oi_lag` of rows that do not give it themselves."""


@dataclass(frozen=True)
class ReadOptions:
    """What the user specifies for files; `date_format`, `oi_lag` and `exchange` override the format, the rest fills gaps.

    Attributes:
        symbol: only this symbol, or the symbol of files that do not contain one.
        date: the day of files that do not contain one.
        date_format: how dates are written (`check_date_format`).
        expiration: the expiration of files that do not contain one.
        oi_lag: 1 if the open interest in the row dated t is of the close before t, 0 if it is of the close of t.
        exchange: MIC of the exchange whose sessions and time zone apply; None: the format's.
        repairs: repairs allowed in numbers, in addition to those of the format.
        take: which of several rows of a contract and day to keep; None: they are set aside as contradictory.
    """

    symbol: str | None = None
    date: dt.date | None = None
    date_format: str | None = None
    expiration: dt.date | None = None
    oi_lag: int | None = None
    exchange: str | None = None
    repairs: tuple[Repair, ...] = ()
    take: Take | None = None


@dataclass(frozen=True)
class VendorFormat:
    """One vendor's files.

    Attributes:
        name: as typed on the command line.
        description: one sentence, for `flowbt ingest --list`.
        layouts: the ways in which its files are written.
        table: the table that its rows go to.
        open_interest: which close the open interest in the row dated t is of: the close before t, or the close of t.
        exchange: MIC of the exchange whose sessions apply; None: the format does not specify it.
        suffixes: the file endings taken from a folder, without the endings of compressed files.
        part: whether a file has only a part of its day, so that its values complete or overwrite the stored ones and the rest is kept.
    """

    name: str
    description: str
    layouts: tuple[Layout, ...]
    table: Table = "chains"
    open_interest: OpenInterest = "close before"
    exchange: str | None = None
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".txt", ".parquet")
    part: bool = False

    @property
    def symbol_in_path(self) -> bool:
        """Whether every file contains one symbol and is named after it."""
        return all("(?P<symbol>" in layout.path for layout in self.layouts)


def with_user_options(options: ReadOptions, vendor: VendorFormat, layout: Layout) -> Layout:
    """The layout with the user's options in place of the format's declarations."""
    return replace(
        layout,
        dates=layout.dates if options.date_format is None else (options.date_format,),
        repairs=tuple(dict.fromkeys((*layout.repairs, *options.repairs))),
        exchange=options.exchange or vendor.exchange or layout.exchange,
    )
