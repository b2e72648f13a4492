"""Which days a file may hold, and which of them are odd: sessions of the exchange, and not the day before once more.

Two snapshots of a symbol that follow each other are compared contract by contract, in one join for a whole file.
"""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from flowbt.calendar import is_session, why_closed
from flowbt.errors import RejectedFileError
from flowbt.lake.flags import snapshot_flags
from flowbt.lake.quality import Sifted, rejected_rows
from flowbt.lake.recent import CONTRACT_FACTS, Before, facts_of_contracts
from flowbt.schema import SNAPSHOT_KEY

COPY_SHARE: Final = 0.95
"""A day is a copy of the one before if more than this share of the contracts traded then show the same volume again;
on 120 real days of two ETFs it was 1.00 for the two holiday copies and at most 0.08 otherwise."""
MIN_TRADED: Final = 20
STALE_SHARE: Final = 0.5
"""A snapshot repeats the open interest of the one before if more than this share of what traded then shows it again; on 126
real days of three symbols it was 0.74 once, and at most 0.24 otherwise."""


@dataclass(frozen=True)
class Days:
    """The snapshots of a file, and what is odd of them.

    Attributes:
        facts: `symbol, date, strikes, underlying_price, partial_day, price_jump, stale_open_interest`.
    """

    facts: pl.DataFrame

    def stale(self) -> pl.DataFrame:
        """The snapshots that repeat the open interest of the one before: `symbol, date`."""
        return self.facts.filter(pl.col("stale_open_interest")).select(SNAPSHOT_KEY)

    def warnings(self) -> dict[str, int]:
        """How many snapshots bear each flag."""
        flags = ("partial_day", "price_jump", "stale_open_interest")
        return {flag.upper(): n for flag in flags if (n := int(self.facts[flag].sum()))}


def check_days(rows: pl.DataFrame, before: Before, exchange: str, *, any_day: bool = False) -> Days:
    """Refuse contract rows of a day that is no session, or that repeats the day before; tell what is odd of the others.

    Args:
        rows: contract rows, any number of whole snapshots.
        before: what came before each symbol's first.
        exchange: whose sessions are meant.
        any_day: let days pass that are no session.

    Raises:
        RejectedFileError: `NOT_A_SESSION` or `COPY_OF_PREVIOUS_DAY`.
    """
    facts = facts_of_contracts(rows)
    compared = _compared(rows, before)
    for symbol, day, previous, repeated, traded in compared.select(
        *SNAPSHOT_KEY, "previous", "repeated", "traded"
    ).iter_rows():
        closed = "" if is_session(day, exchange) else f"{day} is no session ({why_closed(day, exchange)})"
        if previous is not None and traded >= MIN_TRADED and repeated > COPY_SHARE * traded:
            raise RejectedFileError(
                "COPY_OF_PREVIOUS_DAY",
                f"{symbol} on {day} repeats the volume of {repeated / traded:.0%} of the contracts traded on {previous}"
                + (f"; {closed}" if closed else ""),
            )
        if closed and not any_day:
            raise RejectedFileError("NOT_A_SESSION", f"{closed}; if the rows are of another day, say it with --date")
    flagged = snapshot_flags(pl.concat([before.snapshots, facts]).sort(SNAPSHOT_KEY))
    stale = (pl.col("moved") >= MIN_TRADED) & (pl.col("unmoved") > STALE_SHARE * pl.col("moved"))
    flagged = flagged.join(facts.select(SNAPSHOT_KEY), on=list(SNAPSHOT_KEY), how="semi")
    return Days(flagged.join(compared.select(*SNAPSHOT_KEY, stale.alias("stale_open_interest")), on=list(SNAPSHOT_KEY)))


def set_aside_closed(sifted: Sifted, exchange: str) -> Sifted:
    """Rows of days that are no session go to the rejected, as `NOT_A_SESSION`."""
    rows = sifted.kept
    days = [day for day in rows["date"].unique() if not is_session(day, exchange)]
    if not days:
        return sifted
    closed = rows["date"].is_in(days)
    refused = rows.filter(closed)
    codes = pl.Series("reasons", ["NOT_A_SESSION"] * refused.height, pl.String)
    return replace(
        sifted, kept=rows.filter(~closed), rejected=pl.concat([sifted.rejected, rejected_rows(refused, codes)])
    )


def _compared(rows: pl.DataFrame, before: Before) -> pl.DataFrame:
    """Each snapshot with its `previous` one, and how the contracts that live compare.

    `traded` on either day, of which the volume `repeated`; and of those that traded the day before, so that their open interest
    should have `moved`, how many have it on both days, and for how many it is the same (`unmoved`).
    """
    facts = pl.concat([before.contracts, rows.select(CONTRACT_FACTS)])
    snapshots = facts.select(SNAPSHOT_KEY).unique().sort(SNAPSHOT_KEY)
    snapshots = snapshots.with_columns(
        pl.col("date").shift(1).over("symbol").alias("previous"), pl.col("date").shift(-1).over("symbol").alias("next")
    )
    traded = facts.filter(pl.col("volume") > 0).join(snapshots, on=list(SNAPSHOT_KEY))
    contract = ["symbol", "root", "expiration", "strike", "option_type"]
    # one number for a contract on a day joins many times faster than its six columns
    then = traded.filter(pl.col("expiration") >= pl.col("next"))
    then = then.with_columns(then.select(*contract, "next").hash_rows().alias("id"))
    held = facts.filter((pl.col("volume") > 0) | (pl.col("open_interest") > 0))
    held = held.with_columns(held.select(*contract, "date").hash_rows().alias("id"))
    both = then.select("symbol", pl.col("next").alias("date"), "id", "volume", "open_interest").join(
        held.select("id", "volume", "open_interest"), on="id", suffix="_now"
    )
    on_both = both.group_by(SNAPSHOT_KEY).agg(
        (pl.col("volume") == pl.col("volume_now")).sum().alias("repeated"),
        (pl.col("open_interest").is_not_null() & pl.col("open_interest_now").is_not_null()).sum().alias("moved"),
        (pl.col("open_interest") == pl.col("open_interest_now")).sum().alias("unmoved"),
    )
    now = traded.filter(pl.col("expiration") >= pl.col("date")).group_by(SNAPSHOT_KEY).agg(pl.len().alias("now"))
    earlier = then.group_by("symbol", pl.col("next").alias("date")).agg(pl.len().alias("then"))
    compared = rows.select(SNAPSHOT_KEY).unique().join(snapshots, on=list(SNAPSHOT_KEY))
    for counts in (on_both, now, earlier):
        compared = compared.join(counts, on=list(SNAPSHOT_KEY), how="left")
    return compared.with_columns(
        pl.col("repeated", "moved", "unmoved").fill_null(0), traded=pl.max_horizontal("now", "then").fill_null(0)
    ).sort("date", "symbol")
