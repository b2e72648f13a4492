"""What a lake holds, and what is odd of it: gaps, partial days, jumps, open interest that means something else than declared."""

from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.calendar import sessions
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.lake.detect import detect_oi_lag
from flowbt.metrics.spot import spots
from flowbt.schema import SNAPSHOT_KEY, SPOT_SOURCE

SESSIONS_FOR_LAG: Final = 21
DIFFERS: Final = 0.05
"""A close this far from the price of the underlying in the same day's chain is not of the same money: adjusted, or another symbol."""


def status(lake: Lake) -> dict[str, Any]:
    """What the lake holds: symbols, ranges, gaps and oddities, corporate actions, quarantine.

    Raises:
        FlowbtError: there is no lake.
    """
    versions = lake.versions()
    if not versions:
        raise FlowbtError(f"no lake at '{lake.where}': make one with `flowbt ingest` or `flowbt simulate`")
    snapshots = lake.snapshots()
    facts = lake.contents().join(snapshots, on=["symbol", "date"], how="left", maintain_order="left")
    actions = lake.actions()
    chains = [
        _chain_status(lake, str(symbol), rows, actions.filter(pl.col("symbol") == symbol))
        for (symbol,), rows in facts.group_by("symbol", maintain_order=True)
    ]
    span = (pl.col("date").min().alias("first"), pl.col("date").max().alias("last"), pl.len().alias("sessions"))
    of_kind = [(pl.col("kind") == kind).sum().alias(f"{kind}s") for kind in ("split", "dividend")]
    return {
        "lake": lake.where,
        "version": versions,
        "chains": chains,
        "prices": _prices(lake.bars(), snapshots, lake).to_dicts(),
        "prints": lake.tape().group_by("symbol", maintain_order=True).agg(*span, pl.col("prints").sum()).to_dicts(),
        "actions": actions.group_by("symbol", maintain_order=True).agg(*of_kind, *span[:2]).to_dicts(),
        "quarantined": lake.quarantined(),
    }


def _chain_status(lake: Lake, symbol: str, rows: pl.DataFrame, actions: pl.DataFrame) -> dict[str, Any]:
    held = rows["date"].to_list()
    exchange = lake.exchanges([symbol])[symbol]
    missing = sorted(set(sessions(held[0], held[-1], exchange)) - set(held))
    lags = rows["oi_lag"].unique().to_list()
    declared = lags[0] if len(lags) == 1 else None
    detected = detect_oi_lag(lake, symbol, held[-SESSIONS_FOR_LAG:])
    return {
        "symbol": symbol,
        "exchange": exchange,
        "first": held[0],
        "last": held[-1],
        "sessions": len(held),
        "missing_sessions": missing,
        "contracts": int(rows["contracts"].sum()),
        "adjusted_contracts": int(rows["adjusted"].sum()),
        "oi_lag_declared": declared,
        "oi_lag_detected": detected,
        "oi_lag_contradicted": None not in {declared, detected} and declared != detected,
        "partial_days": rows.filter("partial_day")["date"].to_list(),
        "stale_open_interest": rows.filter("stale_open_interest")["date"].to_list(),
        "price_jumps": _jumps(rows, actions),
        "spot": _spot_sources(lake, rows),
    }


def _spot_sources(lake: Lake, rows: pl.DataFrame) -> dict[str, int]:
    """On how many sessions the spot is the chain's own, the bar's close, implied by parity, or unknown; month by month."""
    counts = {"chain": rows.filter(pl.col(SPOT_SOURCE) == "chain").height, "bar": 0, "parity": 0}
    lacking = rows.filter(pl.col(SPOT_SOURCE).ne_missing("chain")).select(SNAPSHOT_KEY)
    for _, of_month in lacking.group_by(pl.col("date").dt.truncate("1mo")):
        found = spots(lake, of_month)["found_source"].value_counts()
        for source, days in found.iter_rows():
            counts[source] += days
    return {**counts, "unknown": rows.height - sum(counts.values())}


def _jumps(rows: pl.DataFrame, actions: pl.DataFrame) -> list[dict[str, Any]]:
    """Moves of the underlying that a split must explain, each with the split on file, if there is one."""
    before = rows.with_columns(
        pl.col("underlying_price").forward_fill().shift(1).alias("before"), pl.col("date").shift(1).alias("previous")
    )
    splits = dict(actions.filter(pl.col("kind") == "split").select("date", "value").iter_rows())
    return [
        {"date": day, "from": start, "to": end, "split": _split_between(splits, previous, day)}
        for day, previous, start, end in before.filter("price_jump")
        .select("date", "previous", "before", "underlying_price")
        .iter_rows()
    ]


def _split_between(splits: dict[date, float], previous: date, day: date) -> float | None:
    return next((value for on, value in splits.items() if previous < on <= day), None)


def _prices(bars: pl.DataFrame, snapshots: pl.DataFrame, lake: Lake) -> pl.DataFrame:
    """The bars of each symbol, and on how many days they differ from the chain's own price of the underlying."""
    both = bars.join(snapshots.select("symbol", "date", "underlying_price"), on=["symbol", "date"], how="left")
    differs = (pl.col("close") / pl.col("underlying_price") - 1).abs() > DIFFERS
    exchange = pl.col("symbol").replace_strict(lake.exchanges(bars["symbol"].unique()), return_dtype=pl.String)
    return both.group_by("symbol", exchange.alias("exchange"), maintain_order=True).agg(
        pl.col("date").min().alias("first"),
        pl.col("date").max().alias("last"),
        pl.len().alias("sessions"),
        differs.sum().alias("differ_from_chain"),
    )
