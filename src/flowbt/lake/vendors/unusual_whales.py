"""unusual-whales: the trade tape of Unusual Whales, one row per execution, as CSV or Parquet.

    executed_at,underlying_symbol,option_chain_id,side,strike,option_type,expiry,underlying_price,nbbo_bid,nbbo_ask,
    ewma_nbbo_bid,ewma_nbbo_ask,price,size,premium,volume,open_interest,implied_volatility,delta,theta,gamma,vega,rho,theo,
    sector,exchange,report_flags,canceled,upstream_condition_detail,equity_type

`executed_at` is in UTC (`2026-01-08 14:30:00.00714+00`); `option_chain_id` is the contract's symbol in OSI form and says the
contract where `expiry`, `strike` or `option_type` is empty; `side` is `ask`, `bid`, `mid` or `no_side`; `canceled` is `t` or
`f`; `implied_volatility` is a fraction, and 0 stands for "not known" in it, in the ask and in the underlying's price. There
is no id of the order and, but for tapes with a column `id`, none of the execution; contracts are taken to be for 100 shares.
"""

from pathlib import Path

import polars as pl

from flowbt.lake.vendors.base import ReadOptions, VendorFormat
from flowbt.lake.vendors.tabular import column_names, of_symbol, read_text_columns, require

REQUIRED = ["executed_at", "underlying_symbol", "option_chain_id", "price", "size", "canceled"]
COLUMNS = {
    "executed_at": "time",
    "underlying_symbol": "symbol",
    "option_chain_id": "contract",
    "expiry": "expiration",
    "strike": "strike",
    "option_type": "option_type",
    "price": "price",
    "size": "size",
    "side": "side",
    "nbbo_bid": "bid",
    "nbbo_ask": "ask",
    "underlying_price": "underlying_price",
    "exchange": "exchange",
    "implied_volatility": "iv",
    "delta": "delta",
    "canceled": "canceled",
    "id": "id",
}


def _recognises(path: Path, head: bytes) -> bool:
    return {"executed_at", "underlying_symbol", "option_chain_id"} <= column_names(path, head)


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    frame = read_text_columns(path)
    require(frame, REQUIRED)
    frame = frame.select(pl.col(theirs).alias(ours) for theirs, ours in COLUMNS.items() if theirs in frame.columns)
    return of_symbol(frame, options.symbol).with_columns(
        pl.col("symbol").str.to_uppercase(),
        *(pl.col(name).str.to_lowercase() for name in ("option_type", "side") if name in frame.columns),
    )


FORMAT = VendorFormat(
    name="unusual-whales",
    table="prints",
    description="The trade tape of Unusual Whales, one row per execution, as CSV or Parquet.",
    suffixes=(".csv", ".parquet"),
    recognises=_recognises,
    read=_read,
    zero_is_missing=("iv", "ask", "underlying_price"),
)
