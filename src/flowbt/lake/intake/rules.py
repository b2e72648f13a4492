"""The rules that a row must meet to be kept, as dataframely schemas, and the codes of broken rules.

A rule's name is its code, and a code names the cell: `BAD_STRIKE`. A row keeps all codes for which it was set aside.
"""

from collections.abc import Iterable

import dataframely as dy
import polars as pl

from flowbt.schema import QUOTE_COLUMNS, SYMBOL_PATTERN

_CODES = {"nullability": "MISSING", "inf": "INFINITE", "nan": "NOT_A_NUMBER"}


class ContractRow(dy.Schema):
    """The rules for a contract row."""

    row = dy.UInt32()
    symbol = dy.String(regex=SYMBOL_PATTERN)
    date = dy.Date()
    root = dy.String(nullable=True, regex=SYMBOL_PATTERN)
    expiration = dy.Date()
    strike = dy.Float64(min_exclusive=0)
    option_type = dy.String(regex="^(call|put)$")
    multiplier = dy.Float64(min_exclusive=0)
    adjusted = dy.Bool(nullable=True)
    underlying_price = dy.Float64(nullable=True, min_exclusive=0)
    quote_time = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    oi_lag = dy.Int8(nullable=True, min=0, max=1)
    source = dy.String()
    bid = dy.Float64(nullable=True, min=0)
    ask = dy.Float64(nullable=True, min=0)
    last = dy.Float64(nullable=True, min=0)
    vwap = dy.Float64(nullable=True, min=0)
    volume = dy.Int64(nullable=True, min=0)
    open_interest = dy.Int64(nullable=True, min=0)
    iv = dy.Float64(nullable=True)
    delta = dy.Float64(nullable=True)
    gamma = dy.Float64(nullable=True)
    theta = dy.Float64(nullable=True)
    vega = dy.Float64(nullable=True)

    @dy.rule()
    def expired(cls) -> pl.Expr:
        """The contract had expired before the row's date."""
        return pl.col("expiration") >= pl.col("date")

    @dy.rule()
    def empty_row(cls) -> pl.Expr:
        """Nothing is known about the contract except that it exists."""
        return pl.any_horizontal(pl.col(*QUOTE_COLUMNS).is_not_null())


class PriceBar(dy.Schema):
    """The rules for a price bar."""

    row = dy.UInt32()
    symbol = dy.String(regex=SYMBOL_PATTERN)
    date = dy.Date()
    open = dy.Float64(min_exclusive=0)
    high = dy.Float64(min_exclusive=0)
    low = dy.Float64(min_exclusive=0)
    close = dy.Float64(min_exclusive=0)
    volume = dy.Int64(nullable=True, min=0)
    adj_close = dy.Float64(nullable=True, min_exclusive=0)
    dividend = dy.Float64(nullable=True, min=0)
    split = dy.Float64(nullable=True, min=0)

    @dy.rule()
    def high_below_low(cls) -> pl.Expr:
        """The bar's prices contradict each other."""
        return (pl.col("high") >= pl.max_horizontal("open", "low", "close") - 1e-6) & (
            pl.col("low") <= pl.min_horizontal("open", "close") + 1e-6
        )


class CorporateAction(dy.Schema):
    """The rules for a corporate action."""

    row = dy.UInt32()
    symbol = dy.String(regex=SYMBOL_PATTERN)
    date = dy.Date()
    kind = dy.String(regex="^(split|dividend)$")
    value = dy.Float64(min_exclusive=0)


def broken_rules(details: pl.DataFrame, columns: Iterable[str]) -> pl.Expr:
    """The codes of all rules that a row breaks, separated by blanks, from dataframely's details."""
    rules = [name for name in details.columns if name not in set(columns)]
    return joined(pl.when(pl.col(rule) == "invalid").then(pl.lit(code_of(rule))) for rule in rules)


def joined(codes: Iterable[pl.Expr]) -> pl.Expr:
    """Codes, or nulls, as one text, separated by blanks."""
    return pl.concat_str(list(codes), separator=" ", ignore_nulls=True)


def code_of(rule: str) -> str:
    """The stable code of a rule as dataframely names it: `strike|min_exclusive` is `BAD_STRIKE`."""
    column, _, kind = rule.partition("|")
    return f"{_CODES.get(kind, 'BAD')}_{column.upper()}" if kind else rule.upper()
