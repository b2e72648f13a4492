"""thetadata: end-of-day reports and open interest of ThetaData, versions 2 and 3 of its terminal, as CSV or JSON.

    v3  symbol,expiration,strike,right,created,last_trade,open,high,low,close,volume,count,bid_size,bid_exchange,bid,
        bid_condition,ask_size,ask_exchange,ask,ask_condition
        symbol,expiration,strike,right,timestamp,open_interest
    v2  root,expiration,strike,right,ms_of_day,ms_of_day2,open,high,low,close,volume,count,bid_size,...,ask_condition,date
        root,expiration,strike,right,ms_of_day,open_interest,date
        {"header": {"format": ["ms_of_day", ..., "date"], ...},
         "response": [{"ticks": [[62000000, ...]], "contract": {"root": "AAPL", "expiration": 20260116, "strike": 170000,
                       "right": "C"}}]}

Prices and open interest come in separate files, each a part of the day; they can be ingested in any order. Version 2 writes the strike in
tenths of a cent (170000 is 170.00), days as YYYYMMDD and times as milliseconds since midnight in New York. A v2 file of a single contract
does not identify the contract and is refused. The quote is the last of the day when the report was made, at about 17:15, which is the
quote time. 0 means "not known" in `close` and `ask`. There is no volatility and no price of the underlying. The open interest of day t
was reported at about 6:30 and is of the close before.
"""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from flowbt.lake.intake.contract_symbols import underlying_of
from flowbt.lake.vendors.layout import Layout, Theirs
from flowbt.lake.vendors.vendor_format import VendorFormat

PRICES = {"bid": "bid", "ask": "ask", "last": "close", "volume": "volume"}
MISSING = {"last": (0.0,), "ask": (0.0,)}


def _v3(moment: str, fields: Mapping[str, str], **more: Theirs) -> Layout:
    return Layout(
        header=frozenset({"symbol", "expiration", "strike", "right", moment, *fields.values()}),
        columns={
            "symbol": underlying_of(pl.col("symbol")),
            "root": "symbol",
            "expiration": "expiration",
            "strike": "strike",
            "option_type": "right",
            "date": pl.col(moment).str.slice(0, 10),
            **fields,
            **more,
        },
        dates=("%Y-%m-%d", "%Y%m%d"),
        missing=MISSING,
    )


def _v2(fields: Mapping[str, str], place: str = "", **more: Theirs) -> Layout:
    contract = {name: f"{place}{name}" for name in ("root", "expiration", "strike", "right")}
    return Layout(
        header=frozenset({*contract.values(), "ms_of_day", "date", *fields.values()}),
        columns={
            "symbol": underlying_of(pl.col(contract["root"])),
            "root": contract["root"],
            "expiration": contract["expiration"],
            "strike": contract["strike"],
            "option_type": contract["right"],
            "date": "date",
            **fields,
            **more,
        },
        dates=("%Y%m%d", "%Y-%m-%d"),
        missing=MISSING,
        divide_by={"strike": 1000},
    )


def _json(layout: Layout) -> Layout:
    return replace(layout, rows="response.[].ticks", cells="header.format")


MIDNIGHT = pl.col("date").str.to_datetime("%Y%m%d", strict=False)
CREATED = (MIDNIGHT + pl.duration(milliseconds=pl.col("ms_of_day").cast(pl.Int64, strict=False))).dt.strftime(
    "%FT%T%.3f"
)
OPEN_INTEREST = {"open_interest": "open_interest"}

FORMAT = VendorFormat(
    name="thetadata",
    description="End-of-day reports and open interest of ThetaData, v2 and v3, CSV or JSON; the files complete each other.",
    part=True,
    suffixes=(".csv", ".txt", ".parquet", ".json"),
    layouts=(
        _v3("created", PRICES, quote_time="created"),
        _v3("timestamp", OPEN_INTEREST),
        _v2(PRICES, quote_time=CREATED),
        _v2(OPEN_INTEREST),
        _json(_v2(PRICES, "contract.", quote_time=CREATED)),
        _json(_v2(OPEN_INTEREST, "contract.")),
    ),
)
