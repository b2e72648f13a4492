"""What a lake contains, and what is unusual: gaps, partial days, jumps, open interest that is not of the declared close."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from flowbt.calendar import sessions
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.lake.oi_lag import detect_oi_lags
from flowbt.metrics.engine.spot import spots
from flowbt.schema import JUDGED_BY_DAY, SNAPSHOT_KEY, SPOT_SOURCE
from flowbt.workflows.lake_contents import (
    DIFFERS,
    ActionStatus,
    ChainStatus,
    LakeStatus,
    PriceJump,
    PriceStatus,
    PrintStatus,
)

SESSIONS_FOR_LAG: Final = 21
ROWS_AT_ONCE: Final = 1_000_000
"""Strike rows from which spots are determined at once."""

SPOT_SOURCES: Final = ("chain", "bar", "parity")
Row = Mapping[str, Any]


def lake_status(lake: Lake) -> LakeStatus:
    """What a lake contains: symbols, periods, gaps, anything unusual, corporate actions, quarantine.

    Raises:
        FlowbtError: there is no lake.

    Examples:
        >>> status = flowbt.lake_status(flowbt.Lake("data"))
        >>> [(chain.symbol, chain.sessions) for chain in status.chains]
        [('SYN000', 90), ('SYN001', 90)]
    """
    versions = lake.versions()
    if not versions:
        raise FlowbtError(f"no lake at '{lake.where}': make one with `flowbt ingest` or `flowbt simulate`")
    facts = lake.contents()
    actions = lake.actions()
    span = (pl.col("date").min().alias("first"), pl.col("date").max().alias("last"), pl.len().alias("sessions"))
    of_kind = [(pl.col("kind") == kind).sum().alias(f"{kind}s") for kind in ("split", "dividend")]
    prints = lake.tape().group_by("symbol", maintain_order=True).agg(*span, pl.col("prints").sum())
    by_symbol = actions.group_by("symbol", maintain_order=True).agg(*of_kind, *span[:2])
    return LakeStatus(
        lake=lake.where,
        version=versions,
        chains=tuple(_chains(lake, facts, actions)),
        prices=tuple(PriceStatus(**row) for row in _prices(lake.bars(), facts, lake).iter_rows(named=True)),
        prints=tuple(PrintStatus(**row) for row in prints.iter_rows(named=True)),
        actions=tuple(ActionStatus(**row) for row in by_symbol.iter_rows(named=True)),
        quarantined=lake.quarantined(),
    )


def _chains(lake: Lake, facts: pl.DataFrame, actions: pl.DataFrame) -> Iterator[ChainStatus]:
    """The chains of each symbol, all symbols together, since a lake may have thousands."""
    if facts.is_empty():
        return
    day = pl.col("date")
    per_symbol = facts.group_by("symbol", maintain_order=True).agg(
        day.alias("days"),
        pl.col("contracts", "adjusted").sum(),
        pl.when(pl.col("oi_lag").n_unique() == 1).then(pl.col("oi_lag").first()).alias("declared"),
        day.filter("partial_day").alias("partial"),
        day.filter("stale_open_interest").alias("stale"),
        *(day.filter(f"unknown_{what}").alias(f"unknown_{what}") for what in JUDGED_BY_DAY),
    )
    symbols = per_symbol["symbol"].to_list()
    lags = detect_oi_lags(lake, facts.group_by("symbol", maintain_order=True).tail(SESSIONS_FOR_LAG))
    exchanges, spot_sources, jumps = lake.exchanges(symbols), _spot_sources(lake, facts), _jumps(facts, actions)
    for row in per_symbol.iter_rows(named=True):
        symbol, days = row["symbol"], row["days"]
        declared, detected, exchange = row["declared"], lags[symbol], exchanges[symbol]
        yield ChainStatus(
            symbol=symbol,
            exchange=exchange,
            first=days[0],
            last=days[-1],
            sessions=len(days),
            missing_sessions=tuple(sorted(set(sessions(days[0], days[-1], exchange)) - set(days))),
            contracts=int(row["contracts"]),
            adjusted_contracts=int(row["adjusted"]),
            oi_lag_declared=declared,
            oi_lag_detected=detected,
            oi_lag_contradicted=None not in {declared, detected} and declared != detected,
            partial_days=tuple(row["partial"]),
            stale_open_interest=tuple(row["stale"]),
            price_jumps=tuple(jumps.get(symbol, ())),
            spot=_spot(row, spot_sources),
            unknown_open_interest=tuple(row["unknown_open_interest"]),
            unknown_volume=tuple(row["unknown_volume"]),
        )


def _spot(row: Row, days: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """On how many sessions the spot is the chain's own, the bar's close, implied by parity, or unknown."""
    counts = {source: days.get((row["symbol"], source), 0) for source in SPOT_SOURCES}
    return {**counts, "unknown": len(row["days"]) - sum(counts.values())}


def _spot_sources(lake: Lake, facts: pl.DataFrame) -> Mapping[tuple[str, str], int]:
    """How many sessions of each symbol have their spot from each source that is known; read in batches of bounded size."""
    own = facts.filter(pl.col(SPOT_SOURCE) == "chain").group_by("symbol").len()
    counts = Counter({(symbol, "chain"): days for symbol, days in own.iter_rows()})
    lacking = facts.filter(pl.col(SPOT_SOURCE).ne_missing("chain")).sort(SNAPSHOT_KEY)
    for _, month in lacking.group_by(pl.col("date").dt.truncate("1mo"), maintain_order=True):
        number = (month["strikes"].cum_sum() - month["strikes"]) // ROWS_AT_ONCE
        for _, some in month.group_by(number.alias("number"), maintain_order=True):
            of_source = spots(lake, some.select(SNAPSHOT_KEY)).group_by("symbol", "found_source").len()
            counts.update({(symbol, source): days for symbol, source, days in of_source.iter_rows()})
    return counts


def _jumps(facts: pl.DataFrame, actions: pl.DataFrame) -> dict[str, list[PriceJump]]:
    """By symbol the moves of the underlying that a split must explain, each with the split on file, if there is one."""
    before = facts.with_columns(
        pl.col("underlying_price").forward_fill().shift(1).over("symbol").alias("before"),
        pl.col("date").shift(1).over("symbol").alias("previous"),
    )
    splits = actions.filter(pl.col("kind") == "split").select("symbol", "date", "value").rows()
    by_symbol: dict[str, list[PriceJump]] = {}
    for symbol, day, previous, start, end in (
        before.filter("price_jump").select("symbol", "date", "previous", "before", "underlying_price").iter_rows()
    ):
        between = (value for whose, on, value in splits if whose == symbol and previous < on <= day)
        by_symbol.setdefault(symbol, []).append(PriceJump(day, start, end, next(between, None)))
    return by_symbol


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
