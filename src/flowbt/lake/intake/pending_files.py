"""Files that wait to be written, and the facts about them together: placeholders, stale days, exchanges, the note of the commit."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from flowbt.lake.delta.tables import CHAINS
from flowbt.lake.intake.checked_file import CheckedFile
from flowbt.lake.intake.day_checks import DAY_FLAGS
from flowbt.lake.intake.merge import Days
from flowbt.lake.intake.sentinels import NO_PLACEHOLDERS
from flowbt.schema import JUDGED_BY_DAY, SNAPSHOT_KEY, pair_sides, to_strike_rows

Unit = tuple[str, date]


@dataclass(frozen=True)
class PendingFile:
    """A file that waits to be written.

    Attributes:
        position: its position among the outcomes of the command.
        checked: its rows.
        days: how its days are combined with stored days (`flowbt.lake.intake.merge`).
    """

    position: int
    checked: CheckedFile
    days: Days

    @property
    def units(self) -> Iterator[Unit]:
        """Its days: symbol and date."""
        return self.checked.units.select(SNAPSHOT_KEY).iter_rows()


def exchanges_of(files: Sequence[PendingFile]) -> dict[str, str]:
    """The exchange (a MIC) of each symbol that the lake should have on file."""
    exchanges: dict[str, str] = {}
    for file in files:
        exchanges |= file.checked.exchange_of.to_remember(file.checked.units["symbol"].unique())
    return exchanges


def groups_of(files: Sequence[PendingFile], *, last: bool) -> Iterator[pl.DataFrame]:
    """The rows to store, one group of whole days at a time."""
    first = files[0].checked
    of_chains = first.vendor.table == CHAINS.name
    if len(files) > 1:
        rows = pl.concat([group for file in files for group in file.checked.groups()])
        if rows.height:
            yield to_strike_rows(rows) if of_chains else rows
        return
    groups = filter(len, first.groups(last=last))
    yield from first.in_advance(map(pair_sides, groups) if of_chains else groups)


def stale_in(files: Sequence[PendingFile]) -> pl.DataFrame:
    """`symbol, date` of days that repeat the open interest of the day before, as of the last file of each day."""
    days = pl.concat([file.checked.days for file in files]).unique(SNAPSHOT_KEY, keep="last", maintain_order=True)
    return days.filter("stale_open_interest").select(SNAPSHOT_KEY)


def unknown_in(files: Sequence[PendingFile]) -> pl.DataFrame:
    """`symbol, date, what` of columns that contain only a placeholder, as of the last file of each day, which includes the others."""
    if not files:
        return NO_PLACEHOLDERS
    reads = [(pl.lit(place).alias("place"), file.checked) for place, file in enumerate(files)]
    days = pl.concat([read.days.select(*SNAPSHOT_KEY, place) for place, read in reads])
    last = days.unique(SNAPSHOT_KEY, keep="last", maintain_order=True)
    suspected = pl.concat([read.placeholders.with_columns(place) for place, read in reads])
    suspected = suspected.filter(pl.col("what").is_in(JUDGED_BY_DAY))
    return suspected.join(last, on=last.columns, how="semi").drop("place")


def note_of(files: Sequence[PendingFile]) -> dict[str, str]:
    """Facts to keep with a commit: the name and format of each file, and what became of its rows as far as known before the commit."""
    notes = [
        {
            "file": read.source.name,
            "format": read.vendor.name,
            "rows_in": read.rows_in,
            "quarantined": read.rejected.height,
            "duplicates": read.duplicates,
            "warnings": read.warnings | {flag.upper(): n for flag in DAY_FLAGS if (n := int(read.days[flag].sum()))},
        }
        for read in (file.checked for file in files)
    ]
    return {"files": json.dumps(notes)}
