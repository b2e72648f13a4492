"""A chunk of the lake: whole snapshots within a month, from strike rows to the frame of a grain.

`chunks` cuts what is asked for into chunks of bounded size; `compute_chunk` reads one (and, where a metric asks for the
day before, that session's rows), adds the metrics at strike grain, and aggregates to expiry, level and snapshot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.calendar import previous_session
from flowbt.lake import Lake
from flowbt.metrics.frames import SNAPSHOT_ID, add_nodes, evaluate, key_frame, steps, with_ids
from flowbt.metrics.resolve import CARRIED, KEYS, LONGEST_CLOSURE, PRIOR, Resolved
from flowbt.schema import SNAPSHOT_KEY

CHUNK_ROWS: Final = 400_000
SHARES: Final = 100.0


@dataclass(frozen=True)
class Chunk:
    """Some symbols' snapshots of one month, and the days they span."""

    symbols: tuple[str, ...]
    first: date
    last: date


def chunks(snapshots: pl.DataFrame) -> list[Chunk]:
    """Cut snapshots (`symbol, date, strikes`) into chunks of about `CHUNK_ROWS` strike rows, months in order."""
    per_month = snapshots.group_by(pl.col("date").dt.truncate("1mo").alias("month"), "symbol").agg(
        pl.col("strikes").sum(), pl.col("date").min().alias("first"), pl.col("date").max().alias("last")
    )
    found = []
    for _, month in per_month.sort("month", "symbol").group_by("month", maintain_order=True):
        number = (month["strikes"].cum_sum() - month["strikes"]) // CHUNK_ROWS
        for _, batch in month.group_by(number.alias("number"), maintain_order=True):
            first, last = batch.select(pl.col("first").min(), pl.col("last").max()).row(0)
            found.append(Chunk(tuple(batch["symbol"]), first, last))
    return found


def compute_chunk(lake: Lake, chunk: Chunk, resolved: Resolved, grain: str, keep: Sequence[str]) -> pl.DataFrame:
    """The chunk's frame at a grain, with the columns to keep."""
    columns = sorted({*KEYS["strike"], CARRIED, "multiplier", *resolved.stored, *resolved.prior})
    strikes = lake.strike_rows(columns, chunk.symbols, chunk.first, chunk.last)
    if resolved.prior:
        before = lake.strike_rows(
            columns, chunk.symbols, chunk.first - LONGEST_CLOSURE, chunk.first - timedelta(days=1)
        )
        strikes = _with_prior(strikes, before, resolved.prior)
    strikes = with_ids(_standard(strikes))
    strikes = add_nodes(strikes, resolved.at("strike"))
    frames = {"strike": strikes}
    for level in ("expiry", "level", "snapshot"):
        if level == grain or resolved.at(level) or level == "snapshot":
            frames[level] = key_frame(strikes, level)
            for step in steps(resolved.at(level)):
                frames[level] = evaluate(frames, level, step)
    frame = frames[grain]
    if grain == "snapshot":
        for node in resolved.at("expiry"):
            if node.column in keep:
                frame = frame.join(_nearest(frames["expiry"], node.column), on=SNAPSHOT_ID, how="left")
    return frame.select(*KEYS[grain], *keep)


def _standard(strikes: pl.DataFrame) -> pl.DataFrame:
    """Without contracts that a corporate action adjusted: a root with a number behind the symbol, or not 100 shares.

    Their strikes are not in the underlying's price, so a level or a delta among them means nothing; `flowbt status` counts
    them. A snapshot in which no contract is for 100 shares is another market's, and stays as it is.
    """
    other_root = pl.col("root") != pl.col("symbol")
    if strikes.select(other_root.any()).item():
        strikes = strikes.filter(~(other_root & pl.col("root").str.contains(r"\d$")))
    whole = pl.col("multiplier") == SHARES
    if strikes.select(whole.all()).item():
        return strikes
    return strikes.filter(whole | ~whole.any().over(SNAPSHOT_KEY))


def _with_prior(strikes: pl.DataFrame, before: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Bring each contract's values of one session before beside today's, as `prior` promises."""
    key = list(KEYS["strike"])
    days = strikes["date"].unique()
    session_before = pl.DataFrame(
        {"date": days, "_before": pl.Series([previous_session(day) for day in days], dtype=pl.Date)}
    )
    known = pl.concat([before, strikes])
    earlier = known.select(
        "symbol", "root", "expiration", "strike", pl.col("date").alias("_before"),
        *(pl.col(name).alias(f"{name}{PRIOR}") for name in columns),
    )  # fmt: skip
    has_before = known.group_by("symbol", pl.col("date").alias("_before")).agg(
        pl.col(name).is_not_null().any().alias(f"_known_{name}") for name in columns
    )
    return (
        strikes.join(session_before, on="date", how="left", maintain_order="left")
        .join(earlier, on=["_before", *(k for k in key if k != "date")], how="left", maintain_order="left")
        .join(has_before, on=["symbol", "_before"], how="left", maintain_order="left")
        .with_columns(pl.when(f"_known_{name}").then(pl.col(f"{name}{PRIOR}").fill_null(0)) for name in columns)
    )


def _nearest(expiries: pl.DataFrame, column: str) -> pl.DataFrame:
    """An expiry's number as a snapshot's: that of the nearest expiry that is still live after the close."""
    live = expiries.filter(pl.col("expiration") > pl.col("date"))
    return live.group_by(SNAPSHOT_ID, maintain_order=True).agg(pl.col(column).first())
