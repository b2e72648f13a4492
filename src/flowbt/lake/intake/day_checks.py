"""Which days a file may hold, and which of them are odd: sessions of the exchange, and not the day before once more.

A day that comes in several files is judged by all its known contracts. Consecutive snapshots of a symbol are compared contract by
contract, in one join per file, and only in expiries that the later snapshot has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import is_session, why_closed
from flowbt.errors import RejectedFileError
from flowbt.expiries import LAST_TRADING_DAY, with_last_trading_day
from flowbt.lake.flags import snapshot_flags
from flowbt.lake.intake.previous_days import CONTRACT_FACTS, NO_CONTRACTS, EarlierSnapshots, facts_of_contracts
from flowbt.lake.intake.quality import CheckedRows, rejected_rows
from flowbt.lake.intake.runs import in_runs, of_snapshots, places_of
from flowbt.schema import CONTRACT_KEY, SNAPSHOT_KEY, STORED_ORDER

COPY_SHARE: Final = 0.95
"""A day is a copy of the one before if more than this share of the contracts traded then show the same volume again;
on 120 real days of two ETFs it was 1.00 for the two holiday copies and at most 0.08 otherwise."""
MIN_TRADED: Final = 20
STALE_SHARE: Final = 0.5
"""A snapshot repeats the open interest of the one before if more than this share of what traded then shows it again; on 126
real days of three symbols it was 0.74 once, and at most 0.24 otherwise."""


@dataclass(frozen=True)
class CheckedDays:
    """The snapshots of a file, completed with their contracts that were known before, and their warnings.

    Attributes:
        facts: `symbol, date, strikes, underlying_price, partial_day, price_jump, stale_open_interest`.
        contracts: `flowbt.lake.intake.previous_days.CONTRACT_FACTS`.
    """

    facts: pl.DataFrame
    contracts: pl.DataFrame


SERIES: Final = ["symbol", "root", "expiration"]
EXPIRY: Final = ["symbol", "date", "root", "expiration"]
DAY_FLAGS: Final = ("partial_day", "price_jump", "stale_open_interest")
NO_DAYS: Final = pl.DataFrame(
    schema={"symbol": pl.String(), "date": pl.Date(), **dict.fromkeys(DAY_FLAGS, pl.Boolean())}
)


def check_days(
    rows: pl.DataFrame,
    before: EarlierSnapshots,
    exchanges: Mapping[str, str],
    *,
    any_day: bool = False,
    known_contracts: pl.DataFrame = NO_CONTRACTS,
) -> CheckedDays:
    """Refuse contract rows of a day that is no session, or that repeats the day before; tell what is odd of the others.

    Args:
        rows: contract rows, any number of snapshots or parts of them.
        before: what came before each symbol's first.
        known_contracts: `CONTRACT_FACTS` of the same snapshots that are already known.
        exchanges: by symbol, the exchange whose sessions are meant.
        any_day: let days pass that are no session.

    Raises:
        RejectedFileError: `NOT_A_SESSION` or `COPY_OF_PREVIOUS_DAY`.
    """
    rows = _with_known_contracts(rows, known_contracts)
    facts = facts_of_contracts(rows)
    compared = _compared(rows, before, exchanges)
    for symbol, day, previous, repeated, traded in compared.select(
        *SNAPSHOT_KEY, "previous", "repeated", "traded"
    ).iter_rows():
        closed = _closed(day, exchanges[symbol])
        if previous is not None and traded >= MIN_TRADED and repeated > COPY_SHARE * traded:
            raise RejectedFileError(
                "COPY_OF_PREVIOUS_DAY",
                f"{symbol} on {day} repeats the volume of {repeated / traded:.0%} of the contracts traded on {previous}"
                + (f"; {closed}" if closed else ""),
            )
        if closed and not any_day:
            raise RejectedFileError(
                "NOT_A_SESSION",
                f"{closed}: give another exchange with --exchange, the day of a file without dates with --date, or keep the day with --any-day",
            )
    flagged = snapshot_flags(pl.concat([before.snapshots, facts]).sort(SNAPSHOT_KEY))
    stale = (pl.col("moved") >= MIN_TRADED) & (pl.col("unmoved") > STALE_SHARE * pl.col("moved"))
    flagged = flagged.join(facts.select(SNAPSHOT_KEY), on=list(SNAPSHOT_KEY), how="semi")
    stale_days = compared.select(*SNAPSHOT_KEY, stale.alias("stale_open_interest"))
    return CheckedDays(flagged.join(stale_days, on=list(SNAPSHOT_KEY)), rows)


def _closed(day: date, exchange: str) -> str:
    """Why the exchange was closed on a day; empty on a session."""
    if is_session(day, exchange):
        return ""
    return f"{day} is not a session of {exchange} ({why_closed(day, exchange)})"


def set_aside_closed(sifted: CheckedRows, exchanges: Mapping[str, str]) -> CheckedRows:
    """Price bars, actions and prints of days that are no session go to the rejected, as `NOT_A_SESSION`.

    Args:
        sifted: rows with `symbol` and `date`.
        exchanges: by symbol, the exchange whose sessions are meant.
    """
    rows = sifted.kept
    units = in_runs(rows, SNAPSHOT_KEY)[0].unique()
    by_symbol = pl.col("symbol").replace_strict(exchanges, return_dtype=pl.String).alias("exchange")
    days = units.select(by_symbol, "date")
    shut = [row for row in days.unique().iter_rows() if not is_session(row[1], row[0])]
    if not shut:
        return sifted
    held = pl.DataFrame(shut, schema=days.schema, orient="row")
    closed_units = units.with_columns(by_symbol).join(held, on=held.columns, how="semi")
    refused = of_snapshots(rows, closed_units)
    codes = pl.Series("reasons", ["NOT_A_SESSION"] * refused.height, pl.String)
    return replace(
        sifted,
        kept=rows.join(closed_units, on=list(SNAPSHOT_KEY), how="anti", maintain_order="left"),
        rejected=pl.concat([sifted.rejected, rejected_rows(refused, codes)]),
    )


def _with_known_contracts(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The facts of these contracts and of the contracts of the same days that were known before."""
    rows = rows.select(CONTRACT_FACTS)
    if not held.height:
        return rows
    both = rows.join(held, on=list(CONTRACT_KEY), how="full", coalesce=True, suffix="_held")
    values = [name for name in CONTRACT_FACTS if name not in CONTRACT_KEY]
    found = both.select(*CONTRACT_KEY, *(pl.coalesce(name, f"{name}_held").alias(name) for name in values))
    return found.sort(*STORED_ORDER, "option_type")


def _compared(rows: pl.DataFrame, before: EarlierSnapshots, exchanges: Mapping[str, str]) -> pl.DataFrame:
    """Each snapshot with its `previous` one, and how the contracts that live compare.

    `traded` on either day, of which the volume `repeated`; and of those that traded the day before, so that their open interest
    should have `moved`, how many have it on both days, and for how many it is the same (`unmoved`).
    """
    facts = pl.concat([before.contracts, rows])
    expiries, lengths = in_runs(facts, EXPIRY)
    snapshots = expiries.select(SNAPSHOT_KEY).unique().sort(SNAPSHOT_KEY).with_row_index("snapshot")
    snapshots = snapshots.with_columns(
        pl.col("date").shift(1).over("symbol").alias("previous"), pl.col("date").shift(-1).over("symbol").alias("next")
    )
    series = expiries.select(SERIES).unique().with_row_index("series")
    expiries = (
        with_last_trading_day(expiries, exchanges)
        .with_columns(of_rows=lengths.cum_sum() > before.contracts.height)
        .join(snapshots, on=list(SNAPSHOT_KEY), maintain_order="left")
        .join(series, on=SERIES, nulls_equal=True, maintain_order="left")
    )
    # expiries that the day lacks may come in another file, so they do not count
    coming = expiries.filter("of_rows").select(*SERIES, pl.col("date").alias("next")).unique()
    expiries = expiries.join(
        coming.with_columns(comes=pl.lit(value=True)), on=[*SERIES, "next"], how="left", maintain_order="left"
    )
    # one number for a contract on a day joins many times faster than its six columns; the next snapshot of a symbol has the next number
    number = pl.col("snapshot").cast(pl.UInt64) * series.height + pl.col("series")
    expiries = expiries.select(
        "snapshot",
        number.alias("now"),
        (number + series.height).alias("then"),
        lives=pl.col(LAST_TRADING_DAY) >= pl.col("date"),
        counts=pl.col("comes") & (pl.col(LAST_TRADING_DAY) >= pl.col("next")),
    )
    facts = facts.select("volume", "open_interest", "strike", "option_type", places_of(lengths).alias("place"))
    of_expiry = {name: pl.lit(expiries[name]).gather(pl.col("place")) for name in expiries.columns}
    traded = facts.filter(pl.col("volume") > 0)
    then = traded.filter(of_expiry["counts"])
    held = facts.filter((pl.col("volume") > 0) | (pl.col("open_interest") > 0))
    contract = [pl.col("strike"), pl.col("option_type") == "call"]
    then = then.select(
        (of_expiry["snapshot"] + 1).alias("snapshot"),
        then.select(of_expiry["then"], *contract).hash_rows().alias("id"),
        "volume",
        "open_interest",
    )
    held = held.select(held.select(of_expiry["now"], *contract).hash_rows().alias("id"), "volume", "open_interest")
    both = then.join(held, on="id", suffix="_now")
    on_both = both.group_by("snapshot").agg(
        (pl.col("volume") == pl.col("volume_now")).sum().alias("repeated"),
        (pl.col("open_interest").is_not_null() & pl.col("open_interest_now").is_not_null()).sum().alias("moved"),
        (pl.col("open_interest") == pl.col("open_interest_now")).sum().alias("unmoved"),
    )
    now = traded.filter(of_expiry["lives"]).group_by(of_expiry["snapshot"].alias("snapshot")).agg(pl.len().alias("now"))
    earlier = then.group_by("snapshot").agg(pl.len().alias("then"))
    compared = in_runs(rows, SNAPSHOT_KEY)[0].unique().join(snapshots, on=list(SNAPSHOT_KEY))
    for counts in (on_both, now, earlier):
        compared = compared.join(counts, on="snapshot", how="left")
    return compared.with_columns(
        pl.col("repeated", "moved", "unmoved").fill_null(0), traded=pl.max_horizontal("now", "then").fill_null(0)
    ).sort("date", "symbol")
