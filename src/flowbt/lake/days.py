"""Which days a file may hold: sessions of the exchange, and not the day before once more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from flowbt.calendar import is_session, why_closed
from flowbt.errors import RejectedFileError
from flowbt.lake.quality import Sifted, records
from flowbt.schema import CONTRACT_KEY, SNAPSHOT_KEY

COPY_SHARE = 0.95
"""A day is a copy of the one before if more than this share of the contracts traded then show the same volume again;
on 120 real days of two ETFs it was 1.00 for the two holiday copies and at most 0.08 otherwise."""
MIN_TRADED = 20


def check_days(rows: pl.DataFrame, before: Callable[[str, date], pl.DataFrame | None]) -> None:
    """Refuse rows of a day that is no session, or that repeats the day before.

    Args:
        rows: contract rows, any number of snapshots.
        before: the last snapshot of a symbol before a day, as contract rows, or None.

    Raises:
        RejectedFileError: `NOT_A_SESSION` or `COPY_OF_PREVIOUS_DAY`.
    """
    within: dict[str, pl.DataFrame] = {}
    for (symbol, day), snapshot in rows.sort("date").group_by(SNAPSHOT_KEY, maintain_order=True):
        closed = "" if is_session(day) else f"{day} is no session ({why_closed(day)})"
        previous = within[symbol] if symbol in within else before(symbol, day)
        within[symbol] = snapshot
        if previous is not None and (share := _repeated_volume(snapshot, previous)) > COPY_SHARE:
            raise RejectedFileError(
                "COPY_OF_PREVIOUS_DAY",
                f"{symbol} on {day} repeats the volume of {share:.0%} of the contracts traded on {previous['date'][0]}"
                + (f"; {closed}" if closed else ""),
            )
        if closed:
            raise RejectedFileError("NOT_A_SESSION", f"{closed}; if the rows are of another day, say it with --date")


def set_aside_closed(sifted: Sifted) -> Sifted:
    """Price bars and prints of days that are no session go to the rejected, as `NOT_A_SESSION`."""
    rows = sifted.kept
    closed = pl.col("date").is_in([day for day in rows["date"].unique() if not is_session(day)])
    refused = rows.filter(closed)
    reasons = pl.DataFrame(
        {"reason": ["NOT_A_SESSION"] * refused.height, "record": records(refused)}, sifted.rejected.schema
    )
    return replace(sifted, kept=rows.filter(~closed), rejected=pl.concat([sifted.rejected, reasons]))


def _repeated_volume(snapshot: pl.DataFrame, previous: pl.DataFrame) -> float:
    """Share of the contracts traded on either day that show the same volume on both; the expired count on neither."""
    key = [name for name in CONTRACT_KEY if name != "date"]
    live = (pl.col("expiration") >= snapshot["date"][0]) & (pl.col("volume") > 0)
    before, now = previous.filter(live), snapshot.filter(live)
    repeated = now.join(before, on=[*key, "volume"], how="semi").height
    traded = max(before.height, now.height)
    return repeated / traded if traded >= MIN_TRADED else 0.0
