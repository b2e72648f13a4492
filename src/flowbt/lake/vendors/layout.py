"""A layout: how one version of a vendor's files is recognised, and what its columns mean.

A layout maps the vendor's columns to ours: a name, or a polars expression over the vendor's columns of text. It does not decide which
rows are kept: `flowbt.lake.intake.quality` does.

Columns of ours that begin with `call_` and `put_` make a layout wide: each row has a call and a put, or only one of them if all cells of
the other side are empty.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

import polars as pl

from flowbt.exchanges import DEFAULT_EXCHANGE
from flowbt.lake.reading import Shape
from flowbt.lake.reading.names import lacking
from flowbt.schema import SIDES

Theirs = str | pl.Expr | tuple[str | pl.Expr, ...]
Repair = Literal["thousands", "currency", "percent", "parentheses"]
Constant = str | float | dt.date

REPAIRS: tuple[Repair, ...] = get_args(Repair)

FILLED_IN = ("multiplier", "oi_lag")
"""Columns of ours that get a value where theirs have none."""

CONSTANTS = ("symbol", "date", "root", "expiration", "option_type", "multiplier", "underlying_price")
"""Columns of ours for which a layout may give one value for all rows of a file."""

OPTION_TYPES = {"c": "call", "p": "put", "calls": "call", "puts": "put", "ce": "call", "pe": "put"}


@dataclass(frozen=True, eq=False)
class Layout:
    """One way in which a vendor writes its files; names of theirs are folded (`flowbt.lake.reading.names`).

    Attributes:
        columns: ours (of the table's schema, and `contract`, a contract symbol) to theirs: a name, or an expression over
            columns of text, or several of them, of which the first that is there counts. What a file lacks gives null.
        header: columns of theirs that a file must have to be read, and by which it is recognised; `date|day` is either.
        without: columns that files of this layout never have together, where another layout has them.
        first_cells: a regular expression for the first cell of a column, where formats share a header.
        rows: where a JSON document holds its rows (`flowbt.lake.reading.json_rows`).
        cells: where it holds the names of its columns, where rows are lists.
        only: which rows are of the table, where a file holds others too; expressions in `columns` see them all.
        preamble: what lines above the header say, as regular expressions by name, for columns `$.name`.
        footer: what the last line says, which is no row, likewise.
        path: a regular expression over the file's path with groups `symbol`, `date`, `time` or `expiration`.
        path_date_format: how the path writes its date.
        path_time_format: how the path writes its time of day, in `zone`, which is that of the quotes.
        dates: how dates are written, the first that fits; after them ISO 8601 and YYYYMMDD. Empty: as the file shows.
        moments: columns of ours in which midnight is a moment like any other, as found in the file (`flowbt.lake.intake.dates`).
        zone: of times that bear no offset.
        exchange: MIC of the exchange whose time zone dates a moment and whose closing time `quoted` refers to.
        quoted: when the quotes of all rows are from, in minutes from the session's close, where no column says it.
        empty: cells that stand for "not known", beside the empty cell.
        missing: numbers that stand for "not known", by column of ours.
        divide_by: what to divide a column of ours by to have it in our unit.
        values: columns of ours computed from ours, after all that; no longer text.
        repairs: what may be mended in numbers, each mended cell being counted.
        words: other words for the values of a column of ours, in lower case.
        totals: what a file says its rows add up to: columns `$.name` to a side and a column of ours.
        never_read: columns that hold what was not known on the row's day, known by name and left alone.
        optional: columns of ours that a file may lack without a warning; of all others the absence is reported.
        constants: values of columns of ours that are the same for all rows and not contained in the file.
        warning: the code of a warning that all of its rows bear.
        traded: a column of theirs with the time of each contract's last trade, which shows whether a date in the path may be the session.
    """

    columns: Mapping[str, Theirs]
    header: frozenset[str]
    without: frozenset[str] = frozenset()
    first_cells: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""
    cells: str = ""
    only: pl.Expr | None = None
    preamble: Mapping[str, str] = field(default_factory=dict)
    footer: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    path_date_format: str = "%Y-%m-%d"
    path_time_format: str = "%H-%M"
    dates: tuple[str, ...] = ()
    moments: frozenset[str] = frozenset()
    zone: str = "America/New_York"
    exchange: str = DEFAULT_EXCHANGE
    quoted: int | None = None
    empty: tuple[str, ...] = ()
    missing: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    divide_by: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, pl.Expr] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {"option_type": OPTION_TYPES})
    totals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    never_read: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    constants: Mapping[str, Constant] = field(default_factory=dict)
    warning: str = ""
    traded: str = ""

    @cached_property
    def shape(self) -> Shape:
        """How its rows lie in a file."""
        return Shape(self.header, self.rows, self.preamble, cells=self.cells, footer=self.footer)

    @property
    def wide(self) -> bool:
        """Whether a row holds a call and a put."""
        return any(name.startswith(tuple(f"{side}_" for side in SIDES)) for name in self.columns)

    def reads(self) -> set[str]:
        """The columns of theirs that it reads."""
        asked = [] if self.only is None else [self.only]
        read = set().union(*(_names(theirs) for theirs in (*self.columns.values(), *asked)))
        return read | {self.traded} if self.traded else read

    def fits(self, names: Collection[str]) -> bool:
        """Whether a file with these columns is of this layout."""
        return bool(names) and not lacking(self.header, names) and not (self.without and self.without <= set(names))

    def numbers(self, columns: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
        """Columns of theirs that are used as numbers and nothing else, and the dtype of ours."""
        if self.repairs or self.empty:
            return {}
        return {
            theirs: columns[bare(ours)]
            for theirs, ours in self._used_once().items()
            if isinstance(columns.get(bare(ours)), pl.Float64 | pl.Int64) and bare(ours) not in FILLED_IN
        }

    def days(self, columns: Mapping[str, pl.DataType]) -> frozenset[str]:
        """Columns of theirs that are used as dates or moments and nothing else."""
        return frozenset(
            theirs
            for theirs, ours in self._used_once().items()
            if isinstance(columns.get(bare(ours)), pl.Date | pl.Datetime)
        )

    def iso_dates(self, columns: Mapping[str, pl.DataType]) -> frozenset[str]:
        """Columns of theirs that are used as dates and nothing else, where nothing says that they are not ISO 8601."""
        if self.dates or self.empty:
            return frozenset()
        once = self._used_once().items()
        return frozenset(theirs for theirs, ours in once if columns.get(bare(ours)) == pl.Date())

    def codes(self) -> frozenset[str]:
        """The column of contract symbols, which has few distinct values in many rows."""
        return frozenset(theirs for theirs, ours in self._used_once().items() if ours == "contract" and not self.empty)

    def _used_once(self) -> dict[str, str]:
        """Columns of theirs that one column of ours is, and no expression refers to."""
        named = {ours: theirs for ours, theirs in self.columns.items() if isinstance(theirs, str)}
        others = [theirs for ours, theirs in self.columns.items() if ours not in named]
        others += [] if self.only is None else [self.only]
        read = [*named.values(), *(name for theirs in others for name in _names(theirs))]
        return {theirs: ours for ours, theirs in named.items() if read.count(theirs) == 1}

    def absent(self, names: Collection[str]) -> dict[str, str]:
        """Our columns that a file of this layout always gives and this one does not, with the names looked for."""
        present = self.chosen(names)
        return {
            ours: " or ".join(sorted(_names(theirs)))
            for ours, theirs in self.columns.items()
            if ours not in present and ours not in self.optional
        }

    def plain_columns(self, names: Collection[str]) -> dict[str, str]:
        """Our columns that are one column of theirs as it stands, by its name."""
        return {
            ours: expression.meta.output_name()
            for ours, expression in self.chosen(names).items()
            if expression.meta.is_column()
        }

    def chosen(self, names: Collection[str]) -> dict[str, pl.Expr]:
        """Our columns, as expressions over theirs, of which all that they are made of is among the names."""
        expressions = {ours: _expression(theirs, names) for ours, theirs in self.columns.items()}
        return {ours: expression for ours, expression in expressions.items() if expression is not None}


def _alternatives(theirs: Theirs) -> tuple[str | pl.Expr, ...]:
    return theirs if isinstance(theirs, tuple) else (theirs,)


def bare(ours: str) -> str:
    """A column of ours without its side: `call_bid` is a `bid`."""
    return next((ours.removeprefix(f"{side}_") for side in SIDES if ours.startswith(f"{side}_")), ours)


def _names(theirs: Theirs) -> set[str]:
    return {
        name
        for one in _alternatives(theirs)
        for name in (one.meta.root_names() if isinstance(one, pl.Expr) else (one,))
    }


def _expression(theirs: Theirs, names: Collection[str]) -> pl.Expr | None:
    readable = (one for one in _alternatives(theirs) if _names(one) <= set(names))
    first = next(readable, None)
    return pl.col(first) if isinstance(first, str) else first


def where_iv_is_known(*greeks: str) -> dict[str, pl.Expr]:
    """For `Layout.values`: greeks that the vendor computed from the implied volatility are nothing without it."""
    return {name: pl.when(pl.col("iv").is_not_null()).then(pl.col(name)) for name in greeks}
