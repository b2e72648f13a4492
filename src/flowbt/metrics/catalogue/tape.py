"""Trade tape: who crossed the spread, in which contracts, and in what size.

A print at the ask was initiated by a buyer, one at the bid by a seller. A print in the middle shows neither, and where
the tape gives no side nothing is known. Premium therefore has a sign here, which an end-of-day chain cannot give it:
calls bought and puts sold are bullish, puts bought and calls sold bearish.

All metrics here are null where the lake has no tape for the symbol and day. Contracts that expired before the day are
not in the lake: their prints are quarantined at ingestion.
"""

from datetime import timedelta
from typing import Final

import polars as pl

from flowbt.metrics.catalogue.dividend_plays import dividend_play
from flowbt.metrics.catalogue.flow import DividendPlays
from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.resolve import on_tape
from flowbt.schema import SIDES

CONTRACT: Final = ("symbol", "date", "root", "expiration", "strike", "option_type")
WITHIN_MS: Final = 10


@metric(grain="print", unit="USD")
def print_premium() -> pl.Expr:
    """Premium of the print: price times size times multiplier."""
    return pl.col("price") * pl.col("size") * pl.col("multiplier")


@metric(grain="print", unit="USD")
def print_signed_premium() -> pl.Expr:
    """Signed premium of the print: positive if bullish (a call at the ask or a put at the bid), negative if bearish.

    Null in the middle of the quote and where the side is unknown.
    """
    is_bought = pl.when(pl.col("side") == "ask").then(1).when(pl.col("side") == "bid").then(-1)
    is_call = pl.when(pl.col("option_type") == "call").then(1).otherwise(-1)
    return is_bought * is_call * print_premium()


@metric(grain="print", unit="boolean")
def is_block(min_block_size: int = 10_000, min_block_premium: float = 200_000) -> pl.Expr:
    """Whether the print is a block: a single execution of at least `min_block_size` contracts or `min_block_premium` USD.

    Both thresholds are absolute: a print that is large only for its contract, such as five times its average daily
    volume, does not count.
    """
    return (pl.col("size") >= min_block_size) | (print_premium() >= min_block_premium)


def _elsewhere_within(within: timedelta) -> pl.Expr:
    """Whether the contract also traded on another exchange, on the same side of the quote, within this time.

    The latest print on another exchange is the previous print; if that was on the same exchange, it is the one found
    for the previous print.
    """
    time, exchange = pl.col("time"), pl.col("exchange")
    before = pl.when(exchange != exchange.shift(1)).then(time.shift(1)).forward_fill()
    after = pl.when(exchange != exchange.shift(-1)).then(time.shift(-1)).backward_fill()
    is_near = (time - before <= within).fill_null(value=False) | (after - time <= within).fill_null(value=False)
    return is_near.over(*CONTRACT, "side", pl.col("order").is_null(), exchange.is_null())


@metric(grain="print", unit="boolean")
def is_sweep(within_ms: int = WITHIN_MS) -> pl.Expr:
    """Whether the print is part of a sweep: one order filled on several exchanges.

    Where the tape identifies the order, that order must have traded the contract on at least two exchanges. Where it
    does not, the contract must have traded on another exchange, on the same side of the quote, within `within_ms`
    milliseconds; in a busy contract this happens by coincidence, more often the wider the window. Null where the
    exchange is unknown, or, without an order, the side.
    """
    of_order = pl.col("exchange").drop_nulls().n_unique().over(*CONTRACT, "order") > 1
    has_exchange = pl.col("exchange").is_not_null()
    return (
        pl.when(has_exchange & pl.col("order").is_not_null())
        .then(of_order)
        .when(has_exchange & pl.col("side").is_not_null())
        .then(_elsewhere_within(timedelta(milliseconds=within_ms)))
    )


@metric(grain="print", unit="boolean")
def is_first_of_sweep(within_ms: int = WITHIN_MS) -> pl.Expr:
    """Whether the print is the first of a sweep (`is_sweep`, with the same parameter); used to count sweeps.

    Without an order, sweeps of the same contract and side that follow each other within `within_ms` milliseconds are
    one.
    """
    swept = is_sweep(within_ms=within_ms)
    is_first = pl.col("time").cum_count() == 1
    after_gap = pl.col("time").diff() > timedelta(milliseconds=within_ms)
    first_of_order = is_first.over(*CONTRACT, "order", swept)
    first_in_time = after_gap.fill_null(value=True).over(*CONTRACT, "side", pl.col("order").is_null(), swept)
    first_of_sweep = pl.when(pl.col("order").is_not_null()).then(first_of_order).otherwise(first_in_time)
    return pl.when(swept).then(first_of_sweep).otherwise(swept)


def _signed(side: str, dividend_plays: DividendPlays) -> pl.Expr:
    at_ask_less_bid = on_tape(side, "premium", at="ask") - on_tape(side, "premium", at="bid")
    if dividend_plays == "include":
        return at_ask_less_bid
    is_play = dividend_play.of(side).over_all().fill_null(value=False)
    return pl.when(is_play).then(at_ask_less_bid * 0).otherwise(at_ask_less_bid)


@metric(grain="snapshot", unit="USD")
def net_premium_signed(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Signed net premium: premium of calls bought minus sold, minus that of puts bought minus sold; positive is bullish.

    Bought is what traded at the ask, sold what traded at the bid; prints in the middle are excluded
    (`signed_premium_coverage` gives the share covered). Only contracts in the chain count. Null without a tape, and
    where the side is unknown for every print.
    """
    calls, puts = (_signed(side, dividend_plays) for side in SIDES)
    has_tape = (calls.is_not_null() | puts.is_not_null()).any()
    unsigned = (signed_premium_coverage() == 0).first().fill_null(value=False)
    return pl.when(has_tape & ~unsigned).then(calls.sum() - puts.sum())


@metric(grain="snapshot", unit="1")
def signed_premium_coverage() -> pl.Expr:
    """Share of the tape's premium whose side is known: prints at the ask or at the bid."""
    total = print_premium().sum()
    return pl.when(total > 0).then(print_premium().filter(print_signed_premium().is_not_null()).sum() / total)


def _sum_signed(which: pl.Expr) -> pl.Expr:
    """Signed premium of these prints: 0 if there are none, null if the side is unknown for all of them."""
    signed = print_signed_premium().filter(which)
    return pl.when((signed.len() == 0) | signed.is_not_null().any()).then(signed.sum())


@metric(grain="snapshot", unit="1")
def blocks(min_block_size: int = 10_000, min_block_premium: float = 200_000) -> pl.Expr:
    """Number of blocks (`is_block`, with the same parameters); null without a tape."""
    return is_block(min_block_size=min_block_size, min_block_premium=min_block_premium).sum().cast(pl.Int64)


@metric(grain="snapshot", unit="USD")
def block_premium(min_block_size: int = 10_000, min_block_premium: float = 200_000) -> pl.Expr:
    """Premium of all blocks (`is_block`), unsigned, including those in dividend plays; null without a tape."""
    return print_premium().filter(is_block(min_block_size=min_block_size, min_block_premium=min_block_premium)).sum()


@metric(grain="snapshot", unit="USD")
def net_block_premium(min_block_size: int = 10_000, min_block_premium: float = 200_000) -> pl.Expr:
    """Signed premium of all blocks (`print_signed_premium`); positive is bullish.

    Null without a tape, and where there are blocks but the side of none is known.
    """
    return _sum_signed(is_block(min_block_size=min_block_size, min_block_premium=min_block_premium))


def _where_known(swept: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(swept.is_not_null().any()).then(value)


@metric(grain="snapshot", unit="1")
def sweeps(within_ms: int = WITHIN_MS) -> pl.Expr:
    """Number of sweeps (`is_first_of_sweep`); null without a tape, or where it is unknown for every print."""
    count = is_first_of_sweep(within_ms=within_ms).sum().cast(pl.Int64)
    return _where_known(is_sweep(within_ms=within_ms), count)


@metric(grain="snapshot", unit="USD")
def sweep_premium(within_ms: int = WITHIN_MS) -> pl.Expr:
    """Premium of all prints that are part of a sweep (`is_sweep`), unsigned; null where `sweeps` is."""
    swept = is_sweep(within_ms=within_ms)
    return _where_known(swept, print_premium().filter(swept).sum())


@metric(grain="snapshot", unit="USD")
def net_sweep_premium(within_ms: int = WITHIN_MS) -> pl.Expr:
    """Signed premium of all prints that are part of a sweep (`print_signed_premium`); positive is bullish.

    Null where `sweeps` is, and where there are sweeps but the side of none is known.
    """
    swept = is_sweep(within_ms=within_ms)
    return _where_known(swept, _sum_signed(swept))
