"""Check the days of a file: each must be a session of the exchange and must not repeat the day before; unusual days get flags.

A day that comes in several files is checked with all its known contracts. Consecutive snapshots of a symbol are compared contract by
contract, in one join per file, and only for expiries that the later snapshot has.
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
from flowbt.lake.intake.quality import CheckedRows
from flowbt.lake.intake.rejected_rows import rejected_rows
from flowbt.lake.intake.runs import in_runs, of_snapshots, places_of
from flowbt.schema import CONTRACT_KEY, SNAPSHOT_KEY, STORED_ORDER

COPY_SHARE: Final = 0.95
"""A day is a copy of the day before if more than this share of the contracts traded then have the same volume again.
On 120 real days of two ETFs the share was 1.00 for the two copies on holidays and at most 0.08 otherwise."""
MIN_TRADED: Final = 20
"""With fewer traded contracts, days are not compared."""
STALE_SHARE: Final = 0.5
"""A snapshot repeats the open interest of the snapshot before if more than this share of the contracts traded then have the same open
interest again. On 126 real days of three symbols the share was 0.74 once, and at most 0.24 otherwise."""


@dataclass(frozen=True)
class CheckedDays:
    """The snapshots of a file, including contracts that were known before, and their flags.

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
    """Refuse contract rows of a day without a session, or of a day that repeats the day before; flag unusual days.

    Args:
        rows: contract rows of any number of snapshots or parts of them.
        before: the snapshots before each symbol's first day.
        known_contracts: `CONTRACT_FACTS` of the same snapshots that are already known.
        exchanges: by symbol, the exchange whose sessions apply.
        any_day: accept days without a session.

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
    """Why the exchange was closed on a day; empty if there was a session."""
    if is_session(day, exchange):
        return ""
    return f"{day} is not a session of {exchange} ({why_closed(day, exchange)})"


def set_aside_closed(checked: CheckedRows, exchanges: Mapping[str, str]) -> CheckedRows:
    """Set aside rows of days without a session, as `NOT_A_SESSION`.

    Args:
        checked: checked rows with `symbol` and `date`.
        exchanges: by symbol, the exchange whose sessions apply.
    """
    rows = checked.kept
    units = in_runs(rows, SNAPSHOT_KEY)[0].unique()
    by_symbol = pl.col("symbol").replace_strict(exchanges, return_dtype=pl.String).alias("exchange")
    days = units.select(by_symbol, "date")
    shut = [row for row in days.unique().iter_rows() if not is_session(row[1], row[0])]
    if not shut:
        return checked
    closed_days = pl.DataFrame(shut, schema=days.schema, orient="row")
    closed_units = units.with_columns(by_symbol).join(closed_days, on=closed_days.columns, how="semi")
    refused = of_snapshots(rows, closed_units)
    codes = pl.Series("reasons", ["NOT_A_SESSION"] * refused.height, pl.String)
    return replace(
        checked,
        kept=rows.join(closed_units, on=list(SNAPSHOT_KEY), how="anti", maintain_order="left"),
        rejected=pl.concat([checked.rejected, rejected_rows(refused, codes)]),
    )


def _with_known_contracts(rows: pl.DataFrame, known_contracts: pl.DataFrame) -> pl.DataFrame:
    """The facts about these contracts and about contracts of the same days that were known before."""
    rows = rows.select(CONTRACT_FACTS)
    if not known_contracts.height:
        return rows
    both = rows.join(known_contracts, on=list(CONTRACT_KEY), how="full", coalesce=True, suffix="_held")
    values = [name for name in CONTRACT_FACTS if name not in CONTRACT_KEY]
    merged = both.select(*CONTRACT_KEY, *(pl.coalesce(name, f"{name}_held").alias(name) for name in values))
    return merged.sort(*STORED_ORDER, "option_type")


def _compared(rows: pl.DataFrame, before: EarlierSnapshots, exchanges: Mapping[str, str]) -> pl.DataFrame:
    """Each snapshot with the date of its `previous` one, and counts that compare the contracts that have not expired.

    `traded`: contracts traded on either day; `repeated`: contracts with the same volume on both days; `moved`: contracts traded the day
    before (so that their open interest should change) with open interest on both days; `unmoved`: those for which it is the same.
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
    # expiries that the day lacks may come in another file, so they are not compared
    coming = expiries.filter("of_rows").select(*SERIES, pl.col("date").alias("next")).unique()
    expiries = expiries.join(
        coming.with_columns(comes=pl.lit(value=True)), on=[*SERIES, "next"], how="left", maintain_order="left"
    )
    # joining on one number per contract and day is many times faster than on six columns; the next snapshot of a symbol has the next number
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
    active = facts.filter((pl.col("volume") > 0) | (pl.col("open_interest") > 0))
    contract = [pl.col("strike"), pl.col("option_type") == "call"]
    then = then.select(
        (of_expiry["snapshot"] + 1).alias("snapshot"),
        then.select(of_expiry["then"], *contract).hash_rows().alias("id"),
        "volume",
        "open_interest",
    )
    active = active.select(
        active.select(of_expiry["now"], *contract).hash_rows().alias("id"), "volume", "open_interest"
    )
    both = then.join(active, on="id", suffix="_now")
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
