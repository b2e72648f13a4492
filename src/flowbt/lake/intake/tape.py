"""Decide which rows of a trade tape are kept, and fill in columns that follow from others.

`check_prints` does all of it: rows in = kept + rejected + duplicates.

1. Text is converted to values (`flowbt.lake.intake.parse_values`).
2. Empty cells are filled in: the contract from its symbol, the session from the time, the side from the quote at that moment
   (`side_of_quote`).
3. Rows that are not executions, or are not reliable, are set aside: canceled prints, rows without a time, contract symbols that
   cannot be read or contradict the row, rows with the same id and different values.
4. The rules of `Print` are applied to the rest.

Equal rows are all kept, since an order may be filled twice within a microsecond at the same price. Only if the source gives each
execution an id, equal rows with the same id are copies.
"""

from datetime import date, timedelta
from typing import Final

import dataframely as dy
import polars as pl

from flowbt.calendar import closing_time, opening_time, zone_of
from flowbt.lake.intake.contract_symbols import contract_parts
from flowbt.lake.intake.dates import MOMENT_NUMBER
from flowbt.lake.intake.parse_values import read_cells
from flowbt.lake.intake.quality import CheckedRows, counted, required_columns, without_zero_underlying
from flowbt.lake.intake.rejected_rows import rejected_rows
from flowbt.lake.intake.rules import broken_rules
from flowbt.lake.vendors.columns import TAPE_COLUMNS
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import PRINTS, SYMBOL_PATTERN

CANCELED: Final = "CANCELED"
NO_SIDE: Final = "no_side"
"""The source reports that the trade hit no side of the quote, or that the side is unknown."""

CONTRACT: Final = ("root", "expiration", "strike", "option_type")
FROM_SYMBOL: Final = "contract_"
"""Prefix of columns with the values in the contract's symbol."""


class Print(dy.Schema):
    """The rules for a trade print."""

    row = dy.UInt32()
    symbol = dy.String(regex=SYMBOL_PATTERN)
    date = dy.Date()
    time = dy.Datetime(time_zone="UTC", time_unit="us")
    root = dy.String(regex=SYMBOL_PATTERN)
    expiration = dy.Date()
    strike = dy.Float64(min_exclusive=0)
    option_type = dy.String(regex="^(call|put)$")
    price = dy.Float64(min_exclusive=0)
    size = dy.Int64(min=1)
    side = dy.String(nullable=True, regex="^(ask|bid|mid)$")
    bid = dy.Float64(nullable=True, min=0)
    ask = dy.Float64(nullable=True, min=0)
    underlying_price = dy.Float64(nullable=True, min_exclusive=0)
    exchange = dy.String(nullable=True)
    order = dy.String(nullable=True)
    multiplier = dy.Float64(min_exclusive=0)
    iv = dy.Float64(nullable=True, min_exclusive=0)
    delta = dy.Float64(nullable=True, min=-1, max=1)
    source = dy.String()

    @dy.rule()
    def expired(cls) -> pl.Expr:
        """The contract had expired before the print's date."""
        return pl.col("expiration") >= pl.col("date")


def _exchange_time(exchange: str) -> pl.Expr:
    return pl.col("time").dt.convert_time_zone(zone_of(exchange).key)


def print_warnings(exchange: str) -> dict[str, pl.Expr]:
    """Warnings about prints that are kept, by code.

    A print before the open or more than an hour after the close may belong to an extended session, but if a file has many of them,
    its times are probably in another time zone than it declares.
    """
    usual = date(2026, 1, 8)  # a whole session, for the hours on the clock
    zone = zone_of(exchange)
    opens = opening_time(usual, exchange).astimezone(zone).time()
    late = (closing_time(usual, exchange) + timedelta(hours=1)).astimezone(zone).time()
    return {
        "MISSING_UNDERLYING": pl.col("underlying_price").is_null(),
        "CROSSED_QUOTE": pl.col("bid") > pl.col("ask"),
        "IV_OUT_OF_RANGE": ~pl.col("iv").is_between(0.01, 5.0),
        "UNKNOWN_SIDE": pl.col("side").is_null(),
        "OUTSIDE_HOURS": ~_exchange_time(exchange).dt.time().is_between(opens, late),
    }


def side_of_quote() -> pl.Expr:
    """The side of the quote that a print hit: `ask` at or above the ask, `bid` at or below the bid, `mid` in between.

    Null if the quote is unknown, locked or crossed.
    """
    price, bid, ask = pl.col("price"), pl.col("bid"), pl.col("ask")
    return (
        pl.when(bid >= ask)
        .then(pl.lit(None, pl.String))
        .when(price >= ask)
        .then(pl.lit("ask"))
        .when(price <= bid)
        .then(pl.lit("bid"))
        .when((bid < price) & (price < ask))
        .then(pl.lit("mid"))
    )


def check_prints(text: pl.DataFrame, layout: Layout) -> CheckedRows:
    """Convert a tape's text columns (`TAPE_COLUMNS`) to prints and check them; the result has `row`.

    Canceled prints are rejected as `CANCELED`. Duplicates are further rows with the same id that equal the first one.

    Args:
        text: the text columns and `row`; missing columns are null, but `time` is required.
        layout: how the vendor writes values, and the exchange whose days and hours apply.
    """
    # a date without a time of day would be read as midnight
    timeless = ~pl.col("time").str.contains(f":|{MOMENT_NUMBER}").fill_null(value=True)
    without_time = text.filter(timeless)
    cells = read_cells(text.filter(~timeless), TAPE_COLUMNS, layout, required_columns(Print, text))
    rows = _with_implied(without_zero_underlying(cells.rows), layout.exchange)
    copies = pl.col("id").is_not_null() & ~pl.struct(pl.exclude(ROW)).is_first_distinct()
    distinct = rows.filter(~copies)
    with_reason = distinct.with_columns(reason=_reason(layout.exchange))
    aside = with_reason.filter(pl.col("reason").is_not_null())
    kept, failure = Print.filter(with_reason.filter(pl.col("reason").is_null()).select(ROW, *PRINTS))
    details = failure.details()
    rejected = [
        rejected_rows(cells.unreadable, cells.unreadable["reasons"]),
        rejected_rows(without_time, pl.Series("reasons", ["UNREADABLE_TIME"] * without_time.height, pl.String)),
        rejected_rows(aside.select(ROW, *TAPE_COLUMNS), aside["reason"].alias("reasons")),
        rejected_rows(details.select(ROW, *PRINTS), details.select(broken_rules(details, [ROW, *PRINTS])).to_series()),
    ]
    warnings = cells.repaired | cells.unknown | counted(kept, print_warnings(layout.exchange))
    copied = rows.height - distinct.height
    return CheckedRows(kept, pl.concat(rejected), copied, warnings, cells.unrepaired, cells.midnights)


def _with_implied(rows: pl.DataFrame, exchange: str) -> pl.DataFrame:
    """The rows with empty cells filled in, and the parts of the contract's symbol in further columns."""
    contracts = rows.select(pl.col("contract").drop_nulls().unique())
    symbols = contracts.hstack(contract_parts(contracts["contract"]).select(pl.all().name.prefix(FROM_SYMBOL)))
    side = pl.when(pl.col("side") != NO_SIDE).then(pl.col("side"))
    return (
        rows.join(symbols, on="contract", how="left", maintain_order="left")
        .with_columns(
            *(pl.coalesce(name, FROM_SYMBOL + name).alias(name) for name in CONTRACT),
            date=pl.coalesce("date", _exchange_time(exchange).dt.date()),
            side=pl.when(pl.col("side").is_null()).then(side_of_quote()).otherwise(side),
        )
        .with_columns(root=pl.coalesce("root", "symbol"))
    )


def _reason(exchange: str) -> pl.Expr:
    """Why a row is set aside before the rules are applied; null if it is not."""
    unread = pl.col("contract").is_not_null() & pl.col(FROM_SYMBOL + "expiration").is_null()
    contradicted = pl.any_horizontal(
        (pl.col("strike") - pl.col(FROM_SYMBOL + "strike")).abs() > 0.001,
        *(pl.col(name) != pl.col(FROM_SYMBOL + name) for name in CONTRACT if name != "strike"),
    )
    has_id, of_id = pl.col("id").is_not_null(), ("symbol", "date", "id")
    # any row of an execution cancels it: some tapes report the cancellation in a separate row
    canceled = pl.col("canceled") | (has_id & pl.col("canceled").any().over(of_id))
    return (
        pl.when(canceled)
        .then(pl.lit(CANCELED))
        .when(pl.col("time").is_null())
        .then(pl.lit("MISSING_TIME"))
        .when(unread)
        .then(pl.lit("UNREADABLE_CONTRACT"))
        .when(contradicted)
        .then(pl.lit("CONTRADICTORY_CONTRACT"))
        .when(has_id & (pl.len().over(of_id) > 1))
        .then(pl.lit("CONFLICTING_ROWS"))
        # the session of the print is not the date of its time at the exchange
        .when(_exchange_time(exchange).dt.date() != pl.col("date"))
        .then(pl.lit("TIME_OUTSIDE_DATE"))
    )
