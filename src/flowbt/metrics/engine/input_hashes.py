"""Hashes of the data that a metric's value was computed from; they change when the lake's data does.

In addition to the day's own snapshot these are its neighbours, as far as they were read: the previous session for
`prior`, and the sessions that supplied the open interest known at the decision
(`flowbt.metrics.engine.known_open_interest`). The symbol's splits and its exchange, which determines the previous
session and which contracts are live, belong to every day. So does the close of the day's bar where the chain has no
price of the underlying.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Final

import polars as pl

from flowbt.calendar import shift_session
from flowbt.metrics.engine.known_open_interest import LAG
from flowbt.metrics.engine.point_in_time import View
from flowbt.schema import SNAPSHOT_KEY, SPOT_SOURCE

TIMES: Final = {"day": 1, "before": 2, "tape": 3, "known": 5, "opening": 7, "earlier": 11}
"""Different factors, so that the sum of hashes changes when two of them swap places."""


def data_hashes(view: View, days: pl.DataFrame, snapshots: pl.DataFrame, tape: pl.DataFrame) -> pl.DataFrame:
    """`symbol, date`, and a hash of each kind of data that a value can be computed from (`flowbt.metrics.engine.fingerprint.reads`).

    Null where the data were missing or not read.

    Args:
        view: through which the values were computed.
        days: `symbol, date, snapshot_hash` of the days requested.
        snapshots: all the symbols' snapshots, as `Lake.snapshots` returns them.
        tape: the same columns for all days that have prints.
    """
    included = snapshots
    if view.left_out is not None:
        included = snapshots.join(view.left_out, on=SNAPSHOT_KEY, how="anti")
    exchanges = view.lake.exchanges(days["symbol"].unique())
    at = _with_sessions(days.select(*SNAPSHOT_KEY, "snapshot_hash"), exchanges)
    at = _hash_of(at, included, "previous", "included")
    for session in ("previous", "second_last", "next"):
        at = _hash_of(at, snapshots, session, f"hash_of_{session}")
    at = at.join(tape.select(*SNAPSHOT_KEY, pl.col("snapshot_hash").alias("tape")), on=SNAPSHOT_KEY, how="left")
    at = _with_lags(view, at)
    previous, following = pl.col("hash_of_previous"), pl.col("hash_of_next")
    at_close = pl.when(~pl.col("all_lag")).then(previous)
    if view.decision == "close":
        known, earlier = at_close, pl.when(~pl.col("previous_all_lag")).then("hash_of_second_last")
    else:
        known, earlier = pl.when("any_lags").then(following), at_close
    splits = view.splits.group_by("symbol").agg(pl.col("date").to_physical().sum().cast(pl.Int64).alias("splits"))
    at = at.join(splits, on="symbol", how="left")
    at = at.join(_closes(snapshots), on=SNAPSHOT_KEY, how="left")
    hashes = {
        "day": pl.col("snapshot_hash")
        + pl.col("splits").fill_null(0)
        + pl.col("market")
        + pl.col("close").fill_null(0),
        "before": pl.col("included"),
        "tape": pl.col("tape"),
        "known": known,
        "opening": at_close,
        "earlier": earlier,
    }
    return at.select(*SNAPSHOT_KEY, *((value * TIMES[name]).alias(name) for name, value in hashes.items()))


def _closes(snapshots: pl.DataFrame) -> pl.DataFrame:
    """`symbol, date, close`: a hash of the close of those bars that supply the spot (`flowbt.metrics.engine.spot`)."""
    taken = snapshots.filter(pl.col(SPOT_SOURCE) == "bar")
    return taken.select(*SNAPSHOT_KEY, pl.col("underlying_price").hash().reinterpret(signed=True).alias("close"))


def _with_sessions(days: pl.DataFrame, exchanges: Mapping[str, str]) -> pl.DataFrame:
    """The days with their surrounding sessions, `previous`, `second_last` (before that) and `next`, and `market`, a hash of the exchange."""
    exchange = pl.col("symbol").replace_strict(exchanges, return_dtype=pl.String)
    days = days.with_columns(exchange.alias("exchange"))
    shifts = {"previous": -1, "second_last": -2, "next": 1}
    around = [
        (of, day, *(shift_session(day, shift, of) for shift in shifts.values()), _hash(of))
        for of, day in days.select("exchange", "date").unique().iter_rows()
    ]
    schema = {"exchange": pl.String, **dict.fromkeys(("date", *shifts), pl.Date), "market": pl.Int64}
    return days.join(pl.DataFrame(around, schema=schema, orient="row"), on=["exchange", "date"], how="left")


def _hash(text: str) -> int:
    """A number that is the same for all versions of the libraries."""
    return int.from_bytes(sha256(text.encode()).digest()[:7])


def _hash_of(at: pl.DataFrame, snapshots: pl.DataFrame, session: str, name: str) -> pl.DataFrame:
    hashes = snapshots.select("symbol", pl.col("date").alias(session), pl.col("snapshot_hash").alias(name))
    return at.join(hashes, on=["symbol", session], how="left")


def _with_lags(view: View, at: pl.DataFrame) -> pl.DataFrame:
    """Whether all of the day's open interest is from the close before (`all_lag`), or any of it (`any_lags`)."""
    first, last = at["previous"].min(), at["date"].max()
    assert isinstance(first, date)  # noqa: S101 (for the type checker)
    assert isinstance(last, date)  # noqa: S101
    rows = view.lake.strike_rows([*SNAPSHOT_KEY, LAG], at["symbol"].unique().to_list(), first, last)
    lags = pl.col(LAG).eq_missing(1)
    by_day = rows.group_by(SNAPSHOT_KEY).agg(lags.all().alias("all_lag"), lags.any().alias("any_lags"))
    previous = by_day.select("symbol", pl.col("date").alias("previous"), pl.col("all_lag").alias("previous_all_lag"))
    return at.join(by_day, on=SNAPSHOT_KEY, how="left").join(previous, on=["symbol", "previous"], how="left")
