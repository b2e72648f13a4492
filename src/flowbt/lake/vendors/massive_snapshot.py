"""massive-snapshot: option chain snapshots of Massive (formerly Polygon.io), `/v3/snapshot/options/SYMBOL`, one JSON document per page.

    {"status": "OK", "request_id": ..., "results": [{"break_even_price": 101.5,
      "day": {"close": 1.5, "high": 1.7, "low": 1.2, "open": 1.3, "volume": 10, "vwap": 1.45, "last_updated": 1767848400000000000, ...},
      "details": {"contract_type": "call", "exercise_style": "american", "expiration_date": "2026-01-16", "shares_per_contract": 100,
                  "strike_price": 100, "ticker": "O:AAA260116C00100000"},
      "greeks": {"delta": 0.52, "gamma": 0.08, "theta": -0.09, "vega": 0.06}, "implied_volatility": 0.25,
      "last_quote": {"ask": 1.6, "ask_size": 7, "bid": 1.4, "bid_size": 5, "last_updated": 1767905999000000000, "midpoint": 1.5, ...},
      "last_trade": {"price": 1.5, "sip_timestamp": ..., ...}, "open_interest": 50,
      "underlying_asset": {"price": 100.0, "ticker": "AAA", "timeframe": "REAL-TIME", "last_updated": ..., ...}}], "next_url": ...}

The day and the quote time are those of the latest quote or underlying price in the document (`last_updated`: nanoseconds since 1970).
Without them the day is that of the latest bar, and the quote time is unknown. `day` is the contract's most recent day with a trade: if it
is earlier than the document's day, the contract did not trade (volume 0, no vwap), and its close is still the last trade.
`implied_volatility` is a fraction, theta is per calendar day and vega per volatility point. The parts of a document depend on the plan.
Open interest is of the end of the last session, the close before. A document is one page, so it is treated as a part of its day.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

ZONE = "America/New_York"


def _moment(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column).cast(pl.Int64, strict=False) // 1_000, time_unit="us").dt.replace_time_zone(
        "UTC"
    )


def _latest(*columns: str) -> pl.Expr:
    return pl.max_horizontal(_moment(column).max() for column in columns)


def _day(moment: pl.Expr) -> pl.Expr:
    return moment.dt.convert_time_zone(ZONE).dt.date()


QUOTE, UNDERLYING, BAR = "last_quote.last_updated", "underlying_asset.last_updated", "day.last_updated"
KNOWN = ((QUOTE, UNDERLYING), (QUOTE,), (UNDERLYING,))
"""Columns that may give the time of the quotes; the first group that the file has is used."""
MOMENTS = [_latest(*columns) for columns in KNOWN]
DAYS = [_day(moment) for moment in (*MOMENTS, _latest(BAR))]


def _of_the_day(column: str, otherwise: str | None) -> tuple[pl.Expr, ...]:
    """A value of a contract's bar, if the bar is of the document's day."""
    own = _day(_moment(BAR))
    return tuple(
        pl.when(pl.col(BAR).is_null() | (own == day)).then(pl.col(column)).otherwise(pl.lit(otherwise)) for day in DAYS
    )


FORMAT = VendorFormat(
    name="massive-snapshot",
    description="Option chain snapshots of Massive (Polygon.io) as JSON, with quotes, IV, greeks and open interest by plan.",
    suffixes=(".json",),
    part=True,
    layouts=(
        Layout(
            rows="results",
            header=frozenset(
                {f"details.{name}" for name in ("ticker", "contract_type", "expiration_date", "strike_price")}
                | {"open_interest"}
            ),
            columns={
                "contract": "details.ticker",
                "symbol": "underlying_asset.ticker",
                "expiration": "details.expiration_date",
                "strike": "details.strike_price",
                "option_type": "details.contract_type",
                "multiplier": "details.shares_per_contract",
                "date": tuple(day.dt.to_string("%Y-%m-%d") for day in DAYS),
                "quote_time": tuple(moment.dt.strftime("%FT%T%.3fZ") for moment in MOMENTS),
                "underlying_price": ("underlying_asset.price", "underlying_asset.value"),
                "bid": "last_quote.bid",
                "ask": "last_quote.ask",
                "last": ("last_trade.price", "day.close"),
                "vwap": _of_the_day("day.vwap", None),
                "volume": _of_the_day("day.volume", "0"),
                "open_interest": "open_interest",
                "iv": "implied_volatility",
                **{name: f"greeks.{name}" for name in ("delta", "gamma", "theta", "vega")},
            },
            # the parts of a document depend on the plan
            optional=frozenset(
                {"symbol", "multiplier", "date", "quote_time", "underlying_price", "bid", "ask", "last", "vwap"}
            )
            | {"volume", "iv", "delta", "gamma", "theta", "vega"},
            missing={"last": (0,), "vwap": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
        ),
    ),
)
