"""What the day's trading holds that is no bet on a move, or no position: left out of the flow, or told beside it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from flowbt.flow.contracts import symbol_of
from flowbt.flow.day import Day

WORTH_TELLING: Final = 0.02
"""Of the gross premium: below this share expiring and deep in-the-money contracts are not spoken of."""
EXPIRED: Final = "EXPIRED"
OF_PRINT: Final = ("date", "expiration", "strike", "option_type", "size")
"""What a print must say to be told of."""


def discounted(
    day: Day, notable: Sequence[Mapping[str, Any]], cited: Sequence[Mapping[str, Any]], rejected: pl.DataFrame
) -> list[dict[str, Any]]:
    """Facts under a `kind` each, in this order: `dividend_play, small, expiring, parity, stale, breaches, refused, rejected`.

    Args:
        day: what is reported on.
        notable: its notable contracts, of which the small ones are noise.
        cited: contracts that somebody cites; those refused are told.
        rejected: prints of contracts that had expired (`expired_prints`).
    """
    today, gross = day.today, day.today["gross_premium"]
    found: list[dict[str, Any]] = []
    if today["is_dividend_play"]:
        found.append(
            {
                "kind": "dividend_play",
                "premium": today["dividend_play_premium"],
                "calls": today["dividend_play_calls"],
                "net_premium": today["net_premium"],
                "net_premium_with": today["net_premium(dividend_plays=include)"],
            }
        )
    found += [{**row, "kind": "small", "other_premium": _other_side(day, row)} for row in notable if row["is_noise"]]
    for kind, column in (("expiring", "gross_premium[expiry=today]"), ("parity", "gross_premium[delta>=0.9]")):
        premium = today[column]
        if premium and gross and premium / gross >= WORTH_TELLING:
            found.append({"kind": kind, "premium": premium, "share_of_gross": premium / gross, **_volumes(today, kind)})
    if day.is_stale:
        held = (today["call_open_interest"] or 0) + (today["put_open_interest"] or 0)
        found.append({"kind": "stale", "open_interest": held})
    if today["oi_breaches"]:
        found.append({"kind": "breaches", "contracts": today["oi_breaches"]})
    found += [{**row, "kind": "refused"} for row in cited if row["refused"]]
    found += [{**row, "kind": "rejected"} for row in rejected.filter(pl.col("date") == day.date).iter_rows(named=True)]
    return found


def _volumes(today: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if kind != "expiring":
        return {}
    return {"call_volume": today["call_volume[expiry=today]"], "put_volume": today["put_volume[expiry=today]"]}


def _other_side(day: Day, row: Mapping[str, Any]) -> float:
    """Premium of the day on the other side than the contract's, dividend plays left out."""
    other = day.contracts.filter(
        (pl.col("option_type") != row["option_type"]) & ~pl.col("dividend_play").fill_null(value=False)
    )
    return float(other["premium"].sum())


def expired_prints(quarantined: pl.DataFrame, symbol: str) -> pl.DataFrame:
    """Prints set aside since their contract had expired: `date, contract, expiration, side, size, price, premium`.

    Args:
        quarantined: rows of the lake's quarantine with that reason.
        symbol: whose.
    """
    found = []
    for text in quarantined["record"]:
        record = json.loads(text)
        # a row of a chain may have expired, too, and has no size
        if record.get("symbol") == symbol and None not in {record.get(name) for name in OF_PRINT}:
            found.append(record)
    schema = {
        "date": pl.Date, "root": pl.String, "expiration": pl.Date, "strike": pl.Float64, "option_type": pl.String,
        "side": pl.String, "size": pl.Int64, "price": pl.Float64, "multiplier": pl.Float64,
    }  # fmt: skip
    wanted = [{name: record.get(name) for name in schema} for record in found]
    raw = pl.DataFrame(wanted, schema={name: pl.String if kind == pl.Date else kind for name, kind in schema.items()})
    prints = raw.with_columns(pl.col("date", "expiration").str.to_date())
    symbols = pl.Series("contract", [symbol_of(row) for row in prints.iter_rows(named=True)], pl.String)
    return prints.select(
        "date", symbols, "expiration", "side", "size", "price",
        (pl.col("price") * pl.col("size") * pl.col("multiplier")).alias("premium"),
    ).sort("premium", descending=True, nulls_last=True)  # fmt: skip
