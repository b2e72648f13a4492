"""Schemas of the frames that pass between the layers: columns, dtypes, units, keys.

Everything stored and everything passed from one layer to the next is defined here. A *strike row* holds the call and
the put of one strike side by side, as a trader reads a chain; a *contract row* holds the same data with one row per
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
"""Data of one option on one day. Prices in USD per share; `volume` and `open_interest` in contracts; `iv` per
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
"""Data of a whole snapshot, except `multiplier` (shares per contract) and `adjusted` (whether a corporate action changed
what the contract delivers, according to the source; null if it does not specify). `underlying_price` is the price at the
chain's own quote time; `oi_lag` is 1 if the row dated t holds the open interest of the close before, 0 if it holds that of t
itself, null if unknown; `source` is the vendor format."""

STRIKE_ROWS: Final[dict[str, pl.DataType]] = {
    **KEY_COLUMNS,
    **SNAPSHOT_COLUMNS,
    **{f"{side}_{name}": dtype for side in SIDES for name, dtype in QUOTE_COLUMNS.items()},
}
"""The table `chains`: one row per (symbol, date, root, expiration, strike); a side that is not listed is all null."""

CONTRACT_FLAGS: Final = ("crossed_quote", "zero_bid", "stale_last", "iv_out_of_range")
"""Unusual properties of one option on one day (`flowbt.lake.flags`)."""

JUDGED_BY_DAY: Final = ("open_interest", "volume")
"""Columns in which 0 for every contract of a day means that the source had no data (`flowbt.lake.intake.sentinels`)."""

ZERO_COLUMNS: Final = {f"{side}_{name}": f"{side}_zero_{name}" for side in SIDES for name in JUDGED_BY_DAY}
"""Marks of such zeros: the column that is null, and the column that is true where the source gave 0."""

CHAIN_ROWS: Final[dict[str, pl.DataType]] = {
    **STRIKE_ROWS,
    **{name: pl.Boolean() for name in ZERO_COLUMNS.values()},
    **{f"{side}_listed": pl.Boolean() for side in SIDES},
    **{f"{side}_{flag}": pl.Boolean() for side in SIDES for flag in CONTRACT_FLAGS},
    "stale_open_interest": pl.Boolean(),
    "series": pl.Int8(),
    "snapshot_hash": pl.Int64(),
}
"""Strike rows as stored, with the columns the lake adds. `call_listed`, `put_listed`: whether any value of that side is
known. `adjusted`, as stored, is never null: true if the source says so, if a digit follows the symbol in the root, or if the
multiplier is not 100 (unless no contract of the snapshot is for 100 shares: it is then from another market, and the
multiplier does not count). `call_zero_volume` etc.: the source gave 0 here and for every contract of the day, so `call_volume` is null.
`call_crossed_quote` etc.: kept and flagged. `stale_open_interest`: the snapshot repeats the open interest of the one before.
`series`: distinguishes contracts that expire on the same day under several roots, such as SPX in the morning and SPXW at the
close. `snapshot_hash`: hash of the snapshot's rows as received, so that values computed from them can be checked for being
up to date."""

CONTRACT_ROWS: Final[dict[str, pl.DataType]] = {
    **KEY_COLUMNS,
    "option_type": pl.String(),
    **SNAPSHOT_COLUMNS,
    **QUOTE_COLUMNS,
}
"""The long format: `option_type` is `call` or `put` and belongs to the key."""

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
"""The table `prices`: daily bars in USD as traded; `adj_close` is adjusted for splits and dividends, null where not given."""

CORPORATE_ACTIONS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "kind": pl.String(),
    "value": pl.Float64(),
}
"""The table `actions`: `date` is the ex-date; `kind` is `split` (`value`: new shares per old one, 10 for a 10:1 split, 0.1
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
"""The table `prints`: one row per execution. `price` in USD per share, `size` in contracts; `side` is the side of the quote
that was hit (`ask`, `bid`, `mid`), null if unknown; `bid`, `ask` and `underlying_price` are those at the time of the
execution; `order` identifies the executions of one order, if the source gives it. `time` is in UTC, `date` is the day in the
exchange's time zone; `multiplier` in shares per contract; `iv` per year as a fraction and `delta` signed, both at the time of
the execution. Null: not given by the source.

There is no key. Two executions can agree in every column, for example if one order is filled twice within a microsecond, so
equal rows are separate executions. A day is replaced as a whole or not at all."""

STORED_PRINTS: Final[dict[str, pl.DataType]] = {**PRINTS, "adjusted": pl.Boolean(), "snapshot_hash": pl.Int64()}
"""Prints as stored, with the columns the lake adds, as in `CHAIN_ROWS`; the hash is that of the day's prints."""

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
"""The table `metrics`: stored metrics at snapshot grain, one row per symbol, day and metric. `parameters`: values for all
metrics with a parameter of that name, as in `rate=0.05`; `number`: a numeric value, a Boolean (1 or 0), or a date in days
since 1970; `text`: a name, or a list as JSON; `dtype`: type of the computed value; `definition` and `data`: hashes of the
definition and of the input data, so that a change of either is detected."""

SPOT_SOURCE: Final = "underlying_price_source"
SEEN_ROWS: Final[dict[str, pl.DataType]] = {**STRIKE_ROWS, SPOT_SOURCE: pl.String()}
"""Strike rows as metrics read them: `underlying_price` is filled in where the source gives none (`flowbt.metrics.engine.spot`), and
`underlying_price_source` is `chain`, `bar` or `parity`, null where no price is known."""

SYMBOL_ROWS: Final[dict[str, pl.DataType]] = {"symbol": pl.String(), "exchange": pl.String()}
"""The table `symbols`: `exchange` is the MIC of the exchange whose sessions apply to the symbol."""

SNAPSHOT_KEY: Final = ("symbol", "date")
STRIKE_KEY: Final = tuple(KEY_COLUMNS)
CONTRACT_KEY: Final = (*KEY_COLUMNS, "option_type")
STORED_ORDER: Final = ("symbol", "date", "expiration", "root", "strike")
"""Order of strike rows in the lake and in every metric: a snapshot and an expiry are each one run of rows, with strikes
ascending."""

PRINT_ORDER: Final = (
    *("symbol", "date", "time", "expiration", "strike", "root", "option_type", "price", "size", "side"),
    *("bid", "ask", "underlying_price", "exchange", "order", "multiplier", "iv", "delta", "source"),
)
"""Order of prints in the lake and in every metric: by time within each day; simultaneous prints are ordered by the remaining
columns, so that the same prints always have the same order."""

SYMBOL_PATTERN: Final = r"^[A-Z0-9][A-Z0-9.&^/_-]{0,15}$"
"""A symbol in the lake's spelling (`spell_symbols`)."""

_INDEX_MARK: Final = r"^(?:I:|[$^_.]+)"
_SHARE_CLASS: Final = r"^([A-Z]{1,5})[-/]([A-Z])$"


def spell_symbols(symbols: pl.Expr) -> pl.Expr:
    """Symbols in one spelling, whichever source they come from.

    Upper case; indices without the prefixes that vendors use (`^SPX` of Cboe and Yahoo, `$SPX` and `$SPX.X` of Schwab
    and TD Ameritrade, `I:SPX` of Massive, `_SPX` of Cboe's website: all `SPX`); share classes after a point (`BRK-B` of
    Yahoo and Stooq, `BRK/B` of TD Ameritrade: `BRK.B`). Null remains null.
    """
    plain = symbols.str.strip_chars().str.to_uppercase()
    plain = pl.when(plain.str.starts_with("$")).then(plain.str.strip_suffix(".X")).otherwise(plain)
    return plain.str.replace(_INDEX_MARK, "").str.replace(_SHARE_CLASS, "$1.$2")


def spell_symbol(symbol: str) -> str:
    """One symbol in the lake's spelling (`spell_symbols`), so that a symbol as typed matches a vendor's."""
    spelled: str = pl.select(spell_symbols(pl.lit(symbol))).item()
    return spelled


def conform(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with exactly these columns and dtypes, in this order; a missing column becomes null.

    Raises:
        polars.exceptions.InvalidOperationError: a value does not fit its dtype.
    """
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
    )


def to_strike_rows(contracts: pl.DataFrame) -> pl.DataFrame:
    """Strike rows in stored order, from contract rows (unique by `CONTRACT_KEY`).

    Values that occur once per strike row (`SNAPSHOT_COLUMNS`) are taken from the call where both sides are listed.
    """
    return pair_sides(contracts.sort(*STORED_ORDER, "option_type"))


def pair_sides(contracts: pl.DataFrame) -> pl.DataFrame:
    """`to_strike_rows` for contract rows that are already in stored order, the call before the put."""
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
    """Contract rows in the order of `CONTRACT_KEY`, one per listed option, from strike rows."""

    def side_of(side: str) -> pl.DataFrame:
        return strikes.filter(listed(side)).select(
            *KEY_COLUMNS,
            pl.lit(side).alias("option_type"),
            *SNAPSHOT_COLUMNS,
            *(pl.col(f"{side}_{name}").alias(name) for name in QUOTE_COLUMNS),
        )

    return pl.concat([side_of(side) for side in SIDES]).sort(CONTRACT_KEY)


def listed(side: str) -> pl.Expr:
    """Whether a strike row's call or put is listed, that is, has any value."""
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
