"""Layouts: how one version of a vendor's files is recognised, and what its columns mean.

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
"""Our columns that get a default value if the file has none."""

CONSTANTS = ("symbol", "date", "root", "expiration", "option_type", "multiplier", "underlying_price")
"""Our columns for which a layout may give one value for all rows of a file."""

OPTION_TYPES = {"c": "call", "p": "put", "calls": "call", "puts": "put", "ce": "call", "pe": "put"}


@dataclass(frozen=True, eq=False)
class Layout:
    """One way in which a vendor writes its files. Names of the vendor's columns are folded (`flowbt.lake.reading.names`).

    Attributes:
        columns: our columns (of the table's schema, and `contract`, a contract symbol) to the vendor's: a name, an expression over
            text columns, or several of these, of which the first that the file has is used. Columns that the file lacks are null.
        header: the vendor's columns that a file must have, and by which it is recognised; `date|day` needs one of the two.
        without: columns that files of this layout never have together, if another layout has them.
        first_cells: a regular expression for the first cell of a column, if several formats have the same header.
        rows: path to the rows of a JSON document (`flowbt.lake.reading.json_rows`).
        cells: path to the names of the columns, if the rows of a JSON document are lists.
        only: which rows belong to the table, if the file has other rows too; expressions in `columns` see all rows.
        preamble: regular expressions by name for values in the lines above the header, which become columns `$.name`.
        footer: the same for the last line, which is not a row if one matches.
        path: a regular expression over the file's path with groups `symbol`, `date`, `time` or `expiration`.
        path_date_format: the format of the date in the path.
        path_time_format: the format of the time of day in the path, which is the quote time in `zone`.
        dates: date formats, of which the first that fits is used; after them ISO 8601 and YYYYMMDD. Empty: inferred from the file.
        moments: our columns in which midnight is a moment like any other, as detected in the file (`flowbt.lake.intake.dates`).
        zone: time zone of times without an offset.
        exchange: MIC of the exchange whose time zone gives the date of a moment, and whose closing time `quoted` refers to.
        quoted: quote time of all rows in minutes from the session's close, if no column has it; None: unknown.
        empty: cells that mean "not known", in addition to the empty cell.
        missing: numbers that mean "not known", by our column.
        divide_by: numbers by which our columns are divided to convert them to our units.
        values: our columns computed from our columns, after all other conversions.
        repairs: allowed repairs of numbers; repaired cells are counted.
        words: other words for the values of our columns, in lower case.
        totals: totals stated in the file: columns `$.name` to a side and one of our columns.
        never_read: columns with information that was not available on the row's day; they are accepted and never read.
        optional: our columns that a file may lack without a warning; the absence of all others is reported.
        constants: values of our columns that all rows share and the file does not contain.
        warning: the code of a warning for all rows of the file; empty: none.
        traded: the vendor's column with the time of each contract's last trade, which shows whether a date in the path may be the session.
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
        """Where and how a file contains its rows."""
        return Shape(self.header, self.rows, self.preamble, cells=self.cells, footer=self.footer)

    @property
    def wide(self) -> bool:
        """Whether a row has a call and a put."""
        return any(name.startswith(tuple(f"{side}_" for side in SIDES)) for name in self.columns)

    def reads(self) -> set[str]:
        """The vendor's columns that it reads."""
        asked = [] if self.only is None else [self.only]
        read = set().union(*(_names(theirs) for theirs in (*self.columns.values(), *asked)))
        return read | {self.traded} if self.traded else read

    def fits(self, names: Collection[str]) -> bool:
        """Whether a file with these columns has this layout."""
        return bool(names) and not lacking(self.header, names) and not (self.without and self.without <= set(names))

    def numbers(self, columns: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
        """The vendor's columns that are used only as numbers, and the dtype of our column."""
        if self.repairs or self.empty:
            return {}
        return {
            theirs: columns[bare(ours)]
            for theirs, ours in self._used_once().items()
            if isinstance(columns.get(bare(ours)), pl.Float64 | pl.Int64) and bare(ours) not in FILLED_IN
        }

    def days(self, columns: Mapping[str, pl.DataType]) -> frozenset[str]:
        """The vendor's columns that are used only as dates or moments."""
        return frozenset(
            theirs
            for theirs, ours in self._used_once().items()
            if isinstance(columns.get(bare(ours)), pl.Date | pl.Datetime)
        )

    def iso_dates(self, columns: Mapping[str, pl.DataType]) -> frozenset[str]:
        """The vendor's columns that are used only as dates, if the layout does not declare a date format."""
        if self.dates or self.empty:
            return frozenset()
        once = self._used_once().items()
        return frozenset(theirs for theirs, ours in once if columns.get(bare(ours)) == pl.Date())

    def codes(self) -> frozenset[str]:
        """The column of contract symbols, which has few distinct values for many rows."""
        return frozenset(theirs for theirs, ours in self._used_once().items() if ours == "contract" and not self.empty)

    def _used_once(self) -> dict[str, str]:
        """The vendor's columns that are used for exactly one of our columns and in no expression."""
        named = {ours: theirs for ours, theirs in self.columns.items() if isinstance(theirs, str)}
        others = [theirs for ours, theirs in self.columns.items() if ours not in named]
        others += [] if self.only is None else [self.only]
        read = [*named.values(), *(name for theirs in others for name in _names(theirs))]
        return {theirs: ours for ours, theirs in named.items() if read.count(theirs) == 1}

    def absent(self, names: Collection[str]) -> dict[str, str]:
        """Our columns that files of this layout always give and this one does not, with the names that were searched."""
        present = self.chosen(names)
        return {
            ours: " or ".join(sorted(_names(theirs)))
            for ours, theirs in self.columns.items()
            if ours not in present and ours not in self.optional
        }

    def plain_columns(self, names: Collection[str]) -> dict[str, str]:
        """Our columns that are one of the vendor's columns unchanged, with its name."""
        return {
            ours: expression.meta.output_name()
            for ours, expression in self.chosen(names).items()
            if expression.meta.is_column()
        }

    def chosen(self, names: Collection[str]) -> dict[str, pl.Expr]:
        """Our columns that can be made from columns with these names, as expressions over them."""
        expressions = {ours: _expression(theirs, names) for ours, theirs in self.columns.items()}
        return {ours: expression for ours, expression in expressions.items() if expression is not None}


def _alternatives(theirs: Theirs) -> tuple[str | pl.Expr, ...]:
    return theirs if isinstance(theirs, tuple) else (theirs,)


def bare(ours: str) -> str:
    """The name of our column without its side: `call_bid` is `bid`."""
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
    """For `Layout.values`: greeks are null if the implied volatility is, since the vendor computed them from it."""
    return {name: pl.when(pl.col("iv").is_not_null()).then(pl.col(name)) for name in greeks}
