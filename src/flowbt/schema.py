"""The contracts of the frames that pass between the layers: columns, dtypes, units, keys.

Everything stored and everything handed from one layer to the next has its columns here. A *strike row* holds the call
and the put of one strike side by side, as a trader reads a chain; a *contract row* is the same fact with one row per
option.
"""

from typing import Final

import numpy as np
import polars as pl

SIDES: Final = ("call", "put")

QUOTE_COLUMNS: Final[dict[str, pl.DataType]] = {
    "bid": pl.Float64(),
    "ask": pl.Float64(),
    "last": pl.Float64(),
    "vwap": pl.Float64(),
    "volume": pl.Int64(),
    "open_interest": pl.Int64(),
    "iv": pl.Float64(),
    "delta": pl.Float64(),
    "gamma": pl.Float64(),
    "theta": pl.Float64(),
    "vega": pl.Float64(),
}
"""What is known of one option on one day. Prices in USD per share; `volume` and `open_interest` in contracts; `iv` per
year as a fraction (0.25 is 25%); `delta` signed (put negative); `gamma` per USD; `theta` per calendar day; `vega` per
volatility point. Null: not given by the source."""

KEY_COLUMNS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "root": pl.String(),
    "expiration": pl.Date(),
    "strike": pl.Float64(),
}

SNAPSHOT_COLUMNS: Final[dict[str, pl.DataType]] = {
    "multiplier": pl.Float64(),
    "adjusted": pl.Boolean(),
    "underlying_price": pl.Float64(),
    "quote_time": pl.Datetime("us", "UTC"),
    "oi_lag": pl.Int8(),
    "source": pl.String(),
}
"""What is the same for a whole snapshot, but for `multiplier` (shares per contract) and `adjusted` (whether the source says
that a corporate action changed what the contract delivers; null where it does not say). `underlying_price` is the price at
the chain's own quote time; `oi_lag` is 1 where the row dated t holds the open interest of the close before, 0 where it
holds that of t itself, null where nobody knows; `source` is the vendor format."""

STRIKE_ROWS: Final[dict[str, pl.DataType]] = {
    **KEY_COLUMNS,
    **SNAPSHOT_COLUMNS,
    **{f"{side}_{name}": dtype for side in SIDES for name, dtype in QUOTE_COLUMNS.items()},
}
"""The table `chains`: one row per (symbol, date, root, expiration, strike); a side that is not listed is all null."""

CONTRACT_FLAGS: Final = ("crossed_quote", "zero_bid", "stale_last", "iv_out_of_range")
"""What may be odd about one option on one day (`flowbt.lake.flags`)."""

JUDGED_BY_DAY: Final = ("open_interest", "volume")
"""Columns in which 0 for every contract of a day means that the source had no data (`flowbt.lake.intake.sentinels`)."""

ZERO_COLUMNS: Final = {f"{side}_{name}": f"{side}_zero_{name}" for side in SIDES for name in JUDGED_BY_DAY}
"""The marks of such zeros: the name of the column that is null, and of the one that is true where the source gave 0."""

CHAIN_ROWS: Final[dict[str, pl.DataType]] = {
    **STRIKE_ROWS,
    **{name: pl.Boolean() for name in ZERO_COLUMNS.values()},
    **{f"{side}_listed": pl.Boolean() for side in SIDES},
    **{f"{side}_{flag}": pl.Boolean() for side in SIDES for flag in CONTRACT_FLAGS},
    "stale_open_interest": pl.Boolean(),
    "series": pl.Int8(),
    "snapshot_hash": pl.Int64(),
}
"""Strike rows as stored, with what the lake adds to them. `call_listed`, `put_listed`: anything at all is known of it.
`adjusted`, as stored, is never null: what the source says, or a number behind the symbol in the root, or a multiplier other
than 100 (but a snapshot in which no contract is for 100 shares is another market's, and none of its contracts is adjusted for
that). `call_zero_volume` and its like: the source gave 0, and 0 for every contract of the day, so `call_volume` is null.
`call_crossed_quote` and its like: kept and flagged. `stale_open_interest`: the snapshot repeats the open interest of
the one before. `series`: tells apart what expires on one day under several roots, as SPX in the morning and SPXW at the
close. `snapshot_hash`: of the snapshot's rows as they came, so that what was computed from them can tell whether they have
changed since."""

CONTRACT_ROWS: Final[dict[str, pl.DataType]] = {
    **KEY_COLUMNS,
    "option_type": pl.String(),
    **SNAPSHOT_COLUMNS,
    **QUOTE_COLUMNS,
}
"""The long view: `option_type` is `call` or `put` and joins the key."""

PRICE_BARS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "open": pl.Float64(),
    "high": pl.Float64(),
    "low": pl.Float64(),
    "close": pl.Float64(),
    "volume": pl.Int64(),
    "adj_close": pl.Float64(),
}
"""The table `prices`: daily bars in USD as traded; `adj_close` is for splits and dividends, null where not given."""

CORPORATE_ACTIONS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "kind": pl.String(),
    "value": pl.Float64(),
}
"""The table `actions`: `date` is the ex-date; `kind` is `split` (`value`: new shares for an old one, 10 for a 10:1 split, 0.1
for a 1:10 reverse split) or `dividend` (`value`: USD per share as of that day)."""

PRINTS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "time": pl.Datetime("us", "UTC"),
    "root": pl.String(),
    "expiration": pl.Date(),
    "strike": pl.Float64(),
    "option_type": pl.String(),
    "price": pl.Float64(),
    "size": pl.Int64(),
    "side": pl.String(),
    "bid": pl.Float64(),
    "ask": pl.Float64(),
    "underlying_price": pl.Float64(),
    "exchange": pl.String(),
    "order": pl.String(),
    "multiplier": pl.Float64(),
    "iv": pl.Float64(),
    "delta": pl.Float64(),
    "source": pl.String(),
}
"""The table `prints`: one row per execution. `price` in USD per share, `size` in contracts; `side` is that of the quote
which was hit (`ask`, `bid`, `mid`), null where not known; `bid`, `ask` and `underlying_price` are those of that moment;
`order` ties the executions of one order where the source says which they are. `time` is the execution's, in UTC, and
`date` its day where the exchange is; `multiplier` in shares per contract; `iv` per year as a fraction and `delta` signed, both of
that moment. Null: not given by the source.

There is no key. Two executions may agree in all that a tape says of them, as when one order is filled twice within a
microsecond, so equal rows are as many executions; a day is replaced whole or not at all."""

STORED_PRINTS: Final[dict[str, pl.DataType]] = {**PRINTS, "adjusted": pl.Boolean(), "snapshot_hash": pl.Int64()}
"""Prints as stored, with what the lake adds to them, as in `CHAIN_ROWS`; the hash is that of the day's prints."""

METRIC_ROWS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "metric": pl.String(),
    "parameters": pl.String(),
    "number": pl.Float64(),
    "text": pl.String(),
    "dtype": pl.String(),
    "definition": pl.String(),
    "data": pl.Int64(),
}
"""The table `metrics`: metrics at snapshot grain that were stored, one row per symbol, day and metric. `parameters`: values
given for all metrics that have a parameter of that name, as in `rate=0.05`; `number`: the value of a number, yes (1) or no
(0), a date in days since 1970; `text`: that of a name, or a list as JSON; `dtype`: of the value when computed; `definition`
and `data` tell what it was computed by and from, so that a change of either is noticed."""

SPOT_SOURCE: Final = "underlying_price_source"
SEEN_ROWS: Final[dict[str, pl.DataType]] = {**STRIKE_ROWS, SPOT_SOURCE: pl.String()}
"""Strike rows as metrics see them: `underlying_price` is filled in where the source gives none (`flowbt.metrics.engine.spot`), and
`underlying_price_source` is `chain`, `bar` or `parity`, null where no price is known."""

SYMBOL_ROWS: Final[dict[str, pl.DataType]] = {"symbol": pl.String(), "exchange": pl.String()}
"""The table `symbols`: what the lake remembers of a symbol. `exchange` is the MIC of the exchange whose sessions its days are."""

SNAPSHOT_KEY: Final = ("symbol", "date")
STRIKE_KEY: Final = tuple(KEY_COLUMNS)
CONTRACT_KEY: Final = (*KEY_COLUMNS, "option_type")
STORED_ORDER: Final = ("symbol", "date", "expiration", "root", "strike")
"""How strike rows lie in the lake and reach every metric: a snapshot and an expiry are each one run of rows, with the
strikes ascending."""

PRINT_ORDER: Final = (
    *("symbol", "date", "time", "expiration", "strike", "root", "option_type", "price", "size", "side"),
    *("bid", "ask", "underlying_price", "exchange", "order", "multiplier", "iv", "delta", "source"),
)
"""How prints lie in the lake and reach every metric: each day one run of rows in the order of time, those of one moment in
an order of their own, so that the same prints always lie in the same order."""

SYMBOL_PATTERN: Final = r"^[A-Z0-9][A-Z0-9.&^/_-]{0,15}$"
"""A symbol in the lake's spelling (`spell_symbols`)."""

_INDEX_MARK: Final = r"^(?:I:|[$^_.]+)"
_SHARE_CLASS: Final = r"^([A-Z]{1,5})[-/]([A-Z])$"


def spell_symbols(symbols: pl.Expr) -> pl.Expr:
    """Symbols in one spelling, whichever source they come from.

    Capitals; an index without the mark that vendors put before it (`^SPX` of Cboe and Yahoo, `$SPX` and `$SPX.X` of Schwab and
    TD Ameritrade, `I:SPX` of Massive, `_SPX` of Cboe's website: all `SPX`); a share class behind a point (`BRK-B` of Yahoo and
    Stooq, `BRK/B` of TD Ameritrade: `BRK.B`). Null stays null.
    """
    plain = symbols.str.strip_chars().str.to_uppercase()
    plain = pl.when(plain.str.starts_with("$")).then(plain.str.strip_suffix(".X")).otherwise(plain)
    return plain.str.replace(_INDEX_MARK, "").str.replace(_SHARE_CLASS, "$1.$2")


def spell_symbol(symbol: str) -> str:
    """One symbol in the lake's spelling (`spell_symbols`): what a user types finds what a vendor wrote."""
    spelled: str = pl.select(spell_symbols(pl.lit(symbol))).item()
    return spelled


def conform(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with exactly these columns and dtypes, in this order; a column it lacks becomes null.

    Raises:
        polars.exceptions.InvalidOperationError: a value that its dtype cannot hold.
    """
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
    )


def to_strike_rows(contracts: pl.DataFrame) -> pl.DataFrame:
    """Contract rows (unique by `CONTRACT_KEY`) side by side, in stored order.

    What stands once in a strike row (`SNAPSHOT_COLUMNS`) is taken from the call where both sides are listed.
    """
    return pair_sides(contracts.sort(*STORED_ORDER, "option_type"))


def pair_sides(contracts: pl.DataFrame) -> pl.DataFrame:
    """`to_strike_rows` of contract rows that lie in stored order already, the call before the put."""
    another = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in STORED_ORDER)
    place = contracts.select(place=another.cast(pl.UInt32).cum_sum() - 1).to_series()
    numbers = pl.int_range(0, contracts.height, eager=True, dtype=pl.UInt32)
    count = int(place[-1]) + 1 if contracts.height else 0
    row_of = {}
    for side in SIDES:
        of_side = contracts["option_type"] == side
        where = np.full(count, -1, dtype=np.int64)
        where[place.filter(of_side).to_numpy()] = numbers.filter(of_side).to_numpy()
        row_of[side] = pl.DataFrame({"row": where}).select(pl.when(pl.col("row") >= 0).then("row")).to_series()
    first = pl.select(pl.coalesce(row_of["call"], row_of["put"])).to_series()
    shared = (*KEY_COLUMNS, *SNAPSHOT_COLUMNS)
    return contracts.select(
        *(pl.col(name).gather(first) for name in shared),
        *(pl.col(name).gather(row_of[side]).alias(f"{side}_{name}") for side in SIDES for name in QUOTE_COLUMNS),
    ).select(*STRIKE_ROWS)


def to_contract_rows(strikes: pl.DataFrame) -> pl.DataFrame:
    """Strike rows as one row per listed option, in the order of `CONTRACT_KEY`."""

    def side_of(side: str) -> pl.DataFrame:
        return strikes.filter(listed(side)).select(
            *KEY_COLUMNS,
            pl.lit(side).alias("option_type"),
            *SNAPSHOT_COLUMNS,
            *(pl.col(f"{side}_{name}").alias(name) for name in QUOTE_COLUMNS),
        )

    return pl.concat([side_of(side) for side in SIDES]).sort(CONTRACT_KEY)


def listed(side: str) -> pl.Expr:
    """Whether a strike row's call or put is listed: anything at all is known of it."""
    return pl.any_horizontal(pl.col(f"{side}_{name}").is_not_null() for name in QUOTE_COLUMNS)


PLAN_ROWS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "signal_date": pl.Date(),
    "side": pl.Int8(),
    "entry": pl.String(),
    "entry_level": pl.Float64(),
    "valid_for": pl.Int32(),
    "target": pl.Float64(),
    "target_offset": pl.Float64(),
    "stop": pl.Float64(),
    "stop_offset": pl.Float64(),
    "exit_after": pl.Int32(),
    "exit_on": pl.Date(),
    "size": pl.Float64(),
}
"""Plans evaluated, one row per decision: `side` is +1 or -1; `entry` is `market`, `stop` or `limit`; levels in USD,
offsets as fractions of the entry price; null: the plan has no such exit. A row decided on `signal_date` trades at the
open of the next session or later."""

TRADES: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "instrument": pl.String(),
    "side": pl.String(),
    "signal_date": pl.Date(),
    "entry_date": pl.Date(),
    "entry_price": pl.Float64(),
    "exit_date": pl.Date(),
    "exit_price": pl.Float64(),
    "exit_reason": pl.String(),
    "size": pl.Float64(),
    "fees": pl.Float64(),
    "pnl": pl.Float64(),
    "return": pl.Float64(),
    "split_ratio": pl.Float64(),
    "dividends": pl.Float64(),
    "price_return": pl.Float64(),
}
"""Trades done: `side` is `long` or `short`; prices as filled on their own day, as traded (slippage included); `exit_reason`
is `target`, `stop`, `time`, `expiry`, `missing_quote`, or `end` (still open at the last bar, marked at its close); `size` in
shares at the entry; `split_ratio` is the shares held at the exit for each share at the entry, 1 without a split, so that
`size x split_ratio` shares are sold at `exit_price`; `dividends` in USD, received by a long (positive) or paid by a short
(negative) from the session after the entry to the exit; `pnl` in USD after fees, with the dividends; `return`, the total
return, is pnl over the entry's notional; `price_return` is the same without the dividends."""

EQUITY: Final[dict[str, pl.DataType]] = {
    "date": pl.Date(),
    "equity": pl.Float64(),
    "cash": pl.Float64(),
    "exposure": pl.Float64(),
    "drawdown": pl.Float64(),
    "buy_and_hold": pl.Float64(),
    "dividends": pl.Float64(),
}
"""An account at the close of each session: `equity` and `cash` in USD (`cash` includes the proceeds of short sales); `exposure`,
the absolute value of all positions as a fraction of the equity (null where the equity is not positive); `drawdown`, the equity
over its highest value so far less 1, so 0 or negative; `buy_and_hold` in USD, the same cash invested in equal parts in the same
symbols at their first close, without costs, dividends reinvested; `dividends` in USD, received less paid so far."""
